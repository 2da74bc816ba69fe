package bypass

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	CircularIssued = lifecycle.NewEvent[Circular, struct{}]("circular.issued", nil)
)
