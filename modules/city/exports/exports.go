// Package exports keeps on record which lists left the portal as tables: who
// took what, when, and how many rows (导出记录).
package exports

import (
	"context"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Entry is one table that left.
type Entry struct {
	store.Meta
	portal.Export
	At time.Time `json:"at"`
}

// Page is a part of the record, the newest first.
type Page struct {
	Items []*Entry `json:"items"`
	Next  string   `json:"next"` // cursor of the next page, empty on the last
}

// Exports is the module.
type Exports struct {
	*portal.Portal
	entries *store.Collection[Entry]
}

// New opens the record; from then on lists may leave.
func New(ctx context.Context, h *portal.Portal) (*Exports, error) {
	m := &Exports{Portal: h}
	var err error
	m.entries, err = store.Open(ctx, h.Store, store.Spec{Name: "exports", Fields: []store.Field{{Name: "by"}}, Indexes: []store.Index{{Name: "by", Fields: []string{"by"}}}},
		func(e *Entry) map[string]any { return map[string]any{"by": e.By} })
	if err != nil {
		return nil, fault.Wrap(err, "open the record of exports")
	}
	h.Record = m.record
	h.Add(portal.Module{Name: "exports", Routes: func(r fiber.Router) {
		r.Get("/exports", m.page)
		r.Get("/api/v1/exports", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/exports", LabelKey: "exports.title", Order: 94, Show: func(v portal.Visitor) bool { return m.may(v) == nil }})
	return m, nil
}

// record keeps one; the table leaves only after it.
func (m *Exports) record(ctx context.Context, x portal.Export) error {
	now := m.Clock().UTC()
	e := &Entry{Meta: store.Meta{ID: fmt.Sprintf("%013d", now.UnixMilli()) + portal.NewKey()}, Export: x, At: now}
	return fault.Wrap(m.entries.Insert(ctx, e), "record an export")
}

func (m *Exports) may(v portal.Visitor) error {
	return m.May(v, "export.see", lifecycle.Anywhere)
}

// who took it, and for whom.
func (m *Exports) who(l web.Lang, e *Entry) string {
	if e.For == "" {
		return m.Names.Person(l, e.By)
	}
	return l.T("exports.for", "by", m.Names.Person(l, e.By), "for", m.Names.Person(l, e.For))
}

const shown = 50

// page answers GET /exports, the newest first; ?after= goes on.
func (m *Exports) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	if e := m.may(v); e != nil {
		return e
	}
	q := store.Query{Sort: "-id", Limit: shown + 1}
	if after := c.Query("after"); after != "" {
		q.After = &store.Cursor{ID: after}
	}
	es, err := m.entries.Find(c.UserContext(), q)
	if err != nil {
		return fault.Wrap(err, "read the record of exports")
	}
	next := ""
	if len(es) > shown {
		es = es[:shown]
		next = es[shown-1].ID
	}
	l := v.Lang
	t := web.Table{CaptionKey: "exports.title", EmptyKey: "exports.empty", Head: []web.Col{{Key: "exports.at"}, {Key: "exports.by"}, {Key: "exports.list"}, {Key: "exports.narrow"}, {Key: "exports.rows", Num: true}}}
	for _, e := range es {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.Time(e.At))}, {HTML: web.Text(m.who(l, e))}, {HTML: web.Text(l.T(e.List+".title") + " (" + e.Format + ")")},
			{HTML: web.Text(e.Narrow)}, {HTML: web.Text(portal.Count(int64(e.Rows)))}})
	}
	if portal.IsAPI(c) {
		return c.JSON(Page{append([]*Entry{}, es...), next})
	}
	if next != "" {
		next = "/exports?after=" + next
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("exports.title"), Body: portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("exports.intro")
		h.Raw(`</p>`)
		h.Add(t.HTML(l))
		h.Add(web.Pager(l, "", next, len(t.Rows)))
	})})
}
