package jobs

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// openFunds offers the funds that take jobs.
func (m *Jobs) openFunds(ctx context.Context, _ portal.Visitor) (out []web.Option, err error) {
	fs, err := m.Funds.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "open"}}, Sort: "id", Limit: 100})
	for _, f := range fs {
		out = append(out, web.Option{Value: f.ID, Text: f.Name})
	}
	return out, fault.Wrap(err, "list the free funds")
}

func (m *Jobs) dress() {
	d, f := m.Resource, m.Funds
	d.Unplaced, f.Unplaced = true, true
	d.Filters = map[string]string{"vendor": "vendor", "order": "order", "quarter": "quarter", "kind": "kind"}
	d.Columns = []portal.Column[Job]{
		{Key: "job.vendor", Cell: func(v portal.Visitor, j *Job) template.HTML {
			return portal.Text(v.Lang, m.h.Names.Department(v.Lang, j.Vendor))
		}},
		{Key: "job.category", Cell: func(v portal.Visitor, j *Job) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("category."+j.Category))
		}},
		{Key: "job.when", Cell: func(v portal.Visitor, j *Job) template.HTML { return portal.Text(v.Lang, j.When) }},
		{Key: "job.price", Num: true, Cell: func(v portal.Visitor, j *Job) template.HTML { return portal.Text(v.Lang, price(j)) }},
	}
	d.Detail = func(_ context.Context, v portal.Visitor, j *Job) (template.HTML, error) { return m.detail(v, j), nil }
	d.Initial = map[string]func(context.Context, portal.Visitor, *Job) web.Values{"finish": func(_ context.Context, _ portal.Visitor, j *Job) web.Values {
		return web.Values{"charged": {schema.FormYuan(j.Quote)}}
	}}
	f.Columns = []portal.Column[Fund]{
		{Key: "free_fund.jobs", Num: true, Cell: func(v portal.Visitor, f *Fund) template.HTML {
			return portal.Text(v.Lang, strconv.Itoa(len(f.Jobs))+" / "+strconv.FormatInt(f.Quota, 10))
		}},
		{Key: "free_fund.left", Num: true, Cell: func(v portal.Visitor, f *Fund) template.HTML { return portal.Text(v.Lang, web.Yuan(f.left())) }},
	}
	f.Detail = m.fund
}

// price is what was charged, or quoted before that.
func price(j *Job) string {
	switch {
	case j.DoneAt != nil:
		return web.Yuan(j.Charged)
	case j.Quote > 0:
		return web.Yuan(j.Quote)
	}
	return ""
}

func (m *Jobs) detail(v portal.Visitor, j *Job) template.HTML {
	l := v.Lang
	t := web.Table{CaptionKey: "job.turn", Head: []web.Col{{Key: "job.vendor"}, {Key: "job.why"}, {Key: "job.last"}, {Key: "job.said"}}}
	for _, x := range j.Turn {
		last := l.T("job.never")
		if x.Last != nil {
			last = l.Date(*x.Last)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(m.h.Names.Department(l, x.Vendor)), Href: "/vendors/" + x.Vendor}, {HTML: web.Text(l.T("job.why." + x.Why))}, {HTML: web.Text(last)}, {HTML: web.Text(said(l, x))}})
	}
	return web.Join(m.facts(l, j), web.Section(l, "job.turn", web.Join(portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("job.turn_hint")
		h.Raw(`</p>`)
	}), t.HTML(l))))
}

func said(l web.Lang, x Try) string {
	switch {
	case x.Said != "":
		return l.T("job.said." + x.Said)
	case x.Asked != nil:
		return l.T("job.said.asked")
	}
	return ""
}

// facts are what vendor and customer both know of a job.
func (m *Jobs) facts(l web.Lang, j *Job) template.HTML {
	ps := []web.Pair{portal.Pair(l, "surplus.receipt", j.PublicReceipt()), portal.Pair(l, "job.order", j.OrderNo), portal.Pair(l, "job.category", l.T("category."+j.Category)), portal.Pair(l, "job.vendor", m.h.Names.Department(l, j.Vendor)),
		portal.Pair(l, "case.community", m.h.Names.Place(l, j.Community)), portal.Pair(l, "job.place", j.Place), portal.Pair(l, "job.when", j.When)}
	if j.Quote > 0 {
		ps = append(ps, portal.Pair(l, "job.quote", web.Yuan(j.Quote)))
	}
	if j.Fund != "" {
		ps = append(ps, portal.Pair(l, "job.cap", web.Yuan(j.Cap)))
		if _, own := j.paid(max(j.Quote, j.Charged)); own > 0 {
			ps = append(ps, portal.Pair(l, "job.own_share", web.Yuan(own)))
		}
	}
	ps = append(ps, portal.Pair(l, "job.rule", j.Rule), portal.Pair(l, "job.report", j.Report))
	if j.DoneAt != nil {
		ps = append(ps, portal.Pair(l, "job.charged", web.Yuan(j.Charged)))
	}
	ps = append(ps, portal.Pair(l, "job.extra", j.Extra), portal.Pair(l, "job.dispute", j.Dispute), portal.Pair(l, "job.outcome", j.Outcome), portal.Pair(l, "job.checked", j.Checked))
	if j.Warranty != nil {
		ps = append(ps, portal.Pair(l, "job.warranty", l.Date(*j.Warranty)))
	}
	ps = append(ps, portal.Pair(l, "case.rule", portal.Rule(l, "R70")))
	return web.Join(web.Section(l, "job.words", web.Paragraphs(j.Words)), web.Section(l, "job.part", web.Summary(l, portal.Filled(ps...)...)), visits(l, j))
}

