package intake

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Confirmed = lifecycle.NewEvent[Batch, struct{}]("batch.confirmed", nil)
	Done      = lifecycle.NewEvent[Batch, struct{}]("batch.done", nil)
)
