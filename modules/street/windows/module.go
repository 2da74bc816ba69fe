package windows

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what windows need of other modules, in plain types.
type Asks struct {
	// Brief tells whose an item is and what it is called.
	Brief func(ctx context.Context, item string) (department, title, state string, communities []string, err error)
	// Part tells how an item stands in one community; not found where it was never admitted.
	Part func(ctx context.Context, item, community string) (state string, moneyIn bool, overdueWorkdays int, err error)
	// Engage fails unless the item is in force there, by the item's own record.
	Engage func(ctx context.Context, item, community, key, note string) error
	// Items gives the items that have not left, of departments or in communities.
	Items func(ctx context.Context, departments, communities []string) (ids, titles []string, err error)
}

// Windows is the module.
type Windows struct {
	Asks
	Resource *portal.Resource[Window]
}

// New opens the desk of windows.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Windows, error) {
	m := &Windows{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns, d.Detail = m.columns(), m.detail
	d.Filters = map[string]string{"community": "community"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Window) web.Values{"propose": m.startPropose, "change": startChange}
	h.Offer("service_items", m.serviceItems)
	h.Offer("service_windows", m.serviceWindows)
	h.Bus.On("item.withdrawn", m.left)
	h.Bus.On("item.ended", m.left)
	h.Menu(portal.MenuEntry{Href: "/windows", LabelKey: "windows.title", Order: 84})
	return m, nil
}

// About tells other modules where a window is, whose it is, and its state.
func (m *Windows) About(ctx context.Context, id string) (community, department, state string, err error) {
	w, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", "", err
	}
	return w.Community, w.Department, w.State, nil
}

// left takes an item off the windows where it served, when it leaves a
// community or all of them.
func (m *Windows) left(ctx context.Context, ev lifecycle.Event) error {
	where := []store.Cond{{Field: "items", Op: store.Has, Value: []string{ev.Case}}, {Field: "state", Op: store.Ne, Value: closed}}
	if ev.Ref != "" {
		where = append(where, store.Cond{Field: "community", Op: store.Eq, Value: ev.Ref})
	}
	return m.Resource.Engine.Cases().Each(ctx, where, func(w *Window) error {
		_, err := m.Resource.Engine.Act(ctx, lifecycle.System, w.ID, "lose", &newsForm{Item: ev.Case}, lifecycle.Opts{Key: "event:" + ev.ID})
		if fault.Is(err, fault.Conflict) { // closed meanwhile
			return nil
		}
		return err
	})
}

// own are the departments and communities whose cases the visitor handles.
func (m *Windows) own(v portal.Visitor) (departments, communities []string) {
	for _, o := range m.Resource.OwnDepartments(v, "dept_clerk") {
		departments = append(departments, o.Value)
	}
	for _, o := range m.Resource.OwnPlaces(v, "committee_staff") {
		communities = append(communities, o.Value)
	}
	return departments, communities
}

// serviceItems are the items that the visitor's departments, or others in the
// visitor's communities, do.
func (m *Windows) serviceItems(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	departments, communities := m.own(v)
	if len(departments)+len(communities) == 0 {
		return nil, nil
	}
	ids, titles, err := m.Items(ctx, departments, communities)
	out := make([]web.Option, len(ids))
	for i, id := range ids {
		out[i] = web.Option{Value: id, Text: titles[i]}
	}
	return out, err
}

// mostWindows are offered in a form.
const mostWindows = 200

// serviceWindows are the windows of the visitor's departments and communities.
func (m *Windows) serviceWindows(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	departments, communities := m.own(v)
	q := store.Query{Where: []store.Cond{{Field: "state", Op: store.Ne, Value: closed}}, Sort: "id", Limit: mostWindows}
	if len(departments) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "department", Op: store.In, Value: departments}})
	}
	if len(communities) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "community", Op: store.In, Value: communities}})
	}
	if len(q.Any) == 0 {
		return nil, nil
	}
	ws, err := m.Resource.Engine.Cases().Find(ctx, q)
	if err != nil {
		return nil, fault.Wrap(err, "list windows")
	}
	out := make([]web.Option, len(ws))
	for i, w := range ws {
		out[i] = web.Option{Value: w.ID, Text: w.No + " " + w.Name, Group: m.Resource.Names.Place(v.Lang, w.Community)}
	}
	return out, nil
}

func (m *Windows) startPropose(_ context.Context, v portal.Visitor, _ *Window) web.Values {
	out := web.Values{}
	departments, communities := m.own(v)
	if len(departments) == 1 {
		out["department"] = departments
	}
	if len(communities) == 1 {
		out["community"] = communities
	}
	return out
}

func startChange(_ context.Context, _ portal.Visitor, w *Window) web.Values {
	return web.Values{"staff": {w.Staff}, "hours_a_week": {strconv.FormatInt(w.Hours, 10)}, "times": {w.Times}, "queue": {w.Queue}}
}

func (m *Windows) columns() []portal.Column[Window] {
	return []portal.Column[Window]{
		{Key: "case.community", Cell: func(v portal.Visitor, w *Window) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Place(v.Lang, w.Community))
		}},
		{Key: "case.department", Cell: func(v portal.Visitor, w *Window) template.HTML { return portal.Text(v.Lang, m.whose(v.Lang, w)) }},
		{Key: "window.hours_a_week", Num: true, Cell: func(v portal.Visitor, w *Window) template.HTML {
			return portal.Text(v.Lang, portal.Count(w.Hours))
		}},
	}
}

func (m *Windows) whose(l web.Lang, w *Window) string {
	if w.Department == "" {
		return l.T("window.committees_own")
	}
	return m.Resource.Names.Department(l, w.Department)
}

func (m *Windows) detail(ctx context.Context, v portal.Visitor, w *Window) (template.HTML, error) {
	l := v.Lang
	var items []template.HTML
	for _, id := range w.Items {
		_, title, _, _, err := m.Brief(ctx, id)
		if err != nil {
			return "", fault.Wrap(err, "read item %s", id)
		}
		items = append(items, portal.In(l, func(h *web.H) { h.Add(web.Link("/items/"+id, title)); h.Raw(`<br>`) }))
	}
	return web.Summary(l, portal.Filled(
		portal.Pair(l, "case.community", m.Resource.Names.Place(l, w.Community)),
		portal.Pair(l, "case.department", m.whose(l, w)),
		web.Pair{Key: "window.items", Value: web.Join(items...)},
		portal.Pair(l, "window.staff", w.Staff),
		portal.Pair(l, "window.hours_a_week", strconv.FormatInt(w.Hours, 10)),
		portal.Pair(l, "window.times", w.Times),
		web.Pair{Key: "window.queue", Value: web.Text(w.Queue)},
		portal.Pair(l, "case.rule", portal.Rule(l, "R40")))...), nil
}
