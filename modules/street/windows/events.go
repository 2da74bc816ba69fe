package windows

import "gatehouse/server/lifecycle"

// Closed tells that a window serves nobody any more, and where.
var Closed = lifecycle.NewEvent("window.closed", func(w *Window, _ *lifecycle.Step) Closing {
	return Closing{Community: w.Community}
})

// Closing is what is told of a window that has closed.
type Closing struct {
	Community string `json:"community"`
}
