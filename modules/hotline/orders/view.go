package orders

import (
	"cmp"
	"context"
	"html/template"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Orders) view() portal.View[Order] {
	overdue := func(act, foot string, holds func(*Order) bool) portal.LetterOf[Order] {
		return portal.LetterOf[Order]{After: act, When: holds, Office: "office", To: "unit", From: "office", Lead: foot + "_text", Foot: foot + "_demand"}
	}
	return portal.View[Order]{
		Columns: "category community unit lamp",
		Sections: []portal.Section[Order]{
			{Title: "part_words", Text: "words"},
			{HTML: additions},
			{Title: "part_about", HTML: m.about},
			{HTML: m.merged},
			{Title: "part_course", HTML: m.course},
			{HTML: m.returns},
			{HTML: m.timeShares},
		},
		Labels: map[string]string{"community": "case.community", "unit": "order.unit_now"},
		Words: map[string]portal.Word[Order]{
			"lamp":    m.lampWord,
			"receipt": func(_ portal.Visitor, o *Order) web.Value { return web.Words(o.PublicReceipt()) },
			"consent": func(v portal.Visitor, o *Order) web.Value {
				return web.Words(portal.Choice(v.Lang, "order.agreed.", o.Consent))
			},
			"tries": func(v portal.Visitor, o *Order) web.Value {
				n := len(o.Tries)
				if n == 0 {
					return web.Value{}
				}
				return web.Words(v.Lang.T("order.tries_n", "n", n, "last", v.Lang.Time(o.Tries[n-1])))
			},
			"grade": func(v portal.Visitor, o *Order) web.Value {
				if !o.Graded {
					return web.Value{}
				}
				return web.Words(v.Lang.T("order.grade." + strconv.FormatInt(o.Grade, 10)))
			},
			"exclusion": func(v portal.Visitor, o *Order) web.Value {
				x := o.Exclusion
				if x == nil {
					return web.Value{}
				}
				return web.Words(v.Lang.T("order.exclusion."+cmp.Or(x.Decided, "asked"), "ground", v.Lang.T("order.ground."+x.Ground), "text", x.Text, "why", x.Why))
			},
			// Of the letters.
			"office": func(v portal.Visitor, _ *Order) web.Value { return web.Words(v.Lang.T("order.office")) },
			"title":  func(_ portal.Visitor, o *Order) web.Value { return web.Words(o.summary()) },
			"due": func(v portal.Visitor, o *Order) web.Value {
				since, _ := o.lateSince()
				return web.At(v.Lang, since)
			},
		},
		Letters: map[string]portal.LetterOf[Order]{ // R62: the reminder is copied to the unit's leader
			"reminder":  overdue("remind", "reminder", func(o *Order) bool { return o.Reminded }),
			"criticism": overdue("criticise", "criticism", func(o *Order) bool { return o.Criticised }),
		},
	}
}

// lampWord is the lamp of R59, and what is special about an order.
func (m *Orders) lampWord(v portal.Visitor, o *Order) (out web.Value) {
	add := func(holds bool, tone web.Tone, key string) {
		if !holds {
			return
		}
		x := web.Marked(v.Lang, tone, key)
		if out.Text != "" {
			out.Text += v.Lang.T("list.comma")
		}
		out.Text, out.HTML = out.Text+x.Text, web.Join(out.HTML, x.HTML)
	}
	lamp := o.lamp(m.Clock())
	if o.Late && o.RepliedAt == nil && o.State != "closed" {
		lamp = "red"
	}
	add(lamp != "", map[string]web.Tone{"green": web.Good, "yellow": web.Warn, "red": web.Bad}[lamp], "order.lamp_"+lamp)
	add(o.urgent(), web.Bad, "order.class.emergency")
	add(o.Disaster, web.Bad, "order.queue_disaster")
	add(o.Supervised, web.Warn, "order.supervised")
	add(o.Escalated != "", web.Warn, "order.escalated")
	return out
}

func (m *Orders) lead(v portal.Visitor, o *Order) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(m.StateTag(v.Lang, o))
		h.Text(" " + o.No + " ")
		h.Add(m.lampWord(v, o).HTML)
		if o.Unit != "" {
			h.Text(" · " + m.Names.Unit(v.Lang, o.Unit))
		}
	})
}

// redact keeps from a unit who called where the caller wants it, and from
// everybody the digests that only the portal needs.
func (m *Orders) redact(v portal.Visitor, o *Order) {
	o.Twin = ""
	if m.centre(v) {
		return
	}
	o.Caller, o.Contact, o.OpenedBy, o.Job = "", "", "", ""
	if o.Confidential {
		o.Needs = nil
	}
}

