package sheets

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	Paid = lifecycle.NewEvent[Sheet, struct{}]("sheet.paid", nil)
)
