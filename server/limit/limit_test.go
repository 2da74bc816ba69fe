package limit

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func fixed() *clock { return &clock{time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)} }

// TestTake: N at once, then N in each Per, and never more for having waited long.
func TestTake(t *testing.T) {
	c := fixed()
	l := New(Rule{5, 10 * time.Minute}, c.Now)
	take := func(n int) (got int) {
		for range n {
			if l.Take("a") == 0 {
				got++
			}
		}
		return got
	}
	if n := take(20); n != 5 {
		t.Errorf("%d of 20 at once", n)
	}
	if w := l.Wait("a"); w != 2*time.Minute {
		t.Errorf("wait %v", w)
	}
	c.now = c.now.Add(2 * time.Minute)
	if n := take(20); n != 1 {
		t.Errorf("%d after a fifth of the time", n)
	}
	c.now = c.now.Add(24 * time.Hour)
	if n := take(20); n != 5 {
		t.Errorf("%d after a day", n)
	}
	if l.Take("b") != 0 {
		t.Error("another key has to wait")
	}
	l.Forget("a")
	if n := take(20); n != 5 {
		t.Errorf("%d after it was forgotten", n)
	}
}

// TestWorth: something dear takes several tries, and the dearest a whole bucket.
func TestWorth(t *testing.T) {
	l := New(Rule{10, time.Minute}, fixed().Now)
	if l.TakeN("a", 8) != 0 || l.TakeN("a", 3) == 0 || l.TakeN("a", 2) != 0 {
		t.Error("8 + 2 of 10 fit, 8 + 3 do not")
	}
	if l.TakeN("b", 1000) != 0 || l.Take("b") == 0 {
		t.Error("what is worth more than a bucket takes the whole one")
	}
}

// TestCountBeyond: whoever goes on while waiting waits no longer than Per.
func TestCountBeyond(t *testing.T) {
	c := fixed()
	l := New(Rule{3, time.Hour}, c.Now)
	for range 1000 {
		l.Count("a")
	}
	if w := l.Wait("a"); w != 20*time.Minute {
		t.Errorf("wait %v", w)
	}
	c.now = c.now.Add(-48 * time.Hour) // set back
	if w := l.Wait("a"); w > time.Hour {
		t.Errorf("wait %v after the clock was set back", w)
	}
	l.Count("a")
	if w := l.Wait("a"); w != 0 {
		t.Errorf("wait %v after one count on a clock set back", w)
	}
}

// TestGive: what was counted beforehand is given back to who was right.
func TestGive(t *testing.T) {
	l := New(Rule{2, time.Hour}, fixed().Now)
	for range 10 {
		if l.Take("a") != 0 {
			t.Fatal("the right ones are counted")
		}
		l.Give("a")
	}
	l.Give("nobody")
	l.Take("a")
	l.Take("a")
	if l.Take("a") == 0 {
		t.Error("given back too much")
	}
}

// TestSlow: beyond the bucket tries take turns; nobody who waits is refused,
// and no more wait than patience allows.
func TestSlow(t *testing.T) {
	c := fixed()
	l := New(Rule{4, 4 * time.Second}, c.Now)
	for range 4 {
		if w, ok := l.reserve("a", 3*time.Second); w != 0 || !ok {
			t.Fatal(w, ok)
		}
	}
	for i := range 3 {
		if w, ok := l.reserve("a", 3*time.Second); !ok || w != time.Duration(i+1)*time.Second {
			t.Error(i, w, ok)
		}
	}
	for range 100 {
		if _, ok := l.reserve("a", 3*time.Second); ok {
			t.Error("a longer queue than patience")
		}
	}
	c.now = c.now.Add(time.Second)
	if w, ok := l.reserve("a", 3*time.Second); !ok || w != 3*time.Second {
		t.Error("a refused one counted:", w, ok)
	}
	synctest.Test(t, func(t *testing.T) {
		l := New(Rule{10, 10 * time.Second}, time.Now)
		for range 10 {
			l.Count("a")
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		if from := time.Now(); l.Slow(ctx, "a", time.Minute) || time.Since(from) != 10*time.Millisecond {
			t.Error("waits for its turn although nobody waits for it any more")
		}
		if from := time.Now(); !l.Slow(t.Context(), "a", time.Minute) || time.Since(from) != 2*time.Second-10*time.Millisecond {
			t.Error("waited", time.Since(from))
		}
	})
}

// TestFloodForgetsNobody: memory is bounded, and however many others come, who
// has tried most is still known.
func TestFloodForgetsNobody(t *testing.T) {
	c := fixed()
	l := New(Rule{30, 10 * time.Minute}, c.Now)
	l.most = 1000
	for range 30 {
		l.Count("guesser")
	}
	for i := range 50_000 {
		l.Count(fmt.Sprint("stranger ", i))
		if i%100 == 0 {
			c.now = c.now.Add(10 * time.Millisecond)
		}
	}
	if l.Wait("guesser") == 0 {
		t.Error("a flood made it forget the guesser")
	}
	if len(l.keys) > 1000 || len(l.full) != len(l.keys) {
		t.Errorf("%d keys, %d in the queue", len(l.keys), len(l.full))
	}
	c.now = c.now.Add(time.Hour)
	l.Count("one more")
	if len(l.keys) != 1 {
		t.Errorf("%d keys are kept for nothing", len(l.keys))
	}
}

// TestManyAtOnce: however many ask at the same moment, no more get through.
func TestManyAtOnce(t *testing.T) {
	l := New(Rule{40, time.Hour}, fixed().Now)
	var through atomic.Int64
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			if l.Take("a") == 0 {
				through.Add(1)
			}
		})
	}
	wg.Wait()
	if n := through.Load(); n != 40 {
		t.Errorf("%d of 200 got through", n)
	}
}

