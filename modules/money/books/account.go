package books

import (
	"context"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// list gives a page of an account's entries, the newest first, and the id to go
// on from.
func (m *Books) list(ctx context.Context, v portal.Visitor, a Account, quarter, after string) (es []*Entry, next string, err error) {
	q := store.Query{Where: []store.Cond{{Field: "touches", Op: store.Has, Value: []string{string(a)}}, before(m.until(v, a))}, Sort: "-at", Limit: mostEntries + 1}
	if quarter != "" {
		q.Where = append(q.Where, store.Cond{Field: "quarter", Op: store.Eq, Value: quarter})
	}
	if after != "" {
		last, err := m.entries.Get(ctx, after)
		if err != nil {
			return nil, "", fault.InvalidField("after", "schema.bad_cursor")
		}
		q.After = &store.Cursor{Value: store.Stamp(last.At), ID: last.ID}
	}
	if es, err = m.entries.Find(ctx, q); err != nil {
		return nil, "", fault.Wrap(err, "list entries of %s", a)
	}
	if len(es) > mostEntries {
		es = es[:mostEntries]
		next = es[mostEntries-1].ID
	}
	return es, next, nil
}

func (m *Books) accountPage(c *fiber.Ctx, v portal.Visitor, a Account) error {
	ctx, l, quarter := c.UserContext(), v.Lang, c.Query("quarter")
	es, next, err := m.list(ctx, v, a, quarter, c.Query("after"))
	if err != nil {
		return err
	}
	where := []store.Cond{before(m.until(v, a)), {Field: "touches", Op: store.Has, Value: []string{string(a)}}}
	if quarter != "" {
		where = append(where, store.Cond{Field: "quarter", Op: store.Eq, Value: quarter})
	}
	sums, err := m.Sums(ctx, where...)
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		if es == nil {
			es = []*Entry{}
		}
		for _, e := range es {
			if !m.Sees(v, plurals[e.Source.Noun], e.Source.ID) {
				e.Source.ID, e.ID = "", ""
			}
		}
		return c.JSON(Ledger{a, sums[a].Balance(), es, next})
	}
	t := web.Table{CaptionKey: "books.entries", EmptyKey: "books.none", Head: []web.Col{{Key: "books.day"}, {Key: "books.source"}, {Key: "books.other"}, {Key: "books.memo"}, {Key: "books.amount", Num: true}}}
	for _, e := range es {
		t.Rows = append(t.Rows, m.row(ctx, v, a, e))
	}
	more := ""
	if next != "" {
		q := url.Values{"account": {string(a)}, "after": {next}}
		if quarter != "" {
			q.Set("quarter", quarter)
		}
		more = "/books?" + q.Encode()
	}
	lead := l.T("books.balance_is", "amount", web.Yuan(sums[a].Balance()))
	if quarter != "" {
		lead = l.T("books.balance_in", "quarter", portal.Quarter(quarter).Text(l), "amount", web.Yuan(sums[a].Balance()))
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: m.name(ctx, l, a), Lead: portal.Text(l, lead), Body: web.Join(t.HTML(l), web.Pager(l, "", more, len(es))),
		Crumbs: []web.Crumb{{Href: "/books", Text: l.T("books.title")}, {Text: m.name(ctx, l, a)}}})
}

// plurals are where the sources of entries stand.
var plurals = map[string]string{"payment": "payments", "sheet": "sheets", "use": "uses", "refund": "refunds"}

func (m *Books) row(ctx context.Context, v portal.Visitor, a Account, e *Entry) []web.Cell {
	l := v.Lang
	other, amount := e.Credit, e.Amount
	if e.Credit == a {
		other, amount = e.Debit, -e.Amount
	}
	source := web.Cell{HTML: web.Text(e.Source.No)}
	if m.Sees(v, plurals[e.Source.Noun], e.Source.ID) { // everybody reads the figure; the case behind it may not be theirs
		source.Href = "/" + plurals[e.Source.Noun] + "/" + e.Source.ID
	}
	return []web.Cell{{HTML: web.Text(l.Date(e.At))}, source, {HTML: web.Text(m.name(ctx, l, other)), Href: href(other, "")}, {HTML: web.Text(e.Memo)}, money(schema.Fen(amount))}
}
