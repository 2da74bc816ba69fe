package orders

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// countedOnPage is how many orders one page of a figure lists.
const countedOnPage = 100

// CountedOrder is one of the orders behind a figure: what it was counted as, and
// a receipt by which whoever made the request finds it again.
type CountedOrder struct {
	Receipt  string      `json:"receipt"`
	Day      schema.Date `json:"day"`
	Stream   string      `json:"stream"`
	Category string      `json:"category"`
	id       string
}

// CountedPage is a page of the orders behind a figure, in the order of their
// receipts: numbers could be counted off a list in the order of filing.
type CountedPage struct {
	Orders []CountedOrder `json:"orders"`
	Next   string         `json:"next"`
}

// countedBy are the questions that the figures answer, in the order in which
// they are shown: since is a day, and those of it and of later ones count.
var countedBy = []string{"since", "day", "year", "stream", "category"}

// none stands for orders that have no category or stream yet.
const none = "none"

// behindCount leads to the orders that a figure counts.
func behindCount(pairs ...string) string {
	q := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		q.Set(pairs[i], pairs[i+1])
	}
	return "/hotline/counts/orders?" + q.Encode()
}

// counted lists the orders that a figure counts.
func (m *Orders) counted(ctx context.Context, where []store.Cond, after string) (out CountedPage, err error) {
	q := store.Query{Where: where, Sort: "receipt", Limit: countedOnPage + 1}
	if after != "" {
		last, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "receipt", Op: store.Eq, Value: after}}, Limit: 1})
		if err != nil {
			return out, fault.Wrap(err, "find the order of receipt %s", after)
		}
		if len(last) == 0 {
			return out, fault.InvalidField("after", "schema.bad_cursor")
		}
		q.After = &store.Cursor{ID: last[0].ID, Value: after}
	}
	os, err := m.Resource.Engine.Cases().Find(ctx, q)
	if err != nil {
		return out, fault.Wrap(err, "list the orders behind a figure")
	}
	for _, o := range os[:min(len(os), countedOnPage)] {
		out.Orders = append(out.Orders, CountedOrder{o.PublicReceipt(), schema.DateOf(o.OpenedAt, zone), o.Stream, o.Category, o.ID})
	}
	if len(os) > countedOnPage {
		out.Next = out.Orders[countedOnPage-1].Receipt
	}
	return out, nil
}

// countedPage answers GET /hotline/counts/orders?since=&day=&year=&stream=&category=.
func (m *Orders) countedPage(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), portal.Who(c)
	var where []store.Cond
	var asked, words []string
	for _, by := range countedBy {
		x := c.Query(by)
		if x == "" {
			continue
		}
		word, ok := countedWord(v.Lang, by, x)
		if !ok {
			return fault.InvalidField(by, "schema.not_an_option")
		}
		cond := store.Cond{Field: by, Op: store.Eq, Value: x}
		switch {
		case by == "since":
			cond.Field, cond.Op = "day", store.Gte
		case x == none:
			cond = store.Cond{Field: by, Op: store.IsNil}
		}
		where, asked, words = append(where, cond), append(asked, by, x), append(words, word)
	}
	if len(where) == 0 {
		return fault.InvalidField("day", "schema.required")
	}
	page, err := m.counted(ctx, where, c.Query("after"))
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		page.Orders = append([]CountedOrder{}, page.Orders...)
		return c.JSON(page)
	}
	l, more := v.Lang, ""
	if page.Next != "" {
		more = behindCount(append(asked, "after", page.Next)...)
	}
	t := web.Table{CaptionKey: "order.counted", EmptyKey: "order.counted_none", Head: []web.Col{{Key: "order.receipt"}, {Key: "order.filed_on"}, {Key: "order.stream"}, {Key: "order.category"}}}
	for _, o := range page.Orders {
		receipt := web.Cell{HTML: web.Text(o.Receipt)}
		if m.Sees(v, m.Resource.Plural(), o.id) {
			receipt.Href = "/orders/" + o.id
		}
		t.Rows = append(t.Rows, []web.Cell{receipt, {HTML: web.Text(l.Day(o.Day))},
			{HTML: web.Text(streamWord(l, o.Stream))}, {HTML: web.Text(categoryWord(l, o.Category))}})
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("order.counted"), Lead: portal.Text(l, l.T("order.counted_lead")), Body: web.Join(t.HTML(l), web.Pager(l, "", more, len(page.Orders))),
		Crumbs: []web.Crumb{{Href: "/hotline/counts", Text: l.T("order.counts")}, {Text: strings.Join(words, l.T("list.comma"))}}})
}

// countedWord says which orders are meant; ok is false for what no figure counts.
func countedWord(l web.Lang, by, x string) (word string, ok bool) {
	key := "order.unsorted"
	switch {
	case by == "day" || by == "since":
		_, err := time.Parse(time.DateOnly, x)
		return l.T("order.counted_"+by, "day", l.Day(schema.Date(x))), err == nil
	case by == "year":
		_, err := time.Parse("2006", x)
		return x, err == nil
	case x == none:
	case by == "stream":
		key = "order.stream." + x
	default:
		key = "category." + x
	}
	return l.T(key), web.Known(key)
}
