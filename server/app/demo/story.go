// Package demo loads Yunting City (云汀市), a made-up city in which every branch
// of the access rules can be seen. Nothing is written by hand: each case is
// made by people doing the real acts, through the same gate as everybody, on a
// clock that walks up to the demo day.
package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
)

// City is what the demo is loaded into.
type City struct {
	Portal *portal.Portal
	// Set moves the house's clock.
	Set func(time.Time)
	// Seed fills the item lists by the office's and the conference's acts.
	Seed func(ctx context.Context, draftBy, publishBy lifecycle.Actor, year int, document string) error
	// Item gives the item that an approved application became.
	Item func(ctx context.Context, application string) (string, error)
	// Withdrawal gives the open withdrawal of an item.
	Withdrawal func(ctx context.Context, item string) (string, error)
	// Certificates fills the list of stamps by the office's acts.
	Certificates func(ctx context.Context, draftBy, publishBy lifecycle.Actor) error
	// Refund gives what a community owes of an item's money.
	Refund func(ctx context.Context, item, community string) (string, error)
	// Codes gives the household codes of a round.
	Codes func(ctx context.Context, round string) ([]string, error)
	// Vote answers for a household, item -> grade.
	Vote func(ctx context.Context, by lifecycle.Actor, code, channel string, grades map[string]string) error
	// Bring uploads a table of past orders for a login, and gives the batch and
	// the columns as the portal guesses them.
	Bring func(ctx context.Context, login, name string, b []byte) (id string, columns map[string]any, err error)
	// Person gives the id of a login.
	Person func(login string) (string, bool)
}

// story is the city's past being lived through.
type story struct {
	City
	ctx   context.Context
	day   time.Time // the demo day, 09:00 in the city
	steps []step
	desks map[string]portal.AnyResource
	ids   map[string]string // cases by the name the story gives them
	state string            // that the latest act led to
	err   error
}

type step struct {
	at time.Time
	do func()
}

// nobody does what everybody may, without signing in.
const nobody = "nobody"

// fields is an input as JSON has it.
type fields map[string]any

// Found builds the city and its people, with nothing happened yet.
func Found(ctx context.Context, c City, day time.Time) error {
	s := begin(ctx, c, day)
	s.Set(s.work(-20, 8))
	s.found()
	s.Set(s.day)
	return s.err
}

func begin(ctx context.Context, c City, day time.Time) *story {
	day = day.In(calendar.City)
	s := &story{City: c, ctx: ctx, day: time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, calendar.City),
		desks: map[string]portal.AnyResource{}, ids: map[string]string{}}
	for _, d := range c.Portal.Resources() {
		s.desks[d.Plural()] = d
	}
	return s
}

// Load lives the city's past up to the demo day.
func Load(ctx context.Context, c City, day time.Time) error {
	s := begin(ctx, c, day)
	s.Set(s.work(-260, 8))
	s.found()
	s.tell()
	slices.SortStableFunc(s.steps, func(a, b step) int { return a.at.Compare(b.at) })
	for _, x := range s.steps {
		if s.err != nil {
			break
		}
		s.Set(x.at)
		s.Portal.Bus.Once(ctx)
		x.do()
	}
	s.Set(s.day)
	s.Portal.Bus.Once(ctx)
	return s.err
}

// work gives a moment n working days after the demo day, before it when n is negative.
func (s *story) work(n, hour int) time.Time {
	cal, t := s.Portal.Calendar(), s.day
	for n != 0 {
		step := 1
		if n < 0 {
			step = -1
		}
		t = t.AddDate(0, 0, step)
		if cal.IsWorkday(t) {
			n -= step
		}
	}
	return t.Add(time.Duration(hour-9) * time.Hour)
}

// date gives the day n working days from the demo day, as a form takes it.
func (s *story) date(n int) string { return s.work(n, 9).Format(time.DateOnly) }

// days gives the day n calendar days from the demo day.
func (s *story) days(n int) string { return s.day.AddDate(0, 0, n).Format(time.DateOnly) }

// on lets something happen n working days from the demo day; the demo day
// itself is 0, the past negative.
func (s *story) on(n int, do func()) {
	hour := 9 + len(s.steps)%8 // a working day's hours, so that not everything happens at nine
	if n == 0 {
		hour = 8
	}
	s.steps = append(s.steps, step{s.work(n, hour).Add(time.Duration(len(s.steps)%50) * time.Minute), do})
}

// open opens a case and remembers it under a name.
func (s *story) open(name, by, plural, act string, in fields) {
	s.perform(name, "", by, plural, act, in)
}

// do does an act on a case the story knows.
func (s *story) do(name, by, plural, act string, in fields) {
	if s.err == nil && s.ids[name] == "" {
		s.err = fmt.Errorf("%s %s: no case %q yet", plural, act, name)
	}
	s.perform(name, s.ids[name], by, plural, act, in)
}

func (s *story) perform(name, id, by, plural, act string, in fields) {
	if s.err != nil {
		return
	}
	body, err := json.Marshal(in)
	if err != nil {
		s.err = err
		return
	}
	if in == nil {
		body = nil
	}
	actor := lifecycle.System
	switch by {
	case "":
	case nobody:
		actor = lifecycle.Actor{}
	default:
		person, ok := s.Person(by)
		if !ok {
			s.err = fmt.Errorf("nobody is called %q", by)
			return
		}
		actor.ID = person
	}
	done, err := s.desks[plural].Perform(s.ctx, actor, id, act, body, lifecycle.Opts{})
	if err != nil {
		s.err = fmt.Errorf("%s: %s %s %s on %s: %w", name, by, act, plural, s.Portal.Clock().In(calendar.City).Format(time.DateOnly), err)
		return
	}
	s.ids[name], s.state = done.ID, done.State
}
