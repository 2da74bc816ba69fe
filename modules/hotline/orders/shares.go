package orders

import (
	"slices"
	"time"
)

// Share is how long an order lay with one party.
type Share struct {
	Party string // centre, unit, caller, others
	Unit  string // of a unit
	Time  time.Duration
}

// partyOf gives the party that an order lies with in a state.
func partyOf(state string) string {
	switch state {
	case "dispatched", "signed", "contacted", "handling":
		return "unit"
	case "answered", "closed", "not_accepted", "transferred", "merged":
		return ""
	}
	return "centre"
}

// Shares splits the time of an order by whom it lay with, from its history
// alone: states say with whom, pauses for whom the unit waited.
func (o *Order) Shares(now time.Time) []Share {
	var out []Share
	give := func(party, unit string, d time.Duration) {
		if party == "" || d <= 0 {
			return
		}
		i := slices.IndexFunc(out, func(s Share) bool { return s.Party == party && s.Unit == unit })
		if i < 0 {
			out = append(out, Share{Party: party, Unit: unit})
			i = len(out) - 1
		}
		out[i].Time += d
	}
	paused := ""
	for i, e := range o.History {
		until := now
		if i+1 < len(o.History) {
			until = o.History[i+1].At
		}
		switch {
		case e.Act == "pause":
			paused = o.pausedAt(e.At)
		case e.Act == "resume" || e.From != e.To:
			paused = ""
		}
		party, unit := partyOf(e.To), ""
		if party == "unit" {
			unit = o.unitAt(e.At)
			if paused != "" {
				party, unit = paused, ""
			}
		}
		give(party, unit, until.Sub(e.At))
	}
	return out
}

// pausedAt tells whom the unit waited for since a moment.
func (o *Order) pausedAt(at time.Time) string {
	for _, d := range o.Deadlines {
		for _, p := range d.Pauses {
			if !p.From.Equal(at) {
				continue
			}
			if p.Why == "order.pause_why.caller" || p.Why == "order.pause_why.access" {
				return "caller"
			}
			return "others"
		}
	}
	return "others"
}

// unitAt gives the unit that had the order at a moment: a unit that returned
// it had it until then.
func (o *Order) unitAt(at time.Time) string {
	for _, r := range o.Returns {
		if (r.Decided == "accepted" || r.Decided == "ruled") && !at.After(r.At) {
			return r.Unit
		}
	}
	return o.Unit
}
