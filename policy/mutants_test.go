package policy

import (
	"iter"
	"maps"
	"slices"
)

// Mutant is a set of rules with one mistake in it. A test that watches the rules
// must notice every one; a mistake that no table notices is a needless line.
type Mutant struct {
	Kind string // delete, flip, everyone, given, unless, include
	Line string // id of the line, or "role includes role"
	What string // the dropped fact
	Set  *Set
	Acts []string // actions whose decisions may differ
}

// Mutants makes every small mistake that a hand may make in the files, one at a time.
func Mutants(s *Set) iter.Seq[Mutant] {
	return func(yield func(Mutant) bool) {
		for _, l := range s.lines {
			for _, m := range s.mistakes(l) {
				if m.Set, m.Acts = s.with(l, m.line); !yield(m.Mutant) {
					return
				}
			}
		}
		for i, c := range s.closure {
			for m := c &^ (1 << i); m != 0; m &= m - 1 {
				without := *s
				without.closure = slices.Clone(s.closure)
				without.closure[i] &^= m & -m
				id := s.roles[i].Name + " includes " + s.roles[number(m)].Name
				if !yield(Mutant{Kind: "include", Line: id, Set: &without, Acts: s.names}) {
					return
				}
			}
		}
	}
}

type mistake struct {
	Mutant
	line *Line // nil when it is deleted
}

func (s *Set) mistakes(l *Line) (out []mistake) {
	add := func(kind, what string, change func(n *Line)) {
		n := *l
		change(&n)
		out = append(out, mistake{Mutant{Kind: kind, Line: l.ID, What: what}, &n})
	}
	out = append(out, mistake{Mutant{Kind: "delete", Line: l.ID}, nil})
	add("flip", "", func(n *Line) { n.Deny = !n.Deny })
	if l.Who != "everyone" {
		add("everyone", "", func(n *Line) { n.Who, n.role = "everyone", s.bit["everyone"] })
	}
	bit := s.modules[l.module].bit
	for i, f := range l.Given {
		add("given", f, func(n *Line) { n.Given, n.need = cutOut(l.Given, i), l.need&^bit[f] })
	}
	for i, f := range l.Unless {
		add("unless", f, func(n *Line) { n.Unless, n.not = cutOut(l.Unless, i), l.not&^bit[f] })
	}
	return out
}

func cutOut(words []string, i int) []string { return slices.Delete(slices.Clone(words), i, i+1) }

// with gives the rules with one line replaced; actions it does not reach are shared.
func (s *Set) with(old, replaced *Line) (*Set, []string) {
	n := *s
	i := slices.Index(s.lines, old)
	if n.lines = slices.Clone(s.lines); replaced == nil {
		n.lines = slices.Delete(n.lines, i, i+1)
	} else {
		n.lines[i] = replaced
	}
	n.acts = maps.Clone(s.acts)
	var reached []string
	for name, a := range s.acts {
		if !a.reached(old) {
			continue
		}
		c := *a
		if err := n.arm(&c); err != nil {
			panic(err) // the same model and words were read before
		}
		n.acts[name] = &c
		reached = append(reached, name)
	}
	slices.Sort(reached)
	return &n, reached
}
