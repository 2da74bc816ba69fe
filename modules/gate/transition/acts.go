package transition

import (
	"slices"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	applyForm struct {
		No string `json:"application_no" form:"text,required,max=40"`
	}
	leaveForm struct {
		Community string `json:"community" form:"choice,required,from=communities"`
		Note      string `json:"note" form:"longtext,max=500"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	decidedForm struct { // from the application, by the portal
		Outcome string `json:"outcome" form:"choice,required,of=approved rejected dropped"`
	}
)

// window is the name of the deadline of the transition.
const window = "transition"

func (m *Transition) table() lifecycle.Table[Carryover] {
	return lifecycle.Table[Carryover]{
		Noun: "carryover", Plural: "carryovers", Prefix: "CL",
		Title: func(c *Carryover) string { return c.Title },
		Scope: func(c *Carryover) lifecycle.Scope {
			return lifecycle.Scope{Department: c.Department, Places: c.Communities}
		},
		Facts: facts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "found", Shelf: lifecycle.Public, Tone: "warn"},
			{Name: "kept", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "applied", Shelf: lifecycle.Public, Tone: "doing"},
			{Name: "admitted", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "must_leave", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "left", Shelf: lifecycle.Public, Tone: "neutral"},
			{Name: "struck", Shelf: lifecycle.Public, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Carryover]{
			{Name: "register", To: []string{"found", "kept", "must_leave"}, Rule: "R26", Look: lifecycle.Primary, Place: registering, Do: lifecycle.Fills("carryover", m.register)},
			{Name: "apply", From: []string{"found"}, To: []string{"applied"}, Rule: "R26", Look: lifecycle.Primary, Do: lifecycle.Takes("carryover", m.apply), Stops: []string{window}},
			{Name: "overrun", From: []string{"found"}, To: []string{"must_leave"}, Rule: "R26", On: window, Look: lifecycle.Hidden, Do: lifecycle.Does(overrun)},
			{Name: "decided", From: []string{"applied"}, To: []string{"admitted", "must_leave", "found"}, Rule: "R26", Look: lifecycle.Hidden, Do: lifecycle.Takes("carryover", decided)},
			{Name: "leave", From: running, To: append([]string{"left"}, running...), Rule: "R26", Look: lifecycle.Primary, Place: leaving, Do: lifecycle.Takes("carryover", leave)},
			{Name: "strike", From: []string{"found", "kept"}, To: []string{"struck"}, Rule: "R7", Look: lifecycle.Danger, Do: lifecycle.Takes("carryover", strike), Stops: []string{"*"}},
		},
		Fields:  []store.Field{{Name: "application"}},
		Indexes: []store.Index{{Name: "application", Fields: []string{"application"}}},
		Extract: func(c *Carryover) map[string]any {
			if c.Application == "" {
				return map[string]any{"application": nil}
			}
			return map[string]any{"application": c.Application}
		},
	}
}

// facts: not_launched no launch day is set, after_launch the work began later,
// own_registration whoever judges it registered it.
func facts(c *Carryover, s *lifecycle.Step) ([]string, error) {
	launch := c.Launch
	if s.Act == "register" {
		launch = launchDay(s.Settings.Text("adm.launch"))
	}
	return []string{
		lifecycle.When(launch == "" || launch > schema.DateOf(s.Now, calendar.City), "not_launched"),
		lifecycle.When(launch != "" && c.Since >= launch && c.Since != "", "after_launch"),
		lifecycle.When(s.Did("register"), "own_registration"),
	}, nil
}

// registering asks for the role in every community that is named.
func registering(c *Carryover, s *lifecycle.Step) []string {
	if in := lifecycle.In[Found](s); in != nil {
		return in.Communities
	}
	return c.Communities
}

// register compares the work with the item lists. What is found after the
// window has ended must leave at once.
func (m *Transition) register(c *Carryover, in *Found, s *lifecycle.Step) error {
	c.Found = *in
	c.Launch = launchDay(s.Settings.Text("adm.launch"))
	if c.Launch == "" || c.Since >= c.Launch {
		return nil // the gate says so, with the rule and the way out
	}
	v, _, entry, title := m.Verdict(c.Title, c.Kinds, c.Department, s.Now)
	c.Match = Match{Verdict: v, Entry: entry, Title: title}
	sum := windowOf(c.Launch, s.Settings.Int("adm.transition_days"), s.Calendar)
	c.Until = sum.Due
	switch {
	case c.Match.covered():
		s.Go("kept")
	case s.Now.After(c.Until):
		c.Why = windowOver
		s.Go("must_leave")
	default:
		c.run(sum)
	}
	return nil
}

// run lets the window run; its days are counted from the launch.
func (c *Carryover) run(sum calendar.Sum) {
	c.Deadlines = append(c.Deadlines, lifecycle.Deadline{Name: window, Rule: "R26", Setting: "adm.transition_days", Unit: "d", N: sum.N, From: sum.From, Due: sum.Due, Version: sum.Version})
}

// apply names the application by which the work asks to stay. One that is
// still a draft asks nothing.
func (m *Transition) apply(c *Carryover, in *applyForm, s *lifecycle.Step) error {
	id, department, state, communities, err := m.Filed(s.Ctx, in.No)
	if err != nil {
		return err
	}
	switch {
	case id == "" || department != c.Department:
		return fault.InvalidField("application_no", "carryover.no_application").OnRule("R26")
	case slices.Contains([]string{"draft", "rejected", "withdrawn", "lapsed"}, state):
		return fault.InvalidField("application_no", "carryover.not_filed").OnRule("R26")
	case slices.ContainsFunc(c.here(), func(x string) bool { return !slices.Contains(communities, x) }):
		return fault.InvalidField("application_no", "carryover.not_everywhere").OnRule("R26")
	}
	c.Application, c.ApplicationNo = id, in.No
	s.Note(in.No)
	return nil
}

func overrun(c *Carryover, s *lifecycle.Step) error {
	c.Why = windowOver
	return nil
}

// decided takes over what became of the application. One that the department
// let drop leaves what is left of the window.
func decided(c *Carryover, in *decidedForm, s *lifecycle.Step) error {
	switch {
	case in.Outcome == "approved":
	case in.Outcome == "dropped" && s.Now.Before(c.Until):
		c.Application, c.ApplicationNo = "", ""
		c.run(windowOf(c.Launch, s.Settings.Int("adm.transition_days"), s.Calendar))
		s.Go("found")
	default:
		c.Why = refused
		if in.Outcome == "dropped" {
			c.Why = windowOver
		}
		s.Go("must_leave")
	}
	return nil
}

// leaving are the communities whose committee can say that the work has left.
func leaving(c *Carryover, s *lifecycle.Step) []string {
	if in := lifecycle.In[leaveForm](s); in != nil {
		return []string{in.Community}
	}
	return append([]string{"-"}, c.here()...) // nowhere, which is not anywhere
}

func leave(c *Carryover, in *leaveForm, s *lifecycle.Step) error {
	if !slices.Contains(c.here(), in.Community) {
		return fault.InvalidField("community", "carryover.not_here")
	}
	c.Gone = append(c.Gone, Gone{Community: in.Community, At: s.Now, Note: in.Note})
	s.Ref = in.Community
	if len(c.here()) > 0 {
		s.Go(c.State)
		return nil
	}
	s.Stop("*")
	return nil
}

func strike(c *Carryover, in *reasonForm, s *lifecycle.Step) error {
	c.Struck = in.Reason
	s.Note(in.Reason)
	return nil
}