// TestNetwork: a household's /64 is one network, however its addresses are
// written, and an IPv4 address is itself in every spelling.
func TestNetwork(t *testing.T) {
	for ip, want := range map[string]string{
		"203.0.113.7":              "203.0.113.7",
		"::ffff:203.0.113.7":       "203.0.113.7",
		"2001:db8:1:2::7":          "2001:db8:1:2::/64",
		"2001:db8:1:2:ffff::":      "2001:db8:1:2::/64",
		"2001:DB8:1:2:0:0:0:9":     "2001:db8:1:2::/64",
		"2001:db8:1:3::7":          "2001:db8:1:3::/64",
		"fe80::1%eth0":             "fe80::/64",
		"":                         "none",
		"0.0.0.0, 203.0.113.7":     "none",
		"whatever somebody writes": "none",
	} {
		if got := Network(ip); got != want {
			t.Errorf("Network(%q) = %q, want %q", ip, got, want)
		}
	}
	if Pair("a\x00b", "c") == Pair("a", "b\x00c") {
		t.Error("two pairs share a key")
	}
}

func BenchmarkTake(b *testing.B) {
	l := New(Rule{30, 10 * time.Minute}, time.Now)
	keys := make([]string, 100_000)
	for i := range keys {
		keys[i] = fmt.Sprint("2001:db8::", i)
	}
	for i := 0; b.Loop(); i++ {
		l.Take(keys[i%len(keys)])
	}
}

// TestBudget: never more than there is, of one key never more than its share,
// and everything comes back.
func TestBudget(t *testing.T) {
	b := NewBudget(100, 40)
	if !b.Take("a", 30) || b.Take("a", 11) || !b.Take("a", 10) || !b.Take("b", 40) || b.Take("c", 21) || !b.Take("c", 20) || !b.Scarce() {
		t.Error("100 for 40 each", b.used, b.of)
	}
	b.Give("a", 40)
	b.Give("b", 40)
	b.Give("c", 20)
	if b.used != 0 || len(b.of) != 0 || b.Scarce() {
		t.Error("not all came back", b.used, b.of)
	}
}

// TestGuesses: guesses from one place, and from a thousand, are few, and
// whoever comes from elsewhere with the right word is let in.
func TestGuesses(t *testing.T) {
	c := fixed()
	g := NewGuesses(Rule{10, 10 * time.Minute}, Rule{30, time.Hour}, c.Now)
	guess := func(network string, times int) (made int) {
		for range times {
			if g.Take("GD-1", network) == 0 {
				made++
			}
		}
		return made
	}
	if n := guess("a", 100); n != 10 {
		t.Errorf("%d from one place", n)
	}
	made := 0
	for i := range 1000 {
		made += guess(fmt.Sprint(i), 10)
	}
	if made > 30+1000 {
		t.Errorf("%d from a thousand places", made)
	}
	if g.Take("GD-1", "owner") != 0 {
		t.Error("the owner waits")
	}
	g.Right("GD-1", "owner")
	if g.Take("GD-2", "a") != 0 {
		t.Error("another order waits too")
	}
}
