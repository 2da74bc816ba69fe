package policy

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"gatehouse/server/store"
)

// Columns says which extracted fields of a collection hold what the lines speak of.
type Columns struct {
	Department string // Text; "" when rows have none, AnyDepartment when it does not matter
	Place      string // List: every place of the row's chains below the district
	District   string // Text; without it, Place also holds the district
	Facts      map[string]store.Cond
	NotFacts   map[string]store.Cond // conditions under which a fact does not hold
}

// maxGroups bounds the condition of one list.
const maxGroups = 200

// group is conditions that all hold; a group without conditions lets every row pass.
type group = []store.Cond

// filter builds the condition of one list.
type filter struct {
	gate   *Gate
	action *action
	holder holder
	at     time.Time
	cols   Columns
}

// Filter turns the lines of an action into conditions: a row passes when all
// conditions of at least one group hold. With all, every row passes; without
// all and without groups, no row does. It never lets a row pass that Decide
// would refuse: what it cannot put into a condition is an error.
func (g *Gate) Filter(person, standFor, act string, at time.Time, c Columns) (groups [][]store.Cond, all bool, err error) {
	a := g.set.acts[act]
	if a == nil {
		return nil, false, fmt.Errorf("policy: filter %s: unknown action", act)
	}
	f := &filter{gate: g, action: a, holder: g.holder(person, standFor, at), at: at, cols: c}
	if err = f.check(); err == nil {
		groups, err = f.allowed()
	}
	if err == nil {
		groups, err = f.withoutDenied(groups)
	}
	if err != nil {
		return nil, false, fmt.Errorf("policy: filter %s: %w", act, err)
	}
	groups = tidy(groups)
	if len(groups) > 0 && len(groups[0]) == 0 {
		return nil, true, nil
	}
	return groups, false, nil
}

// check refuses whoever asks as soon as one line cannot be put into conditions,
// so that the gap does not wait for the one person it concerns.
func (f *filter) check() error {
	for _, l := range f.action.lines {
		one := f.conditions
		if l.Deny {
			one = f.lifts
		}
		if _, err := one(l); err != nil {
			return err
		}
	}
	return nil
}

func (f *filter) allowed() (out []group, err error) {
	for _, l := range f.action.lines {
		if l.Deny || f.never(l) {
			continue
		}
		where := f.role(l.role)
		if len(where) == 0 {
			continue
		}
		conds, err := f.conditions(l)
		if err != nil {
			return nil, err
		}
		for _, w := range where {
			out = append(out, join(w, conds))
		}
	}
	return out, nil
}

// never tells whether what is known before any row already rules a line out.
func (f *filter) never(l *Line) bool {
	known, is := standingIn|suspended, f.holder.facts
	return l.need&known&^is != 0 || l.not&is != 0
}

// conditions gives what a row must fulfil for the facts of a line.
func (f *filter) conditions(l *Line) (group, error) {
	return f.facts(l, f.cols.Facts, f.cols.NotFacts)
}

// lifts gives the conditions each of which keeps a denying line away from a row.
func (f *filter) lifts(l *Line) (group, error) {
	return f.facts(l, f.cols.NotFacts, f.cols.Facts)
}

func (f *filter) facts(l *Line, need, not map[string]store.Cond) (out group, err error) {
	const known = standingIn | suspended
	for _, side := range []struct {
		mask uint64
		from map[string]store.Cond
	}{{l.need &^ known, need}, {l.not &^ known, not}} {
		for _, name := range f.action.module.factNames(side.mask) {
			c, err := f.fact(l, name, side.from)
			if err != nil {
				return nil, err
			}
			out = append(out, c)
		}
	}
	return out, nil
}

func (f *filter) fact(l *Line, name string, from map[string]store.Cond) (store.Cond, error) {
	c, ok := from[name]
	if !ok {
		return c, fmt.Errorf("%s: fact %s has no column", l.ID, name)
	}
	if want := f.action.module.columns[name]; want != "" && c.Field != want {
		return c, fmt.Errorf("%s: fact %s is in column %s, not in %s", l.ID, name, want, c.Field)
	}
	return c, nil
}

