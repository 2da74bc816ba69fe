package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gatehouse/server/store"
)

// Line names one entry of a history and its hash: what a digest is made of. Two
// engines that hold the same cases give the same lines.
type Line struct {
	At   time.Time // UTC
	Text string
}

// Lines tells f of every entry of a collection that may lie in a span which
// begins at since, once or more. since bounds only what has to be read; a zero
// one reads everything. It is a time of the machine, like the store's own.
func Lines(ctx context.Context, d store.Driver, coll string, since time.Time, f func(Line) error) error {
	tell := func(r store.Row) (bool, error) {
		var c struct {
			History []struct {
				Seq  int       `json:"seq"`
				At   time.Time `json:"at"`
				Hash string    `json:"hash"`
			} `json:"history"`
		}
		if err := json.Unmarshal(r.Doc, &c); err != nil {
			return false, fmt.Errorf("lifecycle: read %s %s: %w", coll, r.ID, err)
		}
		for _, e := range c.History {
			if err := f(Line{e.At, fmt.Sprintf("%s %s %d %s", coll, r.ID, e.Seq, e.Hash)}); err != nil {
				return false, err
			}
		}
		return true, nil
	}
	if since.IsZero() {
		return each(ctx, d, coll, tell)
	}
	return changed(ctx, d, coll, since.UnixMilli(), tell)
}

// changed reads what was written since a time, page by page; a row at the edge
// of a page is read twice.
func changed(ctx context.Context, d store.Driver, coll string, since int64, f func(store.Row) (bool, error)) error {
	for limit := store.MaxLimit; ; {
		rows, err := d.Changes(ctx, coll, since, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := f(r); err != nil {
				return err
			}
		}
		if len(rows) < limit {
			return nil
		}
		if last := rows[len(rows)-1].Changed; last > since {
			since = last
		} else {
			limit *= 2 // an import wrote more than a page in one millisecond
		}
	}
}
