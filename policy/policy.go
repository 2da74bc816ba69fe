// Package policy is the gate: every act of the portal is decided here.
//
// Three kinds of knowledge meet in a decision. Rules are constant lines in the
// csv files beside this page, one file a module, made to be read by a clerk and
// interpreted by Casbin. Facts about people and admissions come from an Index in
// memory. Facts about one record come with the Question.
//
// Words: a line says that a role (who) may or may not do an action (does) when
// all given facts hold, unless one of the unless facts holds, on a basis. What
// no line allows is refused; a line that denies beats every line that allows.
// The index is advice, the record is law: an act that depends on an item being
// in force must still save against that item's revision.
package policy

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed model.conf *.csv city gate hotline money rating services street
var files embed.FS

// Set is the rules of all files, read once and never changed: one small Casbin
// enforcer for each action and the same lines as bit masks.
type Set struct {
	hash    string
	roles   []Role
	bit     map[string]uint64 // role -> its bit
	closure []uint64          // role number -> itself and the roles it includes
	modules map[string]*module
	lines   []*Line // in the order of files and lines
	names   []string
	acts    map[string]*action
	model   string
}

// Role is one word of the closed list of roles.
type Role struct {
	Name  string
	Level string // city, district, street, community, department or any
	About string
}

// Line is one rule.
type Line struct {
	ID     string
	Who    string
	Does   string
	Given  []string
	Unless []string
	Deny   bool
	Basis  string
	File   string
	At     int // line number in File

	module          string // "" for lines of roles.csv, which reach every module
	role, need, not uint64
}

// Default gives the rules that are built into the program.
var Default = sync.OnceValues(func() (*Set, error) {
	in := map[string]string{}
	names, err := embedded()
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		b, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("policy: read %s: %w", name, err)
		}
		base := path.Base(name)
		if in[base] != "" {
			return nil, fmt.Errorf("policy: %s: there are two files of this name", base)
		}
		in[base] = string(b)
	}
	return Load(in)
})

// embedded lists the files that are built in, those of the wings too.
func embedded() (names []string, err error) {
	for _, pattern := range []string{"model.conf", "*.csv", "*/*.csv"} {
		found, err := fs.Glob(files, pattern)
		if err != nil {
			return nil, fmt.Errorf("policy: list files: %w", err)
		}
		names = append(names, found...)
	}
	return names, nil
}

// Hash names these rules; it stands in every recorded decision.
func (s *Set) Hash() string { return s.hash }

// Actions lists every action that a line or a group names, in order.
func (s *Set) Actions() []string { return slices.Clone(s.names) }

// Roles lists the closed vocabulary of roles.
func (s *Set) Roles() []Role { return slices.Clone(s.roles) }

// Lines gives the lines that decide an action, denying lines first.
func (s *Set) Lines(act string) []Line {
	a := s.acts[act]
	if a == nil {
		return nil
	}
	out := make([]Line, len(a.lines))
	for i, l := range a.lines {
		out[i] = *l
		out[i].Given, out[i].Unless = slices.Clone(l.Given), slices.Clone(l.Unless)
	}
	return out
}

// Facts lists the closed vocabulary of facts that questions about an action may name.
func (s *Set) Facts(act string) []string {
	if a := s.acts[act]; a != nil {
		return slices.Clone(a.module.facts)
	}
	return nil
}

// close adds what everybody holds and what the held roles include.
func (s *Set) close(roles uint64) uint64 {
	out := roles
	for i, c := range s.closure {
		if roles&(1<<i) != 0 {
			out |= c
		}
	}
	return out
}

func (s *Set) roleNames(mask uint64) []string {
	var out []string
	for i, r := range s.roles {
		if mask&(1<<i) != 0 {
			out = append(out, r.Name)
		}
	}
	return out
}

func digest(in map[string]string) string {
	h := sha256.New()
	for _, name := range sorted(in) {
		fmt.Fprintf(h, "%s %d\n%s\n", name, len(in[name]), in[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:16]
}

func sorted[T any](m map[string]T) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// rules picks the R-numbers out of a basis: "R4 R6, money" gives "R4, R6".
func rules(basis string) string {
	var out []string
	for _, w := range strings.FieldsFunc(basis, func(r rune) bool { return strings.ContainsRune(" ,;:()/+", r) }) {
		if len(w) > 1 && w[0] == 'R' && strings.Trim(w[1:], "0123456789") == "" {
			out = append(out, w)
		}
	}
	return strings.Join(out, ", ")
}
