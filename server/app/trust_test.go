package app_test

import (
	"encoding/csv"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// older compares versions by their three numbers; a pre-release of a version
// counts as the version.
func older(a, b string) bool {
	numbers := func(v string) (out []int) {
		v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "-")
		for part := range strings.SplitSeq(v, ".") {
			n, _ := strconv.Atoi(part)
			out = append(out, n)
		}
		return out
	}
	return slices.Compare(numbers(a), numbers(b)) < 0
}

// holes names the advisories that a choice of versions is open to, and the
// modules of the list that are not in use.
func holes(list [][]string, versions map[string]string) (open, unused []string) {
	for _, row := range list {
		switch v, ok := versions[row[0]]; {
		case !ok:
			unused = append(unused, row[0])
		case older(v, row[1]):
			open = append(open, row[0]+" "+v+": "+row[2]+", closed in "+row[1])
		}
	}
	return open, unused
}

// TestAdvisories: no library has a hole that is known here.
func TestAdvisories(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/advisories.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment, r.FieldsPerRecord = '#', 3
	list, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct{ Path, Version string }
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	versions := map[string]string{}
	for _, m := range mod.Require {
		versions[m.Path] = m.Version
	}
	open, unused := holes(list, versions)
	if len(open)+len(unused) > 0 {
		t.Errorf("open: %q, not in go.mod: %q", open, unused)
	}
	versions["golang.org/x/crypto"] = "v0.9.12"
	if open, _ := holes(list, versions); len(open) != 3 {
		t.Errorf("an old library passes: %q", open)
	}
}

var named = regexp.MustCompile("`(Test[A-Za-z0-9]+)`")

// TestThreatModel: each test that the threat model relies on is there.
func TestThreatModel(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../decisions/0018-threats.md")
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9]+)\(t \*testing\.T\)`)
	err = filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range function.FindAllSubmatch(b, -1) {
			there[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	found := named.FindAllStringSubmatch(string(text), -1)
	for _, m := range found {
		if !there[m[1]] {
			t.Errorf("the threat model relies on %s, which is not there", m[1])
		}
	}
	for row := range strings.Lines(string(text)) {
		if strings.HasPrefix(row, "| ") && !strings.HasPrefix(row, "| who") && !named.MatchString(row) {
			t.Errorf("nothing shows: %s", row)
		}
	}
	if len(found) < 25 {
		t.Errorf("the threat model names %d tests", len(found))
	}
}
