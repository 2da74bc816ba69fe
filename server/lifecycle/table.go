package lifecycle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// Shelf says who may look at cases of a state at all; the policy's see-lines
// use it as a fact.
type Shelf string

const (
	Draft  Shelf = "draft"  // its makers only
	Filed  Shelf = "filed"  // everybody whose business it is
	Public Shelf = "public" // everyone
)

// State is one state of a lifecycle.
type State struct {
	Name      string
	Shelf     Shelf
	Tone      string   // of its tag: neutral, info, doing, good, warn, bad
	Assignees []string // roles whose turn it is; empty: nobody's
}

// Table is a lifecycle: the single source of what the API offers, which
// buttons a page has, the picture in the docs and the access matrix.
type Table[T any] struct {
	Noun   string // application: policy prefix, event prefix, translation prefix
	Plural string // applications: path and collection
	Prefix string // of its numbers: ZR
	States []State
	Acts   []Act[T]

	// ID gives a case its id where people choose it (a place's code); nil: the engine does.
	ID    func(*T) string
	Title func(*T) string
	Scope func(*T) Scope
	// Facts gives what is true of the case, for the policy; c may be asked
	// with s.In nil, when a page asks which buttons to show. An error is ours:
	// it must never pass for a fact that does not hold.
	Facts func(c *T, s *Step) ([]string, error)
	// AssignedTo gives whose turn it is as role@place keys; nil derives it from State.Assignees.
	AssignedTo func(*T) []string
	// Shelf overrides the shelf of the state; nil keeps it.
	Shelf func(*T) Shelf

	// Personal are the fields, by their names in JSON, that hold words of or
	// about persons. From the day that AnonymiseOn gives (zero: not yet) the act "fade"
	// takes them away, which its Do empties, and the engine out of the history.
	Personal    []string
	AnonymiseOn func(*T) time.Time

	Fields  []store.Field
	Indexes []store.Index
	Extract func(*T) map[string]any
}

// Act is one row of a lifecycle table.
type Act[T any] struct {
	Name string
	From []string // states it starts from; empty: it opens a case
	To   []string // the first is the usual one, Step.Go picks another; empty: the state stays
	Rule string   // the rule it stands on
	On   string   // name of the deadline that, once passed, makes the portal do it by itself
	// Daytime: what the portal does by itself here wakes people, so it waits for working hours.
	Daytime bool
	// Place narrows the places whose role is asked for; nil: the whole scope.
	Place  func(c *T, s *Step) []string
	Do     Effect[T]
	Timers []Timer
	Stops  []string   // deadlines that end with it; "*" all
	Emits  Emitter[T] // the event that others may hear; nil: none
	Look   Look
	Secret bool // who did it, and when, is for those who may trace the case (R48)
}

// Look is how prominent an act's button is.
type Look int

const (
	Plain   Look = iota
	Primary      // what the person whose turn it is came for
	Danger       // ends something or hurts somebody
	Hidden       // no button of its own: a page, an import or the portal itself does it
)

// Timer starts a deadline: as many of Unit from now as a setting of the case says.
type Timer struct {
	Name, Setting, Unit, Rule string
}

// Effect is what an act changes, and the input it takes. Every act fills the
// case from its input, asks the gate about the case as it would be, and only
// then does what cannot be taken back.
type Effect[T any] struct {
	Input *schema.Type
	fill  func(*T, *Step) error // before the gate: the case alone, nothing outside of it
	do    func(*T, *Step) error // after the gate
}

// Does makes an effect without input.
func Does[T any](f func(c *T, s *Step) error) Effect[T] { return Effect[T]{do: f} }

// Takes makes an effect with input; form names its translation keys.
func Takes[T, In any](form string, f func(c *T, in *In, s *Step) error) Effect[T] {
	return Effect[T]{Input: schema.Of[In](form), do: typed(f)}
}

// Fills makes an effect whose input says whose case it is and where: an opening
// act is judged by what it would open. f changes the case and nothing else.
func Fills[T, In any](form string, f func(c *T, in *In, s *Step) error) Effect[T] {
	return Effect[T]{Input: schema.Of[In](form), fill: typed(f)}
}

// Then adds what happens once the gate has let the act pass.
func (f Effect[T]) Then(do func(c *T, s *Step) error) Effect[T] {
	f.do = do
	return f
}

// typed hands a step's input over in its own type.
func typed[T, In any](f func(c *T, in *In, s *Step) error) func(*T, *Step) error {
	return func(c *T, s *Step) error {
		in, ok := s.In.(*In)
		if s.In != nil && !ok { // must not pass for an empty input
			return fault.Wrap(fmt.Errorf("input %T, not %T", s.In, in), "take the input of %s", s.Act)
		}
		if in == nil {
			in = new(In)
		}
		return f(c, in, s)
	}
}

