// Package settings changes the decisions that a city takes for itself: how
// long the office may think, when a rating orders rectification, and the rest
// of package setting.
//
// Words: a change gives one setting a new value from a day on, by an approving
// document; what cannot be changed without it (the weights of a rating sum to
// 100) changes with it. A value is in force from that day until a later
// change of the same setting. A rehearsal runs the open cases through a value
// that nobody has chosen yet.
//
// The life of a change: the city's administrator proposes it, the joint
// conference confirms it (four eyes) or declines it. Confirmed, it waits for
// its day and then is in force by itself; once nothing of it is in force any
// more it is superseded. Until its day it can be withdrawn.
//
// A case keeps the values it opened with, so a change moves no deadline that
// already runs. What is in force at a moment is computed from memory.
package settings

import (
	"slices"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// States of a change.
const (
	proposed   = "proposed"
	confirmed  = "confirmed"
	inForce    = "in_force"
	superseded = "superseded"
)

// Pair is a setting and the value it is to have.
type Pair struct {
	Key   string `json:"key" form:"choice,required,from=settings"`
	Value string `json:"value" form:"text,max=200"` // a set may be empty
}

// Proposal is what the administrator asks for.
type Proposal struct {
	Key      string      `json:"key" form:"choice,required,from=settings"`
	Value    string      `json:"value" form:"text,max=200"`
	Also     []Pair      `json:"also,omitempty" form:"rows,max=4"`
	From     schema.Date `json:"effective_from" form:"date,required"`
	Document string      `json:"document" form:"text,required,max=80"`
	Reason   string      `json:"reason" form:"longtext,required,max=500"`
}

// pairs are all settings the proposal touches, the one it is about first.
func (p Proposal) pairs() []Pair { return append([]Pair{{p.Key, p.Value}}, p.Also...) }

// touches tells whether the proposal sets the key.
func (p Proposal) touches(key string) bool {
	return slices.ContainsFunc(p.pairs(), func(x Pair) bool { return x.Key == key })
}

// Change is one change of a setting.
type Change struct {
	lifecycle.Case
	Proposal
	Places      []string   `json:"places,omitempty"`       // the districts it holds in: all of the city
	Was         []Pair     `json:"was,omitempty"`          // the values it takes the place of, as known when it was confirmed
	EffectiveAt *time.Time `json:"effective_at,omitempty"` // from when it counts, once confirmed
	Turn        int64      `json:"turn,omitempty"`         // counts confirmed changes from 1: of two confirmed at once only one is saved
}

// counts tells whether the change has or had a time in which its values held
// or will hold.
func (c *Change) counts() bool {
	return c.EffectiveAt != nil && slices.Contains([]string{confirmed, inForce, superseded}, c.State)
}

// begins is the first moment at which the change can hold when it is confirmed now.
func (c *Change) begins(now time.Time) time.Time {
	if day := c.From.Time(calendar.City); day.After(now) {
		return day
	}
	return now
}

// inTurn orders changes by when they begin to hold; of two on the same moment
// the one confirmed later holds.
func inTurn(a, b *Change) int {
	if n := a.EffectiveAt.Compare(*b.EffectiveAt); n != 0 {
		return n
	}
	return int(a.Turn - b.Turn)
}

func title(c *Change) string {
	out := make([]string, 0, 1+len(c.Also))
	for _, p := range c.pairs() {
		out = append(out, p.Key+" = "+p.Value)
	}
	return strings.Join(out, ", ")
}
