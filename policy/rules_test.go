package policy

import (
	"flag"
	"math/bits"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write golden files")

// sets gives the made-up rules and the program's own.
func sets(t testing.TB) map[string]*Set {
	t.Helper()
	s, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*Set{"small": small(t), "default": s}
}

// holdings gives every role and every pair of roles, closed, as far as the
// action's lines can tell them apart.
func (s *Set) holdings(a *action) (out []uint64) {
	var told uint64
	for _, l := range a.lines {
		told |= l.role
	}
	seen := map[uint64]bool{}
	add := func(roles uint64) {
		if roles = s.close(roles) & told; !seen[roles] {
			seen[roles] = true
			out = append(out, roles)
		}
	}
	everyone, signedIn := s.bit["everyone"], s.bit["signed_in"]
	add(0)
	add(everyone)
	add(everyone | s.bit["system"])
	for i := range s.roles {
		for j := range s.roles {
			add(everyone | signedIn | 1<<i | 1<<j)
		}
	}
	return out
}

// mentioned gives all subsets of the facts that the action's lines speak of; of
// very many facts, the subsets of each line's own.
func (a *action) mentioned() (out []uint64) {
	var all uint64
	for _, l := range a.lines {
		all |= l.need | l.not
	}
	if bits.OnesCount64(all) <= 8 {
		return subsets(all)
	}
	for _, l := range a.lines {
		out = append(out, subsets(l.need|l.not)...)
	}
	return out
}

func subsets(m uint64) (out []uint64) {
	for x := uint64(0); ; x = (x - m) & m {
		out = append(out, x)
		if x == m {
			return out
		}
	}
}

func TestMasksAndCasbinAgree(t *testing.T) {
	t.Parallel()
	for name, s := range sets(t) {
		rows := 0
		for _, act := range s.names {
			a := s.acts[act]
			for _, roles := range s.holdings(a) {
				for _, facts := range a.mentioned() {
					rows++
					ok, line, err := a.interpret(roles, facts)
					also, match, _ := a.match(roles, facts)
					if err != nil || ok != also || line != match {
						t.Fatalf("%s: %s as %v with %v: casbin %v %v %v, masks %v %v", name, act,
							s.roleNames(roles), a.module.factNames(facts), ok, line, err, also, match)
					}
				}
			}
		}
		t.Logf("%s: %d actions, %d rows", name, len(s.names), rows)
	}
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, s := range sets(t) {
		file := map[string]string{"small": "testdata/orders.golden", "default": "testdata/decisions.golden"}[name]
		got := Golden(s)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if want := read(t, file); got != want {
			t.Errorf("%s: the decisions changed: read the difference, then run with -update\n%s", file, difference(want, got))
		}
	}
}

func difference(want, got string) string {
	had, has := map[string]bool{}, map[string]bool{}
	for _, l := range strings.Split(want, "\n") {
		had[l] = true
	}
	var out []string
	for _, l := range strings.Split(got, "\n") {
		if has[l] = true; !had[l] {
			out = append(out, "+ "+l)
		}
	}
	for _, l := range strings.Split(want, "\n") {
		if !has[l] {
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out, "\n")
}

// The golden text says what the masks decide, for every role and pair: it is
// checked against the masks by evaluating its terms.
func TestGoldenTermsDecideLikeTheLines(t *testing.T) {
	t.Parallel()
	for _, s := range sets(t) {
		for _, act := range s.names {
			a := s.acts[act]
			for _, roles := range s.holdings(a) {
				terms := blake(a.allowed(roles))
				for _, facts := range a.mentioned() {
					in := false
					for _, x := range terms {
						in = in || facts&x.need == x.need && facts&x.not == 0
					}
					if ok, _, _ := a.match(roles, facts); ok != in {
						t.Fatalf("%s as %v with %v: terms %v, lines %v", act, s.roleNames(roles), a.module.factNames(facts), in, ok)
					}
				}
			}
		}
	}
}

// Every small mistake in the rules changes the golden text. One that does not
// stands on a needless line.
func TestEveryMistakeShows(t *testing.T) {
	t.Parallel()
	for name, s := range sets(t) {
		if len(s.names) == 0 {
			continue
		}
		before := map[string]string{}
		for _, act := range s.names {
			before[act] = golden(s, s.acts[act])
		}
		n, dead := map[string]int{}, 0
		for m := range Mutants(s) {
			n[m.Kind]++
			shows := false
			for _, act := range m.Acts {
				if golden(m.Set, m.Set.acts[act]) != before[act] {
					shows = true
					break
				}
			}
			if !shows && !(name == "default" && m.Kind == "include") {
				dead++
				t.Errorf("%s: needless: %s %s %s", name, m.Kind, m.Line, m.What)
			}
		}
		t.Logf("FIGURES policy %s: %d lines, mistakes %v, not noticed %d", name, len(s.lines), n, dead)
		if n["delete"] != len(s.lines) {
			t.Errorf("%s: %d lines, %d deletions", name, len(s.lines), n["delete"])
		}
	}
}

func TestBlakeIsTheSameForEveryWriting(t *testing.T) {
	t.Parallel()
	a, b, c := uint64(1), uint64(2), uint64(4)
	for _, x := range []struct{ one, other []term }{
		{[]term{{a, 0}, {b, a}}, []term{{a, 0}, {b, 0}}},
		{[]term{{a, 0}, {0, a}}, []term{{0, 0}}},
		{[]term{{a | b, 0}, {c, a}}, []term{{c, a}, {b | c, 0}, {a | b, 0}}},
		{[]term{{a, b}, {a | b, 0}, {a | c, 0}}, []term{{a, 0}}},
	} {
		one, other := blake(x.one), blake(x.other)
		if len(one) != len(other) {
			t.Fatalf("%v and %v", one, other)
		}
		for i := range one {
			if one[i] != other[i] {
				t.Errorf("%v and %v", one, other)
			}
		}
	}
}
