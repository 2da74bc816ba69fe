// Package windows keeps the service windows of the communities (R40): what
// was let in serves residents there, and its plaque hangs there.
//
// Words: a window (服务窗口) is a place on a community's service platform
// where one department, or the committee itself, serves residents; it has
// hours and staff whom the department sends, and it serves items.
//
// The life of a window: a department or the committee proposes it; the
// committee opens it when its items are in force there, pauses and resumes it,
// and closes it. It closes by itself when the last item that it served has
// left; its plaque then has to go.
package windows

import (
	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
)

// Window is one service window.
type Window struct {
	lifecycle.Case
	Proposal
}

// Ref is the id of a window, as other cases keep it.
type Ref = portal.Ref[Window]

// Proposal is where the window is, whose, and for what.
type Proposal struct {
	Community  string      `json:"community" form:"choice,required,from=communities"`
	Name       string      `json:"name" form:"text,required,max=40"`
	Department string      `json:"department,omitempty" form:"choice,from=departments"`      // "" is the committee's own
	Items      []items.Ref `json:"items,omitempty" form:"choices,max=20,from=service_items"` // none: standing services of the lists
	Service
}

// Service is what may change while the window is open.
type Service struct {
	Staff string `json:"staff" form:"text,required,max=80"`                // whom the department sends
	Hours int64  `json:"hours_a_week" form:"number,required,min=1,max=80"` // how long it is open
	Times string `json:"times" form:"text,max=80"`                         // when, in words
	Queue string `json:"queue" form:"longtext,max=300"`                    // how to queue, what to bring
}

const (
	open   = "open"
	closed = "closed"
)
