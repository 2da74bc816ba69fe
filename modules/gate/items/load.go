package items

import (
	"cmp"
	"slices"
	"time"

	"gatehouse/modules/portal"
)

// carried is what one item asks of one community, kept in memory: the burden
// meter and the check for overlaps look at all of them at once.
type carried struct {
	Overlap
	load     portal.Load
	kinds    []string
	visits   bool // it goes to households
	activeAt time.Time
	leftAt   time.Time // zero: still there
}

// Overlap is an item that goes to the same households at the same time.
type Overlap struct {
	ID, No, Title, Department string
	From, Until               time.Time // a zero Until has no end
	Communities               []string  // where both are
}

// carry remembers what an item asks of its communities; m.mu is held.
func (m *Items) carry(it *Item) {
	for i := range it.Parts {
		p := &it.Parts[i]
		here := m.carried[p.Community]
		if here == nil {
			here = map[string]carried{}
			m.carried[p.Community] = here
		}
		c := carried{Overlap: Overlap{ID: it.ID, No: it.No, Title: it.Title, Department: it.Department, From: it.Start, Until: it.End},
			load: portal.Load{Items: 1, Hours: it.Hours, Inspections: it.Inspections, Meetings: it.Meetings, Groups: it.Groups}, kinds: it.Kinds, visits: visits(it.Kinds, it.Residents), activeAt: p.ActiveAt}
		switch {
		case p.State == withdrawn:
			c.leftAt = p.Since
		case !it.EndedAt.IsZero():
			c.leftAt = it.EndedAt
		}
		here[it.ID] = c
	}
}

// visits tells whether work goes to households: it asks them, or it must reach them.
func visits(kinds []string, residents int64) bool {
	return residents > 0 || slices.Contains(kinds, "survey")
}

// at tells whether the item was in force at a moment.
func (c carried) at(t time.Time) bool {
	return !c.activeAt.IsZero() && !c.activeAt.After(t) && (c.leftAt.IsZero() || c.leftAt.After(t))
}

// Carried gives what the items in force asked of a community at a moment.
func (m *Items) Carried(community string, at time.Time) (all portal.Load) {
	m.CarriedBy(community, at, func(_, _, _, _ string, load portal.Load) { all = all.Plus(load) })
	return all
}

// CarriedBy tells f what each item in force asked of a community at a moment,
// in the order of their numbers.
func (m *Items) CarriedBy(community string, at time.Time, f func(id, no, title, department string, load portal.Load)) {
	m.mu.Lock()
	var cs []carried
	for _, c := range m.carried[community] {
		if c.at(at) {
			cs = append(cs, c)
		}
	}
	m.mu.Unlock()
	slices.SortFunc(cs, func(a, b carried) int { return cmp.Compare(a.No, b.No) })
	for _, c := range cs {
		f(c.ID, c.No, c.Title, c.Department, c.load)
	}
}

// Overlaps lists the items of other applications that go to the households of
// the same communities in the same period, the widest overlap first.
func (m *Items) Overlaps(communities, kinds []string, residents int64, from, until time.Time, application string) []Overlap {
	if !visits(kinds, residents) || from.IsZero() {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	found := map[string]*Overlap{}
	for _, community := range communities {
		for id, c := range m.carried[community] {
			apart := !until.IsZero() && c.From.After(until) || !c.Until.IsZero() && c.Until.Before(from)
			if !c.visits || !c.leftAt.IsZero() || apart || m.of[id] == application {
				continue
			}
			if found[id] == nil {
				o := c.Overlap
				found[id] = &o
			}
			found[id].Communities = append(found[id].Communities, community)
		}
	}
	out := make([]Overlap, 0, len(found))
	for _, o := range found {
		out = append(out, *o)
	}
	slices.SortFunc(out, func(a, b Overlap) int {
		return cmp.Or(len(b.Communities)-len(a.Communities), cmp.Compare(a.No, b.No))
	})
	return out[:min(len(out), 10)]
}
