package directory

import (
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Department is an office that may bring work to communities.
type Department struct {
	lifecycle.Case
	DepartmentForm
}

// DepartmentForm founds a department.
type DepartmentForm struct {
	Code  string `json:"code" form:"text,required,max=40"`
	Level string `json:"level" form:"choice,required,of=city district street"`
	Place string `json:"place" form:"choice,required,from=areas"`                  // where it sits
	Kind  string `json:"kind" form:"choice,required,of=functional office finance"` // office: the gatekeeping office
	DepartmentDetails
}

// DepartmentDetails are what may be amended: all but a department's code, level and place.
type DepartmentDetails struct {
	Channel string `json:"channel,omitempty" form:"choice,from=departments_district"`
	Script
	Duty  string `json:"duty,omitempty" form:"longtext,max=1000"`
	Phone string `json:"phone,omitempty" form:"text,max=40"`
}

func (d *Directory) foundDepartment(x *Department, in *DepartmentForm, _ *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	_, taken := d.mem.department(in.Code)
	checkCode(f, "department", in.Code, taken)
	if p, ok := d.mem.area(in.Place); !ok || p.Level != in.Level || p.State != Open {
		f.Wrong("place", "fault.department.bad_place", "level", "t:level."+in.Level)
	}
	x.DepartmentForm = *in
	d.checkChannel(f, x)
	return f.Err()
}

func (d *Directory) amendDepartment(x *Department, in *DepartmentDetails, _ *lifecycle.Step) error {
	f := fault.New(fault.Invalid, "invalid")
	x.DepartmentDetails = *in
	d.checkChannel(f, x)
	return f.Err()
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
	case !ok || c.Level != District || c.State != Open || !slices.Contains(d.portal.Places.Chain(c.Place), x.Place):
		f.Wrong("channel", "fault.department.bad_channel")
	}
}
