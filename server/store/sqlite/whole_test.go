package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"gatehouse/server/fault"
)

// TestFileGone: once the file or its log of writes is deleted or replaced,
// nothing that would be lost is acknowledged, and the store is not well.
func TestFileGone(t *testing.T) {
	ctx := context.Background()
	for name, harm := range map[string]func(path string) error{
		"deleted":     os.Remove,
		"moved away":  func(p string) error { return os.Rename(p, p+".old") },
		"replaced":    func(p string) error { os.Remove(p); return os.WriteFile(p, nil, 0o600) },
		"log deleted": func(p string) error { return os.Remove(p + "-wal") },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.db")
			db, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Ensure(ctx, spec); err != nil {
				t.Fatal(err)
			}
			if err := db.Insert(ctx, "order", row(1, "c1")); err != nil {
				t.Fatal(err)
			}
			if err := harm(path); err != nil {
				t.Fatal(err)
			}
			if err := db.Insert(ctx, "order", row(2, "c1")); !fault.Is(err, fault.Unavailable) {
				t.Errorf("a write is acknowledged, or refused without words: %v", err)
			}
			if db.Ping(ctx) == nil {
				t.Error("it says that it is well")
			}
		})
	}
}

// TestFullIsSaid: a full disk is no fault of the program: it is said in words.
func TestFullIsSaid(t *testing.T) {
	ctx := context.Background()
	db, err := Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ensure(ctx, spec); err != nil {
		t.Fatal(err)
	}
	if _, err := db.writer.tx.conn.ExecContext(ctx, "PRAGMA max_page_count=120"); err != nil {
		t.Fatal(err)
	}
	for i := range 100_000 {
		if err = db.Insert(ctx, "order", row(i, "c1")); err != nil {
			break
		}
	}
	if !fault.Is(err, fault.Unavailable) {
		t.Error(fmt.Errorf("a full disk: %w", err))
	}
}
