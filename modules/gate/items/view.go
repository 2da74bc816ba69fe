package items

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Items) dress() {
	d := m.Resource
	d.Columns = []portal.Column[Item]{
		{Key: "case.department", Cell: func(v portal.Visitor, it *Item) htmlOf {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, it.Department))
		}},
		{Key: "item.communities", Cell: func(v portal.Visitor, it *Item) htmlOf {
			return portal.Text(v.Lang, d.FewPlaces(v.Lang, it.communities()))
		}},
		{Key: "item.until", Cell: func(v portal.Visitor, it *Item) htmlOf { return portal.Text(v.Lang, v.Lang.Date(it.End)) }},
		{Key: "item.hours", Num: true, Cell: func(v portal.Visitor, it *Item) htmlOf { return portal.Text(v.Lang, portal.Count(it.Hours)) }},
	}
	d.Detail, d.Above, d.Redact = m.detail, m.above, m.redact
	d.Initial = map[string]func(context.Context, portal.Visitor, *Item) web.Values{
		"call_duty": m.startDuty, "confirm": m.startConfirm, "note_staff": m.startNote, "request_renewal": m.startRenewal,
	}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Item) (htmlOf, error){
		"confirm": m.besideConfirm, "renew": m.besideRenew, "refuse_renewal": m.besideRenew,
	}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Item) ([]web.Option, error){
		"confirm.community": m.toConfirm, "note_staff.community": m.ownCommunities, "suspend.community": m.itsCommunities, "resume.community": m.itsCommunities,
	}
}

func (m *Items) detail(ctx context.Context, v portal.Visitor, it *Item) (htmlOf, error) {
	l := v.Lang
	calls, err := m.calls(ctx, l, it.ID)
	if err != nil {
		return "", err
	}
	agreements, err := m.agreementsOf(ctx, v, it)
	if err != nil {
		return "", err
	}
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "item.part_communities", m.partsTable(l, it)))
		h.Add(agreements)
		if len(it.Instalments) > 0 && len(it.live()) > 0 {
			h.Add(web.Section(l, "item.part_gate", m.gateOf(v, it)))
		}
		if it.Renewal != nil {
			h.Add(web.Section(l, "item.part_renewal", m.renewal(ctx, l, it)))
		}
		h.Add(m.voices(ctx, l, it.ID))
		h.Add(calls)
		h.Add(web.Section(l, "item.part_work", web.Summary(l, m.work(l, it)...)))
		if rows := m.pooled(l, it); len(rows.Rows) > 0 {
			h.Add(web.Section(l, "item.part_pooled", rows.HTML(l)))
		}
	}), nil
}

// partsTable shows each community: its state, the money in and owed, the
// powers, and what makes it stand still.
func (m *Items) partsTable(l web.Lang, it *Item) htmlOf {
	t := web.Table{CaptionKey: "item.part_communities", Head: []web.Col{{Key: "item.community"}, {Key: "case.state"},
		{Key: "item.money_in", Num: true}, {Key: "item.money_owed", Num: true}, {Key: "item.powers"}, {Key: "item.staff"}, {Key: "item.since"}, {Key: "item.holds"}}}
	if it.Staff == "" {
		t.Head = slices.DeleteFunc(t.Head, func(c web.Col) bool { return c.Key == "item.staff" })
	}
	for i := range it.Parts {
		p := &it.Parts[i]
		in, owed := p.sums(it)
		row := []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, p.Community))},
			{HTML: partTag(l, p)},
			{HTML: portal.Text(l, web.Yuan(in))}, {HTML: portal.Text(l, web.Yuan(owed))}, {HTML: portal.Text(l, l.T(powersKey(it, p)))}}
		if it.Staff != "" {
			row = append(row, web.Cell{HTML: portal.Text(l, l.T(staffKey(p)))})
		}
		t.Rows = append(t.Rows, append(row, web.Cell{HTML: portal.Text(l, l.Date(p.Since))}, web.Cell{HTML: holds(l, p)}))
	}
	return t.HTML(l)
}

var partTones = map[string]web.Tone{pending: web.Warn, active: web.Good, suspended: web.Bad, withdrawn: web.Neutral}

func partTag(l web.Lang, p *Part) htmlOf {
	return portal.In(l, func(h *web.H) {
		h.Add(web.Tag(l, partTones[p.State], "state.item."+p.State))
		if p.Overdue {
			h.Text(" ")
			h.Add(web.Tag(l, web.Bad, "item.overdue"))
		}
	})
}

// sums are what a community was paid and confirmed, and what is still owed over the whole term.
func (p *Part) sums(it *Item) (in, owed schema.Fen) {
	for i, x := range it.Instalments {
		if p.Money[i].State == "confirmed" {
			in += x.Amount
		} else {
			owed += x.Amount
		}
	}
	return in, owed
}

