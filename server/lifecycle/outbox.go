package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"gatehouse/server/store"
)

// handler takes a message. It may see the same one again and must not mind.
type handler func(ctx context.Context, m Message) error

// Bus brings events from the modules that tell to the modules that listen.
type Bus struct {
	handlers map[string][]handler
	events   map[string]heard
	engines  []runner
	log      *slog.Logger
}

// runner is the part of an engine that runs by itself.
type runner interface {
	relay(ctx context.Context) error
	tick(ctx context.Context) error
	noun() string
	checkEvents() error
}

// NewBus makes a bus; log hears of handlers that refuse.
func NewBus(log *slog.Logger) *Bus {
	return &Bus{handlers: map[string][]handler{}, events: map[string]heard{}, log: log}
}

// OnName lets h hear an event by its name.
func (b *Bus) OnName(event string, h func(ctx context.Context, n News) error) {
	b.on(event, func(ctx context.Context, m Message) error { return h(ctx, m.News) })
}

func (b *Bus) on(event string, h handler) { b.handlers[event] = append(b.handlers[event], h) }

// Check finds mistakes in what is told and heard, once all tables are there.
func (b *Bus) Check() error {
	for _, e := range b.engines {
		if err := e.checkEvents(); err != nil {
			return err
		}
	}
	for name := range b.handlers {
		noun, _, _ := strings.Cut(name, ".")
		if !slices.ContainsFunc(b.engines, func(e runner) bool { return e.noun() == noun }) {
			return fmt.Errorf("lifecycle: somebody listens to %s, and no table of %s is there", name, noun)
		}
	}
	return nil
}

// heard tells whether anybody listens to an event.
func (b *Bus) heard(event string) bool { return len(b.handlers[event]) > 0 }

func (b *Bus) add(r runner) { b.engines = append(b.engines, r) }

// deliver hands an event to all its listeners; true when all took it.
func (b *Bus) deliver(ctx context.Context, ev Message) bool {
	ok := true
	for _, h := range b.handlers[ev.Name] {
		if err := take(ctx, h, ev); err != nil {
			ok = false
			b.log.Error("event not taken", "event", ev.Name, "case", ev.Case, "err", err)
		}
	}
	return ok
}

// take turns a panic into an error: the act is saved, its answer must not
// suffer, and the event comes again.
func take(ctx context.Context, h handler, ev Message) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(ctx, ev)
}

// Rounds is how a bus does its rounds of events and deadlines.
type Rounds struct {
	Every time.Duration
	Lease *Lease                   // of several processes the holder does them; nil: this one
	Done  func(took time.Duration) // hears of each round, also of one that another process does
	Clock func() time.Time
}

// Run relays what is still in the outboxes and does what deadlines demand,
// until ctx ends.
func (b *Bus) Run(ctx context.Context, r Rounds) {
	t := time.NewTicker(r.Every)
	defer t.Stop()
	for {
		start := time.Now()
		if b.mine(ctx, r) {
			b.Once(ctx)
		}
		r.Done(time.Since(start))
		select {
		case <-ctx.Done():
			if r.Lease != nil {
				free, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
				defer cancel()
				if err := r.Lease.Free(free); err != nil {
					b.log.Warn("give back the lease", "err", err)
				}
			}
			return
		case <-t.C:
		}
	}
}

func (b *Bus) mine(ctx context.Context, r Rounds) bool {
	if r.Lease == nil {
		return true
	}
	yes, err := r.Lease.Hold(ctx, r.Clock())
	if err != nil && ctx.Err() == nil {
		b.log.Error("take the lease", "err", err)
	}
	return yes
}

// Once relays and ticks one time.
func (b *Bus) Once(ctx context.Context) {
	for _, e := range b.engines {
		if err := e.relay(ctx); err != nil {
			b.log.Error("relay", "noun", e.noun(), "err", err)
		}
		if err := e.tick(ctx); err != nil {
			b.log.Error("tick", "noun", e.noun(), "err", err)
		}
	}
}

func (e *Engine[T]) noun() string { return e.Table.Noun }

// deliver tries to hand over a case's events at once; what fails stays in the
// outbox for the relay. It gives the case as it is stored afterwards.
func (e *Engine[T]) deliver(ctx context.Context, c *T) *T {
	l := life(c)
	if len(l.Outbox) == 0 {
		return c
	}
	// The act is saved; a client that went away must not stop what follows from it.
	ctx = context.WithoutCancel(ctx)
	var taken []string
	for _, ev := range l.Outbox {
		if ev.Data == nil {
			ev.Data = e.remake(ctx, c, ev)
		}
		if e.Bus.deliver(ctx, ev) {
			taken = append(taken, ev.ID)
		}
	}
	if len(taken) == 0 { // the revision must not move for nothing
		return c
	}
	fresh, err := e.cases.Change(ctx, l.ID, func(c *T) error {
		l := life(c)
		l.Outbox = slices.DeleteFunc(l.Outbox, func(ev Message) bool { return slices.Contains(taken, ev.ID) })
		if len(l.Outbox) == 0 {
			l.Outbox = nil
		}
		return nil
	})
	if err != nil {
		e.Bus.log.Error("clear outbox", "noun", e.Table.Noun, "case", l.ID, "err", err)
		return c
	}
	return fresh
}

// remake gives a message its payload that an older portal left in the outbox
// without one, from the case as it is now.
func (e *Engine[T]) remake(ctx context.Context, c *T, m Message) json.RawMessage {
	h, ok := e.Bus.events[m.Name]
	if !ok {
		return json.RawMessage("{}")
	}
	l := life(c)
	data, err := h.data(c, &Step{Ctx: ctx, Act: l.History[len(l.History)-1].Act, Now: m.At, Calendar: e.Calendar(), Settings: l.Settings, Ref: m.Ref, life: l})
	if err != nil {
		e.Bus.log.Error("payload of an old event", "event", m.Name, "case", l.ID, "err", err)
		return json.RawMessage("{}")
	}
	return data
}

func (e *Engine[T]) relay(ctx context.Context) error {
	waiting := []store.Cond{{Field: "pending", Op: store.Eq, Value: int64(1)}}
	return e.cases.Each(ctx, waiting, func(c *T) error {
		e.deliver(ctx, c)
		return ctx.Err()
	})
}
