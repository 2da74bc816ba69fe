package items

import (
	"slices"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

// settle brings parts and item to the states that follow from what is known of
// them, and gives the item's state.
func settle(it *Item, now time.Time) string {
	running := false
	for i := range it.Parts {
		settlePart(&it.Parts[i], now)
		running = running || it.Parts[i].State == active
	}
	live := it.live()
	all := func(f func(*Part) bool) bool {
		return !slices.ContainsFunc(live, func(p *Part) bool { return !f(p) })
	}
	switch {
	case len(live) == 0:
		return withdrawn
	case all(func(p *Part) bool { return p.held("withdrawal") }):
		return "withdrawing"
	case len(it.Orders) > 0:
		return "rectifying"
	case all(func(p *Part) bool { return p.State == suspended }):
		return suspended
	case running && it.Expiring:
		return "expiring"
	case running:
		return active
	}
	return pending
}

func settlePart(p *Part, now time.Time) {
	p.Overdue = p.State != withdrawn && slices.ContainsFunc(p.Money, func(m Money) bool { return m.Overdue })
	was := p.State
	switch {
	case was == withdrawn:
		return
	case len(p.Holds) > 0:
		p.State = suspended
	case p.Confirmed:
		p.State = active
	default:
		p.State = pending
	}
	if p.State != was {
		p.Since = now
	}
	if p.State == active && p.ActiveAt.IsZero() {
		p.ActiveAt = now
	}
}

// demanded are the indexes of the instalments that the gate wants confirmed
// now: all of temporary work (R35); of other work the first and whatever has
// fallen due since (R34).
func demanded(it *Item, now time.Time) []int {
	first, today := -1, schema.DateOf(now, calendar.City)
	for i, x := range it.Instalments {
		if first < 0 || x.Due < it.Instalments[first].Due {
			first = i
		}
	}
	var out []int
	for i, x := range it.Instalments {
		if it.Nature == "temporary" || i == first || x.Due <= today {
			out = append(out, i)
		}
	}
	return out
}

// gate tells what a part owes the gate: the fen demanded by the city's share,
// and the fen of the demanded instalments that are confirmed.
func gate(it *Item, p *Part, now time.Time) (want, in schema.Fen) {
	share := it.Settings.Int("fund.gate_long_pct")
	if it.Nature == "temporary" {
		share = it.Settings.Int("fund.gate_temporary_pct")
	}
	for _, i := range demanded(it, now) {
		want += it.Instalments[i].Amount
		if p.Money[i].State == "confirmed" {
			in += it.Instalments[i].Amount
		}
	}
	return (want*schema.Fen(share) + 99) / 100, in
}

func short(it *Item, p *Part, now time.Time) bool {
	want, in := gate(it, p, now)
	return in < want
}

// claimed: what is missing was at least said to be paid (R37).
func claimed(it *Item, p *Part, now time.Time) bool {
	return slices.ContainsFunc(demanded(it, now), func(i int) bool {
		return p.Money[i].State == "claimed" || p.Money[i].State == "disputed"
	})
}

// graceOf is the deadline behind which an unconfirmed instalment counts as
// undelivered (R6, R10).
func graceOf(x Instalment, c *calendar.Calendar, v setting.Values) calendar.Sum {
	return c.Sum(x.Due.Time(calendar.City), "wd", v.Int("fund.grace_wd"))
}

// nextMoney finds the unconfirmed instalment, not yet called overdue, whose
// grace ends first, and a part that waits for it.
func nextMoney(it *Item, c *calendar.Calendar) (part *Part, n int, by calendar.Sum) {
	for _, p := range it.live() {
		for i, x := range it.Instalments {
			if m := p.Money[i]; m.Overdue || m.State == "confirmed" {
				continue
			}
			if s := graceOf(x, c, it.Settings); part == nil || s.Due.Before(by.Due) {
				part, n, by = p, i, s
			}
		}
	}
	return part, n, by
}

// Names of the deadline of the money that is owed next.
const (
	moneyDue     = "money_due"
	moneyDueNext = "money_due_next"
)

// watch runs the deadline of the money that is owed next.
func watch(it *Item, s *lifecycle.Step, name string) {
	s.Stop(moneyDue, moneyDueNext)
	if p, _, by := nextMoney(it, s.Calendar); p != nil {
		it.Deadlines = append(it.Deadlines, lifecycle.Deadline{Name: name, Rule: "R6", Setting: "fund.grace_wd", Unit: "wd", N: by.N, From: by.From, Due: by.Due, Version: by.Version})
	}
}

// renewFrom is the day from which a renewal is asked for: so many working days
// before the end. A term that is shorter has no such day.
func renewFrom(it *Item, c *calendar.Calendar) (time.Time, bool) {
	if it.End.IsZero() {
		return time.Time{}, false
	}
	d := it.End.In(calendar.City)
	for n := it.Settings.Int("adm.renew_wd"); n > 0; {
		if d = d.AddDate(0, 0, -1); c.IsWorkday(d) {
			n--
		}
	}
	return d.UTC(), d.After(it.Start)
}

// until is a deadline on a given day: a term's end is not counted from
// anything, so its sum has no days to show.
func until(it *Item, s *lifecycle.Step, name, setting string, due time.Time) {
	s.Stop(name)
	it.Deadlines = append(it.Deadlines, lifecycle.Deadline{Name: name, Setting: setting, Unit: "d", From: due, Due: due, Version: s.Calendar.Version()})
}

// runTerm runs the deadlines of the term.
func runTerm(it *Item, s *lifecycle.Step) {
	s.Stop("renewal_due", "term_end")
	if at, ok := renewFrom(it, s.Calendar); ok {
		until(it, s, "renewal_due", "adm.renew_wd", at)
	}
	if !it.End.IsZero() {
		until(it, s, "term_end", "", it.End)
	}
}

// longest is the last moment that a term beginning at start may have.
func longest(nature string, start time.Time, v setting.Values) time.Time {
	start = start.In(calendar.City)
	switch nature {
	case "temporary":
		return start.AddDate(0, 0, v.Int("adm.term_temporary_days")).UTC()
	case "pilot":
		return start.AddDate(0, v.Int("adm.term_pilot_months"), 0).UTC()
	}
	return start.AddDate(0, v.Int("adm.term_long_months"), 0).UTC()
}

// lastMoment is the end of a day in the city.
func lastMoment(d schema.Date) time.Time {
	return d.Time(calendar.City).In(calendar.City).AddDate(0, 0, 1).Add(-time.Nanosecond).UTC()
}

// overdueDays counts the working days since the oldest unconfirmed instalment
// of a part fell due; 0 when nothing is.
func overdueDays(it *Item, p *Part, c *calendar.Calendar, now time.Time) int {
	days := 0
	for i, x := range it.Instalments {
		if p.Money[i].State != "confirmed" {
			days = max(days, c.Workdays(x.Due.Time(calendar.City), now))
		}
	}
	return days
}

func inTerm(it *Item, now time.Time) bool {
	return !now.Before(it.Start) && (it.End.IsZero() || !now.After(it.End))
}
