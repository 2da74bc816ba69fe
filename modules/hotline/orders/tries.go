package orders

import (
	"sync"
	"time"
)

// tries counts wrong PINs by number and by address, in memory. Numbers that do
// not exist are counted like those that do, so that the count tells nothing.
type tries struct {
	mu    sync.Mutex
	clock func() time.Time
	seen  map[string]*spell
}

type spell struct {
	from time.Time
	n    int
}

const (
	wrongOfNumber  = 10
	wrongOfAddress = 40
	window         = time.Hour
	mostSpells     = 20_000
)

func newTries(clock func() time.Time) *tries { return &tries{clock: clock, seen: map[string]*spell{}} }

// full tells whether a number or an address has been tried too often.
func (t *tries) full(no, address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.over("no "+no, wrongOfNumber) || t.over("at "+address, wrongOfAddress)
}

func (t *tries) over(key string, most int) bool {
	s := t.seen[key]
	return s != nil && s.n >= most && t.clock().Sub(s.from) < window
}

// wrong counts a wrong PIN.
func (t *tries) wrong(no, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.clock()
	if len(t.seen) >= mostSpells {
		t.sweep(now)
	}
	for _, key := range []string{"no " + no, "at " + address} {
		s := t.seen[key]
		if s == nil || now.Sub(s.from) >= window {
			s = &spell{from: now}
			t.seen[key] = s
		}
		s.n++
	}
}

// sweep forgets what is over, and everything when that is not enough: memory
// is worth more than the count of a flood.
func (t *tries) sweep(now time.Time) {
	for k, s := range t.seen {
		if now.Sub(s.from) >= window {
			delete(t.seen, k)
		}
	}
	if len(t.seen) >= mostSpells {
		clear(t.seen)
	}
}
