// Package calendar counts working days in the city: weekends, the national
// holidays and the make-up workdays (调休) of the State Council's yearly notice.
//
// A Calendar is immutable and safe to share; a new notice makes a new Calendar
// that is swapped in as a whole. Deadlines keep the Version they were counted
// with, so that a swap can find and recount the open ones. A year without a
// notice falls back to weekends only, and Published says so. Hours of work are
// counted too, and every clock may stand still for a while.
//
// All days are days of the city's clock, whatever zone a time comes in; every
// resulting time is in UTC; of counted days it is the last nanosecond of the city day.
package calendar

import (
	"fmt"
	"sort"
	"time"
	_ "time/tzdata" // the city's clock must not depend on the machine
)

// City is the time zone all days are counted in.
var City = mustLoad("Asia/Shanghai")

// Kind says why a day counts as a working day or not.
type Kind string

const (
	Work    Kind = "work"    // an ordinary Monday to Friday
	Weekend Kind = "weekend" // an ordinary Saturday or Sunday
	Holiday Kind = "holiday" // off by the notice, its weekend days included
	Makeup  Kind = "makeup"  // a Saturday or Sunday worked by the notice
)

// Day is one day of the city.
type Day struct {
	Date   string `json:"date"` // 2006-01-02
	Kind   Kind   `json:"kind"`
	Name   string `json:"name,omitempty"`   // translation key; empty for an ordinary working day
	Source string `json:"source,omitempty"` // number of the notice that lists the day
}

// Workday tells whether the day counts as a working day.
func (d Day) Workday() bool { return d.Kind == Work || d.Kind == Makeup }

// maxCount keeps a broken setting from walking centuries; about 150 years.
const maxCount = 40_000

// Calendar is a set of yearly notices, cut for counting.
type Calendar struct {
	notices map[int]notice // by year
	listed  []listed       // by number
	version string
	hours   Hours
}

// listed is a day some notice names, with the difference that all listed days
// up to and with it make to a plain Monday-to-Friday count.
type listed struct {
	number int
	shift  int
	day    Day
}

// Version is a short hash of the data; the same data in another layout keeps it.
func (c *Calendar) Version() string { return c.version }

// Published tells whether the year's notice is known. Without it only
// weekends are off, and pages must say 未公布.
func (c *Calendar) Published(year int) bool {
	_, ok := c.notices[year]
	return ok
}

// Day describes the city day that t falls on.
func (c *Calendar) Day(t time.Time) Day { return c.day(number(t)) }

// IsWorkday tells whether t falls on a working day of the city.
func (c *Calendar) IsWorkday(t time.Time) bool { return c.Day(t).Workday() }

// AddWorkdays gives the end of the n-th working day after from's city day;
// for n = 0 the end of from's own day, working or not. It panics when n is
// below 0 or above 40,000: counts come from checked settings.
func (c *Calendar) AddWorkdays(from time.Time, n int) time.Time {
	return endOf(c.after(number(from), n))
}

// AddDays gives the end of the n-th calendar day after from's city day. It
// panics when n is below 0 or above 40,000.
func (c *Calendar) AddDays(from time.Time, n int) time.Time {
	mustCount(n, maxCount)
	return endOf(number(from) + n)
}

// Workdays counts the working days after from's city day up to and with to's;
// below zero when to is the earlier one.
func (c *Calendar) Workdays(from, to time.Time) int {
	return c.through(number(to)) - c.through(number(from))
}

// after gives the number of the n-th working day after a day.
func (c *Calendar) after(start, n int) int {
	mustCount(n, maxCount)
	want := c.through(start) + n
	// At worst every listed day takes a working day away.
	most := (n+len(c.listed))*7/5 + 7
	return start + sort.Search(most, func(i int) bool { return c.through(start+i) >= want })
}

// through counts working days from a fixed day in the past through day n;
// only differences mean something.
func (c *Calendar) through(n int) int {
	count := weekdays(n)
	if i := c.next(n); i > 0 {
		count += c.listed[i-1].shift
	}
	return count
}

// next is the index of the first listed day behind day n.
func (c *Calendar) next(n int) int {
	return sort.Search(len(c.listed), func(i int) bool { return c.listed[i].number > n })
}

func (c *Calendar) day(n int) Day {
	if i := c.next(n); i > 0 && c.listed[i-1].number == n {
		return c.listed[i-1].day
	}
	d := Day{Date: dateOf(n), Kind: Work}
	if weekend(n) {
		d.Kind, d.Name = Weekend, "calendar.weekend"
	}
	return d
}

func mustCount(n, limit int) {
	if n < 0 || n > limit {
		panic(fmt.Sprintf("calendar: count %d outside 0 to %d", n, limit))
	}
}

func mustLoad(zone string) *time.Location {
	l, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	return l
}
