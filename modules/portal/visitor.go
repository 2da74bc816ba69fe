package portal

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Visitor is who looks at a page or calls the API, and how they like it.
type Visitor struct {
	Actor   lifecycle.Actor
	Name    string // of the person
	Session string // id of the session, "" for none
	Bare    bool   // the city wants a second factor and this session has none
	Lang    web.Lang
	Elder   bool
	Theme   string
}

// RequestKey is where a request keeps its number.
const RequestKey = "request"

// RequestID gives the number of a request, by which the log can be searched.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(RequestKey).(string)
	return id
}

// SignedIn tells whether somebody is.
func (v Visitor) SignedIn() bool { return v.Actor.ID != "" }

const visitorKey = "visitor"

// Welcome puts the visitor into the request; the session middleware does it once.
func Welcome(c *fiber.Ctx, v Visitor) { c.Locals(visitorKey, v) }

// Who gives the visitor of a request.
func Who(c *fiber.Ctx) Visitor {
	v, _ := c.Locals(visitorKey).(Visitor)
	if v.Lang == "" {
		v.Lang = web.Simplified
	}
	return v
}

// IsAPI tells whether a program asks.
func IsAPI(c *fiber.Ctx) bool { return strings.HasPrefix(c.Path(), "/api/") }

// CSRF gives the token that forms of this session carry, masked anew each time
// because pages are compressed.
func (h *Portal) CSRF(v Visitor) string {
	if v.Session == "" {
		return ""
	}
	mac := h.csrfMAC(v.Session)
	mask := make([]byte, len(mac))
	rand.Read(mask)
	for i := range mac {
		mac[i] ^= mask[i]
	}
	return base64.RawURLEncoding.EncodeToString(append(mask, mac...))
}

// CheckCSRF tells whether the token belongs to the visitor's session.
func (h *Portal) CheckCSRF(v Visitor, token string) bool {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != 2*sha256.Size || v.Session == "" {
		return false
	}
	for i := range sha256.Size {
		b[sha256.Size+i] ^= b[i]
	}
	return hmac.Equal(b[sha256.Size:], h.csrfMAC(v.Session))
}

func (h *Portal) csrfMAC(session string) []byte {
	m := hmac.New(sha256.New, h.Signing)
	m.Write([]byte("csrf\x00" + session))
	return m.Sum(nil)
}

// NewKey gives a fresh idempotency key for a form.
func NewKey() string {
	b := make([]byte, 12)
	rand.Read(b)
	return hex.EncodeToString(b)
}

// Page fills in what the layout shows for this visitor.
func (h *Portal) Page(c *fiber.Ctx, p web.Page) web.Page {
	v := Who(c)
	p.Lang, p.Elder, p.Theme, p.CSRF = v.Lang, v.Elder, v.Theme, h.CSRF(v)
	p.Path = c.OriginalURL()
	p.Nonce, _ = c.Locals("nonce").(string)
	if v.SignedIn() {
		p.Person = v.Name
		if v.Actor.For != "" {
			p.Place = v.Lang.T("person.standing_in", "name", h.Names.Person(v.Lang, v.Actor.For))
		}
	}
	for _, m := range h.menu {
		if m.Show == nil || m.Show(v) {
			p.Menu = append(p.Menu, web.MenuItem{Href: m.Href, LabelKey: m.LabelKey, Current: within(c.Path(), m.Href)})
		}
	}
	if act := c.Query("done"); p.Notice == nil && web.Known(act) {
		p.Notice = &web.Notice{Tone: web.Good, Text: done(v.Lang, act)}
	}
	return p
}

// done says that an act was done, in its own words where it has some.
func done(l web.Lang, act string) string {
	if web.Known(act + ".done") {
		return l.T(act + ".done")
	}
	return l.T("done.act", "act", "t:"+act)
}

func within(path, href string) bool {
	return path == href || href != "/" && strings.HasPrefix(path, href+"/")
}

// Show renders a page.
func (h *Portal) Show(c *fiber.Ctx, status int, p web.Page) error {
	c.Status(status).Type("html", "utf-8")
	if v := Who(c); v.SignedIn() {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	c.Set(fiber.HeaderVary, "Cookie, Accept-Language, X-Fragment")
	if err := web.Render(c.Response().BodyWriter(), h.Page(c, p)); err != nil {
		return fault.Wrap(err, "render %s", c.Path())
	}
	return nil
}

// ShowFault renders a fault as a page.
func (h *Portal) ShowFault(c *fiber.Ctx, status int, e *fault.Error) error {
	l := Who(c).Lang
	body := web.Refusal(l, e)
	if e.Kind == fault.Internal {
		body = web.Join(body, In(l, func(h *web.H) { h.Raw(`<p class="hint">`); h.T("fault.request", "id", RequestID(c)); h.Raw(`</p>`) }))
	}
	return h.Show(c, status, web.Page{Title: l.T("fault.title_" + e.Kind.String()), Body: body})
}

// In gives the text of a piece of HTML built with f.
func In(l web.Lang, f func(h *web.H)) template.HTML {
	h := web.NewH(l)
	f(h)
	return h.HTML()
}
