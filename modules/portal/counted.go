package portal

import (
	"context"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// countedOnPage is how many cases one page of a figure lists.
const countedOnPage = 100

// Counted is the list of the cases that a public figure counts, so that anybody
// can count again: each by its receipt, which its parties know it by, and what
// it was counted as. It stands in the order of the receipts, a declared field:
// numbers could be counted off a list in the order of filing.
type Counted[T any] struct {
	*Resource[T]
	Path                    string // of the page; programs ask below /api/v1
	Caption, Empty, Receipt string // keys
	// Figure reads which figure is meant.
	Figure func(v Visitor, asked func(name string) string) (Figure, error)
	// Columns of a case after its receipt.
	Columns []Column[T]
	// JSON is what a program is told of a page.
	JSON func(cs []*T, next string) any
}

// Figure is a number of cases that meet some conditions.
type Figure struct {
	Where []store.Cond
	Query url.Values // asks for the same figure again
	Page  web.Page   // title, lead and crumbs
}

// Routes registers the list.
func (d *Counted[T]) Routes(r fiber.Router) {
	r.Get(d.Path, d.page)
	r.Get("/api/v1"+d.Path, d.page)
}

// Link leads from a figure to the cases that it counts.
func (d *Counted[T]) Link(pairs ...string) string {
	q := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		q.Set(pair[0], pair[1])
	}
	return d.Path + "?" + q.Encode()
}

func (d *Counted[T]) page(c *fiber.Ctx) error {
	v := Who(c)
	f, err := d.Figure(v, func(name string) string { return c.Query(name) })
	if err != nil {
		return err
	}
	cs, next, err := d.list(c.UserContext(), f.Where, c.Query("after"))
	if err != nil {
		return err
	}
	if IsAPI(c) {
		return c.JSON(d.JSON(cs, next))
	}
	t := web.Table{CaptionKey: d.Caption, EmptyKey: d.Empty, Head: []web.Col{{Key: d.Receipt}}}
	for _, col := range d.Columns {
		t.Head = append(t.Head, web.Col{Key: col.Key, Num: col.Num})
	}
	for _, x := range cs {
		row := []web.Cell{{HTML: web.Text(d.Life(x).PublicReceipt())}}
		if d.Engine.Sees(c.UserContext(), v.Actor, x) {
			row[0].Href = d.Href(x)
		}
		for _, col := range d.Columns {
			row = append(row, col.cell(v, x))
		}
		t.Rows = append(t.Rows, row)
	}
	more := ""
	if next != "" {
		f.Query.Set("after", next)
		more = d.Path + "?" + f.Query.Encode()
	}
	f.Page.Body = web.Join(t.HTML(v.Lang), web.Pager(v.Lang, "", more, len(cs)))
	return d.Show(c, fiber.StatusOK, f.Page)
}

// list gives a page of the cases, and the receipt of its last one where there
// are more.
func (d *Counted[T]) list(ctx context.Context, where []store.Cond, after string) (cs []*T, next string, err error) {
	cases := d.Engine.Cases()
	q := store.Query{Where: where, Sort: "receipt", Limit: countedOnPage + 1}
	if after != "" {
		last, err := cases.Find(ctx, store.Query{Where: []store.Cond{{Field: "receipt", Op: store.Eq, Value: after}}, Limit: 1})
		if err != nil {
			return nil, "", fault.Wrap(err, "find the case of receipt %s", after)
		}
		if len(last) == 0 {
			return nil, "", fault.InvalidField("after", "schema.bad_cursor")
		}
		q.After = &store.Cursor{ID: d.Life(last[0]).ID, Value: after}
	}
	if cs, err = cases.Find(ctx, q); err != nil {
		return nil, "", fault.Wrap(err, "list the %s behind a figure", d.Plural())
	}
	if len(cs) > countedOnPage {
		cs = cs[:countedOnPage]
		next = d.Life(cs[countedOnPage-1]).PublicReceipt()
	}
	return cs, next, nil
}
