package funding

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Funding) dress() {
	d := m.Resource
	d.Filters = map[string]string{"item": "item"}
	d.Columns = []portal.Column[Payment]{
		{Key: "case.department", Cell: func(v portal.Visitor, p *Payment) htmlOf {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, p.Department))
		}},
		{Key: "case.community", Cell: func(v portal.Visitor, p *Payment) htmlOf {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, p.Community))
		}},
		{Key: "payment.instalment", Num: true, Cell: func(v portal.Visitor, p *Payment) htmlOf { return portal.Text(v.Lang, portal.Count(p.Instalment)) }},
		{Key: "payment.amount", Num: true, Cell: func(v portal.Visitor, p *Payment) htmlOf { return portal.Text(v.Lang, web.Yuan(p.Amount)) }},
	}
	d.Detail = m.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Payment) web.Values{"claim": m.startClaim}
	d.Narrow = map[string]func(context.Context, portal.Visitor, web.Values) ([]web.Option, error){"claim.community": m.owedThere}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Payment) (htmlOf, error){
		"confirm": m.inQuestion, "dispute": m.inQuestion, "reconcile": m.inQuestion, "void": m.inQuestion,
	}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Payment) (*portal.Letter, error){"receipt": m.receipt}
}

func (m *Funding) detail(ctx context.Context, v portal.Visitor, p *Payment) (htmlOf, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		if p.State == "claimed" {
			h.Add(web.Panel(l, web.Warn, "payment.not_yet", portal.Text(l, l.T("rule.R37"))))
		}
		h.Add(web.Section(l, "payment.part", web.Summary(l, m.pairs(l, p)...)))
	}), nil
}

// inQuestion shows what is being answered for: who confirms sees voucher and amount.
func (m *Funding) inQuestion(ctx context.Context, v portal.Visitor, p *Payment) (htmlOf, error) {
	if p == nil {
		return "", nil
	}
	return web.Summary(v.Lang, m.pairs(v.Lang, p)...), nil
}

func (m *Funding) pairs(l web.Lang, p *Payment) []web.Pair {
	return append([]web.Pair{{Key: "payment.item", Value: web.Link("/items/"+p.Item, p.ItemNo+" "+p.ItemTitle)}}, portal.Filled(
		portal.Pair(l, "case.department", m.Resource.Names.Department(l, p.Department)), portal.Pair(l, "case.community", m.Resource.Names.Place(l, p.Community)),
		portal.Pair(l, "payment.instalment", portal.Count(p.Instalment)), portal.Pair(l, "payment.amount", web.Yuan(p.Amount)),
		portal.Pair(l, "payment.capital", web.CapitalYuan(p.Amount)), portal.Pair(l, "payment.payee", l.T("payment.payee."+p.Payee)),
		portal.Pair(l, "payment.voucher", p.Voucher), portal.Pair(l, "payment.paid_on", l.Day(p.PaidOn)),
		portal.Pair(l, "payment.dispute", p.Dispute), portal.Pair(l, "payment.reconciled", p.Reconciled))...)
}

// receipt is the committee's slip (收款确认单); there is none before it confirms.
func (m *Funding) receipt(ctx context.Context, v portal.Visitor, p *Payment) (*portal.Letter, error) {
	e, ok := p.Last("confirm", "reconcile")
	if p.State != "confirmed" || !ok {
		return nil, nil
	}
	l := v.Lang
	return &portal.Letter{TitleKey: "payment.receipt", To: m.Resource.Names.Department(l, p.Department), Code: m.Resource.Code(p, e),
		From: m.Resource.Names.Person(l, e.By) + " " + l.Date(e.At), Body: web.Summary(l, m.pairs(l, p)...)}, nil
}

// owedThere offers the communities of the item that the form names already;
// before it names one, those of all the department's items.
func (m *Funding) owedThere(ctx context.Context, v portal.Visitor, typed web.Values) ([]web.Option, error) {
	all, err := m.Resource.Options(ctx, v, "own_items", "communities")
	if err != nil {
		return nil, err
	}
	var places []string
	for _, it := range all["own_items"] {
		if named := typed["item"]; len(named) == 1 && named[0] != "" && named[0] != it.Value {
			continue
		}
		cs, err := m.Communities(ctx, it.Value)
		if err != nil {
			return nil, err
		}
		places = append(places, cs...)
	}
	return slices.DeleteFunc(slices.Clone(all["communities"]), func(o web.Option) bool { return !slices.Contains(places, o.Value) }), nil
}

func (m *Funding) startClaim(ctx context.Context, v portal.Visitor, p *Payment) web.Values {
	return web.Values{"paid_on": {string(schema.DateOf(m.Resource.Engine.Now(), calendar.City))}}
}
