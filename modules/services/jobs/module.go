package jobs

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/modules/services/vendors"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Jobs is the module.
type Jobs struct {
	*portal.Resource[Job]
	Funds   *portal.Resource[Fund]
	counted *portal.Counted[Job]
	orders  *orders.Orders
	vendors *vendors.Vendors
}

// New opens the jobs and free funds.
func New(ctx context.Context, h *portal.Portal, os *orders.Orders, vs *vendors.Vendors) (*Jobs, error) {
	m := &Jobs{orders: os, vendors: vs}
	var err error
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	if m.Funds, err = portal.Declare(ctx, h, m.funds()); err != nil {
		return nil, err
	}
	door := m.door()
	m.counted = m.behind()
	h.Add(portal.Module{Name: "jobs", Uploads: door.Uploads(), Routes: func(r fiber.Router) {
		door.Routes(r)
		m.counted.Routes(r)
		r.Get("/surplus", m.surplus)
		r.Get("/api/v1/surplus", m.surplus)
	}})
	h.Offer("orders_for_vendors", m.waiting)
	h.Offer("free_funds", m.openFunds)
	m.listen()
	for _, e := range []portal.MenuEntry{{Href: "/jobs", LabelKey: "jobs.title", Order: 15}, {Href: "/free_funds", LabelKey: "free_funds.title", Order: 73}} {
		e.Show = func(v portal.Visitor) bool {
			return h.Holds(v.Actor, "vendor", "vendor_manager", "dispatcher", "operator", "auditor")
		}
		h.Menu(e)
	}
	h.Menu(portal.MenuEntry{Href: "/surplus", LabelKey: "surplus.title", Order: 74})
	return m, nil
}

// waiting offers the social requests that wait for a vendor.
func (m *Jobs) waiting(ctx context.Context, v portal.Visitor) (out []web.Option, err error) {
	p, err := m.orders.Resource.Engine.List(ctx, lifecycle.System, lifecycle.Find{Sort: "due", Limit: 100,
		Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "triaged"}, {Field: "stream", Op: store.Eq, Value: portal.Social}}})
	for _, o := range p.Cases {
		out = append(out, web.Option{Value: o.ID, Text: o.No + " " + v.Lang.T("category."+o.Category) + " · " + m.Names.Place(v.Lang, o.Community)})
	}
	return out, err
}

// openFunds offers the funds that take jobs.
func (m *Jobs) openFunds(ctx context.Context, _ portal.Visitor) (out []web.Option, err error) {
	fs, err := m.Funds.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "open"}}, Sort: "id", Limit: 100})
	for _, f := range fs {
		out = append(out, web.Option{Value: f.ID, Text: f.Name})
	}
	return out, fault.Wrap(err, "list the free funds")
}

// turn gives the vendors in the order in which they are asked, and why: the
// customer's wish, then who serves the community with a good score, then who
// has waited longest for a job.
func (m *Jobs) turn(ctx context.Context, class, community, wish string, good int64) ([]Try, error) {
	cs, err := m.vendors.Candidates(ctx, class, community)
	if err != nil {
		return nil, err
	}
	type ranked struct {
		Try
		group int
		last  time.Time
	}
	var all []ranked
	for _, c := range cs {
		r := ranked{Try: Try{Vendor: c.ID, Why: "turn"}, group: 2}
		switch {
		case c.ID == wish:
			r.group, r.Why = 0, "wish"
		case c.Serves && c.Score >= good:
			r.group, r.Why = 1, "near"
		}
		js, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: c.ID}}, Sort: "-id", Limit: 1})
		if err != nil {
			return nil, fault.Wrap(err, "find the last job of %s", c.ID)
		}
		if len(js) > 0 {
			r.last = js[0].OpenedAt
			at := js[0].OpenedAt
			r.Last = &at
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.group, b.group), a.last.Compare(b.last)) })
	out := make([]Try, len(all))
	for i, r := range all {
		out[i] = r.Try
	}
	return out, nil
}
