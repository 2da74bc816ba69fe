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

// next gives the first running deadline on which the portal itself acts, and
// that act; nil when there is none.
func (e *Engine[T]) next(l *Case) (first Deadline, act *Act[T]) {
	for _, d := range l.Deadlines {
		if d.Done != nil || act != nil && !d.Due.Before(first.Due) {
			continue
		}
		if a := e.onDeadline(l.State, d.Name); a != nil {
			first, act = d, a
		}
	}
	return first, act
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
		d, _ := e.next(l)
		q.After = &store.Cursor{ID: l.ID, Value: store.Stamp(d.Due)}
	}
	return nil
}

func (e *Engine[T]) due(ctx context.Context, c *T, now time.Time) {
	l := life(c)
	d, act := e.next(l)
	if act == nil || !d.Due.Before(now) {
		return
	}
	_, err := e.Act(ctx, System, l.ID, act.Name, nil, Opts{Revision: l.Revision})
	// Stale means that another process was faster. Anything else would be
	// refused again at every tick, and somebody must hear of it.
	if err != nil && fault.As(err).Code != "lifecycle.stale" {
		e.Bus.log.Error("deadline", "noun", e.Table.Noun, "case", l.ID, "act", act.Name, "err", err)
	}
}
