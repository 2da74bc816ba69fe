package portal

import (
	"context"

	"gatehouse/web"
)

// City answers what everybody asks about places and departments, from memory.
// The directory is the real one; tests have a small one of their own.
type City interface {
	// Department tells of an open department.
	Department(id string) (Department, bool)
	// Communities gives the open communities of a place: of a street or a district
	// all of them, of a community itself.
	Communities(under string) []string
	// Districts gives the open districts.
	Districts() []string
	// Top is the city, "" before it is set up.
	Top() string
	// Level gives a place's level: city, district, street, community, "" for none.
	Level(place string) string
	// Street gives the street that a community lies in, "" for what is no community.
	Street(community string) string
	// Members counts the people of a committee, 0 when the city has not said.
	Members(community string) int64
	// Households counts those that live in a place.
	Households(place string) int64
}

// District is the one in which what lies nowhere else is handled, "" before the
// city is set up.
func (h *Portal) District() string {
	if all := h.City.Districts(); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Department is what others need to know of a department.
type Department struct {
	Level   string // city, district or street
	Channel string // the district department that a city bureau goes through (R12)
	Place   string // where it sits
}

// Employer is where a person's post may lie beside the departments: it tells of
// one by id, and which there are.
type Employer struct {
	Of      func(id string) (Department, bool)
	Options OptionsFunc
}

// AddEmployer lets people hold posts at others than departments.
func (h *Portal) AddEmployer(e Employer) { h.employers = append(h.employers, e) }

// Employer tells of a department, or of another employer as if it were one.
func (h *Portal) Employer(id string) (Department, bool) {
	if x, ok := h.City.Department(id); ok {
		return x, true
	}
	for _, e := range h.employers {
		if x, ok := e.Of(id); ok {
			return x, true
		}
	}
	return Department{}, false
}

// EmployerOptions are the departments and all others where a post may lie.
func (h *Portal) EmployerOptions(ctx context.Context, v Visitor) ([]web.Option, error) {
	all, err := h.Options(ctx, v, "departments")
	if err != nil {
		return nil, err
	}
	out := all["departments"]
	for _, e := range h.employers {
		os, err := e.Options(ctx, v)
		if err != nil {
			return nil, err
		}
		out = append(out, os...)
	}
	return out, nil
}
