package books

import (
	"context"
	"errors"
	"fmt"
)

// Verify reads every entry: each moves money between two accounts and stands on
// a case that is there, and what the indexes sum up is what the entries say. It
// gives the number of entries.
func (m *Books) Verify(ctx context.Context) (n int, err error) {
	told := map[Account]Sum{}
	seen := map[string]bool{}
	err = m.entries.Each(ctx, nil, func(e *Entry) error {
		n++
		if err := e.check(); err != nil {
			return fmt.Errorf("broken: books: %w", err)
		}
		d, c := told[e.Debit], told[e.Credit]
		d.Debit, c.Credit = d.Debit+e.Amount, c.Credit+e.Amount
		told[e.Debit], told[e.Credit] = d, c
		if seen[e.Source.key()] {
			return nil
		}
		seen[e.Source.key()] = true
		if there, err := m.there(ctx, e.Source); err != nil || there {
			return err
		}
		return fmt.Errorf("broken: books: entry %s stands on %s, which is gone", e.ID, e.Source.No)
	})
	if err != nil {
		return n, err
	}
	summed, err := m.Sums(ctx)
	if err != nil {
		return n, err
	}
	for a, s := range summed {
		if s != told[a] {
			return n, fmt.Errorf("broken: books: %s is summed up to %d and %d fen, its entries say %d and %d", a, s.Debit, s.Credit, told[a].Debit, told[a].Credit)
		}
	}
	if len(summed) != len(told) {
		return n, errors.New("broken: books: an account with entries has no sum")
	}
	return n, nil
}
