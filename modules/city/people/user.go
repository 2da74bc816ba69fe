// Package people knows who works with the portal: their accounts, their
// appointments, whom they let stand in for them, and their sessions.
//
// Words: a user is a person with an account. An appointment gives a role at a
// place, in a department where the role belongs to one, for a time. A
// delegation lets another person use some of one's roles for at most ninety
// days. A session is one signing-in, on pages or by a program.
//
// The life of a user: active ⇄ suspended, and from both to left, for good.
// Nothing is deleted: an ended appointment stays in the record with its end.
//
// Passwords are kept apart from the record, so that no secret can get into a
// history. Users are also kept in memory, and in the gate's index: a change
// takes effect with the next request of whoever is signed in.
package people

import (
	"encoding/json"
	"slices"
	"time"

	"gatehouse/policy"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// User is a person with an account. No phone and no identity number is kept:
// nothing here needs them.
type User struct {
	lifecycle.Case
	Login        string        `json:"login"`
	Name         string        `json:"name"`
	Post         string        `json:"post"` // title of the job
	Appointments []Appointment `json:"appointments"`
	Delegations  []Delegation  `json:"delegations,omitempty"`
}

// Appointment is one role of a user.
type Appointment struct {
	N          int64       `json:"n"` // its number among the user's
	Role       string      `json:"role"`
	Place      string      `json:"place"`
	Department string      `json:"department,omitempty"`
	From       schema.Date `json:"from"`
	Until      schema.Date `json:"until,omitempty"` // its last day; "" has no end
	Ended      *time.Time  `json:"ended,omitempty"` // dismissed, or left
	Heir       string      `json:"heir,omitempty"`  // who was to take it over from somebody who left
	After      string      `json:"after,omitempty"` // who left it to this person
}

// Delegation lets another person use some of the user's roles.
type Delegation struct {
	N      int64       `json:"n"`
	To     string      `json:"to"`
	Roles  []string    `json:"roles"`
	From   schema.Date `json:"from"`
	Until  schema.Date `json:"until"` // its last day
	Reason string      `json:"reason,omitempty"`
	Ended  *time.Time  `json:"ended,omitempty"` // revoked
}

// RegisterForm opens an account with its first appointment.
type RegisterForm struct {
	Login      string      `json:"login" form:"text,required,max=40"`
	Name       string      `json:"name" form:"text,required,max=60"`
	Post       string      `json:"post" form:"text,max=80"`
	Password   string      `json:"password" form:"secret,max=128"` // "": nobody knows it, a one-time link sets it
	Role       string      `json:"role" form:"choice,required,from=roles"`
	Place      string      `json:"place" form:"choice,from=areas"`
	Department string      `json:"department" form:"choice,from=employers"`
	From       schema.Date `json:"from" form:"date,today"`
	Until      schema.Date `json:"until" form:"date"`
}

// MarshalJSON leaves the password out: the engine keeps a digest of every
// input, and a digest of a password can be guessed.
func (f RegisterForm) MarshalJSON() ([]byte, error) {
	type bare RegisterForm
	f.Password = ""
	return json.Marshal(bare(f))
}

// AppointForm gives a further role.
type AppointForm struct {
	Role       string      `json:"role" form:"choice,required,from=roles"`
	Place      string      `json:"place" form:"choice,from=areas"`
	Department string      `json:"department" form:"choice,from=employers"`
	From       schema.Date `json:"from" form:"date,today"`
	Until      schema.Date `json:"until" form:"date"`
}

// AmendForm corrects a name or a post.
type AmendForm struct {
	Name string `json:"name" form:"text,required,max=60"`
	Post string `json:"post" form:"text,max=80"`
}

// DismissForm ends one appointment, by its number.
type DismissForm struct {
	N string `json:"n" form:"choice,required,from=own_appointments"`
}

// ReasonForm says why.
type ReasonForm struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// PasswordForm sets a password for somebody else.
type PasswordForm struct {
	Password string `json:"password" form:"secret,required,max=128"`
}

// MarshalJSON leaves the password out, as RegisterForm does.
func (f PasswordForm) MarshalJSON() ([]byte, error) { return []byte(`{}`), nil }

// DelegateForm lets somebody stand in.
type DelegateForm struct {
	To     string      `json:"to" form:"choice,required,from=people"`
	Roles  []string    `json:"roles" form:"choices,required,from=own_roles"`
	From   schema.Date `json:"from" form:"date,today"`
	Until  schema.Date `json:"until" form:"date,required"`
	Reason string      `json:"reason" form:"longtext,max=500"`
}

// RevokeForm takes a delegation back, by its number.
type RevokeForm struct {
	N string `json:"n" form:"choice,required,from=own_delegations"`
}

// span gives the moments between which something counts: from the beginning of
// its first to the end of its last day in the city, or to its early end.
func span(from, until schema.Date, ended *time.Time) (begin, end time.Time) {
	begin = from.Time(calendar.City)
	if until != "" {
		end = until.Time(calendar.City).In(calendar.City).AddDate(0, 0, 1).UTC()
	}
	if ended != nil && (end.IsZero() || ended.Before(end)) {
		end = *ended
	}
	return begin, end
}

func during(now, begin, end time.Time) bool {
	return !now.Before(begin) && (end.IsZero() || now.Before(end))
}

func (a Appointment) policy() policy.Appointment {
	begin, end := span(a.From, a.Until, a.Ended)
	return policy.Appointment{Role: a.Role, Place: a.Place, Department: a.Department, From: begin, Until: end}
}

// running gives the appointments that count now.
func (u *User) running(now time.Time) []Appointment {
	return slices.DeleteFunc(slices.Clone(u.Appointments), func(a Appointment) bool { return !a.holds(now) })
}

// holds tells whether the appointment counts now.
func (a Appointment) holds(now time.Time) bool {
	begin, end := span(a.From, a.Until, a.Ended)
	return during(now, begin, end)
}

// over tells whether it will never count again.
func (a Appointment) over(now time.Time) bool {
	_, end := span(a.From, a.Until, a.Ended)
	return !end.IsZero() && !now.Before(end)
}

func (d Delegation) holds(now time.Time) bool {
	begin, end := span(d.From, d.Until, d.Ended)
	return during(now, begin, end)
}

func (d Delegation) over(now time.Time) bool {
	_, end := span(d.From, d.Until, d.Ended)
	return !now.Before(end)
}
