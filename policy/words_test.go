package policy

import (
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a refusal may name has words in all three languages.
func TestEveryRefusalHasWords(t *testing.T) {
	t.Parallel()
	s, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	shared, _ := filepath.Glob("../web/locale/*.psv")
	names, err := filepath.Glob("../web/locale/*/*.psv")
	names = append(names, shared...)
	if err != nil || len(names) == 0 {
		t.Fatalf("no words: %v", err)
	}
	for _, name := range names {
		for _, line := range strings.Split(read(t, name), "\n") {
			if cols := strings.Split(line, " | "); len(cols) == 4 && !strings.HasPrefix(line, "#") {
				known[cols[0]] = true
			}
		}
	}
	need := func(key, file string, at int) {
		if !known[key] {
			t.Errorf("%s line %d: no words for %s", file, at, key)
		}
	}
	for _, r := range s.roles {
		need("role."+r.Name, "roles.csv", 0)
	}
	for _, code := range []string{"role", "facts", "sign_in", "nobody", "unknown_act", "unknown_fact"} {
		need("fault.policy."+code, "explain.go", 0)
		need("fault.policy."+code+".remedy", "explain.go", 0)
	}
	for _, l := range s.lines {
		if l.Deny {
			need("fault.policy."+l.ID, l.File, l.At)
			need("fault.policy."+l.ID+".remedy", l.File, l.At)
		}
		a := &action{module: s.modules[l.module]}
		for _, f := range append(append([]string{}, l.Given...), l.Unless...) {
			need(a.key(f), l.File, l.At)
		}
	}
}
