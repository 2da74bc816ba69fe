package orders

import (
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/server/lifecycle"
)

// What others may hear of an order. What a caller was told is read from the
// order, never told: an outbox is not anonymised.
var (
	Answered  = lifecycle.NewEvent[Order, struct{}]("order.answered", nil)
	Closed    = lifecycle.NewEvent[Order, struct{}]("order.closed", nil)
	Declined  = lifecycle.NewEvent[Order, struct{}]("order.declined", nil)
	Forgotten = lifecycle.NewEvent[Order, struct{}]("order.forgotten", nil)
	Merged    = lifecycle.NewEvent[Order, struct{}]("order.merged", nil)
	Redone    = lifecycle.NewEvent[Order, struct{}]("order.redone", nil)
	Reviewed  = lifecycle.NewEvent[Order, struct{}]("order.reviewed", nil)
	Ruled     = lifecycle.NewEvent("order.ruled", ruling)
)

// ruling is what the head ruled (R57).
func ruling(o *Order, _ *lifecycle.Step) dispatch.Ruling {
	out := dispatch.Ruling{No: o.No, Category: o.Category, Community: o.Community, Unit: o.Unit}
	if e, ok := o.Last("rule"); ok && len(o.Returns) > 0 {
		out.Reason, out.By = o.Returns[len(o.Returns)-1].Ground, e.By
	}
	return out
}
