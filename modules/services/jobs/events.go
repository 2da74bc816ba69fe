package jobs

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	JobClosed    = lifecycle.NewEvent[Job, struct{}]("job.closed", nil)
	JobDone      = lifecycle.NewEvent[Job, struct{}]("job.done", nil)
	JobFreed     = lifecycle.NewEvent[Job, struct{}]("job.freed", nil)
	JobMatched   = lifecycle.NewEvent[Job, struct{}]("job.matched", nil)
	JobUnmatched = lifecycle.NewEvent[Job, struct{}]("job.unmatched", nil)
)
