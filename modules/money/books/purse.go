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

// Draw reserves fen of an account for a case. Without enough it reserves
// nothing and tells what is left. The same case may ask again.
func (m *Books) Draw(ctx context.Context, account, noun, id string, fen int64) (left int64, ok bool, err error) {
	return m.draw(ctx, account, Source{Noun: noun, ID: id}, func(free schema.Fen) schema.Fen { return schema.Fen(fen) })
}

// DrawAll reserves all that is left of an account for a case, and tells how
// much it was; 0 when nothing is left.
func (m *Books) DrawAll(ctx context.Context, account, noun, id string) (int64, error) {
	took := schema.Fen(0)
	_, _, err := m.draw(ctx, account, Source{Noun: noun, ID: id}, func(free schema.Fen) schema.Fen { took = max(free, 0); return took })
	return int64(took), err
}

func (m *Books) draw(ctx context.Context, account string, of Source, want func(free schema.Fen) schema.Fen) (left int64, ok bool, err error) {
	a := Account(account)
	if kind, _, _ := a.parts(); !a.valid() || kind != "community" && kind != "street" {
		return 0, false, fault.Missing("account")
	}
	err = m.change(ctx, a, func(p *purse) error {
		p.Held = slices.DeleteFunc(p.Held, func(h hold) bool { return h.Case.key() == of.key() })
		free, err := m.free(ctx, a, p)
		if err != nil {
			return err
		}
		n := want(free)
		left, ok = int64(free), n <= free
		if ok && n > 0 {
			p.Held = append(p.Held, hold{Case: of, Amount: n, At: m.Clock().UTC()})
			left -= int64(n)
		}
		return nil
	})
	return left, ok, fault.Wrap(err, "draw from %s", account)
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
	_, err = m.tell(ctx, h.Case.Noun, h.Case.ID)
	if fault.Is(err, fault.NotFound) {
		return false, nil
	}
	return true, err
}

// Left gives what may be drawn from an account now, fen.
func (m *Books) Left(ctx context.Context, account string) (int64, error) {
	p, err := m.purses.Get(ctx, account)
	if errors.Is(err, store.ErrNotFound) {
		p, err = &purse{}, nil
	}
	if err != nil {
		return 0, fault.Wrap(err, "read purse %s", account)
	}
	free, err := m.free(ctx, Account(account), p)
	return int64(free), fault.Wrap(err, "sum account %s", account)
}
