// Package ledgers keeps what communities have to fill in: ledgers, forms, apps
// and chat groups, and what each costs in minutes.
//
// Words: a ledger (台账) has an owner department, the fields that are filled
// in, how often, and how long one fill takes. It is in use from the day it is
// registered until it is merged into another or retired.
//
// The life of a ledger: a department requests it, or the office records one
// that communities keep already. The office asks the committees; each says
// keep, merge or drop. Only then does the office register it, merge it into
// another, retire or refuse it. A department never does (permission matrix).
// A new one also needs an admitted item (R3, R20).
//
// What the committees answered is shown side by side, and to departments
// without names, once there are enough answers: committees depend on them for
// money (R48).
package ledgers

import (
	"slices"
	"strings"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
)

// Ledger is one thing to fill in.
type Ledger struct {
	lifecycle.Case
	Content
	Known   bool     `json:"known,omitempty"`  // communities kept it before anybody was asked
	InUse   bool     `json:"in_use,omitempty"` // it costs minutes
	Into    Ref      `json:"into,omitempty"`   // the ledger that it was merged into
	Answers []Answer `json:"answers,omitempty"`
	Heard   int      `json:"heard"` // how many committees have answered
}

// Ref is the id of a ledger, as other cases keep it.
type Ref = portal.Ref[Ledger]

// Content is what is known about a ledger.
type Content struct {
	Kind        string    `json:"kind" form:"choice,required,of=ledger form app group"`
	Name        string    `json:"name" form:"text,required,max=60"`
	Department  string    `json:"department" form:"choice,required,from=departments"`
	Item        items.Ref `json:"item" form:"choice,from=service_items"`
	Communities []string  `json:"communities" form:"choices,required,from=communities"`
	Filled      string    `json:"fields" form:"longtext,required,max=1000"`
	Frequency   string    `json:"frequency" form:"choice,required,of=daily weekly monthly quarterly yearly"`
	Minutes     int64     `json:"minutes" form:"number,required,min=1,max=600"` // one fill
	Medium      string    `json:"medium" form:"choice,required,of=paper electronic"`
}

// Answer is what one committee says.
type Answer struct {
	Community string `json:"community,omitempty"`
	Say       string `json:"say"` // keep, merge, drop
	Note      string `json:"note,omitempty"`
}

// fills counts how often a year a ledger is filled in; a day is a working day.
var fills = map[string]int64{"daily": 250, "weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1}

// yearly is how many minutes a year it costs each community.
func (c *Content) yearly() int64 { return c.Minutes * fills[c.Frequency] }

// monthly turns minutes a year into minutes a month, rounded up.
func monthly(year int64) int64 { return (year + 11) / 12 }

// waiting are the communities that have not answered.
func (l *Ledger) waiting() []string {
	return slices.DeleteFunc(slices.Clone(l.Communities), func(c string) bool {
		return slices.ContainsFunc(l.Answers, func(a Answer) bool { return a.Community == c })
	})
}

// nameless takes out who said what: the answers in an order that tells nothing,
// and none of them while the asking goes on or when there are too few to hide among.
func (l *Ledger) nameless(enough int) {
	if l.State == "asking" || len(l.Answers) < enough {
		l.Answers = nil
		return
	}
	out := slices.Clone(l.Answers)
	for i := range out {
		out[i].Community = ""
	}
	slices.SortFunc(out, func(a, b Answer) int { return strings.Compare(a.Say+a.Note, b.Say+b.Note) })
	l.Answers = out
}
