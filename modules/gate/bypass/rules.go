package bypass

import (
	"slices"
	"strings"
	"time"

	"gatehouse/server/lifecycle"
)

// reporter says for whom somebody reports: the committee or the street whose
// community it is about, else for themselves.
func (m *Bypass) reporter(a lifecycle.Actor, community string, at time.Time) Reporter {
	r := Reporter{Kind: "person", Person: a.ID, For: a.For}
	keys := m.Gate.Keys(a, at)
	street := m.street(community)
	switch {
	case a.ID == "":
		return Reporter{Kind: "anonymous"}
	case slices.Contains(keys, "committee_staff@"+community):
		r.Kind, r.Place = "committee", community
	case street != "" && slices.Contains(keys, "street_cadre@"+street):
		r.Kind, r.Place = "street", street
	}
	return r
}

func (m *Bypass) street(community string) string {
	if chain := m.Places.Chain(community); len(chain) > 3 {
		return chain[1]
	}
	return ""
}

// district is the one a place lies in.
func (m *Bypass) district(place string) string {
	if chain := m.Places.Chain(place); len(chain) > 1 {
		return chain[len(chain)-2]
	}
	return place
}

// scope: a committee sees what it reported and a street what came from it or
// from below. What came from anybody else is the district office's alone, or a
// committee would read who among its own staff spoke.
func (m *Bypass) scope(r *Report) lifecycle.Scope {
	place := r.Reporter.Place
	if place == "" {
		place = m.district(r.Community)
	}
	return lifecycle.Scope{Department: r.Department, Places: []string{place}}
}

func (m *Bypass) facts(r *Report, s *lifecycle.Step) ([]string, error) {
	verifying := slices.Contains([]string{"take", "substantiate", "dismiss"}, s.Act)
	step := map[string]string{"send_letter": "letter", "circulate": "circular", "summon": "summons"}[s.Act]
	return []string{
		lifecycle.When(verifying && r.by(s.Actor), "own_report"),
		lifecycle.When(verifying && m.party(r.Department, s.Actor, s.Now), "party"),
		lifecycle.When(step != "" && slices.Contains(pressed, r.State) && r.next(s.Settings) != step, "not_next"),
		lifecycle.When(r.inTime(s.Now), "in_time"),
		lifecycle.When(r.next(s.Settings) != "", "steps_left"),
	}, nil
}

// by tells whether somebody reported this, for themselves or through whom they
// stand in for.
func (r *Report) by(a lifecycle.Actor) bool {
	of := []string{r.Reporter.Person, r.Reporter.For}
	return a.ID != "" && slices.Contains(of, a.ID) || a.For != "" && slices.Contains(of, a.For)
}

// inTime tells whether the time to comply with the latest step still runs.
func (r *Report) inTime(now time.Time) bool {
	d, ok := r.Open("comply")
	return ok && !d.Due.Before(now)
}

// party tells whether somebody belongs to the department, for themselves or
// through whom they stand in for.
func (m *Bypass) party(department string, a lifecycle.Actor, at time.Time) bool {
	return slices.ContainsFunc([]lifecycle.Actor{{ID: a.ID}, a, {ID: a.For}}, func(who lifecycle.Actor) bool {
		return slices.Contains(m.Gate.Keys(who, at), "dept_clerk@"+department)
	})
}

// waits: while time runs it is the department's turn, then also the office's.
func (m *Bypass) waits(r *Report) []string {
	sc := m.scope(r)
	turn := func(role string) []string { return m.Reports.Engine.Assignees(role, sc) }
	switch r.State {
	case "filed", "verifying":
		if r.Late {
			return slices.Concat(turn("office_staff"), turn("office_head"))
		}
		return turn("office_staff")
	case "substantiated", "complied":
		return turn("office_staff")
	case "unfounded", "closed":
		return nil
	}
	if r.Lapsed {
		return slices.Concat(turn("dept_head"), turn("office_staff"))
	}
	return turn("dept_head")
}

// office gives the district whose gatekeeping office somebody belongs to.
func (m *Bypass) office(a lifecycle.Actor, at time.Time) string {
	for _, k := range m.Gate.Keys(a, at) {
		if place, ok := strings.CutPrefix(k, "office_staff@"); ok {
			return place
		}
	}
	return ""
}
