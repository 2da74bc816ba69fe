package items

import (
	"context"
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// What items offers to other modules, in plain types.

// Brief tells what an item is: its department, title, state and communities.
func (m *Items) Brief(ctx context.Context, id string) (department, title, state string, communities []string, err error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", "", nil, err
	}
	return it.Department, it.Title, it.State, it.communities(), nil
}

// Part tells how an item stands in one community: its state there, whether the
// money that the gate demands is confirmed, and for how many working days the
// oldest instalment has been owed.
func (m *Items) Part(ctx context.Context, id, community string) (state string, moneyIn bool, overdueWorkdays int, err error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", false, 0, err
	}
	p := it.part(community)
	if p == nil {
		return "", false, 0, fault.Missing("item")
	}
	now := m.Resource.Engine.Now()
	state = p.State
	if it.State == "ended" {
		state = "ended"
	}
	return state, !short(it, p, now), overdueDays(it, p, m.Resource.Calendar(), now), nil
}

// Staff tells who moves with the item's function (R8), "" when nobody does,
// and whether the committee of a community has confirmed that they are there.
func (m *Items) Staff(ctx context.Context, id, community string) (staff string, in bool, err error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", false, err
	}
	p := it.part(community)
	return it.Staff, p != nil && p.StaffIn, nil
}

// Engage writes on the item's own record that somebody's act depends on its
// part being in force, and fails (item.not_in_force, R6) unless it is. Whoever
// needs that calls it first: the record, not the index, decides the race
// against a suspension. The key makes it safe to repeat.
func (m *Items) Engage(ctx context.Context, id, community, key, note string) error {
	return m.need(ctx, id, "engage", community, key, note)
}

// Owe is Engage for whoever pays: it also stands for a part that is pending or
// suspended, because money is what such a part may be waiting for.
func (m *Items) Owe(ctx context.Context, id, community, key, note string) error {
	return m.need(ctx, id, "owe", community, key, note)
}

func (m *Items) need(ctx context.Context, id, act, community, key, note string) error {
	_, err := m.Resource.Engine.Act(ctx, lifecycle.System, id, act, &needForm{Community: community, Note: note}, lifecycle.Opts{Key: key})
	return err
}

// RatedItem is an item that must be rated (R9), with the communities whose
// committees rate it.
type RatedItem struct {
	ID, Title, Department string
	Communities           []string
}

// Rated gives the items at work anywhere in a district at some time from one
// moment to another: no department can opt out.
func (m *Items) Rated(ctx context.Context, district string, from, to time.Time) ([]RatedItem, error) {
	var out []RatedItem
	where := []store.Cond{{Field: "district", Op: store.Eq, Value: district}, {Field: "until", Op: store.Gte, Value: store.Stamp(from)}}
	err := m.Resource.Engine.Cases().Each(ctx, where, func(it *Item) error {
		if cs := it.atWork(from, to); len(cs) > 0 {
			out = append(out, RatedItem{ID: it.ID, Title: it.Title, Department: it.Department, Communities: cs})
		}
		return nil
	})
	return out, fault.Wrap(err, "list rated items of %s", district)
}

func (it *Item) atWork(from, to time.Time) []string {
	if !it.EndedAt.IsZero() && it.EndedAt.Before(from) || it.Start.After(to) {
		return nil
	}
	var out []string
	for _, p := range it.Parts {
		left := p.State == withdrawn && p.Since.Before(from)
		if !p.ActiveAt.IsZero() && !p.ActiveAt.After(to) && !left {
			out = append(out, p.Community)
		}
	}
	return out
}

// ofDepartment are the items of a department that have not left.
func (m *Items) ofDepartment(ctx context.Context, department string) ([]*Item, error) {
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 200, Where: []store.Cond{
		{Field: "department", Op: store.Eq, Value: department}, {Field: "state", Op: store.Ne, Value: withdrawn}}})
	return its, fault.Wrap(err, "list items of %s", department)
}

// At lists the ids of the items of a community, whatever their state, the
// newest first.
func (m *Items) At(ctx context.Context, community string) ([]string, error) {
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 500, Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}}})
	if err != nil {
		return nil, fault.Wrap(err, "list items of %s", community)
	}
	out := make([]string, len(its))
	for i, it := range its {
		out[i] = it.ID
	}
	return out, nil
}

// Duty tells by which entry of the item lists an item is called on, "" when it
// was admitted by an application; where, and from when.
func (m *Items) Duty(ctx context.Context, id string) (department, entry string, communities []string, start time.Time, err error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", nil, time.Time{}, err
	}
	return it.Department, it.Entry, it.communities(), it.Start, nil
}

// Standing lists the entries of the item lists that the items of a department,
// "" of any, stand on in a community now.
func (m *Items) Standing(ctx context.Context, department, community string) (entries []string, err error) {
	where := []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}, {Field: "state", Op: store.In, Value: live}}
	if department != "" {
		where = append(where, store.Cond{Field: "department", Op: store.Eq, Value: department})
	}
	its, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 500, Where: where})
	if err != nil {
		return nil, fault.Wrap(err, "list duties in %s", community)
	}
	for _, it := range its {
		p := it.part(community)
		if it.Entry != "" && p != nil && p.State != withdrawn && !slices.Contains(entries, it.Entry) {
			entries = append(entries, it.Entry)
		}
	}
	return entries, nil
}

// Overdue tells whether money is past its grace in any community (R45).
func (m *Items) Overdue(ctx context.Context, id string) (bool, error) {
	it, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(it.live(), func(p *Part) bool { return p.Overdue }), nil
}
