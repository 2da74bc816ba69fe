package sheets

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Sheets) detail(ctx context.Context, v portal.Visitor, s *Sheet) (htmlOf, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Add(web.Section(l, "sheet.ordered", web.Summary(l, m.ordered(l, s)...)))
		if s.Done > 0 {
			h.Add(web.Section(l, "sheet.performed", web.Summary(l, m.done(l, s)...)))
		}
		if s.Voucher != "" {
			h.Add(web.Section(l, "sheet.money", web.Summary(l, portal.Filled(portal.Pair(l, "sheet.voucher", s.Voucher),
				portal.Pair(l, "sheet.paid_on", portal.Day(l, s.PaidOn)), portal.Pair(l, "sheet.not_arrived", s.NotArrived))...)))
		}
	}), nil
}

func (m *Sheets) ordered(l web.Lang, s *Sheet) []web.Pair {
	return append([]web.Pair{{Key: "sheet.item", Value: web.Link("/items/"+s.Item, s.ItemNo+" "+s.ItemTitle)}}, portal.Filled(
		portal.Pair(l, "case.department", m.Resource.Names.Department(l, s.Department)), portal.Pair(l, "case.community", m.Resource.Names.Place(l, s.Community)),
		portal.Pair(l, "sheet.task", s.Task), portal.Pair(l, "sheet.quantity", amount(s.Quantity, s.Unit)), portal.Pair(l, "sheet.price", web.Yuan(s.Price)),
		portal.Pair(l, "sheet.by", portal.Day(l, s.By)), portal.Pair(l, "sheet.rejection", s.Rejection))...)
}

func (m *Sheets) done(l web.Lang, s *Sheet) []web.Pair {
	return portal.Filled(portal.Pair(l, "sheet.done", amount(s.Done, s.Unit)), portal.Pair(l, "sheet.done_by", s.DoneBy), portal.Pair(l, "sheet.evidence", s.Evidence),
		portal.Pair(l, "sheet.amount", l.T("sheet.sum", "n", s.Done, "price", web.Yuan(s.Price), "sum", web.Yuan(s.worth()))), portal.Pair(l, "sheet.objection", s.Objection))
}

func amount(n int64, unit string) string { return strconv.FormatInt(n, 10) + " " + unit }

// paper is the sheet as it is filed (服务签单), once the committee's head has signed.
func (m *Sheets) paper(ctx context.Context, v portal.Visitor, s *Sheet) (*portal.Letter, error) {
	e, ok := s.Last("sign")
	if !ok || s.Amount == 0 {
		return nil, nil
	}
	l := v.Lang
	body := append(append(m.ordered(l, s), m.done(l, s)...), portal.Pair(l, "payment.capital", web.CapitalYuan(s.Amount)))
	return &portal.Letter{TitleKey: "sheet.paper", Office: m.Resource.Names.Place(l, s.Community), To: m.Resource.Names.Department(l, s.Department),
		Code: m.Resource.Code(s, e), From: m.Resource.Names.Person(l, e.By), Date: e.At, Body: web.Summary(l, body...)}, nil
}
