// Package bypass is what happens when work is pressed on a community without
// admission (摊派, R7): somebody reports it, the gatekeeping office verifies it,
// and the department applies or stops.
//
// Words: a report (摊派举报) comes from a committee, a street or anybody at all,
// without a name; a refusal that found a bypass reports it by itself. The
// ladder (R28) is what follows when the department does not comply: letter
// (致函), circular (通报), summons (约谈), one step after the other and never
// before the time of the step before is over. A circular is a case of its own.
//
// The life of a report: filed, verified by somebody who is neither its reporter
// nor of the department: unfounded, or substantiated. Then the office orders
// the department to apply or to stop; it complies, or the ladder is climbed.
// The department hears of a report only once it is substantiated, and never
// from whom it came.
package bypass

import (
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

// Report says that work came without admission.
type Report struct {
	lifecycle.Case
	Content
	Reporter  Reporter `json:"reporter"`
	Refusal   string   `json:"refusal,omitempty"`    // the refusal it follows from
	RefusalNo string   `json:"refusal_no,omitempty"` // its number
	Track     string   `json:"track,omitempty"`      // digest of the tracking code

	Finding string  `json:"finding,omitempty"` // of whoever verified it
	Late    bool    `json:"late,omitempty"`    // the time to verify has passed
	Order   *Order  `json:"order,omitempty"`
	Steps   []Taken `json:"steps,omitempty"`   // of the ladder, in the order taken
	Lapsed  bool    `json:"lapsed,omitempty"`  // the time of the latest step has passed
	Replies []Reply `json:"replies,omitempty"` // of the department
	Outcome string  `json:"outcome,omitempty"` // why the office closed it
}

// Content is what a reporter is asked.
type Content struct {
	Department string      `json:"department" form:"choice,required,from=departments"`
	Community  string      `json:"community" form:"choice,required,from=communities"`
	What       string      `json:"what" form:"text,required,max=80"`
	DemandedOn schema.Date `json:"demanded_on" form:"date,required"`
	Way        string      `json:"way" form:"choice,required,of=chat call document visit meeting"`
	Evidence   string      `json:"evidence" form:"longtext,max=2000"`

	Files []schema.File `json:"files,omitempty" form:"files,max=4"`
}

// Reporter is who reported: for the office's eyes. Whoever is not signed in has
// neither a place nor a name, in the case and in its history.
type Reporter struct {
	Kind   string `json:"kind,omitempty"`   // committee, street, person, anonymous
	Place  string `json:"place,omitempty"`  // of the committee or the street
	Person string `json:"person,omitempty"` // who was signed in
	For    string `json:"for,omitempty"`    // the absent person stood in for
}

// Order is what the office told the department.
type Order struct {
	Demand string `json:"demand"` // apply, stop
	Text   string `json:"text"`
}

// Taken is one step of the ladder that was taken.
type Taken struct {
	Step string      `json:"step"` // letter, circular, summons
	On   schema.Date `json:"on"`
	Text string      `json:"text"` // of the circular its number
	At   schema.Date `json:"at,omitempty"`
	Room string      `json:"room,omitempty"`
}

// Reply is what the department says it has done.
type Reply struct {
	Text string      `json:"text"`
	On   schema.Date `json:"on"`
	Not  string      `json:"not,omitempty"` // why the office found it was not done
}

// rungs gives the state that each step of the ladder leads to.
var rungs = map[string]string{"letter": "lettered", "circular": "circulated", "summons": "summoned"}

// pressed are the states in which the department owes what was ordered.
var pressed = []string{"ordered", "lettered", "circulated", "summoned"}

// others are the states from which one step of the ladder may come next.
func others(state string) []string {
	return slices.DeleteFunc(slices.Clone(pressed), func(s string) bool { return s == state })
}

// next is the step of the ladder that comes next, "" after the last.
func (r *Report) next(v setting.Values) string {
	ladder := v.Set("bypass.ladder")
	if !slices.Contains(pressed, r.State) || len(r.Steps) >= len(ladder) {
		return ""
	}
	return ladder[len(r.Steps)]
}

// rung is the state of the latest step, which the report is in or came from.
func (r *Report) rung() string {
	if len(r.Steps) == 0 {
		return "ordered"
	}
	return rungs[r.Steps[len(r.Steps)-1].Step]
}

// took gives the latest step of that name.
func (r *Report) took(step string) (Taken, bool) {
	i := slices.IndexFunc(r.Steps, func(t Taken) bool { return t.Step == step })
	if i < 0 {
		return Taken{}, false
	}
	return r.Steps[i], true
}
