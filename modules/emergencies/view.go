package emergencies

import (
	"context"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Emergencies) columns() []modules.Column[Emergency] {
	return []modules.Column[Emergency]{
		{Key: "case.department", Cell: func(v modules.Visitor, e *Emergency) template.HTML {
			return modules.Text(v.Lang, m.Desk.Names.Department(v.Lang, e.Department))
		}},
		{Key: "emergency.communities", Cell: func(v modules.Visitor, e *Emergency) template.HTML {
			return modules.Text(v.Lang, m.Desk.FewPlaces(v.Lang, e.Communities))
		}},
		{Key: "emergency.term", Cell: func(v modules.Visitor, e *Emergency) template.HTML {
			return modules.In(v.Lang, func(h *web.H) {
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
	case e.inForce(m.Desk.Engine.Now()):
		return web.Tag(l, web.Warn, "emergency.in_force")
	}
	return ""
}

func term(l web.Lang, e *Emergency) string {
	return l.T("emergency.from_to", "start", e.Start, "end", e.End)
}

func (m *Emergencies) detail(ctx context.Context, v modules.Visitor, e *Emergency) (template.HTML, error) {
	l := v.Lang
	return modules.In(l, func(h *web.H) {
		if e.inForce(m.Desk.Engine.Now()) {
			h.Add(web.Panel(l, web.Warn, "emergency.in_force", modules.Text(l, modules.Rule(l, "R1"))))
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
	return modules.Filled(
		modules.Pair(l, "emergency.department", m.Desk.Names.Department(l, e.Department)),
		modules.Pair(l, "emergency.communities", m.Desk.PlaceNames(l, e.Communities)),
		modules.Pair(l, "emergency.tasks", e.Tasks),
		modules.Pair(l, "emergency.term", term(l, e)),
		modules.Pair(l, "emergency.declared_by", e.DeclaredBy),
		modules.Pair(l, "emergency.document", e.Document),
		modules.Pair(l, "emergency.cost", yuan(e.Cost)))
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
		t.Rows = append(t.Rows, []web.Cell{{HTML: modules.Text(l, l.Day(x.End))}, {HTML: modules.Text(l, x.DeclaredBy)}, {HTML: modules.Text(l, x.Document)}})
	}
	return t.HTML(l)
}

func report(l web.Lang, e *Emergency) []web.Pair {
	var ps []web.Pair
	if r := e.Report; r != nil {
		ps = append(ps, modules.Pair(l, "emergency.done", r.Done), modules.Pair(l, "emergency.spent", web.Yuan(r.Spent)),
			modules.Pair(l, "emergency.people", strconv.FormatInt(r.People, 10)))
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
		ps = append(ps, modules.Pair(l, "emergency.reason", e.Reason), modules.Pair(l, "emergency.bypass", l.T("emergency.bypass_counted")))
	}
	return ps
}

func (m *Emergencies) startDeclare(ctx context.Context, v modules.Visitor, e *Emergency) web.Values {
	return web.Values{"start": {string(schema.DateOf(m.Desk.Engine.Now(), calendar.City))}}
}

// startFile: what was estimated is where the account begins.
func (m *Emergencies) startFile(ctx context.Context, v modules.Visitor, e *Emergency) web.Values {
	row, _ := m.Desk.Engine.Table.Act("file")
	out := row.Do.Input.Values(&Report{Spent: e.Cost})
	delete(out, "people")
	return out
}

// duty reminds whoever declares of what it sets off.
func (m *Emergencies) duty(ctx context.Context, v modules.Visitor, e *Emergency) (template.HTML, error) {
	return web.Panel(v.Lang, web.Info, "emergency.what_follows", modules.Text(v.Lang, modules.Rule(v.Lang, "R1"))), nil
}

// home shows committees and streets what is in force at theirs and that they
// must assist.
func (m *Emergencies) home(ctx context.Context, v modules.Visitor) (template.HTML, error) {
	var own []string
	for _, o := range slices.Concat(m.Desk.OwnPlaces(v, "committee_staff"), m.Desk.OwnPlaces(v, "street_cadre")) {
		own = append(own, o.Value)
	}
	if len(own) == 0 {
		return "", nil
	}
	cs := m.memory.inForce(m.Desk.Engine.Now(), func(c card) bool {
		return slices.ContainsFunc(c.communities, func(p string) bool {
			return slices.ContainsFunc(m.Desk.Places.Chain(p), func(q string) bool { return slices.Contains(own, q) })
		})
	})
	if len(cs) == 0 {
		return "", nil
	}
	l := v.Lang
	return web.Panel(l, web.Warn, "emergency.home", modules.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, c := range cs {
			h.Raw(`<li>`)
			h.Add(web.Link("/emergencies/"+c.id, c.event))
			h.Text(" ")
			h.T("emergency.home_line", "no", c.no, "department", m.Desk.Names.Department(l, c.department), "day", c.until.Add(-1))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul><p>`)
		h.Text(modules.Rule(l, "R1"))
		h.Raw(`</p>`)
	})), nil
}

// notice tells department and committees that help comes first; one page.
func (m *Emergencies) notice(ctx context.Context, v modules.Visitor, e *Emergency) (*modules.Letter, error) {
	x, ok := e.Last("declare", "extend")
	if !ok || e.State == "misuse" {
		return nil, nil
	}
	l := v.Lang
	by := e.DeclaredBy
	if n := len(e.Extensions); n > 0 {
		by = e.Extensions[n-1].DeclaredBy
	}
	body := modules.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("emergency.notice_text", "event", e.Event, "n", e.Settings.Int("emg.file_wd"))
		h.Raw(`</p>`)
		h.Add(web.Summary(l, append(m.declaration(l, e), modules.Pair(l, "case.rule", modules.Rule(l, "R1")))...))
	})
	to := l.T("emergency.notice_to", "department", m.Desk.Names.Department(l, e.Department), "places", m.Desk.PlaceNames(l, e.Communities))
	return &modules.Letter{TitleKey: "emergency.notice", To: to, Body: body, From: by, Date: x.At, Code: m.Desk.Code(e, x)}, nil
}
