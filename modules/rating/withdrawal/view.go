package withdrawal

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Withdrawals) columns() []portal.Column[Withdrawal] {
	return []portal.Column[Withdrawal]{
		{Key: "case.department", Cell: func(v portal.Visitor, w *Withdrawal) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, w.Department))
		}},
		{Key: "withdrawal.communities", Cell: func(v portal.Visitor, w *Withdrawal) template.HTML { return portal.Text(v.Lang, m.places(v.Lang, w)) }},
	}
}

func (m *Withdrawals) places(l web.Lang, w *Withdrawal) string {
	if w.All {
		return l.T("withdrawal.from_all", "names", m.Resource.PlaceNames(l, w.Communities))
	}
	return m.Resource.PlaceNames(l, w.Communities)
}

func (m *Withdrawals) detail(ctx context.Context, v portal.Visitor, w *Withdrawal) (template.HTML, error) {
	l := v.Lang
	money, err := m.money(ctx, v, w)
	if err != nil {
		return "", err
	}
	return portal.In(l, func(h *web.H) {
		h.Add(web.Summary(l, m.proposal(l, w)...))
		if w.Statement != "" || w.Unheard {
			h.Add(web.Section(l, "withdrawal.part_statement", m.statement(l, w)))
		}
		if d := w.Decision; d != nil {
			h.Add(web.Section(l, "withdrawal.part_decision", web.Summary(l, m.decided(l, w)...)))
		}
		if len(w.Exit) > 0 {
			h.Add(web.Section(l, "withdrawal.part_exit", m.exit(v, w)))
		}
		h.Add(money)
	}), nil
}

// money says how much of what was left has gone back (R49); the refunds
// themselves are for those who are signed in.
func (m *Withdrawals) money(ctx context.Context, v portal.Visitor, w *Withdrawal) (template.HTML, error) {
	if m.Refunded == nil || w.Decision == nil {
		return "", nil
	}
	due, arrived, err := m.Refunded(ctx, w.ID)
	if err != nil || due == 0 {
		return "", err
	}
	l := v.Lang
	tone := web.Warn
	if due == arrived {
		tone = web.Good
	}
	return web.Panel(l, tone, "withdrawal.refunds", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("withdrawal.refunded", "due", web.Yuan(schema.Fen(due)), "arrived", web.Yuan(schema.Fen(arrived)))
		h.Raw(`</p>`)
		if v.SignedIn() {
			h.Raw(`<p>`)
			h.Add(web.Link("/refunds?withdrawal="+w.ID, l.T("refunds.title")))
			h.Raw(`</p>`)
		}
	})), nil
}

func (m *Withdrawals) proposal(l web.Lang, w *Withdrawal) []web.Pair {
	ps := portal.Filled(web.Pair{Key: "withdrawal.item", Value: web.Link("/items/"+w.Item, w.Title)},
		portal.Pair(l, "withdrawal.communities", m.places(l, w)), portal.Pair(l, "withdrawal.grounds", portal.Choices(l, "withdrawal.grounds.", w.Grounds)),
		portal.Pair(l, "withdrawal.reason", w.Reason))
	if w.OrderNo != "" {
		no := web.Text(w.OrderNo)
		if w.Order != "" {
			no = web.Link("/rectifications/"+w.Order, w.OrderNo)
		}
		ps = append(ps, web.Pair{Key: "withdrawal.order", Value: no})
	}
	return ps
}

// redact leaves the number of the order it follows from, which a decision must
// name; the order itself is for those who may see it.
func (m *Withdrawals) redact(v portal.Visitor, w *Withdrawal) {
	if !m.Resource.Sees(v, "rectifications", w.Order) {
		w.Order = ""
	}
}

func (m *Withdrawals) statement(l web.Lang, w *Withdrawal) template.HTML {
	if w.Unheard {
		return web.Paragraphs(l.T("withdrawal.no_statement"))
	}
	return web.Paragraphs(w.Statement)
}

