package portaltest

import (
	"maps"
	"slices"

	"gatehouse/modules/portal"
)

// Town is the test city as modules ask about it; a test may change it.
type Town struct {
	People map[string]int64 // members of committees, by community
	Homes  map[string]int64 // households, by community
}

// Department tells of one of Departments; a street's own is called like the street.
func (t *Town) Department(id string) (portal.Department, bool) {
	switch {
	case id == "statistics":
		return portal.Department{Level: "city", Channel: "civil-affairs", Place: City}, true
	case slices.Contains(Departments, id):
		return portal.Department{Level: "district", Place: District}, true
	}
	return portal.Department{}, false
}

// Communities gives those below a place, street by street.
func (t *Town) Communities(under string) (out []string) {
	for _, s := range slices.Sorted(maps.Keys(Streets)) {
		switch {
		case under == s || under == District || under == City:
			out = append(out, Streets[s]...)
		case slices.Contains(Streets[s], under):
			return []string{under}
		}
	}
	return out
}

// Districts is the one there is.
func (t *Town) Districts() []string { return []string{District} }

// Top is the city.
func (t *Town) Top() string { return City }

// Level gives a place's level.
func (t *Town) Level(place string) string {
	switch {
	case place == City:
		return "city"
	case place == District:
		return "district"
	case Streets[place] != nil:
		return "street"
	case t.Street(place) != "":
		return "community"
	}
	return ""
}

// Street gives the street of a community.
func (t *Town) Street(community string) string {
	for s, cs := range Streets {
		if slices.Contains(cs, community) {
			return s
		}
	}
	return ""
}

// Members counts the people of a committee.
func (t *Town) Members(community string) int64 { return t.People[community] }

// Households counts those of a place.
func (t *Town) Households(place string) (n int64) {
	for _, c := range t.Communities(place) {
		n += t.Homes[c]
	}
	return n
}
