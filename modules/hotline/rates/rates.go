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

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what the rates need of other modules, in plain types.
type Asks struct {
	// Measures streams what the orders of a month, 2006-01, say of their units.
	Measures func(ctx context.Context, month string, f func(Measure) error) error
	// District gives the districts of the city.
	District func() []string
}

// Rates is the module.
type Rates struct {
	Bulletins    *portal.Resource[Bulletin]
	Improvements *portal.Resource[Improvement]
	accounts     *store.Collection[account]
	h            *portal.Portal
	asks         Asks
}

var zone = calendar.City

// New opens the desks of bulletins and improvements.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Rates, error) {
	m := &Rates{h: h, asks: asks}
	var err error
	if m.accounts, err = openAccounts(ctx, h.Store); err != nil {
		return nil, err
	}
	if m.Bulletins, err = portal.NewResource(ctx, h, m.bulletins()); err != nil {
		return nil, err
	}
	if m.Improvements, err = portal.NewResource(ctx, h, m.improvements()); err != nil {
		return nil, err
	}
	m.dress()
	h.Offer("rate_months", m.months)
	h.Bus.OnName("bulletin.published", m.tell)
	h.Bus.OnName("bulletin.corrected", m.tell)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/bulletins", LabelKey: "bulletins.title", Order: 13})
	h.Menu(portal.MenuEntry{Href: "/improvements", LabelKey: "improvements.title", Order: 69, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "hotline_head", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}

// Module gives what the house serves beside the desks.
func (m *Rates) Module() portal.Module {
	return portal.Module{Name: "rates", Routes: func(r fiber.Router) {
		r.Get("/bulletins/:id/rates.xlsx", m.workbook)
		r.Get("/bulletins/:id/entries", m.behindPage)
		r.Get("/api/v1/bulletins/:id/entries", m.behindPage)
	}}
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

func (m *Rates) district() string {
	if ds := m.asks.District(); len(ds) > 0 {
		return ds[0]
	}
	return ""
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
func (m *Rates) tell(ctx context.Context, ev lifecycle.News) error {
	b, err := m.Bulletins.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read bulletin %s", ev.Case)
	}
	told := map[string]bool{}
	err = m.Improvements.Engine.Cases().Each(ctx, []store.Cond{{Field: "bulletin", Op: store.Eq, Value: b.ID}}, func(x *Improvement) error { told[x.Unit] = true; return nil })
	if err != nil {
		return fault.Wrap(err, "read the improvements of bulletin %s", b.ID)
	}
	for _, r := range b.Rows {
		if len(r.Below) == 0 || told[r.Unit] {
			continue
		}
		if _, err := m.Improvements.Engine.Open(ctx, lifecycle.System, "tell", &toldForm{Unit: r.Unit, Bulletin: b.ID}, lifecycle.Opts{Key: "event:" + ev.ID + ":" + r.Unit}); err != nil {
			return err
		}
	}
	return nil
}
