package items

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Annual is the year's catalogue (年度准入目录): all that has been admitted and
// is in force, with what a decision on its renewal looks at.
type Annual struct {
	Year  int      `json:"year"`
	AsOf  string   `json:"as_of"` // the day
	Items []Yearly `json:"items"`
	Next  string   `json:"next"` // cursor of the next page, empty on the last
}

// Yearly is one item of it.
type Yearly struct {
	Cite
	Department  string     `json:"department"`
	Communities int        `json:"communities"` // in which it is at work
	End         string     `json:"end,omitempty"`
	EndsSoon    bool       `json:"decide_this_year,omitempty"` // its renewal is asked for from a day of this year
	Asked       bool       `json:"renewal_asked,omitempty"`
	Hours       int64      `json:"hours"`      // a month, of all its communities
	MoneyIn     schema.Fen `json:"money_in"`   // that has arrived
	MoneyOwed   schema.Fen `json:"money_owed"` // that has not
	Score       int        `json:"score"`      // of its last round, -1 when it has none
	Orders      int        `json:"rectifications_open"`
}

// inForce are the states of items that are at work somewhere.
var inForce = []string{"active", "expiring", "rectifying", "suspended", "withdrawing"}

const yearlyPage = 50

// annual gives a page of the catalogue as one may see it, the newest
// first.
func (m *Items) annual(ctx context.Context, by lifecycle.Actor, after string, limit int) (Annual, error) {
	now := m.Resource.Engine.Now().In(cityZone)
	out := Annual{Year: now.Year(), AsOf: string(schema.DateOf(now, cityZone)), Items: []Yearly{}}
	p, err := m.Resource.Engine.List(ctx, by, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: inForce}}, After: after, Limit: limit})
	if err != nil {
		return out, err
	}
	yearEnd := time.Date(now.Year()+1, 1, 1, 0, 0, 0, 0, cityZone)
	for _, it := range p.Cases {
		y := Yearly{Cite: Cite{ID: it.ID, No: it.No, Title: it.Title, State: it.State, Href: m.Resource.Href(it)}, Department: it.Department, Asked: it.Renewal != nil, Score: -1, Orders: len(it.Orders)}
		for _, part := range it.live() {
			y.Communities++
			in, owed := part.sums(it)
			y.MoneyIn, y.MoneyOwed = y.MoneyIn+in, y.MoneyOwed+owed
		}
		y.Hours = it.Hours * int64(y.Communities)
		if !it.End.IsZero() {
			y.End = string(schema.DateOf(it.End, cityZone))
		}
		if from, ok := renewFrom(it, m.Resource.Calendar()); ok {
			y.EndsSoon = from.Before(yearEnd)
		}
		if m.Score != nil {
			if n, ok := m.Score(ctx, it.ID); ok {
				y.Score = n
			}
		}
		out.Items = append(out.Items, y)
	}
	out.Next = p.Next
	return out, nil
}

// annualPage answers GET /annual, for anybody: the year's list, and above it what
// has to be decided this year.
func (m *Items) annualPage(c *fiber.Ctx) error {
	v := portal.Who(c)
	a, err := m.annual(c.UserContext(), v.Actor, c.Query("after"), yearlyPage)
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		return c.JSON(a)
	}
	l := v.Lang
	var due []Yearly
	for _, y := range a.Items {
		if y.EndsSoon || y.Asked || y.State == "expiring" {
			due = append(due, y)
		}
	}
	next := ""
	if a.Next != "" {
		next = "/annual?after=" + a.Next
	}
	return m.Resource.Show(c, fiber.StatusOK, web.Page{Title: l.T("annual.title", "year", a.Year), Wide: true, Body: portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("annual.intro", "day", a.AsOf)
		h.Raw(`</p>`)
		if v.SignedIn() {
			h.Raw(`<p>`)
			h.Add(web.Link("/annual.xlsx", l.T("annual.excel")))
			h.Raw(`</p>`)
		}
		if len(due) > 0 {
			h.Add(web.Section(l, "annual.renewals", portal.In(l, func(h *web.H) {
				h.Raw(`<p class="hint">`)
				h.T("annual.renewals_hint", "score", m.Resource.Settings().Int("adm.renew_min_score"))
				h.Raw(`</p>`)
				h.Add(m.yearly(l, due).HTML(l))
			})))
		}
		h.Add(web.Section(l, "annual.all", m.yearly(l, a.Items).HTML(l)))
		h.Add(web.Pager(l, "", next, len(a.Items)))
	})})
}

// yearly is the catalogue as a table.
func (m *Items) yearly(l web.Lang, ys []Yearly) web.Table {
	t := web.Table{EmptyKey: "annual.empty", Head: []web.Col{{Key: "case.no"}, {Key: "case.title"}, {Key: "case.state"}, {Key: "annual.department"}, {Key: "annual.end"},
		{Key: "annual.score", Num: true}, {Key: "annual.money", Num: true}, {Key: "annual.hours", Num: true}}}
	for _, y := range ys {
		score, end := "—", l.T("annual.open_end")
		if y.Score >= 0 {
			score = strconv.Itoa(y.Score)
		}
		if y.End != "" {
			end = l.Day(schema.Date(y.End))
		}
		state := l.T("state.item." + y.State)
		if y.Asked {
			state = l.T("annual.asked")
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(y.No), Href: y.Href}, {HTML: web.Text(y.Title)}, {HTML: web.Text(state)}, {HTML: web.Text(m.Resource.Names.Department(l, y.Department))},
			{HTML: web.Text(end)}, {HTML: web.Text(score)}, {HTML: web.Text(yuan(y.MoneyIn) + " / " + yuan(y.MoneyOwed))}, {HTML: web.Text(strconv.FormatInt(y.Hours, 10))}})
	}
	return t
}

// yuan are whole ones: a catalogue is no account.
func yuan(f schema.Fen) string { return cmp.Or(portal.Count(int64(f)/100), "0") }

// mostYearly bounds the table that leaves.
const mostYearly = 2000

// annualSheet answers GET /annual.xlsx: the whole catalogue, on record.
func (m *Items) annualSheet(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	var all []Yearly
	var year int
	for after := ""; ; {
		a, err := m.annual(ctx, v.Actor, after, 100)
		if err != nil {
			return err
		}
		all, year = append(all, a.Items...), a.Year
		if after = a.Next; after == "" || len(all) >= mostYearly {
			break
		}
	}
	head, rows := m.yearly(v.Lang, all).Plain(v.Lang)
	return m.Resource.Take(c, "xlsx", "items", "annual", v.Lang.T("annual.title", "year", year), head, rows)
}
