package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"gatehouse/server/fault"
)

// News is that something happened to a case, once for each entry of its
// history. It is brought at least once, so whoever hears it must not mind
// hearing it again; Seq tells a late one from a newer one.
type News struct {
	ID   string    `json:"id"`   // case id and entry number
	Name string    `json:"name"` // application.approved
	Case string    `json:"case"`
	Seq  int       `json:"seq,omitempty"` // number of the history entry
	At   time.Time `json:"at"`
	Ref  string    `json:"ref,omitempty"` // what else it is about: a community, an instalment
}

// Key is the idempotency key of an act that follows from the news.
func (n News) Key() string { return "event:" + n.ID }

// Message is news with its payload, as it waits in the outbox of its case.
type Message struct {
	News
	Data json.RawMessage `json:"data,omitempty"`
}

// Event is a kind of news of cases T, with a payload P that is made when the
// act is saved. A payload holds nothing personal: outboxes are not anonymised.
// Modules declare their events as variables; whoever listens names the variable.
type Event[T, P any] struct {
	name string
	say  func(c *T, s *Step) P
}

// NewEvent declares an event by noun and past tense, such as
// application.approved. say may be asked with a step that knows no input, by
// an older portal's outbox; nil says nothing but that it happened.
func NewEvent[T, P any](name string, say func(c *T, s *Step) P) *Event[T, P] {
	return &Event[T, P]{name, say}
}

// Emitter is an event of cases T, whatever its payload.
type Emitter[T any] interface {
	Name() string
	data(c *T, s *Step) (json.RawMessage, error)
}

// Name is the event's noun and verb.
func (e *Event[T, P]) Name() string { return e.name }

func (e *Event[T, P]) data(c *T, s *Step) (json.RawMessage, error) {
	if e.say == nil {
		return json.RawMessage("{}"), nil
	}
	b, err := json.Marshal(e.say(c, s))
	return b, fault.Wrap(err, "encode the event %s", e.name)
}

// Instead lets the act tell this event in place of its own, also where it was
// to be silent.
func (e *Event[T, P]) Instead(s *Step) { s.event, s.silent = e, false }

// On lets h hear the event. It is called while the portal is being built, never
// later.
func (e *Event[T, P]) On(b *Bus, h func(ctx context.Context, n News, p P) error) {
	b.events[e.name] = heard{reflect.TypeFor[P](), func(c any, s *Step) (json.RawMessage, error) {
		own, ok := c.(*T)
		if !ok {
			return nil, fmt.Errorf("event %s of a %T", e.name, c)
		}
		return e.data(own, s)
	}}
	b.on(e.name, func(ctx context.Context, m Message) error {
		var p P
		if err := json.Unmarshal(m.Data, &p); err != nil {
			return fault.Wrap(err, "read the payload of %s", m.ID)
		}
		return h(ctx, m.News, p)
	})
}

// heard is an event that somebody listens to.
type heard struct {
	payload reflect.Type
	data    func(c any, s *Step) (json.RawMessage, error)
}

// checkEvents wants nothing personal in what those who listen are told.
func (e *Engine[T]) checkEvents() error {
	for name, h := range e.Bus.events {
		if noun, _, _ := strings.Cut(name, "."); noun != e.Table.Noun {
			continue
		}
		if h.payload.Kind() != reflect.Struct {
			continue
		}
		for _, f := range jsonNames(h.payload) {
			if slices.Contains(e.Table.Personal, f) {
				return fmt.Errorf("lifecycle: the event %s would carry %q, which is personal", name, f)
			}
		}
	}
	return nil
}
