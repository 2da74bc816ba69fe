package mongo

import (
	"context"
	"fmt"
	"testing"
	"time"

	"gatehouse/server/store"
)

// While the server is away every call ends with an error and in its time; when
// it is back the same store goes on, and what was acknowledged stands there.
func TestAwayAndBack(t *testing.T) {
	at := uri(t)
	direct := open(t, at)
	w, through := newWire(t, at)
	db := open(t, through)
	for _, d := range []*DB{direct, db} {
		if err := d.Ensure(t.Context(), lostSpec); err != nil {
			t.Fatal(err)
		}
	}
	acknowledged := map[string]bool{}
	put := func(id string) error {
		ctx, done := context.WithTimeout(t.Context(), 2*time.Second)
		defer done()
		err := db.Insert(ctx, "lost", lostRow(id, 1))
		acknowledged[id] = err == nil
		return err
	}
	for round := range 3 {
		if err := put(fmt.Sprint("before ", round)); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		w.goAway(true)
		begin := time.Now()
		for name, call := range map[string]func(context.Context) error{
			"ping":  db.Ping,
			"get":   func(ctx context.Context) error { _, err := db.Get(ctx, "lost", "before 0"); return err },
			"count": func(ctx context.Context) error { _, err := db.Count(ctx, "lost", store.Query{}); return err },
		} {
			ctx, done := context.WithTimeout(t.Context(), 300*time.Millisecond)
			if call(ctx) == nil {
				t.Errorf("round %d: %s answers while the server is away", round, name)
			}
			done()
		}
		if put(fmt.Sprint("while ", round)) == nil {
			t.Errorf("round %d: a write is acknowledged while the server is away", round)
		}
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("round %d: the calls took %s", round, took)
		}
		w.goAway(false)
		for end := time.Now().Add(30 * time.Second); db.Ping(t.Context()) != nil; {
			if time.Now().After(end) {
				t.Fatalf("round %d: it does not find back", round)
			}
			time.Sleep(50 * time.Millisecond)
		}
		if err := put(fmt.Sprint("after ", round)); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
	for id, yes := range acknowledged {
		if _, err := direct.Get(t.Context(), "lost", id); yes && err != nil {
			t.Errorf("%q was acknowledged and is lost: %v", id, err)
		}
	}
}