func powersKey(it *Item, p *Part) string {
	switch {
	case it.Powers == "":
		return "item.powers_none"
	case p.PowersIn:
		return "item.powers_are_in"
	}
	return "item.powers_not_in"
}

func staffKey(p *Part) string {
	if p.StaffIn {
		return "item.staff_are_in"
	}
	return "item.staff_not_in"
}

// redact leaves the number of what a part stands still for; the refusal, the
// withdrawal or the order itself is for those who may see it.
func (m *Items) redact(v portal.Visitor, it *Item) {
	for i := range it.Parts {
		p := &it.Parts[i]
		for j := range p.Holds {
			if h := &p.Holds[j]; h.By != "" && !m.Resource.Sees(v, h.Kind+"s", h.By) {
				h.By = ""
			}
		}
	}
	it.Orders = slices.DeleteFunc(it.Orders, func(id string) bool { return !m.Resource.Sees(v, "rectifications", id) })
}

func holds(l web.Lang, p *Part) htmlOf {
	return portal.In(l, func(h *web.H) {
		for i, x := range p.Holds {
			if i > 0 {
				h.Raw(`<br>`)
			}
			word := l.T("item.hold."+x.Kind, "no", x.No, "reason", x.Reason)
			if x.Kind == "refusal" && x.By != "" {
				h.Add(web.Link("/refusals/"+x.By, word))
			} else {
				h.Text(word)
			}
		}
	})
}

// gateOf pictures the gate of money: what is demanded now against what was
// confirmed, and every instalment in every community. Where the gate is open
// a name is enough, so that what is missing stands out among ten communities.
func (m *Items) gateOf(v portal.Visitor, it *Item) htmlOf {
	l, now := v.Lang, m.Resource.Engine.Now()
	if len(it.Instalments) == 0 {
		return portal.Text(l, l.T("item.gate_none"))
	}
	var open []string
	return portal.In(l, func(h *web.H) {
		for _, p := range it.live() {
			if !short(it, p, now) {
				open = append(open, p.Community)
				continue
			}
			h.Raw(`<h3>`)
			h.Text(m.Resource.Names.Place(l, p.Community))
			h.Raw(`</h3>`)
			h.Add(partGate(l, it, p, now))
		}
		if len(open) > 0 {
			h.Raw(`<p>`)
			h.T("item.gate_open_in", "names", m.Resource.PlaceNames(l, open))
			h.Raw(`</p>`)
		}
		table := m.instalments(v, it)
		if len(table.Rows) > aFew {
			h.Add(web.Details(l, table.CaptionKey, table.HTML(l)))
		} else {
			h.Add(table.HTML(l))
		}
	})
}

// aFew rows are shown at once; more are folded.
const aFew = 8

func partGate(l web.Lang, it *Item, p *Part, now time.Time) htmlOf {
	want, in := gate(it, p, now)
	return portal.In(l, func(h *web.H) {
		h.Add(web.Meter(l, "item.gate_money", int64(min(in, want)), int64(want), web.Warn, l.T("item.gate_of", "in", in, "want", want), ""))
		h.Raw(`<p>`)
		h.T("item.gate_shut", "amount", want-in)
		h.Raw(`</p>`)
	})
}

// instalments lists what is owed to whom; the department reports a payment from
// its row, with everything filled in that the item knows.
func (m *Items) instalments(v portal.Visitor, it *Item) web.Table {
	l, pays := v.Lang, slices.ContainsFunc(m.Resource.OwnDepartments(v, "dept_clerk"), func(o web.Option) bool { return o.Value == it.Department })
	t := web.Table{CaptionKey: "item.instalments_all", Head: []web.Col{{Key: "item.instalment_col"}, {Key: "item.community"}, {Key: "item.due"}, {Key: "item.amount", Num: true},
		{Key: "item.payee"}, {Key: "case.state"}}}
	tones := map[string]web.Tone{"none": web.Neutral, "claimed": web.Warn, "confirmed": web.Good, "disputed": web.Bad}
	for i, x := range it.Instalments {
		for _, p := range it.live() {
			t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, l.T("item.instalment", "n", i+1))}, {HTML: portal.Text(l, m.Resource.Names.Place(l, p.Community))},
				{HTML: portal.Text(l, l.Day(x.Due))}, {HTML: portal.Text(l, web.Yuan(x.Amount))}, {HTML: portal.Text(l, l.T("item.payee."+x.Payee))},
				{HTML: portal.In(l, func(h *web.H) {
					h.Add(web.Tag(l, tones[p.Money[i].State], "item.money."+p.Money[i].State))
					if pays && p.Money[i].State == "none" {
						h.Text(" ")
						h.Add(web.Link(claimOf(it, p, i), l.T("act.payment.claim")))
					}
					if p.Money[i].Overdue {
						h.Text(" ")
						h.Add(web.Tag(l, web.Bad, "item.overdue"))
					}
				})}})
		}
	}
	return t
}

