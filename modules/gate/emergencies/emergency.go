// Package emergencies lets help come first and paper after (R1).
//
// Words: an emergency (紧急事项) is a sudden event that touches life, property
// or public safety. The authority that the city names declares it, with a
// document, for a term and for some communities; nobody applies and nobody
// refuses while it is in force. To file it is to say afterwards what was done,
// what it cost and who took part. Misuse is calling something an emergency that
// was none; it counts as a bypass (摊派).
//
// The life of an emergency: declared, running once the work begins, filed by
// the department within a few working days, closed by the gatekeeping office,
// turned into an ordinary application, or ruled to be misuse. The declaring
// authority may extend it. What is never filed is late and the office's matter;
// it can only be ruled on. It is in force from its first day to the end of its
// last, whether filed or not, until somebody closes it.
package emergencies

import (
	"slices"
	"time"

	"gatehouse/modules/gate/admission"
	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Emergency is one declared emergency.
type Emergency struct {
	lifecycle.Case
	Declaration
	Extensions  []Extension `json:"extensions,omitempty"`
	*Report     `json:"report,omitempty"`
	Late        bool                              `json:"late,omitempty"`   // not filed in time
	Bypass      bool                              `json:"bypass,omitempty"` // ruled to be misuse (R28)
	Reason      string                            `json:"reason,omitempty"` // of that ruling
	Application portal.Ref[admission.Application] `json:"application,omitempty"`
	AppliedAs   string                            `json:"applied_as,omitempty"` // the number of that application
}

// Declaration is what the authority states.
type Declaration struct {
	Event       string      `json:"event" form:"text,required,max=80"`
	Department  string      `json:"department" form:"choice,required,from=departments"` // that needs the help
	Communities []string    `json:"communities" form:"choices,required,from=communities"`
	Tasks       string      `json:"tasks" form:"longtext,required,max=1000"`
	DeclaredBy  string      `json:"declared_by" form:"text,required,max=60"`
	Document    string      `json:"document" form:"text,required,max=120"`
	Start       schema.Date `json:"start" form:"date,required,today"`
	End         schema.Date `json:"end" form:"date,required"` // its last day
	Cost        schema.Fen  `json:"cost,omitempty" form:"money"`
}

// Extension moves the last day.
type Extension struct {
	End        schema.Date `json:"end" form:"date,required"`
	DeclaredBy string      `json:"declared_by" form:"text,required,max=60"`
	Document   string      `json:"document" form:"text,required,max=120"`
}

// Report is what the department files afterwards.
type Report struct {
	Done   string     `json:"done" form:"longtext,required,max=2000"`
	Spent  schema.Fen `json:"spent" form:"money,required"`
	People int64      `json:"people" form:"number,required,max=100000"` // of the committees who took part
}

// live are the states in which an emergency can be in force.
var live = []string{"declared", "running", "filed"}

// from is the moment it begins.
func (e *Emergency) from() time.Time { return e.Start.Time(calendar.City).UTC() }

// until is the moment after its last day.
func (e *Emergency) until() time.Time {
	return e.End.Time(calendar.City).In(calendar.City).AddDate(0, 0, 1).UTC()
}

// inForce tells whether committees must assist at that moment.
func (e *Emergency) inForce(at time.Time) bool {
	return slices.Contains(live, e.State) && !at.Before(e.from()) && at.Before(e.until())
}

// plus moves a day.
func plus(d schema.Date, days int) schema.Date {
	return schema.DateOf(d.Time(calendar.City).In(calendar.City).AddDate(0, 0, days), calendar.City)
}
