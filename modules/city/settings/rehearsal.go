package settings

import (
	"context"
	"strconv"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/setting"
)

// MostCases bounds how many open cases a rehearsal looks at.
const MostCases = 2000

// Rehearsal is what a value would mean for what is open now.
type Rehearsal struct {
	Key    string  `json:"key"`
	Value  string  `json:"value"`
	Now    string  `json:"in_force"`
	Unfit  string  `json:"unfit,omitempty"` // why it does not fit the other settings, as a translation key
	Looked int     `json:"looked"`          // open cases looked at
	All    bool    `json:"all"`             // false: there are more than MostCases
	Moved  []Moved `json:"deadlines"`
	Kept   int     `json:"counted_otherwise"` // deadlines of the setting that its value alone does not give: extended ones, ends of terms
	Judged int     `json:"results_looked"`
	Rated  []Rated `json:"results"`
	unfit  fault.Field
}

// Moved is an open deadline and where the value would put it.
type Moved struct {
	Noun     string    `json:"noun"`
	No       string    `json:"no,omitempty"` // nothing that names the case for whoever may not see it
	Title    string    `json:"title,omitempty"`
	Href     string    `json:"href,omitempty"`
	Name     string    `json:"deadline"`
	Due      time.Time `json:"due"`
	NewDue   time.Time `json:"new_due"`
	Late     bool      `json:"late"`
	WillLate bool      `json:"would_be_late"`
}

// Rated is a published result whose grounds another value would change.
type Rated struct {
	Round   string   `json:"round"`
	RoundNo string   `json:"round_no"`
	Title   string   `json:"title"`
	Before  []string `json:"before"` // grounds for rectification: effect, money, residents, total
	After   []string `json:"after"`
	Warned  bool     `json:"warned"`
	Warns   bool     `json:"would_be_warned"`
}

// Nothing tells whether no open case depends on the value.
func (r *Rehearsal) Nothing() bool { return len(r.Moved) == 0 && r.Kept == 0 && len(r.Rated) == 0 }

// wrong says why a value cannot be chosen for a key, nil when it can.
func wrong(key, value string) *fault.Field {
	if err := setting.Check(key, value); err != nil {
		return &fault.As(err).Fields[0]
	}
	return nil
}

// Rehearse runs the open cases through a value. Nothing is changed.
func (m *Settings) Rehearse(ctx context.Context, v portal.Visitor, key, value string) (*Rehearsal, error) {
	value = option(key, value)
	if f := wrong(key, value); f != nil {
		return nil, fault.InvalidField(map[bool]string{true: "key", false: "value"}[f.Code == "setting.unknown"], f.Code, flat(f.Args)...)
	}
	values := m.Values(m.now())
	r := &Rehearsal{Key: key, Value: value, Now: values[key], Moved: []Moved{}, Rated: []Rated{}}
	values[key] = value
	if err := values.Check(); err != nil {
		r.unfit = fault.As(err).Fields[0]
		r.Unfit = r.unfit.Code
	}
	if err := m.deadlines(ctx, v, r); err != nil {
		return nil, err
	}
	if !strings.HasPrefix(key, "eval.") {
		return r, nil
	}
	rated, looked, err := m.Rehearsal.Ask()(ctx, key, value)
	r.Rated, r.Judged = append(r.Rated, rated...), looked
	return r, err
}

func flat(args map[string]any) (out []any) {
	for k, v := range args {
		out = append(out, k, v)
	}
	return out
}

func (m *Settings) deadlines(ctx context.Context, v portal.Visitor, r *Rehearsal) error {
	for _, d := range m.Resources() {
		found, looked, err := d.Deadlines(ctx, v, r.Key, MostCases-r.Looked)
		if err != nil {
			return err
		}
		r.Looked += looked
		for _, o := range found {
			m.move(r, o)
		}
	}
	r.All = r.Looked < MostCases
	return nil
}

// move counts a deadline again where it is counted by the setting's value
// itself; one that was extended or hangs on a day of its own stays.
func (m *Settings) move(r *Rehearsal, o portal.OpenDeadline) {
	dl := o.Deadline
	s, _ := find(r.Key)
	n, err := strconv.Atoi(r.Value)
	if err != nil || dl.Unit != s.Unit || strconv.Itoa(dl.N) != o.Kept {
		r.Kept++
		return
	}
	due := m.Calendar().Sum(dl.From, dl.Unit, n).Due
	now := m.now()
	r.Moved = append(r.Moved, Moved{Noun: o.Noun, No: o.No, Title: o.Title, Href: o.Href, Name: dl.Name, Due: dl.Due, NewDue: due,
		Late: dl.Due.Before(now), WillLate: due.Before(now)})
}
