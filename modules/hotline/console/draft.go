package console

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Draft is an order somebody is typing. It may hold a phone, so it is no case
// and does not stay.
type Draft struct {
	store.Meta
	Owner    string            `json:"owner"`
	Call     string            `json:"call,omitempty"`
	Fields   map[string]string `json:"fields"`
	Landmark string            `json:"landmark,omitempty"` // that place and position were taken from
	Lat      int64             `json:"lat,omitempty"`      // micro-degrees
	Long     int64             `json:"long,omitempty"`
	Window   string            `json:"window,omitempty"` // of the browser that saved last
	Begun    time.Time         `json:"begun"`
	Changed  time.Time         `json:"changed"`
}

var draftSpec = store.Spec{Name: "drafts", Fields: []store.Field{{Name: "owner"}, {Name: "touched"}},
	Indexes: []store.Index{{Name: "owner", Fields: []string{"owner"}}, {Name: "touched", Fields: []string{"touched"}}}}

// fields of a draft and how long each may be, in characters.
var fields = map[string]int{"words": 4000, "type": 20, "category": 10, "community": 40, "place": 200, "lookup": 40, "phone": 20, "name": 40,
	"confidential": 5, "answer": 2000, "article": 40}

const (
	mostDrafts = 8 // of one operator
	keepDrafts = 7 * 24 * time.Hour
	sweepMost  = 500
)

// start begins a draft, for a call or for none.
func (m *Console) start(ctx context.Context, by lifecycle.Actor, call string) (*Draft, error) {
	own, err := m.own(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, d := range own {
		if call != "" && d.Call == call {
			return d, nil
		}
	}
	if len(own) >= mostDrafts {
		return nil, fault.New(fault.Conflict, "console.too_many", "max", mostDrafts)
	}
	now := m.h.Clock().UTC()
	d := &Draft{Meta: store.Meta{ID: fmt.Sprintf("%013d", now.UnixMilli()) + portal.NewKey()}, Owner: by.ID, Call: call, Fields: map[string]string{"type": "help"}, Begun: now, Changed: now}
	return d, fault.Wrap(m.drafts.Insert(ctx, d), "save a draft")
}

// own are somebody's drafts, the oldest first.
func (m *Console) own(ctx context.Context, by lifecycle.Actor) ([]*Draft, error) {
	ds, err := m.drafts.Find(ctx, store.Query{Where: []store.Cond{{Field: "owner", Op: store.Eq, Value: by.ID}}, Sort: "id", Limit: mostDrafts})
	return ds, fault.Wrap(err, "read drafts")
}

// draft reads one's own; another's is not found.
func (m *Console) draft(ctx context.Context, by lifecycle.Actor, id string) (*Draft, error) {
	d, err := m.drafts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && d.Owner != by.ID {
		return nil, fault.Missing("draft")
	}
	return d, fault.Wrap(err, "read draft %s", id)
}

// typed is what a browser sends of a draft.
type typed struct {
	fields           map[string]string
	landmark, window string
	revision         int64
}

// read takes the fields of a form; what is longer than it may be is refused,
// never cut.
func read(value func(string) string) (typed, error) {
	t := typed{fields: map[string]string{}, landmark: value("landmark"), window: value("_window")}
	bad := fault.New(fault.Invalid, "invalid")
	for name, most := range fields {
		raw := value(name)
		if !utf8.ValidString(raw) {
			return t, fault.New(fault.Invalid, "bad_utf8")
		}
		switch s := plain(raw); {
		case utf8.RuneCountInString(s) > most:
			bad.Wrong(name, "schema.too_long", "max", most)
		case s != "":
			t.fields[name] = s
		}
	}
	if len(t.landmark) > 64 || len(t.window) > 64 {
		bad.Wrong("landmark", "schema.too_long", "max", 64)
	}
	if len(bad.Fields) > 0 {
		return t, bad
	}
	return t, nil
}

// plain takes out control characters, which nobody has said.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, s)
}

// keep saves what was typed. Another window's newer typing is not written over.
func (m *Console) keep(ctx context.Context, by lifecycle.Actor, id string, t typed) (*Draft, error) {
	d, err := m.drafts.Change(ctx, id, func(d *Draft) error {
		switch {
		case d.Owner != by.ID:
			return fault.Missing("draft")
		case t.revision < d.Revision && d.Window != "" && d.Window != t.window:
			return fault.New(fault.Conflict, "console.other_window")
		}
		d.Fields, d.Window, d.Changed = t.fields, t.window, m.h.Clock().UTC()
		m.locate(ctx, d, t.landmark)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.Missing("draft")
	}
	return d, fault.Wrap(err, "save draft %s", id)
}

// locate takes the position of the landmark the operator picked, as long as the
// place is the landmark's.
func (m *Console) locate(ctx context.Context, d *Draft, landmark string) {
	if landmark == d.Landmark {
		return
	}
	d.Landmark, d.Lat, d.Long = "", 0, 0
	for _, p := range m.gazetteer.Search(ctx, d.Fields["lookup"], placesShown) {
		if p.ID == landmark {
			d.Landmark, d.Lat, d.Long = p.ID, p.Lat, p.Long
		}
	}
}

// drop takes a draft away at whatever revision it is.
func (m *Console) drop(ctx context.Context, id string) error {
	for {
		d, err := m.drafts.Get(ctx, id)
		if err == nil {
			err = m.drafts.Delete(ctx, d)
		}
		switch {
		case errors.Is(err, store.ErrStale): // it was saved meanwhile
			continue
		case errors.Is(err, store.ErrNotFound):
			return nil
		}
		return fault.Wrap(err, "drop draft %s", id)
	}
}

// sweep drops drafts that nobody has touched for long.
func (m *Console) sweep(ctx context.Context) error {
	old, err := m.drafts.Find(ctx, store.Query{Where: []store.Cond{{Field: "touched", Op: store.Lt, Value: store.Stamp(m.h.Clock().Add(-keepDrafts))}}, Sort: "touched", Limit: sweepMost})
	for _, d := range old {
		if err = m.drafts.Delete(ctx, d); err != nil {
			break
		}
	}
	return fault.Wrap(err, "sweep drafts")
}
