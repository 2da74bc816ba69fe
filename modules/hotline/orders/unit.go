package orders

import (
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// clocksOfUnit stand still while the unit can do nothing.
var clocksOfUnit = []string{"handle", "remind", "supervise", "criticise"}

func sign(o *Order, s *lifecycle.Step) error {
	o.SignedAt, o.InTime.Signed = &s.Now, o.kept("sign", s.Now)
	if s.Settings.Text("hot.clock") == "sign" {
		o.run(s)
		o.dueMonth()
	}
	return nil
}

func contact(o *Order, in *contactForm, s *lifecycle.Step) error {
	o.ContactedAt, o.InTime.Contacted = &s.Now, o.kept("contact", s.Now)
	s.Note(in.Note)
	return nil
}

func begin(o *Order, in *planForm, s *lifecycle.Step) error {
	s.Note(in.Plan)
	return nil
}

// giveBack asks to return an order: the first time the dispatcher decides, the
// second time the head rules (R56, R57).
func (m *Orders) giveBack(o *Order, in *returnForm, s *lifecycle.Step) error {
	if in.Belongs == o.Unit {
		return fault.InvalidField("belongs", "order.same_unit")
	}
	if in.Belongs != "" && !m.IsUnit(in.Belongs) {
		return fault.InvalidField("belongs", "schema.not_an_option")
	}
	if len(o.Returns) > 0 {
		s.Go("ruling")
		s.Silent()
	}
	o.Returns = append(o.Returns, Return{Unit: o.Unit, At: s.Now, Reason: in.Reason, Document: in.Document, Belongs: in.Belongs, Text: in.Text})
	s.Start("return_decision", "R56", "hot.return_decide_wh", "wh", s.Settings.Int("hot.return_decide_wh"))
	return nil
}

// extend asks for more time, no more than the limit itself (R61).
func extend(o *Order, in *extendForm, s *lifecycle.Step) error {
	d, ok := o.Open("handle")
	if !ok {
		return fault.New(fault.Conflict, "order.no_limit")
	}
	if d.N < 1 || int(in.N) > first(o, d) {
		return fault.InvalidField("n", "order.too_long", "max", max(first(o, d), 0), "unit", "t:order.unit."+d.Unit)
	}
	o.Extensions = append(o.Extensions, Extension{Unit: o.Unit, N: int(in.N), Time: d.Unit, Reason: in.Reason, Ground: in.Ground})
	return nil
}

// first is how long the limit was before any extension.
func first(o *Order, d lifecycle.Deadline) int {
	if d.Rule != "R61" {
		return d.N
	}
	for _, x := range o.Deadlines {
		if x.Name == "handle" && x.Rule != "R61" {
			d = x
		}
	}
	return d.N
}

// pause lets the unit's clock stand still while it waits for others.
func pause(o *Order, in *pauseForm, s *lifecycle.Step) error {
	if d, ok := o.Open("handle"); !ok || d.Paused() {
		return fault.New(fault.Conflict, "order.no_clock")
	}
	s.Pause("order.pause_why."+in.Why, clocksOfUnit...)
	s.Note(in.Note)
	return nil
}

func resume(o *Order, s *lifecycle.Step) error {
	if d, ok := o.Open("handle"); !ok || !d.Paused() {
		return fault.New(fault.Conflict, "order.clock_runs")
	}
	s.Resume(clocksOfUnit...)
	return nil
}

// explain is the reason whose lack would be criticised (R62).
func explain(o *Order, in *excuseForm, s *lifecycle.Step) error {
	if !o.Late {
		return fault.New(fault.Conflict, "order.not_late")
	}
	o.Excuse = in.Excuse
	return nil
}

// reply says what was done; its clock stands still until the centre has read it.
func (m *Orders) reply(o *Order, in *replyForm, s *lifecycle.Step) error {
	o.Replies = append(o.Replies, Reply{Unit: o.Unit, At: s.Now, Text: in.Text, Result: in.Result, Files: in.Files})
	s.Resume(clocksOfUnit...)
	s.Pause("order.pause_why.review", clocksOfUnit...)
	return nil
}

func askExclusion(o *Order, in *excludeForm, s *lifecycle.Step) error {
	o.Exclusion = &Exclusion{Ground: in.Ground, Text: in.Text}
	return nil
}
