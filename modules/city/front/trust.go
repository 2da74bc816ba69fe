package front

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// Sections of the two pages on which the portal says what may be relied on;
// words: front.<page>_<section> and front.<page>_<section>_text.
var (
	security      = []string{"report", "answer", "keeps", "limits"}
	accessibility = []string{"aim", "checked", "limits", "help"}
)

// statement answers with a page of words.
func (f *Front) statement(page string, sections []string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		v := portal.Who(c)
		body := portal.In(v.Lang, func(h *web.H) {
			for _, s := range sections {
				h.Add(web.Section(v.Lang, "front."+page+"_"+s, web.Paragraphs(v.Lang.T("front."+page+"_"+s+"_text"))))
			}
		})
		return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("front." + page + "_title"), Lead: portal.Text(v.Lang, v.Lang.T("front."+page+"_lead")), Body: body})
	}
}

// fresh is how long a copy of security.txt may be relied on; RFC 9116 wants
// less than a year.
const fresh = 90 * 24 * time.Hour

// securityTxt answers GET /.well-known/security.txt for those who have found a
// hole in any portal and look for whom to tell (RFC 9116).
func (f *Front) securityTxt(c *fiber.Ctx) error {
	at := f.portal.Public
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.SendString(fmt.Sprintf("Contact: %s/security\nExpires: %s\nPreferred-Languages: zh, en\nCanonical: %s/.well-known/security.txt\n",
		at, f.portal.Clock().Add(fresh).UTC().Format(time.RFC3339), at))
}
