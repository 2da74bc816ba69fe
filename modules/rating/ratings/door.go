package ratings

import (
	"context"
	"errors"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// door is the document that casting and closing both write: whoever casts goes
// through it, so a ballot loses the race against the closing. It is not the
// round itself, because a round saved with every ballot would send back the
// office's own form as out of date.
type door struct {
	store.Meta
	Shut bool `json:"shut"`
}

var errShut = errors.New("ratings: the door is shut")

func openDoors(ctx context.Context, d store.Driver) (*store.Collection[door], error) {
	return store.Open(ctx, d, store.Spec{Name: "round_doors"}, func(*door) map[string]any { return nil })
}

// letIn tells whether a ballot may still come in. The save is what counts: it
// fails when somebody shuts the door at the same moment.
func (m *Ratings) letIn(ctx context.Context, round string) (bool, error) {
	_, err := m.doors.Change(ctx, round, func(d *door) error {
		if d.Shut {
			return errShut
		}
		return nil
	})
	if errors.Is(err, errShut) || errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil, fault.Wrap(err, "enter round %s", round)
}

func (m *Ratings) unlock(ctx context.Context, round string) error {
	err := m.doors.Insert(ctx, &door{Meta: store.Meta{ID: round}})
	var there *store.UniqueError
	if errors.As(err, &there) {
		return nil
	}
	return fault.Wrap(err, "open the door of round %s", round)
}

func (m *Ratings) lock(ctx context.Context, round string) error {
	_, err := m.doors.Change(ctx, round, func(d *door) error { d.Shut = true; return nil })
	return fault.Wrap(err, "shut the door of round %s", round)
}
