package portal

import (
	"context"

	"gatehouse/web"
)

// A unit is whoever handles requests: a department or a street.

// IsUnit tells whether something can handle requests.
func (h *Portal) IsUnit(id string) bool {
	return h.Names.Known("department", id) || h.City.Level(id) == "street"
}

// Unit names a department or a street.
func (n *Names) Unit(l web.Lang, id string) string {
	if n.Known("department", id) {
		return n.Department(l, id)
	}
	return n.Place(l, id)
}

// units are the choices of a unit: the departments of the district, then the streets.
func (h *Portal) units(ctx context.Context, v Visitor) ([]web.Option, error) {
	all, err := h.Options(ctx, v, "departments_district", "streets")
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, g := range []struct{ from, key string }{{"departments_district", "unit.departments"}, {"streets", "unit.streets"}} {
		for _, o := range all[g.from] {
			out = append(out, web.Option{Value: o.Value, Text: o.Text, Group: v.Lang.T(g.key)})
		}
	}
	return out, nil
}

// CategoryOptions are the choices of a category, by group.
func CategoryOptions(l web.Lang) (out []web.Option) {
	for _, c := range Categories {
		out = append(out, web.Option{Value: c.Code, Text: l.T("category." + c.Code), Group: l.T("category_group." + c.Group)})
	}
	return out
}
