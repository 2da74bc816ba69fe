package vendors

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	ScoreEntryCancelled     = lifecycle.NewEvent[Score, struct{}]("score_entry.cancelled", nil)
	ScoreEntryEntered       = lifecycle.NewEvent[Score, struct{}]("score_entry.entered", nil)
	ServiceStandardEnforced = lifecycle.NewEvent[Standard, struct{}]("service_standard.enforced", nil)
	VendorDelisted          = lifecycle.NewEvent[Vendor, struct{}]("vendor.delisted", nil)
	VendorLeft              = lifecycle.NewEvent[Vendor, struct{}]("vendor.left", nil)
	VendorStopped           = lifecycle.NewEvent[Vendor, struct{}]("vendor.stopped", nil)
)
