package policy

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Place is the id of a place; the tree of places is given by an Index.
type Place = string

// Appointment gives a person a role at a place, and so in all places below it.
// A role of level "department" counts only together with Department.
type Appointment struct {
	Role        string
	Place       Place
	Department  string
	From, Until time.Time // a zero Until has no end; Until itself is already outside
}

// StandIn lets a person act for another: never with more roles than the grant
// names, never with more than the other holds.
type StandIn struct {
	For         string
	Roles       []string
	From, Until time.Time
}

// Person is what the gate knows about somebody.
type Person struct {
	ID           string
	Suspended    bool
	Appointments []Appointment
	StandIns     []StandIn // this person stands in for .For
}

// Index holds facts in memory. Readers take no lock: what they reach through it
// is never changed, only replaced. It is advice for a decision, never the last
// word for a write.
type Index struct {
	places  sync.Map // Place -> *place
	roots   atomic.Int32
	people  sync.Map // person id -> *Person
	inForce sync.Map // Place -> *community
	manners sync.Map // kinds and state -> *manner, shared by many items
	write   sync.Mutex
}

type place struct {
	id, parent Place
}

const maxDepth = 8 // city, district, street, community, and room for a loop to end

// NewIndex gives an empty index.
func NewIndex() *Index { return &Index{} }

// PutPlace adds or moves a place; the city has no parent. Strings are copied,
// because a web server may reuse the bytes below them.
func (x *Index) PutPlace(id, parent Place) {
	x.write.Lock()
	defer x.write.Unlock()
	p := &place{strings.Clone(id), strings.Clone(parent)}
	if old := x.place(id); old != nil && old.parent == "" {
		x.roots.Add(-1)
	}
	if parent == "" {
		x.roots.Add(1)
	}
	x.places.Store(p.id, p)
}

func (x *Index) place(id Place) *place {
	if v, ok := x.places.Load(id); ok {
		return v.(*place)
	}
	return nil
}

// Chain gives the place itself and every place above it, up to the city.
func (x *Index) Chain(p Place) []Place {
	var out []Place
	for len(out) < maxDepth && p != "" && !slices.Contains(out, p) {
		out = append(out, p)
		at := x.place(p)
		if at == nil {
			break
		}
		p = at.parent
	}
	return out
}

// within tells whether p is above or stands above it.
func (x *Index) within(p, above Place) bool {
	for range maxDepth {
		if p == "" {
			return false
		}
		if p == above {
			return true
		}
		at := x.place(p)
		if at == nil {
			return false
		}
		p = at.parent
	}
	return false
}

// PutPerson adds or replaces a person; everything is copied.
func (x *Index) PutPerson(p Person) {
	c := &Person{ID: strings.Clone(p.ID), Suspended: p.Suspended,
		Appointments: slices.Clone(p.Appointments), StandIns: slices.Clone(p.StandIns)}
	for i := range c.Appointments {
		a := &c.Appointments[i]
		a.Role, a.Place, a.Department = strings.Clone(a.Role), strings.Clone(a.Place), strings.Clone(a.Department)
	}
	for i := range c.StandIns {
		s := &c.StandIns[i]
		s.For, s.Roles = strings.Clone(s.For), cloneAll(s.Roles)
	}
	x.people.Store(c.ID, c)
}

func (x *Index) person(id string) *Person {
	if v, ok := x.people.Load(id); ok {
		return v.(*Person)
	}
	return nil
}

func cloneAll(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = strings.Clone(s)
	}
	return out
}

// during tells whether at lies in [from, until); a zero until has no end.
func during(at, from, until time.Time) bool {
	return !at.Before(from) && (until.IsZero() || at.Before(until))
}

// onlyRoot tells whether p is the one place without a parent, so that being
// below it needs no condition.
func (x *Index) onlyRoot(p Place) bool {
	at := x.place(p)
	return at != nil && at.parent == "" && x.roots.Load() == 1
}
