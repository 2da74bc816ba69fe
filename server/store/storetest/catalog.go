package storetest

import (
	"bytes"
	"errors"
	"slices"

	"gatehouse/server/store"
)

// collections: what lies in a store is named, by whomever it was declared.
func collections(t *desk) {
	t.ok(t.d.Ensure(t.ctx, store.Spec{Name: "empty_so_far"}))
	t.add(&order{Meta: store.Meta{ID: "a"}})
	got, err := t.d.Collections(t.ctx)
	t.ok(err)
	if !slices.Contains(got, spec.Name) || !slices.IsSorted(got) {
		t.Errorf("the store holds %v", got)
	}
}

// catalog: rows go out as they are and come back the same, and are found again
// by everything that is extracted from them.
func catalog(t *desk) {
	k := store.NewCatalog(t.d)
	c, err := store.Open(t.ctx, k, spec, extract)
	t.ok(err)
	o := &order{Meta: store.Meta{ID: "a"}, Number: "n1", Title: "电梯维修", Status: "active", House: "h", Due: 1<<53 + 1, Tags: []string{"x"}, Extra: map[string]any{"$numberInt": "7", "z": 1, "b": nil}}
	t.ok(c.Insert(t.ctx, o))
	o.Owner = "somebody"
	t.ok(c.Update(t.ctx, o))
	var out []store.Row
	t.ok(k.Each(t.ctx, spec.Name, func(r store.Row) error { out = append(out, r); return nil }))
	if names := k.Names(); !slices.Equal(names, []string{spec.Name}) || len(out) != 1 || out[0].Revision != 2 {
		t.Fatalf("%v holds %+v", names, out)
	}
	before, err := out[0].Canonical()
	t.ok(err)
	t.ok(k.Delete(t.ctx, spec.Name, "a", 2))
	t.ok(k.Fill(t.ctx, spec.Name, out))
	back, err := k.Get(t.ctx, spec.Name, "a")
	t.ok(err)
	after, err := back.Canonical()
	t.ok(err)
	if back.Revision != 2 || !bytes.Equal(before, after) {
		t.Errorf("went\n%s\ncame\n%s", before, after)
	}
	n, err := c.Count(t.ctx, store.Query{Where: []store.Cond{{Field: "title", Op: store.Matches, Value: "电梯"}, {Field: "owner", Op: store.Eq, Value: "somebody"}, {Field: "tags", Op: store.Has, Value: []string{"x"}}}})
	t.ok(err)
	var taken *store.UniqueError
	if err := k.Fill(t.ctx, spec.Name, out); n != 1 || !errors.As(err, &taken) {
		t.Errorf("found %d; filled twice: %v", n, err)
	}
	if k.Fill(t.ctx, "nobodys", out) == nil {
		t.Error("a collection that nobody opened was filled")
	}
}
