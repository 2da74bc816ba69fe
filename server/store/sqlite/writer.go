package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"gatehouse/server/fault"
)

// maxBatch bounds how many writes share a commit.
const maxBatch = 256

// tx is what a write sees: the writer's connection inside its savepoint.
type tx struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// request is one write that waits for its turn.
type request struct {
	ctx  context.Context
	run  func(*tx) error
	err  error
	done chan struct{}
}

type writer struct {
	db      *sql.DB
	tx      *tx
	mu      sync.RWMutex // held for reading while a request is handed over
	closed  bool
	whole   func() error // the file is still the one that was opened
	queue   chan *request
	drained chan struct{}
}

func newWriter(db *sql.DB, whole func() error) (*writer, error) {
	db.SetMaxOpenConns(1)
	conn, err := db.Conn(context.Background())
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, whole: whole, tx: &tx{conn, map[string]*sql.Stmt{}},
		queue: make(chan *request, maxBatch), drained: make(chan struct{})}
	go w.loop()
	return w, nil
}

// do runs f in the next commit and answers after it. When ctx ends before f
// has started, f never runs.
func (db *DB) do(ctx context.Context, f func(*tx) error) error {
	w := db.writer
	r := &request{ctx: ctx, run: f, done: make(chan struct{})}
	w.mu.RLock()
	if w.closed {
		w.mu.RUnlock()
		return ErrClosed
	}
	w.queue <- r
	w.mu.RUnlock()
	<-r.done
	return r.err
}

// stop refuses new writes and waits until the last one is answered.
func (w *writer) stop() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.closed = true
	close(w.queue)
	<-w.drained
	return true
}

func (w *writer) close() error {
	w.stop()
	for _, s := range w.tx.stmts {
		s.Close() // the connection goes next; nothing can be lost here
	}
	return errors.Join(w.tx.conn.Close(), w.db.Close())
}

func (w *writer) loop() {
	defer close(w.drained)
	for first := range w.queue {
		batch := w.waiting(first)
		if err := w.commit(batch); err != nil {
			for _, r := range batch {
				r.err = errors.Join(unkept(err), r.err)
			}
		}
		for _, r := range batch {
			r.err = unkept(r.err)
			close(r.done)
		}
	}
}

// waiting takes what already waits; it never waits for more.
func (w *writer) waiting(first *request) []*request {
	batch := []*request{first}
	for len(batch) < maxBatch {
		select {
		case r, ok := <-w.queue:
			if !ok {
				return batch
			}
			batch = append(batch, r)
		default:
			return batch
		}
	}
	return batch
}

// commit gives an error only when the whole batch is undone.
func (w *writer) commit(batch []*request) error {
	if err := w.whole(); err != nil {
		return err
	}
	if _, err := w.tx.exec("BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	for _, r := range batch {
		if err := w.one(r); err != nil {
			w.undo()
			err = fmt.Errorf("store: savepoint: %w", err)
			if full := unkept(r.err); fault.Is(full, fault.Unavailable) {
				err = errors.Join(full, err) // SQLite has ended the whole batch for it
			}
			return err
		}
	}
	if _, err := w.tx.exec("COMMIT"); err != nil {
		w.undo()
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// undo ends the transaction. SQLite may have ended it by itself (a full disk),
// so the answer says nothing; a real trouble shows at the next BEGIN.
func (w *writer) undo() { w.tx.exec("ROLLBACK") }

func (w *writer) one(r *request) error {
	if r.err = r.ctx.Err(); r.err != nil {
		return nil
	}
	if _, err := w.tx.exec("SAVEPOINT one"); err != nil {
		return err
	}
	if r.err = r.run(w.tx); r.err != nil {
		if _, err := w.tx.exec("ROLLBACK TO one"); err != nil {
			return err
		}
	}
	_, err := w.tx.exec("RELEASE one")
	return err
}

// stmt prepares a statement once. Its texts are few: they come from declared
// collections, never from values.
func (t *tx) stmt(query string) (*sql.Stmt, error) {
	if s, ok := t.stmts[query]; ok {
		return s, nil
	}
	s, err := t.conn.PrepareContext(context.Background(), query)
	if err == nil {
		t.stmts[query] = s
	}
	return s, err
}

func (t *tx) exec(query string, args ...any) (sql.Result, error) {
	s, err := t.stmt(query)
	if err != nil {
		return nil, err
	}
	return s.Exec(args...)
}

// row reads one row; sql.ErrNoRows.
func (t *tx) row(query string, args []any, into ...any) error {
	s, err := t.stmt(query)
	if err != nil {
		return err
	}
	return s.QueryRow(args...).Scan(into...)
}
