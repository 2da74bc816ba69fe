package rectification

import (
	"slices"

	"gatehouse/server/lifecycle"
)

// scored are the grounds that a rating must have given.
func scored(o *Order) []string {
	return slices.DeleteFunc(slices.Clone(o.Grounds), func(g string) bool { return g == "money" })
}

// given tells whether the last rating gave every scored ground (R10). A total
// that is too low without any single dimension is too low an effect.
func given(o *Order, triggers []string) bool {
	return !slices.ContainsFunc(scored(o), func(g string) bool {
		return !slices.Contains(triggers, g) && !(g == "effect" && slices.Contains(triggers, "total"))
	})
}

func (m *Rectification) facts(o *Order, s *lifecycle.Step) ([]string, error) {
	out := []string{
		lifecycle.When(s.Did("draft", "edit"), "own_draft"),
		lifecycle.When(s.Did("issue"), "own_order"),
		lifecycle.When(o.Extended >= s.Settings.Int("rect.extend_max"), "extended"),
		lifecycle.When(past(o, "rectify", s), "past_due"),
		lifecycle.When(len(o.Witnesses) == 0, "no_witness"),
		lifecycle.When(past(o, "verify", s), "verify_late"),
	}
	if s.Act != "issue" && s.Act != "verify_pass" {
		return out, nil
	}
	money, late := slices.Contains(o.Grounds, "money"), false
	if money {
		var err error
		if late, err = m.MoneyOverdue(s.Ctx, o.Item); err != nil {
			return nil, err
		}
	}
	if s.Act == "verify_pass" {
		return append(out, lifecycle.When(money && late, "money_missing")), nil
	}
	return append(out, lifecycle.When(money && !late, "money_delivered"), lifecycle.When(!given(o, m.Triggers(s.Ctx, o.Item)), "not_rated_so")), nil
}

func past(o *Order, deadline string, s *lifecycle.Step) bool {
	d, ok := o.Open(deadline)
	return ok && d.Due.Before(s.Now)
}

// waits: while a report is checked, the order waits for the committees and the office.
func (m *Rectification) waits(o *Order) []string {
	sc := lifecycle.Scope{Department: o.Department, Places: o.Communities}
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, sc) }
	switch o.State {
	case "draft":
		return turn("office_head")
	case "issued":
		return append(turn("dept_clerk"), turn("dept_head")...)
	case "planned":
		return turn("dept_head")
	case "reported":
		out := turn("office_staff")
		for _, c := range o.unwitnessed() {
			out = append(out, "committee_head@"+c)
		}
		return out
	}
	return nil
}
