package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// city gives 10:00 on a day of the city.
func city(t testing.TB, date string) time.Time {
	t.Helper()
	d, err := time.ParseInLocation(time.DateOnly, date, City)
	if err != nil {
		t.Fatal(err)
	}
	return d.Add(10 * time.Hour)
}

func cityDate(t time.Time) string { return t.In(City).Format(time.DateOnly) }

// The lists are typed from the notices' sentences, not from the data files.
func TestNoticesDayByDay(t *testing.T) {
	t.Parallel()
	for year, want := range map[int]struct{ off, makeup string }{
		2025: {
			off: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 " +
				"10-01 10-02 10-03 10-06 10-07 10-08",
			makeup: "01-26 02-08 04-27 09-28 10-11"},
		2026: {
			off: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 " +
				"10-01 10-02 10-05 10-06 10-07",
			makeup: "01-04 02-14 02-28 05-09 09-20 10-10"},
	} {
		var off, makeup []string
		for d := city(t, time.Date(year, 1, 1, 0, 0, 0, 0, City).Format(time.DateOnly)); d.Year() == year; d = d.AddDate(0, 0, 1) {
			rest := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			switch works := Default().IsWorkday(d); {
			case !works && !rest:
				off = append(off, d.Format("01-02"))
			case works && rest:
				makeup = append(makeup, d.Format("01-02"))
			}
		}
		if got := strings.Join(off, " "); got != want.off {
			t.Errorf("%d weekdays off:\n got %s\nwant %s", year, got, want.off)
		}
		if got := strings.Join(makeup, " "); got != want.makeup {
			t.Errorf("%d weekend workdays:\n got %s\nwant %s", year, got, want.makeup)
		}
	}
}

