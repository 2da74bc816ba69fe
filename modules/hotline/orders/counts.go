package orders

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Tally is how many orders were filed on a day or in a year (R53).
type Tally struct {
	Of string `json:"of"` // 2026-03-09 or 2026
	N  int64  `json:"n"`
}

// Counts are the figures of R53: per day of the last month, per year, and how
// this year's divide into the two streams (R69) and the categories (R52).
type Counts struct {
	Days       []Tally `json:"days"`
	Years      []Tally `json:"years"`
	Streams    []Tally `json:"streams"`
	Categories []Tally `json:"categories"`
}

// countDays is how many days are shown one by one.
const countDays = 31

// Counts counts orders; nothing in it tells of one. Each figure leads to the
// receipts of those that it counts.
func (m *Orders) Counts(ctx context.Context) (Counts, error) {
	now := m.Clock().In(zone)
	since := string(schema.DateOf(now.AddDate(0, 0, 1-countDays), zone))
	year := []store.Cond{{Field: "year", Op: store.Eq, Value: now.Format("2006")}}
	var out Counts
	for _, g := range []struct {
		into  *[]Tally
		by    string
		where []store.Cond
	}{{&out.Days, "day", []store.Cond{{Field: "day", Op: store.Gte, Value: since}}}, {&out.Years, "year", nil}, {&out.Streams, "stream", year}, {&out.Categories, "category", year}} {
		groups, err := m.Engine.Cases().GroupBy(ctx, g.where, g.by, "")
		if err != nil {
			return out, fault.Wrap(err, "count orders by %s", g.by)
		}
		for _, x := range groups {
			key, _ := x.Key.(string)
			*g.into = append(*g.into, Tally{Of: key, N: x.N})
		}
	}
	out.Days = everyDay(out.Days, now)
	return out, nil
}

// everyDay puts in the days on which nobody called.
func everyDay(have []Tally, now time.Time) []Tally {
	n := map[string]int64{}
	for _, t := range have {
		n[t.Of] = t.N
	}
	var out []Tally
	for i := countDays - 1; i >= 0; i-- {
		day := string(schema.DateOf(now.AddDate(0, 0, -i), zone))
		out = append(out, Tally{Of: day, N: n[day]})
	}
	return out
}

// countsPage answers GET /hotline/counts.
func (m *Orders) countsPage(c *fiber.Ctx) error {
	got, err := m.Counts(c.UserContext())
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		return c.JSON(got)
	}
	l := portal.Who(c).Lang
	thisYear := m.Clock().In(zone).Format("2006")
	bars := func(ts []Tally, by string, name func(string) string) (out []web.Bar) {
		for _, t := range ts {
			asked := []string{by, cmp.Or(t.Of, none)}
			if by == "stream" || by == "category" {
				asked = append(asked, "year", thisYear)
			}
			out = append(out, web.Bar{Label: name(t.Of), Value: t.N, Href: m.counted.Link(asked...)})
		}
		return out
	}
	plain := func(s string) string { return s }
	all, year := int64(0), int64(0)
	for _, t := range got.Days {
		all += t.N
	}
	if n := len(got.Years); n > 0 && got.Years[n-1].Of == thisYear {
		year = got.Years[n-1].N
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("order.counts_lead")
		h.Raw(`</p>`)
		h.Add(web.Figures(l, []web.Figure{{Value: strconv.FormatFloat(float64(all)/countDays, 'f', 1, 64), LabelKey: "order.a_day", Href: m.counted.Link("since", got.Days[0].Of), Tone: web.Info},
			{Value: strconv.FormatInt(year, 10), LabelKey: "order.this_year", Href: m.counted.Link("year", thisYear), Tone: web.Info}}))
		h.Add(web.Trend(l, "order.by_day", bars(got.Days, "day", func(d string) string { return d[len("2006-"):] })))
		h.Add(web.BarChart(l, "order.by_year", bars(got.Years, "year", plain)))
		h.Add(web.BarChart(l, "order.by_stream", bars(got.Streams, "stream", func(s string) string { return streamWord(l, s) })))
		h.Add(web.BarChart(l, "order.by_category", bars(got.Categories, "category", func(s string) string { return categoryWord(l, s) })))
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("order.counts"), Body: body})
}

func streamWord(l web.Lang, stream string) string {
	return cmp.Or(portal.Choice(l, "order.stream.", stream), l.T("order.unsorted"))
}

func categoryWord(l web.Lang, category string) string {
	return cmp.Or(portal.Choice(l, "category.", category), l.T("order.unsorted"))
}
