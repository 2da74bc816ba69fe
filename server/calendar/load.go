package calendar

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"gatehouse/server/fault"
)

// The two years were set from the wording of the notices as the state news
// agency printed them (2024-11-12 and 2025-11-04), then compared day by day,
// names included, with the npm package chinese-days 1.5.7: no difference.
//
//go:embed data/*.json
var data embed.FS

// Default is the calendar of the notices this release carries: 2025 and 2026.
func Default() *Calendar { return embedded() }

var embedded = sync.OnceValue(func() *Calendar {
	entries, err := data.ReadDir("data")
	if err != nil {
		panic(err)
	}
	files := make([][]byte, len(entries))
	for i, e := range entries {
		if files[i], err = data.ReadFile("data/" + e.Name()); err != nil {
			panic(err)
		}
	}
	c, err := Load(files...)
	if err != nil {
		panic(err)
	}
	return c
})

// Load makes a calendar of one JSON file a year; of no file at all, one that
// knows weekends only. An invalid-input fault lists everything wrong at once,
// each at its place: "days.3.date", with "files.1." before it when there are
// several files.
func Load(files ...[]byte) (*Calendar, error) {
	return load(nil, files)
}

// With adds the files' years to the calendar or puts them in the place of the
// same years; c itself stays as it is. Faults are those of Load.
func (c *Calendar) With(files ...[]byte) (*Calendar, error) {
	return load(c.notices, files)
}

func load(known map[int]notice, files [][]byte) (*Calendar, error) {
	var bad faults
	fresh := make(map[int]notice, len(files))
	for i, file := range files {
		if len(files) > 1 {
			bad.prefix = "files." + strconv.Itoa(i) + "."
		}
		n := read(file, &bad)
		if _, double := fresh[n.year]; double && n.year != 0 {
			bad.add("year", "calendar.double_year", "year", n.year)
		}
		fresh[n.year] = n
	}
	bad.prefix = ""
	all := maps.Clone(fresh)
	for year, n := range known {
		if _, replaced := all[year]; !replaced {
			all[year] = n
		}
	}
	c := build(all, &bad)
	if err := bad.err(); err != nil {
		return nil, err
	}
	return c, nil
}

// build sorts the listed days of all notices and sums their effect.
func build(notices map[int]notice, bad *faults) *Calendar {
	c := &Calendar{notices: notices, hours: OfficeHours}
	for _, n := range notices {
		c.listed = append(c.listed, n.days...)
	}
	slices.SortFunc(c.listed, func(a, b listed) int { return a.number - b.number })
	shift := 0
	for i := range c.listed {
		l := &c.listed[i]
		if i > 0 && c.listed[i-1].number == l.number {
			bad.add("days", "calendar.double_day", "date", l.day.Date)
		}
		shift += l.day.effect(l.number)
		l.shift = shift
	}
	c.version = c.hash()
	return c
}

// effect is what a listed day changes in a Monday-to-Friday count.
func (d Day) effect(n int) int {
	switch {
	case d.Kind == Makeup:
		return 1
	case weekend(n):
		return 0
	}
	return -1
}

func (c *Calendar) hash() string {
	h := sha256.New()
	for _, year := range slices.Sorted(maps.Keys(c.notices)) {
		n := c.notices[year]
		fmt.Fprintf(h, "%d %q %s\n", n.year, n.source, n.published)
	}
	for _, l := range c.listed {
		fmt.Fprintf(h, "%s %s %s %q\n", l.day.Date, l.day.Kind, l.day.Name, l.day.Source)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// faults gathers everything wrong with the files.
type faults struct {
	prefix string
	fault  *fault.Error
}

func (f *faults) add(field, code string, args ...any) {
	if f.fault == nil {
		f.fault = fault.New(fault.Invalid, "invalid")
	}
	f.fault.Wrong(strings.TrimSuffix(f.prefix+field, "."), code, args...)
}

func (f *faults) err() error {
	if f.fault == nil {
		return nil // not the typed nil pointer
	}
	return f.fault
}
