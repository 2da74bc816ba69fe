package archive

import (
	"context"
	"errors"

	"gatehouse/server/store"
)

// halves is the collection of the mark that a store bears while another is
// copied into it; it is no part of what is copied.
const halves = "half_copied"

type half struct{ store.Meta }

// ErrHalf says that whatever was copied into a store was cut short.
var ErrHalf = errors.New("this store holds half a copy, because whatever was copied into it was cut short: delete it and copy again")

func openHalves(ctx context.Context, d store.Driver) (*store.Collection[half], error) {
	return store.Open(ctx, d, store.Spec{Name: halves}, func(*half) map[string]any { return nil })
}

// Begin marks a store as half copied; done takes the mark away.
func Begin(ctx context.Context, p Place) (done func(context.Context) error, err error) {
	c, err := openHalves(ctx, p.Rows.Driver)
	if err != nil {
		return nil, err
	}
	m := &half{store.Meta{ID: "mark"}}
	return func(ctx context.Context) error { return c.Delete(ctx, m) }, c.Insert(ctx, m)
}

// Whole refuses a store that bears the mark: ErrHalf.
func Whole(ctx context.Context, d store.Driver) error {
	c, err := openHalves(ctx, d)
	if err != nil {
		return err
	}
	switch _, err := c.Get(ctx, "mark"); {
	case err == nil:
		return ErrHalf
	case errors.Is(err, store.ErrNotFound):
		return nil
	default:
		return err
	}
}
