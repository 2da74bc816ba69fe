// Package rates measures the units that handle the hotline's orders, and
// publishes it month by month (R65, R66, R67).
//
// Words: a month's orders are those whose limit ends in it. A bulletin (热线通报)
// is a month's figures of every unit with their ranks; each figure leads to its
// entries, the orders that it counts, so that anybody can count again. An improvement (限期改进)
// is what a unit below the floor owes the centre.
//
// The life of a bulletin: drawn by the centre from the orders → published by
// its head. It can be drawn anew until then; afterwards the head corrects it,
// in public and with the reason, when an appeal was granted late.
//
// The life of an improvement: told when the bulletin is published → answered
// by the unit → accepted, or sent back, by the head.
package rates

import (
	"context"
	"html/template"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Rates is the module.
type Rates struct {
	Bulletins    *portal.Resource[Bulletin]
	Improvements *portal.Resource[Improvement]
	accounts     *store.Collection[account]
	h            *portal.Portal
	measures     func(ctx context.Context, month string, f func(orders.Measure) error) error // orders.Measures; tests measure orders of their own
}

var zone = calendar.City

// New opens the bulletins and the improvements.
func New(ctx context.Context, h *portal.Portal, o *orders.Orders) (m *Rates, err error) {
	m = &Rates{h: h, measures: o.Measures}
	if m.accounts, err = openAccounts(ctx, h.Store); err != nil {
		return nil, err
	}
	if m.Bulletins, err = portal.Declare(ctx, h, m.bulletins()); err != nil {
		return nil, err
	}
	if m.Improvements, err = portal.Declare(ctx, h, m.improvements()); err != nil {
		return nil, err
	}
	h.Offer("rate_months", m.months)
	BulletinPublished.On(h.Bus, m.tell)
	BulletinCorrected.On(h.Bus, m.tell)
	h.Add(portal.Module{Name: "rates", Routes: func(r fiber.Router) {
		r.Get("/bulletins/:id/rates.xlsx", m.workbook)
		r.Get("/bulletins/:id/entries", m.behindPage)
		r.Get("/api/v1/bulletins/:id/entries", m.behindPage)
	}})
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/bulletins", LabelKey: "bulletins.title", Order: 13})
	h.Menu(portal.MenuEntry{Href: "/improvements", LabelKey: "improvements.title", Order: 69, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "hotline_head", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}

// months offers the last year's months that are over.
func (m *Rates) months(_ context.Context, v portal.Visitor) (out []web.Option, err error) {
	for at, i := firstOf(m.h.Clock()), 0; i < 12; i++ {
		at = at.AddDate(0, -1, 0)
		out = append(out, web.Option{Value: at.Format("2006-01"), Text: v.Lang.T("bulletin.of", "year", at.Format("2006"), "month", at.Format("01"))})
	}
	return out, nil
}

func firstOf(at time.Time) time.Time {
	at = at.In(zone)
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, zone)
}

// home reminds the head of the month that has no bulletin yet.
func (m *Rates) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	if !m.h.Holds(v.Actor, "hotline_head") {
		return "", nil
	}
	month := firstOf(m.h.Clock()).AddDate(0, -1, 0)
	n, err := m.Bulletins.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "month", Op: store.Eq, Value: month.Format("2006-01")}}})
	if err != nil || n > 0 {
		return "", fault.Wrap(err, "count the month's bulletins")
	}
	return web.Panel(v.Lang, web.Warn, "bulletin.missing", portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("bulletin.missing_text", "month", v.Lang.T("bulletin.of", "year", month.Format("2006"), "month", month.Format("01")))
		h.Raw(`</p>`)
		h.Add(web.Button(v.Lang, web.ButtonSpec{LabelKey: "act.bulletin.draw", Href: "/bulletins/new/draw"}))
	})), nil
}

// tell opens an improvement for each unit that the bulletin names (R66), once.
func (m *Rates) tell(ctx context.Context, n lifecycle.News, _ struct{}) error {
	b, err := m.Bulletins.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil {
		return err
	}
	told := map[string]bool{}
	err = m.Improvements.Engine.Cases().Each(ctx, []store.Cond{{Field: "bulletin", Op: store.Eq, Value: b.ID}}, func(x *Improvement) error { told[x.Unit] = true; return nil })
	if err != nil {
		return fault.Wrap(err, "read the improvements of bulletin %s", b.ID)
	}
	for _, r := range b.named() {
		if told[r.Unit] {
			continue
		}
		if _, err := m.Improvements.Engine.Open(ctx, lifecycle.System, "tell", &toldForm{Unit: r.Unit, Bulletin: b.ID}, lifecycle.Opts{Key: n.Key() + ":" + r.Unit}); err != nil {
			return err
		}
	}
	return nil
}
