package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
)

// Catalog is a driver that remembers which collections were opened on it, and
// so can copy rows in and out whatever their types are.
type Catalog struct {
	Driver
	mu     sync.RWMutex
	values map[string]func(Row) (map[string]any, error)
}

// NewCatalog watches a driver.
func NewCatalog(d Driver) *Catalog {
	return &Catalog{Driver: d, values: map[string]func(Row) (map[string]any, error){}}
}

// list remembers how a collection's rows are read and what is queried of them.
func list[T any](d Driver, c *Collection[T]) {
	k, ok := d.(*Catalog)
	if !ok {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.values[c.spec.Name] = func(r Row) (map[string]any, error) {
		x, err := c.decode(r)
		if err != nil {
			return nil, err
		}
		return c.extract(x), nil
	}
}

// Names are the collections opened so far, in their order.
func (k *Catalog) Names() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.values))
}

// Fill adds rows as they are, with the revisions they carry; *UniqueError.
func (k *Catalog) Fill(ctx context.Context, coll string, rs []Row) error {
	k.mu.RLock()
	values := k.values[coll]
	k.mu.RUnlock()
	if values == nil {
		return fmt.Errorf("store: nobody keeps a collection %q", coll)
	}
	for i := range rs {
		var err error
		if rs[i].X, err = values(rs[i]); err != nil {
			return err
		}
	}
	return k.InsertMany(ctx, coll, rs)
}

// Each gives every row of a collection in the order of ids.
func (k *Catalog) Each(ctx context.Context, coll string, f func(Row) error) error {
	q := Query{Sort: "id", Limit: MaxLimit}
	for {
		rs, err := k.Find(ctx, coll, q)
		if err != nil {
			return err
		}
		for _, r := range rs {
			if err := f(r); err != nil {
				return err
			}
		}
		if len(rs) < q.Limit {
			return nil
		}
		q.After = &Cursor{ID: rs[len(rs)-1].ID}
	}
}

// Canonical writes a row the same however an engine keeps it: its id, its
// revision and its document with sorted keys.
func (r Row) Canonical() ([]byte, error) {
	var doc any
	dec := json.NewDecoder(bytes.NewReader(r.Doc))
	dec.UseNumber() // integers over 2^53 stay what they are
	if err := dec.Decode(&doc); err != nil {
		return nil, fmt.Errorf("store: read %s: %w", r.ID, err)
	}
	return json.Marshal([]any{r.ID, r.Revision, doc})
}
