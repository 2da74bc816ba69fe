// Package calls knows the calls that come in at the hotline's one number
// (R51). A telephone system reports each by a signed message: it rings, it is
// answered, it has ended. A ringing call is shown to the operators; how fast
// calls are picked up is counted and shown (R68).
//
// Words: a switchboard is a telephone system that may report; its key signs
// its messages and is replaced by the administrator. A call belongs to no
// community: one number serves all. The caller's full number is kept while the
// call is worked on and some hours at most; every look at it is written down.
package calls

import (
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Call is one call. It is no case: it holds a phone, which no history may.
type Call struct {
	store.Meta
	Switchboard string    `json:"switchboard"` // number of the switchboard
	Line        string    `json:"line,omitempty"`
	Phone       string    `json:"phone,omitempty"` // in full, as long as it is needed
	Masked      string    `json:"masked,omitempty"`
	Rang        time.Time `json:"rang"`
	Answered    time.Time `json:"answered,omitzero"`
	Ended       time.Time `json:"ended,omitzero"`
	Operator    string    `json:"operator,omitempty"` // who took it
	Outcome     string    `json:"outcome,omitempty"`  // answered, filed, transferred
	Order       string    `json:"order,omitempty"`    // number of the order that came of it
	Quick       bool      `json:"quick,omitempty"`    // answered within the seconds of R68
	Looks       []Look    `json:"looks,omitempty"`
}

// Look is somebody's look at the full number.
type Look struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// What came of a call.
const (
	AtOnce      = "answered" // the question was answered in the call itself
	Filed       = "filed"
	Transferred = "transferred"
)

// ringsFor is how long a call that nobody reports on any more is thought to ring.
const ringsFor = 3 * time.Minute

func (c *Call) waiting() bool { return c.Answered.IsZero() && c.Ended.IsZero() }

var spec = store.Spec{Name: "calls",
	Fields: []store.Field{{Name: "day"}, {Name: "rang"}, {Name: "waiting", Kind: store.Int}, {Name: "phone", Kind: store.Int},
		{Name: "answered", Kind: store.Int}, {Name: "quick", Kind: store.Int}, {Name: "direct", Kind: store.Int}},
	Indexes: []store.Index{{Name: "day", Fields: []string{"day"}}, {Name: "waiting", Fields: []string{"waiting", "rang"}}, {Name: "phone", Fields: []string{"phone", "rang"}}}}

func extract(c *Call) map[string]any {
	x := map[string]any{"rang": store.Stamp(c.Rang), "day": nil, "waiting": nil, "phone": nil,
		"answered": one(!c.Answered.IsZero()), "quick": one(c.Quick), "direct": one(c.Outcome == AtOnce)}
	if c.waiting() {
		x["waiting"] = int64(1)
	} else { // what still rings is not counted yet
		x["day"] = string(schema.DateOf(c.Rang, calendar.City))
	}
	if c.Phone != "" {
		x["phone"] = int64(1)
	}
	return x
}

func one(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Mask leaves of a phone what tells two callers apart and no more.
func Mask(phone string) string {
	rs := []rune(phone)
	switch {
	case len(rs) > 7:
		return string(rs[:3]) + "****" + string(rs[len(rs)-4:])
	case len(rs) > 2:
		return "****" + string(rs[len(rs)-2:])
	}
	return "****"[:min(4, 4*len(rs))]
}
