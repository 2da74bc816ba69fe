package storetest

import (
	"fmt"
	"slices"
	"strings"

	"gatehouse/server/store"
)

// pages reads a list while others add to it: each row that was there at the
// start comes exactly once and in order.
func pages(t *desk) {
	var os []*order
	for i := range 60 {
		o := doc(numbered(i))
		o.Due = int64(i * 7 % 10) // many equal values: the id must break ties
		os = append(os, o)
	}
	t.add(os...)
	for round, sort := range []string{"id", "-id", "due", "-due"} {
		want := t.ids(store.Query{Sort: sort})
		var got []string
		q := store.Query{Sort: sort, Limit: 7}
		for page := 0; ; page++ {
			rs, err := t.c.Find(t.ctx, q)
			t.ok(err)
			for _, o := range rs {
				got = append(got, o.ID)
			}
			if len(rs) < q.Limit {
				break
			}
			last := rs[len(rs)-1]
			q.After = &store.Cursor{Value: last.Due, ID: last.ID}
			added := doc(fmt.Sprintf("o%04d-%d-%d", page*9%60, round, page))
			added.Due = int64(page % 10)
			t.ok(t.c.Insert(t.ctx, added))
		}
		old := slices.DeleteFunc(slices.Clone(got), func(id string) bool { return !slices.Contains(want, id) })
		if !slices.Equal(old, want) {
			t.Errorf("sorted by %s: %v, want %v", sort, old, want)
		}
		if n := len(slices.Compact(slices.Sorted(slices.Values(got)))); n != len(got) {
			t.Errorf("sorted by %s: %d rows came, %d of them different", sort, len(got), n)
		}
	}
}

func pagesByList(t *desk) {
	var os []*order
	for i := range 90 {
		o := doc(numbered(i))
		o.Due = int64(i % 4)
		o.Tags = []string{fmt.Sprint("c", i%3), "all"}
		if i%10 == 0 {
			o.Tags = append(o.Tags, "c9")
		}
		os = append(os, o)
	}
	t.add(os...)
	for _, values := range []string{"c1", "all", "c1 c9", "c0 c1 c9"} {
		for _, sort := range []string{"id", "-id", "due", "-due"} {
			q := store.Query{Sort: sort, Where: []store.Cond{{Field: "tags", Op: store.HasAny, Value: strings.Fields(values)},
				{Field: "due", Op: store.Ne, Value: 3}}}
			want := t.ids(q)
			q.Limit = 4
			var got []string
			for {
				rs, err := t.c.Find(t.ctx, q)
				t.ok(err)
				for _, o := range rs {
					got = append(got, o.ID)
				}
				if len(rs) < q.Limit {
					break
				}
				q.After = &store.Cursor{Value: rs[3].Due, ID: rs[3].ID}
			}
			if !slices.Equal(got, want) || len(want) < 20 {
				t.Errorf("%s by %s: pages %v, whole %v", values, sort, got, want)
			}
		}
	}
}
