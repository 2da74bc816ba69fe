// Package refusals is the committee's right to say no (R6, R7).
//
// Words: a refusal (拒绝单) is one task that a committee, or its street (R25),
// does not take on. Its ground is the reason, one of a closed set; what the
// record says about it is found out by the portal at that moment and stays on
// the refusal. It stops an item when it stands on money, powers or staff that
// never came. A bypass (摊派) is work pressed on a community without admission.
//
// The life of a refusal: it is issued in one step, stands at once and waits for
// nobody's approval. The department acknowledges it, or its head disputes it;
// then the gatekeeping office rules that it is upheld or overturned. While it
// is neither, the committee may take it back. Silence never overturns it.
package refusals

import (
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Refusal is one task that a community does not take on.
type Refusal struct {
	lifecycle.Case
	Demand
	ByStreet bool    `json:"by_street,omitempty"` // the street refused what reached it (R25)
	Bypass   bool    `json:"bypass,omitempty"`    // there was no admission for it (R7)
	Found    Found   `json:"found"`
	Reply    string  `json:"reply,omitempty"` // why the department disputes it
	Ruling   *Ruling `json:"ruling,omitempty"`
	Overdue  int     `json:"overdue,omitempty"` // how often the time to rule ran out
}

// Demand is what was asked of the community, and why it says no.
type Demand struct {
	Community  string      `json:"community"`
	Department string      `json:"department"`
	Item       string      `json:"item,omitempty"`
	Title      string      `json:"title"`
	Kind       string      `json:"kind,omitempty"`
	Ground     string      `json:"ground"`
	DemandedOn schema.Date `json:"demanded_on"`
	Way        string      `json:"way"`
	DemandedBy string      `json:"demanded_by,omitempty"`
	Evidence   string      `json:"evidence,omitempty"`

	Files []schema.File `json:"files,omitempty"`
}

// Found is what the record said when the refusal was issued, as far as its
// ground asks for it.
type Found struct {
	Emergency  string `json:"emergency,omitempty"` // number of the emergency in force (R1)
	Verdict    string `json:"verdict,omitempty"`   // of the item lists on the title
	Rule       string `json:"rule,omitempty"`      // that the verdict stands on
	Entry      string `json:"entry,omitempty"`
	EntryTitle string `json:"entry_title,omitempty"`
	Before     string `json:"before,omitempty"`   // state of work that ran at launch (R26)
	Admitted   string `json:"admitted,omitempty"` // item in force that covers it
	Part       string `json:"part,omitempty"`     // state of the item in this community
	MoneyIn    bool   `json:"money_in,omitempty"`
	Late       int    `json:"late,omitempty"`     // working days that money is overdue
	Staff      string `json:"staff,omitempty"`    // that moves with the function (R8)
	StaffIn    bool   `json:"staff_in,omitempty"` // as the committee confirmed
	Level      string `json:"level,omitempty"`    // of the department
}

// Ruling is the office's answer to a dispute.
type Ruling struct {
	Outcome string `json:"outcome"` // uphold, overturn
	Reason  string `json:"reason"`
}

// Grounds of a refusal, in the order of the form.
const (
	notAdmitted  = "not_admitted"
	noMoney      = "no_money"
	noPowers     = "no_powers"
	noStaff      = "no_staff" // a function moved, and nobody with it (R8)
	beyondScope  = "beyond_scope"
	expired      = "expired"
	cityBureau   = "city_bureau"
	negativeList = "negative_list"
	windowOver   = "transition_over" // it ran at launch, had to apply or leave, and did neither (R26)
)

var grounds = []string{notAdmitted, noMoney, noPowers, noStaff, beyondScope, expired, cityBureau, negativeList, windowOver}

// needsItem tells whether a ground speaks of an admitted item.
func needsItem(ground string) bool {
	return slices.Contains([]string{noMoney, noPowers, noStaff, beyondScope, expired}, ground)
}

// stops tells whether a refusal suspends the item in its community: what was
// owed for it never came. Work beyond its scope leaves the item itself alone.
func (r *Refusal) stops() bool {
	return r.Item != "" && slices.Contains([]string{noMoney, noPowers, noStaff}, r.Ground)
}

// bypass tells whether there is no admission for the task at all (R7).
func bypass(ground string) bool {
	return slices.Contains([]string{notAdmitted, expired, cityBureau, negativeList, windowOver}, ground)
}

// rule is the rule that a refusal stands on.
func (r *Refusal) rule() string {
	switch r.Ground {
	case noMoney, noPowers:
		return "R6"
	case noStaff:
		return "R8"
	case beyondScope:
		return "R3"
	case cityBureau:
		return "R12"
	case windowOver:
		return "R26"
	case negativeList:
		if r.Found.Rule != "" {
			return r.Found.Rule // R21 or R142
		}
		return "R21"
	}
	return "R7"
}

// pending tells whether it is neither final nor taken back.
func (r *Refusal) pending() bool { return r.State == "issued" || r.State == "disputed" }
