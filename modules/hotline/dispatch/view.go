package dispatch

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Dispatch) columns() []portal.Column[Rule] {
	return []portal.Column[Rule]{
		{Key: "dispatch_rule.category", Cell: func(v portal.Visitor, r *Rule) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("category."+r.Category))
		}},
		{Key: "dispatch_rule.place", Cell: func(v portal.Visitor, r *Rule) template.HTML {
			return portal.Text(v.Lang, m.house.Names.Place(v.Lang, r.Place))
		}},
		{Key: "dispatch_rule.unit", Cell: func(v portal.Visitor, r *Rule) template.HTML { return portal.Text(v.Lang, m.unit(v.Lang, r.Unit)) }},
		{Key: "dispatch_rule.version", Num: true, Cell: func(v portal.Visitor, r *Rule) template.HTML { return portal.Text(v.Lang, portal.Count(r.Version)) }},
	}
}

// unit names a department or a street; no unit is said so.
func (m *Dispatch) unit(l web.Lang, id string) string {
	switch {
	case id == "":
		return l.T("dispatch_rule.no_unit")
	case m.house.Names.Known("department", id):
		return m.house.Names.Department(l, id)
	}
	return m.house.Names.Place(l, id)
}

// said puts a rule into one line.
func (m *Dispatch) said(l web.Lang, r *Rule) string {
	return l.T("dispatch_rule.says", "category", "t:category."+r.Category, "place", m.house.Names.Place(l, r.Place), "unit", m.unit(l, r.Unit))
}

func (m *Dispatch) lead(v portal.Visitor, r *Rule) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(m.Resource.StateTag(v.Lang, r))
		h.Text(" " + r.No + " · " + m.said(v.Lang, r))
	})
}

func (m *Dispatch) detail(ctx context.Context, v portal.Visitor, r *Rule) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "dispatch_rule.part_rule", web.Summary(l, m.pairs(l, r)...)))
		if r.Trial != nil {
			h.Add(web.Section(l, "dispatch_rule.part_trial", m.trial(l, r.Trial)))
		}
	}), nil
}

func (m *Dispatch) pairs(l web.Lang, r *Rule) []web.Pair {
	from, until := "", ""
	if r.EnforcedAt != nil {
		from = l.Time(*r.EnforcedAt)
	}
	if r.EndedAt != nil {
		until = l.Time(*r.EndedAt)
	}
	return portal.Filled(
		portal.Pair(l, "dispatch_rule.category", r.Category+" "+l.T("category."+r.Category)),
		portal.Pair(l, "dispatch_rule.place", m.house.Names.Place(l, r.Place)),
		portal.Pair(l, "dispatch_rule.unit", m.unit(l, r.Unit)),
		portal.Pair(l, "dispatch_rule.basis", r.Basis),
		portal.Pair(l, "dispatch_rule.reason", r.Reason),
		portal.Pair(l, "dispatch_rule.author", m.house.Names.Person(l, r.Author)),
		portal.Pair(l, "dispatch_rule.order", r.OrderNo),
		portal.Pair(l, "dispatch_rule.version", portal.Count(r.Version)),
		portal.Pair(l, "dispatch_rule.enforced_at", from),
		portal.Pair(l, "dispatch_rule.ended_at", until),
		portal.Pair(l, "dispatch_rule.successor", r.Successor))
}

// trial shows what old orders say about the rule.
func (m *Dispatch) trial(l web.Lang, t *Trial) template.HTML {
	tone := web.Neutral
	switch {
	case t.After > t.Before:
		tone = web.Good
	case t.After < t.Before:
		tone = web.Bad
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("dispatch_rule.trial_lead", "time", l.Time(t.At), "days", t.Days)
		h.Raw(`</p>`)
		h.Add(web.Figures(l, []web.Figure{{Value: strconv.Itoa(t.Looked), LabelKey: "dispatch_rule.looked"},
			{Value: strconv.Itoa(t.Changed), LabelKey: "dispatch_rule.changed"}, {Value: strconv.Itoa(t.Before), LabelKey: "dispatch_rule.right_before"},
			{Value: strconv.Itoa(t.After), LabelKey: "dispatch_rule.right_after", Tone: tone}}))
		if t.More {
			h.Add(web.Panel(l, web.Info, "dispatch_rule.more", web.Translated(l, "dispatch_rule.more_text", "most", MostPast)))
		}
		if len(t.Examples) > 0 {
			h.Add(m.examples(l, t))
		}
	})
}

func (m *Dispatch) examples(l web.Lang, t *Trial) template.HTML {
	out := web.Table{CaptionKey: "dispatch_rule.examples", Head: []web.Col{{Key: "case.no"}, {Key: "case.community"}, {Key: "dispatch_rule.was"}, {Key: "dispatch_rule.would"}, {Key: "dispatch_rule.ended"}}}
	for _, e := range t.Examples {
		out.Rows = append(out.Rows, []web.Cell{{HTML: web.Text(e.No)}, {HTML: web.Text(m.house.Names.Place(l, e.Community))}, {HTML: web.Text(m.unit(l, e.Was))},
			{HTML: web.Text(m.unit(l, e.Would))}, {HTML: web.Text(m.unit(l, e.Ended))}})
	}
	return out.HTML(l)
}

// above leads from the list to the question that most people have.
func (m *Dispatch) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("dispatch_rules.lead")
		h.Raw(` `)
		h.Add(web.Link("/dispatch_rules/lookup", v.Lang.T("dispatch_rule.lookup")))
		h.Raw(`</p>`)
	}), nil
}
