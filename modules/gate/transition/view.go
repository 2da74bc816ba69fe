package transition

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Transition) dress() {
	d := m.Resource
	d.Columns = []portal.Column[Carryover]{
		{Key: "case.department", Cell: func(v portal.Visitor, c *Carryover) template.HTML {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, c.Department))
		}},
		{Key: "carryover.communities", Cell: func(v portal.Visitor, c *Carryover) template.HTML {
			return portal.Text(v.Lang, d.PlaceNames(v.Lang, c.Communities))
		}},
		{Key: "carryover.hours", Num: true, Cell: func(v portal.Visitor, c *Carryover) template.HTML {
			return portal.Text(v.Lang, portal.Count(c.Hours))
		}},
		{Key: "carryover.until", Cell: func(v portal.Visitor, c *Carryover) template.HTML {
			if c.State != "found" {
				return ""
			}
			return portal.Text(v.Lang, v.Lang.Date(c.Until))
		}},
	}
	d.Detail, d.Above = m.detail, m.above
	d.Initial = map[string]func(context.Context, portal.Visitor, *Carryover) web.Values{"leave": m.startLeave, "register": m.startRegister}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Carryover) ([]web.Option, error){"leave.community": m.toLeave}
}

func (m *Transition) startRegister(_ context.Context, v portal.Visitor, _ *Carryover) web.Values {
	out := web.Values{}
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		out["department"] = []string{own[0].Value}
	}
	if own := m.Resource.OwnPlaces(v, "committee_staff"); len(own) == 1 {
		out["communities"] = []string{own[0].Value}
	}
	return out
}

// toLeave are the communities for which the visitor can say that it has left;
// the office can for all of them.
func (m *Transition) toLeave(_ context.Context, v portal.Visitor, c *Carryover) ([]web.Option, error) {
	office := m.Resource.Holds(v.Actor, "office_staff")
	own := m.Resource.OwnPlaces(v, "committee_head")
	var out []web.Option
	for _, x := range c.here() {
		if office || slices.ContainsFunc(own, func(o web.Option) bool { return o.Value == x }) {
			out = append(out, web.Option{Value: x, Text: m.Resource.Names.Place(v.Lang, x)})
		}
	}
	return out, nil
}

func (m *Transition) detail(_ context.Context, v portal.Visitor, c *Carryover) (template.HTML, error) {
	l := v.Lang
	ps := []web.Pair{portal.Pair(l, "case.department", m.Resource.Names.Department(l, c.Department)), portal.Pair(l, "carryover.kinds", portal.Choices(l, "carryover.kinds.", c.Kinds)),
		portal.Pair(l, "carryover.since", portal.Day(l, c.Since)), portal.Pair(l, "carryover.launch", portal.Day(l, c.Launch)), portal.Pair(l, "carryover.hours", portal.Count(c.Hours)),
		portal.Pair(l, "carryover.evidence", c.Evidence), portal.Pair(l, "carryover.struck", c.Struck)}
	if c.Match.covered() && c.Match.Entry != "" {
		ps = append(ps, web.Pair{Key: "carryover.entry", Value: web.Link("/catalogue/"+c.Match.Entry, c.Match.Title)})
	}
	if c.State == "found" {
		ps = append(ps, portal.Pair(l, "carryover.until", l.Date(c.Until)))
	}
	if c.Application != "" {
		ps = append(ps, web.Pair{Key: "carryover.application", Value: web.Link("/applications/"+c.Application, c.ApplicationNo)})
	}
	if c.Why != "" {
		ps = append(ps, portal.Pair(l, "carryover.why", l.T("carryover.why."+c.Why)))
	}
	ps = append(ps, portal.Pair(l, "case.rule", portal.Rule(l, "R26")))
	t := web.Table{CaptionKey: "carryover.places", Head: []web.Col{{Key: "case.community"}, {Key: "case.state"}, {Key: "carryover.note"}}}
	for _, x := range c.Communities {
		tag, note := web.Tag(l, web.Warn, "carryover.here"), ""
		for _, g := range c.Gone {
			if g.Community == x {
				tag, note = web.Tag(l, web.Good, "carryover.gone"), l.Date(g.At)+" "+g.Note
			}
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, x))}, {HTML: tag}, {HTML: portal.Text(l, note)}})
	}
	return web.Join(web.Summary(l, portal.Filled(ps...)...), t.HTML(l)), nil
}

// above counts what ran at the launch and what of it still does, community by
// community.
func (m *Transition) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	l := v.Lang
	t := web.Table{CaptionKey: "carryovers.count", EmptyKey: "list.empty", Head: []web.Col{{Key: "case.community"}, {Key: "carryovers.before", Num: true},
		{Key: "carryovers.hours_before", Num: true}, {Key: "carryovers.now", Num: true}, {Key: "carryovers.hours_now", Num: true}}}
	var before, now Count
	for _, d := range m.District() {
		for _, c := range m.Communities(d) {
			b, n, err := m.Then(ctx, c)
			if err != nil {
				return "", err
			}
			if b.Items == 0 {
				continue
			}
			before.Items, before.Hours, now.Items, now.Hours = before.Items+b.Items, before.Hours+b.Hours, now.Items+n.Items, now.Hours+n.Hours
			t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, c)), Href: "/burden/" + c}, number(l, int64(b.Items)), number(l, b.Hours), number(l, int64(n.Items)), number(l, n.Hours)})
		}
	}
	lead := l.T("carryovers.not_launched")
	s := m.Resource.Settings()
	if day := launchDay(s.Text("adm.launch")); day != "" {
		sum := windowOf(day, s.Int("adm.transition_days"), m.Resource.Calendar())
		lead = l.T("carryovers.lead", "launch", l.Day(day), "until", l.Date(sum.Due))
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.Text(lead)
		h.Raw(`</p>`)
		if before.Items == 0 {
			return
		}
		const all = "/carryovers" // the list below; the table between tells which community has which
		h.Add(web.Figures(l, []web.Figure{{Value: strconv.Itoa(before.Items), LabelKey: "carryovers.before", Href: all}, {Value: strconv.Itoa(now.Items), LabelKey: "carryovers.now", Href: all, Tone: web.Good},
			{Value: strconv.FormatInt(before.Hours, 10), LabelKey: "carryovers.hours_before", Href: all}, {Value: strconv.FormatInt(now.Hours, 10), LabelKey: "carryovers.hours_now", Href: all, Tone: web.Good}}))
		h.Add(web.Details(l, t.CaptionKey, t.HTML(l)))
	}), nil
}

func number(l web.Lang, n int64) web.Cell {
	return web.Cell{HTML: portal.Text(l, strconv.FormatInt(n, 10))}
}
