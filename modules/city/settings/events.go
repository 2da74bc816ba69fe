package settings

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Begun = lifecycle.NewEvent[Change, struct{}]("change.begun", nil)
)
