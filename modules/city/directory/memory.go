package directory

import (
	"slices"
	"strings"
	"sync"
)

// memory mirrors the stored places and departments. Entries are replaced,
// never changed, so readers may keep what they got.
type memory struct {
	*sync.RWMutex
	areas       map[string]*Area
	departments map[string]*Department
	parts       map[string][]string // place -> the places right below it, by code
}

func newMemory() memory {
	return memory{RWMutex: &sync.RWMutex{}, areas: map[string]*Area{}, departments: map[string]*Department{}, parts: map[string][]string{}}
}

func (m memory) area(code string) (*Area, bool) {
	m.RLock()
	defer m.RUnlock()
	a, ok := m.areas[code]
	return a, ok
}

func (m memory) department(code string) (*Department, bool) {
	m.RLock()
	defer m.RUnlock()
	x, ok := m.departments[code]
	return x, ok
}

// below gives the open places right below one.
func (m memory) below(code string) []*Area {
	m.RLock()
	defer m.RUnlock()
	var out []*Area
	for _, p := range m.parts[code] {
		if a := m.areas[p]; a.State == Open {
			out = append(out, a)
		}
	}
	return out
}

// level gives the open places of a level, by code.
func (m memory) level(level string) []*Area {
	m.RLock()
	defer m.RUnlock()
	var out []*Area
	for _, a := range m.areas {
		if a.Level == level && a.State == Open {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b *Area) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// openDepartments gives the open departments, by code.
func (m memory) openDepartments() []*Department {
	m.RLock()
	defer m.RUnlock()
	var out []*Department
	for _, x := range m.departments {
		if x.State == Open {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b *Department) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// holds tells whether anything open lies or sits in the place.
func (m memory) holds(code string) bool {
	if len(m.below(code)) > 0 {
		return true
	}
	return slices.ContainsFunc(m.openDepartments(), func(x *Department) bool { return x.Place == code })
}

// channels tells whether an open city bureau goes through the department.
func (m memory) channels(code string) bool {
	return slices.ContainsFunc(m.openDepartments(), func(x *Department) bool { return x.Channel == code })
}

// learnArea takes what was saved into memory, here and in the gate's index.
func (d *Directory) learnArea(a *Area) {
	d.mem.Lock()
	defer d.mem.Unlock()
	// Two saves of one case may be told in the wrong order.
	if old := d.mem.areas[a.Code]; old != nil && old.Revision >= a.Revision {
		return
	}
	c := *a
	c.History, c.Outbox = nil, nil // never asked from memory
	if d.mem.areas[a.Code] == nil {
		ps := d.mem.parts[a.Parent]
		i, _ := slices.BinarySearch(ps, a.Code)
		d.mem.parts[a.Parent] = slices.Insert(slices.Clone(ps), i, a.Code)
		d.portal.Index.PutPlace(a.Code, a.Parent)
	}
	d.mem.areas[a.Code] = &c
	d.portal.Names.Put("place", a.Code, a.Script.name("/areas/"+a.Code))
}

func (d *Directory) learnDepartment(x *Department) {
	d.mem.Lock()
	defer d.mem.Unlock()
	if old := d.mem.departments[x.Code]; old != nil && old.Revision >= x.Revision {
		return
	}
	c := *x
	c.History, c.Outbox = nil, nil
	d.mem.departments[x.Code] = &c
	d.portal.Names.Put("department", x.Code, x.Script.name("/departments/"+x.Code))
}