// claimOf is the form that reports an instalment as paid.
func claimOf(it *Item, p *Part, n int) string {
	q := url.Values{"item": {it.ID}, "community": {p.Community}, "instalment": {strconv.Itoa(n + 1)}, "amount": {schema.FormYuan(it.Instalments[n].Amount)}}
	return "/payments/new/claim?" + q.Encode()
}

func (m *Items) work(l web.Lang, it *Item) []web.Pair {
	ps := []web.Pair{portal.Pair(l, "item.term", termOf(l, it)), portal.Pair(l, "application.kinds", portal.Choices(l, "application.kinds.", it.Kinds)),
		portal.Pair(l, "application.nature", portal.Choice(l, "application.nature.", it.Nature)), portal.Pair(l, "application.side", portal.Choice(l, "application.side.", it.Side)),
		portal.Pair(l, "item.asked", it.Asked), portal.Pair(l, "item.conditions", it.Conditions), portal.Pair(l, "item.powers", it.Powers), portal.Pair(l, "item.staff", it.Staff),
		portal.Pair(l, "application.delivery", portal.Choice(l, "application.delivery.", it.Delivery)), portal.Pair(l, "item.hours", portal.Count(it.Hours))}
	if it.Plaque != "" && it.Plaque != "none" {
		ps = append(ps, portal.Pair(l, "application.plaque", l.T("application.plaque."+it.Plaque)+" "+l.T("item.window_only")))
	}
	if it.Origin != "" {
		ps = append(ps, portal.Pair(l, "item.origin", m.Resource.Names.Department(l, it.Origin)))
	}
	if it.Application != "" {
		ps = append(ps, web.Pair{Key: "item.application", Value: web.Link("/applications/"+it.Application, it.ApplicationNo)})
	}
	if it.Entry != "" {
		ps = append(ps, web.Pair{Key: "item.entry", Value: web.Link("/catalogue/"+it.Entry, it.Title)}, portal.Pair(l, "case.rule", portal.Rule(l, "R2")))
	}
	return portal.Filled(ps...)
}

func (m *Items) pooled(l web.Lang, it *Item) web.Table {
	t := web.Table{CaptionKey: "item.part_pooled", Head: []web.Col{{Key: "item.community"}, {Key: "item.since"}, {Key: "item.what"}}}
	for _, p := range it.Parts {
		for _, x := range p.Pooled {
			t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, m.Resource.Names.Place(l, p.Community))}, {HTML: portal.Text(l, l.Date(x.At))}, {HTML: portal.Text(l, x.What)}})
		}
	}
	return t
}

// Voices are the committees' and the households' word on one question: are
// residents satisfied? Tenths of a point and basis points; "" where too few
// answered to show a score.
type Voices struct {
	Round, RoundNo         string
	Committees, Households string
	Gap                    bool // they are far apart
}

// voices shows the two scores side by side.
func (m *Items) voices(ctx context.Context, l web.Lang, item string) htmlOf {
	if m.Voices == nil {
		return ""
	}
	x, ok := m.Voices(ctx, item)
	if !ok {
		return ""
	}
	score := func(s string) string {
		if s == "" {
			return l.T("item.too_few_answers")
		}
		return s
	}
	return web.Section(l, "item.part_voices", portal.In(l, func(h *web.H) {
		h.Add(web.Summary(l, web.Pair{Key: "item.rated_in", Value: web.Link("/rounds/"+x.Round, x.RoundNo)},
			portal.Pair(l, "item.by_committees", score(x.Committees)), portal.Pair(l, "item.by_households", score(x.Households))))
		if x.Gap {
			h.Raw(`<p>`)
			h.Add(web.Tag(l, web.Warn, "item.voices_gap"))
			h.Raw(`</p>`)
		}
	}))
}

// calls says how many hotline orders the item caused, as a fact beside its scores.
func (m *Items) calls(ctx context.Context, l web.Lang, item string) (htmlOf, error) {
	if m.Orders == nil {
		return "", nil
	}
	n, unhappy, err := m.Orders(ctx, item)
	if err != nil || n == 0 {
		return "", err
	}
	return web.Section(l, "item.part_orders", web.Summary(l, portal.Pair(l, "item.orders", strconv.Itoa(n)), portal.Pair(l, "item.orders_unhappy", strconv.Itoa(unhappy)))), nil
}

