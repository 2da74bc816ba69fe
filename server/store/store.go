package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"
)

// Meta is embedded in every document.
type Meta struct {
	ID       string `json:"id"`
	Revision int64  `json:"revision"`
}

// Ref gives the document's identity.
func (m *Meta) Ref() *Meta { return m }

// Document is anything that embeds Meta.
type Document interface{ Ref() *Meta }

// Collection is a typed collection of documents.
type Collection[T any] struct {
	driver  Driver
	spec    Spec
	extract func(*T) map[string]any
	locks   [64]sync.Mutex // one hot document: retries in turn instead of in a storm
	saved   []func(*T)
}

// Open declares a collection. extract computes every value that is queried;
// *T must embed Meta.
func Open[T any](ctx context.Context, d Driver, s Spec, extract func(*T) map[string]any) (*Collection[T], error) {
	if _, ok := any(new(T)).(Document); !ok {
		return nil, fmt.Errorf("store: %s: %T does not embed store.Meta", s.Name, new(T))
	}
	if err := d.Ensure(ctx, s); err != nil {
		return nil, fmt.Errorf("store: ensure %s: %w", s.Name, err)
	}
	c := &Collection[T]{driver: d, spec: s, extract: extract}
	list(d, c)
	return c, nil
}

// Name is the collection's name.
func (c *Collection[T]) Name() string { return c.spec.Name }

// OnSave calls f after every successful write by this process.
func (c *Collection[T]) OnSave(f func(*T)) { c.saved = append(c.saved, f) }

func ref[T any](d *T) *Meta { return any(d).(Document).Ref() }

func (c *Collection[T]) row(d *T) (Row, error) {
	b, err := json.Marshal(d)
	if err != nil {
		return Row{}, fmt.Errorf("store: encode %s: %w", c.spec.Name, err)
	}
	m := ref(d)
	return Row{ID: m.ID, Revision: m.Revision, X: c.extract(d), Doc: b}, nil
}

func (c *Collection[T]) decode(r Row) (*T, error) {
	d := new(T)
	if err := json.Unmarshal(r.Doc, d); err != nil {
		return nil, fmt.Errorf("store: decode %s %s: %w", c.spec.Name, r.ID, err)
	}
	m := ref(d)
	m.ID, m.Revision = r.ID, r.Revision
	return d, nil
}

func (c *Collection[T]) tell(d *T) {
	for _, f := range c.saved {
		f(d)
	}
}

// Insert adds d at revision 1; *UniqueError.
func (c *Collection[T]) Insert(ctx context.Context, d *T) error {
	m := ref(d)
	m.Revision = 1
	r, err := c.row(d)
	if err != nil {
		return err
	}
	if err := c.driver.Insert(ctx, c.spec.Name, r); err != nil {
		m.Revision = 0
		return err
	}
	c.tell(d)
	return nil
}

// InsertMany adds many documents at revision 1, for imports and copies.
func (c *Collection[T]) InsertMany(ctx context.Context, ds []*T) error {
	rs := make([]Row, len(ds))
	for i, d := range ds {
		ref(d).Revision = 1
		r, err := c.row(d)
		if err != nil {
			return err
		}
		rs[i] = r
	}
	if err := c.driver.InsertMany(ctx, c.spec.Name, rs); err != nil {
		return err
	}
	for _, d := range ds {
		c.tell(d)
	}
	return nil
}

// Get reads one document; ErrNotFound.
func (c *Collection[T]) Get(ctx context.Context, id string) (*T, error) {
	r, err := c.driver.Get(ctx, c.spec.Name, id)
	if err != nil {
		return nil, err
	}
	return c.decode(r)
}

// Update saves d against the revision it was read with; ErrStale, ErrNotFound, *UniqueError.
func (c *Collection[T]) Update(ctx context.Context, d *T) error {
	m := ref(d)
	m.Revision++
	r, err := c.row(d)
	if err == nil {
		err = c.driver.Update(ctx, c.spec.Name, r)
	}
	if err != nil {
		m.Revision--
		return err
	}
	c.tell(d)
	return nil
}

