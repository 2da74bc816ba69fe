package console

import (
	"context"
	"errors"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Seat says whether an operator takes calls.
type Seat struct {
	store.Meta           // the person
	Ready      bool      `json:"ready"`
	Since      time.Time `json:"since"`
}

const (
	shift     = 12 * time.Hour // a seat nobody has touched for so long is empty
	mostSeats = 100
)

// sit answers POST /console/seat.
func (m *Console) sit(c *fiber.Ctx) error {
	v, err := m.may(c, "type")
	if err != nil {
		return err
	}
	state := c.FormValue("state")
	if state != "ready" && state != "break" {
		return fault.InvalidField("state", "schema.not_an_option")
	}
	if err := m.setSeat(c.UserContext(), v.Actor, state == "ready"); err != nil {
		return err
	}
	return c.Redirect("/console", fiber.StatusSeeOther)
}

func (m *Console) setSeat(ctx context.Context, by lifecycle.Actor, ready bool) error {
	now := m.h.Clock().UTC()
	_, err := m.seats.Change(ctx, by.ID, func(s *Seat) error { s.Ready, s.Since = ready, now; return nil })
	if errors.Is(err, store.ErrNotFound) {
		err = m.seats.Insert(ctx, &Seat{Meta: store.Meta{ID: by.ID}, Ready: ready, Since: now})
	}
	return fault.Wrap(err, "save the seat of %s", by.ID)
}

// taken are the seats of this shift, the longest first.
func (m *Console) taken(ctx context.Context) ([]*Seat, error) {
	ss, err := m.seats.Find(ctx, store.Query{Where: []store.Cond{{Field: "since", Op: store.Gte, Value: store.Stamp(m.h.Clock().Add(-shift))}}, Sort: "since", Limit: mostSeats})
	return ss, fault.Wrap(err, "read the seats")
}
