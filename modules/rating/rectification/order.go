// Package rectification is what the gatekeeping authority orders when admitted
// work has little effect, its money is not delivered, or residents are
// dissatisfied (限期整改, R10).
//
// Words: an order (整改令) names an item, its grounds, the communities where it
// goes wrong, what is demanded, and a deadline. A witness is a committee that
// says what it has seen change; it does not decide (R11).
//
// The life of an order: the office drafts it and its head issues it; the
// department files a plan and reports that it is done; a committee says what it
// sees; somebody of the office who did not issue it decides: passed or failed.
// Silence until the deadline is failure. What has failed is proposed for
// withdrawal by another module.
package rectification

import (
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Order is one order to rectify.
type Order struct {
	lifecycle.Case
	Content
	Title      string `json:"title"` // of the item
	Department string `json:"department"`
	Source     string `json:"source"` // number of the rating round; "money" where only the money is the ground

	Plan      string     `json:"plan,omitempty"` // how the department means to do it
	Report    *Report    `json:"report,omitempty"`
	Extension *Extension `json:"extension,omitempty"` // the latest
	Extended  int        `json:"extended,omitempty"`  // how often
	Witnesses []Witness  `json:"witnesses,omitempty"`
	Finding   string     `json:"finding,omitempty"` // of the verifier
	Silent    bool       `json:"silent,omitempty"`  // failed because nothing was reported in time
}

// Content is what the office orders.
type Content struct {
	Item        string   `json:"item" form:"choice,required,from=rectifiable_items"`
	Grounds     []string `json:"grounds" form:"choices,required,of=effect money residents"`
	Communities []string `json:"communities,omitempty" form:"choices,from=communities"` // none: all of the item's
	Measures    string   `json:"measures" form:"longtext,required,max=2000"`
}

// Report is what the department says it has done.
type Report struct {
	Text    string      `json:"text"`
	FiledOn schema.Date `json:"filed_on"`

	Files []schema.File `json:"files,omitempty"` // what shows it
}

// Extension is more time, given once, with a reason.
type Extension struct {
	Days   int64  `json:"days"` // calendar days
	Reason string `json:"reason"`
}

// Witness is what one committee saw.
type Witness struct {
	Community string `json:"community"`
	Changed   string `json:"changed"` // yes, no
	Note      string `json:"note,omitempty"`
}

// witnessed tells whether a community's committee has said what it saw.
func (o *Order) witnessed(community string) bool {
	return slices.ContainsFunc(o.Witnesses, func(w Witness) bool { return w.Community == community })
}

// unwitnessed are the communities whose committees have not.
func (o *Order) unwitnessed() []string {
	var out []string
	for _, c := range o.Communities {
		if !o.witnessed(c) {
			out = append(out, c)
		}
	}
	return out
}

// running tells whether the order still stands.
func (o *Order) running() bool {
	return slices.Contains([]string{"draft", "issued", "planned", "reported"}, o.State)
}
