package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

type note struct {
	store.Meta
	Text string `json:"text"`
}

var notes = store.Spec{Name: "note", Fields: []store.Field{{Name: "text"}}}

func extract(n *note) map[string]any { return map[string]any{"text": n.Text} }

func open(t *testing.T, d store.Driver) *store.Collection[note] {
	t.Helper()
	c, err := store.Open(t.Context(), d, notes, extract)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func memory(t *testing.T) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func TestEachGoesThroughAll(t *testing.T) {
	t.Parallel()
	c := open(t, memory(t))
	var ns []*note
	for i := range store.MaxLimit*2 + 1 {
		ns = append(ns, &note{Meta: store.Meta{ID: fmt.Sprintf("n%05d", i)}})
	}
	saved := 0
	c.OnSave(func(*note) { saved++ })
	if err := c.InsertMany(t.Context(), ns); err != nil {
		t.Fatal(err)
	}
	seen := 0
	err := c.Each(t.Context(), nil, func(n *note) error {
		if n.ID != ns[seen].ID || n.Revision != 1 {
			t.Errorf("%d is %s at revision %d", seen, n.ID, n.Revision)
		}
		seen++
		return nil
	})
	if err != nil || seen != len(ns) || saved != len(ns) {
		t.Errorf("saw %d, told %d of %d: %v", seen, saved, len(ns), err)
	}
	stop := errors.New("enough")
	if err := c.Each(t.Context(), nil, func(*note) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("the error of the caller became %v", err)
	}
}

func TestChangeKeepsTheCallersError(t *testing.T) {
	t.Parallel()
	c := open(t, memory(t))
	if err := c.Insert(t.Context(), &note{Meta: store.Meta{ID: "a"}, Text: "old"}); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	if _, err := c.Change(t.Context(), "a", func(n *note) error { n.Text = "new"; return no }); !errors.Is(err, no) {
		t.Errorf("error %v", err)
	}
	if n, err := c.Get(t.Context(), "a"); err != nil || n.Text != "old" || n.Revision != 1 {
		t.Errorf("%+v, %v", n, err)
	}
	if _, err := c.Change(t.Context(), "b", func(*note) error { return nil }); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("change of none: %v", err)
	}
}

// shared is SQLite that says what MongoDB says: others may write.
type shared struct{ *sqlite.DB }

func (shared) Shared() bool { return true }

func TestFollowHearsWhatOthersWrite(t *testing.T) {
	t.Parallel()
	d := shared{memory(t)}
	mine, theirs := open(t, d), open(t, d)
	ctx, end := context.WithTimeout(t.Context(), 20*time.Second)
	defer end()
	const n = store.MaxLimit*2 + 500 // more than two pages between two polls
	heard := make(chan string, 4*n)
	go mine.Follow(ctx, 10*time.Millisecond, func(n *note) { heard <- n.ID })
	var ns []*note
	for i := range n {
		ns = append(ns, &note{Meta: store.Meta{ID: fmt.Sprint(i)}})
	}
	if err := theirs.InsertMany(ctx, ns); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for len(seen) < n {
		select {
		case id := <-heard:
			seen[id] = true
		case <-ctx.Done():
			t.Fatalf("heard %d of %d", len(seen), n)
		}
	}
}

func TestFollowOfOneProcessEndsAtOnce(t *testing.T) {
	t.Parallel()
	open(t, memory(t)).Follow(t.Context(), time.Hour, func(*note) { t.Error("nobody else writes") })
}

func TestOpenWantsMeta(t *testing.T) {
	t.Parallel()
	_, err := store.Open(t.Context(), memory(t), notes, func(*struct{ A int }) map[string]any { return nil })
	if err == nil {
		t.Error("a document without store.Meta is taken")
	}
}
