package rectification

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Cancelled = lifecycle.NewEvent[Order, struct{}]("rectification.cancelled", nil)
	Failed    = lifecycle.NewEvent[Order, struct{}]("rectification.failed", nil)
	Issued    = lifecycle.NewEvent[Order, struct{}]("rectification.issued", nil)
	Passed    = lifecycle.NewEvent[Order, struct{}]("rectification.passed", nil)
)
