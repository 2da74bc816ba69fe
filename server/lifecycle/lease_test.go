package lifecycle_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store/sqlite"
)

// TestLease: of several processes one holds it at a time, keeps it while it
// comes back in time, and loses it when it does not.
func TestLease(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	ctx := context.Background()
	process := func() *lifecycle.Lease {
		l, err := lifecycle.NewLease(ctx, db, "rounds", 30*time.Second)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	hold := func(l *lifecycle.Lease, at time.Duration) bool {
		t.Helper()
		yes, err := l.Hold(ctx, monday.Add(at))
		if err != nil {
			t.Fatal(err)
		}
		return yes
	}
	a, b := process(), process()
	if !hold(a, 0) || hold(b, 10*time.Second) || !hold(a, 20*time.Second) || hold(b, 40*time.Second) {
		t.Error("two held it, or its holder lost it")
	}
	if !hold(b, 51*time.Second) || hold(a, 52*time.Second) {
		t.Error("nobody took it from a holder that was gone, or both did")
	}
	if err := a.Free(ctx); err != nil {
		t.Fatal(err)
	}
	if hold(a, 53*time.Second) {
		t.Error("freed by another than its holder")
	}
	if err := b.Free(ctx); err != nil {
		t.Fatal(err)
	}
	if !hold(a, 54*time.Second) {
		t.Error("not free after it was given back")
	}
}

// Twenty processes reach for a free lease at the same moment.
func TestLeaseRace(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for round := range 5 {
		var got sync.Map
		var all sync.WaitGroup
		for i := range 20 {
			l, err := lifecycle.NewLease(context.Background(), db, "rounds", time.Second)
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				yes, err := l.Hold(context.Background(), monday.Add(time.Duration(round)*time.Minute))
				if err != nil {
					t.Error(err)
				}
				if yes {
					got.Store(i, true)
				}
			})
		}
		all.Wait()
		n := 0
		got.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d processes hold it", n)
		}
	}
}
