package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"gatehouse/server/store"
	"gatehouse/server/store/storetest"
)

var spec = store.Spec{Name: "order", Fields: []store.Field{{Name: "status", Kind: store.Text}, {Name: "due", Kind: store.Int},
	{Name: "scope", Kind: store.List}, {Name: "text", Kind: store.Words}, {Name: "number", Kind: store.Text}},
	Indexes: []store.Index{{Name: "by_due", Fields: []string{"status", "-due"}}, {Name: "number", Fields: []string{"number"}, Unique: true}}}

func row(i int, scope ...string) store.Row {
	id := fmt.Sprintf("o%07d", i)
	return store.Row{ID: id, Revision: 1, Doc: []byte(`{"id":"` + id + `"}`), X: map[string]any{
		"status": []string{"new", "open", "done"}[i%3], "due": i % 97, "scope": scope, "text": fmt.Sprintf("第%d号楼电梯故障", i), "number": id}}
}

func memory(t testing.TB) *DB {
	t.Helper()
	db, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := db.Ensure(context.Background(), spec); err != nil {
		t.Fatal(err)
	}
	return db
}

func ids(t *testing.T, db *DB, q store.Query) []string {
	t.Helper()
	if q.Limit == 0 {
		q.Limit = 100
	}
	rs, err := db.Find(t.Context(), "order", q)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, r := range rs {
		out = append(out, r.ID)
	}
	return out
}

func TestPromise(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Driver {
		db, err := Memory()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	})
}

func TestRollbackOfOneWriteLeavesTheOthers(t *testing.T) {
	t.Parallel()
	db := memory(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	good, refused := 0, 0
	for g := range 16 {
		wg.Go(func() {
			for i := range 20 {
				r := row(g*100 + i)
				if i%2 == 1 { // the number of the row before: refused after its own row was written
					r.X["number"] = fmt.Sprintf("o%07d", g*100+i-1)
				}
				err := db.Insert(t.Context(), "order", r)
				var u *store.UniqueError
				mu.Lock()
				if err == nil {
					good++
				} else if errors.As(err, &u) && u.Index == "number" {
					refused++
				} else {
					t.Error(err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	n, err := db.Count(t.Context(), "order", store.Query{})
	if err != nil || n != 160 || good != 160 || refused != 160 {
		t.Fatalf("stored %d, answered %d, refused %d: %v", n, good, refused, err)
	}
}

func TestCloseAnswersWhatWaitsAndRefusesTheRest(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Ensure(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	acked := make(chan int, 10_000)
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 1000 {
				err := db.Insert(context.Background(), "order", row(g*1000+i))
				if err == nil {
					acked <- g*1000 + i
				} else if errors.Is(err, ErrClosed) {
					return
				} else {
					t.Error(err)
				}
			}
		})
	}
	first := <-acked
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	close(acked)
	if err := db.Close(); err != nil {
		t.Errorf("second Close: %v", err)
	}
	if _, err := db.Get(context.Background(), "order", row(first).ID); err == nil {
		t.Error("read after Close has no error")
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Ensure(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	for i := range acked {
		if _, err := again.Get(t.Context(), "order", row(i).ID); err != nil {
			t.Errorf("acknowledged %d: %v", i, err)
		}
	}
}

func TestSecondOpenIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Fatal("a second Open got the file")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestMemoryLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	db, err := Memory()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(db.path)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Fatalf("%s is still there: %v", dir, err)
	}
}

// VACUUM renumbers rows without a number of their own; then the word index would find strangers.
func TestBackupKeepsTheWordIndex(t *testing.T) {
	t.Parallel()
	db := memory(t)
	for i := range 60 {
		if err := db.Insert(t.Context(), "order", row(i, "c1")); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		if err := db.Delete(t.Context(), "order", row(i).ID, 1); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if err := db.Backup(t.Context(), path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a backup on top of another: %v", err)
	}
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Ensure(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	got := ids(t, c, store.Query{Where: []store.Cond{{Field: "text", Op: store.Matches, Value: "第45号楼"}}})
	if len(got) != 1 || got[0] != row(45).ID {
		t.Errorf("search in the copy: %v", got)
	}
}

func TestIndexDeclaredAnewIsMadeAnew(t *testing.T) {
	t.Parallel()
	db := memory(t)
	if err := db.Insert(t.Context(), "order", row(1)); err != nil {
		t.Fatal(err)
	}
	wide := spec
	wide.Fields = append(wide.Fields[:len(wide.Fields):len(wide.Fields)], store.Field{Name: "owner", Kind: store.Text})
	wide.Indexes = []store.Index{{Name: "number", Fields: []string{"number", "status"}, Unique: true}}
	if err := db.Ensure(t.Context(), wide); err != nil {
		t.Fatal(err)
	}
	r := row(2)
	r.X["number"] = row(1).ID
	if err := db.Insert(t.Context(), "order", r); err != nil {
		t.Fatalf("the old unique index still stands: %v", err)
	}
}

// A folder may be named from where one stands.
func TestSnapshotOfARelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("data", 0o700); err != nil {
		t.Fatal(err)
	}
	db, err := Open(filepath.Join("data", "a.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := Snapshot(t.Context(), filepath.Join("data", "a.db"), filepath.Join("data", "b.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join("data", "b.db")); err != nil {
		t.Error(err)
	}
}
