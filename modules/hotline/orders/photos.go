package orders

import (
	"crypto/subtle"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// linkHolds is how long a link to a file holds that a caller's page shows:
// neither number nor PIN stands in an address.
const linkHolds = 30 * time.Minute

// callerFiles are what a caller may see: the caller's own, and those of replies
// that stand.
func (o *Order) callerFiles() []schema.File {
	out := slices.Clone(o.Said.Files)
	for _, a := range o.Additions {
		out = append(out, a.Files...)
	}
	for _, r := range o.Replies {
		if r.Not == "" && o.State != "replied" { // the centre has read it
			out = append(out, r.Files...)
		}
	}
	return out
}

// link is the address of a file of an order until a moment.
func (m *Orders) link(o *Order, f schema.File) string {
	until := strconv.FormatInt(m.Clock().Add(linkHolds).Unix(), 10)
	return "/track/files/" + o.ID + "/" + f.Hash + "?until=" + until + "&seal=" + url.QueryEscape(m.digest("track file", o.ID, f.Hash, until))
}

// photos shows a caller the files of the order.
func (m *Orders) photos(l web.Lang, o *Order) template.HTML {
	var ps []web.Paper
	for _, f := range o.callerFiles() {
		ps = append(ps, web.Paper{Href: m.link(o, f), Name: f.Name, Size: f.Size, Picture: strings.HasPrefix(f.Type, "image/")})
	}
	if ps == nil {
		return ""
	}
	return web.Section(l, "track.photos", web.Papers(l, ps))
}

// trackFile answers GET /track/files/ID/HASH, to whoever the portal has given
// the address a short while ago.
func (m *Orders) trackFile(c *fiber.Ctx) error {
	id, hash, until := c.Params("id"), c.Params("hash"), c.Query("until")
	missing := fault.Missing("file")
	if subtle.ConstantTimeCompare([]byte(m.digest("track file", id, hash, until)), []byte(c.Query("seal"))) != 1 {
		return missing
	}
	if at, err := strconv.ParseInt(until, 10, 64); err != nil || m.Clock().Unix() > at {
		return missing
	}
	o, err := m.Engine.Cases().Get(c.UserContext(), id)
	if err != nil {
		return missing
	}
	all := o.callerFiles()
	i := slices.IndexFunc(all, func(f schema.File) bool { return f.Hash == hash })
	if i < 0 {
		return missing
	}
	return m.SendFile(c, all[i])
}
