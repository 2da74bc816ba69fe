package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// moments lie between 2023 and 2030: years with and without a notice.
func moments() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		start := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
		second := rapid.Int64Range(0, 8*365*daySeconds).Draw(t, "second")
		zone := time.FixedZone("z", 3600*rapid.IntRange(-11, 13).Draw(t, "zone"))
		return time.Unix(start+second, 0).In(zone)
	})
}

// naive walks day by day and asks the notices' own rows.
func naive(c *Calendar, from time.Time, n int) time.Time {
	day := from.In(City)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if naiveWorkday(c, day) {
			n--
		}
	}
	y, m, d := day.Date()
	return time.Date(y, m, d, 23, 59, 59, 999_999_999, City)
}

func naiveWorkday(c *Calendar, day time.Time) bool {
	date := day.Format(time.DateOnly)
	for _, notice := range c.notices {
		for _, l := range notice.days {
			if l.day.Date == date {
				return l.day.Kind == Makeup
			}
		}
	}
	return day.Weekday() != time.Saturday && day.Weekday() != time.Sunday
}

func TestAddWorkdaysAgreesWithNaiveCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, n := moments().Draw(t, "from"), rapid.IntRange(0, 120).Draw(t, "n")
		due := Default().AddWorkdays(from, n)
		if want := naive(Default(), from, n); !due.Equal(want) {
			t.Fatalf("%v + %d = %v, want %v", from, n, due, want)
		}
		if n > 0 && !Default().IsWorkday(due) {
			t.Fatalf("due on a day off: %v", due)
		}
	})
}

func TestWorkdaysGivesTheCountBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, n := moments().Draw(t, "from"), rapid.IntRange(0, 5000).Draw(t, "n")
		due := Default().AddWorkdays(from, n)
		if got := Default().Workdays(from, due); got != n {
			t.Fatalf("forth %d, want %d", got, n)
		}
		if got := Default().Workdays(due, from); got != -n {
			t.Fatalf("back %d, want %d", got, -n)
		}
	})
}

// A later start or a longer count never ends earlier.
func TestAddWorkdaysIsMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, n := moments().Draw(t, "a"), rapid.IntRange(0, 300).Draw(t, "n")
		b := a.Add(time.Duration(rapid.Int64Range(0, 400*daySeconds).Draw(t, "later")) * time.Second)
		if first, second := Default().AddWorkdays(a, n), Default().AddWorkdays(b, n); second.Before(first) {
			t.Fatalf("from %v ends %v, from %v ends %v", a, first, b, second)
		}
		if short, long := Default().AddWorkdays(a, n), Default().AddWorkdays(a, n+1); !long.After(short) {
			t.Fatalf("%d ends %v, %d ends %v", n, short, n+1, long)
		}
	})
}

func TestSumAgreesWithItsDeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from, n := moments().Draw(t, "from"), rapid.IntRange(0, MaxSum).Draw(t, "n")
		unit := rapid.SampledFrom([]string{"wd", "d"}).Draw(t, "unit")
		s := Default().Sum(from, unit, n)
		want := map[string]time.Time{"wd": Default().AddWorkdays(from, n), "d": Default().AddDays(from, n)}[unit]
		if !s.Due.Equal(want) {
			t.Fatalf("due %v, want %v", s.Due, want)
		}
		counted := 0
		for i, d := range s.Days {
			if d.Counts {
				counted++
			}
			if next := number(from) + 1 + i; d.Date != dateOf(next) {
				t.Fatalf("day %d is %s, want %s", i, d.Date, dateOf(next))
			}
		}
		if counted != n {
			t.Fatalf("%d days count, want %d", counted, n)
		}
	})
}

// Day numbers hold before 1970 too, where remainders turn negative.
func TestNumbersAgreeWithTheCalendar(t *testing.T) {
	t.Parallel()
	for n := -1000; n < 1000; n++ {
		day := time.Date(1970, 1, 1+n, 12, 0, 0, 0, City)
		rest := day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
		if number(day) != n || weekend(n) != rest || dateOf(n) != day.Format(time.DateOnly) {
			t.Fatalf("%v: number %d want %d, weekend %v want %v", day, number(day), n, weekend(n), rest)
		}
		step := weekdays(n) - weekdays(n-1)
		if (step == 0) != rest || step < 0 || step > 1 {
			t.Fatalf("%v: weekdays step %d", day, step)
		}
	}
}
