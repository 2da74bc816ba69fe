package items

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// What modules above ask of items. Nobody's sight is checked: whoever shows an
// answer to somebody asks the gate first.

// Ref is the id of an item, as other cases keep it.
type Ref = portal.Ref[Item]

// Brief is what others need to know of an item as a whole.
type Brief struct {
	ID, No, Title, Department, State string
	Delivery                         string // sheet or contract pays for it (R5)
	Plaque                           string // where the decision lets one hang
	Kinds, Communities               []string
}

// About tells of an item; not found when there is none.
func (m *Items) About(ctx context.Context, id string) (Brief, error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return Brief{}, err
	}
	return it.brief(), nil
}

func (it *Item) brief() Brief {
	return Brief{ID: it.ID, No: it.No, Title: it.Title, Department: it.Department, State: it.State, Delivery: it.Delivery, Plaque: it.Plaque,
		Kinds: it.Kinds, Communities: it.communities()}
}

// Standing is how an item stands in one community.
type Standing struct {
	State           string // pending, active, suspended, withdrawn, ended
	MoneyIn         bool   // what the gate demands is confirmed by who was paid
	OverdueWorkdays int    // of the oldest instalment that is owed
	PowersIn        bool   // the committee has confirmed them
	Staff           string // who moves with the function (R8), "" nobody
	StaffIn         bool   // the committee has confirmed that they are there
}

// Stands tells how an item stands in a community; not found where it was never
// admitted.
func (m *Items) Stands(ctx context.Context, id, community string) (Standing, error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return Standing{}, err
	}
	p := it.part(community)
	if p == nil {
		return Standing{}, fault.Missing("item")
	}
	now := m.Resource.Engine.Now()
	s := Standing{State: p.State, MoneyIn: !short(it, p, now), OverdueWorkdays: overdueDays(it, p, m.Resource.Calendar(), now),
		PowersIn: p.PowersIn, Staff: it.Staff, StaffIn: p.StaffIn}
	if it.State == "ended" {
		s.State = "ended"
	}
	return s, nil
}

// Owing is one instalment of an item as it is owed to a community.
type Owing struct {
	Brief
	Amount schema.Fen
	Payee  string // community, street, provider
}

// Owes tells of an instalment, the first is 1; not ok when there is none there.
func (m *Items) Owes(ctx context.Context, id, community string, instalment int) (d Owing, ok bool, err error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return Owing{}, false, err
	}
	d.Brief = it.brief()
	if it.part(community) == nil || instalment < 1 || instalment > len(it.Instalments) {
		return d, false, nil
	}
	x := it.Instalments[instalment-1]
	d.Amount, d.Payee = x.Amount, x.Payee
	return d, true, nil
}

// mostListed items stand in a form.
const mostListed = 200

// Of lists the items that have not left, of departments or in communities, the
// newest first.
func (m *Items) Of(ctx context.Context, departments, communities []string) ([]Brief, error) {
	q := store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: []string{"pending", "active", "suspended", "rectifying", "expiring"}}}, Sort: "-id", Limit: mostListed}
	if len(departments) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "department", Op: store.In, Value: departments}})
	}
	if len(communities) > 0 {
		q.Any = append(q.Any, []store.Cond{{Field: "scope", Op: store.HasAny, Value: communities}})
	}
	if len(q.Any) == 0 {
		return nil, nil
	}
	return m.briefs(ctx, q)
}

// WorkingAt lists the items at work in a community, of which somebody may have
// seen something.
func (m *Items) WorkingAt(ctx context.Context, community string) ([]Brief, error) {
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}}, Sort: "-id", Limit: 100})
	if err != nil {
		return nil, fault.Wrap(err, "list the items of %s", community)
	}
	its = slices.DeleteFunc(its, func(it *Item) bool {
		p := it.part(community)
		return p == nil || p.State == "pending" || p.State == "withdrawn"
	})
	return briefs(its), nil
}

func (m *Items) briefs(ctx context.Context, q store.Query) ([]Brief, error) {
	its, err := m.Resource.Engine.Cases().Find(ctx, q)
	if err != nil {
		return nil, fault.Wrap(err, "list items")
	}
	return briefs(its), nil
}

func briefs(its []*Item) []Brief {
	out := make([]Brief, len(its))
	for i, it := range its {
		out[i] = it.brief()
	}
	return out
}

// Options words items as choices of a form.
func Options(bs []Brief) []web.Option {
	out := make([]web.Option, len(bs))
	for i, b := range bs {
		out[i] = web.Option{Value: b.ID, Text: b.No + " " + b.Title}
	}
	return out
}