// centre tells whether somebody works at the hotline, or reads everything.
func (m *Orders) centre(v portal.Visitor) bool {
	return m.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "callback", "auditor")
}

// additions are what the caller has said later.
func additions(_ context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		for _, a := range o.Additions {
			h.Add(web.Panel(l, web.Info, "order.added", portal.In(l, func(h *web.H) {
				h.Add(web.Paragraphs(a.Text))
				h.Raw(`<p class="hint">`)
				h.Text(l.Time(a.At))
				h.Raw(`</p>`)
			})))
		}
	}), nil
}

// about is what an order is about, and who called.
func (m *Orders) about(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	who, err := m.whoCalled(ctx, v, o)
	if err != nil {
		return "", err
	}
	return web.Summary(v.Lang, append(m.Pairs(v, o, "receipt type category class stream community place needs channel consent source confidential policy_flag item"), who...)...), nil
}

// whoCalled shows a masked phone; the whole of it is revealed by an act.
func (m *Orders) whoCalled(ctx context.Context, v portal.Visitor, o *Order) ([]web.Pair, error) {
	c, err := m.card(ctx, o.Contact)
	if err != nil || c == nil {
		return nil, err
	}
	out := []web.Pair{portal.Pair(v.Lang, "order.phone", masked(c.Phone))}
	if m.centre(v) && o.Caller != "" {
		n, err := m.Engine.Cases().Count(ctx, callerQuery(o.Caller))
		if err != nil {
			return nil, err
		}
		if n > 1 {
			out = append(out, web.Pair{Key: "order.earlier", Value: web.Link("/orders/callers?order="+o.ID, strconv.FormatInt(n, 10))})
		}
	}
	return portal.Filled(out...), nil
}

// course is what has become of it.
func (m *Orders) course(_ context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l := v.Lang
	ps := m.Pairs(v, o, "article line why where_to_go answer basis dispatched_at signed_at contacted_at")
	for _, e := range o.Extensions {
		ps = append(ps, portal.Pair(l, "order.extension", l.T("order.extension."+cmp.Or(e.Decided, "asked"), "n", l.T("order.n_"+e.Time, "n", e.N), "reason", e.Reason, "ground", e.Ground, "why", e.Why)))
	}
	for _, r := range o.Replies {
		text := r.Text
		if r.Not != "" {
			text += " — " + l.T("order.sent_back", "why", r.Not)
		}
		ps = append(ps, portal.Pair(l, "order.reply", text))
	}
	if ps = append(ps, m.Pairs(v, o, "tries solved grade cause comment excuse escalated settled redos exclusion")...); len(ps) == 0 {
		return "", nil
	}
	return web.Summary(l, ps...), nil
}

// returns is the tug-of-war, said plainly.
func (m *Orders) returns(_ context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	if len(o.Returns) == 0 {
		return "", nil
	}
	l := v.Lang
	t := web.Table{CaptionKey: "order.returns", Head: []web.Col{{Key: "order.unit_now"}, {Key: "order.return_reason"}, {Key: "order.document"}, {Key: "order.belongs"}, {Key: "order.return_decided"}}}
	for _, r := range o.Returns {
		var row []web.Cell
		for _, text := range []string{m.Names.Unit(l, r.Unit), l.T("order.reason." + r.Reason), r.Document, m.Names.Unit(l, r.Belongs), l.T("order.decided."+cmp.Or(r.Decided, "open")) + " " + r.Ground} {
			row = append(row, web.Words(text).Cell())
		}
		t.Rows = append(t.Rows, row)
	}
	return t.HTML(l), nil
}

// timeShares shows with whom an order lay for how long.
func (m *Orders) timeShares(_ context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l, shares := v.Lang, o.Shares(m.Clock())
	if len(shares) == 0 || o.DispatchedAt == nil {
		return "", nil
	}
	bars := make([]web.Bar, len(shares))
	for i, s := range shares {
		label := l.T("order.party." + s.Party)
		if s.Unit != "" {
			label = m.Names.Unit(l, s.Unit)
		}
		bars[i] = web.Bar{Label: label, Value: int64(s.Time / time.Minute), Text: span(l, s.Time)}
	}
	return web.Section(l, "order.whose_time", web.BarChart(l, "order.whose_time", bars)), nil
}

// span words a length of time: days and hours, or minutes.
func span(l web.Lang, d time.Duration) string {
	switch {
	case d < 2*time.Hour:
		return l.T("order.n_min", "n", int(d/time.Minute))
	case d < 48*time.Hour:
		return l.T("order.n_h", "n", int(d/time.Hour))
	}
	return l.T("order.n_d", "n", int(d/(24*time.Hour)))
}
