package mongo

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"

	"gatehouse/server/store"
)

// wire stands between driver and server and can lose what a command is answered.
type wire struct {
	net.Listener
	server  string
	mu      sync.Mutex
	command []byte // loses the answer to it
	armed   int    // how many answers are still to be lost
	before  func() // runs when the server has answered, before the line breaks
	away    bool   // nothing gets through
	lines   []net.Conn
}

// goAway breaks every line and lets none begin, or lets them through again.
func (w *wire) goAway(yes bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.away = yes
	if yes {
		for _, c := range w.lines {
			c.Close()
		}
		w.lines = nil
	}
}

// holds notes a line, unless nothing gets through.
func (w *wire) holds(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.away {
		w.lines = append(w.lines, c)
	}
	return !w.away
}

func newWire(t *testing.T, at string) (*wire, string) {
	t.Helper()
	u, err := url.Parse(at)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	w := &wire{Listener: l, server: u.Host}
	go w.serve()
	u.Host = l.Addr().String()
	return w, u.String()
}

func (w *wire) lose(command string, n int, before func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.command = []byte("\x02" + command + "\x00") // a BSON string with this key opens the command
	w.armed, w.before = n, before
}

// meant tells whether b holds a command whose answer is to be lost, and counts it.
func (w *wire) meant(b []byte) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.armed == 0 || !bytes.Contains(b, w.command) {
		return false
	}
	w.armed--
	return true
}

func (w *wire) left() (int, func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.armed, w.before
}

func (w *wire) serve() {
	for {
		c, err := w.Accept()
		if err != nil {
			return
		}
		if !w.holds(c) {
			c.Close()
			continue
		}
		s, err := net.Dial("tcp", w.server)
		if err != nil {
			c.Close()
			continue
		}
		go w.pass(c, s)
	}
}

func (w *wire) pass(c, s net.Conn) {
	var cut atomic.Bool
	var end sync.Once
	hang := func() { end.Do(func() { c.Close(); s.Close() }) }
	defer hang()
	go func() {
		defer hang()
		w.copy(s, c, func(b []byte) bool {
			if w.meant(b) {
				cut.Store(true)
			}
			return true
		})
	}()
	w.copy(c, s, func([]byte) bool {
		if !cut.Load() {
			return true
		}
		if _, before := w.left(); before != nil {
			before()
		}
		return false
	})
}

func (w *wire) copy(to io.Writer, from io.Reader, look func([]byte) bool) {
	b := make([]byte, 1<<16)
	for {
		n, err := from.Read(b)
		if err != nil || !look(b[:n]) {
			return
		}
		if _, err := to.Write(b[:n]); err != nil {
			return
		}
	}
}

var lostSpec = store.Spec{Name: "lost", Fields: []store.Field{{Name: "number"}},
	Indexes: []store.Index{{Name: "number", Fields: []string{"number"}, Unique: true}}}

func lostRow(id string, revision int64) store.Row {
	return store.Row{ID: id, Revision: revision, Doc: []byte(`{"a":1}`), X: map[string]any{"number": id}}
}

// An answer that is lost on the way leaves open whether the write was done;
// the adapter finds out instead of guessing.
func TestLostAnswers(t *testing.T) {
	at := uri(t)
	direct := open(t, at)
	w, through := newWire(t, at)
	db := open(t, through)
	for _, d := range []*DB{direct, db} {
		if err := d.Ensure(t.Context(), lostSpec); err != nil {
			t.Fatal(err)
		}
	}
	must := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if n, _ := w.left(); n > 0 {
			t.Fatalf("%s: no answer was lost", what)
		}
	}
	w.lose("insert", 2, nil)
	must("insert", db.Insert(t.Context(), "lost", lostRow("a", 1)))
	w.lose("insert", 1, nil)
	must("insert many", db.InsertMany(t.Context(), "lost", []store.Row{lostRow("b", 1), lostRow("c", 1), lostRow("d", 1)}))
	w.lose("update", 2, nil)
	must("update", db.Update(t.Context(), "lost", lostRow("a", 2)))
	if r, err := direct.Get(t.Context(), "lost", "a"); err != nil || r.Revision != 2 {
		t.Errorf("after the update: %+v, %v", r, err)
	}
	w.lose("delete", 1, nil)
	must("delete", db.Delete(t.Context(), "lost", "b", 1))
	if n, err := direct.Count(t.Context(), "lost", store.Query{}); err != nil || n != 3 {
		t.Errorf("%d rows stand, %v", n, err)
	}
	lostAndRefused(t, w, db)
	lostAndOvertaken(t, w, db, direct)
}

// What was refused before the line broke is still refused after it.
func lostAndRefused(t *testing.T, w *wire, db *DB) {
	t.Helper()
	w.lose("insert", 1, nil)
	var u *store.UniqueError
	if err := db.Insert(t.Context(), "lost", lostRow("c", 1)); !errors.As(err, &u) || u.Index != "id" {
		t.Errorf("insert of an id that stands: %v", err)
	}
	w.lose("update", 1, nil)
	if err := db.Update(t.Context(), "lost", lostRow("a", 2)); !errors.Is(err, store.ErrStale) {
		t.Errorf("update of a stale revision: %v", err)
	}
	w.lose("update", 1, nil)
	if err := db.Update(t.Context(), "lost", lostRow("none", 2)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("update of none: %v", err)
	}
}

// Our write was done and another came on top of it: "stale" would make the
// caller do it twice.
func lostAndOvertaken(t *testing.T, w *wire, db, direct *DB) {
	t.Helper()
	overtaken := make(chan error, 1)
	w.lose("update", 1, func() { overtaken <- direct.Update(t.Context(), "lost", lostRow("a", 4)) })
	if err := db.Update(t.Context(), "lost", lostRow("a", 3)); !errors.Is(err, ErrUnknown) || errors.Is(err, store.ErrStale) {
		t.Errorf("overtaken update: %v", err)
	}
	if err := <-overtaken; err != nil {
		t.Error(err)
	}
}
