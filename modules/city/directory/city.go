package directory

import "gatehouse/modules/portal"

// What everybody asks (portal.City).

// Department tells of a department. A closed one is not there.
func (d *Directory) Department(id string) (portal.Department, bool) {
	x, ok := d.mem.department(id)
	if !ok || x.State != Open {
		return portal.Department{}, false
	}
	return portal.Department{Level: x.Level, Channel: x.Channel, Place: x.Place}, true
}

// Communities gives the open communities of a place: of a street or a district
// all of them, of a community itself. The order is that of their streets and codes.
func (d *Directory) Communities(under string) []string {
	a, ok := d.mem.area(under)
	if !ok || a.State != Open {
		return nil
	}
	if a.Level == Community {
		return []string{a.Code}
	}
	var out []string
	for _, b := range d.mem.below(under) {
		out = append(out, d.Communities(b.Code)...)
	}
	return out
}

// Members counts the people of a committee, 0 when the city has not said.
func (d *Directory) Members(community string) int64 {
	a, ok := d.mem.area(community)
	if !ok {
		return 0
	}
	return a.Members
}

// Households counts a community's households; those of a larger place are the
// sum of its communities', or what was entered for it while it has none.
func (d *Directory) Households(place string) int64 {
	a, ok := d.mem.area(place)
	if !ok {
		return 0
	}
	cs := d.Communities(place)
	if a.Level == Community || len(cs) == 0 {
		return a.Households
	}
	var n int64
	for _, c := range cs {
		if a, ok := d.mem.area(c); ok {
			n += a.Households
		}
	}
	return n
}

// Level gives a place's level: city, district, street, community, "" for none.
func (d *Directory) Level(place string) string {
	if a, ok := d.mem.area(place); ok {
		return a.Level
	}
	return ""
}

// Street gives the street a community lies in, "" for what is no community.
func (d *Directory) Street(community string) string {
	if a, ok := d.mem.area(community); ok && a.Level == Community {
		return a.Parent
	}
	return ""
}

// HasDepartments tells whether any department is open.
func (d *Directory) HasDepartments() bool { return len(d.mem.openDepartments()) > 0 }

// Districts gives the open districts.
func (d *Directory) Districts() []string { return codes(d.mem.level(District)) }

// Top gives the city, "" before the portal is set up.
func (d *Directory) Top() string {
	if cities := codes(d.mem.level(City)); len(cities) > 0 {
		return cities[0]
	}
	return ""
}

func codes(as []*Area) []string {
	out := make([]string, len(as))
	for i, a := range as {
		out[i] = a.Code
	}
	return out
}
