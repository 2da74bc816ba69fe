// Package digests sums up each day in one short text that can be published
// (每日存证): whoever kept yesterday's can tell that nothing of yesterday, nor of
// any day before it, was changed since.
//
// Words: a line names an entry of a case's history and its hash. The digest of
// a day is made of the digest of the day before and of the day's lines, in the
// order of the alphabet; that of the first day is made of all lines until its
// end. A day is the city's.
//
// A digest is made once a day is over and the last acts of the day have come to
// rest; days on which the portal stood still are made up for. Anybody may read
// the digests; verify makes them anew from the histories and compares.
package digests

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Day is the digest of a day; its id is the day.
type Day struct {
	store.Meta
	Digest string    `json:"digest"` // SHA-256, hexadecimal
	Before string    `json:"before"` // that of the day before, "" for the first
	Lines  int       `json:"lines"`  // entries of histories
	Made   time.Time `json:"made"`
}

// Digests is the module.
type Digests struct {
	*portal.Portal
	days *store.Collection[Day]
}

// New opens the digests.
func New(ctx context.Context, h *portal.Portal) (*Digests, error) {
	m := &Digests{Portal: h}
	var err error
	m.days, err = store.Open(ctx, h.Store, store.Spec{Name: "digests"}, func(*Day) map[string]any { return nil })
	h.Add(portal.Module{Name: "digests", Routes: func(r fiber.Router) {
		r.Get("/digests", m.page)
		r.Get("/api/v1/digests", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/digests", LabelKey: "digests.title", Order: 95})
	return m, err
}

const (
	every = time.Minute
	rest  = 10 * time.Minute // after midnight, for acts that began before it
)

// Run makes digests as days end, until ctx ends: only while the portal serves,
// because a demo city that is being loaded brings acts of days long over.
// Several processes may: the same histories give all of them the same digest.
func (m *Digests) Run(ctx context.Context, log *slog.Logger) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		if err := m.Catch(ctx); err != nil && ctx.Err() == nil {
			log.Error("make the digest of a day", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Catch makes the digests of all days that are over and have none.
func (m *Digests) Catch(ctx context.Context) error {
	last := m.over()
	newest, err := m.newest(ctx)
	if err != nil {
		return err
	}
	if newest == nil {
		return m.make(ctx, last, nil)
	}
	for day := next(newest.ID); day <= last; day = next(day) {
		if err := m.make(ctx, day, newest); err != nil {
			return err
		}
		if newest, err = m.newest(ctx); err != nil {
			return err
		}
	}
	return nil
}

// over is the last day that is over.
func (m *Digests) over() string {
	return string(schema.DateOf(m.Clock().Add(-rest).In(calendar.City).AddDate(0, 0, -1), calendar.City))
}

func next(day string) string {
	return string(schema.DateOf(schema.Date(day).Time(calendar.City).AddDate(0, 0, 1), calendar.City))
}

func (m *Digests) newest(ctx context.Context) (*Day, error) {
	ds, err := m.days.Find(ctx, store.Query{Sort: "-id", Limit: 1})
	if err != nil || len(ds) == 0 {
		return nil, fault.Wrap(err, "find the newest digest")
	}
	return ds[0], nil
}

// make reads what was written since the day began, and no more; for the first
// day everything.
func (m *Digests) make(ctx context.Context, day string, before *Day) error {
	since := time.Time{}
	if before != nil {
		// Entries bear the portal's time, rows the machine's; in a demo they differ.
		ahead := time.Until(m.Clock())
		since = schema.Date(day).Time(calendar.City).Add(-max(ahead, -ahead) - time.Hour)
	}
	of := map[string][]string{}
	if err := m.lines(ctx, since, func(d, line string) {
		if d == day || before == nil && d < day {
			of[day] = append(of[day], line)
		}
	}); err != nil {
		return err
	}
	x := sum(day, before, of[day])
	x.Made = m.Clock().UTC()
	if err := m.days.Insert(ctx, x); err != nil {
		var there *store.UniqueError
		if !errors.As(err, &there) { // another process was faster
			return fault.Wrap(err, "keep the digest of %s", day)
		}
	}
	return nil
}

// lines tells f of entries of all histories with their day.
func (m *Digests) lines(ctx context.Context, since time.Time, f func(day, line string)) error {
	for _, d := range m.Resources() {
		if err := lifecycle.Lines(ctx, m.Store, d.Plural(), since, func(l lifecycle.Line) error {
			f(string(schema.DateOf(l.At, calendar.City)), l.Text)
			return nil
		}); err != nil {
			return fault.Wrap(err, "read the histories of %s", d.Plural())
		}
	}
	return nil
}

// sum makes the digest of a day.
func sum(day string, before *Day, lines []string) *Day {
	slices.Sort(lines)
	lines = slices.Compact(lines)
	x := &Day{Meta: store.Meta{ID: day}, Lines: len(lines)}
	if before != nil {
		x.Before = before.Digest
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", day, x.Before, strings.Join(lines, "\n"))
	x.Digest = hex.EncodeToString(h.Sum(nil))
	return x
}

// Verify makes all digests anew from the histories and names the first that is
// another now. It gives the newest, and how many there are. Without any it
// makes that of the last day that is over, and keeps nothing.
func (m *Digests) Verify(ctx context.Context) (newest *Day, n int, err error) {
	kept := map[string]*Day{}
	if err := m.days.Each(ctx, nil, func(d *Day) error { kept[d.ID] = d; return nil }); err != nil {
		return nil, 0, fault.Wrap(err, "read the digests")
	}
	days := make([]string, 0, len(kept))
	for d := range kept {
		days = append(days, d)
	}
	slices.Sort(days)
	if len(days) == 0 {
		days = []string{m.over()}
	}
	of := map[string][]string{}
	if err := m.lines(ctx, time.Time{}, func(d, line string) {
		if d < days[0] {
			d = days[0]
		}
		of[d] = append(of[d], line)
	}); err != nil {
		return nil, 0, err
	}
	var before *Day
	for i, day := range days {
		if i > 0 && next(days[i-1]) != day {
			return nil, 0, fmt.Errorf("broken: there is no digest of %s", next(days[i-1]))
		}
		x := sum(day, before, of[day])
		if k := kept[day]; k != nil && (k.Digest != x.Digest || k.Before != x.Before || k.Lines != x.Lines) {
			return nil, 0, fmt.Errorf("broken: the digest of %s is %s now, and was %s: something up to that day was changed", day, x.Digest, k.Digest)
		}
		before = x
	}
	return before, len(kept), nil
}
