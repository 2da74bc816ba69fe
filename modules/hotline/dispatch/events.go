package dispatch

import "gatehouse/server/lifecycle"

// Enforced tells that a rule has come into force in its slot.
var Enforced = lifecycle.NewEvent("dispatch_rule.enforced", func(r *Rule, _ *lifecycle.Step) Version {
	return Version{No: r.No, Slot: r.slot(), Version: r.Version}
})

// Version is what is told of a rule that has come into force.
type Version struct {
	No      string `json:"no"`
	Slot    string `json:"slot"`
	Version int64  `json:"version"`
}
