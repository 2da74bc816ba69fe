package items

import (
	"slices"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// What the portal does by itself: on news of other modules, and when deadlines
// have passed.

var cityZone = calendar.City

// credit writes down how far an instalment has come. Only the committee's or
// the finance bureau's word makes it confirmed (R37); see package funding.
func credit(it *Item, in *moneyNews, s *lifecycle.Step) error {
	p := it.part(in.Community)
	if p == nil || int(in.Instalment) > len(p.Money) {
		return fault.InvalidField("instalment", "item.no_instalment")
	}
	m := &p.Money[in.Instalment-1]
	m.State = in.State
	if m.State == "confirmed" {
		m.Overdue = false
	}
	p.Overdue = p.State != withdrawn && slices.ContainsFunc(p.Money, func(m Money) bool { return m.Overdue })
	watch(it, s, moneyDue)
	return nil
}

// moneyOverdue marks one part and waits for the next; what is due together
// comes with the next ticks of the clock, so that each community is told of.
// An act ends the deadline that called it, so the next has the other name.
func moneyOverdue(next string) func(*Item, *lifecycle.Step) error {
	return func(it *Item, s *lifecycle.Step) error {
		if p, n, by := nextMoney(it, s.Calendar); p != nil && by.Due.Before(s.Now) {
			p.Money[n].Overdue, p.Overdue, s.Ref = true, true, p.Community
		} else {
			s.Silent()
		}
		watch(it, s, next)
		return nil
	}
}

// among are the live parts in some communities, all when none is named. News
// may come after a part has left.
func (it *Item) among(communities []string) []*Part {
	return slices.DeleteFunc(it.live(), func(p *Part) bool {
		return len(communities) > 0 && !slices.Contains(communities, p.Community)
	})
}

func suspendPart(it *Item, in *holdNews, s *lifecycle.Step) error {
	for _, p := range it.among(in.Communities) {
		p.hold(Hold{Kind: "refusal", By: in.By, No: in.No})
		s.Ref = p.Community
	}
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

func resumePart(it *Item, in *holdNews, s *lifecycle.Step) error {
	for _, p := range it.live() {
		if slices.ContainsFunc(p.Holds, func(h Hold) bool { return h.Kind == "refusal" && h.By == in.By }) {
			p.release("refusal", in.By)
			s.Ref = p.Community
		}
	}
	if s.Ref == "" { // the committee took it back before
		s.Silent()
	}
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

func rectify(it *Item, in *holdNews, s *lifecycle.Step) error {
	if !slices.Contains(it.Orders, in.By) {
		it.Orders = append(it.Orders, in.By)
	}
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

func restore(it *Item, in *holdNews, s *lifecycle.Step) error {
	it.Orders = without(it.Orders, in.By)
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

func without(ids []string, id string) []string {
	out := slices.DeleteFunc(ids, func(x string) bool { return x == id })
	if len(out) == 0 {
		return nil
	}
	return out
}

func startWithdrawal(it *Item, in *holdNews, s *lifecycle.Step) error {
	ps := it.among(in.Communities)
	for _, p := range ps {
		p.hold(Hold{Kind: "withdrawal", By: in.By, No: in.No})
	}
	if len(ps) == 1 {
		s.Ref = ps[0].Community
	}
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

// cancelWithdrawal also closes the rectification orders that led to it: who
// decided that the work may stay has decided on them too.
func cancelWithdrawal(it *Item, in *holdNews, s *lifecycle.Step) error {
	for _, p := range it.live() {
		p.release("withdrawal", in.By)
	}
	it.Orders = nil
	s.Note(in.No)
	s.Go(settle(it, s.Now))
	return nil
}

func finishWithdrawal(it *Item, in *holdNews, s *lifecycle.Step) error {
	for _, p := range it.live() {
		if slices.ContainsFunc(p.Holds, func(h Hold) bool { return h.Kind == "withdrawal" && h.By == in.By }) {
			p.State, p.Since, p.Holds = withdrawn, s.Now, nil
			s.Ref = p.Community
		}
	}
	state := settle(it, s.Now)
	if state == withdrawn {
		it.EndedAt, s.Ref = s.Now, ""
		s.Stop("*")
	} else {
		watch(it, s, moneyDue)
	}
	s.Note(in.No)
	s.Go(state)
	return nil
}

func expire(it *Item, s *lifecycle.Step) error {
	it.Expiring = true
	s.Go(settle(it, s.Now))
	return nil
}

func end(it *Item, s *lifecycle.Step) error {
	it.EndedAt = s.Now
	return nil
}

// engage changes nothing but the item's revision: whoever's act needs the item
// in force writes here first, and so loses the race against a suspension.
func engage(it *Item, in *needForm, s *lifecycle.Step) error {
	p := it.part(in.Community)
	standing := p != nil && p.State == active && it.EndedAt.IsZero() && it.State != "ended" && inTerm(it, s.Now)
	if !standing {
		return notInForce(it, in.Community)
	}
	s.Note(in.Note)
	return nil
}

// owe is engage for whoever pays: money may also come to a part that waits for
// it or stands still for want of it, but not to one that has left.
func owe(it *Item, in *needForm, s *lifecycle.Step) error {
	if p := it.part(in.Community); p == nil || p.State == withdrawn || it.State == "ended" && !unpaid(p) {
		return notInForce(it, in.Community)
	}
	s.Note(in.Note)
	return nil
}

func unpaid(p *Part) bool {
	return slices.ContainsFunc(p.Money, func(m Money) bool { return m.State != "confirmed" })
}

func notInForce(it *Item, community string) error {
	state := it.State
	if p := it.part(community); p != nil {
		state = p.State
	}
	f := fault.New(fault.Conflict, "item.not_in_force", "no", it.No, "state", "t:state.item."+state).OnRule("R6")
	f.Fact = "state.item." + state
	return f
}
