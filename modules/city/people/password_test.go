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
		if ok, err := matches(ctx, phc, pw, false); err != nil || ok != want {
			t.Errorf("%q: %v, %v", pw, ok, err)
		}
	}
	for name, bad := range map[string]string{
		"empty": "", "other kind": strings.Replace(phc, "argon2id", "argon2i", 1), "other version": strings.Replace(phc, "v=19", "v=16", 1),
		"no passes": strings.Replace(phc, "t=2", "t=0", 1), "all memory": strings.Replace(phc, "m=19456", "m=99999999", 1),
		"no salt": "$argon2id$v=19$m=19456,t=2,p=1$$" + phc[strings.LastIndex(phc, "$")+1:], "no sum": phc[:strings.LastIndex(phc, "$")+1],
	} {
		if ok, err := matches(ctx, bad, "correct horse battery", false); err == nil || ok {
			t.Errorf("%s was read", name)
		}
	}
}

// A hash of another computer's making, from the argon2 reference tool: t=2, m=65536, p=1.
func TestHashOfOthers(t *testing.T) {
	t.Parallel()
	const phc = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if ok, err := matches(context.Background(), phc, "password", false); err != nil || !ok {
		t.Errorf("%v %v", ok, err)
	}
}

func TestFloodOfHashes(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if err := withSlot(context.Background(), false, func() {
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
