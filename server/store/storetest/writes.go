package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"gatehouse/server/store"
)

func insertAndGet(t *desk) {
	o := doc("a")
	o.Title = "三号楼电梯故障"
	t.ok(t.c.Insert(t.ctx, o))
	if got := t.get("a"); got.Title != o.Title || got.Revision != 1 || got.ID != "a" {
		t.Errorf("got %+v", got)
	}
	t.wantUnique("same id", t.c.Insert(t.ctx, doc("a")), "id")
	_, err := t.c.Get(t.ctx, "b")
	t.wantIs("get of none", err, store.ErrNotFound)
}

func unique(t *desk) {
	a, b := doc("a"), doc("b")
	// A value that looks like the name of another index must not mislead.
	a.Number, b.Number = "N1 index: one_active dup key", "N2"
	t.add(a, b)
	c := doc("c")
	c.Number = a.Number
	t.wantUnique("insert", t.c.Insert(t.ctx, c), "number")
	b.Number = a.Number
	t.wantUnique("update", t.c.Update(t.ctx, b), "number")
	if got := t.get("b"); b.Revision != 1 || got.Revision != 1 || got.Number != "N2" {
		t.Errorf("the refused update left %+v", got)
	}
	a.Status, a.Portal = "active", "1-101"
	t.ok(t.c.Update(t.ctx, a))
	c.Number, c.Status, c.Portal = "N3", "active", "1-101"
	t.wantUnique("index of two fields", t.c.Insert(t.ctx, c), "one_active")
	_, err := t.c.Get(t.ctx, "c")
	t.wantIs("refused row", err, store.ErrNotFound)
}

func nilOutsideUnique(t *desk) {
	t.add(doc("a"), doc("b"), doc("c")) // none has a number, none is active
	a, b := t.get("a"), t.get("b")
	a.Status, a.Portal = "active", "1-101"
	t.ok(t.c.Update(t.ctx, a))
	b.Status, b.Portal = "active", "1-101"
	t.wantUnique("second active", t.c.Update(t.ctx, b), "one_active")
	a.Status = "closed"
	t.ok(t.c.Update(t.ctx, a))
	t.ok(t.c.Update(t.ctx, b))
}

func staleAndMissing(t *desk) {
	t.add(doc("a"))
	old, o := t.get("a"), t.get("a")
	t.ok(t.c.Update(t.ctx, o))
	t.wantIs("update", t.c.Update(t.ctx, old), store.ErrStale)
	t.wantIs("delete", t.c.Delete(t.ctx, old), store.ErrStale)
	if old.Revision != 1 || o.Revision != 2 {
		t.Errorf("revisions %d and %d", old.Revision, o.Revision)
	}
	t.ok(t.c.Delete(t.ctx, o))
	t.wantIs("update of none", t.c.Update(t.ctx, o), store.ErrNotFound)
	t.wantIs("delete of none", t.c.Delete(t.ctx, o), store.ErrNotFound)
	t.ok(t.c.Insert(t.ctx, doc("a")))
}

func oneWins(t *desk) {
	t.add(doc("a"))
	var won, stale atomic.Int64
	at(20, func(i int) {
		o := doc("a")
		o.Revision, o.Due = 1, int64(i)
		err := t.c.Update(t.ctx, o)
		switch {
		case err == nil:
			won.Add(1)
		case errors.Is(err, store.ErrStale):
			stale.Add(1)
		default:
			t.Error(err)
		}
	})
	if won.Load() != 1 || stale.Load() != 19 {
		t.Errorf("%d won, %d were stale", won.Load(), stale.Load())
	}
}

// Two collections on one driver stand for two processes: no lock is shared.
func changes400(t *desk) {
	t.add(doc("a"))
	other, err := store.Open(t.ctx, t.d, spec, extract)
	t.ok(err)
	at(16, func(i int) {
		c := []*store.Collection[order]{t.c, other}[i%2]
		for range 25 {
			if _, err := c.Change(t.ctx, "a", func(o *order) error { o.Due++; return nil }); err != nil {
				t.Error(err)
			}
		}
	})
	if o := t.get("a"); o.Due != 400 || o.Revision != 401 {
		t.Errorf("due %d at revision %d", o.Due, o.Revision)
	}
}

func racingInserts(t *desk) {
	for round := range 10 {
		var won atomic.Int64
		at(8, func(i int) {
			o := doc(fmt.Sprintf("r%d-%d", round, i))
			o.Number = fmt.Sprint("ballot", round)
			var u *store.UniqueError
			if err := t.c.Insert(t.ctx, o); err == nil {
				won.Add(1)
			} else if !errors.As(err, &u) || u.Index != "number" {
				t.Error(err)
			}
		})
		if won.Load() != 1 {
			t.Fatalf("round %d: %d ballots", round, won.Load())
		}
	}
}

