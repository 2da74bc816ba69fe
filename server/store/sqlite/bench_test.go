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

func file(b *testing.B) *DB {
	b.Helper()
	db, err := Open(filepath.Join(b.TempDir(), "x.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	if err := db.Ensure(context.Background(), spec); err != nil {
		b.Fatal(err)
	}
	return db
}

// BenchmarkInsert writes durable rows, each caller waiting for its commit.
func BenchmarkInsert(b *testing.B) {
	for _, callers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint("callers=", callers), func(b *testing.B) {
			db := file(b)
			var next atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for range callers {
				wg.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						if err := db.Insert(context.Background(), "order", row(int(i), "c1")); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func filled(b *testing.B, n int) *DB {
	b.Helper()
	db := file(b)
	for from := 0; from < n; from += 10_000 {
		rs := make([]store.Row, min(10_000, n-from))
		for i := range rs {
			// "all" is in every row, c0 to c49 in one of fifty, "rare" in ten.
			scope := []string{"all", fmt.Sprint("c", (from+i)%50)}
			if (from+i)%(n/10) == 0 {
				scope = append(scope, "rare")
			}
			rs[i] = row(from+i, scope...)
		}
		if err := db.InsertMany(context.Background(), "order", rs); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

func cond(f string, op store.Op, v any) store.Cond { return store.Cond{Field: f, Op: op, Value: v} }

// lists are the pages that the portal shows; each should stay flat.
var lists = []struct {
	name string
	q    store.Query
}{
	{"newest all", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"all"})}}},
	{"newest c7", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"c7"})}}},
	{"newest c7 open", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"c7"}), cond("status", store.Eq, "open")}}},
	{"newest rare", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"rare"})}}},
	{"newest c7 c8 c9", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"c7", "c8", "c9"})}}},
	{"newest rare or owned", store.Query{Sort: "-id", Any: [][]store.Cond{{cond("scope", store.HasAny, []string{"rare"})}, {cond("number", store.Eq, "o0000123")}}}},
	{"due all open", store.Query{Sort: "-due", Where: []store.Cond{cond("scope", store.HasAny, []string{"all"}), cond("status", store.Eq, "open")}}},
	{"due c7 open", store.Query{Sort: "-due", Where: []store.Cond{cond("scope", store.HasAny, []string{"c7"}), cond("status", store.Eq, "open")}}},
	{"due rare open", store.Query{Sort: "-due", Where: []store.Cond{cond("scope", store.HasAny, []string{"rare"}), cond("status", store.Eq, "open")}}},
	{"words 77号楼 all", store.Query{Sort: "-id", Where: []store.Cond{cond("scope", store.HasAny, []string{"all"}), cond("text", store.Matches, "第77号楼")}}},
}

// BenchmarkList reads pages of twenty.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{10_000, 200_000} {
		db := filled(b, n)
		for _, l := range lists {
			b.Run(fmt.Sprintf("rows=%d/%s", n, l.name), func(b *testing.B) {
				l.q.Limit = 20
				for b.Loop() {
					if _, err := db.Find(context.Background(), "order", l.q); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("rows=%d/count all", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := db.Count(context.Background(), "order", lists[0].q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
