package withdrawal

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Cancelled = lifecycle.NewEvent[Withdrawal, struct{}]("withdrawal.cancelled", nil)
	Completed = lifecycle.NewEvent[Withdrawal, struct{}]("withdrawal.completed", nil)
	Decided   = lifecycle.NewEvent[Withdrawal, struct{}]("withdrawal.decided", nil)
)
