package web

import (
	"strconv"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/schema"
)

// zone is the one clock of the city; times are stored in UTC.
var zone = calendar.City

// Date writes the day of t in the city's zone, in full.
func (l Lang) Date(t time.Time) string {
	if t.IsZero() {
		return l.T("none")
	}
	t = t.In(zone)
	return l.T("format.date", "y", t.Year(), "m", l.T("month."+strconv.Itoa(int(t.Month()))), "d", t.Day())
}

// Weekday writes the day of the week of t in the city's zone.
func (l Lang) Weekday(t time.Time) string {
	return l.T("weekday." + strconv.Itoa(int(t.In(zone).Weekday())))
}

// Day writes a calendar day; "" gives the word for none, and what is no day is
// given back as it stands.
func (l Lang) Day(d schema.Date) string {
	if d == "" {
		return l.T("none")
	}
	t, err := time.ParseInLocation(time.DateOnly, string(d), zone)
	if err != nil {
		return string(d)
	}
	return l.Date(t)
}

// Time writes day and time of t in the city's zone, with 24 hours.
func (l Lang) Time(t time.Time) string {
	if t.IsZero() {
		return l.T("none")
	}
	return l.T("format.time", "date", l.Date(t), "time", t.In(zone).Format("15:04"))
}

// Clock writes the hour and minute of a moment in the city.
func (l Lang) Clock(t time.Time) string { return t.In(calendar.City).Format("15:04") }

// Ago writes how long before now t was (or how far ahead it is); show it only
// beside the absolute time.
func (l Lang) Ago(now, t time.Time) string {
	d, dir := now.Sub(t), "ago."
	if d < 0 {
		d, dir = -d, "ahead."
	}
	switch {
	case d < time.Minute:
		return l.T("ago.now")
	case d < time.Hour:
		return l.T(dir+"minutes", "n", int(d/time.Minute))
	case d < 24*time.Hour:
		return l.T(dir+"hours", "n", int(d/time.Hour))
	}
	return l.T(dir+"days", "n", int(d/(24*time.Hour)))
}

// Yuan writes an amount as ¥1,234.56, a debt as -¥1,234.56.
func Yuan(f schema.Fen) string {
	sign, whole, cents := fenParts(f)
	s := strconv.FormatUint(whole, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + "¥" + s + "." + strconv.Itoa(int(cents/10)) + strconv.Itoa(int(cents%10))
}

func fenParts(f schema.Fen) (sign string, yuan, cents uint64) {
	n := uint64(f)
	if f < 0 {
		sign, n = "-", -n // correct for the smallest number too
	}
	return sign, n / 100, n % 100
}

// CapitalYuan writes an amount in the capital figures of cheques and official
// letters (Simplified Chinese), which cannot be altered by a stroke.
func CapitalYuan(f schema.Fen) string {
	const l = Simplified
	word := func(k string) string { return l.T("capital." + k) }
	sign, whole, cents := fenParts(f)
	var b strings.Builder
	b.WriteString(word("currency"))
	if sign != "" {
		b.WriteString(word("minus"))
	}
	if whole > 0 || cents == 0 {
		b.WriteString(capitalWhole(whole) + word("yuan"))
	}
	if cents == 0 {
		return b.String() + word("exact")
	}
	digits := []rune(word("digits"))
	switch jiao, fen := cents/10, cents%10; {
	case fen == 0:
		b.WriteString(string(digits[jiao]) + word("jiao") + word("exact"))
	case jiao == 0:
		if whole > 0 {
			b.WriteRune(digits[0])
		}
		b.WriteString(string(digits[fen]) + word("fen"))
	default:
		b.WriteString(string(digits[jiao]) + word("jiao") + string(digits[fen]) + word("fen"))
	}
	return b.String()
}

// capitalWhole reads n in groups of four figures, one zero word for a run of
// zeros inside the number.
func capitalWhole(n uint64) string {
	digits := []rune(Simplified.T("capital.digits"))
	places := []rune(Simplified.T("capital.places")) // ten, hundred, thousand
	groups := []string{"", Simplified.T("capital.wan"), Simplified.T("capital.yi"), Simplified.T("capital.wanyi"), Simplified.T("capital.yiyi")}
	if n == 0 {
		return string(digits[0])
	}
	s := strconv.FormatUint(n, 10)
	var b strings.Builder
	zero, wrote := false, false
	for i, c := range s {
		place := len(s) - 1 - i
		if c == '0' {
			zero = true
		} else {
			if zero && b.Len() > 0 {
				b.WriteRune(digits[0])
			}
			zero, wrote = false, true
			b.WriteRune(digits[c-'0'])
			if place%4 > 0 {
				b.WriteRune(places[place%4-1])
			}
		}
		if place%4 == 0 {
			if wrote {
				b.WriteString(groups[place/4])
			}
			wrote = false
		}
	}
	return b.String()
}

// dayShort writes a day with its weekday, for tables of days.
func (l Lang) dayShort(date string) string {
	t, err := time.ParseInLocation(time.DateOnly, date, zone)
	if err != nil {
		return date
	}
	return l.T("format.weekday", "date", l.Date(t), "weekday", l.Weekday(t))
}
