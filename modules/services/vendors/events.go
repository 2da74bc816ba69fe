package vendors

import "gatehouse/server/lifecycle"

// What others may hear of.
var (
	ScoreEntryCancelled     = lifecycle.NewEvent[Score, struct{}]("score_entry.cancelled", nil)
	ScoreEntryEntered       = lifecycle.NewEvent[Score, struct{}]("score_entry.entered", nil)
	ServiceStandardEnforced = lifecycle.NewEvent("service_standard.enforced", func(s *Standard, _ *lifecycle.Step) Enforced { return Enforced{s.Class} })
	VendorDelisted          = lifecycle.NewEvent[Vendor, struct{}]("vendor.delisted", nil)
	VendorLeft              = lifecycle.NewEvent[Vendor, struct{}]("vendor.left", nil)
	VendorStopped           = lifecycle.NewEvent[Vendor, struct{}]("vendor.stopped", nil)
)

// Enforced is the class for which a standard has come into force.
type Enforced struct {
	Class string `json:"class"`
}
