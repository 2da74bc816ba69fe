package sqlite

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/store"
)

// Groups are merged from pages of their own when nothing else is asked, and
// tried on each row otherwise: both must give the same rows, each once.
func TestGroupsGiveEachRowOnce(t *testing.T) {
	t.Parallel()
	db := memory(t)
	rs := make([]store.Row, 300)
	for i := range rs {
		rs[i] = row(i, "all", fmt.Sprint("c", i%2), fmt.Sprint("d", i%37))
	}
	if err := db.InsertMany(t.Context(), "order", rs); err != nil {
		t.Fatal(err)
	}
	status := func(v string) store.Cond { return store.Cond{Field: "status", Op: store.Eq, Value: v} }
	in := func(vs ...string) store.Cond { return store.Cond{Field: "status", Op: store.In, Value: vs} }
	scope := func(v string) store.Cond { return store.Cond{Field: "scope", Op: store.Has, Value: []string{v}} }
	late := store.Cond{Field: "due", Op: store.Gte, Value: 60}
	everything := store.Cond{Field: "due", Op: store.Gte, Value: 0}
	for _, groups := range [][][]store.Cond{
		{{status("open")}},
		{{status("open")}, {scope("d3")}},
		{{in("new", "done")}, {scope("c1"), in("open", "done")}},
		{{status("gone")}, {scope("gone")}},
		{{late, scope("d5")}, {status("new"), late}, {status("new")}},
		slices.Repeat([][]store.Cond{{status("open")}, {scope("d3")}}, maxPages),
	} {
		for _, sort := range []string{"id", "-id", "due", "-due"} {
			merged := walk(t, db, store.Query{Any: groups, Sort: sort, Limit: 7})
			tried := walk(t, db, store.Query{Any: groups, Sort: sort, Limit: 7, Where: []store.Cond{everything}})
			all := walk(t, db, store.Query{Any: groups, Sort: sort, Limit: store.MaxLimit})
			n, err := db.Count(t.Context(), "order", store.Query{Any: groups})
			if err != nil || int(n) != len(all) || !slices.Equal(merged, all) || !slices.Equal(tried, all) {
				t.Errorf("%v by %s: count %d (%v), %d rows, merged %d, tried %d", groups, sort, n, err, len(all), len(merged), len(tried))
			}
			if ids := slices.Sorted(slices.Values(all)); len(slices.Compact(ids)) != len(all) {
				t.Errorf("%v by %s: a row twice", groups, sort)
			}
		}
	}
}

// walk gives all rows, page by page.
func walk(t *testing.T, db *DB, q store.Query) (out []string) {
	t.Helper()
	for range 100 {
		page := ids(t, db, q)
		if out = append(out, page...); len(page) < q.Limit {
			return out
		}
		last := page[len(page)-1]
		var due int64
		if err := db.row(t.Context(), `SELECT x_due FROM "order" WHERE id=?`, []any{last}, &due); err != nil {
			t.Fatal(err)
		}
		q.After = &store.Cursor{Value: due, ID: last}
	}
	t.Fatal("no end of pages")
	return nil
}

// Every group walks an index in the order of the page; only the few rows of
// the pages are sorted.
func TestPlansOfGroups(t *testing.T) {
	t.Parallel()
	db, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := store.Spec{Name: "case", Fields: []store.Field{{Name: "shelf"}, {Name: "district"}, {Name: "scope", Kind: store.List}, {Name: "state"}},
		Indexes: []store.Index{{Name: "shelf", Fields: []string{"shelf"}}, {Name: "district", Fields: []string{"district"}}, {Name: "state", Fields: []string{"state"}}}}
	if err := db.Ensure(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	eq := func(f, v string) store.Cond { return store.Cond{Field: f, Op: store.Eq, Value: v} }
	seen := store.Cond{Field: "shelf", Op: store.In, Value: []string{"filed", "public"}}
	groups := [][]store.Cond{{eq("shelf", "public")}, {eq("district", "d1"), seen}, {{Field: "scope", Op: store.Has, Value: []string{"c1"}}, seen}, {seen}}
	merged := plan(t, db, s.Name, store.Query{Any: groups, Sort: "-id", Limit: 20})
	for _, want := range []string{"case__ix_shelf (x_shelf=?)", "case__ix_district (x_district=?)", "SEARCH l USING PRIMARY KEY (v=?)", "SCAN t USING INDEX sqlite_autoindex_case_1"} {
		if strings.Count(merged, want) != 1 {
			t.Errorf("%s is not once in\n%s", want, merged)
		}
	}
	// Aside a condition the groups only filter: rows come in order, one by one.
	for want, c := range map[string]store.Cond{"case__ix_state (x_state=?)": eq("state", "new"), "USING INDEX sqlite_autoindex_case_1": {Field: "state", Op: store.Ne, Value: "new"}} {
		tried := plan(t, db, s.Name, store.Query{Where: []store.Cond{c}, Any: groups[:2], Sort: "-id", Limit: 20})
		if strings.Contains(tried, "TEMP B-TREE") || !strings.Contains(tried, want) {
			t.Errorf("want %s: %s", want, tried)
		}
	}
}
