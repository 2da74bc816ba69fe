package policy

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// InForce is an admitted item in one community. State is active, suspended or
// rectifying; Kinds is shared and must not be changed.
type InForce struct {
	Item, Department string
	Kinds            []string
	From, Until      time.Time // a zero Until has no end
	State            string
}

// AnyDepartment asks without regard to the department. An empty department
// never matches anything, so that a missing value opens no door.
const AnyDepartment = "*"

// admitted is an InForce in 40 bytes, because a city has a million of them and
// the same few words in all of them.
type admitted struct {
	item        string
	manner      *manner
	from, until int64 // unix nanoseconds; until math.MaxInt64 has no end
}

// manner is what many items share.
type manner struct {
	kinds []string
	state string
}

// community holds the items of one community by department, in order. The
// slices are replaced as a whole, so readers need no lock; a change copies only
// the few items of one department.
type community struct{ shelves atomic.Pointer[[]*shelf] }

type shelf struct {
	department string
	items      atomic.Pointer[[]admitted]
}

func (x *Index) community(p Place) *community {
	if v, ok := x.inForce.Load(p); ok {
		return v.(*community)
	}
	return nil
}

// PutInForce adds an item to a community or replaces it there.
func (x *Index) PutInForce(at Place, f InForce) {
	x.write.Lock()
	defer x.write.Unlock()
	c := x.community(at)
	if c == nil {
		c = &community{}
		c.shelves.Store(&[]*shelf{})
		x.inForce.Store(strings.Clone(at), c)
	}
	n := admitted{item: strings.Clone(f.Item), manner: x.manner(f.Kinds, f.State),
		from: nanos(f.From, math.MinInt64), until: nanos(f.Until, math.MaxInt64)}
	s := c.shelf(f.Department)
	if s == nil {
		s = c.grow(strings.Clone(f.Department))
	}
	c.drop(f.Item, s)
	old := *s.items.Load()
	i := indexOf(old, f.Item)
	if i < 0 {
		i = len(old)
	}
	items := make([]admitted, max(len(old), i+1)) // no room to spare: there are many of these
	copy(items, old)
	items[i] = n
	s.items.Store(&items)
}

// DropInForce removes an item from a community.
func (x *Index) DropInForce(at Place, item string) {
	x.write.Lock()
	defer x.write.Unlock()
	if c := x.community(at); c != nil {
		c.drop(item, nil)
	}
}

// drop removes an item from all departments but one.
func (c *community) drop(item string, but *shelf) {
	for _, s := range *c.shelves.Load() {
		if s == but {
			continue
		}
		old := *s.items.Load()
		if i := indexOf(old, item); i >= 0 {
			items := slices.Delete(slices.Clone(old), i, i+1)
			s.items.Store(&items)
		}
	}
}

func indexOf(items []admitted, item string) int {
	for i := range items {
		if items[i].item == item {
			return i
		}
	}
	return -1
}

func (c *community) shelf(department string) *shelf {
	all := *c.shelves.Load()
	if i, ok := find(all, department); ok {
		return all[i]
	}
	return nil
}

func (c *community) grow(department string) *shelf {
	s := &shelf{department: department}
	s.items.Store(&[]admitted{})
	all := *c.shelves.Load()
	i, _ := find(all, department)
	all = slices.Insert(slices.Clone(all), i, s)
	c.shelves.Store(&all)
	return s
}

func find(all []*shelf, department string) (int, bool) {
	return slices.BinarySearchFunc(all, department, func(s *shelf, d string) int { return cmp.Compare(s.department, d) })
}

// InForce lists the items of a department that are admitted in a community at a
// time, whatever their state: an expired one is never among them. The clock is
// asked here and not by a job, so that an item ends at its minute.
func (x *Index) InForce(at Place, department string, when time.Time) (out []InForce) {
	c := x.community(at)
	if c == nil || department == "" {
		return nil
	}
	now := nanos(when, math.MinInt64)
	if department != AnyDepartment {
		if s := c.shelf(department); s != nil {
			out = s.inForce(nil, now)
		}
		return out
	}
	for _, s := range *c.shelves.Load() {
		out = s.inForce(out, now)
	}
	return out
}

func (s *shelf) inForce(out []InForce, now int64) []InForce {
	items := *s.items.Load()
	for i := range items {
		if a := &items[i]; a.from <= now && now < a.until {
			if out == nil {
				out = make([]InForce, 0, len(items)-i)
			}
			out = append(out, InForce{Item: a.item, Department: s.department, Kinds: a.manner.kinds,
				From: moment(a.from), Until: moment(a.until), State: a.manner.state})
		}
	}
	return out
}

// manner gives one value for equal kinds and states.
func (x *Index) manner(kinds []string, state string) *manner {
	key := state + "\x1f" + strings.Join(kinds, "\x1f")
	if v, ok := x.manners.Load(key); ok {
		return v.(*manner)
	}
	v, _ := x.manners.LoadOrStore(key, &manner{cloneAll(kinds), strings.Clone(state)})
	return v.(*manner)
}

// nanos is only good for the years 1678 to 2261; the ends stand for "always".
func nanos(t time.Time, zero int64) int64 {
	switch year := t.Year(); {
	case t.IsZero():
		return zero
	case year < 1700:
		return math.MinInt64
	case year > 2250:
		return math.MaxInt64
	}
	return t.UnixNano()
}

func moment(n int64) time.Time {
	if n == math.MinInt64 || n == math.MaxInt64 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
