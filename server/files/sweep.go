package files

import (
	"context"
	"errors"
	"time"

	"gatehouse/server/store"
)

// mostSwept is how many files one sweep looks at.
const mostSwept = 500

// Sweep removes files that were brought a day ago and that no case names. named
// asks the cases; a file it finds is never asked about again. It gives the
// number of files removed.
func (f *Files) Sweep(ctx context.Context, named func(ctx context.Context, hash string) (bool, error)) (int, error) {
	now := f.now().UTC()
	if err := f.keeper.Tidy(ctx, now.Add(-orphanAge)); err != nil {
		return 0, err
	}
	rs, err := f.records.Find(ctx, store.Query{Where: []store.Cond{{Field: "loose", Op: store.Lt, Value: store.Stamp(now.Add(-orphanAge))}}, Sort: "loose", Limit: mostSwept})
	if err != nil {
		return 0, err
	}
	n := 0
	for _, r := range rs {
		gone, err := f.sweep(ctx, r, now, named)
		if err != nil {
			return n, err
		}
		if gone {
			n++
		}
	}
	return n, nil
}

// sweep announces a death before it deletes: whoever brings the same bytes at
// this moment sees it and waits, instead of losing them.
func (f *Files) sweep(ctx context.Context, r *record, now time.Time, named func(context.Context, string) (bool, error)) (bool, error) {
	if !r.Dying {
		kept, err := named(ctx, r.ID)
		if err != nil {
			return false, err
		}
		r.Kept, r.Dying = kept, !kept
		if err := f.records.Update(ctx, r); err != nil || kept {
			return false, lost(err) // brought again meanwhile
		}
	}
	if err := f.keeper.Delete(ctx, r.ID); err != nil {
		return false, err
	}
	return true, lost(f.records.Delete(ctx, r))
}

func lost(err error) error {
	if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
