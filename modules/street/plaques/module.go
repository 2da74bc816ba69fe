package plaques

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Plaques is the module.
type Plaques struct {
	Asks
	Resource *portal.Resource[Plaque]
}

// New opens the desk of plaques.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Plaques, error) {
	m := &Plaques{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	h.Offer("plaque_communities", m.finding)
	h.Bus.OnName("item.withdrawn", m.leave("item", "item.withdrawn"))
	h.Bus.OnName("item.ended", m.leave("item", "item.ended"))
	h.Bus.OnName("window.closed", m.leave("service_window", "window.closed"))
	h.Menu(portal.MenuEntry{Href: "/plaques", LabelKey: "plaques.title", Order: 82})
	return m, nil
}

// Module gives what the house serves. Its routes stand before the desk's:
// /plaques/cleanup would else be taken for a plaque.
func (m *Plaques) Module() portal.Module { return portal.Module{Name: "plaques", Routes: m.routes} }

func (m *Plaques) routes(r fiber.Router) {
	r.Get("/plaques/cleanup", m.cleanupPage)
	r.Get("/api/v1/plaques/cleanup", m.cleanupAPI)
}

// HangingOf counts an item's plaques that still hang in communities, also those
// that have been told to go.
func (m *Plaques) HangingOf(ctx context.Context, item string, communities []string) (int, error) {
	if len(communities) == 0 {
		return 0, nil
	}
	n, err := m.Resource.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "item", Op: store.Eq, Value: item},
		onWall, {Field: "community", Op: store.In, Value: communities}}})
	return int(n), fault.Wrap(err, "count the plaques of item %s", item)
}

// leave takes down what hung on the strength of an item or at a window that is
// no more, in the community that the event is about or everywhere.
func (m *Plaques) leave(field, why string) func(context.Context, lifecycle.News) error {
	return func(ctx context.Context, ev lifecycle.News) error {
		where := []store.Cond{{Field: field, Op: store.Eq, Value: ev.Case}, {Field: "state", Op: store.In, Value: hanging}}
		if ev.Ref != "" {
			where = append(where, store.Cond{Field: "community", Op: store.Eq, Value: ev.Ref})
		}
		return m.Resource.Engine.Cases().Each(ctx, where, func(p *Plaque) error {
			in := &whyForm{Why: why}
			_, err := m.Resource.Engine.Act(ctx, lifecycle.System, p.ID, "order_removal", in, lifecycle.Opts{Key: "event:" + ev.ID})
			if fault.Is(err, fault.Conflict) { // taken down meanwhile
				return nil
			}
			return err
		})
	}
}

// finding are the communities where the visitor may record what hangs there.
func (m *Plaques) finding(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	out := m.Resource.OwnPlaces(v, "committee_staff")
	for _, s := range m.Resource.OwnPlaces(v, "street_cadre") {
		for _, c := range m.Communities(s.Value) {
			out = append(out, web.Option{Value: c, Text: m.Resource.Names.Place(v.Lang, c)})
		}
	}
	return out, nil
}
