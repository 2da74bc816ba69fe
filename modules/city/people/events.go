package people

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Leaving = lifecycle.NewEvent[User, struct{}]("user.left", nil)
)
