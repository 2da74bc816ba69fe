package lifecycle

import (
	"context"
	"errors"
	"time"

	"gatehouse/server/store"
)

// lease says which process does what is due, until when.
type lease struct {
	store.Meta
	Holder string    `json:"holder"`
	Until  time.Time `json:"until"`
}

// Lease lets one of several processes do a job. It spares the others the work;
// that nothing is done twice is held by the revisions, so clocks that differ
// between machines do no harm.
type Lease struct {
	leases *store.Collection[lease]
	name   string
	holder string
	life   time.Duration
}

// NewLease opens the lease of a job for this process. Whoever holds it keeps it
// for life after the last Hold; then another may take it.
func NewLease(ctx context.Context, d store.Driver, name string, life time.Duration) (*Lease, error) {
	c, err := store.Open(ctx, d, store.Spec{Name: "leases"}, func(*lease) map[string]any { return nil })
	if err != nil {
		return nil, err
	}
	return &Lease{leases: c, name: name, holder: newID(), life: life}, nil
}

// Hold takes the lease or keeps it; false while another process holds it.
func (l *Lease) Hold(ctx context.Context, now time.Time) (bool, error) {
	x, err := l.leases.Get(ctx, l.name)
	switch {
	case errors.Is(err, store.ErrNotFound):
		err = l.leases.Insert(ctx, &lease{Meta: store.Meta{ID: l.name}, Holder: l.holder, Until: now.Add(l.life)})
	case err != nil:
		return false, err
	case x.Holder != l.holder && x.Until.After(now):
		return false, nil
	default:
		x.Holder, x.Until = l.holder, now.Add(l.life)
		err = l.leases.Update(ctx, x)
	}
	var taken *store.UniqueError
	if errors.Is(err, store.ErrStale) || errors.As(err, &taken) { // another was faster
		return false, nil
	}
	return err == nil, err
}

// Free gives the lease back, so that another process need not wait.
func (l *Lease) Free(ctx context.Context) error {
	x, err := l.leases.Get(ctx, l.name)
	if err != nil || x.Holder != l.holder {
		return err
	}
	x.Until = time.Time{}
	if err := l.leases.Update(ctx, x); !errors.Is(err, store.ErrStale) {
		return err
	}
	return nil
}
