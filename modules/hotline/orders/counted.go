package orders

import (
	"net/url"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// CountedOrder is one of the orders behind a figure: what it was counted as, and
// a receipt by which whoever made the request finds it again.
type CountedOrder struct {
	Receipt  string      `json:"receipt"`
	Day      schema.Date `json:"day"`
	Stream   string      `json:"stream"`
	Category string      `json:"category"`
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

// behind lists the orders that a figure counts.
func (m *Orders) behind() portal.Counted[Order] {
	return portal.Counted[Order]{Resource: m.Resource, Path: "/hotline/counts/orders",
		Caption: "order.counted", Empty: "order.counted_none", Receipt: "order.receipt", Figure: m.figure,
		Columns: []portal.Column[Order]{
			{Key: "order.filed_on", Value: func(v portal.Visitor, o *Order) web.Value { return web.On(v.Lang, o.OpenedAt) }},
			{Key: "order.stream", Value: func(v portal.Visitor, o *Order) web.Value { return web.Words(streamWord(v.Lang, o.Stream)) }},
			{Key: "order.category", Value: func(v portal.Visitor, o *Order) web.Value { return web.Words(categoryWord(v.Lang, o.Category)) }},
		},
		JSON: func(os []*Order, next string) any {
			out := CountedPage{Orders: make([]CountedOrder, len(os)), Next: next}
			for i, o := range os {
				out.Orders[i] = CountedOrder{o.PublicReceipt(), schema.DateOf(o.OpenedAt, zone), o.Stream, o.Category}
			}
			return out
		}}
}

// figure reads ?since=&day=&year=&stream=&category=.
func (m *Orders) figure(v portal.Visitor, asked func(string) string) (portal.Figure, error) {
	l, words := v.Lang, []string{}
	f := portal.Figure{Query: url.Values{}}
	for _, by := range countedBy {
		x := asked(by)
		if x == "" {
			continue
		}
		word, ok := countedWord(l, by, x)
		if !ok {
			return f, fault.InvalidField(by, "schema.not_an_option")
		}
		cond := store.Cond{Field: by, Op: store.Eq, Value: x}
		switch {
		case by == "since":
			cond.Field, cond.Op = "day", store.Gte
		case x == none:
			cond = store.Cond{Field: by, Op: store.IsNil}
		}
		f.Where, words = append(f.Where, cond), append(words, word)
		f.Query.Set(by, x)
	}
	if len(words) == 0 {
		return f, fault.InvalidField("day", "schema.required")
	}
	f.Page = web.Page{Title: l.T("order.counted"), Lead: portal.Text(l, l.T("order.counted_lead")),
		Crumbs: []web.Crumb{{Href: "/hotline/counts", Text: l.T("order.counts")}, {Text: strings.Join(words, l.T("list.comma"))}}}
	return f, nil
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
