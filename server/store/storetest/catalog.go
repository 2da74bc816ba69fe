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
	o := &order{Meta: store.Meta{ID: "a"}, Number: "n1", Title: "电梯维修", Status: "active", Portal: "h", Due: 1<<53 + 1, Tags: []string{"x"}, Extra: map[string]any{"$numberInt": "7", "z": 1, "b": nil}}
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
	renewed(t, k)
	if k.Fill(t.ctx, "nobodys", out) == nil {
		t.Error("a collection that nobody opened was filled")
	}
}

// renewed: rows are found by what is extracted of them now, and nothing else
// changes; what somebody has saved meanwhile stays as it was saved.
func renewed(t *desk, k *store.Catalog) {
	stands, err := k.Get(t.ctx, spec.Name, "a")
	t.ok(err)
	older := stands
	older.X = map[string]any{"status": "gone", "due": 1, "tags": []string{"y"}, "title": "旧词", "made": "0"}
	t.ok(k.Reindex(t.ctx, spec.Name, []store.Row{older, {ID: "never", Revision: 1, Doc: older.Doc, X: older.X}}))
	found := func(status, tag, word string) int64 {
		n, err := k.Count(t.ctx, spec.Name, store.Query{Where: []store.Cond{{Field: "status", Op: store.Eq, Value: status},
			{Field: "tags", Op: store.Has, Value: []string{tag}}, {Field: "title", Op: store.Matches, Value: word}}})
		t.ok(err)
		return n
	}
	now, err := k.Get(t.ctx, spec.Name, "a")
	t.ok(err)
	if found("gone", "y", "旧词") != 1 || found("active", "x", "电梯") != 0 || now.Revision != stands.Revision || !bytes.Equal(now.Doc, stands.Doc) {
		t.Errorf("reindexed, it is found as it was; it stands as %+v", now)
	}
	older.Revision--
	if n, err := k.Renew(t.ctx, spec.Name); n != 1 || err != nil {
		t.Errorf("%d renewed: %v", n, err)
	}
	t.ok(k.Reindex(t.ctx, spec.Name, []store.Row{older}))
	if found("active", "x", "电梯") != 1 || found("gone", "y", "旧词") != 0 {
		t.Error("renewed, it is found as it was, or an older reading has won")
	}
	if _, err := k.Renew(t.ctx, "nobodys"); err == nil {
		t.Error("a collection that nobody opened was renewed")
	}
}