// In gives the typed input of a step, nil when a page only asks what could be done.
func In[In any](s *Step) *In {
	in, _ := s.In.(*In)
	return in
}

// Step is one act being done, or being thought of (In nil).
type Step struct {
	Ctx      context.Context
	Act      string
	Actor    Actor
	In       any
	Now      time.Time
	Calendar *calendar.Calendar
	Settings setting.Values
	Ref      string // goes into the event
	life     *Case
	old      int // deadlines that were there before the act
	to       []string
	goes     string
	note     string
	event    any // in place of the row's: an Emitter of the case's type
	silent   bool
}

// Did tells whether whoever acts, or the one they stand in for, did one of
// these acts on the case before: the question behind every rule of four eyes.
func (s *Step) Did(acts ...string) bool {
	return s.life.Did(s.Actor.ID, acts...) || s.life.Did(s.Actor.For, acts...)
}

// Go picks one of the act's target states.
func (s *Step) Go(state string) { s.goes = state }

// Note goes into the history.
func (s *Step) Note(text string) { s.note = text }

// Silent lets the act tell nothing this time.
func (s *Step) Silent() { s.silent = true }

// Start starts a deadline, in place of a running one of the same name: n of a
// unit that calendar.Sum knows, from now.
func (s *Step) Start(name, rule, settingKey, unit string, n int) Deadline {
	s.Stop(name)
	cal, hours := s.Calendar, ""
	if unit == "wh" {
		hours = s.Settings.Text("work.hours")
		cal = within(cal, hours)
	}
	sum := cal.Sum(s.Now, unit, n)
	d := Deadline{Name: name, Rule: rule, Setting: settingKey, Unit: unit, N: n, From: s.Now, Due: sum.Due, Version: sum.Version, Hours: hours}
	s.life.Deadlines = append(s.life.Deadlines, d)
	return d
}

// within is the calendar with working hours as a setting writes them.
func within(c *calendar.Calendar, hours string) *calendar.Calendar {
	if h, err := calendar.ParseHours(hours); err == nil {
		return c.Within(h)
	}
	return c
}

// Pause stops the clocks of running deadlines; why is a translation key or
// somebody's words. A clock that stands still stays as it is.
func (s *Step) Pause(why string, names ...string) {
	for i := range s.life.Deadlines {
		if d := &s.life.Deadlines[i]; d.Runs() && slices.Contains(names, d.Name) {
			d.Pauses = append(d.Pauses, calendar.Pause{From: s.Now, Why: why})
		}
	}
}

// Resume lets clocks run on; each is due later by what it stood still.
func (s *Step) Resume(names ...string) {
	for i := range s.life.Deadlines {
		d := &s.life.Deadlines[i]
		if !d.Paused() || !slices.Contains(names, d.Name) {
			continue
		}
		d.Pauses[len(d.Pauses)-1].To = s.Now
		d.Due = within(s.Calendar, d.Hours).Sum(d.From, d.Unit, d.N, d.Pauses...).Due
		d.Version = s.Calendar.Version()
	}
}

// Until starts a deadline that ends with a given day.
func (s *Step) Until(name, rule string, due time.Time) {
	s.Stop(name)
	s.life.Deadlines = append(s.life.Deadlines, Deadline{Name: name, Rule: rule, Unit: "d", N: max(cityDays(s.Now, due), 0), From: s.Now, Due: due, Version: s.Calendar.Version()})
}

// cityDays counts the city's days from one moment to another.
func cityDays(from, to time.Time) int {
	day := func(t time.Time) time.Time {
		y, m, d := t.In(calendar.City).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(day(to).Sub(day(from)).Hours() / 24)
}

// Stop ends running deadlines; "*" all of them.
func (s *Step) Stop(names ...string) { s.stop(len(s.life.Deadlines), names...) }

// stop looks at the first few only: an act's row ends what ran before the act,
// never what the act itself has just started.
func (s *Step) stop(first int, names ...string) {
	now := s.Now
	for i := range s.life.Deadlines[:first] {
		for _, n := range names {
			if d := &s.life.Deadlines[i]; d.Done == nil && (n == "*" || n == d.Name) {
				d.Done = &now
			}
		}
	}
}

// When gives the fact's name when it holds, for lists of facts.
func When(holds bool, fact string) string {
	if holds {
		return fact
	}
	return ""
}

// state finds a state of the table.
func (t *Table[T]) state(name string) (State, bool) {
	for _, s := range t.States {
		if s.Name == name {
			return s, true
		}
	}
	return State{}, false
}

// Act finds a row of the table.
func (t *Table[T]) Act(name string) (*Act[T], bool) {
	for i := range t.Acts {
		if t.Acts[i].Name == name {
			return &t.Acts[i], true
		}
	}
	return nil, false
}
