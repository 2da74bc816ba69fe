package rectification

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Rectification) columns() []portal.Column[Order] {
	return []portal.Column[Order]{
		{Key: "case.department", Cell: func(v portal.Visitor, o *Order) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, o.Department))
		}},
		{Key: "rectification.grounds", Cell: func(v portal.Visitor, o *Order) template.HTML {
			return portal.Text(v.Lang, grounds(v.Lang, o))
		}},
	}
}

func grounds(l web.Lang, o *Order) string {
	return portal.Choices(l, "rectification.grounds.", o.Grounds)
}

func source(l web.Lang, o *Order) string {
	if o.Source == "money" {
		return l.T("rectification.from_money")
	}
	return o.Source
}

// redact: which committee saw what is for the gatekeepers and that committee;
// the department reads it without names, because committees depend on it (R48).
func (m *Rectification) redact(v portal.Visitor, o *Order) {
	if m.Resource.Holds(v.Actor, "office_staff", "conference", "auditor") {
		return
	}
	own := m.Resource.Gate.Keys(v.Actor, m.Resource.Engine.Now())
	for i := range o.Witnesses {
		if !slices.Contains(own, "committee_staff@"+o.Witnesses[i].Community) {
			o.Witnesses[i].Community = ""
		}
	}
}

func (m *Rectification) detail(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(web.Summary(l, m.ordered(l, o)...))
		ps := portal.Filled(portal.Pair(l, "rectification.plan", o.Plan))
		if r := o.Report; r != nil {
			ps = append(ps, portal.Pair(l, "rectification.report", r.Text), portal.Pair(l, "rectification.filed_on", l.Day(r.FiledOn)))
		}
		if x := o.Extension; x != nil {
			ps = append(ps, portal.Pair(l, "rectification.extension", l.T("rectification.extended_by", "n", x.Days, "reason", x.Reason)))
		}
		if len(ps) > 0 {
			h.Add(web.Section(l, "rectification.part_answer", web.Summary(l, ps...)))
		}
		if len(o.Witnesses) > 0 || o.State == "reported" {
			h.Add(web.Section(l, "rectification.part_witnesses", m.witnesses(l, o)))
		}
		if o.Finding != "" || o.Silent {
			h.Add(web.Section(l, "rectification.part_finding", portal.In(l, func(h *web.H) { h.Add(finding(l, o)) })))
		}
	}), nil
}

func (m *Rectification) ordered(l web.Lang, o *Order) []web.Pair {
	return portal.Filled(web.Pair{Key: "rectification.item", Value: web.Link("/items/"+o.Item, o.Title)},
		portal.Pair(l, "rectification.grounds", grounds(l, o)), portal.Pair(l, "rectification.source", source(l, o)),
		portal.Pair(l, "rectification.communities", m.Resource.PlaceNames(l, o.Communities)), portal.Pair(l, "rectification.measures", o.Measures),
		portal.Pair(l, "case.rule", portal.Rule(l, "R10")))
}

func (m *Rectification) witnesses(l web.Lang, o *Order) template.HTML {
	t := web.Table{CaptionKey: "rectification.part_witnesses", EmptyKey: "rectification.no_witness", Head: []web.Col{{Key: "rectification.community"}, {Key: "rectification.changed"}, {Key: "rectification.note"}}}
	tones := map[string]web.Tone{"yes": web.Good, "no": web.Bad}
	for _, w := range o.Witnesses {
		name := l.T("rectification.a_committee")
		if w.Community != "" {
			name = m.Resource.Names.Place(l, w.Community)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, name)}, {HTML: web.Tag(l, tones[w.Changed], "rectification.changed."+w.Changed)}, {HTML: portal.Text(l, w.Note)}})
	}
	return t.HTML(l)
}

func finding(l web.Lang, o *Order) template.HTML {
	if o.Silent {
		return web.Paragraphs(l.T("rectification.silent"))
	}
	return web.Paragraphs(o.Finding)
}

// order is the printed order (限期整改通知书, R10).
func (m *Rectification) order(ctx context.Context, v portal.Visitor, o *Order) (*portal.Letter, error) {
	e, ok := o.Last("issue")
	if !ok || o.State == "cancelled" {
		return nil, nil
	}
	l := v.Lang
	due := ""
	for _, d := range o.Deadlines { // the newest is the one in force
		if d.Name == "rectify" {
			due = l.Date(d.Due)
		}
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("rectification.letter_text", "title", o.Title, "no", o.No, "due", due)
		h.Raw(`</p>`)
		h.Add(web.Summary(l, m.ordered(l, o)...))
		h.Raw(`<p>`)
		h.T("rectification.letter_else")
		h.Raw(`</p>`)
	})
	return &portal.Letter{TitleKey: "rectification.letter", To: m.Resource.Names.Department(l, o.Department), Body: body,
		From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(o, e)}, nil
}

// outcome is the printed finding.
func (m *Rectification) outcome(ctx context.Context, v portal.Visitor, o *Order) (*portal.Letter, error) {
	e, ok := o.Last("verify_pass", "verify_fail", "fail")
	if !ok {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("rectification.letter_"+o.State, "title", o.Title, "no", o.No)
		h.Raw(`</p>`)
		h.Add(finding(l, o))
		if o.State == "failed" {
			h.Add(web.Summary(l, portal.Pair(l, "rectification.measures", o.Measures), portal.Pair(l, "case.rule", portal.Rule(l, "R11"))))
		}
	})
	return &portal.Letter{TitleKey: "rectification.outcome", To: m.Resource.Names.Department(l, o.Department), Body: body,
		From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(o, e)}, nil
}
