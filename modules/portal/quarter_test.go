package portal_test

import (
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
)

func TestQuarter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at   time.Time
		want portal.Quarter
	}{
		{time.Date(2026, 9, 30, 23, 59, 59, 0, calendar.City), "2026Q3"},
		{time.Date(2026, 9, 30, 16, 0, 0, 0, time.UTC), "2026Q4"}, // midnight in the city
		{time.Date(2026, 1, 1, 0, 0, 0, 0, calendar.City), "2026Q1"},
	} {
		q := portal.QuarterOf(c.at)
		if q != c.want || c.at.Before(q.Start()) || !c.at.Before(q.End()) {
			t.Errorf("%v is in %s (%v to %v), want %s", c.at, q, q.Start(), q.End(), c.want)
		}
	}
	if q := portal.Quarter("2026Q1").Before(); q != "2025Q4" {
		t.Error(q)
	}
	for _, bad := range []portal.Quarter{"", "2026Q5", "2026Q0", "20x6Q1", "2026-1"} {
		if !bad.Start().IsZero() {
			t.Errorf("%q is a quarter", bad)
		}
	}
}
