// Package plaques keeps what hangs on a community's walls (R39–R43).
//
// Words: a plaque (牌子) is a sign with an owner: the party organisation, the
// residents' committee, or a department. The two (两块牌子) are the plaques of
// the first two owners outside; beside them nothing else hangs. A place is one
// spot where a plaque may hang: outside and inside they are counted by the
// city's allow-list (R41), at a window by the window (R40). A plaque that was
// found hanging without permission is illegal, wherever it hangs.
//
// The life of a plaque: a department requests it, civil affairs and the
// gatekeeping office both agree, in either order (R42), the committee confirms
// that it hangs where it was permitted. The street inspects it; what has to go
// waits in to_remove until the committee confirms it is gone. What was found
// is removed, or goes through the same request and is then regularised.
//
// The clean-up (R43) is counted from the plaques found at the launch of the
// rules; nobody ever types a number.
package plaques

import (
	"fmt"
	"slices"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/street/windows"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

// Owners of plaques.
const (
	party      = "party"
	committee  = "committee"
	department = "department"
)

// Positions of plaques.
const (
	outside = "outside"
	inside  = "inside"
	window  = "window"
)

// Plaque is one sign.
type Plaque struct {
	lifecycle.Case
	Request
	Found     bool   `json:"found,omitempty"`                       // it hung before anybody was asked
	FoundAt   string `json:"found_at,omitempty" show:"as=position"` // the position it was found in
	Launch    bool   `json:"launch,omitempty"`                      // found when the rules began (R43)
	Permitted bool   `json:"permitted,omitempty"`                   //
	Place     string `json:"place,omitempty"`                       // which it takes; one plaque each
	Checked   string `json:"checked,omitempty" show:"as=result"`    // what the street found
}

// Request is whose plaque it is, and what it says.
type Request struct {
	Community  string `json:"community" form:"choice,required,from=communities"`
	Text       string `json:"text" form:"text,required,max=60"`
	Owner      string `json:"owner" form:"choice,required,of=department party committee"`
	Department string `json:"department,omitempty" form:"choice,from=own_departments"`
	Spot
}

// Spot is where a plaque is to hang, and on the strength of what.
type Spot struct {
	Position string      `json:"position" form:"choice,required,of=window outside inside"`
	Window   windows.Ref `json:"window,omitempty" form:"choice,from=service_windows"`
	Item     items.Ref   `json:"item,omitempty" form:"choice,from=service_items"`
	Reason   string      `json:"reason,omitempty" form:"longtext,required,max=500"`
}

// own tells whether it is one of the two bodies whose plaques hang outside.
func (p *Plaque) own() bool { return p.Owner == party || p.Owner == committee }

// Outcomes of the clean-up; every plaque has exactly one.
const (
	removed = "removed"
	moved   = "moved"
	kept    = "kept"
	illegal = "illegal"
)

// outcome says what became of a plaque: while nobody has permitted it and
// nobody has taken it down, it is illegal, whatever has been asked for it.
func (p *Plaque) outcome() string {
	switch {
	case p.State == removed:
		return removed
	case !p.Permitted:
		return illegal
	case p.Position == window && p.FoundAt != window:
		return moved
	}
	return kept
}

// hangs tells whether it is on a wall, rightly or not: what was found also while
// it asks to stay.
func (p *Plaque) hangs() bool {
	return p.State != removed && p.Found || p.State == "to_remove" || slices.Contains(hanging, p.State)
}

// rule is the rule that says where the plaque may hang.
func (p *Plaque) rule() string {
	if p.own() {
		return "R39"
	}
	return "R40"
}

// places are those that the plaque could take by the city's allow-list. The
// two have a place each, so that neither can hang twice (R39); other bodies
// hang outside only where the city allows more than two (R41).
func (p *Plaque) places(s setting.Values) []string {
	if p.Position == outside && p.own() {
		return []string{p.Community + "/" + outside + "/" + p.Owner}
	}
	at, first := p.Community+"/"+p.Position, 1
	switch p.Position {
	case window:
		at = window + "/" + string(p.Window)
	case outside:
		first = 3
	}
	var out []string
	for n := first; n <= s.Int("plaque."+p.Position); n++ {
		out = append(out, fmt.Sprintf("%s/%d", at, n))
	}
	return out
}

// free is the first place that nobody has taken, "" for none.
func free(places, taken []string) string {
	i := slices.IndexFunc(places, func(p string) bool { return !slices.Contains(taken, p) })
	if i < 0 {
		return ""
	}
	return places[i]
}
