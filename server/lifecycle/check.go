package lifecycle

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"gatehouse/server/setting"
)

var (
	// word is what nouns, states, acts and events are called: they become
	// paths, policy words and translation keys.
	word = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	// reserved acts mean something to the gate or to the desk.
	reserved = []string{"see", "trace", "new"}
	// plainID is what may stand in an address without any quoting.
	plainID = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
)

// check finds mistakes in a table at start: missing parts, unknown or doubled
// states and acts, a state that no way leads to, a turn nobody can take, two
// acts for one deadline, an unknown setting.
func (t *Table[T]) check() error {
	for _, f := range []func() error{t.checkHead, t.checkStates, t.checkActs, t.checkWays, t.checkAssignees, t.checkFading} {
		if err := f(); err != nil {
			return fmt.Errorf("lifecycle: %s: %w", t.Noun, err)
		}
	}
	return nil
}

func (t *Table[T]) checkHead() error {
	if !word.MatchString(t.Noun) || !word.MatchString(t.Plural) || t.Prefix == "" {
		return fmt.Errorf("noun %q, plural %q and prefix %q want a word each", t.Noun, t.Plural, t.Prefix)
	}
	if t.Title == nil || t.Scope == nil {
		return fmt.Errorf("has no title or no scope")
	}
	if _, ok := any(new(T)).(Subject); !ok {
		return fmt.Errorf("%T does not embed Case", new(T))
	}
	return nil
}

func (t *Table[T]) checkStates() error {
	seen := map[string]bool{}
	for _, s := range t.States {
		if !word.MatchString(s.Name) || seen[s.Name] {
			return fmt.Errorf("state %q is no word or stands twice", s.Name)
		}
		if s.Shelf != Draft && s.Shelf != Filed && s.Shelf != Public {
			return fmt.Errorf("state %s: unknown shelf %q", s.Name, s.Shelf)
		}
		seen[s.Name] = true
	}
	return nil
}

func (t *Table[T]) checkActs() error {
	seen, owner := map[string]bool{}, map[string]string{}
	for _, a := range t.Acts {
		if !word.MatchString(a.Name) || seen[a.Name] || slices.Contains(reserved, a.Name) {
			return fmt.Errorf("act %q is no word, stands twice or is reserved", a.Name)
		}
		seen[a.Name] = true
		if err := t.checkAct(a); err != nil {
			return fmt.Errorf("act %s: %w", a.Name, err)
		}
		for _, s := range a.From {
			if first := owner[s+" "+a.On]; a.On != "" && first != "" {
				return fmt.Errorf("acts %s and %s both wait in state %s for the deadline %s", first, a.Name, s, a.On)
			}
			owner[s+" "+a.On] = a.Name
		}
	}
	return nil
}

func (t *Table[T]) checkAct(a Act[T]) error {
	for _, names := range [][]string{a.From, a.To} {
		for i, s := range names {
			if _, ok := t.state(s); !ok || slices.Contains(names[:i], s) {
				return fmt.Errorf("state %s is unknown or stands twice", s)
			}
		}
	}
	if len(a.From) == 0 && (len(a.To) == 0 || a.On != "") {
		return fmt.Errorf("opens a case in no state, or by a deadline")
	}
	if a.Emits != nil {
		if noun, verb, _ := strings.Cut(a.Emits.Name(), "."); noun != t.Noun || !word.MatchString(verb) {
			return fmt.Errorf("emits %q", a.Emits.Name())
		}
	}
	if len(a.From) == 0 && a.Do.Input != nil && a.Do.fill == nil {
		return fmt.Errorf("opens a case, and its input fills nothing that the gate could judge")
	}
	for _, d := range a.Timers {
		i := slices.IndexFunc(setting.All(), func(s setting.Setting) bool { return s.Key == d.Setting })
		if i < 0 || !setting.All()[i].Number() {
			return fmt.Errorf("deadline %s: %q is no setting with a number", d.Name, d.Setting)
		}
		if !slices.Contains([]string{setting.Workdays, setting.Days}, d.Unit) {
			return fmt.Errorf("deadline %s: unknown unit %q", d.Name, d.Unit)
		}
	}
	return nil
}

// checkWays wants a way from an opening act to every state.
func (t *Table[T]) checkWays() error {
	reached := map[string]bool{}
	for grown := true; grown; {
		grown = false
		for _, a := range t.Acts {
			open := len(a.From) == 0 || slices.ContainsFunc(a.From, func(s string) bool { return reached[s] })
			for _, s := range a.To {
				if open && !reached[s] {
					reached[s], grown = true, true
				}
			}
		}
	}
	for _, s := range t.States {
		if !reached[s.Name] {
			return fmt.Errorf("no way leads to state %s", s.Name)
		}
	}
	return nil
}

// checkAssignees wants something to do where it is somebody's turn: a final state
// is nobody's.
func (t *Table[T]) checkAssignees() error {
	for _, s := range t.States {
		leaves := slices.ContainsFunc(t.Acts, func(a Act[T]) bool { return slices.Contains(a.From, s.Name) })
		if len(s.Assignees) > 0 && !leaves {
			return fmt.Errorf("state %s: it is %v's turn, and there is no act", s.Name, s.Assignees)
		}
	}
	return nil
}
