package orders

import (
	"context"
	"html/template"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Orders) columns() []portal.Column[Order] {
	text := func(f func(l web.Lang, o *Order) string) func(portal.Visitor, *Order) template.HTML {
		return func(v portal.Visitor, o *Order) template.HTML { return portal.Text(v.Lang, f(v.Lang, o)) }
	}
	return []portal.Column[Order]{
		{Key: "order.category", Cell: text(func(l web.Lang, o *Order) string { return portal.Choice(l, "category.", o.Category) })},
		{Key: "case.community", Cell: text(func(l web.Lang, o *Order) string { return m.Names.Place(l, o.Community) })},
		{Key: "order.unit_now", Cell: text(func(l web.Lang, o *Order) string { return m.unitName(l, o.Unit) })},
		{Key: "order.lamp", Cell: func(v portal.Visitor, o *Order) template.HTML { return m.lampTag(v.Lang, o) }},
	}
}

// lampTag is the lamp of R59, and what is special about an order.
func (m *Orders) lampTag(l web.Lang, o *Order) template.HTML {
	var tags []template.HTML
	add := func(holds bool, tone web.Tone, key string) {
		if holds {
			tags = append(tags, web.Tag(l, tone, key))
		}
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
	return web.Join(tags...)
}

func (m *Orders) leading(v portal.Visitor, o *Order) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(m.Resource.StateTag(v.Lang, o))
		h.Text(" " + o.No + " ")
		h.Add(m.lampTag(v.Lang, o))
		if o.Unit != "" {
			h.Text(" · " + m.unitName(v.Lang, o.Unit))
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

func (m *Orders) detail(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	l := v.Lang
	who, err := m.whoCalled(ctx, v, o)
	if err != nil {
		return "", err
	}
	same, err := m.merged(ctx, v, o)
	if err != nil {
		return "", err
	}
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "order.part_words", web.Paragraphs(o.Words)))
		for _, a := range o.Additions {
			h.Add(web.Panel(l, web.Info, "order.added", portal.In(l, func(h *web.H) {
				h.Add(web.Paragraphs(a.Text))
				h.Raw(`<p class="hint">`)
				h.Text(l.Time(a.At))
				h.Raw(`</p>`)
			})))
		}
		h.Add(web.Section(l, "order.part_about", web.Summary(l, append(m.about(l, o), who...)...)))
		h.Add(same)
		if ps := m.course(l, o); len(ps) > 0 {
			h.Add(web.Section(l, "order.part_course", web.Summary(l, ps...)))
		}
		h.Add(m.returns(l, o))
		h.Add(m.whoseTime(l, o))
	}), nil
}

// about is what an order is about.
func (m *Orders) about(l web.Lang, o *Order) []web.Pair {
	flag := func(b bool, key string) string {
		if !b {
			return ""
		}
		return l.T(key)
	}
	item := web.Pair{Key: "order.item"}
	if o.Item != "" {
		item.Value = web.Link("/items/"+o.Item, l.T("order.item_open"))
	}
	return portal.Filled(
		portal.Pair(l, "order.receipt", o.PublicReceipt()),
		portal.Pair(l, "order.type", portal.Choice(l, "order.type.", o.Type)),
		portal.Pair(l, "order.category", portal.Choice(l, "category.", o.Category)),
		portal.Pair(l, "order.class", portal.Choice(l, "order.class.", o.Class)),
		portal.Pair(l, "order.stream", portal.Choice(l, "order.stream.", o.Stream)),
		portal.Pair(l, "case.community", m.Names.Place(l, o.Community)),
		portal.Pair(l, "order.place", o.Place),
		portal.Pair(l, "order.needs", portal.Choices(l, "order.needs.", o.Needs)),
		portal.Pair(l, "order.channel", portal.Choice(l, "order.channel.", o.Channel)),
		portal.Pair(l, "order.consent", portal.Choice(l, "order.agreed.", o.Consent)),
		portal.Pair(l, "order.source", o.Source),
		portal.Pair(l, "order.confidential", flag(o.Confidential, "order.confidential_yes")),
		portal.Pair(l, "order.policy_flag", flag(o.PolicyFlag, "order.policy_flag_yes")),
		item,
	)
}

