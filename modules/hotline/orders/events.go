package orders

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Answered  = lifecycle.NewEvent[Order, struct{}]("order.answered", nil)
	Closed    = lifecycle.NewEvent[Order, struct{}]("order.closed", nil)
	Declined  = lifecycle.NewEvent[Order, struct{}]("order.declined", nil)
	Forgotten = lifecycle.NewEvent[Order, struct{}]("order.forgotten", nil)
	Merged    = lifecycle.NewEvent[Order, struct{}]("order.merged", nil)
	Redone    = lifecycle.NewEvent[Order, struct{}]("order.redone", nil)
	Reviewed  = lifecycle.NewEvent[Order, struct{}]("order.reviewed", nil)
	Ruled     = lifecycle.NewEvent[Order, struct{}]("order.ruled", nil)
)
