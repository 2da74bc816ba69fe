package spending

import (
	"context"
	"html/template"
	"maps"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// quarters are how many the page offers to choose from.
const quarters = 8

// Quarter is what communities spent in a quarter, for programs.
type Quarter struct {
	Quarter   string                      `json:"quarter"`
	Community string                      `json:"community,omitempty"` // the only one asked for
	Spent     map[string]map[string]int64 `json:"spent"`               // community -> kind -> fen
	Total     int64                       `json:"total"`               // fen
}

// page answers GET /spending: what was spent, public when the quarter is over.
func (m *Spending) page(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	if err := m.May(v, "use.see", lifecycle.Anywhere, string(lifecycle.Public)); err != nil {
		return err
	}
	now := portal.QuarterOf(m.Clock())
	q, place := portal.Quarter(c.Query("quarter")), c.Query("community")
	if q == "" {
		q = now.Before()
	}
	f := fault.New(fault.Invalid, "invalid")
	if q.Start().IsZero() || q > now {
		f.Wrong("quarter", "schema.not_an_option")
	}
	if place != "" && !m.Names.Known("place", place) {
		f.Wrong("community", "schema.not_an_option")
	}
	if len(f.Fields) > 0 {
		return f
	}
	spent, err := m.spent(ctx, v, q, now)
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		if place != "" {
			spent = map[string]map[string]int64{place: nonNil(spent[place])}
		}
		out := Quarter{Quarter: string(q), Community: place, Spent: spent}
		for _, by := range spent {
			out.Total += total(by)
		}
		return c.JSON(out)
	}
	os, err := m.Options(ctx, v, "communities")
	if err != nil {
		return err
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(m.filter(l, now, q, place, os["communities"]))
		if q == now {
			h.Add(web.Panel(l, web.Info, "spending.running", portal.Text(l, l.T("spending.running_text"))))
		}
		if place == "" {
			h.Add(m.overview(l, q, spent))
		} else {
			h.Add(m.ofPlace(l, q, place, spent))
		}
	})
	title := l.T("spending.title")
	if place != "" {
		title = m.Names.Place(l, place) + " " + title
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: title + " · " + q.Text(l), Lead: portal.Text(l, l.T("spending.lead")), Body: body})
}

// spent gives the figures of a quarter; those of the running one only to whom
// the uses themselves are open.
func (m *Spending) spent(ctx context.Context, v portal.Visitor, q, now portal.Quarter) (map[string]map[string]int64, error) {
	all, err := m.books.Spending(ctx, string(q))
	if err != nil || q < now {
		return all, err
	}
	for place := range all {
		if m.May(v, "use.see", lifecycle.Scope{Places: []string{place}}, string(lifecycle.Filed)) != nil {
			delete(all, place)
		}
	}
	return all, nil
}

func nonNil(m map[string]int64) map[string]int64 {
	if m == nil {
		return map[string]int64{}
	}
	return m
}

func total(by map[string]int64) int64 {
	sum := int64(0)
	for _, n := range by {
		sum += n
	}
	return sum
}

func (m *Spending) filter(l web.Lang, now, q portal.Quarter, place string, communities []web.Option) template.HTML {
	var qs []web.Option
	for i, x := 0, now; i < quarters; i, x = i+1, x.Before() {
		qs = append(qs, web.Option{Value: string(x), Text: x.Text(l)})
	}
	return web.Filters(l, web.FilterSpec{Action: "/spending", Fields: []web.FilterField{{Name: "community", LabelKey: "case.community", Value: place, Options: communities},
		{Name: "quarter", LabelKey: "use.quarter", Value: string(q), Options: qs}}})
}

// overview is one line for each place that spent anything.
func (m *Spending) overview(l web.Lang, q portal.Quarter, spent map[string]map[string]int64) template.HTML {
	t := web.Table{CaptionKey: "spending.by_place", EmptyKey: "spending.none", Head: []web.Col{{Key: "case.community"}}}
	for _, cat := range Categories {
		t.Head = append(t.Head, web.Col{Key: "use.category." + cat, Num: true})
	}
	t.Head = append(t.Head, web.Col{Key: "spending.total", Num: true})
	for _, place := range slices.Sorted(maps.Keys(spent)) {
		sheet := "/spending?" + url.Values{"community": {place}, "quarter": {string(q)}}.Encode()
		row := []web.Cell{{HTML: web.Text(m.Names.Place(l, place)), Href: sheet}}
		for _, cat := range Categories {
			row = append(row, figure(place, cat, q, spent[place][cat]))
		}
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: web.Text(web.Yuan(schema.Fen(total(spent[place])))), Href: sheet}))
	}
	return t.HTML(l)
}

func figure(place, category string, q portal.Quarter, fen int64) web.Cell {
	if fen == 0 {
		return web.Cell{HTML: web.Text("0")}
	}
	return web.Cell{HTML: web.Text(web.Yuan(schema.Fen(fen))), Href: entries(place, category, string(q))}
}

// ofPlace is the sheet that a committee prints and puts up.
func (m *Spending) ofPlace(l web.Lang, q portal.Quarter, place string, spent map[string]map[string]int64) template.HTML {
	by := spent[place]
	t := web.Table{CaptionKey: "spending.by_category", EmptyKey: "spending.none", Head: []web.Col{{Key: "use.category"}, {Key: "use.amount", Num: true}}}
	var bars []web.Bar
	for _, cat := range Categories {
		if by[cat] != 0 {
			t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.T("use.category." + cat))}, figure(place, cat, q, by[cat])})
			bars = append(bars, web.Bar{Label: l.T("use.category." + cat), Href: entries(place, cat, string(q)), Value: by[cat], Text: web.Yuan(schema.Fen(by[cat])), Tone: web.Info})
		}
	}
	if len(t.Rows) == 0 {
		return t.HTML(l)
	}
	t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.T("spending.total"))}, {HTML: web.Text(web.Yuan(schema.Fen(total(by))))}})
	return web.Join(t.HTML(l), web.BarChart(l, "spending.by_category", bars), m.street(l, q, place))
}

// street leads on to what the street spent of the money it keeps.
func (m *Spending) street(l web.Lang, q portal.Quarter, place string) template.HTML {
	street := m.City.Street(place)
	if street == "" {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.Add(web.Link("/spending?"+url.Values{"community": {street}, "quarter": {string(q)}}.Encode(), l.T("spending.street", "street", m.Names.Place(l, street))))
		h.Raw(`</p>`)
	})
}
