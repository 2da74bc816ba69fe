package spending

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	RefundCancelled = lifecycle.NewEvent[Refund, struct{}]("refund.cancelled", nil)
	RefundConfirmed = lifecycle.NewEvent[Refund, struct{}]("refund.confirmed", nil)
	UseRecorded     = lifecycle.NewEvent[Use, struct{}]("use.recorded", nil)
	UseReversed     = lifecycle.NewEvent[Use, struct{}]("use.reversed", nil)
)