// role gives where a role is held: any of the groups. A group without
// conditions is everywhere, no group is nowhere.
func (f *filter) role(bit uint64) (out []group) {
	if f.holder.base&bit != 0 {
		return []group{{}}
	}
	if f.holder.person == nil {
		return nil
	}
	for i := range f.holder.person.Appointments {
		a := &f.holder.person.Appointments[i]
		if f.gate.usable(f.holder, a, f.at)&bit == 0 {
			continue
		}
		place, ok := f.place(a.Place)
		if !ok {
			continue
		}
		if f.gate.departmental&bit != 0 {
			if f.cols.Department == "" || a.Department == "" {
				continue
			}
		}
		if f.gate.departmental&bit != 0 && f.cols.Department != AnyDepartment {
			place = join(group{{Field: f.cols.Department, Op: store.Eq, Value: a.Department}}, place)
		}
		out = append(out, place)
	}
	return tidy(out)
}

// place gives the condition of an appointment's place; not ok when no row can lie there.
func (f *filter) place(p Place) (group, bool) {
	x := f.gate.index
	depth := len(x.Chain(p)) - 1
	switch {
	case f.cols.Place == "" && f.cols.District == "":
		return nil, true
	case p == "":
		return nil, false
	case depth == 0 && x.onlyRoot(p):
		return nil, true
	case depth == 1 && f.cols.District != "":
		return group{{Field: f.cols.District, Op: store.Eq, Value: p}}, true
	case f.cols.Place != "":
		return group{{Field: f.cols.Place, Op: store.Has, Value: []string{p}}}, true
	}
	return nil, false
}

// withoutDenied takes away the rows that a denying line reaches.
func (f *filter) withoutDenied(groups []group) ([]group, error) {
	for _, l := range f.action.lines {
		if !l.Deny || f.never(l) {
			continue
		}
		where := f.role(l.role)
		if len(where) == 0 {
			continue
		}
		lifts, err := f.lifts(l)
		if err != nil {
			return nil, err
		}
		// Outside each place where the role is held, or where the facts lift the line.
		for _, w := range where {
			out, err := f.outside(l, w)
			if err != nil {
				return nil, err
			}
			for _, c := range lifts {
				out = append(out, group{c})
			}
			if groups, err = cross(groups, out); err != nil {
				return nil, fmt.Errorf("%s: %w", l.ID, err)
			}
		}
	}
	return groups, nil
}

// outside turns a place condition round; lists cannot be.
func (f *filter) outside(l *Line, where group) (out []group, err error) {
	for _, c := range where {
		if c.Op != store.Eq {
			return nil, fmt.Errorf("%s: role %s is held at %v, which has no opposite", l.ID, l.Who, c.Value)
		}
		out = append(out, group{{Field: c.Field, Op: store.Ne, Value: c.Value}}, group{{Field: c.Field, Op: store.IsNil}})
	}
	return out, nil
}

// cross gives every combination of two alternatives.
func cross(a, b []group) (out []group, err error) {
	for _, x := range a {
		for _, y := range b {
			out = append(out, join(x, y))
		}
	}
	if out = tidy(out); len(out) > maxGroups {
		return nil, fmt.Errorf("more than %d alternatives", maxGroups)
	}
	return out, nil
}

func join(a, b group) group {
	out := slices.Clone(a)
	for _, c := range b {
		if !has(out, c) {
			out = append(out, c)
		}
	}
	return out
}

// tidy drops groups that another, wider group makes needless, the narrower ones last.
func tidy(groups []group) (out []group) {
	slices.SortStableFunc(groups, func(a, b group) int { return len(a) - len(b) })
	for _, g := range groups {
		if !slices.ContainsFunc(out, func(wider group) bool {
			return !slices.ContainsFunc(wider, func(c store.Cond) bool { return !has(g, c) })
		}) {
			out = append(out, g)
		}
	}
	return out
}

func has(g group, c store.Cond) bool {
	return slices.ContainsFunc(g, func(o store.Cond) bool {
		return o.Field == c.Field && o.Op == c.Op && reflect.DeepEqual(o.Value, c.Value)
	})
}
