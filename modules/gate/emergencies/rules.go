package emergencies

import (
	"context"
	"slices"
	"time"

	"gatehouse/server/lifecycle"
)

// Asks is what an emergency needs of other modules, in plain types.
type Asks struct {
	// Application finds an application by its number, and whose it is.
	Application func(ctx context.Context, no string) (id, department string, ok bool)
}

func (m *Emergencies) facts(e *Emergency, s *lifecycle.Step) ([]string, error) {
	l := e.Life()
	// Whoever could not do it anyway needs no word about why, nor a button that shows it.
	judge, authority := m.Resource.Holds(s.Actor, "office_staff"), m.Resource.Holds(s.Actor, "emergency_authority")
	return []string{
		lifecycle.When(s.Act == "extend" && authority && !s.Now.Before(e.until()), "over"),
		lifecycle.When(judge && s.Did("declare", "begin", "file", "extend"), "own_emergency"),
		lifecycle.When(judge && m.party(e, s.Actor, s.Now), "party"),
		lifecycle.When(l.State == "closed" && e.Application == "", "settled"),
	}, nil
}

// party tells whether somebody belongs to the department, for themselves or
// through whom they stand in for.
func (m *Emergencies) party(e *Emergency, a lifecycle.Actor, at time.Time) bool {
	for _, who := range []lifecycle.Actor{{ID: a.ID}, a, {ID: a.For}} {
		if slices.Contains(m.Resource.Gate.Keys(who, at), "dept_clerk@"+e.Department) {
			return true
		}
	}
	return false
}

// waits: what is late waits for the office as well.
func (m *Emergencies) waits(e *Emergency) []string {
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, scope(e)) }
	switch e.State {
	case "declared", "running":
		if e.Late {
			return slices.Concat(turn("dept_clerk"), turn("office_staff"))
		}
		return turn("dept_clerk")
	case "filed":
		return turn("office_staff")
	}
	return nil
}
