package portal

import (
	"fmt"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/web"
)

// Quarter is a quarter of a year in the city's time, "2026Q3"; in the order of
// bytes they stand in the order of time.
type Quarter string

// QuarterOf gives the quarter of a moment.
func QuarterOf(t time.Time) Quarter {
	t = t.In(calendar.City)
	return Quarter(fmt.Sprintf("%04dQ%d", t.Year(), (int(t.Month())+2)/3))
}

// Start is its first moment, zero when it is no quarter.
func (q Quarter) Start() time.Time {
	if len(q) != 6 || q[4] != 'Q' || q[5] < '1' || q[5] > '4' {
		return time.Time{}
	}
	y, err := time.ParseInLocation("2006", string(q[:4]), calendar.City)
	if err != nil {
		return time.Time{}
	}
	return y.AddDate(0, 3*int(q[5]-'1'), 0)
}

// End is the first moment after it.
func (q Quarter) End() time.Time { return q.Start().AddDate(0, 3, 0) }

// Before is the quarter before it.
func (q Quarter) Before() Quarter { return QuarterOf(q.Start().Add(-time.Hour)) }

// Text words it.
func (q Quarter) Text(l web.Lang) string {
	if q.Start().IsZero() {
		return string(q)
	}
	return l.T("quarter", "year", string(q[:4]), "n", string(q[5]))
}
