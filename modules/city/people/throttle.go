package people

import (
	"net/netip"
	"sync"
	"time"
)

// throttle counts failed sign-ins by address, in memory: it keeps one machine
// from trying one password on every account, which no account's own lock sees.
type throttle struct {
	mu    sync.Mutex
	clock func() time.Time
	seen  map[string]*window
}

type window struct {
	from time.Time
	n    int
}

const (
	addressTries  = 30
	addressWindow = 10 * time.Minute
	manyAddresses = 20_000
)

func newThrottle(clock func() time.Time) *throttle {
	return &throttle{clock: clock, seen: map[string]*window{}}
}

// network is what counts as one address: of IPv6 the /64, which one household has.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Unmap().Is4() {
		return ip
	}
	p, err := a.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}

// full tells whether the address has failed too often.
func (t *throttle) full(ip string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	w := t.seen[network(ip)]
	return w != nil && w.n >= addressTries && t.clock().Sub(w.from) < addressWindow
}

// failed counts a failure.
func (t *throttle) failed(ip string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, key := t.clock(), network(ip)
	w := t.seen[key]
	if w == nil || now.Sub(w.from) >= addressWindow {
		if len(t.seen) >= manyAddresses {
			t.sweep(now)
		}
		w = &window{from: now}
		t.seen[key] = w
	}
	w.n++
}

// sweep forgets what is over, and everything when that is not enough: memory
// is worth more than the count of a flood.
func (t *throttle) sweep(now time.Time) {
	for k, w := range t.seen {
		if now.Sub(w.from) >= addressWindow {
			delete(t.seen, k)
		}
	}
	if len(t.seen) >= manyAddresses {
		clear(t.seen)
	}
}
