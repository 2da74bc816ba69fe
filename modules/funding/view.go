package funding

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Funding) dress() {
	d := m.Desk
	d.Filters = map[string]string{"item": "item"}
	d.Columns = []modules.Column[Payment]{
		{Key: "case.department", Cell: func(v modules.Visitor, p *Payment) htmlOf {
			return modules.Text(v.Lang, d.Names.Department(v.Lang, p.Department))
		}},
		{Key: "case.community", Cell: func(v modules.Visitor, p *Payment) htmlOf {
			return modules.Text(v.Lang, d.Names.Place(v.Lang, p.Community))
		}},
		{Key: "payment.instalment", Num: true, Cell: func(v modules.Visitor, p *Payment) htmlOf { return modules.Text(v.Lang, modules.Count(p.Instalment)) }},
		{Key: "payment.amount", Num: true, Cell: func(v modules.Visitor, p *Payment) htmlOf { return modules.Text(v.Lang, web.Yuan(p.Amount)) }},
	}
	d.Detail = m.detail
	d.Starts = map[string]func(context.Context, modules.Visitor, *Payment) web.Values{"claim": m.startClaim}
	d.Narrow = map[string]func(context.Context, modules.Visitor, web.Values) ([]web.Option, error){"claim.community": m.owedThere}
	d.Beside = map[string]func(context.Context, modules.Visitor, *Payment) (htmlOf, error){
		"confirm": m.inQuestion, "dispute": m.inQuestion, "reconcile": m.inQuestion, "void": m.inQuestion,
	}
	d.Letters = map[string]func(context.Context, modules.Visitor, *Payment) (*modules.Letter, error){"receipt": m.receipt}
}

func (m *Funding) detail(ctx context.Context, v modules.Visitor, p *Payment) (htmlOf, error) {
	l := v.Lang
	return modules.In(l, func(h *web.H) {
		if p.State == "claimed" {
			h.Add(web.Panel(l, web.Warn, "payment.not_yet", modules.Text(l, l.T("rule.R37"))))
		}
		h.Add(web.Section(l, "payment.part", web.Summary(l, m.pairs(l, p)...)))
	}), nil
}

// inQuestion shows what is being answered for: who confirms sees voucher and amount.
func (m *Funding) inQuestion(ctx context.Context, v modules.Visitor, p *Payment) (htmlOf, error) {
	if p == nil {
		return "", nil
	}
	return web.Summary(v.Lang, m.pairs(v.Lang, p)...), nil
}

func (m *Funding) pairs(l web.Lang, p *Payment) []web.Pair {
	return append([]web.Pair{{Key: "payment.item", Value: web.Link("/items/"+p.Item, p.ItemNo+" "+p.ItemTitle)}}, modules.Filled(
		modules.Pair(l, "case.department", m.Desk.Names.Department(l, p.Department)), modules.Pair(l, "case.community", m.Desk.Names.Place(l, p.Community)),
		modules.Pair(l, "payment.instalment", modules.Count(p.Instalment)), modules.Pair(l, "payment.amount", web.Yuan(p.Amount)),
		modules.Pair(l, "payment.capital", web.CapitalYuan(p.Amount)), modules.Pair(l, "payment.payee", l.T("payment.payee."+p.Payee)),
		modules.Pair(l, "payment.voucher", p.Voucher), modules.Pair(l, "payment.paid_on", l.Day(p.PaidOn)),
		modules.Pair(l, "payment.dispute", p.Dispute), modules.Pair(l, "payment.reconciled", p.Reconciled))...)
}

// receipt is the committee's slip (收款确认单); there is none before it confirms.
func (m *Funding) receipt(ctx context.Context, v modules.Visitor, p *Payment) (*modules.Letter, error) {
	e, ok := p.Last("confirm", "reconcile")
	if p.State != "confirmed" || !ok {
		return nil, nil
	}
	l := v.Lang
	return &modules.Letter{TitleKey: "payment.receipt", To: m.Desk.Names.Department(l, p.Department), Code: m.Desk.Code(p, e),
		From: m.Desk.Names.Person(l, e.By) + " " + l.Date(e.At), Body: web.Summary(l, m.pairs(l, p)...)}, nil
}

// owedThere offers the communities of the item that the form names already;
// before it names one, those of all the department's items.
func (m *Funding) owedThere(ctx context.Context, v modules.Visitor, typed web.Values) ([]web.Option, error) {
	all, err := m.Desk.Options(ctx, v, "own_items", "communities")
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

func (m *Funding) startClaim(ctx context.Context, v modules.Visitor, p *Payment) web.Values {
	return web.Values{"paid_on": {string(schema.DateOf(m.Desk.Engine.Now(), calendar.City))}}
}
