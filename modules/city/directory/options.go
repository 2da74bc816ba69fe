package directory

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// offer gives the choices of form fields that name a place or a department.
func (d *Directory) offer() {
	of := func(f func(l web.Lang) []web.Option) portal.OptionsFunc {
		return func(_ context.Context, v portal.Visitor) ([]web.Option, error) { return f(v.Lang), nil }
	}
	d.portal.Offer("communities", of(d.communityOptions))
	d.portal.Offer("streets", of(func(l web.Lang) []web.Option { return areaOptions(l, d.mem.level(Street), "") }))
	d.portal.Offer("areas", of(d.areasOptions))
	d.portal.Offer("departments", of(func(l web.Lang) []web.Option { return d.departmentOptions(l, levels...) }))
	d.portal.Offer("departments_district", of(func(l web.Lang) []web.Option { return d.departmentOptions(l, District) }))
}

func areaOptions(l web.Lang, as []*Area, group string) []web.Option {
	var out []web.Option
	for _, a := range as {
		out = append(out, web.Option{Value: a.Code, Text: a.Script.In(l), Group: group})
	}
	return out
}

// communityOptions groups the communities by their street.
func (d *Directory) communityOptions(l web.Lang) []web.Option {
	var out []web.Option
	for _, s := range d.mem.level(Street) {
		out = append(out, areaOptions(l, d.mem.below(s.Code), s.Script.In(l))...)
	}
	return out
}

func (d *Directory) areasOptions(l web.Lang) []web.Option {
	var out []web.Option
	for _, level := range levels[:3] {
		out = append(out, areaOptions(l, d.mem.level(level), l.T("level."+level))...)
	}
	return append(out, d.communityOptions(l)...)
}

func (d *Directory) departmentOptions(l web.Lang, at ...string) []web.Option {
	var out []web.Option
	for _, level := range at {
		for _, x := range d.mem.openDepartments() {
			if x.Level == level {
				out = append(out, web.Option{Value: x.Code, Text: x.Script.In(l), Group: l.T("level." + level)})
			}
		}
	}
	return out
}