func many(t *desk) {
	var os []*order
	for i := range 300 {
		o := doc(numbered(i))
		o.Number = fmt.Sprint(i)
		os = append(os, o)
	}
	t.add(os...)
	n, err := t.c.Count(t.ctx, store.Query{})
	t.ok(err)
	if n != 300 {
		t.Errorf("count %d", n)
	}
	o := doc("z")
	o.Number = "299"
	t.wantUnique("many with one refused", t.c.InsertMany(t.ctx, []*order{o}), "number")
	t.wantUnique("same id twice in one call", t.c.InsertMany(t.ctx, []*order{doc("y"), doc("y")}), "id")
	t.ok(t.c.InsertMany(t.ctx, nil))
}

// more gives the declaration one more field, and other indexes.
func more(ix ...store.Index) store.Spec {
	next := spec
	next.Fields = append(spec.Fields[:len(spec.Fields):len(spec.Fields)], store.Field{Name: "level", Kind: store.Int})
	next.Indexes = append(next.Indexes[:1:1], ix...)
	return next
}

func ensureAgain(t *desk) {
	t.add(doc("a"))
	t.ok(t.d.Ensure(t.ctx, spec))
	t.ok(t.d.Ensure(t.ctx, more(append(spec.Indexes[1:], store.Index{Name: "by_level", Fields: []string{"-level"}})...)))
	r := store.Row{ID: "b", Revision: 1, Doc: []byte(`{}`), X: map[string]any{"level": 3}}
	t.ok(t.d.Insert(t.ctx, spec.Name, r))
	t.wantIDs("new field of an old row", store.Query{Where: []store.Cond{{Field: "level", Op: store.IsNil}}}, "a")
	t.wantIDs("new field", store.Query{Where: []store.Cond{{Field: "level", Op: store.Gt, Value: 2}}}, "b")
}

func redeclared(t *desk) {
	t.ok(t.d.Ensure(t.ctx, more(store.Index{Name: "number", Fields: []string{"number", "status"}, Unique: true})))
	add := func(id, status string) error {
		o := doc(id)
		o.Number, o.Status, o.Portal = "N1", status, "1"
		return t.c.Insert(t.ctx, o)
	}
	t.ok(add("a", "new"))
	t.ok(add("b", "open")) // the index has two fields now
	t.wantUnique("the new index", add("c", "open"), "number")
	for _, id := range []string{"d", "e"} { // one_active is declared no more
		o := doc(id)
		o.Status, o.Portal = "active", "1"
		t.ok(t.c.Insert(t.ctx, o))
	}
}

func changesSince(t *desk) {
	for i := range 5 {
		t.ok(t.c.Insert(t.ctx, doc(numbered(i))))
	}
	_, err := t.c.Change(t.ctx, numbered(1), func(o *order) error { o.Due = 7; return nil })
	t.ok(err)
	all, err := t.d.Changes(t.ctx, spec.Name, 0, 100)
	t.ok(err)
	if len(all) != 5 {
		t.Fatalf("%d changes", len(all))
	}
	for i, r := range all {
		if i > 0 && all[i-1].Changed > r.Changed {
			t.Errorf("%s stands before %s", all[i-1].ID, r.ID)
		}
		since, err := t.d.Changes(t.ctx, spec.Name, r.Changed, 100)
		t.ok(err)
		if len(since) < 5-i || since[0].Changed != r.Changed {
			t.Errorf("since %s: %d changes", r.ID, len(since))
		}
		if r.ID == numbered(1) && r.Revision != 2 {
			t.Errorf("%s at revision %d", r.ID, r.Revision)
		}
	}
	two, err := t.d.Changes(t.ctx, spec.Name, 0, 2)
	t.ok(err)
	none, err := t.d.Changes(t.ctx, spec.Name, all[4].Changed+1, 2)
	t.ok(err)
	if len(two) != 2 || len(none) != 0 {
		t.Errorf("limit gave %d, the future %d", len(two), len(none))
	}
	if _, err := t.d.Changes(t.ctx, spec.Name, 0, 0); err == nil {
		t.Error("no limit is not refused")
	}
}

func endedContext(t *desk) {
	t.add(doc("a"))
	ctx, end := context.WithCancel(t.ctx)
	end()
	t.wantIs("insert", t.c.Insert(ctx, doc("b")), context.Canceled)
	t.wantIs("update", t.c.Update(ctx, t.get("a")), context.Canceled)
	t.wantIs("delete", t.c.Delete(ctx, t.get("a")), context.Canceled)
	_, err := t.c.Get(ctx, "a")
	t.wantIs("get", err, context.Canceled)
	_, err = t.c.Find(ctx, store.Query{Limit: 1})
	t.wantIs("find", err, context.Canceled)
	_, err = t.c.Count(ctx, store.Query{})
	t.wantIs("count", err, context.Canceled)
	t.wantIs("ping", t.d.Ping(ctx), context.Canceled)
	t.wantIDs("what stands", store.Query{}, "a")
	if t.get("a").Revision != 1 {
		t.Error("the update was done")
	}
}
