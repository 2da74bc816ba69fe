package items

import "gatehouse/server/lifecycle"

// What others may hear of an item.
var (
	Opened    = lifecycle.NewEvent("item.opened", told)
	Activated = lifecycle.NewEvent("item.activated", leaving)
	Withdrawn = lifecycle.NewEvent("item.withdrawn", leaving)
	Ended     = lifecycle.NewEvent("item.ended", leaving)
)

// Leaving is where an item has come into force or has left: "" is everywhere.
type Leaving struct {
	Community string `json:"community,omitempty"`
}

func leaving(_ *Item, s *lifecycle.Step) Leaving { return Leaving{Community: s.Ref} }

func told(it *Item, _ *lifecycle.Step) Brief { return it.brief() }
