package lifecycle

import (
	"context"
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// mostPages of 100 cases are looked at in one tick.
const mostPages = 100

// next gives the act that the portal itself does next, and the moment after
// which it does; nil when there is none.
func (e *Engine[T]) next(l *Case) (at time.Time, act *Act[T]) {
	for _, d := range l.Deadlines {
		if !d.Runs() {
			continue
		}
		a := e.onDeadline(l.State, d.Name)
		if a == nil {
			continue
		}
		if due := e.wakes(l, d, a); act == nil || due.Before(at) {
			at, act = due, a
		}
	}
	return at, act
}

// wakes gives the moment after which the portal does the act of a deadline.
func (e *Engine[T]) wakes(l *Case, d Deadline, a *Act[T]) time.Time {
	if !a.Daytime {
		return d.Due
	}
	return within(e.Calendar(), l.Settings.Text("work.hours")).NextOpen(d.Due)
}

func (e *Engine[T]) onDeadline(state, name string) *Act[T] {
	for i := range e.Table.Acts {
		a := &e.Table.Acts[i]
		if a.On == name && slices.Contains(a.From, state) {
			return a
		}
	}
	return nil
}

// tick does the acts that passed deadlines demand, one a case: what else is
// due comes with the next tick. Several processes may tick at once; the
// revision lets each act happen once.
func (e *Engine[T]) tick(ctx context.Context) error {
	now := e.now()
	q := store.Query{Where: []store.Cond{{Field: "tick", Op: store.Lt, Value: store.Stamp(now)}}, Sort: "tick", Limit: 100}
	for range mostPages {
		cs, err := e.cases.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, c := range cs {
			e.due(ctx, c, now)
		}
		if len(cs) < q.Limit {
			break
		}
		// Go on behind the page: a case whose act is refused keeps its place
		// in the queue and must not hold up the others.
		l := life(cs[len(cs)-1])
		at, _ := e.next(l)
		q.After = &store.Cursor{ID: l.ID, Value: store.Stamp(at)}
	}
	return nil
}

func (e *Engine[T]) due(ctx context.Context, c *T, now time.Time) {
	l := life(c)
	at, act := e.next(l)
	if act == nil || !at.Before(now) {
		return
	}
	_, err := e.Act(ctx, System, l.ID, act.Name, nil, Opts{Revision: l.Revision})
	// Stale means that another process was faster. Anything else would be
	// refused again at every tick, and somebody must hear of it.
	if err != nil && fault.As(err).Code != "lifecycle.stale" {
		e.Bus.log.Error("deadline", "noun", e.Table.Noun, "case", l.ID, "act", act.Name, "err", err)
	}
}
