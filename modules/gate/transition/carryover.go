// Package transition brings work that ran before the regime under it (R26).
//
// Words: the launch is the day from which work needs admission; the city sets
// it (adm.launch). A carry-over (存量事项) is work that already ran in
// communities on that day. The window is the time, counted from the launch,
// in which it applies or leaves (adm.transition_days).
//
// The life of a carry-over: a committee, its department or the office
// registers it. What the item lists cover stays (kept). Anything else is found
// running: it applies in the window (applied) and is admitted or refused, or
// it leaves. When the window ends without an application it must leave, and
// each committee confirms that it has left. What did not run at the launch is
// struck: it was never a carry-over.
package transition

import (
	"slices"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Carryover is work that ran on launch day.
type Carryover struct {
	lifecycle.Case
	Found
	Launch        schema.Date `json:"launch"`                   // the day it ran on
	Until         time.Time   `json:"until"`                    // the last moment of the window
	Match         Match       `json:"match"`                    // with the item lists, when it was registered
	Application   string      `json:"application,omitempty"`    // by which it asks to stay
	ApplicationNo string      `json:"application_no,omitempty"` //
	Why           string      `json:"why,omitempty"`            // it must leave: window, rejected
	Gone          []Gone      `json:"gone,omitempty"`
	Struck        string      `json:"struck,omitempty"` // why it was none
}

// Found is what is said of it.
type Found struct {
	Department  string      `json:"department" form:"choice,required,from=departments"`
	Title       string      `json:"title" form:"text,required,max=80"`
	Kinds       []string    `json:"kinds" form:"choices,required,of=organisation task appraisal plaque ledger survey"`
	Communities []string    `json:"communities" form:"choices,required,from=communities"`
	Since       schema.Date `json:"since" form:"date,required"`
	Hours       int64       `json:"hours" form:"number,max=744"` // person-hours a month in each community
	Evidence    string      `json:"evidence" form:"longtext,required,max=1000"`
}

// Match is what the item lists say of it.
type Match struct {
	Verdict string `json:"verdict,omitempty"`
	Entry   string `json:"entry,omitempty"`
	Title   string `json:"title,omitempty"`
}

// Gone is one committee's word that the work has left its community.
type Gone struct {
	Community string    `json:"community"`
	At        time.Time `json:"at"`
	Note      string    `json:"note,omitempty"`
}

// Reasons why a carry-over must leave.
const (
	windowOver = "window"
	refused    = "rejected"
)

// running are the states in which the work may still be in communities.
var running = []string{"found", "applied", "must_leave"}

// here are the communities that the work has not left.
func (c *Carryover) here() []string {
	var out []string
	for _, x := range c.Communities {
		if !slices.ContainsFunc(c.Gone, func(g Gone) bool { return g.Community == x }) {
			out = append(out, x)
		}
	}
	return out
}

// covered tells whether the lists let work stay without an application.
func (m Match) covered() bool { return m.Verdict == "routine" || m.Verdict == "must_assist" }

// windowOf gives the end of the window that the launch opens.
func windowOf(launch schema.Date, days int, c *calendar.Calendar) calendar.Sum {
	return c.Sum(launch.Time(calendar.City), "d", days)
}

// launchDay reads the launch from the settings; "" while the city has set none.
func launchDay(value string) schema.Date {
	if value == "none" {
		return ""
	}
	return schema.Date(value)
}
