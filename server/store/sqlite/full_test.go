package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"gatehouse/server/store"
)

// TestFull: on a full disk writes fail with an error, those who were told yes
// keep their rows, reads go on, and with room again so do writes.
func TestFull(t *testing.T) {
	ctx := context.Background()
	db, err := Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Ensure(ctx, spec); err != nil {
		t.Fatal(err)
	}
	room := func(pages int) {
		t.Helper()
		if _, err := db.writer.tx.conn.ExecContext(ctx, fmt.Sprint("PRAGMA max_page_count=", pages)); err != nil {
			t.Fatal(err)
		}
	}
	room(200)
	var mu sync.Mutex
	var said []string
	var next, refused atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for refused.Load() < 40 && next.Load() < 100_000 {
				r := row(int(next.Add(1)), "c1")
				if err := db.Insert(ctx, "order", r); err != nil {
					refused.Add(1)
					continue
				}
				mu.Lock()
				said = append(said, r.ID)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if refused.Load() < 40 || len(said) == 0 {
		t.Fatalf("%d refused, %d kept: the disk was never full", refused.Load(), len(said))
	}
	for _, id := range said {
		if _, err := db.Get(ctx, "order", id); err != nil {
			t.Errorf("%s was acknowledged: %v", id, err)
		}
	}
	if n, err := db.Count(ctx, "order", store.Query{}); err != nil || int(n) != len(said) {
		t.Errorf("%d rows, %d were acknowledged: %v", n, len(said), err)
	}
	room(100_000)
	if err := db.Insert(ctx, "order", row(int(next.Add(1)), "c1")); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
