package digests

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// shown days on a page.
const shown = 31

// page answers GET /digests, to anybody: the newest first, those before ?before=.
func (m *Digests) page(c *fiber.Ctx) error {
	q := store.Query{Sort: "-id", Limit: shown + 1}
	if s := c.Query("before"); s != "" {
		if schema.Date(s).Time(calendar.City).IsZero() {
			return fault.InvalidField("before", "schema.bad_date")
		}
		q.Where = []store.Cond{{Field: "id", Op: store.Lt, Value: s}}
	}
	ds, err := m.days.Find(c.UserContext(), q)
	if err != nil {
		return fault.Wrap(err, "list the digests")
	}
	next := ""
	if len(ds) > shown {
		ds = ds[:shown]
		next = ds[shown-1].ID
	}
	if portal.IsAPI(c) {
		return c.JSON(portal.ListOf[*Day]{Items: append([]*Day{}, ds...), Next: next})
	}
	l := portal.Who(c).Lang
	t := web.Table{CaptionKey: "digests.title", EmptyKey: "digests.none", Head: []web.Col{{Key: "digests.day"}, {Key: "digests.lines", Num: true}, {Key: "digests.digest"}}}
	for _, d := range ds {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.Date(schema.Date(d.ID).Time(calendar.City)))}, {HTML: web.Text(strconv.Itoa(d.Lines))},
			{HTML: portal.In(l, func(h *web.H) {
				h.Raw(`<code>`)
				h.Text(d.Digest)
				h.Raw(`</code>`)
			})}})
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("digests.title"), Lead: portal.Text(l, l.T("digests.lead")), Body: portal.In(l, func(h *web.H) {
		h.Add(t.HTML(l))
		if next != "" {
			h.Raw(`<p>`)
			h.Add(web.Link("/digests?before="+next, l.T("digests.older")))
			h.Raw(`</p>`)
		}
		h.Add(web.Details(l, "digests.how", portal.Text(l, l.T("digests.how_text"))))
	})})
}