func TestDay(t *testing.T) {
	t.Parallel()
	const n25, n26 = "国办发明电〔2024〕12号", "国办发明电〔2025〕7号"
	for _, want := range []Day{
		{"2025-10-06", Holiday, "calendar.mid_autumn", n25},
		{"2025-10-07", Holiday, "calendar.national_day", n25},
		{"2026-02-14", Makeup, "calendar.makeup", n26},
		{"2026-02-15", Holiday, "calendar.spring_festival", n26}, // a Sunday inside the holiday
		{"2026-02-24", Work, "", ""},
		{"2026-03-07", Weekend, "calendar.weekend", ""},
		{"1969-12-27", Weekend, "calendar.weekend", ""},
		{"2027-01-01", Work, "", ""}, // no notice yet: an ordinary Friday
	} {
		if got := Default().Day(city(t, want.Date)); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

// The city's day changes at 16:00 UTC, whatever zone the time comes in.
func TestDayIsTheCitys(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 2, 13, 15, 59, 59, 0, time.UTC)
	if got := Default().Day(last).Date; got != "2026-02-13" {
		t.Errorf("before midnight: %s", got)
	}
	next := last.Add(time.Second).In(time.FixedZone("west", -8*3600))
	if got := Default().Day(next); got.Date != "2026-02-14" || got.Kind != Makeup {
		t.Errorf("after midnight: %+v", got)
	}
	due := Default().AddWorkdays(last, 1)
	if want := time.Date(2026, 2, 14, 15, 59, 59, 999_999_999, time.UTC); !due.Equal(want) || due.Location() != time.UTC {
		t.Errorf("due %v, want %v", due, want)
	}
}

func TestAddAroundSpringFestival2026(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-13", 0, "2026-02-13"},
		{"2026-02-13", 1, "2026-02-14"}, // Saturday, worked
		{"2026-02-13", 2, "2026-02-24"}, // nine days off between
		{"2026-02-14", 1, "2026-02-24"},
		{"2026-02-18", 1, "2026-02-24"}, // filed during the holiday
		{"2026-02-18", 0, "2026-02-18"},
		{"2026-02-13", 5, "2026-02-27"},
		{"2026-02-13", 6, "2026-02-28"}, // the second make-up Saturday
		{"2026-02-13", 15, "2026-03-12"},
		{"2026-01-20", 30, "2026-03-09"}, // R15: filed this day, may start after 9 March
	} {
		if got := cityDate(Default().AddWorkdays(city(t, c.from), c.n)); got != c.want {
			t.Errorf("%s + %d = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := cityDate(Default().AddDays(city(t, "2026-02-13"), 30)); got != "2026-03-15" {
		t.Errorf("30 calendar days: %s", got)
	}
}

func TestWorkdaysBetween(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to string
		want     int
	}{
		{"2026-02-13", "2026-02-13", 0},
		{"2026-02-13", "2026-02-24", 2},
		{"2026-02-24", "2026-02-13", -2},
		{"2025-12-31", "2026-12-31", 248}, // 261 weekdays - 19 + 6
		{"2024-12-31", "2025-12-31", 248}, // 261 weekdays - 18 + 5
	} {
		if got := Default().Workdays(city(t, c.from), city(t, c.to)); got != c.want {
			t.Errorf("(%s, %s] = %d, want %d", c.from, c.to, got, c.want)
		}
	}
}

func TestUnpublishedYearFallsBackToWeekends(t *testing.T) {
	t.Parallel()
	c := Default()
	if !c.Published(2025) || !c.Published(2026) || c.Published(2027) || c.Published(2024) {
		t.Error("published years are not 2025 and 2026")
	}
	if got := cityDate(c.AddWorkdays(city(t, "2026-12-30"), 3)); got != "2027-01-04" {
		t.Errorf("across the year: %s", got)
	}
	s := c.Sum(city(t, "2026-12-30"), "wd", 3)
	if !slices.Equal(s.Unpublished, []int{2027}) {
		t.Errorf("unpublished %v", s.Unpublished)
	}
	if s := c.Sum(city(t, "2026-12-30"), "d", 30); s.Unpublished != nil {
		t.Errorf("calendar days do not depend on a notice: %v", s.Unpublished)
	}
	if s := c.Sum(city(t, "2026-12-30"), "wd", 400); !slices.Equal(s.Unpublished, []int{2027, 2028}) {
		t.Errorf("over two years: %v", s.Unpublished)
	}
	if s := c.Sum(city(t, "2024-12-31"), "wd", 3); s.Unpublished != nil {
		t.Errorf("the day it starts from is not counted: %v", s.Unpublished)
	}
}

func TestSumShowsItsArithmetic(t *testing.T) {
	t.Parallel()
	s := Default().Sum(city(t, "2026-02-12"), "wd", 3)
	var got []string
	for _, d := range s.Days {
		mark := "-"
		if d.Counts {
			mark = "+"
		}
		got = append(got, d.Date[5:]+mark+string(d.Kind))
	}
	want := "02-13+work 02-14+makeup 02-15-holiday 02-16-holiday 02-17-holiday 02-18-holiday 02-19-holiday " +
		"02-20-holiday 02-21-holiday 02-22-holiday 02-23-holiday 02-24+work"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	if cityDate(s.Due) != "2026-02-24" || s.Version != Default().Version() || s.Unit != "wd" || s.N != 3 {
		t.Errorf("sum %+v", s)
	}
	if s := Default().Sum(city(t, "2026-02-12"), "d", 3); len(s.Days) != 3 || !s.Days[2].Counts || cityDate(s.Due) != "2026-02-15" {
		t.Errorf("calendar days: %+v", s)
	}
	if s := Default().Sum(city(t, "2026-02-12"), "wd", 0); len(s.Days) != 0 || cityDate(s.Due) != "2026-02-12" {
		t.Errorf("nothing to count: %+v", s)
	}
}

func TestImpossibleCountsPanic(t *testing.T) {
	t.Parallel()
	now := city(t, "2026-02-12")
	for name, call := range map[string]func(){
		"below zero":   func() { Default().AddWorkdays(now, -1) },
		"days below":   func() { Default().AddDays(now, -1) },
		"centuries":    func() { Default().AddWorkdays(now, 40_001) },
		"sum too long": func() { Default().Sum(now, "wd", MaxSum+1) },
		"unit":         func() { Default().Sum(now, "months", 1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func BenchmarkAddWorkdays(b *testing.B) {
	from := city(b, "2026-02-13")
	for b.Loop() {
		Default().AddWorkdays(from, 30)
	}
}

func BenchmarkSum(b *testing.B) {
	from := city(b, "2026-02-13")
	for b.Loop() {
		Default().Sum(from, "wd", 30)
	}
}