// visits are the ones under warranty.
func visits(l web.Lang, j *Job) template.HTML {
	if len(j.Visits) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "job.visits", Head: []web.Col{{Key: "job.visit_asked"}, {Key: "job.visit_why"}, {Key: "job.visit_done"}, {Key: "job.report"}}}
	for _, v := range j.Visits {
		done := ""
		if v.DoneAt != nil {
			done = l.Date(*v.DoneAt)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.Date(v.At))}, {HTML: web.Text(v.Why)}, {HTML: web.Text(done)}, {HTML: web.Text(v.Report)}})
	}
	return web.Section(l, "job.visits", t.HTML(l))
}

func (m *Jobs) fund(_ context.Context, v portal.Visitor, f *Fund) (template.HTML, error) {
	l := v.Lang
	t := web.Table{CaptionKey: "free_fund.given", Head: []web.Col{{Key: "free_fund.from"}, {Key: "free_fund.who_gave"}, {Key: "free_fund.voucher"}, {Key: "free_fund.amount", Num: true}}}
	for _, g := range f.Given {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.T("free_fund.from." + g.From))}, {HTML: web.Text(g.Who)}, {HTML: web.Text(g.Voucher)}, {HTML: web.Text(web.Yuan(g.Amount))}})
	}
	return web.Join(web.Section(l, "free_fund.part", web.Summary(l, portal.Filled(portal.Pair(l, "free_fund.who", f.Who), portal.Pair(l, "free_fund.classes", portal.Choices(l, "category.", f.Classes)),
		portal.Pair(l, "free_fund.quota", strconv.FormatInt(f.Quota, 10)), portal.Pair(l, "free_fund.cap", web.Yuan(f.Cap)), portal.Pair(l, "free_fund.spent", web.Yuan(f.Spent)), portal.Pair(l, "free_fund.left", web.Yuan(f.left())),
		portal.Pair(l, "case.rule", portal.Rule(l, "R38")))...)), web.Section(l, "free_fund.given", t.HTML(l))), nil
}

// revealed shows the customer's phone to the vendor that goes there; the act
// stands in the history.
func (m *Jobs) revealed(c *fiber.Ctx) error {
	v, ctx := portal.Who(c), c.UserContext()
	j, err := m.Resource.Engine.Act(ctx, v.Actor, c.Params("id"), "reveal", nil, lifecycle.Opts{})
	if err != nil {
		return err
	}
	phone, name, err := m.asks.Contact(ctx, j.Order)
	if err != nil {
		return err
	}
	if phone == "" {
		return fault.New(fault.Conflict, "order.no_contact")
	}
	c.Set(fiber.HeaderCacheControl, "no-store")
	l := v.Lang
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: j.No, Body: portal.In(l, func(h *web.H) {
		h.Add(web.Figures(l, []web.Figure{{Value: phone, LabelKey: "order.phone", Href: "tel:" + url.PathEscape(phone), Tone: web.Info}}))
		h.Add(web.Summary(l, portal.Filled(portal.Pair(l, "order.name", name))...))
		h.Raw(`<p class="hint">`)
		h.T("order.reveal_kept")
		h.Raw(`</p>`)
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "order.back", Href: m.Resource.Href(j)}}))
	})})
}

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
	q := portal.QuarterOf(m.h.Clock())
	for range quartersShown {
		x := Quarter{Quarter: string(q)}
		groups, err := m.Resource.Engine.Cases().GroupBy(ctx, []store.Cond{{Field: "quarter", Op: store.Eq, Value: string(q)}}, "kind", "charged")
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
	yuan := func(n int64) string { return web.Yuan(schema.Fen(n)) }
	for _, q := range qs {
		of := func(kind, text string) web.Cell {
			return web.Cell{HTML: web.Text(text), Href: behind(q.Quarter, kind, "")}
		}
		given := func(n int64) web.Cell { return web.Cell{HTML: web.Text(yuan(n)), Href: "/free_funds"} }
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(portal.Quarter(q.Quarter).Text(l))}, of("paid", count(q.Paid)), of("paid", yuan(q.Charged)),
			given(q.Surplus), given(q.Other), of("free", count(q.Free)), of("free", yuan(q.Cost))})
	}
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("surplus.title"), Body: portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("surplus.intro")
		h.Raw(`</p>`)
		h.Add(t.HTML(l))
		h.Raw(`<p>`)
		h.Add(web.Link("/free_funds", l.T("surplus.funds")))
		h.Raw(`</p>`)
	})})
}

// ownActs are what a customer does with the number and the PIN of the order.
var ownActs = []string{"agree", "refuse_quote", "dispute", "revisit"}

func isOwn(act string) bool { return slices.Contains(ownActs, act) }