// Change reads, applies f and saves, again as long as another writer was faster.
func (c *Collection[T]) Change(ctx context.Context, id string, f func(*T) error) (*T, error) {
	l := &c.locks[stripe(id)]
	l.Lock()
	defer l.Unlock()
	for lost := 0; ; lost++ {
		if lost > 2 { // several processes are at it: do not run in step
			time.Sleep(rand.N(time.Duration(min(lost, 20)) * time.Millisecond))
		}
		d, err := c.Get(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := f(d); err != nil {
			return nil, err
		}
		err = c.Update(ctx, d)
		if err == nil {
			return d, nil
		}
		if !errors.Is(err, ErrStale) || ctx.Err() != nil {
			return nil, err
		}
	}
}

// Delete removes d at the revision it was read with.
func (c *Collection[T]) Delete(ctx context.Context, d *T) error {
	m := ref(d)
	return c.driver.Delete(ctx, c.spec.Name, m.ID, m.Revision)
}

// Find reads one page.
func (c *Collection[T]) Find(ctx context.Context, q Query) ([]*T, error) {
	rs, err := c.driver.Find(ctx, c.spec.Name, q)
	if err != nil {
		return nil, err
	}
	out := make([]*T, len(rs))
	for i, r := range rs {
		if out[i], err = c.decode(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Each calls f for every document that q lets through, page by page, in the
// order of their ids.
func (c *Collection[T]) Each(ctx context.Context, where []Cond, f func(*T) error) error {
	q := Query{Where: where, Sort: "id", Limit: MaxLimit}
	for {
		page, err := c.Find(ctx, q)
		if err != nil {
			return err
		}
		for _, d := range page {
			if err := f(d); err != nil {
				return err
			}
		}
		if len(page) < q.Limit {
			return nil
		}
		q.After = &Cursor{ID: ref(page[len(page)-1]).ID}
	}
}

// Count counts what q lets through.
func (c *Collection[T]) Count(ctx context.Context, q Query) (int64, error) {
	return c.driver.Count(ctx, c.spec.Name, q)
}

// GroupBy counts and sums by the values of a field.
func (c *Collection[T]) GroupBy(ctx context.Context, where []Cond, by, sum string) ([]Group, error) {
	return c.driver.GroupBy(ctx, c.spec.Name, where, by, sum)
}

// Follow calls f for documents that other processes change, until ctx ends.
// It polls with an overlap; f sees a document at least once and must not mind
// seeing it again. On a store of one process it has nothing to do.
func (c *Collection[T]) Follow(ctx context.Context, every time.Duration, f func(*T)) {
	if !c.driver.Shared() {
		return
	}
	const overlap = 10 * time.Second
	p := poll[T]{c: c, since: time.Now().Add(-overlap).UnixMilli(), seen: map[string]int64{}}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		start := time.Now()
		if p.drain(ctx, f) == nil {
			p.since = start.Add(-overlap).UnixMilli()
		}
	}
}

// poll is where Follow stands.
type poll[T any] struct {
	c     *Collection[T]
	since int64
	seen  map[string]int64 // revision by id
}

// drain tells every change since the last poll, page by page.
func (p *poll[T]) drain(ctx context.Context, f func(*T)) error {
	if len(p.seen) > 4*MaxLimit {
		p.seen = map[string]int64{}
	}
	for limit := MaxLimit; ; {
		rows, err := p.c.driver.Changes(ctx, p.c.spec.Name, p.since, limit)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if p.seen[r.ID] == r.Revision {
				continue
			}
			p.seen[r.ID] = r.Revision
			if d, err := p.c.decode(r); err == nil {
				f(d)
			}
		}
		if len(rows) < limit {
			return nil
		}
		last := rows[len(rows)-1].Changed
		if last == p.since {
			limit *= 2 // an import wrote more than a page in one millisecond
		}
		p.since = last
	}
}

// Stamp writes a time as extracted fields hold it: UTC, fixed width, so that
// the order of bytes is the order of time.
func Stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000000Z") }

func stripe(id string) uint8 {
	h := uint32(2166136261)
	for i := 0; i < len(id); i++ {
		h = (h ^ uint32(id[i])) * 16777619
	}
	return uint8(h % 64)
}
