package bypass

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Bypass) columns() []portal.Column[Report] {
	return []portal.Column[Report]{
		{Key: "case.department", Cell: func(v portal.Visitor, r *Report) template.HTML {
			return portal.Text(v.Lang, m.Names.Department(v.Lang, r.Department))
		}},
		{Key: "report.demanded_on", Cell: func(v portal.Visitor, r *Report) template.HTML {
			return portal.Text(v.Lang, portal.Day(v.Lang, r.DemandedOn))
		}},
	}
}

// knows tells whether somebody may learn where a report came from: the office,
// the auditor, and those from whom it came.
func (m *Bypass) knows(v portal.Visitor, r *Report) bool {
	if m.Holds(v.Actor, "office_staff", "auditor") {
		return true
	}
	keys := m.Gate.Keys(v.Actor, m.Clock())
	of := []string{"committee_staff@" + r.Reporter.Place, "street_cadre@" + r.Reporter.Place, "street_cadre@" + m.street(r.Reporter.Place)}
	return r.Reporter.Place != "" && slices.ContainsFunc(of, func(k string) bool { return slices.Contains(keys, k) })
}

// redact: the department reads what it did and what it has to do, never from
// whom it is known. Where a report follows from a refusal it knows the place.
func (m *Bypass) redact(v portal.Visitor, r *Report) {
	if m.knows(v, r) {
		return
	}
	r.Reporter, r.OpenedBy, r.Evidence, r.Files, r.Track = Reporter{}, "", "", nil, ""
	if r.Refusal == "" {
		r.Community = ""
	}
}

// redactCircular keeps whose report a circular follows from, and when it came,
// from those who may not see the report.
func (m *Bypass) redactCircular(v portal.Visitor, c *Circular) {
	if !m.Sees(v, "reports", c.Report) {
		c.Report, c.ReportNo = "", ""
	}
}

func (m *Bypass) detail(ctx context.Context, v portal.Visitor, r *Report) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "report.part_what", web.Summary(l, m.told(v, r)...)))
		if ps := m.followed(l, r); len(ps) > 0 {
			h.Add(web.Section(l, "report.part_followed", web.Summary(l, ps...)))
		}
		if m.Holds(v.Actor, "office_staff") && r.next(r.Settings) == "circular" {
			h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "act.circular.draft", Href: "/circulars/new/draft?report=" + r.ID}}))
		}
	}), nil
}

// told is what was reported.
func (m *Bypass) told(v portal.Visitor, r *Report) []web.Pair {
	l := v.Lang
	ps := []web.Pair{
		portal.Pair(l, "case.department", m.Names.Department(l, r.Department)),
		portal.Pair(l, "case.community", m.Names.Place(l, r.Community)),
		portal.Pair(l, "report.what", r.What),
		portal.Pair(l, "report.demanded_on", portal.Day(l, r.DemandedOn)),
		portal.Pair(l, "report.way", portal.Choice(l, "report.way.", r.Way)),
		portal.Pair(l, "report.evidence", r.Evidence),
		portal.Pair(l, "case.rule", portal.Rule(l, "R7")),
	}
	if r.Refusal != "" {
		ps = append(ps, web.Pair{Key: "report.refusal", Value: web.Link("/refusals/"+r.Refusal, r.RefusalNo)})
	}
	if r.Reporter.Kind != "" {
		ps = append(ps, portal.Pair(l, "report.reporter", l.T("report.by."+r.Reporter.Kind, "place", m.Names.Place(l, r.Reporter.Place), "person", m.Names.Person(l, r.Reporter.Person))))
	}
	return portal.Filled(ps...)
}

// followed is what the office found and ordered, and what became of it.
func (m *Bypass) followed(l web.Lang, r *Report) []web.Pair {
	ps := []web.Pair{portal.Pair(l, "report.finding", r.Finding)}
	if o := r.Order; o != nil {
		ps = append(ps, portal.Pair(l, "report.demand", l.T("report.demand."+o.Demand)), portal.Pair(l, "report.text", o.Text))
	}
	for _, t := range r.Steps {
		ps = append(ps, portal.Pair(l, "setting.bypass.ladder."+t.Step, l.T("report.step", "day", t.On, "text", t.Text)))
	}
	for _, a := range r.Replies {
		ps = append(ps, portal.Pair(l, "report.reply", l.T("report.step", "day", a.On, "text", a.Text)), portal.Pair(l, "report.not", a.Not))
	}
	return portal.Filled(append(ps, portal.Pair(l, "report.outcome", r.Outcome))...)
}

func (m *Bypass) circularColumns() []portal.Column[Circular] {
	return []portal.Column[Circular]{
		{Key: "case.department", Cell: func(v portal.Visitor, c *Circular) template.HTML {
			return portal.Text(v.Lang, m.Names.Department(v.Lang, c.Department))
		}},
		{Key: "circular.period", Cell: func(v portal.Visitor, c *Circular) template.HTML { return portal.Text(v.Lang, c.Period) }},
	}
}

func (m *Bypass) circularDetail(ctx context.Context, v portal.Visitor, c *Circular) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(amended(l, c))
		h.Add(web.Section(l, "circular.part_text", web.Summary(l, m.written(l, c)...)))
		if ps := portal.Filled(portal.Pair(l, "circular.answer", c.Answer), portal.Pair(l, "circular.outcome", c.Outcome)); len(ps) > 0 {
			h.Add(web.Section(l, "circular.part_answer", web.Summary(l, ps...)))
		}
	}), nil
}

func (m *Bypass) written(l web.Lang, c *Circular) []web.Pair {
	ps := []web.Pair{
		portal.Pair(l, "case.department", m.Names.Department(l, c.Department)),
		portal.Pair(l, "circular.period", c.Period),
		portal.Pair(l, "circular.facts", c.Facts),
		portal.Pair(l, "circular.broken", portal.Rule(l, c.Broken)),
		portal.Pair(l, "circular.demand", c.Demand),
		portal.Pair(l, "circular.audience", portal.Choices(l, "circular.audience.", c.Audience)),
		portal.Pair(l, "circular.report", c.ReportNo),
	}
	if c.out() {
		reach := "internal"
		if c.Public {
			reach = "public"
		}
		ps = append(ps, portal.Pair(l, "setting.bypass.public", l.T("setting.bypass.public."+reach)))
	}
	return portal.Filled(ps...)
}

// amended stands before the text wherever it is read: nobody reads what was
// put right without what put it right.
func amended(l web.Lang, c *Circular) template.HTML {
	return portal.In(l, func(h *web.H) {
		if c.Retraction != "" {
			h.Add(web.Panel(l, web.Warn, "circular.retracted", web.Paragraphs(c.Retraction)))
		}
		for _, x := range c.Corrections {
			h.Add(web.Panel(l, web.Warn, "circular.correction", portal.Text(l, l.T("report.step", "day", x.On, "text", x.Text))))
		}
	})
}