// whoCalled shows a masked phone; the whole of it is revealed by an act.
func (m *Orders) whoCalled(ctx context.Context, v portal.Visitor, o *Order) ([]web.Pair, error) {
	c, err := m.card(ctx, o.Contact)
	if err != nil || c == nil {
		return nil, err
	}
	out := []web.Pair{portal.Pair(v.Lang, "order.phone", masked(c.Phone))}
	if m.centre(v) && o.Caller != "" {
		n, err := m.Resource.Engine.Cases().Count(ctx, callerQuery(o.Caller))
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
func (m *Orders) course(l web.Lang, o *Order) []web.Pair {
	at := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return l.Time(*t)
	}
	article := web.Pair{Key: "order.article"}
	if o.Article != "" {
		article.Value = web.Link("/articles/"+o.Article, l.T("order.article_open"))
	}
	ps := []web.Pair{
		article,
		portal.Pair(l, "order.line", portal.Choice(l, "order.line.", o.Line)),
		portal.Pair(l, "order.why", portal.Choice(l, "order.why.", o.Why)),
		portal.Pair(l, "order.where_to_go", o.WhereToGo),
		portal.Pair(l, "order.answer", o.Answer),
		portal.Pair(l, "order.basis", o.Basis),
		portal.Pair(l, "order.dispatched_at", at(o.DispatchedAt)),
		portal.Pair(l, "order.signed_at", at(o.SignedAt)),
		portal.Pair(l, "order.contacted_at", at(o.ContactedAt)),
	}
	for _, e := range o.Extensions {
		key := "order.extension." + e.Decided
		if e.Decided == "" {
			key = "order.extension.asked"
		}
		ps = append(ps, portal.Pair(l, "order.extension", l.T(key, "n", l.T("order.n_"+e.Time, "n", e.N), "reason", e.Reason, "ground", e.Ground, "why", e.Why)))
	}
	for _, r := range o.Replies {
		text := r.Text
		if r.Not != "" {
			text += " — " + l.T("order.sent_back", "why", r.Not)
		}
		ps = append(ps, portal.Pair(l, "order.reply", text))
	}
	if n := len(o.Tries); n > 0 {
		ps = append(ps, portal.Pair(l, "order.tries", l.T("order.tries_n", "n", n, "last", l.Time(o.Tries[n-1]))))
	}
	ps = append(ps, portal.Pair(l, "order.solved", portal.Choice(l, "order.solved.", o.Solved)))
	if o.Graded {
		ps = append(ps, portal.Pair(l, "order.grade", l.T("order.grade."+strconv.FormatInt(o.Grade, 10))))
	}
	ps = append(ps, portal.Pair(l, "order.cause", portal.Choice(l, "order.cause.", o.Cause)), portal.Pair(l, "order.comment", o.Comment),
		portal.Pair(l, "order.excuse", o.Excuse), portal.Pair(l, "order.escalated", o.Escalated), portal.Pair(l, "order.settled", o.Settled))
	if o.Redos > 0 {
		ps = append(ps, portal.Pair(l, "order.redos", strconv.Itoa(o.Redos)))
	}
	if x := o.Exclusion; x != nil {
		decided := x.Decided
		if decided == "" {
			decided = "asked"
		}
		ps = append(ps, portal.Pair(l, "order.exclusion", l.T("order.exclusion."+decided, "ground", l.T("order.ground."+x.Ground), "text", x.Text, "why", x.Why)))
	}
	return portal.Filled(ps...)
}

// returns is the tug-of-war, said plainly.
func (m *Orders) returns(l web.Lang, o *Order) template.HTML {
	if len(o.Returns) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "order.returns", Head: []web.Col{{Key: "order.unit_now"}, {Key: "order.return_reason"}, {Key: "order.document"}, {Key: "order.belongs"}, {Key: "order.return_decided"}}}
	for _, r := range o.Returns {
		decided := "open"
		if r.Decided != "" {
			decided = r.Decided
		}
		cells := []string{m.unitName(l, r.Unit), l.T("order.reason." + r.Reason), r.Document, m.unitName(l, r.Belongs), l.T("order.decided."+decided) + " " + r.Ground}
		row := make([]web.Cell, len(cells))
		for i, c := range cells {
			row[i] = web.Cell{HTML: web.Text(c)}
		}
		t.Rows = append(t.Rows, row)
	}
	return t.HTML(l)
}

// whoseTime shows with whom an order lay for how long.
func (m *Orders) whoseTime(l web.Lang, o *Order) template.HTML {
	shares := o.Whose(m.Clock())
	if len(shares) == 0 || o.DispatchedAt == nil {
		return ""
	}
	bars := make([]web.Bar, len(shares))
	for i, s := range shares {
		label := l.T("order.party." + s.Party)
		if s.Unit != "" {
			label = m.unitName(l, s.Unit)
		}
		bars[i] = web.Bar{Label: label, Value: int64(s.Time / time.Minute), Text: span(l, s.Time)}
	}
	return web.Section(l, "order.whose_time", web.BarChart(l, "order.whose_time", bars))
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
