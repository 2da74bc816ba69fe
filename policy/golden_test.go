package policy

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
)

// Golden writes down every decision in its shortest form: for each action, who
// may do it under which conditions. It is made from what the lines decide
// together, not from the lines, so two sets of rules that decide alike give the
// same text. Roles that may no more than anybody signed in are left out; so are
// pairs of roles that may what one of the two may.
func Golden(s *Set) string {
	var b strings.Builder
	for _, name := range s.names {
		b.WriteString(golden(s, s.acts[name]))
	}
	return b.String()
}

func golden(s *Set, a *action) string {
	everyone, signedIn, system := s.bit["everyone"], s.bit["signed_in"], s.bit["system"]
	public := s.terms(a, everyone)
	member := s.terms(a, everyone|signedIn)
	t := &table{bySaying: map[string][]string{}}
	if public != "never" {
		t.add("everyone", public)
	}
	if member != public {
		t.add("signed_in", member)
	}
	if c := s.terms(a, everyone|system); c != public {
		t.add("system", c)
	}
	for i, r := range s.roles {
		bit := uint64(1) << i
		if bit&(everyone|signedIn|system) != 0 {
			continue
		}
		if c := s.terms(a, s.close(bit|everyone|signedIn)); c != member {
			t.add(r.Name, c)
		}
	}
	s.pairs(a, t)
	return a.name + "\n" + t.String()
}

// pairs adds what two roles together may neither more nor less than alone. Only
// a denying line that names a role can bring that about.
func (s *Set) pairs(a *action, t *table) {
	always := s.close(s.bit["everyone"] | s.bit["signed_in"])
	for _, l := range a.lines {
		if !l.Deny || l.role&(always|s.bit["system"]) != 0 {
			continue
		}
		for i, r := range s.roles {
			bit := uint64(1) << i
			if bit&(always|s.bit["system"]) != 0 || s.close(bit)&l.role != 0 {
				continue
			}
			both := blake(a.allowed(s.close(bit | l.role | always)))
			one := blake(append(a.allowed(s.close(l.role|always)), a.allowed(s.close(bit|always))...))
			if !slices.Equal(both, one) {
				t.add(r.Name+" with "+l.Who, a.say(both))
			}
		}
	}
}

// table collects who may, under the words of the condition.
type table struct {
	order    []string
	bySaying map[string][]string
}

func (t *table) add(who, saying string) {
	if t.bySaying[saying] == nil {
		t.order = append(t.order, saying)
	}
	if !slices.Contains(t.bySaying[saying], who) {
		t.bySaying[saying] = append(t.bySaying[saying], who)
	}
}

func (t *table) String() string {
	var b strings.Builder
	for _, saying := range t.order {
		fmt.Fprintf(&b, "    %s: %s\n", strings.Join(t.bySaying[saying], ", "), saying)
	}
	return b.String()
}

// term is a conjunction of facts: all of need, none of not.
type term struct{ need, not uint64 }

func (s *Set) terms(a *action, roles uint64) string { return a.say(blake(a.allowed(roles))) }

// allowed gives the terms under which these roles may, some of them needless.
func (a *action) allowed(roles uint64) (out []term) {
	for _, l := range a.lines {
		if !l.Deny && roles&l.role != 0 {
			out = append(out, term{l.need, l.not})
		}
	}
	for _, l := range a.lines {
		if l.Deny && roles&l.role != 0 {
			out = without(out, term{l.need, l.not})
		}
	}
	return out
}

// without takes a denied term out of terms: what is left lacks one of its facts
// or has one of those that lift it.
func without(in []term, d term) (out []term) {
	for _, t := range in {
		if t.need&d.not != 0 || t.not&d.need != 0 {
			out = append(out, t)
			continue
		}
		for m := d.need &^ t.need; m != 0; m &= m - 1 {
			out = append(out, term{t.need, t.not | m&-m})
		}
		for m := d.not &^ t.not; m != 0; m &= m - 1 {
			out = append(out, term{t.need | m&-m, t.not})
		}
	}
	return absorb(out)
}

// blake gives all prime implicants in order, by iterated consensus: the same
// for every way of writing the same condition.
func blake(in []term) []term {
	in = absorb(in)
	for {
		var more []term
		for i, p := range in {
			for _, q := range in[:i] {
				if c, ok := consensus(p, q); ok && !slices.ContainsFunc(in, c.within) {
					more = append(more, c)
				}
			}
		}
		if len(more) == 0 {
			return in
		}
		in = absorb(append(in, more...))
	}
}

// consensus joins two terms that disagree about exactly one fact.
func consensus(p, q term) (term, bool) {
	clash := p.need&q.not | p.not&q.need
	if bits.OnesCount64(clash) != 1 {
		return term{}, false
	}
	return term{(p.need | q.need) &^ clash, (p.not | q.not) &^ clash}, true
}

// within tells whether t says no less than the wider term, so that it is needless beside it.
func (t term) within(wider term) bool {
	return t.need&wider.need == wider.need && t.not&wider.not == wider.not
}

func absorb(in []term) (out []term) {
	slices.SortFunc(in, func(p, q term) int {
		if d := p.size() - q.size(); d != 0 {
			return d
		}
		if p.need != q.need {
			return compare(p.need, q.need)
		}
		return compare(p.not, q.not)
	})
	for _, t := range in {
		if !slices.ContainsFunc(out, t.within) {
			out = append(out, t)
		}
	}
	return out
}

func (t term) size() int { return bits.OnesCount64(t.need) + bits.OnesCount64(t.not) }

func compare(a, b uint64) int {
	if a < b {
		return -1
	}
	return 1
}

// say words the terms: "never", "always", or "a & not b  or  c".
func (a *action) say(terms []term) string {
	if len(terms) == 0 {
		return "never"
	}
	var out []string
	for _, t := range terms {
		words := a.module.factNames(t.need)
		for _, f := range a.module.factNames(t.not) {
			words = append(words, "not "+f)
		}
		if len(words) == 0 {
			return "always"
		}
		out = append(out, strings.Join(words, " & "))
	}
	return strings.Join(out, "  or  ")
}
