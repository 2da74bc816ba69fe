// Package sqlite keeps the portal's documents in one SQLite file.
//
// One goroutine writes. It puts the writes that wait into one transaction,
// each in its own savepoint, and answers them after the one durable commit
// (group commit). Readers have their own connections and never wait for it.
//
// Words: a side table holds the values of a List field, (value, id) in order;
// the driver of a query is the side table that it walks.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	_ "modernc.org/sqlite" // registers the "sqlite" driver

	"gatehouse/server/store"
)

// ErrClosed answers every use after Close.
var ErrClosed = errors.New("store: closed")

// DB is an open file.
type DB struct {
	path    string
	lock    *os.File
	readers *sql.DB
	writer  *writer
	tidy    func() error // removes what Memory made
	narrow  int

	mu     sync.RWMutex
	tables map[string]*table

	stmtMu sync.RWMutex
	stmts  map[string]*sql.Stmt
}

var _ store.Driver = (*DB)(nil)

// Open opens or makes the file at path, which must lie on a local disk. A
// second process, and a second Open, is refused.
func Open(path string) (*DB, error) { return open(path, "FULL") }

// Memory opens a store that is gone after Close, for tests. It is a file in a
// temporary folder that is never synced, so that it runs the same code.
func Memory() (*DB, error) { return scratch(nil) }

// MemoryOf is Memory that begins as a copy of a file that nobody has open, such
// as Backup makes.
func MemoryOf(path string) (*DB, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("store: copy %s: %w", path, err)
	}
	return scratch(b)
}

func scratch(begin []byte) (*DB, error) {
	dir, err := os.MkdirTemp("", "gatehouse-")
	if err != nil {
		return nil, fmt.Errorf("store: make a temporary folder: %w", err)
	}
	tidy := func() error { return os.RemoveAll(dir) }
	path := filepath.Join(dir, "memory.db")
	if err := os.WriteFile(path, begin, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("store: fill %s: %w", path, err), tidy())
	}
	db, err := open(path, "OFF")
	if err != nil {
		return nil, errors.Join(err, tidy())
	}
	db.tidy = tidy
	return db, nil
}

func open(path, sync string) (*DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	lock, err := lockFile(abs + ".lock")
	if err != nil {
		return nil, fmt.Errorf("store: open %s: %w", path, err)
	}
	db := &DB{path: abs, lock: lock, narrow: narrow, tables: map[string]*table{}, stmts: map[string]*sql.Stmt{}}
	if err = private(abs, 0); err == nil {
		err = db.connect(sync)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store: open %s: %w", path, err), db.release())
	}
	return db, nil
}

// private makes the file that SQLite would make for everyone's eyes; its log
// takes the same rights.
func private(path string, flag int) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR|flag, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

func (db *DB) connect(sync string) error {
	w, err := sql.Open("sqlite", dsn(db.path, "busy_timeout(10000)", "journal_mode(WAL)", "synchronous("+sync+")", "cache_size(-32768)"))
	if err != nil {
		return err
	}
	if db.writer, err = newWriter(w, (&identity{path: db.path}).whole); err != nil {
		return errors.Join(err, w.Close())
	}
	db.readers, err = sql.Open("sqlite", dsn(db.path, "busy_timeout(10000)", "query_only(1)", "cache_size(-16384)", "mmap_size(268435456)"))
	if err != nil {
		return err
	}
	n := 2 * runtime.GOMAXPROCS(0) // more readers would starve the writer
	db.readers.SetMaxOpenConns(n)
	db.readers.SetMaxIdleConns(n)
	return nil
}

func dsn(path string, pragmas ...string) string {
	u := url.URL{Scheme: "file", Path: path, RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String()
}

// Shared is false: the file lock keeps other processes out.
func (db *DB) Shared() bool { return false }

// Ping asks whether the writer and the readers answer.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.do(ctx, func(*tx) error { return nil }); err != nil {
		return fmt.Errorf("store: ping: %w", err)
	}
	var one int
	return wrap(ctx, "ping", db.row(ctx, "SELECT 1", nil, &one))
}

// Close answers the writes that wait, then closes the file. It may be repeated.
func (db *DB) Close() error {
	if !db.writer.stop() {
		return nil
	}
	return db.release()
}

func (db *DB) release() error {
	var errs []error
	if db.readers != nil {
		errs = append(errs, db.readers.Close())
	}
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	errs = append(errs, db.lock.Close())
	if db.tidy != nil {
		errs = append(errs, db.tidy())
	}
	return errors.Join(errs...)
}

// wrap names the act and says plainly when it ended because ctx did.
func wrap(ctx context.Context, act string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("store: %s: %w", act, err)
}
