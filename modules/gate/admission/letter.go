package admission

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// notice is the decision letter (准入通知书), for an approval and for a refusal.
func (m *Admission) notice(ctx context.Context, v portal.Visitor, a *Application) (*portal.Letter, error) {
	e, ok := a.Last("approve", "reject", "submit")
	if a.Decision == nil || !ok {
		return nil, nil
	}
	l, d := v.Lang, a.Decision
	title := "application.notice_approved"
	if a.State == "rejected" {
		title = "application.notice_rejected"
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("application.letter_"+d.Outcome, "no", a.No, "title", a.Title)
		h.Raw(`</p>`)
		ps := []web.Pair{portal.Pair(l, "application.reason", d.Reason)}
		if d.Rule != "" {
			ps = append(ps, portal.Pair(l, "case.rule", portal.Rule(l, d.Rule)))
		}
		if a.State == "approved" {
			ps = append(ps, web.Pair{Key: "application.granted", Value: m.placesText(l, d.Communities)}, portal.Pair(l, "application.term", l.T("application.from_to",
				"start", l.Day(a.Start), "end", l.Date(endOf(a)))), portal.Pair(l, "application.conditions", d.Conditions),
				portal.Pair(l, "application.powers", a.Powers), portal.Pair(l, "application.fund_source", a.FundSource), portal.Pair(l, "application.total", web.Yuan(a.Total())))
		}
		h.Add(web.Summary(l, portal.Filled(ps...)...))
		if a.State == "approved" {
			h.Add(m.schedule(l, a))
			h.Raw(`<p>`)
			h.T("application.letter_not_yet")
			h.Raw(`</p>`)
		} else {
			h.Raw(`<p>`)
			h.T("application.letter_reconsider")
			h.Raw(`</p>`)
		}
	})
	return &portal.Letter{TitleKey: title, To: m.Resource.Names.Department(l, a.Department), Body: body,
		From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(a, e)}, nil
}

// applicationForm is the application on the fixed form (申请准入社区工作事项审批表, R18).
func (m *Admission) applicationForm(ctx context.Context, v portal.Visitor, a *Application) (*portal.Letter, error) {
	if a.State == "draft" {
		return nil, nil
	}
	l := v.Lang
	e, _ := a.Last("submit")
	return &portal.Letter{TitleKey: "application.form_title", From: m.Resource.Names.Department(l, a.Department), Date: e.At, Code: m.Resource.Code(a, e),
		Body: portal.In(l, func(h *web.H) {
			h.Raw(`<p>`)
			h.Text(a.No + " " + a.Title)
			h.Raw(`</p>`)
			h.Add(web.Summary(l, m.work(l, a)...))
			h.Add(web.Summary(l, m.burden(l, a)...))
			h.Add(m.money(l, a))
		})}, nil
}
