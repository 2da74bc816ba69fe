package books

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// purse is the document that everybody who draws from an account must save:
// two uses cannot both take the last fen.
type purse struct {
	store.Meta
	Held []hold `json:"held,omitempty"`
}

// hold is an amount that a case has drawn and whose entry may still be on its way.
type hold struct {
	Case   Source     `json:"case"`
	Amount schema.Fen `json:"amount"`
	At     time.Time  `json:"at"`
}

// forgotten is how long a hold waits for a case that was never saved. The case
// is saved moments after the hold; longer is a process that died between.
const forgotten = 10 * time.Minute

// Draw reserves some of an account for a case. Without enough it reserves
// nothing and tells what is left. The same case may ask again.
func (m *Books) Draw(ctx context.Context, a Account, noun, id string, n schema.Fen) (left schema.Fen, ok bool, err error) {
	return m.draw(ctx, a, Source{Noun: noun, ID: id}, func(schema.Fen) schema.Fen { return n })
}

// DrawAll reserves all that is left of an account for a case, and tells how
// much it was; 0 when nothing is left.
func (m *Books) DrawAll(ctx context.Context, a Account, noun, id string) (took schema.Fen, err error) {
	_, _, err = m.draw(ctx, a, Source{Noun: noun, ID: id}, func(free schema.Fen) schema.Fen { took = max(free, 0); return took })
	return took, err
}

func (m *Books) draw(ctx context.Context, a Account, of Source, want func(free schema.Fen) schema.Fen) (left schema.Fen, ok bool, err error) {
	if _, _, _, ok := a.Purse(); !ok {
		return 0, false, fault.Missing("account")
	}
	err = m.change(ctx, a, func(p *purse) error {
		p.Held = slices.DeleteFunc(p.Held, func(h hold) bool { return h.Case.key() == of.key() })
		free, err := m.free(ctx, a, p)
		if err != nil {
			return err
		}
		n := want(free)
		left, ok = free, n <= free
		if ok && n > 0 {
			p.Held = append(p.Held, hold{Case: of, Amount: n, At: m.Clock().UTC()})
			left -= n
		}
		return nil
	})
	return left, ok, fault.Wrap(err, "draw from %s", a)
}

// change saves the purse of an account, which is made when first wanted.
func (m *Books) change(ctx context.Context, a Account, f func(*purse) error) error {
	for {
		_, err := m.purses.Change(ctx, string(a), f)
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		var there *store.UniqueError
		if err := m.purses.Insert(ctx, &purse{Meta: store.Meta{ID: string(a)}}); err != nil && !errors.As(err, &there) {
			return err
		}
	}
}

// free drops the holds that are settled and gives what may be drawn. Holds are
// looked at before the balance: an entry written in between is then counted
// twice, never not at all.
func (m *Books) free(ctx context.Context, a Account, p *purse) (schema.Fen, error) {
	var kept []hold
	held := schema.Fen(0)
	for _, h := range p.Held {
		open, err := m.pending(ctx, a, h)
		if err != nil {
			return 0, err
		}
		if open {
			kept, held = append(kept, h), held+h.Amount
		}
	}
	p.Held = kept
	b, err := m.Balance(ctx, a)
	return b - held, err
}

// pending: no entry yet, and a case that is there or may still be saved.
func (m *Books) pending(ctx context.Context, a Account, h hold) (bool, error) {
	n, err := m.entries.Count(ctx, store.Query{Where: []store.Cond{{Field: "source", Op: store.Eq, Value: h.Case.key()}, {Field: "credit", Op: store.Eq, Value: string(a)}}})
	if err != nil || n > 0 {
		return false, err
	}
	if m.Clock().Sub(h.At) < forgotten {
		return true, nil
	}
	return m.there(ctx, h.Case)
}

// Left gives what may be drawn from an account now.
func (m *Books) Left(ctx context.Context, a Account) (schema.Fen, error) {
	p, err := m.purses.Get(ctx, string(a))
	if errors.Is(err, store.ErrNotFound) {
		p, err = &purse{}, nil
	}
	if err != nil {
		return 0, fault.Wrap(err, "read purse %s", a)
	}
	free, err := m.free(ctx, a, p)
	return free, fault.Wrap(err, "sum account %s", a)
}
