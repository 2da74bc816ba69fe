package plaques

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/modules/street/windows"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Plaques is the module.
type Plaques struct {
	*portal.Resource[Plaque]
	items   *items.Items
	windows *windows.Windows
}

// New opens the plaques.
func New(ctx context.Context, h *portal.Portal, its *items.Items, ws *windows.Windows) (m *Plaques, err error) {
	m = &Plaques{items: its, windows: ws}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Offer("plaque_communities", m.finding)
	items.Withdrawn.On(h.Bus, func(ctx context.Context, n lifecycle.News, x items.Leaving) error {
		return m.leave(ctx, n, "item", x.Community)
	})
	items.Ended.On(h.Bus, func(ctx context.Context, n lifecycle.News, _ items.Leaving) error { return m.leave(ctx, n, "item", "") })
	windows.Closed.On(h.Bus, func(ctx context.Context, n lifecycle.News, _ windows.Closing) error {
		return m.leave(ctx, n, "service_window", "")
	})
	h.Menu(portal.MenuEntry{Href: "/plaques", LabelKey: "plaques.title", Order: 82})
	h.Add(portal.Module{Name: "plaques", Routes: func(r fiber.Router) {
		r.Get("/plaques/cleanup", m.cleanupPage)
		r.Get("/api/v1/plaques/cleanup", m.cleanupAPI)
	}})
	return m, nil
}

// HangingOf counts an item's plaques that still hang in communities, also those
// that have been told to go.
func (m *Plaques) HangingOf(ctx context.Context, item string, communities []string) (int, error) {
	if len(communities) == 0 {
		return 0, nil
	}
	n, err := m.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "item", Op: store.Eq, Value: item},
		onWall, {Field: "community", Op: store.In, Value: communities}}})
	return int(n), fault.Wrap(err, "count the plaques of item %s", item)
}

// leave takes down what hung on the strength of an item or at a window that is
// no more, in a community or, "", everywhere.
func (m *Plaques) leave(ctx context.Context, n lifecycle.News, field, community string) error {
	where := []store.Cond{{Field: field, Op: store.Eq, Value: n.Case}, {Field: "state", Op: store.In, Value: hanging}}
	if community != "" {
		where = append(where, store.Cond{Field: "community", Op: store.Eq, Value: community})
	}
	return m.Each(ctx, n, where, "order_removal", &whyForm{Why: n.Name})
}

// finding are the communities where the visitor may record what hangs there.
func (m *Plaques) finding(_ context.Context, v portal.Visitor) ([]web.Option, error) {
	out := m.OwnPlaces(v, "committee_staff")
	for _, s := range m.OwnPlaces(v, "street_cadre") {
		for _, c := range m.City.Communities(s.Value) {
			out = append(out, web.Option{Value: c, Text: m.Names.Place(v.Lang, c)})
		}
	}
	return out, nil
}
