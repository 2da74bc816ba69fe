// Package limit slows down whoever does something too often: guesses, floods,
// lists that are dear to make.
//
// A key (an address's network, an account from a network, the key of a
// program) has a bucket of N tries, which fills again within Per: somebody who
// makes mistakes notices nothing, and a program gets N tries in each Per. Of a
// key only one moment is kept, the one at which its bucket is full again
// (the generic cell rate algorithm); a key whose moment has passed is forgotten.
package limit

import (
	"container/heap"
	"context"
	"net/netip"
	"strings"
	"sync"
	"time"
)

// Rule is how often: N at once, and N in each Per.
type Rule struct {
	N   int
	Per time.Duration
}

func (r Rule) each() time.Duration { return r.Per / time.Duration(r.N) }

// most keys are remembered at once, in some megabytes.
const most = 1 << 16

// Limiter counts by key.
type Limiter struct {
	rule  Rule
	clock func() time.Time
	most  int

	mu   sync.Mutex
	keys map[string]*bucket
	full queue // whose bucket is full first
}

// New makes a limiter that reads a clock.
func New(r Rule, clock func() time.Time) *Limiter {
	return &Limiter{rule: r, clock: clock, most: most, keys: map[string]*bucket{}}
}

// Wait is how long a key has to wait before its next try, 0 when it may now.
// It counts nothing: only wrong guesses are counted where a right one is free.
func (l *Limiter) Wait(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wait(key, 1)
}

// Count counts one try, of a key that may or may not.
func (l *Limiter) Count(key string) { l.CountN(key, 1) }

// CountN counts as many tries as something is worth.
func (l *Limiter) CountN(key string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(key, n, 0)
}

// Take counts one try if the key may, and gives 0; otherwise it says how long
// to wait. Of many at once no more than the rule allows get through.
func (l *Limiter) Take(key string) time.Duration { return l.TakeN(key, 1) }

// TakeN is Take of something that is worth n tries, at most a whole bucket.
func (l *Limiter) TakeN(key string, n int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	n = min(n, l.rule.N)
	if w := l.wait(key, n); w > 0 {
		return w
	}
	l.count(key, n, 0)
	return 0
}

// Give gives a try back, of whoever turned out to be no guesser.
func (l *Limiter) Give(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.keys[key]; b != nil {
		b.full = b.full.Add(-l.rule.each())
		heap.Fix(&l.full, b.at)
	}
}

// Forget lets a key begin anew.
func (l *Limiter) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.keys[key]; b != nil {
		heap.Remove(&l.full, b.at)
		delete(l.keys, key)
	}
}

// Slow counts one try and lets it wait for its turn, one behind the other:
// guesses become slow, and whoever has the right word is not refused because
// others guess. It gives false when the turn would come after more than
// patience, or ctx ends first.
func (l *Limiter) Slow(ctx context.Context, key string, patience time.Duration) bool {
	w, ok := l.reserve(key, patience)
	if !ok || w == 0 {
		return ok
	}
	t := time.NewTimer(w)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (l *Limiter) reserve(key string, patience time.Duration) (time.Duration, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.wait(key, 1)
	if w > patience {
		return w, false
	}
	l.count(key, 1, patience)
	return w, true
}

func (l *Limiter) wait(key string, n int) time.Duration {
	b := l.keys[key]
	if b == nil {
		return 0
	}
	now := l.clock()
	room := l.rule.Per - time.Duration(n)*l.rule.each()
	return max(0, l.owed(b, now)-room)
}

// owed is how long until a bucket is full; a clock that was set back keeps
// nobody waiting longer than it takes to fill it twice.
func (l *Limiter) owed(b *bucket, now time.Time) time.Duration {
	d := b.full.Sub(now)
	if d > 2*l.rule.Per {
		return 0
	}
	return max(0, d)
}

// count lets a bucket owe at most a whole one, and patience for those who wait.
func (l *Limiter) count(key string, n int, patience time.Duration) {
	now := l.clock()
	b := l.keys[key]
	if b == nil {
		l.makeRoom(now)
		b = &bucket{key: key, full: now}
		heap.Push(&l.full, b)
		l.keys[key] = b
	}
	owed := l.owed(b, now)
	b.full = now.Add(max(owed, min(owed+time.Duration(n)*l.rule.each(), l.rule.Per+patience)))
	heap.Fix(&l.full, b.at)
}

// makeRoom forgets the key that would have been forgotten first anyway: who has
// tried most stays, however many others come.
func (l *Limiter) makeRoom(now time.Time) {
	for len(l.full) > 0 && (len(l.full) >= l.most || !l.full[0].full.After(now)) {
		b := heap.Pop(&l.full).(*bucket)
		delete(l.keys, b.key)
	}
}

// bucket is a key's; at is its place in the queue.
type bucket struct {
	key  string
	full time.Time
	at   int
}

type queue []*bucket

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].full.Before(q[j].full) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].at, q[j].at = i, j
}

func (q *queue) Push(x any) {
	b := x.(*bucket)
	b.at = len(*q)
	*q = append(*q, b)
}

func (q *queue) Pop() any {
	old := *q
	b := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return b
}

// Network is what counts as one address: an IPv4 address, also when it is
// written as IPv6, and of IPv6 the /64, which one household has. What is no
// address shares one network.
func Network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "none"
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return "none"
	}
	return p.String()
}

// Pair is the key of two things together, such as an account and a network.
func Pair(a, b string) string {
	return strings.ReplaceAll(a, "\x00", " ") + "\x00" + b
}
