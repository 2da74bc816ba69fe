package housetest

import (
	"flag"
	"os"
	"testing"
)

// Walks says how many random walks through the whole house a test program
// takes, as each may take a second under the race detector; with
// GATEHOUSE_LONG=1 they are rapid's usual hundred.
func Walks(t *testing.T, few string) {
	t.Helper()
	if os.Getenv("GATEHOUSE_LONG") == "1" {
		return
	}
	if err := flag.Set("rapid.checks", few); err != nil {
		t.Fatal(err)
	}
}
