package refusals

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Bypassed   = lifecycle.NewEvent[Refusal, struct{}]("refusal.bypassed", nil)
	Issued     = lifecycle.NewEvent[Refusal, struct{}]("refusal.issued", nil)
	Overturned = lifecycle.NewEvent[Refusal, struct{}]("refusal.overturned", nil)
	Withdrawn  = lifecycle.NewEvent[Refusal, struct{}]("refusal.withdrawn", nil)
)
