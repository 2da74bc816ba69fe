package calendar

import "time"

// MaxSum is the largest count whose days Sum lists.
const MaxSum = 400

// Counted is a day of a deadline's sum and whether it counted.
type Counted struct {
	Day
	Counts bool `json:"counts"`
}

// Sum is a deadline that shows its arithmetic: which days counted, which did
// not and why, and by which edition of the calendar.
type Sum struct {
	From        time.Time `json:"from"` // UTC; its own city day never counts
	Due         time.Time `json:"due"`  // UTC, end of the last city day
	Unit        string    `json:"unit"` // "wd" working days, "d" calendar days
	N           int       `json:"n"`
	Days        []Counted `json:"days"` // every day after From through Due
	Version     string    `json:"version"`
	Unpublished []int     `json:"unpublished,omitempty"` // years that working days were counted in without a notice
}

// Sum counts n working days ("wd") or calendar days ("d") from the day after
// from. It panics on another unit and on n outside 0 to MaxSum.
func (c *Calendar) Sum(from time.Time, unit string, n int) Sum {
	mustCount(n, MaxSum)
	first := number(from)
	last := c.last(first, unit, n)
	s := Sum{From: from.UTC(), Due: endOf(last), Unit: unit, N: n, Version: c.version,
		Days: make([]Counted, 0, last-first)}
	for day := first + 1; day <= last; day++ {
		d := c.day(day)
		s.Days = append(s.Days, Counted{Day: d, Counts: unit == "d" || d.Workday()})
	}
	if unit == "wd" { // a notice cannot move a deadline of calendar days
		s.Unpublished = c.unpublished(first+1, last)
	}
	return s
}

// unpublished lists the years without a notice among the days first to last.
func (c *Calendar) unpublished(first, last int) []int {
	var years []int
	for year := yearOf(first); first <= last && year <= yearOf(last); year++ {
		if !c.Published(year) {
			years = append(years, year)
		}
	}
	return years
}

func (c *Calendar) last(first int, unit string, n int) int {
	switch unit {
	case "wd":
		return c.after(first, n)
	case "d":
		return first + n
	}
	panic("calendar: unit " + unit + " is neither wd nor d")
}
