package dispatch

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Dispatch is the module.
type Dispatch struct {
	*portal.Resource[Rule]
	// Past gives old orders of a category in a place since a moment, the newest
	// first, at most so many; more tells whether there are others.
	Past   *portal.Slot[func(ctx context.Context, category, place string, since time.Time, most int) (past []Past, more bool, err error)]
	memory memory
}

// New opens the dispatch rules.
func New(ctx context.Context, h *portal.Portal) (m *Dispatch, err error) {
	m = &Dispatch{Past: portal.NewSlot[func(context.Context, string, string, time.Time, int) ([]Past, bool, error)](h, "dispatch.Past")}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	m.Mirror(m.memory.learn, store.Cond{Field: "version", Op: store.Gt, Value: int64(0)})
	Enforced.On(h.Bus, m.supersede)
	h.Offer("dispatch_categories", func(_ context.Context, v portal.Visitor) ([]web.Option, error) { return categories(v.Lang), nil })
	h.Offer("dispatch_places", m.places)
	// Before the resource's own routes, which would take "lookup" for a rule.
	h.Add(portal.Module{Name: "dispatch", Routes: func(r fiber.Router) {
		r.Get("/dispatch_rules/lookup", m.lookupPage)
		r.Get("/api/v1/dispatch_rules/lookup", m.lookupAPI)
	}})
	h.Menu(portal.MenuEntry{Href: "/dispatch_rules", LabelKey: "dispatch_rules.title", Order: 64, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "street_cadre", "dept_clerk", "auditor")
	}})
	return m, nil
}

// categories are named with their codes, which dispatchers know.
func categories(l web.Lang) []web.Option {
	out := portal.CategoryOptions(l)
	for i := range out {
		out[i].Text = out[i].Value + " " + out[i].Text
	}
	return out
}

// places are all districts, streets and communities.
func (m *Dispatch) places(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	all, err := m.Options(ctx, v, "areas")
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, o := range all["areas"] {
		if m.City.Level(o.Value) != "city" {
			out = append(out, o)
		}
	}
	return out, nil
}
