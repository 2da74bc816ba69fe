// Package agreements keeps what government and residents' committees agree on
// each year for standing assistance (政社互动协议, R32).
//
// Words: an agreement is between one committee and one government side, a
// department or the street office, for one calendar year. A term of it is one
// entry of the assistance list with the money and the powers that go with it.
// An entry is wanted where a department calls on it and no agreement of the
// year lists it: then the portal opens the case by itself and asks for it.
//
// The life of an agreement: due (the portal asks for it) → offered by the
// government side → sent back by the committee, or agreed, which is the
// committee's signature → signed by the head of the government side. When the
// year ends it has ended, or lapsed unsigned, and the next year's is due. What
// another agreement lists meanwhile is covered; what nobody calls on any more
// may be dropped. Silence signs nothing; past its deadline it is overdue and
// says so on the pages of the item and of the community.
package agreements

import (
	"slices"
	"strconv"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Agreement is one year's agreement of one committee.
type Agreement struct {
	lifecycle.Case
	Year       int64  `json:"year"`
	Community  string `json:"community"`
	Side       string `json:"side"` // department, street
	Department string `json:"department,omitempty"`
	Street     string `json:"street,omitempty"`
	Wanted     []Want `json:"wanted,omitempty"` // called on, and not agreed yet
	Terms      []Term `json:"terms,omitempty"`
	Wish       string `json:"wish,omitempty"`    // what the committee wants changed
	Dropped    string `json:"dropped,omitempty"` // why nothing is to be agreed
	Overdue    bool   `json:"overdue,omitempty"`
}

// Want is an entry that a department calls on.
type Want struct {
	Entry string `json:"entry"`
	Title string `json:"title"`
}

// Line is what a form says about one entry.
type Line struct {
	Entry  string     `json:"entry" form:"choice,required,from=catalogue_assistance"`
	Money  schema.Fen `json:"money" form:"money,min=0"` // of the year
	Paid   string     `json:"paid" form:"choice,required,of=in_advance quarterly half_yearly none"`
	Powers string     `json:"powers" form:"longtext,required,max=500"`
}

// Term is an entry that was offered, with its title of that day.
type Term struct {
	Line
	Title string `json:"title"`
}

// Sides of the government.
const (
	byDepartment = "department"
	byStreet     = "street"
)

// running are the states in which an agreement is being made or holds; in
// binding ones its entries stand in no second agreement.
var (
	binding = []string{"offered", "sent_back", "agreed", "signed"}
	running = append([]string{"due"}, binding...)
)

// covers are the keys of the entries that the case is about.
func (a *Agreement) covers() []string {
	out := []string{}
	for _, t := range a.Terms {
		out = append(out, key(a.Community, a.Year, t.Entry))
	}
	for _, w := range a.Wanted {
		if k := key(a.Community, a.Year, w.Entry); !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func key(community string, year int64, entry string) string {
	return community + "/" + strconv.FormatInt(year, 10) + "/" + entry
}

func (a *Agreement) wants(entry string) bool {
	return slices.ContainsFunc(a.Wanted, func(w Want) bool { return w.Entry == entry })
}

func (a *Agreement) lists(entry string) bool {
	return slices.ContainsFunc(a.Terms, func(t Term) bool { return t.Entry == entry })
}

// sum is the money of the whole year, in fen.
func (a *Agreement) sum() (all schema.Fen) {
	for _, t := range a.Terms {
		all += t.Money
	}
	return all
}

// yearOf is the calendar year of a moment in the city.
func yearOf(at time.Time) int64 { return int64(at.In(calendar.City).Year()) }

// begins is the first moment of a year in the city.
func begins(year int64) time.Time {
	return time.Date(int(year), 1, 1, 0, 0, 0, 0, calendar.City).UTC()
}
