package ratings

import (
	"slices"
	"strings"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

func (m *Ratings) roundFacts(r *Round, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(s.Did("plan", "edit"), "own_plan"),
		lifecycle.When(s.Act == "object" && m.ownItem(r, s), "own_item"),
		lifecycle.When(slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.Answer == "" }), "objection_open"),
		lifecycle.When(s.Act == "answer" && !slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.Answer == "" }), "nothing_to_answer"),
		lifecycle.When(s.Act == "settle" && m.stillOpen(r, s), "objections_open"),
		lifecycle.When(s.Act == "object" && r.State == "preview" && !m.stillOpen(r, s), "objections_over"),
		lifecycle.When(s.Act == "inspect" && len(r.uninspected()) == 0, "no_gap"),
	}, nil
}

// stillOpen tells whether departments may still object.
func (m *Ratings) stillOpen(r *Round, s *lifecycle.Step) bool {
	d, ok := r.Open("objections")
	return ok && !s.Now.After(d.Due)
}

// ownItem tells whether the item objected to is of the actor's own department;
// without an input, whether any item of the round is.
func (m *Ratings) ownItem(r *Round, s *lifecycle.Step) bool {
	own := m.departments(s.Actor, "dept_head")
	in := lifecycle.In[objectForm](s)
	return slices.ContainsFunc(r.Items, func(i Item) bool {
		return slices.Contains(own, i.Department) && (in == nil || in.Item == i.Item)
	})
}

// departments are those in which somebody holds a role.
func (m *Ratings) departments(a lifecycle.Actor, role string) []string { return m.held(a, role) }

// held are the places or departments at which somebody holds a role.
func (m *Ratings) held(a lifecycle.Actor, role string) []string {
	var out []string
	for _, k := range m.Rounds.Gate.Keys(a, m.Rounds.Engine.Now()) {
		if id, ok := strings.CutPrefix(k, role+"@"); ok {
			out = append(out, id)
		}
	}
	return out
}

func (m *Ratings) ballotFacts(b *Ballot, s *lifecycle.Step) ([]string, error) {
	closed := b.closed
	if s.Act == "amend" {
		r, err := m.Rounds.Engine.Cases().Get(s.Ctx, b.Round)
		if err != nil {
			return nil, fault.Wrap(err, "read round %s", b.Round)
		}
		closed = !r.takes(s.Now)
	}
	return []string{lifecycle.When(closed, "closed"), lifecycle.When(b.elsewhere, "elsewhere"), lifecycle.When(b.twice, "twice")}, nil
}

// waits: an open round waits for every committee that has ballots left.
func (m *Ratings) waits(r *Round) []string {
	office := func(role string) []string {
		return m.Rounds.Engine.Assignees(role, lifecycle.Scope{Places: []string{r.District}})
	}
	var inspection []string
	if len(r.uninspected()) > 0 { // the gap opens it by itself
		inspection = office("office_staff")
	}
	switch r.State {
	case "preview":
		if slices.ContainsFunc(r.Objections, func(o Objection) bool { return o.Answer == "" }) {
			return office("office_staff")
		}
		return append(office("office_head"), inspection...)
	case "planned", "final":
		return append(office("office_head"), inspection...)
	case "closed", "computed":
		return office("office_staff")
	case "published":
		return inspection
	case "open":
		var out []string
		for _, c := range r.communities() {
			if !slices.Contains(r.Finished, c) {
				out = append(out, "committee_head@"+c)
			}
		}
		return out
	}
	return nil
}