func (m *Withdrawals) decided(l web.Lang, w *Withdrawal) []web.Pair {
	ps := []web.Pair{portal.Pair(l, "withdrawal.decision", w.Decision.Reason), portal.Pair(l, "withdrawal.minutes", w.Decision.Minutes)}
	if b := w.Ban; b != nil {
		text := l.T("withdrawal.barred_until", "day", b.Until)
		if b.Lifted != "" {
			text = l.T("withdrawal.lifted", "minutes", b.Lifted)
		}
		ps = append(ps, portal.Pair(l, "withdrawal.ban", text))
	}
	return ps
}

// exit shows the exit lists; who ticked is for those who are signed in.
func (m *Withdrawals) exit(v portal.Visitor, w *Withdrawal) template.HTML {
	l := v.Lang
	t := web.Table{CaptionKey: "withdrawal.part_exit", EmptyKey: "none", Head: []web.Col{{Key: "case.community"}, {Key: "withdrawal.entry"}, {Key: "withdrawal.done"}, {Key: "withdrawal.note"}, {Key: "withdrawal.by"}}}
	for _, e := range w.Exit {
		tag, who := web.Tag(l, web.Warn, "withdrawal.open"), ""
		if e.Done {
			tag = web.Tag(l, web.Good, "withdrawal.done")
		}
		if e.Done && v.SignedIn() {
			who = m.Resource.Names.Person(l, e.By)
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, e.Community))}, {HTML: portal.Text(l, l.T("withdrawal.entry."+e.Name))},
			{HTML: tag}, {HTML: portal.Text(l, e.Note)}, {HTML: portal.Text(l, who)}})
	}
	return t.HTML(l)
}

// mayTick are the communities in which the visitor settles lines: their own,
// or for the office all.
func (m *Withdrawals) mayTick(_ context.Context, v portal.Visitor, w *Withdrawal) ([]web.Option, error) {
	var out []web.Option
	office := m.Resource.Holds(v.Actor, "office_staff")
	for _, c := range w.left() {
		if office || m.Resource.May(v, "withdrawal.tick", lifecycle.Scope{Department: w.Department, Places: []string{c}}, string(lifecycle.Public)) == nil {
			out = append(out, web.Option{Value: c, Text: m.Resource.Names.Place(v.Lang, c)})
		}
	}
	return out, nil
}

func (m *Withdrawals) startTick(ctx context.Context, v portal.Visitor, w *Withdrawal) web.Values {
	if own, err := m.mayTick(ctx, v, w); err == nil && len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}

// notice tells the department that it may be heard (R49).
func (m *Withdrawals) notice(ctx context.Context, v portal.Visitor, w *Withdrawal) (*portal.Letter, error) {
	e, ok := w.Last("notify")
	if !ok || w.State == "cancelled" {
		return nil, nil
	}
	l := v.Lang
	due := ""
	for _, d := range w.Deadlines {
		if d.Name == "statement" {
			due = l.Date(d.Due)
		}
	}
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("withdrawal.notice_text", "title", w.Title, "no", w.No, "due", due)
		h.Raw(`</p>`)
		h.Add(web.Summary(l, append(m.proposal(l, w), portal.Pair(l, "case.rule", portal.Rule(l, "R49")))...))
	})
	return &portal.Letter{TitleKey: "withdrawal.notice", To: m.Resource.Names.Department(l, w.Department), Body: body,
		From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(w, e)}, nil
}

// decision is the printed decision (强制撤出决定书).
func (m *Withdrawals) decision(ctx context.Context, v portal.Visitor, w *Withdrawal) (*portal.Letter, error) {
	e, ok := w.Last("decide")
	if !ok || w.State == "cancelled" {
		return nil, nil
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("withdrawal.letter_text", "title", w.Title, "no", w.No, "names", m.Resource.PlaceNames(l, w.Communities))
		h.Raw(`</p>`)
		h.Add(web.Summary(l, append(append(m.proposal(l, w), m.decided(l, w)...), portal.Pair(l, "case.rule", portal.Rule(l, "R11")))...))
		h.Raw(`<p>`)
		h.T("withdrawal.letter_exit", "n", w.Settings.Int("wd.exit_wd"), "entries", portal.Choices(l, "withdrawal.entry.", Entries))
		h.Raw(`</p>`)
	})
	return &portal.Letter{TitleKey: "withdrawal.letter", To: m.Resource.Names.Department(l, w.Department), Body: body,
		From: l.T("letter.office"), Date: e.At, Code: m.Resource.Code(w, e)}, nil
}
