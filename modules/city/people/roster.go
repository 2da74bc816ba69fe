package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// roster is the one document that every act touches which makes or unmakes an
// administrator. Memory alone would let two administrators dismiss each other
// at the same moment; here the second of them loses.
type roster struct {
	store.Meta
	People []string `json:"people"`
}

const admins = "admins"

// enrol adds an administrator before the record is saved: a name too many does
// no harm, because strike looks at the records themselves.
func (p *People) enrol(ctx context.Context, id string) error {
	add := func(r *roster) error {
		if !slices.Contains(r.People, id) {
			r.People = append(r.People, id)
		}
		return nil
	}
	_, err := p.rosters.Change(ctx, admins, add)
	if errors.Is(err, store.ErrNotFound) {
		var there *store.UniqueError
		if err = p.rosters.Insert(ctx, &roster{Meta: store.Meta{ID: admins}, People: []string{id}}); errors.As(err, &there) {
			_, err = p.rosters.Change(ctx, admins, add)
		}
	}
	return fault.Wrap(err, "enrol administrator %s", id)
}

// strike takes an administrator off the roster, unless no other would be left.
func (p *People) strike(ctx context.Context, id string, now time.Time) error {
	_, err := p.rosters.Change(ctx, admins, func(r *roster) error {
		left := false
		r.People = slices.DeleteFunc(r.People, func(x string) bool { return x == id })
		for _, x := range r.People {
			u, err := p.Users.Engine.Cases().Get(ctx, x)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
			left = left || err == nil && u.runs(now, 0)
		}
		if !left {
			return fault.New(fault.Conflict, "user.last_admin")
		}
		return nil
	})
	return fault.Wrap(err, "strike administrator %s", id)
}

// callRoll mends the roster after a process that stopped half-way.
func (p *People) callRoll(ctx context.Context) error {
	now := p.Clock()
	for _, u := range p.mem.active() {
		if u.runs(now, 0) {
			if err := p.enrol(ctx, u.ID); err != nil {
				return err
			}
		}
	}
	return nil
}
