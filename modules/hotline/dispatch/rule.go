// Package dispatch says which unit handles what: dispatch rules (派单规则).
//
// Words: a rule joins a category and a place, a community, a street or the
// whole district, to the unit that handles such orders there, a department or a
// street, and says on what basis and by whom. Of the rules that fit an order
// the narrowest place wins. A rule's category and place are its slot; what
// holds in a slot comes in versions, and a new one takes the place of the last.
// A trial runs old orders through the rules with this one among them.
//
// The life of a rule: a dispatcher drafts it, or a final ruling of the head of
// the hotline proposes it (R57); it is tried on old orders, and the head, who
// neither wrote nor tried it, puts it into force. Then it is superseded by the
// next version or ended. What is not wanted is dropped.
package dispatch

import (
	"time"

	"gatehouse/server/lifecycle"
)

// States of a rule.
const (
	proposed   = "proposed"
	draft      = "draft"
	tested     = "tested"
	inForce    = "in_force"
	superseded = "superseded"
)

// Content is what a rule says.
type Content struct {
	Category string `json:"category" form:"choice,required,from=dispatch_categories"`
	Place    string `json:"place" form:"choice,required,from=dispatch_places" show:"place"`
	Unit     string `json:"unit" form:"choice,required,from=units"`
	Basis    string `json:"basis" form:"text,required,max=120"`
	Reason   string `json:"reason,omitempty" form:"longtext,max=500"`
}

// slot is what at most one version of holds at a time.
func (c Content) slot() string { return c.Category + "/" + c.Place }

// Rule is one version of what holds in a slot.
type Rule struct {
	lifecycle.Case
	Content
	Author     string     `json:"author" show:"person"` // who wrote it; of a learned rule, who ruled
	Order      string     `json:"order,omitempty"`      // the order whose ruling it came from
	OrderNo    string     `json:"order_no,omitempty"`   // and its number
	Version    int64      `json:"version,omitempty"`    // in its slot, from 1, once in force
	Trial      *Trial     `json:"trial,omitempty"`      // the last one
	EnforcedAt *time.Time `json:"enforced_at,omitempty" show:"time"`
	EndedAt    *time.Time `json:"ended_at,omitempty" show:"time"`
	Successor  string     `json:"successor,omitempty"` // number of the rule that took its place
	ToUnit     bool       `json:"unit_is_department"`  // a department handles it, not a street
}

// Trial is what a rule would have meant for old orders.
type Trial struct {
	At       time.Time `json:"at"`
	Days     int64     `json:"days"`    // how far back it looked
	Looked   int       `json:"looked"`  // orders looked at
	More     bool      `json:"more"`    // there are more than MostPast
	Changed  int       `json:"changed"` // for which the rules would name another unit than without this one
	Before   int       `json:"right_before"`
	After    int       `json:"right_after"` // for which the rules name the unit that in the end handled them
	Examples []Example `json:"examples"`    // of those changed, the newest first
	Turn     int64     `json:"turn"`        // of the category's rules when it ran
}

// Example is an old order for which another unit would be named.
type Example struct {
	No        string `json:"no"`
	Community string `json:"community"`
	Was       string `json:"was,omitempty"` // unit that the rules name without this one
	Would     string `json:"would"`
	Ended     string `json:"ended,omitempty"` // unit that handled it in the end
}

// Bounds of a trial.
const (
	MostPast     = 1000
	mostExamples = 10
)
