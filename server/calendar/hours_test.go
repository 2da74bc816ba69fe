package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// at gives a minute of the city's clock.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation("2006-01-02 15:04", s, City)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParseHours(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Hours{"08:30-17:30": OfficeHours, "00:00-24:00": {0, 1440}, "09:00-09:01": {540, 541}} {
		if got, err := ParseHours(s); err != nil || got != want || got.String() != s {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	for _, s := range []string{"", "8:30-17:30", "17:30-08:30", "08:30", "08:30-08:30", "08:60-17:30", "a-b", "08:30-25:00", "-1:00-02:00", "08:30-17:30 "} {
		if h, err := ParseHours(s); err == nil {
			t.Errorf("%q passes as %v", s, h)
		}
	}
}

// 14 February 2026 is a make-up Saturday, 16 to 23 February are off.
func TestHoursCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, unit string
		n          int
		due        string
	}{
		{"2026-03-09 09:00", "h", 2, "2026-03-09 11:00"},
		{"2026-03-09 23:30", "h", 2, "2026-03-10 01:30"},
		{"2026-03-09 09:00", "min", 30, "2026-03-09 09:30"},
		{"2026-03-09 09:00", "min", 2880, "2026-03-11 09:00"},
		{"2026-03-09 09:00", "wh", 2, "2026-03-09 11:00"},
		{"2026-03-09 16:30", "wh", 2, "2026-03-10 09:30"},
		{"2026-03-09 06:00", "wh", 2, "2026-03-09 10:30"},
		{"2026-03-13 17:00", "wh", 4, "2026-03-16 12:00"}, // over a weekend
		{"2026-02-13 17:00", "wh", 4, "2026-02-14 12:00"}, // into a Saturday that is worked
		{"2026-02-14 17:00", "wh", 4, "2026-02-24 12:00"}, // over the Spring Festival
		{"2026-03-14 10:00", "wh", 0, "2026-03-16 08:30"},
		{"2026-03-09 09:00", "h", 0, "2026-03-09 09:00"},
	} {
		s := Default().Sum(at(t, c.from), c.unit, c.n)
		if got := s.Due.In(City).Format("2006-01-02 15:04"); got != c.due {
			t.Errorf("%s + %d %s = %s, want %s", c.from, c.n, c.unit, got, c.due)
		}
	}
}

func TestPausesDoNotCount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, unit string
		n          int
		pauses     [][2]string
		due        string
	}{
		// Days: the day of the pause still counts, the day it ends does not.
		{"2026-03-09 09:00", "d", 7, [][2]string{{"2026-03-11 10:00", "2026-03-14 10:00"}}, "2026-03-19 23:59"},
		{"2026-03-09 09:00", "wd", 5, [][2]string{{"2026-03-11 10:00", "2026-03-13 10:00"}}, "2026-03-18 23:59"},
		{"2026-03-09 09:00", "wd", 5, [][2]string{{"2026-03-11 10:00", "2026-03-11 15:00"}}, "2026-03-16 23:59"},
		{"2026-03-09 09:00", "h", 2, [][2]string{{"2026-03-09 10:00", "2026-03-10 10:00"}}, "2026-03-10 11:00"},
		{"2026-03-09 09:00", "h", 2, [][2]string{{"2026-03-09 09:30", "2026-03-09 10:00"}, {"2026-03-09 10:30", "2026-03-09 12:00"}}, "2026-03-09 13:00"},
		{"2026-03-09 16:30", "wh", 2, [][2]string{{"2026-03-09 17:00", "2026-03-10 14:00"}}, "2026-03-10 15:30"},
		{"2026-03-09 09:00", "h", 1, [][2]string{{"2026-03-09 12:00", "2026-03-09 14:00"}}, "2026-03-09 10:00"}, // too late to matter
	} {
		var ps []Pause
		for _, p := range c.pauses {
			ps = append(ps, Pause{From: at(t, p[0]), To: at(t, p[1]), Why: "parts"})
		}
		s := Default().Sum(at(t, c.from), c.unit, c.n, ps...)
		if got := s.Due.In(City).Format("2006-01-02 15:04"); got != c.due {
			t.Errorf("%s + %d %s = %s, want %s", c.from, c.n, c.unit, got, c.due)
		}
		if !s.PausedSince().IsZero() {
			t.Errorf("%s still stands", c.from)
		}
	}
	since := at(t, "2026-03-11 10:00")
	for _, unit := range []string{"wd", "d", "h", "wh"} {
		s := Default().Sum(at(t, "2026-03-09 09:00"), unit, 60, Pause{From: since})
		if !s.Due.IsZero() || !s.PausedSince().Equal(since) || s.Days[len(s.Days)-1].Date != "2026-03-11" {
			t.Errorf("%s: a clock that stands still is due %v", unit, s.Due)
		}
	}
}

func TestOpenHours(t *testing.T) {
	t.Parallel()
	night := Default().Within(Hours{20 * 60, 22 * 60})
	for _, c := range []struct{ at, open, late string }{
		{"2026-03-09 08:29", "2026-03-09 08:30", "2026-03-09 20:00"},
		{"2026-03-09 08:30", "2026-03-09 08:30", "2026-03-09 20:00"},
		{"2026-03-09 17:30", "2026-03-10 08:30", "2026-03-09 20:00"},
		{"2026-03-14 12:00", "2026-03-16 08:30", "2026-03-16 20:00"},
		{"2026-03-09 21:00", "2026-03-10 08:30", "2026-03-09 21:00"},
	} {
		if got := Default().NextOpen(at(t, c.at)); !got.Equal(at(t, c.open)) {
			t.Errorf("%s opens %v", c.at, got.In(City))
		}
		if got := night.NextOpen(at(t, c.at)); !got.Equal(at(t, c.late)) {
			t.Errorf("%s opens at night %v", c.at, got.In(City))
		}
	}
}

// A clock agrees with one that ticks minute by minute, whatever pauses it.
func TestClocksAgreeWithTicking(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Default()
		from := moments().Draw(t, "from").Truncate(time.Minute)
		unit, n := rapid.SampledFrom([]string{"h", "wh"}).Draw(t, "unit"), rapid.IntRange(1, 12).Draw(t, "n")
		var pauses []Pause
		for p := from; len(pauses) < 3 && rapid.Bool().Draw(t, "pause"); {
			a := p.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "after")) * time.Minute)
			p = a.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "long")) * time.Minute)
			pauses = append(pauses, Pause{From: a, To: p})
		}
		s := c.Sum(from, unit, n, pauses...)
		left := n * 60
		tick := from
		for ; left > 0; tick = tick.Add(time.Minute) {
			paused := false
			for _, p := range pauses {
				paused = paused || !tick.Before(p.From) && tick.Before(p.To)
			}
			if !paused && (unit == "h" || c.IsOpen(tick)) {
				left--
			}
		}
		if !s.Due.Equal(tick) {
			t.Fatalf("%d %s from %v: due %v, ticking says %v (%v)", n, unit, from, s.Due, tick, pauses)
		}
		sum := 0
		for _, d := range s.Days {
			sum += d.Minutes
		}
		if sum != n*60 {
			t.Fatalf("the days list %d minutes of %d", sum, n*60)
		}
	})
}
