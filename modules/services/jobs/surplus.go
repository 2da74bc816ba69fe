package jobs

import (
	"context"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Quarter is what paid services left for free ones in a quarter (R38).
type Quarter struct {
	Quarter string `json:"quarter"`
	Paid    int64  `json:"paid"`        // jobs
	Charged int64  `json:"charged"`     // fen, between customer and vendor
	Surplus int64  `json:"surplus"`     // fen, of it into the funds
	Other   int64  `json:"other_gifts"` // fen, of government and donors
	Free    int64  `json:"free"`        // jobs
	Cost    int64  `json:"cost"`        // fen, what the free ones cost
}

// quartersShown of the surplus page.
const quartersShown = 4

// Surplus gives the last quarters, the newest first.
func (m *Jobs) Surplus(ctx context.Context) ([]Quarter, error) {
	fs, err := m.Funds.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 100})
	if err != nil {
		return nil, fault.Wrap(err, "read the free funds")
	}
	var out []Quarter
	q := portal.QuarterOf(m.Clock())
	for range quartersShown {
		x := Quarter{Quarter: string(q)}
		groups, err := m.Engine.Cases().GroupBy(ctx, []store.Cond{{Field: "quarter", Op: store.Eq, Value: string(q)}}, "kind", "charged")
		if err != nil {
			return nil, fault.Wrap(err, "sum the jobs of %s", q)
		}
		for _, g := range groups {
			if g.Key == "free" {
				x.Free, x.Cost = g.N, g.Sum
			} else {
				x.Paid, x.Charged = g.N, g.Sum
			}
		}
		for _, f := range fs {
			for _, g := range f.Given {
				switch {
				case g.Quarter != string(q):
				case g.From == "surplus":
					x.Surplus += int64(g.Amount)
				default:
					x.Other += int64(g.Amount)
				}
			}
		}
		out = append(out, x)
		q = q.Before()
	}
	return out, nil
}

// surplus answers GET /surplus: paid services sustain free ones, in figures.
func (m *Jobs) surplus(c *fiber.Ctx) error {
	qs, err := m.Surplus(c.UserContext())
	if err != nil {
		return err
	}
	if portal.IsAPI(c) {
		return c.JSON(qs)
	}
	l := portal.Who(c).Lang
	t := web.Table{CaptionKey: "surplus.title", Head: []web.Col{{Key: "surplus.quarter"}, {Key: "surplus.paid", Num: true}, {Key: "surplus.charged", Num: true}, {Key: "surplus.surplus", Num: true}, {Key: "surplus.other", Num: true},
		{Key: "surplus.free", Num: true}, {Key: "surplus.cost", Num: true}}}
	count := func(n int64) string { return strconv.FormatInt(n, 10) }
	fen := func(n int64) string { return web.Yuan(schema.Fen(n)) }
	for _, q := range qs {
		of := func(kind, text string) web.Cell {
			return web.Cell{HTML: web.Text(text), Href: m.counted.Link("quarter", q.Quarter, "kind", kind)}
		}
		given := func(n int64) web.Cell { return web.Cell{HTML: web.Text(fen(n)), Href: "/free_funds"} }
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(portal.Quarter(q.Quarter).Text(l))}, of("paid", count(q.Paid)), of("paid", fen(q.Charged)),
			given(q.Surplus), given(q.Other), of("free", count(q.Free)), of("free", fen(q.Cost))})
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("surplus.title"), Body: web.Join(web.Join(`<p class="intro">`, web.Translated(l, "surplus.intro"), `</p>`),
		t.HTML(l), web.P(web.Link("/free_funds", l.T("surplus.funds"))))})
}

// CountedJob is one of the jobs behind a figure: what it was, what was paid, and
// a receipt by which customer and vendor find it again.
type CountedJob struct {
	Receipt  string           `json:"receipt"`
	Done     schema.Date      `json:"done_on"`
	Category string           `json:"category"`
	Paid     schema.Fen       `json:"paid"`           // fen, by the customer, or by the fund if it is free
	Fund     portal.Ref[Fund] `json:"fund,omitempty"` // its id
}

// CountedPage is a page of the jobs behind a figure, in the order of their
// receipts.
type CountedPage struct {
	Jobs []CountedJob `json:"jobs"`
	Next string       `json:"next"`
}

// behind lists the jobs that a figure of a quarter counts.
func (m *Jobs) behind() *portal.Counted[Job] {
	return &portal.Counted[Job]{Resource: m.Resource, Path: "/surplus/jobs", Caption: "surplus.jobs", Empty: "surplus.no_jobs", Receipt: "surplus.receipt",
		Figure: figure,
		Columns: []portal.Column[Job]{
			{Key: "surplus.done", Value: func(v portal.Visitor, j *Job) web.Value { return web.OnDay(v.Lang, j.counted().Done) }},
			{Key: "job.category", Value: func(v portal.Visitor, j *Job) web.Value { return m.Value(v, j, "category") }},
			{Key: "surplus.amount", Num: true, Value: func(_ portal.Visitor, j *Job) web.Value { return yuan(j.counted().Paid) }},
			{Key: "surplus.fund", Value: func(v portal.Visitor, j *Job) web.Value { return m.Value(v, j, "fund") }},
		},
		JSON: func(js []*Job, next string) any {
			page := CountedPage{Jobs: make([]CountedJob, len(js)), Next: next}
			for i, j := range js {
				page.Jobs[i] = j.counted()
			}
			return page
		}}
}

func (j *Job) counted() CountedJob {
	x := CountedJob{Receipt: j.PublicReceipt(), Done: schema.DateOf(*j.DoneAt, calendar.City), Category: j.Category, Paid: j.Charged, Fund: j.Fund}
	if j.Fund != "" {
		x.Paid, _ = j.paid(j.Charged)
	}
	return x
}

func figure(v portal.Visitor, asked func(string) string) (portal.Figure, error) {
	quarter, kind := asked("quarter"), asked("kind")
	if portal.Quarter(quarter).Start().IsZero() {
		return portal.Figure{}, fault.InvalidField("quarter", "schema.not_an_option")
	}
	if kind != "paid" && kind != "free" {
		return portal.Figure{}, fault.InvalidField("kind", "schema.not_an_option")
	}
	title := v.Lang.T("surplus.of_"+kind, "quarter", portal.Quarter(quarter).Text(v.Lang))
	return portal.Figure{Where: []store.Cond{{Field: "quarter", Op: store.Eq, Value: quarter}, {Field: "kind", Op: store.Eq, Value: kind}},
		Query: url.Values{"quarter": {quarter}, "kind": {kind}},
		Page:  web.Page{Title: title, Crumbs: []web.Crumb{{Href: "/surplus", Text: v.Lang.T("surplus.title")}, {Text: title}}}}, nil
}
