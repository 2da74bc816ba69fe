package windows

import (
	"context"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Windows is the module.
type Windows struct {
	*portal.Resource[Window]
	items *items.Items
}

// New opens the windows.
func New(ctx context.Context, h *portal.Portal, its *items.Items) (m *Windows, err error) {
	m = &Windows{items: its}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Offer("service_items", m.serviceItems)
	m.Choose("service_windows", store.Cond{Field: "state", Op: store.Ne, Value: closed})
	items.Withdrawn.On(h.Bus, func(ctx context.Context, n lifecycle.News, x items.Leaving) error { return m.lost(ctx, n, x.Community) })
	items.Ended.On(h.Bus, func(ctx context.Context, n lifecycle.News, _ items.Leaving) error { return m.lost(ctx, n, "") })
	h.Menu(portal.MenuEntry{Href: "/windows", LabelKey: "windows.title", Order: 84})
	return m, nil
}

// lost takes an item off the windows where it served, when it leaves a
// community or, "", all of them.
func (m *Windows) lost(ctx context.Context, n lifecycle.News, community string) error {
	where := []store.Cond{{Field: "items", Op: store.Has, Value: []string{n.Case}}, {Field: "state", Op: store.Ne, Value: closed}}
	if community != "" {
		where = append(where, store.Cond{Field: "community", Op: store.Eq, Value: community})
	}
	return m.Each(ctx, n, where, "lose", &lossForm{Item: items.Ref(n.Case)})
}

// serviceItems are the items that the visitor's departments, or others in the
// visitor's communities, do.
func (m *Windows) serviceItems(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	its, err := m.items.Of(ctx, m.Own(v, "dept_clerk"), m.Own(v, "committee_staff"))
	return items.Options(its), err
}

// About tells of a window; not found when there is none.
func (m *Windows) About(ctx context.Context, id string) (*Window, error) {
	return m.Engine.Get(ctx, lifecycle.System, id)
}

// Serves tells whether a window is open.
func (m *Windows) Serves(ctx context.Context, id string) (bool, error) {
	w, err := m.About(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return err == nil && w.State == open, err
}
