package orders

import (
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// overdue: the limit has passed; the unit is reminded the next day (R62).
func overdue(o *Order, s *lifecycle.Step) error {
	o.Late = true
	due := s.Now
	for _, d := range o.Deadlines {
		if d.Name == "handle" && d.Done == nil {
			due = d.Due
		}
	}
	s.Until("remind", "R62", endOfDay(due))
	return nil
}

// remind sends the reminder notice (催办通知书), with a copy to the unit's leader.
func remind(o *Order, s *lifecycle.Step) error {
	o.Reminded = true
	s.Start("supervise", "R62", "hot.supervise_wd", "wd", s.Settings.Int("hot.supervise_wd"))
	s.Start("criticise", "R62", "hot.criticise_wd", "wd", s.Settings.Int("hot.criticise_wd"))
	return nil
}

func superviseLate(o *Order, s *lifecycle.Step) error {
	o.Supervised = true
	return nil
}

// criticise: no reply and no reason.
func criticise(o *Order, s *lifecycle.Step) error {
	o.Criticised = true
	return nil
}

// follow gives a duplicate the answer of the order it was merged into; its own
// caller is called back.
func (m *Orders) follow(o *Order, in *followForm, s *lifecycle.Step) error {
	o.Unit = in.Unit
	o.Replies = append(o.Replies, Reply{Unit: in.Unit, At: s.Now, Text: in.Text, Result: "done"})
	return nil
}

// engage gives an order to a vendor; one that is handled changes only the
// vendor of its own job.
func (m *Orders) engage(o *Order, in *jobForm, s *lifecycle.Step) error {
	if o.State == "handling" && o.Job != in.Job {
		return fault.New(fault.Conflict, "order.another_hand")
	}
	o.Job, o.Vendor = in.Job, in.Vendor
	return nil
}

// disengage gives an order back whose job came to nothing.
func disengage(o *Order, in *jobForm, s *lifecycle.Step) error {
	if o.Job != in.Job {
		return fault.New(fault.Conflict, "order.another_hand")
	}
	o.Job, o.Vendor = "", ""
	s.Start("triage", "R54", "hot.triage_min", "min", s.Settings.Int("hot.triage_min"))
	return nil
}

func (m *Orders) jobDone(o *Order, in *jobDoneForm, s *lifecycle.Step) error {
	if o.Job != in.Job {
		return fault.New(fault.Conflict, "order.another_hand")
	}
	o.Replies = append(o.Replies, Reply{At: s.Now, Text: in.Text, Result: "done"})
	o.RepliedAt = &s.Now
	return nil
}

// split undoes a merge that was a mistake.
func split(o *Order, s *lifecycle.Step) error {
	o.Main, o.MainNo = "", ""
	s.Start("triage", "R54", "hot.triage_min", "min", s.Settings.Int("hot.triage_min"))
	return nil
}

// late is how long after its limit an order is.
func (o *Order) lateSince() (time.Time, bool) {
	if !o.Late {
		return time.Time{}, false
	}
	for i := len(o.Deadlines) - 1; i >= 0; i-- {
		if d := o.Deadlines[i]; d.Name == "handle" {
			return d.Due, true
		}
	}
	return time.Time{}, false
}
