package agreements

import (
	"context"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// What the portal asks for by itself.

// called hears that a department calls on an entry of the assistance list:
// where no agreement of the year lists it, one is due.
func (m *Agreements) called(ctx context.Context, ev lifecycle.News) error {
	department, entry, communities, start, err := m.Duty(ctx, ev.Case)
	if err != nil || entry == "" {
		return err
	}
	if _, ok, err := m.assistance(ctx, entry); err != nil || !ok {
		return err
	}
	now := m.Resource.Engine.Now()
	if start.Before(now) {
		start = now
	}
	for _, community := range communities {
		in := &dueNews{Side: byDepartment, Department: department, Community: community, Year: yearOf(start), Entries: []string{entry}}
		if err := m.due(ctx, ev, in); err != nil {
			return err
		}
	}
	return nil
}

// due asks for an agreement on what no agreement of the year is about: in the
// case that waits for the same department there, or in a new one.
func (m *Agreements) due(ctx context.Context, ev lifecycle.News, in *dueNews) error {
	if err := m.uncovered(ctx, in); err != nil || len(in.Entries) == 0 {
		return err
	}
	o := lifecycle.Opts{Key: "event:" + ev.ID + ":" + in.Community}
	if in.Side == byDepartment {
		waiting, err := m.waiting(ctx, in)
		if err != nil {
			return err
		}
		if waiting != nil {
			_, err = m.Resource.Engine.Act(ctx, lifecycle.System, waiting.ID, "want", &entriesNews{in.Entries}, o)
			if !fault.Is(err, fault.Conflict) { // offered meanwhile: a case of its own
				return err
			}
		}
	}
	_, err := m.Resource.Engine.Open(ctx, lifecycle.System, "ask", in, o)
	return taken(err)
}

// taken: an event that comes twice finds what it did the first time.
func taken(err error) error {
	if err != nil && fault.As(err).Code == "lifecycle.key_reused" {
		return nil
	}
	return err
}

// uncovered keeps the entries that no running case of the year is about.
func (m *Agreements) uncovered(ctx context.Context, in *dueNews) error {
	covers := make([]string, len(in.Entries))
	for i, e := range in.Entries {
		covers[i] = key(in.Community, in.Year, e)
	}
	as, err := m.about(ctx, covers, running)
	in.Entries = slices.DeleteFunc(in.Entries, func(e string) bool {
		return slices.ContainsFunc(as, func(a *Agreement) bool { return a.lists(e) || a.wants(e) })
	})
	return err
}

// waiting is the case that is due from a department in a community and year.
func (m *Agreements) waiting(ctx context.Context, in *dueNews) (*Agreement, error) {
	as, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "id", Limit: most, Where: []store.Cond{{Field: "department", Op: store.Eq, Value: in.Department},
		{Field: "scope", Op: store.Has, Value: []string{in.Community}}, {Field: "state", Op: store.Eq, Value: "due"}}})
	if err != nil {
		return nil, fault.Wrap(err, "find what is due from %s", in.Department)
	}
	for _, a := range as {
		if a.Year == in.Year {
			return a, nil
		}
	}
	return nil, nil
}

// covered strikes what was signed out of the cases that still ask for it.
func (m *Agreements) covered(ctx context.Context, ev lifecycle.News) error {
	a, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read agreement %s", ev.Case)
	}
	others, err := m.about(ctx, a.covers(), []string{"due"})
	if err != nil {
		return err
	}
	in := &entriesNews{}
	for _, t := range a.Terms {
		in.Entries = append(in.Entries, t.Entry)
	}
	for _, o := range others {
		_, err := m.Resource.Engine.Act(ctx, lifecycle.System, o.ID, "cover", in, lifecycle.Opts{Key: "event:" + ev.ID})
		if err != nil && !fault.Is(err, fault.Conflict) { // offered meanwhile
			return err
		}
	}
	return nil
}

// yearOver asks for the next year's agreement on everything that still stands:
// what the old one was about, as long as it is on the list, and what the
// department calls on.
func (m *Agreements) yearOver(ctx context.Context, ev lifecycle.News) error {
	a, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read agreement %s", ev.Case)
	}
	in := &dueNews{Side: a.Side, Department: a.Department, Street: a.Street, Community: a.Community, Year: a.Year + 1}
	all := []string{}
	for _, t := range a.Terms {
		all = append(all, t.Entry)
	}
	for _, w := range a.Wanted {
		all = append(all, w.Entry)
	}
	if a.Side == byDepartment {
		called, err := m.Standing(ctx, a.Department, a.Community)
		if err != nil {
			return err
		}
		all = append(all, called...)
	}
	for _, e := range all {
		_, ok, err := m.assistance(ctx, e)
		if err != nil {
			return err
		}
		if ok && !slices.Contains(in.Entries, e) {
			in.Entries = append(in.Entries, e)
		}
	}
	return m.due(ctx, ev, in)
}
