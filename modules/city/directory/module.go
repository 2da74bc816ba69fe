package directory

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Directory is the module. Its questions are answered from memory.
type Directory struct {
	Areas       *portal.Resource[Area]
	Departments *portal.Resource[Department]
	portal      *portal.Portal
	mem         memory
}

// New opens areas and departments.
func New(ctx context.Context, h *portal.Portal) (*Directory, error) {
	d := &Directory{portal: h, mem: newMemory()}
	h.City = d
	var err error
	if d.Areas, err = portal.Declare(ctx, h, d.areas()); err != nil {
		return nil, fault.Wrap(err, "open the areas")
	}
	if d.Departments, err = portal.Declare(ctx, h, d.departments()); err != nil {
		return nil, fault.Wrap(err, "open the departments")
	}
	d.Areas.Mirror(d.learnArea)
	d.Departments.Mirror(d.learnDepartment)
	d.offer()
	h.Menu(portal.MenuEntry{Href: "/areas", LabelKey: "areas.title", Order: 90})
	h.Menu(portal.MenuEntry{Href: "/departments", LabelKey: "departments.title", Order: 91})
	return d, nil
}

// Found puts a place into the tree in the portal's own name; the first start of
// a city needs it, before there is anybody to do it.
func (d *Directory) Found(ctx context.Context, in AreaForm) error {
	_, err := d.Areas.Engine.Open(ctx, lifecycle.System, "found", &in, lifecycle.Opts{})
	return err
}
