// Package archive copies a whole portal: into one file and back, or from one
// engine to another.
//
// Words: a place is where a portal lies, its rows and its attached files. A
// tally is how many rows a collection has and the digest over all of them; two
// places hold the same when their tallies are equal, whatever the engines. The
// manifest is the tallies of all collections; it stands last in an archive, so
// a file that was cut short has none.
package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"

	"gatehouse/server/files"
	"gatehouse/server/store"
)

// Place is where a portal lies.
type Place struct {
	Rows  *store.Catalog
	Files files.Keeper
}

// Tally says what a collection holds.
type Tally struct {
	Rows   int    `json:"rows"`
	Digest string `json:"digest"` // SHA-256 over the canonical rows in the order of ids
}

// Manifest says what an archive holds.
type Manifest struct {
	Made        time.Time        `json:"made"`
	Version     string           `json:"version"` // of the program that made it
	Collections map[string]Tally `json:"collections"`
	Files       int              `json:"files"`
	Bytes       int64            `json:"bytes"` // of the files
}

// Rows counts the rows of all collections.
func (m Manifest) Rows() (n int) {
	for _, t := range m.Collections {
		n += t.Rows
	}
	return n
}

// filesIn is the collection that knows every attached file; its ids are their hashes.
const filesIn = "files"

// A batch of rows is copied at once.
const (
	batch      = store.MaxLimit // rows
	batchBytes = 8 << 20        // of documents
)

// counter makes a tally.
type counter struct {
	n    int
	hash hash.Hash
}

func newCounter() *counter { return &counter{hash: sha256.New()} }

func (c *counter) add(r store.Row) error {
	b, err := r.Canonical()
	if err != nil {
		return err
	}
	c.n++
	c.hash.Write(b)
	c.hash.Write([]byte{'\n'})
	return nil
}

func (c *counter) tally() Tally { return Tally{Rows: c.n, Digest: hex.EncodeToString(c.hash.Sum(nil))} }

// Count tallies a place.
func Count(ctx context.Context, p Place) (map[string]Tally, error) {
	out := map[string]Tally{}
	for _, name := range p.Rows.Names() {
		c := newCounter()
		if err := p.Rows.Each(ctx, name, c.add); err != nil {
			return nil, err
		}
		out[name] = c.tally()
	}
	return out, nil
}

// Strangers names what lies in the store and no module of this program keeps.
func Strangers(ctx context.Context, p Place) ([]string, error) {
	all, err := p.Rows.Collections(ctx)
	if err != nil {
		return nil, err
	}
	known := p.Rows.Names()
	return slices.DeleteFunc(all, func(name string) bool { return name == halves || slices.Contains(known, name) }), nil
}

// Empty removes the rows with which a new portal begins, so that another's can
// take their place. It refuses a place with any cases in it.
func Empty(ctx context.Context, p Place) error {
	for _, name := range p.Rows.Names() {
		var begun []store.Row
		err := p.Rows.Each(ctx, name, func(r store.Row) error {
			if begun = append(begun, r); len(begun) > batch {
				return fmt.Errorf("archive: %s is not empty", name)
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, r := range begun {
			if err := p.Rows.Delete(ctx, name, r.ID, r.Revision); err != nil {
				return err
			}
		}
	}
	return nil
}

// Move copies everything from one place to an empty one and compares the
// tallies. What the first place is must stand still meanwhile.
func Move(ctx context.Context, from, to Place) (Manifest, error) {
	m := Manifest{Made: time.Now().UTC(), Collections: map[string]Tally{}}
	if err := knows(from.Rows.Names(), to); err != nil {
		return m, err
	}
	if err := Empty(ctx, to); err != nil {
		return m, err
	}
	for _, name := range from.Rows.Names() {
		tally, err := send(ctx, from, name, func(rs []store.Row) error { return to.Rows.Fill(ctx, name, rs) })
		if err != nil {
			return m, err
		}
		m.Collections[name] = tally
	}
	err := eachFile(ctx, from, func(hash string, b []byte) error {
		m.Files, m.Bytes = m.Files+1, m.Bytes+int64(len(b))
		return to.Files.Put(ctx, hash, b)
	})
	if err != nil {
		return m, err
	}
	return m, same(ctx, m, to)
}

// send hands over a collection in batches and tallies it on the way.
func send(ctx context.Context, from Place, name string, take func([]store.Row) error) (Tally, error) {
	c := newCounter()
	var rows []store.Row
	size := 0
	flush := func() error {
		if len(rows) == 0 {
			return nil
		}
		err := take(rows)
		rows, size = rows[:0], 0
		return err
	}
	err := from.Rows.Each(ctx, name, func(r store.Row) error {
		if err := c.add(r); err != nil {
			return err
		}
		rows, size = append(rows, r), size+len(r.Doc)
		if len(rows) < batch && size < batchBytes {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	return c.tally(), err
}

// eachFile gives every attached file. One that is recorded and not there was
// being swept, or its upload was cut short: no case names it.
func eachFile(ctx context.Context, from Place, f func(hash string, b []byte) error) error {
	return from.Rows.Each(ctx, filesIn, func(r store.Row) error {
		b, err := from.Files.Get(ctx, r.ID)
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("archive: read file %s: %w", r.ID, err)
		}
		if name(b) != r.ID {
			return fmt.Errorf("archive: file %s was changed after it was kept", r.ID)
		}
		return f(r.ID, b)
	})
}

func name(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// knows refuses collections that nobody would keep at the other place.
func knows(names []string, to Place) error {
	for _, n := range names {
		if !slices.Contains(to.Rows.Names(), n) {
			return fmt.Errorf("archive: this version keeps no collection %q; use the version that made it", n)
		}
	}
	return nil
}

// same compares what has arrived with what was sent.
func same(ctx context.Context, m Manifest, to Place) error {
	now, err := Count(ctx, to)
	if err != nil {
		return err
	}
	for _, n := range slices.Sorted(maps.Keys(m.Collections)) {
		if now[n] != m.Collections[n] {
			return fmt.Errorf("archive: %s: %d rows arrived of %d, or not as they were", n, now[n].Rows, m.Collections[n].Rows)
		}
	}
	return nil
}
