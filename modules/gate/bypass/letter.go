package bypass

import (
	"context"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// letter is the formal letter (致函), the first step of the ladder.
func (m *Bypass) letter(ctx context.Context, v portal.Visitor, r *Report) (*portal.Letter, error) {
	return m.step(v, r, "letter", "send_letter")
}

// summons calls the head of the department to a talk (约谈).
func (m *Bypass) summons(ctx context.Context, v portal.Visitor, r *Report) (*portal.Letter, error) {
	return m.step(v, r, "summons", "summon")
}

func (m *Bypass) step(v portal.Visitor, r *Report, step, act string) (*portal.Letter, error) {
	t, taken := r.took(step)
	e, done := r.Last(act)
	if !taken || !done || r.Order == nil {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("report.letter_text."+step, "what", r.What, "no", r.No, "day", t.At, "room", t.Room)
		h.Raw(`</p>`)
		h.Add(web.Summary(l, portal.Filled(
			portal.Pair(l, "report.finding", r.Finding),
			portal.Pair(l, "report.demand", l.T("report.demand."+r.Order.Demand)),
			portal.Pair(l, "report.letter_says", t.Text),
			portal.Pair(l, "report.letter_until", until(l, r, e)),
			portal.Pair(l, "case.rule", portal.Rule(l, "R28")))...))
	})
	return &portal.Letter{TitleKey: "report.letter." + step, To: m.Names.Department(l, r.Department), Body: body, From: l.T("letter.office"), Date: e.At, Code: m.Reports.Code(r, e)}, nil
}

// until is the day by which the department has to comply with a step.
func until(l web.Lang, r *Report, e lifecycle.Entry) string {
	for _, d := range r.Deadlines {
		if d.Name == "comply" && d.From.Equal(e.At) {
			return l.Date(d.Due)
		}
	}
	return ""
}

// circular is the printed circular, with whatever has put it right since.
func (m *Bypass) circular(ctx context.Context, v portal.Visitor, c *Circular) (*portal.Letter, error) {
	e, ok := c.Last("issue")
	if !ok || !c.out() {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(amended(l, c))
		h.Raw(`<p>`)
		h.T("circular.letter_text", "department", m.Names.Department(l, c.Department), "period", c.Period, "title", c.Title)
		h.Raw(`</p>`)
		h.Add(web.Paragraphs(c.Facts))
		h.Add(web.Summary(l, portal.Filled(
			portal.Pair(l, "circular.broken", portal.Rule(l, c.Broken)),
			portal.Pair(l, "circular.demand", c.Demand))...))
	})
	to := make([]string, len(c.Audience))
	for i, a := range c.Audience {
		to[i] = l.T("circular.to." + a)
	}
	return &portal.Letter{TitleKey: "circular.letter", To: strings.Join(to, l.T("list.comma")), Body: body, From: l.T("letter.office"), Date: e.At, Code: m.Circulars.Code(c, e)}, nil
}
