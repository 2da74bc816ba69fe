package portaltest

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// ring names the variable that says how far the tests go:
//
//	1  what everybody runs before a commit: go test ./... (where it is not set)
//	2  what CI runs: scripts/check
//	3  an hour of looking for what no test foresaw, before an issue is closed: scripts/check --long
const ring = "GATEHOUSE_RING"

// Ring is the ring of this run.
func Ring() int {
	switch s := os.Getenv(ring); s {
	case "", "1":
		return 1
	case "2":
		return 2
	case "3":
		return 3
	default:
		panic(fmt.Sprintf("%s=%q: the rings are 1, 2 and 3", ring, s))
	}
}

// FromRing skips a test that nearer rings do without.
func FromRing(t testing.TB, n int) {
	t.Helper()
	if Ring() < n {
		t.Skipf("runs from ring %d on: %s=%d go test -run '^%s$' …", n, ring, n, t.Name())
	}
}

// Sized is how much of something each ring takes.
func Sized[T any](one, two, three T) T {
	return [...]T{one, two, three}[Ring()-1]
}

// Walks says how many random walks through the whole portal a test program
// takes in the rings 1 and 2, as each may take a second under the race
// detector; in ring 3 they are rapid's usual hundred. It tells whether they are
// so many that among them each kind of case must have been met: of few, one in
// twenty runs misses one.
func Walks(t *testing.T, few string) (many bool) {
	t.Helper()
	if Ring() == 3 {
		return true
	}
	if err := flag.Set("rapid.checks", few); err != nil {
		t.Fatal(err)
	}
	return false
}
