package dispatch

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Enforced = lifecycle.NewEvent[Rule, struct{}]("dispatch_rule.enforced", nil)
)
