package emergencies

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Emergencies) columns() []portal.Column[Emergency] {
	return []portal.Column[Emergency]{
		{Key: "case.department", Cell: func(v portal.Visitor, e *Emergency) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, e.Department))
		}},
		{Key: "emergency.communities", Cell: func(v portal.Visitor, e *Emergency) template.HTML {
			return portal.Text(v.Lang, m.Resource.FewPlaces(v.Lang, e.Communities))
		}},
		{Key: "emergency.term", Cell: func(v portal.Visitor, e *Emergency) template.HTML {
			return portal.In(v.Lang, func(h *web.H) {
				h.Text(term(v.Lang, e) + " ")
				h.Add(m.mark(v.Lang, e))
			})
		}},
	}
}

// mark says at a glance whether it is in force, and whether it is late.
func (m *Emergencies) mark(l web.Lang, e *Emergency) template.HTML {
	switch {
	case e.Late && e.Report == nil:
		return web.Tag(l, web.Bad, "emergency.late")
	case e.inForce(m.Resource.Engine.Now()):
		return web.Tag(l, web.Warn, "emergency.in_force")
	}
	return ""
}

func term(l web.Lang, e *Emergency) string {
	return l.T("emergency.from_to", "start", e.Start, "end", e.End)
}

func (m *Emergencies) detail(ctx context.Context, v portal.Visitor, e *Emergency) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		if e.inForce(m.Resource.Engine.Now()) {
			h.Add(web.Panel(l, web.Warn, "emergency.in_force", portal.Text(l, portal.Rule(l, "R1"))))
		}
		h.Add(web.Section(l, "emergency.part_declaration", web.Summary(l, m.declaration(l, e)...)))
		if len(e.Extensions) > 0 {
			h.Add(web.Section(l, "emergency.part_extensions", extensions(l, e)))
		}
		if ps := report(l, e); len(ps) > 0 {
			h.Add(web.Section(l, "emergency.part_report", web.Summary(l, ps...)))
		}
		if ps := outcome(l, e); len(ps) > 0 {
			h.Add(web.Section(l, "emergency.part_outcome", web.Summary(l, ps...)))
		}
	}), nil
}

func (m *Emergencies) declaration(l web.Lang, e *Emergency) []web.Pair {
	return portal.Filled(
		portal.Pair(l, "emergency.department", m.Resource.Names.Department(l, e.Department)),
		portal.Pair(l, "emergency.communities", m.Resource.PlaceNames(l, e.Communities)),
		portal.Pair(l, "emergency.tasks", e.Tasks),
		portal.Pair(l, "emergency.term", term(l, e)),
		portal.Pair(l, "emergency.declared_by", e.DeclaredBy),
		portal.Pair(l, "emergency.document", e.Document),
		portal.Pair(l, "emergency.cost", yuan(e.Cost)))
}

func yuan(f schema.Fen) string {
	if f == 0 {
		return ""
	}
	return web.Yuan(f)
}

func extensions(l web.Lang, e *Emergency) template.HTML {
	t := web.Table{Head: []web.Col{{Key: "emergency.end"}, {Key: "emergency.declared_by"}, {Key: "emergency.document"}}}
	for _, x := range e.Extensions {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, l.Day(x.End))}, {HTML: portal.Text(l, x.DeclaredBy)}, {HTML: portal.Text(l, x.Document)}})
	}
	return t.HTML(l)
}

func report(l web.Lang, e *Emergency) []web.Pair {
	var ps []web.Pair
	if r := e.Report; r != nil {
		ps = append(ps, portal.Pair(l, "emergency.done", r.Done), portal.Pair(l, "emergency.spent", web.Yuan(r.Spent)),
			portal.Pair(l, "emergency.people", strconv.FormatInt(r.People, 10)))
	}
	if e.Late {
		ps = append(ps, web.Pair{Key: "emergency.filing", Value: web.Tag(l, web.Bad, "emergency.late")})
	}
	return ps
}

func outcome(l web.Lang, e *Emergency) []web.Pair {
	var ps []web.Pair
	if e.Application != "" {
		ps = append(ps, web.Pair{Key: "emergency.application", Value: web.Link("/applications/"+e.Application, e.AppliedAs)})
	}
	if e.Bypass {
		ps = append(ps, portal.Pair(l, "emergency.reason", e.Reason), portal.Pair(l, "emergency.bypass", l.T("emergency.bypass_counted")))
	}
	return ps
}

func (m *Emergencies) startDeclare(ctx context.Context, v portal.Visitor, e *Emergency) web.Values {
	return web.Values{"start": {string(schema.DateOf(m.Resource.Engine.Now(), calendar.City))}}
}

// startFile: what was estimated is where the account begins.
func (m *Emergencies) startFile(ctx context.Context, v portal.Visitor, e *Emergency) web.Values {
	row, _ := m.Resource.Engine.Table.Act("file")
	out := row.Do.Input.Values(&Report{Spent: e.Cost})
	delete(out, "people")
	return out
}

// duty reminds whoever declares of what it sets off.
func (m *Emergencies) duty(ctx context.Context, v portal.Visitor, e *Emergency) (template.HTML, error) {
	return web.Panel(v.Lang, web.Info, "emergency.what_follows", portal.Text(v.Lang, portal.Rule(v.Lang, "R1"))), nil
}

// home shows committees and streets what is in force at theirs and that they
// must assist.
func (m *Emergencies) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	var own []string
	for _, o := range slices.Concat(m.Resource.OwnPlaces(v, "committee_staff"), m.Resource.OwnPlaces(v, "street_cadre")) {
		own = append(own, o.Value)
	}
	if len(own) == 0 {
		return "", nil
	}
	cs := m.memory.inForce(m.Resource.Engine.Now(), func(c card) bool {
		return slices.ContainsFunc(c.communities, func(p string) bool {
			return slices.ContainsFunc(m.Resource.Places.Chain(p), func(q string) bool { return slices.Contains(own, q) })
		})
	})
	if len(cs) == 0 {
		return "", nil
	}
	l := v.Lang
	return web.Panel(l, web.Warn, "emergency.home", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, c := range cs {
			h.Raw(`<li>`)
			h.Add(web.Link("/emergencies/"+c.id, c.event))
			h.Text(" ")
			h.T("emergency.home_line", "no", c.no, "department", m.Resource.Names.Department(l, c.department), "day", c.until.Add(-1))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul><p>`)
		h.Text(portal.Rule(l, "R1"))
		h.Raw(`</p>`)
	})), nil
}

// notice tells department and committees that help comes first; one page.
func (m *Emergencies) notice(ctx context.Context, v portal.Visitor, e *Emergency) (*portal.Letter, error) {
	x, ok := e.Last("declare", "extend")
	if !ok || e.State == "misuse" {
		return nil, nil
	}
	l := v.Lang
	by := e.DeclaredBy
	if n := len(e.Extensions); n > 0 {
		by = e.Extensions[n-1].DeclaredBy
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("emergency.notice_text", "event", e.Event, "n", e.Settings.Int("emg.file_wd"))
		h.Raw(`</p>`)
		h.Add(web.Summary(l, append(m.declaration(l, e), portal.Pair(l, "case.rule", portal.Rule(l, "R1")))...))
	})
	to := l.T("emergency.notice_to", "department", m.Resource.Names.Department(l, e.Department), "places", m.Resource.PlaceNames(l, e.Communities))
	return &portal.Letter{TitleKey: "emergency.notice", To: to, Body: body, From: by, Date: x.At, Code: m.Resource.Code(e, x)}, nil
}
