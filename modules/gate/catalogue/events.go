package catalogue

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Published = lifecycle.NewEvent[Entry, struct{}]("entry.published", nil)
)
