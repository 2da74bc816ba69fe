package admission

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Approved  = lifecycle.NewEvent[Application, struct{}]("application.approved", nil)
	Lapsed    = lifecycle.NewEvent[Application, struct{}]("application.lapsed", nil)
	Rejected  = lifecycle.NewEvent[Application, struct{}]("application.rejected", nil)
	Stopped   = lifecycle.NewEvent[Application, struct{}]("application.stopped", nil)
	Withdrawn = lifecycle.NewEvent[Application, struct{}]("application.withdrawn", nil)
)
