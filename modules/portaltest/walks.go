package portaltest

import (
	"flag"
	"os"
	"testing"
)

// Walks says how many random walks through the whole portal a test program
// takes, as each may take a second under the race detector; with
// GATEHOUSE_LONG=1 they are rapid's usual hundred. It tells whether they are so
// many that among them each kind of case must have been met: of few, one in
// twenty runs misses one.
func Walks(t *testing.T, few string) (many bool) {
	t.Helper()
	if os.Getenv("GATEHOUSE_LONG") == "1" {
		return !testing.Short()
	}
	if err := flag.Set("rapid.checks", few); err != nil {
		t.Fatal(err)
	}
	return false
}
