package calendar

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
)

// notice is the file of one year.
type notice struct {
	year              int
	source, published string
	days              []listed
}

// row is a day as the file gives it.
type row struct{ date, kind, name string }

const (
	maxFile = 64 << 10
	maxDays = 400
)

// holidays are the names a notice may use; the last is for a day off that is
// decreed once.
var holidays = []string{
	"calendar.new_year", "calendar.spring_festival", "calendar.qingming", "calendar.labour_day",
	"calendar.dragon_boat", "calendar.mid_autumn", "calendar.national_day", "calendar.special_holiday",
}

// read takes one file apart; what is wrong with it goes to bad.
func read(file []byte, bad *faults) notice {
	var n notice
	var rows []json.RawMessage
	if len(file) > maxFile {
		bad.add("", "calendar.too_long", "max", maxFile)
		return n
	}
	head := map[string]any{"year": &n.year, "source": &n.source, "published": &n.published, "days": &rows}
	if !object(file, "", head, bad) || !n.check(len(rows), bad) {
		return n
	}
	for i, raw := range rows {
		var r row
		at := "days." + strconv.Itoa(i) + "."
		if object(raw, at, map[string]any{"date": &r.date, "kind": &r.kind, "name": &r.name}, bad) {
			n.take(r, at, bad)
		}
	}
	return n
}

// check looks at all but the days, and tells whether they can be looked at.
func (n *notice) check(days int, bad *faults) bool {
	if n.year < 2000 || n.year > 2100 {
		bad.add("year", "calendar.wrong_year", "value", n.year)
	}
	if strings.TrimSpace(n.source) == "" || len(n.source) > 200 {
		bad.add("source", "calendar.wrong_source")
	}
	if _, err := time.Parse(time.DateOnly, n.published); err != nil {
		bad.add("published", "calendar.wrong_date", "value", n.published)
	}
	if days == 0 || days > maxDays {
		bad.add("days", "calendar.wrong_days", "max", maxDays)
	}
	return bad.fault == nil
}

// take checks a row and lists its day.
func (n *notice) take(r row, at string, bad *faults) {
	date, err := time.Parse(time.DateOnly, r.date)
	if err != nil {
		bad.add(at+"date", "calendar.wrong_date", "value", r.date)
		return
	}
	num := numberOf(date.Date())
	day := Day{Date: r.date, Kind: Kind(r.kind), Name: r.name, Source: n.source}
	if !n.covers(num) {
		bad.add(at+"date", "calendar.outside_year", "date", r.date, "year", n.year)
	}
	switch day.Kind {
	case Holiday:
		if !slices.Contains(holidays, r.name) {
			bad.add(at+"name", "calendar.unknown_name", "value", r.name)
		}
	case Makeup:
		if !weekend(num) {
			bad.add(at+"date", "calendar.makeup_on_weekday", "date", r.date)
		}
		if r.name != "" && r.name != "calendar.makeup" {
			bad.add(at+"name", "calendar.unknown_name", "value", r.name)
		}
		day.Name = "calendar.makeup"
	default:
		bad.add(at+"kind", "calendar.unknown_kind", "value", r.kind)
	}
	n.days = append(n.days, listed{number: num, day: day})
}

// covers tells whether the year's notice may list the day: New Year's Day of
// some years takes the last days of December with it.
func (n *notice) covers(day int) bool {
	return day >= numberOf(n.year-1, time.December, 25) && day <= numberOf(n.year, time.December, 31)
}

// object reads one JSON object and nothing after it. Unlike encoding/json it
// minds the case of keys and refuses a key given twice: a list of days that
// silently replaces another would move every deadline.
func object(raw []byte, at string, targets map[string]any, bad *faults) bool {
	wrong := func(field, code string, args ...any) bool {
		bad.add(at+field, code, args...)
		return false
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return wrong("", "calendar.not_object")
	}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		key, isKey := token.(string)
		switch target, known := targets[key]; {
		case err != nil || !isKey:
			return wrong("", "calendar.not_object")
		case !known:
			return wrong(key, "calendar.unknown_key", "key", key)
		case seen[key]:
			return wrong(key, "calendar.double_key", "key", key)
		case dec.Decode(target) != nil:
			return wrong(key, "calendar.wrong_value", "key", key)
		}
		seen[key] = true
	}
	if _, err := dec.Token(); err != nil {
		return wrong("", "calendar.not_object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return wrong("", "calendar.not_object")
	}
	return true
}
