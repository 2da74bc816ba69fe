package spending

import (
	"context"
	"fmt"
	"html/template"
	"maps"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// Campaign is a special fund of one year.
type Campaign struct {
	lifecycle.Case
	Fund
	Place    string `json:"place"`              // the district of its department: its finance bureau decides
	Approval string `json:"approval,omitempty"` // the finance bureau's note
}

// Fund is what is asked for.
type Fund struct {
	Name        string       `json:"name" form:"text,required,max=80"`
	Department  string       `json:"department" form:"choice,required,from=own_departments"`
	Year        int64        `json:"year" form:"number,required,min=2000,max=2100"`
	Total       schema.Fen   `json:"total" form:"money,required,min=1"`
	Allocations []Allocation `json:"allocations" form:"rows,max=60"`
}

// Allocation is a part of the fund and who has it.
type Allocation struct {
	To     string     `json:"to" form:"choice,required,of=community street department"`
	Who    string     `json:"who" form:"text,required,max=80"`
	Amount schema.Fen `json:"amount" form:"money,required,min=1"`
}

type (
	allocateForm struct {
		Allocations []Allocation `json:"allocations" form:"rows,required,max=60"`
	}
	approveForm struct {
		Approval string `json:"approval" form:"text,required,max=120"`
	}
)

// shares sums the allocations by who has them.
func (f *Fund) shares() map[string]schema.Fen {
	out := map[string]schema.Fen{}
	for _, a := range f.Allocations {
		out[a.To] += a.Amount
	}
	return out
}

// grassroots is what communities and streets have.
func (f *Fund) grassroots() schema.Fen { return f.shares()["community"] + f.shares()["street"] }

// below tells whether less than percent of the whole fund is with the
// grassroots (R36): money nobody was given has not reached anybody.
func (f *Fund) below(percent int) bool {
	return int64(f.grassroots())*100 < int64(f.Total)*int64(percent)
}

// check: no more can be given away than there is.
func (f *Fund) check() error {
	sum := schema.Fen(0)
	for _, a := range f.Allocations { // sixty amounts of at most MaxMoney have a sum
		sum += a.Amount
	}
	if sum > f.Total {
		return fault.InvalidField("allocations", "campaign.more_than_total", "sum", sum, "total", f.Total)
	}
	return nil
}

func (m *Spending) campaignKind() portal.Kind[Campaign] {
	return portal.Kind[Campaign]{
		Table: lifecycle.Table[Campaign]{
			Noun: "campaign", Plural: "campaigns", Prefix: "ZX",
			Title: func(c *Campaign) string { return c.Name },
			Scope: func(c *Campaign) lifecycle.Scope {
				return lifecycle.Scope{Department: c.Department, Places: []string{c.Place}}
			},
			Facts: func(c *Campaign, s *lifecycle.Step) ([]string, error) {
				return []string{
					lifecycle.When(c.below(s.Settings.Int("fund.grassroots_min")), "below_min"),
					lifecycle.When(s.Now.Before(yearEnd(c.Year)), "year_running"),
					lifecycle.When(m.bothSides(s, c.Department), "own_department"),
				}, nil
			},
			States: []lifecycle.State{
				{Name: "draft", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"finance"}},
				{Name: "approved", Shelf: lifecycle.Public, Tone: "good", Assignees: []string{"dept_clerk"}},
				{Name: "closed", Shelf: lifecycle.Public, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Campaign]{
				{Name: "draft", To: []string{"draft"}, Rule: "R36", Look: lifecycle.Primary, Do: lifecycle.Fills("campaign", m.draft)},
				{Name: "approve", From: []string{"draft"}, To: []string{"approved"}, Rule: "R36", Look: lifecycle.Primary, Do: lifecycle.Takes("campaign", approve)},
				{Name: "allocate", From: []string{"draft", "approved"}, Rule: "R36", Do: lifecycle.Takes("campaign", allocate)},
				{Name: "close", From: []string{"approved"}, To: []string{"closed"}, Rule: "R36", Look: lifecycle.Primary, Stops: []string{"*"}},
			},
		},
		View: portal.View[Campaign]{
			Columns:  "department year total",
			Sections: []portal.Section[Campaign]{{HTML: share, Fields: "department year total approval"}, {HTML: allocations}},
			Rule:     "R36",
			Labels:   map[string]string{"department": "case.department"},
		},
		Columns: []portal.Column[Campaign]{{Key: "campaign.share", Num: true, Value: func(_ portal.Visitor, c *Campaign) web.Value { return web.Words(percent(c)) }}},
		Prefill: map[string]string{"allocate": "allocations"},
	}
}

// yearEnd is the first moment after a year of the city.
func yearEnd(year int64) time.Time { return time.Date(int(year)+1, 1, 1, 0, 0, 0, 0, calendar.City) }

func (m *Spending) draft(c *Campaign, in *Fund, s *lifecycle.Step) error {
	seat, _ := m.City.Department(in.Department)
	c.Fund, c.Place = *in, seat.Place
	return c.check()
}

func approve(c *Campaign, in *approveForm, s *lifecycle.Step) error {
	c.Approval = in.Approval
	s.Note(in.Approval)
	s.Until("year_end", "R36", yearEnd(c.Year).Add(-time.Second))
	return nil
}

func allocate(c *Campaign, in *allocateForm, s *lifecycle.Step) error {
	c.Allocations = in.Allocations
	return c.check()
}

// percent is the share that is with the grassroots, rounded down: 59.99% is not 60%.
func percent(c *Campaign) string {
	if c.Total == 0 {
		return "0%"
	}
	tenths := int64(c.grassroots()) * 1000 / int64(c.Total)
	return fmt.Sprintf("%d.%d%%", tenths/10, tenths%10)
}

// share is how much of the fund is with the grassroots, and how much has to be.
func share(_ context.Context, v portal.Visitor, c *Campaign) (template.HTML, error) {
	least := c.Settings.Int("fund.grassroots_min")
	tone := web.Good
	if c.below(least) {
		tone = web.Bad
	}
	return web.Meter(v.Lang, "campaign.share", int64(c.grassroots()), int64(c.Total), tone, v.Lang.T("campaign.share_of", "share", percent(c), "least", least), ""), nil
}

// allocations are who has the fund, level by level and one by one.
func allocations(_ context.Context, v portal.Visitor, c *Campaign) (template.HTML, error) {
	l, shares := v.Lang, c.shares()
	var bars []web.Bar
	for _, to := range slices.Sorted(maps.Keys(shares)) {
		bars = append(bars, web.Bar{Label: l.T("campaign.allocations.to." + to), Value: int64(shares[to]), Text: web.Yuan(shares[to]), Tone: web.Info})
	}
	t := web.Table{CaptionKey: "campaign.allocations", EmptyKey: "campaign.none", Head: []web.Col{{Key: "campaign.allocations.who"}, {Key: "campaign.allocations.to"}, {Key: "campaign.allocations.amount", Num: true}}}
	for _, a := range c.Allocations {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(a.Who)}, {HTML: web.Text(l.T("campaign.allocations.to." + a.To))}, {HTML: web.Text(web.Yuan(a.Amount))}})
	}
	if len(bars) == 0 {
		return t.HTML(l), nil
	}
	return web.Join(web.BarChart(l, "campaign.chart", bars), t.HTML(l)), nil
}
