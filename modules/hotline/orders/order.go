// Package orders is the heart of the hotline: one number, and every request
// followed until the person who asked says that it is solved (R51, R54).
//
// Words: an order (工单) is one request of one caller. Its words are the
// caller's own, and no act changes them. The unit (承办单位) is the department
// or street that handles it; the centre is the hotline: operators take calls,
// dispatchers send orders out, callback staff ask the caller afterwards, the
// head rules where units disagree. Phone and name of a caller lie beside the
// orders (contact.go); an order knows its caller by a keyed digest only. A
// caller proves to be the one by the order's number and its PIN.
//
// The life of an order: new, answered at once or triaged, dispatched, from when
// the unit's clock runs (R55), signed for, the caller contacted, handled,
// replied, reviewed by the centre, and the caller called back: closed, or done
// again (R63). A unit may return it once with a document; the second return is
// ended by a ruling (R56, R57). What is a crime, a fire or a medical emergency
// is transferred and logged, never dispatched (R134). A duplicate is merged
// into the first and follows it, and its caller is called back all the same.
package orders

import (
	"time"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Order is one request of one caller.
type Order struct {
	lifecycle.Case
	Said
	Sorted

	Channel   string        `json:"channel" show:"option"`        // phone, web, committee, social_media, open311, import
	Caller    string        `json:"caller,omitempty"`             // keyed digest of the caller's phone
	Contact   string        `json:"contact,omitempty"`            // where phone and name lie
	Twin      string        `json:"twin,omitempty"`               // digest by which the same request is known again
	Consent   string        `json:"consent,omitempty"`            // how the resident agreed to be filed for
	Source    string        `json:"source,omitempty"`             // its number elsewhere: an Open311 client's, an old system's
	AskedOn   schema.Date   `json:"asked_on,omitempty"`           // of an imported order: the day the caller asked
	Disaster  bool          `json:"disaster,omitempty"`           // filed while a declared emergency covered its place (R73)
	Article   knowledge.Ref `json:"article,omitempty"`            // knowledge article that answered it
	Answer    string        `json:"answer,omitempty"`             // given at once
	WhereToGo string        `json:"where_to_go,omitempty"`        // of what was not accepted
	Why       string        `json:"why,omitempty" show:"option"`  // it was not accepted
	Line      string        `json:"line,omitempty" show:"option"` // emergency number it was transferred to (R134)
	Main      string        `json:"main,omitempty"`               // the order it was merged into
	MainNo    string        `json:"main_no,omitempty"`

	Handling
	Outcome
	Additions []Addition `json:"additions,omitempty"` // of the caller, after filing
	Exclusion *Exclusion `json:"exclusion,omitempty"` // from the unit's rates
}

// Said is what the caller said; no act changes it.
type Said struct {
	Words string        `json:"words"`
	Place string        `json:"place,omitempty"`               // in the caller's words
	Lat   int64         `json:"lat,omitempty"`                 // micro-degrees
	Long  int64         `json:"long,omitempty"`                // micro-degrees
	Needs []string      `json:"needs,omitempty" show:"option"` // how to talk with the caller
	Files []schema.File `json:"files,omitempty"`
}

// Sorted is how the centre sorts an order.
type Sorted struct {
	Type         string    `json:"type" show:"option"`                 // consult, help, complaint, report, suggestion, praise
	Category     string    `json:"category,omitempty" show:"category"` // code of modules.Categories
	Stream       string    `json:"stream,omitempty" show:"option"`     // administrative, social (R69)
	Class        string    `json:"class,omitempty" show:"option"`      // emergency, utility, ordinary, complex (R58)
	Community    string    `json:"community,omitempty" show:"place"`   // where it is, when known
	Item         items.Ref `json:"item,omitempty"`                     // the admitted item that caused it
	Confidential bool      `json:"confidential,omitempty"`             // the unit must not learn who called
	PolicyFlag   bool      `json:"policy_flag,omitempty"`              // praise or complaint of a policy, not of its handling
}

// Handling is what unit and centre do with an order.
type Handling struct {
	Unit         string      `json:"unit,omitempty" show:"unit"` // department or street
	Basis        string      `json:"basis,omitempty"`            // why this unit: the dispatch rule or the dispatcher's words
	DispatchedAt *time.Time  `json:"dispatched_at,omitempty" show:"time"`
	SignedAt     *time.Time  `json:"signed_at,omitempty" show:"time"`
	ContactedAt  *time.Time  `json:"contacted_at,omitempty" show:"time"`
	RepliedAt    *time.Time  `json:"replied_at,omitempty"` // the reply that stands
	InTime       InTime      `json:"in_time"`
	DueMonth     string      `json:"due_month,omitempty"` // 2006-01 of the first limit
	Returns      []Return    `json:"returns,omitempty"`
	Ruled        bool        `json:"ruled,omitempty"` // by the head: it cannot be returned (R57)
	Extensions   []Extension `json:"extensions,omitempty"`
	Late         bool        `json:"late,omitempty"`       // the limit passed
	Reminded     bool        `json:"reminded,omitempty"`   // R62
	Supervised   bool        `json:"supervised,omitempty"` // 督办
	Criticised   bool        `json:"criticised,omitempty"` // R62
	Excuse       string      `json:"excuse,omitempty"`     // why the unit was late, in its words
	Redos        int         `json:"redos,omitempty"`
	Job          string      `json:"job,omitempty"` // the vendor's job that serves it
	Vendor       string      `json:"vendor,omitempty"`
	Replies      []Reply     `json:"replies,omitempty"`
}

// InTime tells which limits the unit kept.
type InTime struct {
	Signed    bool `json:"signed,omitempty"`
	Contacted bool `json:"contacted,omitempty"`
	Closed    bool `json:"closed,omitempty"`
}

// Return is a unit's word that an order is not its own (R56).
type Return struct {
	Unit     string    `json:"unit"`
	At       time.Time `json:"at"`
	Reason   string    `json:"reason"`            // wrong_place, ownership_unclear, overlapping_duty
	Document string    `json:"document"`          // the document it cites
	Belongs  string    `json:"belongs,omitempty"` // the unit it names
	Text     string    `json:"text,omitempty"`
	Decided  string    `json:"decided,omitempty"` // accepted, refused, ruled
	Ground   string    `json:"ground,omitempty"`  // of the decision
}

// Extension is more time, asked before the limit (R61).
type Extension struct {
	Unit    string `json:"unit"`
	N       int    `json:"n"`    // in the unit of time of the limit, from the decision
	Time    string `json:"time"` // unit of time: d, wd, h
	Reason  string `json:"reason"`
	Ground  string `json:"ground"`
	Decided string `json:"decided,omitempty"` // granted, refused
	Why     string `json:"why,omitempty"`     // of the decision
	Told    string `json:"told,omitempty"`    // how the caller was told
}

// Reply is what a unit says it has done.
type Reply struct {
	Unit   string        `json:"unit"`
	At     time.Time     `json:"at"`
	Text   string        `json:"text"`
	Result string        `json:"result"` // done, partly, cannot
	Files  []schema.File `json:"files,omitempty"`
	Not    string        `json:"not,omitempty"` // why the centre sent it back
}

// Outcome is what the caller says of it.
type Outcome struct {
	Tries     []time.Time `json:"tries,omitempty"`                // the caller was not reached
	Solved    string      `json:"solved,omitempty" show:"option"` // solved, partly, not, unreached
	Grade     int64       `json:"grade,omitempty"`                // 100, 80, 60, 30, 0
	Graded    bool        `json:"graded,omitempty"`
	By        string      `json:"by,omitempty"`                  // callback, caller
	Cause     string      `json:"cause,omitempty" show:"option"` // of what is not solved: handling, beyond, policy
	Comment   string      `json:"comment,omitempty"`             // of the caller
	Drawn     bool        `json:"drawn,omitempty"`               // for a second call
	Second    string      `json:"second,omitempty"`              // what the second call found: same, other
	ClosedAt  *time.Time  `json:"closed_at,omitempty"`
	Escalated string      `json:"escalated,omitempty"` // what the caller asks of the head, until it is settled
	Settled   string      `json:"settled,omitempty"`   // the head's answer to the latest escalation
}

// Addition is what the caller adds later.
type Addition struct {
	At    time.Time     `json:"at"`
	Text  string        `json:"text,omitempty"`
	Files []schema.File `json:"files,omitempty"`
}

// Exclusion asks not to count an order in the unit's rates.
type Exclusion struct {
	Ground  string `json:"ground"` // no_jurisdiction, repeat, unlawful_demand, beyond_control
	Text    string `json:"text"`
	Decided string `json:"decided,omitempty"` // excluded, counted
	Why     string `json:"why,omitempty"`
}

// urgent tells whether an order cannot wait.
func (o *Order) urgent() bool { return o.Class == "emergency" }

// lastReturn gives the return that is not decided yet.
func (o *Order) lastReturn() *Return {
	if n := len(o.Returns); n > 0 && o.Returns[n-1].Decided == "" {
		return &o.Returns[n-1]
	}
	return nil
}

// lastExtension gives the extension that is not decided yet.
func (o *Order) lastExtension() *Extension {
	if n := len(o.Extensions); n > 0 && o.Extensions[n-1].Decided == "" {
		return &o.Extensions[n-1]
	}
	return nil
}

// returnedBy tells whether a unit has asked to return it before.
func (o *Order) returnedBy(unit string) bool {
	for _, r := range o.Returns {
		if r.Unit == unit {
			return true
		}
	}
	return false
}

// summary is the beginning of the caller's words, as the order's title.
func (o *Order) summary() string {
	if o.Words == "" {
		return o.No
	}
	rs := []rune(o.Words)
	for i, r := range rs {
		if r == '\n' || i >= 40 {
			return string(rs[:i]) + "…"
		}
	}
	return o.Words
}
