package portal

import (
	"context"
	"errors"
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Access is what somebody may do with one case: see it, and which acts of its
// state. Barred are the acts that a policy line denies, by the line.
type Access struct {
	Sees   bool
	May    []string
	Barred map[string]string
}

// Sample gives the oldest case that meets the conditions; "" when there is none.
func (d *Resource[T]) Sample(ctx context.Context, where ...store.Cond) (string, lifecycle.Scope, error) {
	cs, err := d.Engine.Cases().Find(ctx, store.Query{Where: where, Sort: "id", Limit: 1})
	if err != nil || len(cs) == 0 {
		return "", lifecycle.Scope{}, err
	}
	return d.Life(cs[0]).ID, d.Engine.Table.Scope(cs[0]), nil
}

// Access asks the gate about a case and all acts of its state, or of the state
// that it is imagined in; "" is where it is.
func (d *Resource[T]) Access(ctx context.Context, by lifecycle.Actor, id, state string) (Access, error) {
	c, err := d.Engine.Cases().Get(ctx, id)
	if err == nil && state != "" {
		d.Life(c).State = state
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && !d.Engine.Sees(ctx, by, c) {
		return Access{}, nil
	}
	if err != nil {
		return Access{}, err
	}
	a := Access{Sees: true, Barred: map[string]string{}}
	for _, row := range d.Engine.Table.Acts {
		if !slices.Contains(row.From, d.Life(c).State) {
			continue
		}
		switch v := d.Engine.Verdict(ctx, by, c, row.Name); {
		case v.Allowed:
			a.May = append(a.May, row.Name)
		case !v.ByRole:
			a.Barred[row.Name] = v.Line
		}
	}
	return a, nil
}

// MayOpen tells whether somebody could open a case with this act somewhere.
func (d *Resource[T]) MayOpen(by lifecycle.Actor, act string) bool { return d.Engine.MayOpen(by, act) }
