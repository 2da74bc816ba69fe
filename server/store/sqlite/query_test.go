package sqlite

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/store"
)

// Wide and narrow lists take different roads to the same rows.
func TestWideAndNarrowListsAgree(t *testing.T) {
	t.Parallel()
	db := memory(t)
	db.narrow = 20
	rs := make([]store.Row, 240)
	for i := range rs {
		scope := []string{"all", fmt.Sprint("c", i%2), fmt.Sprint("d", i%37)}
		rs[i] = row(i, scope...)
	}
	if err := db.InsertMany(t.Context(), "order", rs); err != nil {
		t.Fatal(err)
	}
	scopes := [][]string{{"all"}, {"c1"}, {"d3"}, {"d3", "d5", "d7"}, {"all", "d3"}, {"c0", "c1"}, {"c1", "d4"}, {"gone"}}
	for _, one := range scopes {
		for _, other := range scopes {
			where := []store.Cond{{Field: "scope", Op: store.HasAny, Value: one}, {Field: "status", Op: store.Ne, Value: "open"}, {Field: "scope", Op: store.Has, Value: other}}
			want := slices.DeleteFunc(slices.Clone(rs), func(r store.Row) bool {
				has := r.X["scope"].([]string)
				return r.X["status"] == "open" || !slices.ContainsFunc(one, func(v string) bool { return slices.Contains(has, v) }) ||
					slices.ContainsFunc(other, func(v string) bool { return !slices.Contains(has, v) })
			})
			agree(t, db, where, want)
		}
	}
}

// Words that most rows hold are tried row by row, rare ones are gathered; both
// find the same rows.
func TestCommonAndRareWordsAgree(t *testing.T) {
	t.Parallel()
	db := memory(t)
	db.narrow = 8
	rs := make([]store.Row, 240)
	for i := range rs {
		rs[i] = row(i, "all", fmt.Sprint("d", i%37))
	}
	if err := db.InsertMany(t.Context(), "order", rs); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"电梯", "电梯故障 楼", "电", "第13号", "第1", "没有", "？"} {
		for _, scope := range []string{"all", "d3", "gone"} {
			where := []store.Cond{{Field: "text", Op: store.Matches, Value: words}, {Field: "scope", Op: store.Has, Value: []string{scope}}}
			want := slices.DeleteFunc(slices.Clone(rs), func(r store.Row) bool {
				return !slices.Contains(r.X["scope"].([]string), scope) || words == "没有" || words == "？" ||
					strings.HasPrefix(words, "第") && !strings.HasPrefix(r.X["text"].(string), words)
			})
			agree(t, db, where, want)
		}
	}
	if q := db.query(t.Context(), db.tables["order"], store.Query{Limit: 5, Sort: "-id", Where: []store.Cond{{Field: "text", Op: store.Matches, Value: "电梯"}}}); !strings.Contains(q.filter(), "EXISTS") {
		t.Error("all rows are gathered for five", q.filter())
	}
}

func agree(t *testing.T, db *DB, where []store.Cond, want []store.Row) {
	t.Helper()
	n, err := db.Count(t.Context(), "order", store.Query{Where: where})
	if err != nil || int(n) != len(want) {
		t.Errorf("%v: count %d, want %d: %v", where, n, len(want), err)
	}
	n, err = db.Count(t.Context(), "order", store.Query{Any: [][]store.Cond{where, {{Field: "id", Op: store.Eq, Value: "none"}}}})
	if err != nil || int(n) != len(want) {
		t.Errorf("%v in a group: count %d, want %d: %v", where, n, len(want), err)
	}
	for _, sort := range []string{"id", "-id", "due", "-due"} {
		sorted := slices.Clone(want)
		slices.SortFunc(sorted, func(a, b store.Row) int {
			d := strings.Compare(a.ID, b.ID)
			if strings.HasSuffix(sort, "due") && a.X["due"] != b.X["due"] {
				d = a.X["due"].(int) - b.X["due"].(int)
			}
			if sort[0] == '-' {
				d = -d
			}
			return d
		})
		q := store.Query{Where: where, Sort: sort, Limit: 10}
		for i, r := range sorted[:min(30, len(sorted))] {
			if i%10 > 0 {
				continue
			}
			got := ids(t, db, q)
			if len(got) == 0 || got[0] != r.ID {
				t.Fatalf("%v by %s: page at %d starts with %.20s, want %s", where, sort, i, got, r.ID)
			}
			if i+10 < len(sorted) {
				last := sorted[i+9]
				if len(got) != 10 || got[9] != last.ID {
					t.Fatalf("%v by %s: page at %d ends otherwise", where, sort, i)
				}
				q.After = &store.Cursor{Value: last.X["due"], ID: last.ID}
			}
		}
	}
}

// A page must not read or sort more than it shows, or a million rows hurt.
func TestPlansOfPages(t *testing.T) {
	t.Parallel()
	db := memory(t)
	scope := store.Cond{Field: "scope", Op: store.HasAny, Value: []string{"c1"}}
	open := store.Cond{Field: "status", Op: store.Eq, Value: "open"}
	for _, q := range []store.Query{
		{Sort: "-id"},
		{Sort: "-id", Where: []store.Cond{scope}},
		{Sort: "id", Where: []store.Cond{scope, open}},
		{Sort: "-id", Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{"c1"}}}, After: &store.Cursor{ID: "o5"}},
		{Sort: "-due", Where: []store.Cond{open}},
		{Sort: "due", Where: []store.Cond{open}, After: &store.Cursor{Value: 5, ID: "o5"}},
		{Sort: "id", Where: []store.Cond{{Field: "number", Op: store.Eq, Value: "o5"}}},
	} {
		q.Limit = 20
		plan := plan(t, db, "order", q)
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") && !strings.Contains(plan, "USING INDEX") {
			t.Errorf("%+v: %s", q, plan)
		}
	}
}

// plan gives the steps by which SQLite answers a page.
func plan(t *testing.T, db *DB, coll string, q store.Query) string {
	t.Helper()
	tb, err := db.table(coll)
	if err != nil {
		t.Fatal(err)
	}
	if q, err = tb.spec.Plain(q); err != nil {
		t.Fatal(err)
	}
	text, args, err := db.find(t.Context(), tb, q)
	if err != nil {
		t.Fatal(err)
	}
	var steps []string
	err = db.each(t.Context(), "EXPLAIN QUERY PLAN "+text, args, func(rs *sql.Rows) error {
		var id, parent, unused int
		var step string
		err := rs.Scan(&id, &parent, &unused, &step)
		steps = append(steps, step)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, "; ")
}
