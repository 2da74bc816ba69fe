// Package withdrawal makes admitted work leave a community when rectification
// has failed (强制撤出, R11), after the department was heard and with everything
// handed over (R49).
//
// Words: a statement is what the department says before the decision. The exit
// list names what must be handed over or taken away. A ban keeps the department
// from applying for such work again for a while (R50).
//
// The life of a withdrawal: proposed by the portal when a rectification fails,
// or by the office; notified; heard, when the department has spoken or its time
// is over; decided by the joint conference; exiting while the list is ticked
// off; completed. The conference may cancel it until the exit begins.
package withdrawal

import (
	"slices"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

// Withdrawal is one piece of work on its way out.
type Withdrawal struct {
	lifecycle.Case
	Content
	Title      string `json:"title"` // of the item
	Department string `json:"department"`
	All        bool   `json:"all"`                // from every community of the item
	Order      string `json:"order,omitempty"`    // the failed order it follows from
	OrderNo    string `json:"order_no,omitempty"` // its number

	Statement string    `json:"statement,omitempty"`
	Unheard   bool      `json:"unheard,omitempty"` // the time for the statement passed without one
	Decision  *Decision `json:"decision,omitempty"`
	Exit      []Entry   `json:"exit,omitempty"` // the exit lists, community by community
	Ban       *Ban      `json:"ban,omitempty"`
}

// Content is what is proposed.
type Content struct {
	Item        string   `json:"item" form:"choice,required,from=rectifiable_items"`
	Communities []string `json:"communities,omitempty" form:"choices,from=communities"` // none: all of the item's
	Grounds     []string `json:"grounds" form:"choices,required,of=effect money residents"`
	Reason      string   `json:"reason,omitempty" form:"longtext,required,max=2000"`
}

// Decision is the joint conference's.
type Decision struct {
	Reason  string `json:"reason"`
	Minutes string `json:"minutes"` // by number
}

// Entries of every exit list, in order (R49).
var Entries = []string{"plaques", "ledgers", "staff", "equipment", "money", "data"}

// Entry is one line of the exit list of one community.
type Entry struct {
	Community string `json:"community"`
	Name      string `json:"name"`
	Done      bool   `json:"done"`
	By        string `json:"by,omitempty"` // person
	Note      string `json:"note,omitempty"`
}

// Ban keeps a department from applying for such work (R50).
type Ban struct {
	Department string    `json:"department"`
	Kinds      []string  `json:"kinds,omitempty"` // none: every kind
	Until      time.Time `json:"until"`
	Lifted     string    `json:"lifted,omitempty"` // minutes by which the conference lifted it
}

// bars tells whether the ban keeps the department from work of these kinds.
func (b *Ban) bars(department string, kinds []string, at time.Time) bool {
	if b.Lifted != "" || b.Department != department || at.After(b.Until) {
		return false
	}
	return len(b.Kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return slices.Contains(b.Kinds, k) })
}

// open finds the open lines of that name, in one community or ("") in all.
func (w *Withdrawal) open(name, community string) (out []*Entry) {
	for i := range w.Exit {
		if e := &w.Exit[i]; !e.Done && e.Name == name && (community == "" || e.Community == community) {
			out = append(out, e)
		}
	}
	return out
}

// left are the communities whose exit lists have open lines.
func (w *Withdrawal) left() (out []string) {
	for _, e := range w.Exit {
		if !e.Done && !slices.Contains(out, e.Community) {
			out = append(out, e.Community)
		}
	}
	return out
}

// rejected: it leaves because residents reject it, and for nothing else (R24).
func (w *Withdrawal) rejected() bool {
	return w.Order == "" && slices.Equal(w.Grounds, []string{"residents"})
}

// officeDecides where the city says so; what residents reject is always the
// joint conference's to resolve (R24).
func (w *Withdrawal) officeDecides(s setting.Values) bool {
	return s.Text("wd.decider") == "office" && !w.rejected()
}

// running tells whether it has not come to an end.
func (w *Withdrawal) running() bool { return w.State != "completed" && w.State != "cancelled" }
