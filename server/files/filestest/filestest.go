// Package filestest is the promise of a files.Keeper, as tests. Every place
// where bytes may lie runs it.
package filestest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"testing"
	"time"

	"gatehouse/server/files"
	"gatehouse/server/store"
)

// Run holds a keeper to its promises; open gives an empty one.
func Run(t *testing.T, open func(t *testing.T) files.Keeper) {
	for name, f := range map[string]func(*testing.T, files.Keeper){
		"what is put is there": putGet, "what is not there": missing, "put twice": twice,
		"deleted": deleted, "large": large, "many at once": atOnce, "tidying keeps what is whole": tidy} {
		t.Run(name, func(t *testing.T) { f(t, open(t)) })
	}
}

func hash(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func put(t *testing.T, k files.Keeper, b []byte) string {
	t.Helper()
	if err := k.Put(t.Context(), hash(b), b); err != nil {
		t.Fatal(err)
	}
	return hash(b)
}

func holds(t *testing.T, k files.Keeper, b []byte) {
	t.Helper()
	got, err := k.Get(t.Context(), hash(b))
	if err != nil || !bytes.Equal(got, b) {
		t.Fatalf("got %d bytes, %v; put %d", len(got), err, len(b))
	}
}

func putGet(t *testing.T, k files.Keeper) {
	one, two := []byte("one\x00\xff"), []byte("two")
	put(t, k, one)
	put(t, k, two)
	holds(t, k, one)
	holds(t, k, two)
}

func missing(t *testing.T, k files.Keeper) {
	h := hash([]byte("never"))
	if _, err := k.Get(t.Context(), h); !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	if err := k.Delete(t.Context(), h); err != nil {
		t.Fatal(err)
	}
}

func twice(t *testing.T, k files.Keeper) {
	b := []byte("the same photo")
	put(t, k, b)
	put(t, k, b)
	holds(t, k, b)
}

func deleted(t *testing.T, k files.Keeper) {
	b := []byte("to go")
	h := put(t, k, b)
	if err := k.Delete(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Get(t.Context(), h); !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	put(t, k, b)
	holds(t, k, b)
}

func large(t *testing.T, k files.Keeper) {
	b := bytes.Repeat([]byte("0123456789abcdef"), 20<<20/16)
	put(t, k, b)
	holds(t, k, b)
}

func atOnce(t *testing.T, k files.Keeper) {
	b := bytes.Repeat([]byte("once"), 100_000)
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for range 8 {
		wg.Go(func() { errs <- k.Put(t.Context(), hash(b), b) })
	}
	wg.Wait()
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	holds(t, k, b)
}

func tidy(t *testing.T, k files.Keeper) {
	b := []byte("whole")
	put(t, k, b)
	if err := k.Tidy(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	holds(t, k, b)
}
