// Command tally reads what go test -json writes, shows the packages as they
// end, everything of a test that failed and why others were skipped, and ends
// with the ten tests that took longest and one line of numbers. It fails when a test or a package failed, and when
// there was nothing to count.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64 // seconds of a test that has ended, without those it waited for its turn
}

// tally is what has been seen so far.
type tally struct {
	passed, failed, skipped int
	words                   map[string][]string // of a test or a package, until it ends
	broken                  map[string]bool     // packages with a failed test
	took                    []event             // whole tests, as they ended
	out                     io.Writer
}

func start(out io.Writer) *tally {
	return &tally{words: map[string][]string{}, broken: map[string]bool{}, out: out}
}

func main() {
	t := start(os.Stdout)
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		t.line(in.Bytes())
	}
	t.slowest(10)
	fmt.Printf("%d passed, %d failed, %d skipped\n", t.passed, t.failed, t.skipped)
	if in.Err() != nil || t.failed > 0 || t.passed == 0 {
		os.Exit(1)
	}
}

func (t *tally) line(raw []byte) {
	var e event
	if json.Unmarshal(raw, &e) != nil {
		fmt.Fprintf(t.out, "%s\n", raw)
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "build-output":
		fmt.Fprint(t.out, e.Output)
	case "output":
		t.words[key] = append(t.words[key], e.Output)
	case "pass", "fail", "skip":
		t.end(e, t.words[key])
		delete(t.words, key)
	}
}

// end counts a test that has ended and shows what is worth reading of it.
func (t *tally) end(e event, words []string) {
	if e.Test == "" {
		t.ended(e, words)
		return
	}
	if !strings.Contains(e.Test, "/") {
		t.took = append(t.took, e)
	}
	switch e.Action {
	case "pass":
		t.passed++
		return
	case "fail":
		t.failed++
		t.broken[e.Package] = true
	case "skip":
		t.skipped++
	}
	for _, w := range words {
		if !strings.HasPrefix(w, "=== ") {
			fmt.Fprint(t.out, w)
		}
	}
}

// slowest shows the n tests that took longest.
func (t *tally) slowest(n int) {
	slices.SortStableFunc(t.took, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	for _, e := range t.took[:min(n, len(t.took))] {
		fmt.Fprintf(t.out, "%7.1f s  %s in %s\n", e.Elapsed, e.Test, e.Package)
	}
}

// ended shows how a package ended; what broke outside any
// test, such as the build, counts as one failure.
func (t *tally) ended(e event, words []string) {
	if e.Action == "fail" && !t.broken[e.Package] {
		t.failed++
	}
	for _, w := range words {
		ends := strings.HasPrefix(w, "ok ") || strings.HasPrefix(w, "FAIL") || strings.HasPrefix(w, "ok\t")
		if ends || e.Action == "fail" && w != "PASS\n" {
			fmt.Fprint(t.out, w)
		}
	}
}
