package orders

import (
	"strconv"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// bad is the grade from which on a caller counts as dissatisfied.
const bad = 30

// evaluate records what the caller said on the phone (R63).
func (m *Orders) evaluate(o *Order, in *voiceForm, s *lifecycle.Step) error {
	grade, err := strconv.ParseInt(in.Grade, 10, 64)
	if err != nil {
		return fault.InvalidField("grade", "schema.not_an_option")
	}
	if (in.Solved == "not" || grade <= bad) && in.Cause == "" {
		return fault.InvalidField("cause", "order.cause_needed").OnRule("R63")
	}
	o.Solved, o.Grade, o.Graded, o.By, o.Comment, o.Cause = in.Solved, grade, true, "callback", in.Comment, in.Cause
	o.PolicyFlag = o.PolicyFlag || in.Cause == "policy"
	switch {
	case in.Cause == "handling" && (in.Solved == "not" || grade <= bad):
		return m.again(o, s)
	case m.drawn(o, s):
		o.Drawn = true
		s.Go("evaluated")
		s.Silent()
		return nil
	}
	o.close(s)
	return nil
}

// again lets the order be done once more; beyond the limit it is done under
// supervision (R63).
func (m *Orders) again(o *Order, s *lifecycle.Step) error {
	s.Stop("*")
	o.Redos++
	o.Tries, o.RepliedAt, o.ClosedAt, o.Drawn = nil, nil, nil, false
	Redone.Instead(s)
	if o.Redos > s.Settings.Int("hot.redo_max") {
		o.Supervised = true
	}
	if o.Unit == "" { // answered at once, or a vendor's: the centre finds who does it
		o.Job, o.Vendor = "", ""
		s.Go("triaged")
		return nil
	}
	s.Go("handling")
	o.run(s)
	if o.DueMonth == "" {
		o.dueMonth()
	}
	return nil
}

// close ends an order.
func (o *Order) close(s *lifecycle.Step) {
	s.Stop("*")
	s.Go("closed")
	o.ClosedAt = &s.Now
}

// notReached counts a try. Tries lie apart; after the last the order is closed
// as not reached, which is neither solved nor satisfied.
func notReached(o *Order, s *lifecycle.Step) error {
	gap := time.Duration(s.Settings.Int("hot.callback_gap_min")) * time.Minute
	if n := len(o.Tries); n > 0 && s.Now.Sub(o.Tries[n-1]) < gap {
		return fault.New(fault.Conflict, "order.too_soon", "min", s.Settings.Int("hot.callback_gap_min")).OnRule("R63")
	}
	o.Tries = append(o.Tries, s.Now)
	if len(o.Tries) < s.Settings.Int("hot.callback_tries") {
		s.Start("callback", "R63", "hot.callback_wd", "wd", s.Settings.Int("hot.callback_wd"))
		return nil
	}
	o.Solved, o.Graded, o.By = "unreached", false, "callback"
	o.close(s)
	Closed.Instead(s)
	return nil
}

// secondCall is what another of the callback staff heard from the same caller.
func (m *Orders) secondCall(o *Order, in *secondForm, s *lifecycle.Step) error {
	o.Second = in.Found
	s.Note(in.Comment)
	if in.Found == "other" {
		o.Solved, o.Grade, o.Graded = "not", 0, true
		return m.again(o, s)
	}
	o.close(s)
	return nil
}

// rate is the caller's own word; it takes the place of what was heard by phone.
func (m *Orders) rate(o *Order, in *rateForm, s *lifecycle.Step) error {
	grade, err := strconv.ParseInt(in.Grade, 10, 64)
	if err != nil {
		return fault.InvalidField("grade", "schema.not_an_option")
	}
	o.Solved, o.Grade, o.Graded, o.By, o.Comment = in.Solved, grade, true, "caller", in.Comment
	if in.Solved == "not" {
		return m.again(o, s)
	}
	o.close(s)
	return nil
}

// notSolved: the caller says so, and is believed.
func (m *Orders) notSolved(o *Order, in *sayForm, s *lifecycle.Step) error {
	o.Solved, o.Grade, o.Graded, o.By, o.Comment = "not", 0, true, "caller", in.Text
	return m.again(o, s)
}

func escalate(o *Order, in *sayForm, s *lifecycle.Step) error {
	o.Escalated = in.Text
	return nil
}

// mostAdditions is how often a caller may add to one order.
const mostAdditions = 20

func add(o *Order, in *addForm, s *lifecycle.Step) error {
	switch {
	case in.Text == "" && len(in.Files) == 0:
		return fault.InvalidField("text", "schema.required")
	case len(o.Additions) >= mostAdditions:
		return fault.New(fault.Conflict, "order.added_enough", "max", mostAdditions)
	}
	o.Additions = append(o.Additions, Addition{At: s.Now, Text: in.Text, Files: in.Files})
	return nil
}

// drawn tells whether an order is drawn for a second call: nobody but the portal
// can know beforehand, and it would draw the same again.
func (m *Orders) drawn(o *Order, s *lifecycle.Step) bool {
	h := m.digest("second call", o.ID, strconv.Itoa(o.Redos))
	n, err := strconv.ParseUint(h[:8], 16, 64)
	return err == nil && int(n%100) < s.Settings.Int("hot.second_pct")
}
