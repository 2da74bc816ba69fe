package calendar

import "time"

// A city day's number is its distance from 1970-01-01, a Thursday. Counting
// works on numbers; times appear at the edges only.

const (
	daySeconds  = 24 * 60 * 60
	mondayShift = 3 // number + 3 is 0 on a Monday
)

func number(t time.Time) int {
	y, m, d := t.In(City).Date()
	return numberOf(y, m, d)
}

func numberOf(y int, m time.Month, d int) int {
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / daySeconds)
}

// endOf gives the last nanosecond of a city day, in UTC.
func endOf(n int) time.Time {
	return time.Date(1970, 1, 1+n, 23, 59, 59, 999_999_999, City).UTC()
}

func dateOf(n int) string { return midnight(n).Format(time.DateOnly) }

// midnight gives the day as a UTC time, for its date parts only.
func midnight(n int) time.Time { return time.Unix(int64(n)*daySeconds, 0).UTC() }

func weekend(n int) bool { return sinceMonday(n) >= 5 }

// weekdays counts Mondays to Fridays from 1969-12-29 through day n, below
// zero before it.
func weekdays(n int) int {
	past := sinceMonday(n)
	weeks := (n + mondayShift - past) / 7
	return weeks*5 + min(past+1, 5)
}

// sinceMonday is 0 on a Monday and 6 on a Sunday, also before 1970.
func sinceMonday(n int) int { return ((n+mondayShift)%7 + 7) % 7 }
