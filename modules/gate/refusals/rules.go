package refusals

import (
	"context"
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Asks is what a refusal needs of other modules, in plain types.
type Asks struct {
	// Level tells a department's level: city, district, street; "" for none such.
	Level func(department string) string
	// Communities gives the communities of a street.
	Communities func(street string) []string
	// Verdict asks the item lists about a title.
	Verdict func(title string, kinds []string, department string, at time.Time) (verdict, rule, entry, entryTitle string)
	// Emergency tells whether a declared emergency of the department covers the community (R1).
	Emergency func(ctx context.Context, community, department string, at time.Time) (no string, ok bool)
	// Before gives the number and state (found, kept, applied, must_leave) of work of before the launch (R26).
	Before func(ctx context.Context, community, department string, kinds []string) (no, state string, ok bool, err error)
	// Brief tells whose an item is and what it is called.
	Brief func(ctx context.Context, item string) (department, title, state string, communities []string, err error)
	// Part tells how the item stands in one community: its state, whether all
	// money owed was confirmed by the committee, and since how many working days it is
	// late; not found where it was never admitted.
	Part func(ctx context.Context, item, community string) (state string, moneyIn bool, overdueWorkdays int, err error)
	// Staff tells who moves with the item's function, "" nobody, and whether the
	// committee has confirmed that they are there (R8).
	Staff func(ctx context.Context, item, community string) (staff string, in bool, err error)
	// Items lists the ids of the items of a community, not yet in force and ended ones too.
	Items func(ctx context.Context, community string) ([]string, error)
}

// over are the states of an item's part in which its admission has ended.
var over = []string{"ended", "withdrawn", "expired"}

// working are the states in which the work may be done.
var working = []string{"active", "rectifying"}

// name fills in what a named item says by itself and refuses what cannot be.
func (m *Refusals) name(s *lifecycle.Step, r *Refusal) error {
	if r.Item == "" {
		e := fault.New(fault.Invalid, "invalid")
		if needsItem(r.Ground) {
			e.Wrong("item", "refusal.item_needed").OnRule("R6")
		}
		if r.Department == "" {
			e.Wrong("department", "schema.required")
		}
		if r.Title == "" {
			e.Wrong("title", "schema.required")
		}
		if len(e.Fields) > 0 {
			return e
		}
	} else if err := m.nameItem(s.Ctx, r); err != nil {
		return err
	}
	if r.Found.Level = m.Level(r.Department); r.Found.Level == "" {
		return fault.InvalidField("department", "schema.not_an_option")
	}
	return nil
}

func (m *Refusals) nameItem(ctx context.Context, r *Refusal) error {
	department, title, _, _, err := m.Brief(ctx, r.Item)
	if err == nil { // a part that has ended is still there to be refused
		r.Found.Part, r.Found.MoneyIn, r.Found.Late, err = m.Part(ctx, r.Item, r.Community)
	}
	switch {
	case fault.Is(err, fault.NotFound):
		return fault.InvalidField("item", "refusal.not_here")
	case err != nil:
		return fault.Wrap(err, "read item %s", r.Item)
	case r.Department != "" && r.Department != department:
		return fault.InvalidField("item", "refusal.other_department")
	}
	r.Department = department
	if r.Title == "" {
		r.Title = title
	}
	return nil
}

// find asks the record what the ground needs to know, at this moment.
func (m *Refusals) find(r *Refusal, s *lifecycle.Step) error {
	f := &r.Found
	if no, ok := m.Emergency(s.Ctx, r.Community, r.Department, s.Now); ok {
		f.Emergency = no
	}
	if r.Ground == notAdmitted || r.Ground == negativeList {
		f.Verdict, f.Rule, f.Entry, f.EntryTitle = m.Verdict(r.Title, kinds(r), r.Department, s.Now)
	}
	if r.Ground == notAdmitted {
		f.Admitted = m.covering(r, s.Now)
	}
	if r.Ground == noStaff && m.Staff != nil {
		var err error
		if f.Staff, f.StaffIn, err = m.Staff(s.Ctx, r.Item, r.Community); err != nil {
			return err
		}
	}
	if m.Before != nil && (r.Ground == notAdmitted || r.Ground == windowOver) {
		_, state, ok, err := m.Before(s.Ctx, r.Community, r.Department, kinds(r))
		if err != nil {
			return err
		}
		if ok {
			f.Before = state
		}
	}
	return nil
}

func kinds(r *Refusal) []string {
	if r.Kind == "" {
		return nil
	}
	return []string{r.Kind}
}

// covering is the item by which the department may do such work in the
// community, "" for none. An unnamed kind is covered by any item, and a duty by
// law, which has no kinds, covers any.
func (m *Refusals) covering(r *Refusal, at time.Time) string {
	if r.Item != "" && slices.Contains(working, r.Found.Part) {
		return r.Item
	}
	for _, x := range m.Resource.Index.InForce(r.Community, r.Department, at) {
		if slices.Contains(working, x.State) && (r.Kind == "" || len(x.Kinds) == 0 || slices.Contains(x.Kinds, r.Kind)) {
			return x.Item
		}
	}
	return ""
}

// facts: each says that the record contradicts the ground given, which is why
// it is only looked at together with that ground.
func (m *Refusals) facts(r *Refusal, s *lifecycle.Step) ([]string, error) {
	f := &r.Found
	// Whoever could not rule anyway needs no word about four eyes, nor a button that shows it.
	judge := s.Act == "rule" && m.Resource.Holds(s.Actor, "office_staff")
	on := func(ground string, holds bool, fact string) string {
		return lifecycle.When(r.Ground == ground && holds, fact)
	}
	return []string{
		lifecycle.When(f.Emergency != "", "emergency"),
		on(notAdmitted, f.Verdict == "must_assist", "statutory"),
		on(notAdmitted, f.Admitted != "", "admitted"),
		on(notAdmitted, f.Before != "" && f.Before != "must_leave", "in_transition"),
		on(windowOver, f.Before != "must_leave", "not_overrun"),
		on(noMoney, f.MoneyIn && f.Late == 0, "money_in"), // claimed is not confirmed (R37)
		on(noStaff, f.Staff == "", "no_staff_promised"),
		on(noStaff, f.StaffIn, "staff_in"),
		on(expired, !slices.Contains(over, f.Part), "in_term"),
		on(cityBureau, f.Level != "city", "not_city"),
		on(negativeList, f.Verdict != "never", "not_listed"),
		lifecycle.When(r.ByStreet, "by_street"),
		lifecycle.When(judge && s.Did("issue", "issue_street"), "own_refusal"),
		lifecycle.When(judge && m.party(r, s.Actor, s.Now), "party"),
	}, nil
}

// party tells whether somebody belongs to the department or to the committee,
// for themselves or through whom they stand in for.
func (m *Refusals) party(r *Refusal, a lifecycle.Actor, at time.Time) bool {
	sides := []string{"dept_clerk@" + r.Department, "committee_staff@" + r.Community}
	for _, who := range []lifecycle.Actor{{ID: a.ID}, a, {ID: a.For}} {
		for _, k := range m.Resource.Gate.Keys(who, at) {
			if slices.Contains(sides, k) {
				return true
			}
		}
	}
	return false
}

// waits: an overdue ruling waits for the head of the office too.
func (m *Refusals) waits(r *Refusal) []string {
	sc := lifecycle.Scope{Department: r.Department, Places: []string{r.Community}}
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, sc) }
	switch {
	case r.State == "issued":
		return turn("dept_clerk")
	case r.State == "disputed" && r.Overdue > 0:
		return slices.Concat(turn("office_staff"), turn("office_head"))
	case r.State == "disputed":
		return turn("office_staff")
	}
	return nil
}
