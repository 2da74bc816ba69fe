package portal

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// poll is how often a process looks for what other processes have saved.
const poll = 2 * time.Second

// OnLoad registers what reads the store before the first request; ctx ends with
// the portal.
func (h *Portal) OnLoad(f func(ctx context.Context) error) { h.loads = append(h.loads, f) }

// Every registers what is done every so often until the portal ends. What fails
// is logged and done again the next time.
func (h *Portal) Every(d time.Duration, what string, f func(ctx context.Context) error) {
	h.OnLoad(func(ctx context.Context) error {
		go func() {
			tick := time.NewTicker(d)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if err := f(ctx); err != nil && ctx.Err() == nil {
					slog.Error(what, "err", err)
				}
			}
		}()
		return nil
	})
}

// LoadAll does what was registered for the start.
func (h *Portal) LoadAll(ctx context.Context) error {
	for _, f := range h.loads {
		if err := f(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Mirror keeps in memory what is asked often of the cases: learn hears of each
// at the start and after each save, by this process or by another. It must not
// mind hearing twice, nor an older state after a newer one: it looks at the
// revision.
func (d *Resource[T]) Mirror(learn func(*T), where ...store.Cond) {
	MirrorOf(d.Portal, d.Engine.Cases(), d.Plural(), learn, where...)
}

// MirrorOf is Mirror for a collection that is no resource's.
func MirrorOf[T any](h *Portal, c *store.Collection[T], what string, learn func(*T), where ...store.Cond) {
	c.OnSave(learn)
	h.OnLoad(func(ctx context.Context) error {
		go c.Follow(ctx, poll, learn)
		err := c.Each(ctx, where, func(x *T) error { learn(x); return nil })
		return fault.Wrap(err, "read the %s", what)
	})
}

// Add gives the portal routes of a module's own. They stand before those of the
// resources.
func (h *Portal) Add(m Module) { h.modules = append(h.modules, m) }

// Modules gives what the modules have added.
func (h *Portal) Modules() []Module { return h.modules }

// Check finds, once every module is there, what names nothing: acts, fields,
// options, events, slots.
func (h *Portal) Check() error {
	for _, s := range h.slots {
		if err := s.check(); err != nil {
			return err
		}
	}
	for _, d := range h.resources {
		if err := d.check(); err != nil {
			return fmt.Errorf("portal: %s: %w", d.Noun(), err)
		}
	}
	return h.Bus.Check()
}
