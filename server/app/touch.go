package app

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/modules/street/certificates"
	"gatehouse/modules/street/ledgers"
	"gatehouse/modules/street/plaques"
	"gatehouse/modules/street/windows"
	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// openTouch opens the modules of the burden that one can touch: what hangs on
// the wall, who sits at the window, what is filled in, what is stamped.
func (m *Modules) openTouch(ctx context.Context, h *portal.Portal) (err error) {
	if m.Windows, err = windows.New(ctx, h, windows.Asks{Brief: m.Items.Brief, Part: m.Items.Part, Engage: m.Items.Engage, Items: m.itemsOf}); err != nil {
		return err
	}
	if m.Plaques, err = plaques.New(ctx, h, plaques.Asks{Brief: m.Items.Brief, Part: m.Items.Part, Engage: m.Items.Engage, Decided: m.plaqueOf,
		WindowOf: m.Windows.About, Communities: m.Directory.Communities}); err != nil {
		return err
	}
	if m.Ledgers, err = ledgers.New(ctx, h, ledgers.Asks{Brief: m.Items.Brief, Part: m.Items.Part, Kinds: m.kinds}); err != nil {
		return err
	}
	if m.Certificates, err = certificates.New(ctx, h, certificates.Asks{District: m.Directory.District}); err != nil {
		return err
	}
	m.all = append(m.all, m.Plaques.Module(), m.Certificates.Module())
	return nil
}

// plaqueOf tells where the decision on an item lets a plaque hang.
func (m *Modules) plaqueOf(ctx context.Context, item string) (string, error) {
	it, err := m.Items.Resource.Engine.Cases().Get(ctx, item)
	if err != nil {
		return "", err
	}
	return it.Plaque, nil
}

// mostOffered items stand in a form.
const mostOffered = 200

// itemsOf gives the items that have not left, of departments or in communities.
func (m *Modules) itemsOf(ctx context.Context, departments, communities []string) (ids, titles []string, err error) {
	q := store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: []string{"pending", "active", "suspended", "rectifying", "expiring"}}}, Sort: "-id", Limit: mostOffered}
	if len(departments) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "department", Op: store.In, Value: departments}})
	}
	if len(communities) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "scope", Op: store.HasAny, Value: communities}})
	}
	its, err := m.Items.Resource.Engine.Cases().Find(ctx, q)
	for _, it := range its {
		ids, titles = append(ids, it.ID), append(titles, it.No+" "+it.Title)
	}
	return ids, titles, fault.Wrap(err, "list items of %v in %v", departments, communities)
}
