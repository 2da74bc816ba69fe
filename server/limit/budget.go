package limit

import "sync"

// Budget is something of which there is only so much at once, such as bytes in
// flight. One key gets at most its share.
type Budget struct {
	most, share int64

	mu   sync.Mutex
	used int64
	of   map[string]int64
}

// NewBudget makes a budget.
func NewBudget(most, share int64) *Budget {
	return &Budget{most: most, share: share, of: map[string]int64{}}
}

// Take takes n for a key, all of it or nothing.
func (b *Budget) Take(key string, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used+n > b.most || b.of[key]+n > b.share {
		return false
	}
	b.used += n
	b.of[key] += n
	return true
}

// Give gives back what was taken.
func (b *Budget) Give(key string, n int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= n
	if b.of[key] -= n; b.of[key] <= 0 {
		delete(b.of, key)
	}
}

// Scarce tells that more than half is in use.
func (b *Budget) Scarce() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.used > b.most/2
}
