package funding

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Claimed   = lifecycle.NewEvent[Payment, struct{}]("payment.claimed", nil)
	Confirmed = lifecycle.NewEvent[Payment, struct{}]("payment.confirmed", nil)
	Disputed  = lifecycle.NewEvent[Payment, struct{}]("payment.disputed", nil)
	Voided    = lifecycle.NewEvent[Payment, struct{}]("payment.voided", nil)
)
