package calendar

import (
	"slices"
	"time"
)

// MaxSum is the largest count of days that Sum lists.
const MaxSum = 400

// Most is the largest count of a unit, about as long as MaxSum days.
func Most(unit string) int {
	switch unit {
	case "min":
		return MaxSum * 24 * 60
	case "h":
		return MaxSum * 24
	case "wh":
		return MaxSum * 8
	}
	return MaxSum
}

// Counted is a day of a deadline's sum and whether it counted.
type Counted struct {
	Day
	Counts  bool `json:"counts"`
	Minutes int  `json:"minutes,omitempty"` // how much of it counted, where hours or minutes are counted
	Paused  bool `json:"paused,omitempty"`  // it does not count because the clock stood still
}

// Pause is a time in which a clock stands still; a zero To still lasts.
type Pause struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to,omitzero"`
	Why  string    `json:"why,omitempty"`
}

// Sum is a deadline that shows its arithmetic: which days counted, which did
// not and why, and by which edition of the calendar.
type Sum struct {
	From        time.Time `json:"from"`         // UTC; of days its own city day never counts
	Due         time.Time `json:"due,omitzero"` // UTC; of days the end of the last city day; zero while the clock stands still
	Unit        string    `json:"unit"`         // "wd" working days, "d" calendar days, "wh" working hours, "h" hours, "min" minutes
	N           int       `json:"n"`
	Days        []Counted `json:"days"` // every day after From through Due; of hours From's own day too
	Version     string    `json:"version"`
	Hours       string    `json:"hours,omitempty"` // the working hours, where those are counted
	Pauses      []Pause   `json:"pauses,omitempty"`
	Unpublished []int     `json:"unpublished,omitempty"` // years that working days were counted in without a notice
}

// Clocked tells whether the unit is one of a clock: hours or minutes.
func Clocked(unit string) bool { return unit == "h" || unit == "wh" || unit == "min" }

// PausedSince gives when the clock stopped that still stands, zero when it runs.
func (s Sum) PausedSince() time.Time {
	if n := len(s.Pauses); n > 0 && s.Pauses[n-1].To.IsZero() {
		return s.Pauses[n-1].From
	}
	return time.Time{}
}

// Sum counts n working days ("wd") or calendar days ("d") from the day after
// from, or n hours ("h"), minutes ("min") or working hours ("wh") from that
// moment on. What lies in a pause does not count: of days those after the day
// on which it began, through the day on which it ended. Pauses follow each
// other and only the last may last. It panics on another unit and on n outside
// 0 to Most.
func (c *Calendar) Sum(from time.Time, unit string, n int, pauses ...Pause) Sum {
	mustCount(n, Most(unit))
	s := Sum{From: from.UTC(), Unit: unit, N: n, Version: c.version, Pauses: pauses}
	if Clocked(unit) {
		c.clocked(&s)
	} else {
		c.daily(&s)
	}
	if k := len(s.Days); k > 0 && (unit == "wd" || unit == "wh") { // a notice cannot move the others
		s.Unpublished = c.unpublished(s.Days[0].Date, s.Days[k-1].Date)
	}
	return s
}

// daily counts days.
func (c *Calendar) daily(s *Sum) {
	if s.Unit != "d" && s.Unit != "wd" {
		panic("calendar: unit " + s.Unit + " is none of wd, d, wh, h, min")
	}
	day, left, stop := number(s.From), s.N, c.standstill(s)
	for left > 0 && day < stop {
		day++
		d := Counted{Day: c.day(day), Paused: slices.ContainsFunc(s.Pauses, func(p Pause) bool { return p.covers(day) })}
		if d.Counts = !d.Paused && (s.Unit == "d" || d.Workday()); d.Counts {
			left--
		}
		s.Days = append(s.Days, d)
	}
	if left == 0 {
		s.Due = endOf(day)
	}
}

// standstill is the day on which the clock stopped for good, far away while it runs.
func (c *Calendar) standstill(s *Sum) int {
	if since := s.PausedSince(); !since.IsZero() {
		return number(since)
	}
	return number(s.From) + maxCount
}

func (p Pause) covers(day int) bool {
	return day > number(p.From) && (p.To.IsZero() || day <= number(p.To))
}

// stretch is a time in which a clock runs.
type stretch struct{ from, to time.Time }

// clocked counts hours or minutes.
func (c *Calendar) clocked(s *Sum) {
	step := time.Hour
	if s.Unit == "min" {
		step = time.Minute
	}
	if s.Unit == "wh" {
		s.Hours = c.hours.String()
	}
	left, at := time.Duration(s.N)*step, s.From
	var ran []stretch
	for _, p := range s.Pauses {
		end, used := c.run(s.Unit, at, p.From, left)
		ran = append(ran, stretch{at, end})
		if left -= used; left <= 0 {
			break
		}
		at = p.To
	}
	if len(ran) == 0 || left > 0 && s.PausedSince().IsZero() {
		end, _ := c.run(s.Unit, at, time.Time{}, left)
		ran = append(ran, stretch{at, end})
	}
	if left <= 0 || s.PausedSince().IsZero() {
		s.Due = ran[len(ran)-1].to.UTC()
	}
	c.list(s, ran)
}

// run lets a clock run from a moment until left is used up, or until a moment
// when that comes first; a zero until never comes.
func (c *Calendar) run(unit string, from, until time.Time, left time.Duration) (end time.Time, used time.Duration) {
	if unit != "wh" {
		end = from.Add(left)
		if !until.IsZero() && until.Before(end) {
			end = until
		}
		return end, end.Sub(from)
	}
	for at := from; ; {
		at = c.NextOpen(at)
		if !until.IsZero() && !at.Before(until) {
			return until, used
		}
		_, shut := c.open(number(at))
		if !until.IsZero() {
			shut = earlier(shut, until)
		}
		if room := shut.Sub(at); used+room >= left {
			return at.Add(left - used), left
		}
		used += shut.Sub(at)
		at = shut
	}
}

// list gives the days of a clock with the minutes that counted in each.
func (c *Calendar) list(s *Sum, ran []stretch) {
	for day := number(s.From); day <= number(ran[len(ran)-1].to); day++ {
		from, to := clock(day, 0), clock(day+1, 0)
		d := Counted{Day: c.day(day)}
		if s.Unit == "wh" {
			from, to = c.open(day)
		}
		if s.Unit != "wh" || d.Workday() {
			var sum time.Duration
			for _, r := range ran {
				sum += max(0, earlier(to, r.to).Sub(later(from, r.from)))
			}
			d.Minutes = int(sum.Round(time.Minute) / time.Minute)
		}
		d.Counts = d.Minutes > 0
		d.Paused = !d.Counts && slices.ContainsFunc(s.Pauses, func(p Pause) bool { return p.covers(day) })
		s.Days = append(s.Days, d)
	}
}

// unpublished lists the years without a notice from one day to another.
func (c *Calendar) unpublished(first, last string) []int {
	var years []int
	a, _ := time.Parse(time.DateOnly, first)
	b, _ := time.Parse(time.DateOnly, last)
	for year := a.Year(); year <= b.Year(); year++ {
		if !c.Published(year) {
			years = append(years, year)
		}
	}
	return years
}
