package refusals

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// remedies are what the department can do, by ground, in the order of use.
var remedies = map[string][]string{
	notAdmitted:  {"apply", "dispute"},
	noMoney:      {"deliver_money", "dispute"},
	noPowers:     {"deliver_powers", "dispute"},
	noStaff:      {"deliver_staff", "dispute"},
	beyondScope:  {"apply_more", "dispute"},
	expired:      {"renew", "dispute"},
	cityBureau:   {"channel", "dispute"},
	negativeList: {"self", "dispute"},
}

// slip is the printable refusal (拒绝单); it fits one page.
func (m *Refusals) slip(ctx context.Context, v portal.Visitor, r *Refusal) (*portal.Letter, error) {
	e, ok := r.Last("issue", "issue_street")
	if !ok || r.State == "withdrawn" {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("refusal.slip_text", "day", r.DemandedOn, "way", "t:refusal.way."+r.Way, "place", m.Resource.Names.Place(l, r.Community), "title", r.Title)
		h.Raw(`</p>`)
		line(h, [2]string{"refusal.ground", l.T("refusal.ground." + r.Ground)}, [2]string{"case.rule", portal.Rule(l, r.rule())})
		line(h, [2]string{"refusal.found", found(l, r)})
		line(h, [2]string{"refusal.demanded_by", r.DemandedBy}, [2]string{"refusal.evidence", clip(l, r.Evidence, 60)})
		h.Raw(`<p>`)
		h.T("refusal.slip_what_now")
		h.Raw(`</p><ol>`)
		for _, k := range remedies[r.Ground] {
			h.Raw(`<li>`)
			h.T("refusal.you_can."+k, "n", r.Settings.Int("refuse.rule_wd"))
			h.Raw(`</li>`)
		}
		h.Raw(`</ol>`)
	})
	return &portal.Letter{TitleKey: "refusal.slip", Office: l.T("refusal.committee_of", "place", m.Resource.Names.Place(l, r.Community)), To: m.Resource.Names.Department(l, r.Department), Body: body,
		From: m.signer(l, r), Date: e.At, Code: m.Resource.Code(r, e)}, nil
}

// line writes what there is of some labelled texts as one paragraph, because a
// table of them would not leave the slip on one page.
func line(h *web.H, parts ...[2]string) {
	parts = slices.DeleteFunc(parts, func(p [2]string) bool { return p[1] == "" })
	if len(parts) == 0 {
		return
	}
	h.Raw(`<p>`)
	for _, p := range parts {
		h.T("refusal.slip_line", "label", "t:"+p[0], "text", p[1])
		h.Text(" ")
	}
	h.Raw(`</p>`)
}

// clip keeps a letter on its page; the whole text is in the case.
func clip(l web.Lang, text string, most int) string {
	if rs := []rune(text); len(rs) > most {
		return l.T("refusal.clipped", "text", string(rs[:most]))
	}
	return text
}

// signer is who refuses: the committee, or the street above it (R25).
func (m *Refusals) signer(l web.Lang, r *Refusal) string {
	if chain := m.Resource.Places.Chain(r.Community); r.ByStreet && len(chain) > 1 {
		return l.T("refusal.from_street", "place", m.Resource.Names.Place(l, chain[1]))
	}
	return l.T("refusal.from_committee", "place", m.Resource.Names.Place(l, r.Community))
}

// decision is the office's ruling as a letter.
func (m *Refusals) decision(ctx context.Context, v portal.Visitor, r *Refusal) (*portal.Letter, error) {
	e, ok := r.Last("rule")
	if !ok || r.Ruling == nil {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("refusal.decision_text."+r.Ruling.Outcome, "no", r.No, "title", r.Title, "place", m.Resource.Names.Place(l, r.Community))
		h.Raw(`</p>`)
		h.Add(web.Summary(l, portal.Filled(
			portal.Pair(l, "refusal.ground", l.T("refusal.ground."+r.Ground)),
			portal.Pair(l, "case.rule", portal.Rule(l, r.rule())),
			portal.Pair(l, "refusal.reply", clip(l, r.Reply, 200)),
			portal.Pair(l, "refusal.reason", r.Ruling.Reason))...))
	})
	to := l.T("refusal.decision_to", "one", m.Resource.Names.Department(l, r.Department), "other", m.signer(l, r))
	return &portal.Letter{TitleKey: "refusal.decision", To: to, Body: body, From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(r, e)}, nil
}
