package workbook

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// whole writes a number that a workbook holds as 1.3800138E+10 with all its
// digits, as long as it has all of them.
func whole(s string) string {
	if !strings.Contains(s, "E+") || strings.Trim(s, "0123456789.+-E") != "" {
		return s
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return s
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Rounded tells whether a text is a number in scientific notation: a program
// has thrown the last digits of a telephone number away.
func Rounded(s string) bool { return rounded.MatchString(s) }

var rounded = regexp.MustCompile(`^[+-]?\d(\.\d+)?[Ee]\+?\d+$`)

var (
	layouts = []string{"2006-1-2", "2006-1-2 15:4", "2006-1-2 15:4:5", "2006-1-2T15:4", "2006-1-2T15:4:5", "20060102", "20060102 15:4", "200601021504", "20060102150405"}
	plainer = strings.NewReplacer("年", "-", "月", "-", "日", " ", "号", " ", "/", "-", ".", "-", "时", ":", "點", ":", "点", ":", "分", ":", "秒", "", "：", ":", "上午", " ", "号 ", " ")
	zoned   = []string{time.RFC3339, time.RFC3339Nano}
)

// Moment reads a day, or a day and a time, in the forms that offices write:
// 2026-03-09, 2026/3/9 14:05, 2026年3月9日14时5分, 20260309, 下午 for the hours
// after noon, and the serial number of a workbook. A day alone is its midnight.
func (t *Table) Moment(s string, zone *time.Location) (time.Time, bool) {
	if at, ok := t.serial(s, zone); ok {
		return at, true
	}
	for _, l := range zoned {
		if at, err := time.Parse(l, s); err == nil {
			return inTime(at)
		}
	}
	afternoon := strings.Contains(s, "下午")
	s = strings.Join(strings.Fields(strings.TrimRight(plainer.Replace(strings.ReplaceAll(s, "下午", " ")), ": -")), " ")
	s, _, _ = strings.Cut(s, ".") // 14:05:00.000
	for _, l := range layouts {
		at, err := time.ParseInLocation(l, s, zone)
		if err != nil {
			continue
		}
		if afternoon && at.Hour() < 12 {
			at = at.Add(12 * time.Hour)
		}
		return inTime(at)
	}
	return time.Time{}, false
}

// inTime takes only years in which somebody can have kept such a table.
func inTime(at time.Time) (time.Time, bool) { return at, at.Year() >= 1990 && at.Year() <= 2100 }

// serial reads the number of days since the end of 1899 (or of 1903).
func (t *Table) serial(s string, zone *time.Location) (time.Time, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || strings.Trim(s, "0123456789.") != "" {
		return time.Time{}, false
	}
	if t.From04 {
		v += 1462
	}
	if v < 32874 || v >= 73051 { // 1990 to 2099; what is larger may be 20260309
		return time.Time{}, false
	}
	seconds := int(math.Round((v - math.Floor(v)) * 86400))
	return time.Date(1899, 12, 30+int(v), 0, 0, seconds, 0, zone), true
}
