package ledgers

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// above tells a committee what its ledgers cost it a month.
func (m *Ledgers) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	var fs []web.Figure
	for _, place := range m.OwnPlaces(v, "committee_staff") {
		n, minutes, err := m.load(ctx, place.Value)
		if err != nil {
			return "", err
		}
		fs = append(fs, web.Figure{Value: v.Lang.T("ledger.cost", "n", n, "minutes", minutes), LabelKey: "ledger.cost_label", Href: "/ledgers?in_use=yes&place=" + place.Value})
	}
	if len(fs) == 0 {
		return "", nil
	}
	return web.Figures(v.Lang, fs), nil
}

// answers shows what the committees said side by side; after redact without names.
func (m *Ledgers) answers(_ context.Context, v portal.Visitor, l *Ledger) (template.HTML, error) {
	la := v.Lang
	return portal.In(la, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("ledger.heard", "n", l.Heard, "of", len(l.Communities))
		h.Raw(`</p>`)
		if len(l.Answers) == 0 {
			return
		}
		t := web.Table{CaptionKey: "ledger.answers", Head: []web.Col{{Key: "ledger.say"}, {Key: "ledger.note"}, {Key: "case.community"}}}
		for _, a := range l.Answers {
			who := web.Translated(la, "ledger.a_committee")
			if a.Community != "" {
				who = portal.Text(la, m.Names.Place(la, a.Community))
			}
			t.Rows = append(t.Rows, []web.Cell{{HTML: web.Translated(la, "ledger.say."+a.Say)}, {HTML: portal.Text(la, a.Note)}, {HTML: who}})
		}
		h.Add(t.HTML(la))
	}), nil
}
