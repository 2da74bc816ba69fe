// Package vendors keeps the firms that serve residents for the hotline
// (加盟企业, R71), what is expected of them (服务标准, R72), and why their
// score is what it is.
//
// Words: a vendor serves some classes of service (categories 901 to 908) in
// some communities. Its score starts at 100; a score entry (计分) takes points
// off or gives them back, with its ground. A service standard says what is owed
// to every customer of a class.
//
// The life of a vendor: applied → vetted, on probation → active. Its score
// alone makes it warned, or suspended for a term. Delisting is proposed, by a
// person or by a score far down or a grave entry, decided by another person,
// and holds for a term; who was delisted may apply again after it. A vendor may
// leave at any time. What it says of its papers counts once the manager has
// seen them.
package vendors

import (
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Vendor is a firm that serves residents.
type Vendor struct {
	lifecycle.Case
	Firm
	District  string     `json:"district"`
	Score     int64      `json:"score"` // what the marks make of it
	Marks     []Mark     `json:"marks,omitempty"`
	Vetted    string     `json:"vetted_by,omitempty"`
	Confirmed bool       `json:"confirmed"`                      // its probation is over
	Filed     *Papers    `json:"filed,omitempty"`                // new papers that nobody has looked at
	Ending    bool       `json:"ending"`                         // its papers end soon, or are over
	Proposed  string     `json:"proposed_by,omitempty"`          // who proposed to delist it
	Ground    string     `json:"ground,omitempty" show:"option"` // on which it is, or is to be, delisted
	Reason    string     `json:"reason,omitempty"`               // of the last decision against it
	ByScore   bool       `json:"by_score"`                       // the score proposed it, no person
	Suspended string     `json:"suspended_by,omitempty"`         // score or person, while a suspension runs
	Until     *time.Time `json:"until,omitempty"`                // end of its suspension or of its delisting
}

// Firm is what a vendor says of itself.
type Firm struct {
	Name        string   `json:"name" form:"text,required,max=60"`
	Licence     string   `json:"licence" form:"text,required,max=40"`
	Classes     []string `json:"classes" form:"choices,required,from=service_classes" show:"category"`
	Communities []string `json:"communities" form:"choices,required,from=communities"`
	Papers
	Agreed bool `json:"agreed" form:"check"` // signs the standards of its classes
}

// Papers are what a vendor brings up to date from time to time.
type Papers struct {
	LicenceEnd  schema.Date   `json:"licence_end" form:"date,required"`
	Insurance   string        `json:"insurance" form:"text,required,max=60"`
	InsuranceTo schema.Date   `json:"insurance_end" form:"date,required"`
	Prices      string        `json:"prices" form:"longtext,required,max=2000"`
	Phone       string        `json:"phone" form:"text,required,max=20"` // at work
	Files       []schema.File `json:"files,omitempty" form:"files,max=4"`
}

// lapsed tells whether its licence or its insurance is over.
func (x *Vendor) lapsed(now time.Time) bool { return !now.Before(x.end()) }

// end is the end of the paper that ends first.
func (x *Papers) end() time.Time {
	return min(x.LicenceEnd, x.InsuranceTo).Time(zone).AddDate(0, 0, 1)
}

// Working are the states in which a vendor may be sent to customers, known
// those of a vendor that has joined.
var (
	working = []string{"probation", "active", "warned"}
	known   = append([]string{"suspended"}, working...)
)

var zone = calendar.City
