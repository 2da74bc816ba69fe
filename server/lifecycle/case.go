// Package lifecycle runs cases. A case is a typed document plus one table of
// acts; the engine runs an act: load, gate, guard, change, append to the
// history, save against the revision, tell.
//
// Words: a case is anything with a life of its own (an application, a payment,
// a rating round). An act moves it from state to state. A deadline is a date
// the case owes, with the arithmetic that made it. An event tells other
// modules what happened; it lies in the outbox inside the saved case until
// every listener has taken it. The history is a chain of hashes: no entry can
// be changed later without breaking it.
package lifecycle

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// Case is embedded in every typed case.
type Case struct {
	store.Meta
	No         string         `json:"no"` // what people call it: ZR-2026-00012
	State      string         `json:"state"`
	OpenedAt   time.Time      `json:"opened_at"`
	OpenedBy   string         `json:"opened_by,omitempty"`
	ChangedAt  time.Time      `json:"changed_at"`
	Settings   setting.Values `json:"settings,omitempty"` // in force on the day it opened
	Deadlines  []Deadline     `json:"deadlines,omitempty"`
	History    []Entry        `json:"history"`
	Outbox     []Message      `json:"outbox,omitempty"`
	OpenKey    string         `json:"open_key,omitempty"` // idempotency of the opening act
	Salt       string         `json:"salt,omitempty"`     // of digests of what is personal, as long as that is kept
	Anonymised *time.Time     `json:"faded_at,omitempty"` // when what was personal went
}

// Receipt (回执号) stands for the entry where its case must not be named: whoever
// may read the case finds it there again, and nobody else can tell which it is.
// It says nothing of the entry's hash, with which letters are verified.
func (e Entry) Receipt() string {
	sum := sha256.Sum256([]byte("receipt\x00" + e.Hash))
	return hex.EncodeToString(sum[:8])
}

// PublicReceipt stands for the whole case in public lists; it never changes.
func (c *Case) PublicReceipt() string {
	if len(c.History) == 0 {
		return ""
	}
	return c.History[0].Receipt()
}

// Life gives the part that the engine works on.
func (c *Case) Life() *Case { return c }

// Subject is a pointer to any struct that embeds Case.
type Subject interface{ Life() *Case }

// Did tells whether this person, acting for themselves or stood in for, did
// one of these acts (R: four eyes).
func (c *Case) Did(person string, acts ...string) bool {
	if person == "" {
		return false
	}
	for _, e := range c.History {
		for _, a := range acts {
			if e.Act == a && (e.By == person || e.For == person) {
				return true
			}
		}
	}
	return false
}

// Last gives the newest entry of one of these acts.
func (c *Case) Last(acts ...string) (Entry, bool) {
	for i := len(c.History) - 1; i >= 0; i-- {
		for _, a := range acts {
			if c.History[i].Act == a {
				return c.History[i], true
			}
		}
	}
	return Entry{}, false
}

// Open gives the running deadline of that name.
func (c *Case) Open(name string) (Deadline, bool) {
	for _, d := range c.Deadlines {
		if d.Name == name && d.Done == nil {
			return d, true
		}
	}
	return Deadline{}, false
}

// Next gives the deadline that ends first of those whose clocks run.
func (c *Case) Next() (Deadline, bool) {
	var out Deadline
	for _, d := range c.Deadlines {
		if d.Runs() && (out.Due.IsZero() || d.Due.Before(out.Due)) {
			out = d
		}
	}
	return out, !out.Due.IsZero()
}

// Deadline is a date the case owes and where it comes from.
type Deadline struct {
	Name    string     `json:"name"`
	Rule    string     `json:"rule,omitempty"`    // R16
	Setting string     `json:"setting,omitempty"` // adm.decide_wd
	Unit    string     `json:"unit"`              // wd working days, d calendar days, wh working hours, h hours, min minutes
	N       int        `json:"n"`
	From    time.Time  `json:"from"`
	Due     time.Time  `json:"due"`
	Version string     `json:"version,omitempty"` // of the calendar it was counted with
	Hours   string     `json:"hours,omitempty"`   // working hours of the day it was counted, for wh
	Done    *time.Time `json:"done,omitempty"`    // when it was met, or overtaken

	// Pauses are the times in which its clock stood still, the last may last.
	Pauses []calendar.Pause `json:"pauses,omitempty"`
}

// Paused tells whether its clock stands still; Due is then what it was before.
func (d Deadline) Paused() bool {
	n := len(d.Pauses)
	return d.Done == nil && n > 0 && d.Pauses[n-1].To.IsZero()
}

// Runs tells whether it is owed and its clock runs.
func (d Deadline) Runs() bool { return d.Done == nil && !d.Paused() }

// Sum shows the arithmetic of the deadline, day by day. A deadline that ends on
// a given day, or is too far away to list its days, shows the day alone.
func (d Deadline) Sum(c *calendar.Calendar) calendar.Sum {
	if d.N <= 0 || d.N > calendar.Most(d.Unit) {
		return calendar.Sum{From: d.From, Due: d.Due, Unit: d.Unit, N: d.N, Version: d.Version, Pauses: d.Pauses}
	}
	if h, err := calendar.ParseHours(d.Hours); err == nil {
		c = c.Within(h)
	}
	s := c.Sum(d.From, d.Unit, d.N, d.Pauses...)
	if !d.Paused() {
		s.Due = d.Due
	}
	return s
}

// Entry is one line of a case's history.
type Entry struct {
	Seq     int       `json:"seq"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`            // person, "system" for the portal itself
	For     string    `json:"for,omitempty"` // the absent person stood in for
	Act     string    `json:"act"`
	From    string    `json:"from,omitempty"`
	To      string    `json:"to"`
	Note    string    `json:"note,omitempty"`
	Line    string    `json:"line,omitempty"` // policy line that let it pass
	Changes []Change  `json:"changes,omitempty"`
	Files   []Paper   `json:"files,omitempty"` // brought with the act; the hash binds their bytes to the chain
	Key     string    `json:"key,omitempty"`   // digest of the idempotency key
	Body    string    `json:"body,omitempty"`  // digest of the input that came with the key
	Sum     string    `json:"sum"`             // digest of the case after the act
	Prev    string    `json:"prev"`            // hash of the entry before
	Hash    string    `json:"hash"`
}

// Paper is a file as the history names it.
type Paper struct {
	Hash string `json:"hash"` // SHA-256 of its bytes, hex
	Name string `json:"name"`
	Type string `json:"type"`           // media type
	Size int64  `json:"size"`           // bytes
	Gone bool   `json:"gone,omitempty"` // its bytes went with what was personal
}

// Change is one field before and after.
type Change struct {
	Field string          `json:"field"`
	Old   json.RawMessage `json:"old,omitempty"`
	New   json.RawMessage `json:"new,omitempty"`
	Was   string          `json:"was,omitempty"` // salted digests that stand for old and new
	Is    string          `json:"is,omitempty"`  // in the hash where they are personal
}

// Actor is who acts: a person, possibly standing in for an absent one.
type Actor struct {
	ID  string // "" nobody is signed in
	For string
}

// System is the portal itself: its clock and its event handlers.
var System = Actor{ID: "system"}

// Scope says whose case it is: the department that owns the work, the places
// it touches.
type Scope struct {
	Department string
	Places     []string // communities mostly; streets or the district where the whole of it is meant
}

// Anywhere is the scope of a question that is about no case yet: could this
// actor do such an act in any department, at any place?
var Anywhere = Scope{Department: "*"}
