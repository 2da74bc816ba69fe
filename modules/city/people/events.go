package people

import "gatehouse/server/lifecycle"

// Departed tells that somebody has left for good.
var Departed = lifecycle.NewEvent("user.left", func(u *User, _ *lifecycle.Step) Departure {
	for _, a := range u.Appointments {
		if a.Heir != "" {
			return Departure{a.Heir}
		}
	}
	return Departure{}
})

// Departure is what is told of somebody who has left.
type Departure struct {
	Heir string `json:"heir,omitempty"` // who is to take the posts over; "" leaves them vacant
}
