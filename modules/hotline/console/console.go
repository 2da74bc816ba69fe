// Package console is where the hotline's operators work, from the keyboard
// alone: who is calling, the order being written, and what helps to
// write it.
//
// Words: a draft is an order somebody is typing. It is saved at every pause, so
// that neither a second call nor a crash loses it, and it is gone once it is
// filed. A seat says whether an operator takes calls or has a break. A handover
// note is what one shift tells the next.
package console

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Topic is what the console's pages hear of beside calls.
const Topic = "orders"

// Console is the module.
type Console struct {
	Handovers *portal.Resource[Handover]
	h         *portal.Portal
	orders    *orders.Orders
	knowledge *knowledge.Knowledge
	dispatch  *dispatch.Dispatch
	gazetteer *gazetteer.Gazetteer
	calls     *calls.Calls
	drafts    *store.Collection[Draft]
	seats     *store.Collection[Seat]
}

// New opens the console.
func New(ctx context.Context, h *portal.Portal, o *orders.Orders, k *knowledge.Knowledge, d *dispatch.Dispatch, g *gazetteer.Gazetteer, c *calls.Calls) (m *Console, err error) {
	m = &Console{h: h, orders: o, knowledge: k, dispatch: d, gazetteer: g, calls: c}
	if m.drafts, err = store.Open(ctx, h.Store, draftSpec, func(d *Draft) map[string]any {
		return map[string]any{"owner": d.Owner, "touched": store.Stamp(d.Changed)}
	}); err != nil {
		return nil, fault.Wrap(err, "open the drafts")
	}
	if m.seats, err = store.Open(ctx, h.Store, store.Spec{Name: "seats", Fields: []store.Field{{Name: "since"}}, Indexes: []store.Index{{Name: "since", Fields: []string{"since"}}}},
		func(s *Seat) map[string]any { return map[string]any{"since": store.Stamp(s.Since)} }); err != nil {
		return nil, fault.Wrap(err, "open the seats")
	}
	if m.Handovers, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, fault.Wrap(err, "open the handover notes")
	}
	h.Topic(Topic, "console.see")
	o.Mirror(m.tell, store.Cond{Field: "state", Op: store.Eq, Value: "new"})
	h.Every(time.Hour, "drop old drafts", m.sweep)
	h.Add(portal.Module{Name: "console", Routes: func(r fiber.Router) {
		r.Get("/console", m.page)
		r.Get("/console/ringing", m.ringingPart)
		r.Get("/console/queue", m.queuePart)
		r.Post("/console/drafts", m.begin)
		r.Post("/console/drafts/:id", m.save)
		r.Post("/console/calls/:id/take", m.take)
		r.Post("/console/seat", m.sit)
	}})
	for _, e := range []portal.MenuEntry{{Href: "/console", LabelKey: "console.title", Order: 5}, {Href: "/handovers", LabelKey: "handovers.title", Order: 68}} {
		e.Show = func(v portal.Visitor) bool { return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head") }
		h.Menu(e)
	}
	return m, nil
}

// tell lets open pages hear of an order that this process or another has saved.
func (m *Console) tell(o *orders.Order) {
	fresh := 0
	if o.Revision == 1 {
		fresh = 1
	}
	var places []string
	if o.Community != "" {
		places = []string{o.Community}
	}
	m.h.Live.Tell(Topic, fresh, places...)
}

// may asks the gate: see to look, type to take calls.
func (m *Console) may(c *fiber.Ctx, act string) (portal.Visitor, error) {
	v := portal.Who(c)
	if e := m.h.May(v, "console."+act, lifecycle.Anywhere); e != nil {
		return v, e
	}
	return v, nil
}
