package knowledge

import (
	"context"
	"html/template"
	"regexp"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

func (m *Knowledge) columns() []portal.Column[Article] {
	return []portal.Column[Article]{
		{Key: "article.category", Cell: func(v portal.Visitor, a *Article) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("category."+a.Category))
		}},
		{Key: "article.owner", Cell: func(v portal.Visitor, a *Article) template.HTML {
			return portal.Text(v.Lang, m.unit(v.Lang, a.Owner))
		}},
		{Key: "article.proposals", Num: true, Cell: func(v portal.Visitor, a *Article) template.HTML {
			return portal.Text(v.Lang, portal.Count(int64(len(a.Proposals))))
		}},
	}
}

func (m *Knowledge) unit(l web.Lang, id string) string {
	switch {
	case id == "":
		return l.T("article.no_owner")
	case m.house.Names.Known("department", id):
		return m.house.Names.Department(l, id)
	}
	return m.house.Names.Place(l, id)
}

func (m *Knowledge) detail(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
	l := v.Lang
	u, err := m.usedSoFar(ctx, a.ID)
	if err != nil {
		return "", err
	}
	waiting := template.HTML("")
	if m.owns(v, a) {
		if waiting, err = m.proposals(ctx, v, a); err != nil {
			return "", err
		}
	}
	checked, last := "", ""
	if a.Checked != nil {
		checked = l.Date(*a.Checked)
	}
	if u.N > 0 {
		last = l.T("article.used_text", "n", u.N, "day", u.Last)
	}
	return portal.In(l, func(h *web.H) {
		if a.State == reviewDue {
			h.Add(web.Panel(l, web.Warn, "article.stale", web.Translated(l, "article.stale_text", "unit", m.unit(l, a.Owner))))
		}
		h.Add(web.Section(l, "article.question", web.Paragraphs(a.Question)))
		h.Add(web.Section(l, "article.answer", web.Paragraphs(a.Answer)))
		h.Add(web.Summary(l, portal.Filled(portal.Pair(l, "article.category", l.T("category."+a.Category)), portal.Pair(l, "article.owner", m.unit(l, a.Owner)),
			portal.Pair(l, "article.basis", a.Basis), portal.Pair(l, "article.checked", checked), portal.Pair(l, "article.origin", a.Origin), portal.Pair(l, "article.used", last))...))
		h.Add(waiting)
	}), nil
}

// owns tells whether the visitor settles what is proposed: the answers of
// enquiries are for them alone.
func (m *Knowledge) owns(v portal.Visitor, a *Article) bool {
	return m.house.May(v, "article.leave", scope(a)) == nil
}

// redact keeps what is proposed for the owner.
func (m *Knowledge) redact(v portal.Visitor, a *Article) {
	if !m.owns(v, a) {
		a.Proposals = nil
	}
}

// mostShown proposals are read out; their answers are read one by one.
const mostShown = 5

// proposals shows what was said to the enquiries that propose an update (R64).
func (m *Knowledge) proposals(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
	if a == nil || len(a.Proposals) == 0 {
		return "", nil
	}
	l := v.Lang
	var said []web.Pair
	for i := len(a.Proposals) - 1; i >= max(0, len(a.Proposals)-mostShown); i-- {
		p := a.Proposals[i]
		text := l.T("article.answer_gone")
		if m.asks.Answered != nil {
			x, ok, err := m.asks.Answered(ctx, p.Order)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return "", err
			}
			if ok {
				text = masked(x.Answer)
			}
		}
		said = append(said, web.Pair{Key: "article.said", Value: web.Join(web.Text(p.No+" · "+l.Date(p.At)), web.Paragraphs(text))})
	}
	return web.Panel(l, web.Info, "article.proposed", web.Join(web.Translated(l, "article.proposed_text", "n", len(a.Proposals)), web.Summary(l, said...))), nil
}

// numbers are what may be somebody's telephone or identity card.
var numbers = regexp.MustCompile(`\d{7,}[\dXx]?`)

// masked leaves numbers of persons out: the owner needs the answer, not the caller.
func masked(s string) string { return numbers.ReplaceAllString(s, "…") }
