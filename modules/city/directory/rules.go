package directory

import (
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

func wrong(f *fault.Error) error {
	if len(f.Fields) == 0 {
		return nil
	}
	return f
}

func (d *Directory) foundArea(a *Area, in *AreaForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	_, taken := d.mem.area(in.Code)
	checkCode(f, "area", in.Code, taken)
	switch want := above(in.Level); {
	case want == "" && in.Parent != "":
		f.Wrong("parent", "fault.area.city_has_none")
	case want != "":
		if p, ok := d.mem.area(in.Parent); !ok || p.Level != want || p.State != Open {
			f.Wrong("parent", "fault.area.bad_parent", "level", "t:level."+want)
		}
	}
	a.Code, a.Level, a.Parent = in.Code, in.Level, in.Parent
	a.Script = Script{in.NameHans, in.NameHant, in.NameEn}
	a.Households, a.Residents, a.Members, a.Phone, a.Hours, a.TermUntil = in.Households, in.Residents, in.Members, in.Phone, in.Hours, in.TermUntil
	return wrong(f)
}

func amendArea(a *Area, in *AreaChange, s *lifecycle.Step) error {
	a.Script = Script{in.NameHans, in.NameHant, in.NameEn}
	a.Households, a.Residents, a.Members, a.Phone, a.Hours, a.TermUntil = in.Households, in.Residents, in.Members, in.Phone, in.Hours, in.TermUntil
	return nil
}

func (d *Directory) foundDepartment(x *Department, in *DepartmentForm, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	_, taken := d.mem.department(in.Code)
	checkCode(f, "department", in.Code, taken)
	if p, ok := d.mem.area(in.Place); !ok || p.Level != in.Level || p.State != Open {
		f.Wrong("place", "fault.department.bad_place", "level", "t:level."+in.Level)
	}
	x.Code, x.Level, x.Place, x.Kind = in.Code, in.Level, in.Place, in.Kind
	x.Channel, x.Duty, x.Phone = in.Channel, in.Duty, in.Phone
	x.Script = Script{in.NameHans, in.NameHant, in.NameEn}
	d.checkChannel(f, x)
	return wrong(f)
}

func (d *Directory) amendDepartment(x *Department, in *DepartmentChange, s *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	x.Channel, x.Duty, x.Phone = in.Channel, in.Duty, in.Phone
	x.Script = Script{in.NameHans, in.NameHant, in.NameEn}
	d.checkChannel(f, x)
	return wrong(f)
}

// checkChannel: only a city bureau goes through another department, and that
// one is a district department of the same city (R12).
func (d *Directory) checkChannel(f *fault.Error, x *Department) {
	if x.Channel == "" {
		return
	}
	c, ok := d.mem.department(x.Channel)
	switch {
	case x.Level != City:
		f.Wrong("channel", "fault.department.needs_no_channel")
	case !ok || c.Level != District || c.State != Open || !d.within(c.Place, x.Place):
		f.Wrong("channel", "fault.department.bad_channel")
	}
}
