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
	mu    sync.RWMutex
	known map[string]known
}

// known is how a collection was opened.
type known struct {
	spec   Spec
	values func(Row) (map[string]any, error)
}

// NewCatalog watches a driver.
func NewCatalog(d Driver) *Catalog {
	return &Catalog{Driver: d, known: map[string]known{}}
}

// list remembers how a collection's rows are read and what is queried of them.
func list[T any](d Driver, c *Collection[T]) {
	k, ok := d.(*Catalog)
	if !ok {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[c.spec.Name] = known{c.spec, func(r Row) (map[string]any, error) {
		x, err := c.decode(r)
		if err != nil {
			return nil, err
		}
		return c.extract(x), nil
	}}
}

// Names are the collections opened so far, in their order.
func (k *Catalog) Names() []string {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return slices.Sorted(maps.Keys(k.known))
}

// Fields are the extracted values that a collection was declared with.
func (k *Catalog) Fields(coll string) []Field {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.known[coll].spec.Fields
}

// Fill adds rows as they are, with the revisions they carry; *UniqueError.
// What they are found by is only as good as what can be known at that moment:
// when all collections are filled and read, Renew works it out.
func (k *Catalog) Fill(ctx context.Context, coll string, rs []Row) error {
	if err := k.extract(coll, rs); err != nil {
		return err
	}
	return k.InsertMany(ctx, coll, rs)
}

// Renew works out anew what the rows of a collection are found by, and counts
// them. Others may write meanwhile.
func (k *Catalog) Renew(ctx context.Context, coll string) (n int, err error) {
	err = k.pages(ctx, coll, func(rs []Row) error {
		n += len(rs)
		if err := k.extract(coll, rs); err != nil {
			return err
		}
		return k.Reindex(ctx, coll, rs)
	})
	return n, err
}

func (k *Catalog) extract(coll string, rs []Row) (err error) {
	k.mu.RLock()
	values := k.known[coll].values
	k.mu.RUnlock()
	if values == nil {
		return fmt.Errorf("store: nobody keeps a collection %q", coll)
	}
	for i := range rs {
		if rs[i].X, err = values(rs[i]); err != nil {
			return err
		}
	}
	return nil
}

// Each gives every row of a collection in the order of ids.
func (k *Catalog) Each(ctx context.Context, coll string, f func(Row) error) error {
	return k.pages(ctx, coll, func(rs []Row) error {
		for _, r := range rs {
			if err := f(r); err != nil {
				return err
			}
		}
		return nil
	})
}

func (k *Catalog) pages(ctx context.Context, coll string, f func([]Row) error) error {
	q := Query{Sort: "id", Limit: MaxLimit}
	for {
		rs, err := k.Find(ctx, coll, q)
		if err != nil {
			return err
		}
		if err := f(rs); err != nil {
			return err
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
