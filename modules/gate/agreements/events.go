package agreements

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Ended  = lifecycle.NewEvent[Agreement, struct{}]("agreement.ended", nil)
	Signed = lifecycle.NewEvent[Agreement, struct{}]("agreement.signed", nil)
)
