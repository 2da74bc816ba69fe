package housetest

import (
	"flag"
	"os"
	"testing"

	"pgregory.net/rapid"
)

// Walks checks a property on random walks through the whole house: a few, as
// each takes a second under the race detector, or rapid's usual hundred with
// GATEHOUSE_LONG=1. It holds for the whole test program.
func Walks(t *testing.T, few string, walk func(*rapid.T)) {
	t.Helper()
	if os.Getenv("GATEHOUSE_LONG") != "1" {
		if err := flag.Set("rapid.checks", few); err != nil {
			t.Fatal(err)
		}
	}
	rapid.Check(t, walk)
}
