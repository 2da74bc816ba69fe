package app

import (
	"testing"

	"gatehouse/server/store"
)

// TestOlderRowsAreFound: what an older version wrote is found by what a newer
// one asks, from its first start on; a start that asks for nothing new leaves
// the rows alone.
func TestOlderRowsAreFound(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	db, c := copied(t, founded)
	streets := func(change func(*App)) int64 {
		t.Helper()
		a, err := Build(ctx, db, c, new(Clock).Now, silent)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		n, err := a.rows.Count(ctx, "areas", store.Query{Where: []store.Cond{{Field: "level", Op: store.Eq, Value: "street"}}})
		if err != nil {
			t.Fatal(err)
		}
		change(a)
		return n
	}
	nothing := func(*App) {}
	there := streets(func(a *App) { // an older version did not ask for anything
		rows, err := a.rows.Find(ctx, "areas", store.Query{Limit: store.MaxLimit})
		if err == nil {
			err = a.rows.Reindex(ctx, "areas", rows)
		}
		if err != nil {
			t.Fatal(err)
		}
	})
	left := streets(func(a *App) {
		m, err := a.marks.Get(ctx, indexed)
		if err != nil {
			t.Fatal(err)
		}
		m.Fields["areas"] = "fewer"
		if err := a.marks.Update(ctx, m); err != nil {
			t.Fatal(err)
		}
	})
	if again, after := streets(nothing), streets(nothing); there == 0 || left != 0 || again != there || after != there {
		t.Errorf("%d streets were found, then %d, by the newer version %d and %d", there, left, again, after)
	}
}
