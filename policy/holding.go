package policy

import (
	"slices"
	"time"
)

// holder is one person as the gate sees them for one question: whose
// appointments count, and which roles of them.
type holder struct {
	person *Person // whose appointments count; nil for nobody
	limit  uint64  // roles that may be used
	base   uint64  // roles held everywhere
	facts  uint64
}

// holder finds out who asks, and for whom.
func (g *Gate) holder(id, standFor string, at time.Time) holder {
	h := holder{limit: ^g.always, base: g.everyone}
	if id == "system" {
		h.base |= g.system
		return h
	}
	me := g.index.person(id)
	if id == "" || me == nil {
		return h
	}
	h.base |= g.signedIn
	if me.Suspended {
		h.facts |= suspended
	}
	h.person = me
	if standFor != "" {
		h.facts |= standingIn
		h.person, h.limit = g.principal(me, standFor, at)
	}
	return h
}

// principal gives the absent person and the roles the grants allow. There is no
// chain: what the absent person holds as a stand-in is not looked at.
func (g *Gate) principal(me *Person, standFor string, at time.Time) (*Person, uint64) {
	var limit uint64
	for _, s := range me.StandIns {
		if s.For == standFor && during(at, s.From, s.Until) {
			for _, r := range s.Roles {
				limit |= g.set.bit[r]
			}
		}
	}
	other := g.index.person(standFor)
	if limit == 0 || other == nil || other == me || other.Suspended {
		return nil, 0
	}
	return other, g.set.close(limit) &^ g.always
}

// usable gives the roles of one appointment, with what they include.
func (g *Gate) usable(h holder, a *Appointment, at time.Time) uint64 {
	if !during(at, a.From, a.Until) {
		return 0
	}
	role := g.set.bit[a.Role] &^ g.always
	return g.set.close(role) & h.limit
}

// roles gives the roles that count for a question. Each appointment is judged
// alone: its place and its department must both fit, or a head elsewhere who is
// a clerk here would be a head here.
func (g *Gate) roles(h holder, department string, places []Place, at time.Time) uint64 {
	out := h.base
	if h.person == nil {
		return out
	}
	for i := range h.person.Appointments {
		a := &h.person.Appointments[i]
		if !g.reaches(a, places) {
			continue
		}
		u := g.usable(h, a, at)
		if a.Department == "" || (a.Department != department && department != AnyDepartment) {
			u &^= g.departmental
		}
		out |= u
	}
	return out
}

// reaches tells whether an appointment holds in one of the places; no places is anywhere.
func (g *Gate) reaches(a *Appointment, places []Place) bool {
	return len(places) == 0 || slices.ContainsFunc(places, func(p Place) bool { return g.index.within(p, a.Place) })
}

// Roles names the roles that a person holds for a question, in the order of roles.csv.
func (g *Gate) Roles(person, standFor, department string, places []Place, at time.Time) []string {
	return g.set.roleNames(g.roles(g.holder(person, standFor, at), department, places, at))
}

// Keys gives the words by which lists of waiting work name whoever may take it:
// "dept_clerk@civil" for a department, "office_staff@d1" for a place. A
// suspended person has none.
func (g *Gate) Keys(person, standFor string, at time.Time) []string {
	h := g.holder(person, standFor, at)
	if h.person == nil || h.facts&suspended != 0 {
		return nil
	}
	var out []string
	for i := range h.person.Appointments {
		a := &h.person.Appointments[i]
		u := g.usable(h, a, at)
		for n, r := range g.set.roles {
			where := a.Place
			if g.departmental&(1<<n) != 0 {
				where = a.Department
			}
			if u&(1<<n) != 0 && where != "" {
				out = append(out, r.Name+"@"+where)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Departmental tells a role that is held in a department, or in a vendor as if
// it were one, rather than at a place.
func (g *Gate) Departmental(role string) bool {
	for n, r := range g.set.roles {
		if r.Name == role {
			return g.departmental&(1<<n) != 0
		}
	}
	return false
}

// Areas gives the places where a person holds a role, or one that includes it.
func (g *Gate) Areas(person, role string, at time.Time) []Place {
	h := g.holder(person, "", at)
	if h.person == nil {
		return nil
	}
	var out []Place
	for i := range h.person.Appointments {
		a := &h.person.Appointments[i]
		if a.Place != "" && g.usable(h, a, at)&g.set.bit[role] != 0 {
			out = append(out, a.Place)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
