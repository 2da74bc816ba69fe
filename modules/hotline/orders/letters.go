package orders

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// reminder is the notice of R62, copied to the unit's leader.
func (m *Orders) reminder(ctx context.Context, v portal.Visitor, o *Order) (*portal.Letter, error) {
	return m.notice(v, o, "remind", "order.reminder", o.Reminded)
}

// criticism is the written criticism of R62.
func (m *Orders) criticism(ctx context.Context, v portal.Visitor, o *Order) (*portal.Letter, error) {
	return m.notice(v, o, "criticise", "order.criticism", o.Criticised)
}

func (m *Orders) notice(v portal.Visitor, o *Order, act, key string, due bool) (*portal.Letter, error) {
	e, ok := o.Last(act)
	if !due || !ok {
		return nil, nil
	}
	l := v.Lang
	since, _ := o.lateSince()
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T(key+"_text", "no", o.No, "title", o.summary(), "due", l.Time(since))
		h.Raw(`</p><p>`)
		h.T(key + "_demand")
		h.Raw(`</p>`)
	})
	return &portal.Letter{TitleKey: key, Office: l.T("order.office"), To: m.unitName(l, o.Unit), Body: body, From: l.T("order.office"), Date: e.At, Code: m.Resource.Code(o, e)}, nil
}
