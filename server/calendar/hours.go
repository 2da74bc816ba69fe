package calendar

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Hours are the working hours of a working day, in minutes after midnight of
// the city's clock.
type Hours struct{ From, To int }

// OfficeHours are used where a city has not said otherwise.
var OfficeHours = Hours{8*60 + 30, 17*60 + 30}

var errHours = errors.New("calendar: working hours are written 08:30-17:30")

// ParseHours reads "08:30-17:30"; one time has one spelling.
func ParseHours(s string) (Hours, error) {
	from, to, ok := strings.Cut(s, "-")
	a, err := minutes(from)
	b, err2 := minutes(to)
	if h := (Hours{a, b}); ok && err == nil && err2 == nil && a < b && h.String() == s {
		return h, nil
	}
	return Hours{}, errHours
}

func minutes(s string) (int, error) {
	h, m, _ := strings.Cut(s, ":")
	a, err := strconv.Atoi(h)
	b, err2 := strconv.Atoi(m)
	if err != nil || err2 != nil || a < 0 || a > 24 || b < 0 || b > 59 {
		return 0, errHours
	}
	return a*60 + b, nil
}

func (h Hours) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", h.From/60, h.From%60, h.To/60, h.To%60)
}

// Within is the same calendar with other working hours. The hours are the
// city's setting, not part of the notices, and leave the version as it is.
func (c *Calendar) Within(h Hours) *Calendar {
	d := *c
	d.hours = h
	return &d
}

// IsOpen tells whether t lies in the working hours of a working day.
func (c *Calendar) IsOpen(t time.Time) bool { return c.NextOpen(t).Equal(t) }

// NextOpen gives the first moment from t on that lies in working hours, in UTC.
func (c *Calendar) NextOpen(t time.Time) time.Time {
	for n := number(t); ; n++ {
		from, to := c.open(n)
		if c.day(n).Workday() && t.Before(to) {
			return later(t, from).UTC()
		}
	}
}

// open gives the working hours of a city day, as if it were a working day.
func (c *Calendar) open(n int) (from, to time.Time) {
	return clock(n, c.hours.From), clock(n, c.hours.To)
}

// clock gives a minute of a city day.
func clock(n, minute int) time.Time { return time.Date(1970, 1, 1+n, 0, minute, 0, 0, City) }

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
