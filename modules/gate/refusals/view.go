package refusals

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Refusals) columns() []portal.Column[Refusal] {
	return []portal.Column[Refusal]{
		{Key: "case.community", Cell: func(v portal.Visitor, r *Refusal) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Place(v.Lang, r.Community))
		}},
		{Key: "case.department", Cell: func(v portal.Visitor, r *Refusal) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, r.Department))
		}},
		{Key: "refusal.ground", Cell: func(v portal.Visitor, r *Refusal) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("refusal.short."+r.Ground))
		}},
	}
}

func (m *Refusals) detail(ctx context.Context, v portal.Visitor, r *Refusal) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		if r.pending() || r.State == "acknowledged" || r.State == "upheld" {
			h.Raw(`<p>`)
			h.T("refusal.in_effect")
			h.Raw(`</p>`)
		}
		h.Add(web.Section(l, "refusal.part_demand", web.Summary(l, m.demand(l, r)...)))
		h.Add(web.Section(l, "refusal.part_ground", web.Summary(l, m.why(l, r)...)))
		if ps := m.answer(l, r); len(ps) > 0 {
			h.Add(web.Section(l, "refusal.part_answer", web.Summary(l, ps...)))
		}
	}), nil
}

// demand is what was asked, when and by whom.
func (m *Refusals) demand(l web.Lang, r *Refusal) []web.Pair {
	ps := []web.Pair{
		portal.Pair(l, "case.community", m.Resource.Names.Place(l, r.Community)),
		portal.Pair(l, "case.department", m.Resource.Names.Department(l, r.Department)),
		portal.Pair(l, "refusal.kind", portal.Choice(l, "refusal.kind.", r.Kind)),
		portal.Pair(l, "refusal.demanded_on", portal.Day(l, r.DemandedOn)),
		portal.Pair(l, "refusal.way", l.T("refusal.way."+r.Way)),
		portal.Pair(l, "refusal.demanded_by", r.DemandedBy),
		portal.Pair(l, "refusal.evidence", r.Evidence),
	}
	if r.Item != "" {
		ps = append(ps, web.Pair{Key: "refusal.item", Value: web.Link("/items/"+r.Item, r.Title)})
	}
	return portal.Filled(ps...)
}

// why is the ground, the rule in plain language and what the record says.
func (m *Refusals) why(l web.Lang, r *Refusal) []web.Pair {
	ps := []web.Pair{
		portal.Pair(l, "refusal.ground", l.T("refusal.ground."+r.Ground)),
		portal.Pair(l, "case.rule", portal.Rule(l, r.rule())),
		portal.Pair(l, "refusal.found", found(l, r)),
	}
	if r.Bypass {
		ps = append(ps, portal.Pair(l, "refusal.bypass", l.T("refusal.bypass_counted")))
	}
	if r.ByStreet {
		ps = append(ps, portal.Pair(l, "refusal.by", portal.Rule(l, "R25")))
	}
	return ps
}

// found says in words what the record says about the ground.
func found(l web.Lang, r *Refusal) string {
	f := &r.Found
	switch {
	case r.Ground == noMoney && f.Late > 0:
		return l.T("refusal.found.late", "n", f.Late)
	case r.Ground == noStaff:
		return l.T("refusal.found.no_staff", "staff", f.Staff)
	case r.Ground == negativeList:
		return l.T("refusal.found.negative_list", "entry", f.EntryTitle)
	}
	return l.T("refusal.found." + r.Ground)
}

// answer is what the department and the office said.
func (m *Refusals) answer(l web.Lang, r *Refusal) []web.Pair {
	ps := []web.Pair{portal.Pair(l, "refusal.reply", r.Reply)}
	if d := r.Ruling; d != nil {
		ps = append(ps, portal.Pair(l, "refusal.outcome", l.T("refusal.outcome."+d.Outcome)), portal.Pair(l, "refusal.reason", d.Reason))
	}
	return portal.Filled(ps...)
}

func (m *Refusals) startIssue(ctx context.Context, v portal.Visitor, r *Refusal) web.Values {
	return m.start(m.Resource.OwnPlaces(v, "committee_head"))
}

func (m *Refusals) startStreet(ctx context.Context, v portal.Visitor, r *Refusal) web.Values {
	return m.start(m.ofStreets(v))
}

// start fills in what most refusals have in common: here, today.
func (m *Refusals) start(own []web.Option) web.Values {
	out := web.Values{"demanded_on": {string(schema.DateOf(m.Resource.Engine.Now(), calendar.City))}}
	if len(own) == 1 {
		out["community"] = []string{own[0].Value}
	}
	return out
}

// explain says which ground fits when, with the rule behind each.
func (m *Refusals) explain(ctx context.Context, v portal.Visitor, r *Refusal) (template.HTML, error) {
	l := v.Lang
	return web.Details(l, "refusal.which_ground", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, g := range grounds {
			h.Raw(`<li><strong>`)
			h.T("refusal.ground." + g)
			h.Raw(`</strong><br>`)
			h.T("refusal.when." + g)
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})), nil
}

// home is the committee's one button.
func (m *Refusals) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	act := ""
	switch {
	case m.Resource.Holds(v.Actor, "committee_head"):
		act = "issue"
	case m.Resource.Holds(v.Actor, "street_cadre"):
		act = "issue_street"
	default:
		return "", nil
	}
	l := v.Lang
	return web.Section(l, "refusal.home", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("refusal.home_text")
		h.Raw(`</p>`)
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "act.refusal." + act, Href: "/refusals/new/" + act, Primary: true}}))
	})), nil
}
