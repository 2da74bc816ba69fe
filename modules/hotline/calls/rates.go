package calls

import (
	"context"
	"html/template"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Rates are how calls of a time were picked up (R68). A call counts once it
// was answered or has ended.
type Rates struct {
	Calls    int64 `json:"calls"`
	Answered int64 `json:"answered"`
	Quick    int64 `json:"quick"`  // answered within the seconds of hot.pickup_s
	Direct   int64 `json:"direct"` // answered calls whose question was answered at once
}

// Pct gives tenths of a percent of n in all, 0 of nothing.
func pct(n, all int64) int64 {
	if all == 0 {
		return 0
	}
	return (n*2000/all + 1) / 2
}

// Met tells whether as many calls were picked up quickly as the city demands.
func (r Rates) met(goal int) bool { return r.Quick*100 >= int64(goal)*r.Calls }

// Day is one day's rates.
type Day struct {
	Day string `json:"day"`
	Rates
}

// Between counts the calls of some days, day by day; at most a month's.
func (m *Calls) Between(ctx context.Context, from, until schema.Date) (sum Rates, days []Day, err error) {
	where := []store.Cond{{Field: "day", Op: store.Gte, Value: string(from)}, {Field: "day", Op: store.Lte, Value: string(until)}}
	at := map[any]int{}
	for field, into := range map[string]func(*Rates) *int64{"answered": func(r *Rates) *int64 { return &r.Answered }, "quick": func(r *Rates) *int64 { return &r.Quick }, "direct": func(r *Rates) *int64 { return &r.Direct }} {
		gs, err := m.calls.GroupBy(ctx, where, "day", field)
		if err != nil {
			return sum, nil, fault.Wrap(err, "count calls from %s to %s", from, until)
		}
		for _, g := range gs {
			i, known := at[g.Key]
			if !known {
				i, at[g.Key] = len(days), len(days)
				day, _ := g.Key.(string)
				days = append(days, Day{Day: day, Rates: Rates{Calls: g.N}})
				sum.Calls += g.N
			}
			*into(&days[i].Rates) = g.Sum
			*into(&sum) += g.Sum
		}
	}
	return sum, days, nil
}

// Month is how the calls of a month were picked up.
type Month struct {
	Month   string `json:"month"`
	Seconds int    `json:"seconds"`  // within which a call is to be picked up
	Goal    int    `json:"goal_pct"` // of the calls
	Met     bool   `json:"met"`
	Sum     Rates  `json:"sum"`
	Days    []Day  `json:"days"`
}

// page answers GET /calls and GET /api/v1/calls/rates for a month.
func (m *Calls) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	if e := m.h.May(v, "call.see_rates", lifecycle.Anywhere); e != nil {
		return e
	}
	month := m.h.Clock().In(calendar.City)
	if s := c.Query("month"); s != "" {
		t, err := time.ParseInLocation("2006-01", s, calendar.City)
		if err != nil {
			return fault.InvalidField("month", "call.bad_month")
		}
		month = t
	}
	first := time.Date(month.Year(), month.Month(), 1, 0, 0, 0, 0, calendar.City)
	sum, days, err := m.Between(c.UserContext(), schema.DateOf(first, calendar.City), schema.DateOf(first.AddDate(0, 1, -1), calendar.City))
	if err != nil {
		return err
	}
	goal, seconds := m.h.Settings().Int("hot.pickup_pct"), m.h.Settings().Int("hot.pickup_s")
	if portal.IsAPI(c) {
		return c.JSON(Month{first.Format("2006-01"), seconds, goal, sum.met(goal), sum, append([]Day{}, days...)})
	}
	l := v.Lang
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("calls.title"), Lead: portal.Text(l, l.T("calls.lead", "n", seconds, "goal", goal)),
		Body: web.Join(figures(l, sum, goal), perDay(l, days), months(l, first))})
}

func percent(l web.Lang, n, all int64) string {
	if all == 0 {
		return l.T("calls.no_rate")
	}
	p := pct(n, all)
	return strconv.FormatInt(p/10, 10) + "." + strconv.FormatInt(p%10, 10) + "%"
}

func figures(l web.Lang, r Rates, goal int) template.HTML {
	tone := web.Neutral
	if r.Calls > 0 {
		if tone = web.Bad; r.met(goal) {
			tone = web.Good
		}
	}
	return web.Join(web.Figures(l, []web.Figure{
		{Value: strconv.FormatInt(r.Calls, 10), LabelKey: "calls.count", Tone: web.Neutral},
		{Value: percent(l, r.Quick, r.Calls), LabelKey: "calls.quick", Tone: tone},
		{Value: percent(l, r.Answered, r.Calls), LabelKey: "calls.answered", Tone: web.Neutral},
		{Value: percent(l, r.Direct, r.Answered), LabelKey: "calls.direct", Tone: web.Neutral}}),
		portal.In(l, func(h *web.H) {
			h.Raw(`<p class="hint">`)
			h.Text(portal.Rule(l, "R68"))
			h.Raw(`</p>`)
		}))
}

func perDay(l web.Lang, days []Day) template.HTML {
	t := web.Table{CaptionKey: "calls.per_day", EmptyKey: "calls.none", Head: []web.Col{{Key: "calls.day"}, {Key: "calls.count", Num: true}, {Key: "calls.picked_up", Num: true},
		{Key: "calls.quick", Num: true}, {Key: "calls.lost", Num: true}, {Key: "calls.direct", Num: true}}}
	for _, d := range days {
		n := func(x int64) web.Cell { return web.Cell{HTML: web.Text(strconv.FormatInt(x, 10))} }
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.Day(schema.Date(d.Day)))}, n(d.Calls), n(d.Answered),
			{HTML: web.Text(strconv.FormatInt(d.Quick, 10) + " · " + percent(l, d.Quick, d.Calls))}, n(d.Calls - d.Answered),
			{HTML: web.Text(strconv.FormatInt(d.Direct, 10) + " · " + percent(l, d.Direct, d.Answered))}})
	}
	return t.HTML(l)
}

func months(l web.Lang, first time.Time) template.HTML {
	href := func(by int) string { return "/calls?month=" + first.AddDate(0, by, 0).Format("2006-01") }
	return web.Join(web.Button(l, web.ButtonSpec{LabelKey: "calls.before", Href: href(-1)}), web.Button(l, web.ButtonSpec{LabelKey: "calls.after", Href: href(1)}))
}