// renewal shows what a decision on the renewal looks at: the score, the money, the hours.
func (m *Items) renewal(ctx context.Context, l web.Lang, it *Item) htmlOf {
	score := l.T("item.no_score")
	if m.Score != nil {
		if n, ok := m.Score(ctx, it.ID); ok {
			score = strconv.Itoa(n)
		}
	}
	var in, owed schema.Fen
	for _, p := range it.live() {
		a, b := p.sums(it)
		in, owed = in+a, owed+b
	}
	ps := []web.Pair{portal.Pair(l, "item.last_score", score), portal.Pair(l, "item.money_in", web.Yuan(in)), portal.Pair(l, "item.money_owed", web.Yuan(owed)), portal.Pair(l, "item.hours", portal.Count(it.Hours))}
	if r := it.Renewal; r != nil {
		ps = append(ps, portal.Pair(l, "item.end", l.Day(r.End)), portal.Pair(l, "item.reason", r.Reason))
		for i, x := range r.Instalments {
			ps = append(ps, portal.Pair(l, "item.instalments", l.T("item.instalment", "n", len(it.Instalments)+i+1)+" "+l.Day(x.Due)+" "+web.Yuan(x.Amount)))
		}
	}
	return web.Summary(l, portal.Filled(ps...)...)
}

func termOf(l web.Lang, it *Item) string {
	if it.End.IsZero() {
		return l.T("item.from", "start", it.Start)
	}
	return l.T("item.from_to", "start", it.Start, "end", it.End)
}

// above offers committees the list of what is lawfully due in their community.
func (m *Items) above(ctx context.Context, v portal.Visitor) (htmlOf, error) {
	own := m.Resource.OwnPlaces(v, "committee_staff")
	if len(own) == 0 {
		return "", nil
	}
	return portal.In(v.Lang, func(h *web.H) {
		for _, o := range own {
			h.Raw(`<p>`)
			h.Add(web.Link("/gate/due?community="+o.Value, v.Lang.T("items.due_here", "place", o.Text)))
			h.Raw(`</p>`)
		}
	}), nil
}

func (m *Items) startDuty(ctx context.Context, v portal.Visitor, it *Item) web.Values {
	out := web.Values{"start": {string(schema.DateOf(m.Resource.Engine.Now(), calendar.City))}}
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		out["department"] = []string{own[0].Value}
	}
	return out
}

func only(options []web.Option) web.Values {
	if len(options) == 1 {
		return web.Values{"community": {options[0].Value}}
	}
	return web.Values{}
}

func (m *Items) startConfirm(ctx context.Context, v portal.Visitor, it *Item) web.Values {
	own, _ := m.toConfirm(ctx, v, it)
	return only(own)
}

func (m *Items) startNote(ctx context.Context, v portal.Visitor, it *Item) web.Values {
	own, _ := m.ownCommunities(ctx, v, it)
	return only(own)
}

// startRenewal proposes the longest term that may be asked for.
func (m *Items) startRenewal(ctx context.Context, v portal.Visitor, it *Item) web.Values {
	return web.Values{"end": {string(schema.DateOf(longest(it.Nature, it.End, it.Settings), calendar.City))}}
}

// besideConfirm shows what must have arrived: the money, and the powers and the
// staff as the decision says them.
func (m *Items) besideConfirm(ctx context.Context, v portal.Visitor, it *Item) (htmlOf, error) {
	l := v.Lang
	promised := portal.Filled(portal.Pair(l, "item.powers", it.Powers), portal.Pair(l, "item.staff", it.Staff))
	return portal.In(l, func(h *web.H) {
		if len(promised) > 0 {
			h.Add(web.Summary(l, promised...))
		}
		h.Add(m.gateOf(v, it))
	}), nil
}

func (m *Items) besideRenew(ctx context.Context, v portal.Visitor, it *Item) (htmlOf, error) {
	return m.renewal(ctx, v.Lang, it), nil
}

func (m *Items) options(v portal.Visitor, it *Item, role string, fits func(*Part) bool) []web.Option {
	own := map[string]bool{}
	if role != "" {
		for _, o := range m.Resource.OwnPlaces(v, role) {
			own[o.Value] = true
		}
	}
	var out []web.Option
	for _, p := range it.live() {
		if (role == "" || own[p.Community]) && fits(p) {
			out = append(out, web.Option{Value: p.Community, Text: m.Resource.Names.Place(v.Lang, p.Community)})
		}
	}
	return out
}

func (m *Items) toConfirm(ctx context.Context, v portal.Visitor, it *Item) ([]web.Option, error) {
	return m.options(v, it, "committee_head", func(p *Part) bool { return !p.Confirmed || p.held("refusal") }), nil
}

func (m *Items) ownCommunities(ctx context.Context, v portal.Visitor, it *Item) ([]web.Option, error) {
	return m.options(v, it, "committee_staff", func(*Part) bool { return true }), nil
}

func (m *Items) itsCommunities(ctx context.Context, v portal.Visitor, it *Item) ([]web.Option, error) {
	return m.options(v, it, "", func(*Part) bool { return true }), nil
}
