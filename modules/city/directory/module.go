// Package directory knows the city: its places and its departments.
//
// Words: an area is a city, a district, a street or a community; each but the
// city lies in one of the level above. A department belongs to a city, a
// district or a street and sits at a place. A city bureau reaches communities
// only through its channel, a district department (R12).
//
// The life of both is short: an administrator founds them, amends them and
// closes them for good. What is closed keeps its name and its place in the
// tree, because old cases still speak of it; it is only no longer offered.
//
// Everything is also kept in memory, because every decision of the gate asks
// for places and every page for names.
package directory

import (
	"context"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Directory is the module's service. Its questions are answered from memory.
type Directory struct {
	Areas       *portal.Resource[Area]
	Departments *portal.Resource[Department]
	house       *portal.Portal
	mem         memory
}

// New opens the desks of areas and departments.
func New(ctx context.Context, h *portal.Portal) (*Directory, error) {
	d := &Directory{house: h, mem: newMemory()}
	h.City = d
	var err error
	if d.Areas, err = portal.NewResource(ctx, h, d.areaTable()); err != nil {
		return nil, fault.Wrap(err, "open the areas")
	}
	if d.Departments, err = portal.NewResource(ctx, h, d.departmentTable()); err != nil {
		return nil, fault.Wrap(err, "open the departments")
	}
	d.Areas.Engine.Cases().OnSave(d.learnArea)
	h.OnLoad(d.load)
	d.Departments.Mirror(d.learnDepartment)
	d.Areas.Unplaced, d.Departments.Unplaced = true, true
	d.dress()
	d.offer()
	h.Menu(portal.MenuEntry{Href: "/areas", LabelKey: "areas.title", Order: 90})
	h.Menu(portal.MenuEntry{Href: "/departments", LabelKey: "departments.title", Order: 91})
	return d, nil
}

// load reads all places and departments and then follows what other processes
// change until ctx ends.
func (d *Directory) load(ctx context.Context) error {
	areas := d.Areas.Engine.Cases()
	go areas.Follow(ctx, poll, d.learnArea)
	var all []*Area
	if err := areas.Each(ctx, nil, func(a *Area) error { all = append(all, a); return nil }); err != nil {
		return fault.Wrap(err, "read the areas")
	}
	for _, level := range levels { // parents first
		for _, a := range all {
			if a.Level == level {
				d.learnArea(a)
			}
		}
	}
	return nil
}

const poll = 2 * time.Second

// Found puts a place into the tree in the portal's own name; the first start of
// a city needs it, before there is anybody to do it.
func (d *Directory) Found(ctx context.Context, code, level, parent, hans, hant, en string) error {
	in := &AreaForm{Code: code, Level: level, Parent: parent, NameHans: hans, NameHant: hant, NameEn: en}
	_, err := d.Areas.Engine.Open(ctx, lifecycle.System, "found", in, lifecycle.Opts{})
	return err
}
