// Package items keeps what was let in: the admitted items, community by
// community, from the decision to the day the work leaves.
//
// Words: an item (准入事项) is admitted work with a term. A part is the item in
// one community; it is there that money arrives, work is done and refusals
// bite. A hold is a reason why a part stands still: the office's suspension, a
// committee's refusal, a withdrawal on its way. The gate of money is what must
// be confirmed before a part may go active (R34, R35); claimed is not confirmed
// (R37).
//
// The life of an item: it opens pending when its application is approved, and
// is active as soon as one committee confirms that money and powers arrived, and
// the staff too where a function moves to the community (R8).
// It may be suspended, rectified, withdrawn; near the end of its term it is
// expiring and is renewed or ends. A duty fixed by law needs no application
// and is active at once (R2).
package items

import (
	"slices"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Item is admitted work.
type Item struct {
	lifecycle.Case
	Grant
	Entry string `json:"entry,omitempty"` // of the item lists, by which it needs no application (R2)
	Asked string `json:"asked,omitempty"` // what the department asks by that entry
	Parts []Part `json:"parts"`

	Orders   []string  `json:"orders,omitempty"` // rectification orders that are open
	Expiring bool      `json:"expiring,omitempty"`
	Renewal  *Renewal  `json:"renewal,omitempty"` // asked for and not decided
	Renewed  int       `json:"renewed,omitempty"` // how often
	EndedAt  time.Time `json:"ended_at,omitzero"` // when it ended or had left everywhere
}

// Grant is what a decision let in.
type Grant struct {
	Application   string       `json:"application,omitempty"`
	ApplicationNo string       `json:"application_no,omitempty"`
	Title         string       `json:"title"`
	Department    string       `json:"department"`       // who does the work, pays and is rated
	Origin        string       `json:"origin,omitempty"` // the city bureau behind it (R12)
	Kinds         []string     `json:"kinds"`
	Nature        string       `json:"nature,omitempty"` // long, temporary, pilot
	Side          string       `json:"side,omitempty"`   // R14
	Communities   []string     `json:"communities"`
	Start         time.Time    `json:"start"`
	End           time.Time    `json:"end,omitzero"` // its last moment; zero: none
	Conditions    string       `json:"conditions,omitempty"`
	Plaque        string       `json:"plaque,omitempty"`
	Powers        string       `json:"powers,omitempty"`
	Staff         string       `json:"staff,omitempty"` // who moves with a function that is transferred (R8)
	Delivery      string       `json:"delivery,omitempty"`
	Hours         int64        `json:"hours,omitempty"`       // a month in each community
	Inspections   int64        `json:"inspections,omitempty"` // a month, as are the meetings
	Meetings      int64        `json:"meetings,omitempty"`
	Groups        int64        `json:"groups,omitempty"`    // apps and chat groups
	Residents     int64        `json:"residents,omitempty"` // to be reached
	OnRequest     bool         `json:"on_request,omitempty"`
	Instalments   []Instalment `json:"instalments,omitempty"` // the first is number 1
}

// Instalment is one payment that each community is owed.
type Instalment struct {
	Due    schema.Date `json:"due" form:"date,required"`
	Amount schema.Fen  `json:"amount" form:"money,required,min=1"` // fen, for each community
	Payee  string      `json:"payee" form:"choice,required,of=community street provider"`
}

// Part is the item in one community.
type Part struct {
	Community string    `json:"community"`
	State     string    `json:"state"` // pending, active, suspended, withdrawn
	Since     time.Time `json:"since"` // it has been in this state
	Confirmed bool      `json:"confirmed,omitempty"`
	PowersIn  bool      `json:"powers_in,omitempty"`
	StaffIn   bool      `json:"staff_in,omitempty"`
	ActiveAt  time.Time `json:"active_at,omitzero"` // first active
	Money     []Money   `json:"money,omitempty"`    // one for each instalment
	Overdue   bool      `json:"overdue,omitempty"`
	Holds     []Hold    `json:"holds,omitempty"`
	Pooled    []Pooled  `json:"pooled,omitempty"`
}

// Money is how far one instalment has come in one community.
type Money struct {
	State   string `json:"state"`             // none, claimed, confirmed, disputed
	Overdue bool   `json:"overdue,omitempty"` // past its grace
}

// Hold is a reason why a part stands still.
type Hold struct {
	Kind   string `json:"kind"`             // office, refusal, withdrawal
	By     string `json:"by,omitempty"`     // id of the refusal or the withdrawal
	No     string `json:"no,omitempty"`     // its number
	Reason string `json:"reason,omitempty"` // the office's
}

// Pooled is staff or equipment that arrived and is under the community's own
// dispatch (R23).
type Pooled struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
}

// Renewal is a longer term that the department asks for.
type Renewal struct {
	End         schema.Date  `json:"end"` // the new last day
	Reason      string       `json:"reason"`
	Instalments []Instalment `json:"instalments,omitempty"` // of the new term
	By          string       `json:"by"`
}

// States of parts, and of items that are words of their own too.
const (
	pending   = "pending"
	active    = "active"
	suspended = "suspended"
	withdrawn = "withdrawn"
)

// part finds the item's part in a community.
func (it *Item) part(community string) *Part {
	for i := range it.Parts {
		if it.Parts[i].Community == community {
			return &it.Parts[i]
		}
	}
	return nil
}

// live are the parts that have not left.
func (it *Item) live() []*Part {
	var out []*Part
	for i := range it.Parts {
		if it.Parts[i].State != withdrawn {
			out = append(out, &it.Parts[i])
		}
	}
	return out
}

// communities are where the item still is, or was when it has left everywhere.
func (it *Item) communities() []string {
	var out []string
	for _, p := range it.live() {
		out = append(out, p.Community)
	}
	if len(out) == 0 {
		return it.Communities
	}
	return out
}

func (p *Part) held(kind string) bool {
	return slices.ContainsFunc(p.Holds, func(h Hold) bool { return h.Kind == kind })
}

func (p *Part) hold(h Hold) {
	if !slices.ContainsFunc(p.Holds, func(x Hold) bool { return x.Kind == h.Kind && x.By == h.By }) {
		p.Holds = append(p.Holds, h)
	}
}

// release lifts the holds of a kind; by "" lifts all of them.
func (p *Part) release(kind, by string) {
	p.Holds = slices.DeleteFunc(p.Holds, func(h Hold) bool { return h.Kind == kind && (by == "" || h.By == by) })
	if len(p.Holds) == 0 {
		p.Holds = nil
	}
}

func newPart(community string, instalments int, now time.Time) Part {
	p := Part{Community: community, State: pending, Since: now}
	for range instalments {
		p.Money = append(p.Money, Money{State: "none"})
	}
	return p
}
