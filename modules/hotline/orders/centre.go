package orders

import (
	"cmp"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

var zone = calendar.City

// file takes what a caller asks. Who filed it is part of the history for staff
// only; whoever files without an account is nobody there.
func (m *Orders) file(o *Order, in *Filing, s *lifecycle.Step) error {
	if strings.TrimSpace(in.Words) == "" {
		return fault.InvalidField("words", "schema.required")
	}
	if in.Community != "" && m.City.Street(in.Community) == "" {
		return fault.InvalidField("community", "schema.not_an_option")
	}
	o.Said = Said{Words: in.Words, Place: in.Place, Lat: in.Lat, Long: in.Long, Needs: in.Needs, Files: in.Files}
	o.Sorted = Sorted{Type: cmp.Or(in.Type, "help"), Category: in.Category, Class: in.Class, Community: in.Community, Item: in.Item,
		Confidential: in.Confidential || in.Type == "report"}
	if err := o.sort(); err != nil {
		return err
	}
	o.Channel, o.Caller, o.Contact, o.Twin = in.Channel, in.caller, in.contact, in.twin
	o.Consent, o.Source, o.AskedOn = in.Consent, in.Source, in.AskedOn
	o.Disaster = in.Community != "" && m.emergencies.Declared(in.Community, s.Now)
	s.Start("triage", "R54", "hot.triage_min", "min", s.Settings.Int("hot.triage_min"))
	return nil
}

func (m *Orders) fileFor(o *Order, in *onBehalf, s *lifecycle.Step) error {
	if in.Community == "" {
		return fault.InvalidField("community", "schema.required")
	}
	in.Consent = in.Agreed
	return m.file(o, &in.Filing, s)
}

// sort derives stream and class from the category (R69, R58).
func (o *Order) sort() error {
	o.Stream = portal.Administrative
	if o.Category == "" {
		o.Class = cmp.Or(o.Class, "ordinary")
		return nil
	}
	c, ok := portal.CategoryOf(o.Category)
	if !ok {
		return fault.InvalidField("category", "schema.not_an_option")
	}
	o.Stream, o.Class = c.Stream, cmp.Or(o.Class, c.Class)
	return nil
}

// passOn logs a call that is none of the hotline's (R134).
func (m *Orders) passOn(o *Order, in *passForm, s *lifecycle.Step) error {
	o.Said, o.Channel, o.Line = Said{Words: in.Words, Place: in.Place}, "phone", in.Line
	o.Sorted = Sorted{Type: "help", Class: "emergency", Stream: portal.Administrative}
	return nil
}

func (m *Orders) transfer(o *Order, in *transferForm, s *lifecycle.Step) error {
	o.Line = in.Line
	s.Note(in.Note)
	return nil
}

func (m *Orders) answer(o *Order, in *answerForm, s *lifecycle.Step) error {
	o.Answer, o.Article = in.Answer, in.Article
	o.ClosedAt = &s.Now
	return nil
}

func (m *Orders) decline(o *Order, in *declineForm, s *lifecycle.Step) error {
	o.Why, o.WhereToGo = in.Why, in.WhereToGo
	o.ClosedAt = &s.Now
	return nil
}

// triage sorts an order. What it is about may be put right as often as needed;
// that a complaint is none only with the caller's yes (the facts hold that).
func (m *Orders) triage(o *Order, in *triageForm, s *lifecycle.Step) error {
	if in.Community != "" && m.City.Street(in.Community) == "" {
		return fault.InvalidField("community", "schema.not_an_option")
	}
	if in.Agreed && in.Type != o.Type {
		s.Note("order.note_agreed")
	}
	if in.Category != o.Category && in.Class == "" {
		o.Class = ""
	}
	o.Type, o.Category, o.Class = in.Type, in.Category, cmp.Or(in.Class, o.Class)
	o.Community, o.Item = cmp.Or(in.Community, o.Community), cmp.Or(in.Item, o.Item)
	o.Confidential = o.Confidential || in.Confidential
	return o.sort()
}

func (m *Orders) retype(o *Order, in *retypeForm, s *lifecycle.Step) error {
	if in.Type == o.Type {
		return fault.InvalidField("type", "order.same_type")
	}
	o.Type = in.Type
	s.Note(in.How)
	return nil
}

func (m *Orders) dispatchTo(o *Order, in *unitForm, s *lifecycle.Step) error {
	if o.Category == "" {
		return fault.New(fault.Conflict, "order.not_sorted")
	}
	return m.sendTo(o, in.Unit, in.Basis, s)
}

// sendTo gives an order to a unit, whose clock runs from now on (R55).
func (m *Orders) sendTo(o *Order, unit, basis string, s *lifecycle.Step) error {
	if !m.IsUnit(unit) {
		return fault.InvalidField("unit", "schema.not_an_option")
	}
	o.Unit, o.Basis = unit, basis
	o.DispatchedAt, o.SignedAt, o.ContactedAt, o.RepliedAt, o.InTime = &s.Now, nil, nil, nil, InTime{}
	s.Stop("sign", "contact", "return", "handle", "return_decision")
	o.clocks(s)
	o.dueMonth()
	return nil
}

// dueMonth is the month in whose rates an order counts: that of its first limit.
func (o *Order) dueMonth() {
	if d, ok := o.Open("handle"); ok {
		o.DueMonth = month(d.Due)
	}
}

func (m *Orders) redispatch(o *Order, in *unitForm, s *lifecycle.Step) error {
	r := o.lastReturn()
	if in.Unit == r.Unit {
		return fault.InvalidField("unit", "order.same_unit")
	}
	r.Decided, r.Ground = "accepted", in.Basis
	return m.sendTo(o, in.Unit, in.Basis, s)
}

// refuseReturn leaves the order with its unit, whose clock ran on meanwhile.
func (m *Orders) refuseReturn(o *Order, in *groundForm, s *lifecycle.Step) error {
	r := o.lastReturn()
	r.Decided, r.Ground = "refused", in.Ground
	s.Stop("return_decision")
	if o.SignedAt != nil {
		s.Go("signed")
	}
	return nil
}

// rule ends the tug-of-war (R57).
func (m *Orders) rule(o *Order, in *rulingForm, s *lifecycle.Step) error {
	r := o.lastReturn()
	r.Ground, r.Decided = in.Ground, "ruled"
	o.Ruled = true
	s.Ref = in.Unit
	return m.sendTo(o, in.Unit, in.Ground, s)
}

// grant gives more time: counted from now, no longer than the limit itself was,
// and later than it ends (R61).
func (m *Orders) grant(o *Order, in *grantForm, s *lifecycle.Step) error {
	e := o.lastExtension()
	if e == nil {
		return fault.New(fault.Conflict, "order.nothing_asked")
	}
	e.Decided, e.Why, e.Told = "granted", in.Why, in.Told
	was, running := o.Open("handle")
	now := s.Start("handle", "R61", "hot.extend_max", e.Time, e.N)
	if running && !now.Due.After(was.Due) {
		return fault.New(fault.Conflict, "order.no_longer")
	}
	o.Late = false
	s.Stop("remind", "supervise", "criticise")
	return nil
}

func (m *Orders) refuse(o *Order, in *refuseForm, s *lifecycle.Step) error {
	e := o.lastExtension()
	if e == nil {
		return fault.New(fault.Conflict, "order.nothing_asked")
	}
	e.Decided, e.Why = "refused", in.Why
	return nil
}

func supervise(o *Order, in *groundForm, s *lifecycle.Step) error {
	if o.Supervised {
		return fault.New(fault.Conflict, "order.supervised_already")
	}
	o.Supervised = true
	s.Note(in.Ground)
	return nil
}

// accept lets the reply stand: the time the centre took over it is not the unit's.
func accept(o *Order, s *lifecycle.Step) error {
	r := o.Replies[len(o.Replies)-1]
	o.RepliedAt = &r.At
	o.InTime.Closed = !o.Late && o.kept("handle", r.At)
	return nil
}

func sendBack(o *Order, in *groundForm, s *lifecycle.Step) error {
	o.Replies[len(o.Replies)-1].Not = in.Ground
	s.Resume(clocksOfUnit...)
	return nil
}

func flag(o *Order, in *flagForm, s *lifecycle.Step) error {
	o.PolicyFlag = in.Policy
	s.Note(in.Why)
	return nil
}

func settle(o *Order, in *sayForm, s *lifecycle.Step) error {
	if o.Escalated == "" {
		return fault.New(fault.Conflict, "order.nothing_escalated")
	}
	o.Escalated, o.Settled = "", in.Text
	return nil
}

// decided is the panel's answer to a unit that asks not to be counted.
func decided(how string) func(*Order, *refuseForm, *lifecycle.Step) error {
	return func(o *Order, in *refuseForm, s *lifecycle.Step) error {
		if o.Exclusion == nil || o.Exclusion.Decided != "" {
			return fault.New(fault.Conflict, "order.nothing_asked")
		}
		x := *o.Exclusion
		x.Decided, x.Why = how, in.Why
		o.Exclusion = &x
		return nil
	}
}

// forget lets phone and name go at once, because the caller demands it; what
// the order says stays, without either.
func forget(o *Order, in *forgetForm, s *lifecycle.Step) error {
	if o.Contact == "" {
		return fault.New(fault.Conflict, "order.no_contact")
	}
	s.Note(in.Demand)
	return nil
}

// reveal leaves its trace in the history; what is revealed does not.
func reveal(o *Order, in *revealForm, s *lifecycle.Step) error {
	if o.Contact == "" {
		return fault.New(fault.Conflict, "order.no_contact")
	}
	s.Note("order.reveal_why." + in.Why)
	return nil
}

// month words a moment as rates speak of it.
func month(t time.Time) string { return t.In(zone).Format("2006-01") }
