package vendors

import (
	"slices"
	"time"

	"gatehouse/server/lifecycle"
)

// fullScore is what a vendor starts with, and the most it can have.
const fullScore = 100

// Mark is what a score entry gives or takes, or a new start.
type Mark struct {
	At     time.Time `json:"at"`
	Entry  string    `json:"entry,omitempty"` // its number; "" for a new start
	Points int64     `json:"points"`          // below 0 when they are taken; of a new start, the score
	Ground string    `json:"ground,omitempty"`
	Void   bool      `json:"void,omitempty"` // an appeal held
}

// markForm is a mark as an entry brings it: again when the entry is cancelled.
type markForm struct {
	Entry  string `json:"entry" form:"text,required,max=40"`
	Points int64  `json:"points" form:"number,required,min=1,max=100"`
	Up     bool   `json:"up" form:"check"`
	Ground string `json:"ground" form:"text,max=40"`
	By     string `json:"by" form:"text,max=40"` // who entered it
	Void   bool   `json:"void" form:"check"`
}

// score makes a mark, or a void one of it. The score is always what all marks
// that hold make of it, so an appeal leaves the score as if the entry had never
// been; the state follows the score, never a decision of people.
func (m *Vendors) score(x *Vendor, in *markForm, s *lifecycle.Step) error {
	i := slices.IndexFunc(x.Marks, func(k Mark) bool { return k.Entry == in.Entry })
	switch points := in.Points; {
	case i >= 0:
		x.Marks[i].Void = in.Void
	case !in.Void:
		if !in.Up {
			points = -points
		}
		x.Marks = append(x.Marks, Mark{At: s.Now, Entry: in.Entry, Points: points, Ground: in.Ground})
	}
	x.Score = x.sum()
	s.Note(in.Entry)
	to, err := x.follow(in.By, s)
	s.Go(to)
	return err
}

// sum adds the marks up, in their order: praise never lifts above the full score.
func (x *Vendor) sum() int64 {
	n := int64(fullScore)
	for _, k := range x.Marks {
		switch {
		case k.Entry == "":
			n = k.Points
		case !k.Void:
			n = min(n+k.Points, fullScore)
		}
	}
	return n
}

// restart lets the score begin anew, and what was before it rest.
func (x *Vendor) restart(s *lifecycle.Step) {
	x.Marks = append(x.Marks, Mark{At: s.Now, Points: int64(s.Settings.Int("ven.restart"))})
	x.Score = x.sum()
}

// hard gives the ground on which a vendor is delisted at once (ven.hard), ""
// when there is none: a grave one, or twice over twice the quote.
func (x *Vendor) hard() string {
	ground, doubles := "", 0
	for _, k := range x.Marks {
		switch {
		case k.Entry == "":
			ground, doubles = "", 0
		case k.Void:
		case slices.Contains([]string{"fraud", "theft", "harassment", "forged_licence"}, k.Ground):
			ground = k.Ground
		case k.Ground == "double_charge":
			if doubles++; doubles > 1 && ground == "" {
				ground = "overcharge"
			}
		}
	}
	return ground
}

// follow gives the state that the score asks for. To delist it only proposes:
// whoever made the entry is one of the two persons, and another decides.
func (x *Vendor) follow(by string, s *lifecycle.Step) (state string, err error) {
	below := func(key string) bool { return x.Score < int64(s.Settings.Int(key)) }
	ground := x.hard()
	if ground == "" && below("ven.delist") {
		ground = "low_score"
	}
	state = x.State
	if state == "delisting" {
		if !x.ByScore || ground != "" {
			return state, nil
		}
		if state, err = x.unpropose(s); err != nil {
			return state, err
		}
	}
	switch {
	case ground != "":
		x.propose(by, ground, true, s)
		VendorStopped.Instead(s)
		return "delisting", nil
	case x.Suspended == "person":
		return "suspended", nil
	case below("ven.suspend"):
		if state != "suspended" {
			x.term("score", s)
			VendorStopped.Instead(s)
		}
		return "suspended", nil
	}
	x.lift(s)
	switch {
	case below("ven.warn"):
		return "warned", nil
	case x.Confirmed:
		return "active", nil
	}
	return "probation", nil
}

// lift ends a suspension that the score had made.
func (x *Vendor) lift(s *lifecycle.Step) {
	x.Suspended, x.Until = "", nil
	s.Stop("suspension")
}
