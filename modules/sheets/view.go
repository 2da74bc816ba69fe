package sheets

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules"
	"gatehouse/web"
)

type htmlOf = template.HTML

func (m *Sheets) detail(ctx context.Context, v modules.Visitor, s *Sheet) (htmlOf, error) {
	l := v.Lang
	return modules.In(l, func(h *web.H) {
		h.Add(web.Section(l, "sheet.ordered", web.Summary(l, m.ordered(l, s)...)))
		if s.Done > 0 {
			h.Add(web.Section(l, "sheet.performed", web.Summary(l, m.done(l, s)...)))
		}
		if s.Voucher != "" {
			h.Add(web.Section(l, "sheet.money", web.Summary(l, modules.Filled(modules.Pair(l, "sheet.voucher", s.Voucher),
				modules.Pair(l, "sheet.paid_on", modules.Day(l, s.PaidOn)), modules.Pair(l, "sheet.not_arrived", s.NotArrived))...)))
		}
	}), nil
}

func (m *Sheets) ordered(l web.Lang, s *Sheet) []web.Pair {
	return append([]web.Pair{{Key: "sheet.item", Value: web.Link("/items/"+s.Item, s.ItemNo+" "+s.ItemTitle)}}, modules.Filled(
		modules.Pair(l, "case.department", m.Desk.Names.Department(l, s.Department)), modules.Pair(l, "case.community", m.Desk.Names.Place(l, s.Community)),
		modules.Pair(l, "sheet.task", s.Task), modules.Pair(l, "sheet.quantity", amount(s.Quantity, s.Unit)), modules.Pair(l, "sheet.price", web.Yuan(s.Price)),
		modules.Pair(l, "sheet.by", modules.Day(l, s.By)), modules.Pair(l, "sheet.rejection", s.Rejection))...)
}

func (m *Sheets) done(l web.Lang, s *Sheet) []web.Pair {
	return modules.Filled(modules.Pair(l, "sheet.done", amount(s.Done, s.Unit)), modules.Pair(l, "sheet.done_by", s.DoneBy), modules.Pair(l, "sheet.evidence", s.Evidence),
		modules.Pair(l, "sheet.amount", l.T("sheet.sum", "n", s.Done, "price", web.Yuan(s.Price), "sum", web.Yuan(s.worth()))), modules.Pair(l, "sheet.objection", s.Objection))
}

func amount(n int64, unit string) string { return strconv.FormatInt(n, 10) + " " + unit }

// paper is the sheet as it is filed (服务签单), once the committee's head has signed.
func (m *Sheets) paper(ctx context.Context, v modules.Visitor, s *Sheet) (*modules.Letter, error) {
	e, ok := s.Last("sign")
	if !ok || s.Amount == 0 {
		return nil, nil
	}
	l := v.Lang
	body := append(append(m.ordered(l, s), m.done(l, s)...), modules.Pair(l, "payment.capital", web.CapitalYuan(s.Amount)))
	return &modules.Letter{TitleKey: "sheet.paper", Office: m.Desk.Names.Place(l, s.Community), To: m.Desk.Names.Department(l, s.Department),
		Code: m.Desk.Code(s, e), From: m.Desk.Names.Person(l, e.By), Date: e.At, Body: web.Summary(l, body...)}, nil
}
