package dispatch

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// unit names a department or a street; no unit is said so.
func (m *Dispatch) unit(l web.Lang, id string) string {
	if id == "" {
		return l.T("dispatch_rule.no_unit")
	}
	return m.Names.Unit(l, id)
}

// said puts a rule into one line.
func (m *Dispatch) said(l web.Lang, r *Rule) string {
	return l.T("dispatch_rule.says", "category", "t:category."+r.Category, "place", m.Names.Place(l, r.Place), "unit", m.unit(l, r.Unit))
}

func (m *Dispatch) lead(v portal.Visitor, r *Rule) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(m.StateTag(v.Lang, r))
		h.Text(" " + r.No + " · " + m.said(v.Lang, r))
	})
}

// trial shows what old orders say about the rule.
func (m *Dispatch) trial(_ context.Context, v portal.Visitor, r *Rule) (template.HTML, error) {
	l, t, tone := v.Lang, r.Trial, web.Neutral
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
	}), nil
}

func (m *Dispatch) examples(l web.Lang, t *Trial) template.HTML {
	out := web.Table{CaptionKey: "dispatch_rule.examples", Head: []web.Col{{Key: "case.no"}, {Key: "case.community"}, {Key: "dispatch_rule.was"}, {Key: "dispatch_rule.would"}, {Key: "dispatch_rule.ended"}}}
	for _, e := range t.Examples {
		out.Rows = append(out.Rows, []web.Cell{{HTML: web.Text(e.No)}, {HTML: web.Text(m.Names.Place(l, e.Community))}, {HTML: web.Text(m.unit(l, e.Was))},
			{HTML: web.Text(m.unit(l, e.Would))}, {HTML: web.Text(m.unit(l, e.Ended))}})
	}
	return out.HTML(l)
}

// above leads from the list to the question that most people have.
func above(_ context.Context, v portal.Visitor) (template.HTML, error) {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("dispatch_rules.lead")
		h.Raw(` `)
		h.Add(web.Link("/dispatch_rules/lookup", v.Lang.T("dispatch_rule.lookup")))
		h.Raw(`</p>`)
	}), nil
}
