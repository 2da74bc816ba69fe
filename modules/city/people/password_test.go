package people

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestHash(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	phc, err := production.hash(ctx, "correct horse battery")
	if err != nil || !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Fatalf("%q %v", phc, err)
	}
	if again, _ := production.hash(ctx, "correct horse battery"); again == phc {
		t.Error("two hashes of one password are equal: no salt")
	}
	for pw, want := range map[string]bool{"correct horse battery": true, "correct horse batterY": false, "": false} {
		if ok, err := matches(ctx, phc, pw); err != nil || ok != want {
			t.Errorf("%q: %v, %v", pw, ok, err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "other kind": strings.Replace(phc, "argon2id", "argon2i", 1), "other version": strings.Replace(phc, "v=19", "v=16", 1),
		"no passes": strings.Replace(phc, "t=2", "t=0", 1), "all memory": strings.Replace(phc, "m=19456", "m=99999999", 1),
		"no salt": "$argon2id$v=19$m=19456,t=2,p=1$$" + phc[strings.LastIndex(phc, "$")+1:], "no sum": phc[:strings.LastIndex(phc, "$")+1],
	} {
		if ok, err := matches(ctx, bad, "correct horse battery"); err == nil || ok {
			t.Errorf("%s was read", name)
		}
	}
}

// A hash of another computer's making, from the argon2 reference tool: t=2, m=65536, p=1.
func TestHashOfOthers(t *testing.T) {
	t.Parallel()
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := matches(context.Background(), phc, "password"); err != nil || !ok {
		t.Errorf("%v %v", ok, err)
	}
}

func TestFloodOfHashes(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := withSlot(context.Background(), func() {
				n := at.Add(1)
				for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
				}
				time.Sleep(time.Millisecond)
				at.Add(-1)
			}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 2 {
		t.Errorf("%d hashes at once", most.Load())
	}
}

func TestCommonest(t *testing.T) {
	t.Parallel()
	if len(commonest) < 200 {
		t.Errorf("%d common passwords", len(commonest))
	}
	for pw := range commonest {
		if len(pw) < minPassword || pw != strings.ToLower(pw) {
			t.Errorf("%q can never be met: too short or not in lower case", pw)
		}
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 1, 0, 0, 0, time.UTC)
	x := newThrottle(func() time.Time { return now })
	for range addressTries {
		if x.full("2001:db8::1") {
			t.Fatal("full too early")
		}
		x.failed("2001:db8::1")
	}
	for ip, want := range map[string]bool{"2001:db8::1": true, "2001:db8::ffff:2": true, "2001:db8:0:1::1": false, "192.0.2.1": false, "": false} {
		if x.full(ip) != want {
			t.Errorf("%q: %v", ip, !want)
		}
	}
	now = now.Add(addressWindow)
	if x.full("2001:db8::1") {
		t.Error("full for ever")
	}
	for i := range manyAddresses + 10 {
		x.failed(time.Duration(i).String())
	}
	if len(x.seen) > manyAddresses {
		t.Errorf("remembers %d addresses", len(x.seen))
	}
}

func FuzzOwnPath(f *testing.F) {
	for _, s := range []string{"/", "//x", "/\\x", "/a?b#c", "http://x", "/\x00", "/%2f/x", "/a:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if p := ownPath(s); p[0] != '/' || len(p) > 1 && (p[1] == '/' || p[1] == '\\') || strings.ContainsAny(p, "\r\n\t\\") {
			t.Errorf("%q leads to %q", s, p)
		}
	})
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	for cost, want := range map[hashCost]bool{today: false, {memory: 128, time: 1, threads: 1}: true, {memory: 64, time: 2, threads: 1}: true} {
		phc, err := cost.hash(context.Background(), "x")
		if err != nil || outdated(phc) != want {
			t.Errorf("%+v: %v %v", cost, !want, err)
		}
	}
}
