package knowledge

import (
	"context"
	"html/template"
	"regexp"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Knowledge) unit(l web.Lang, id string) string {
	if id == "" {
		return l.T("article.no_owner")
	}
	return m.Names.Unit(l, id)
}

// about is what is known of an article, and how often it has answered somebody.
func (m *Knowledge) about(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
	u, err := m.usedSoFar(ctx, a.ID)
	if err != nil {
		return "", err
	}
	ps := m.Pairs(v, a, "category owner basis checked_at origin")
	if u.N > 0 {
		ps = append(ps, portal.Pair(v.Lang, "article.used", v.Lang.T("article.used_text", "n", u.N, "day", u.Last)))
	}
	return web.Summary(v.Lang, ps...), nil
}

// owns tells whether the visitor settles what is proposed: the answers of
// enquiries are for them alone.
func (m *Knowledge) owns(v portal.Visitor, a *Article) bool {
	return m.May(v, "article.leave", scope(a)) == nil
}

// mostShown proposals are read out; their answers are read one by one.
const mostShown = 5

// proposed shows what was said to the enquiries that propose an update (R64).
func (m *Knowledge) proposed(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
	if a == nil || len(a.Proposals) == 0 {
		return "", nil
	}
	l := v.Lang
	var said []web.Pair
	for i := len(a.Proposals) - 1; i >= max(0, len(a.Proposals)-mostShown); i-- {
		p := a.Proposals[i]
		text, err := m.Answer.Ask()(ctx, p.Order)
		if err != nil {
			return "", err
		}
		if text = masked(text); text == "" {
			text = l.T("article.answer_gone")
		}
		said = append(said, web.Pair{Key: "article.said", Value: web.Join(web.Text(p.No+" · "+l.Date(p.At)), web.Paragraphs(text))})
	}
	return web.Panel(l, web.Info, "article.proposed", web.Join(web.Translated(l, "article.proposed_text", "n", len(a.Proposals)), web.Summary(l, said...))), nil
}

// numbers are what may be somebody's telephone or identity card.
var numbers = regexp.MustCompile(`\d{7,}[\dXx]?`)

// masked leaves numbers of persons out: the owner needs the answer, not the caller.
func masked(s string) string { return numbers.ReplaceAllString(s, "…") }
