package policy

import (
	"fmt"
	"slices"
	"strings"
)

// Facts that every module has. The first two the gate finds out itself; the
// shelf of a case comes with every question about one.
const (
	standingIn uint64 = 1 << iota
	suspended
	draft
	filed
	public
)

var builtIn = []string{"standing_in", "suspended", "draft", "filed", "public"}

var maxFacts = 64 - len(builtIn) // of one module: with the built-in ones they fit a word

var levels = []string{"city", "district", "street", "community", "department", "any"}

// module is the closed vocabulary of one file.
type module struct {
	name    string
	facts   []string // bit number -> fact, built-in ones first
	bit     map[string]uint64
	columns map[string]string // fact -> extracted field, "" for none
}

func newModule(name string) *module {
	m := &module{name: name, bit: map[string]uint64{}, columns: map[string]string{}}
	for _, f := range builtIn {
		m.add(f, "")
	}
	return m
}

func (m *module) add(fact, column string) {
	m.bit[fact] = 1 << len(m.facts)
	m.facts = append(m.facts, fact)
	m.columns[fact] = column
}

func (m *module) factNames(mask uint64) []string {
	var out []string
	for i, f := range m.facts {
		if mask&(1<<i) != 0 {
			out = append(out, f)
		}
	}
	return out
}

// record is one line of a file, cut into columns.
type record struct {
	file string
	at   int
	cols []string
}

func (r record) wrong(format string, args ...any) error {
	return fmt.Errorf("policy: %s line %d: %s", r.file, r.at, fmt.Sprintf(format, args...))
}

func (r record) module() string {
	if r.file == "roles.csv" {
		return ""
	}
	return strings.TrimSuffix(r.file, ".csv")
}

// loader reads the files in passes, so that the order of lines does not matter.
type loader struct {
	set     *Set
	records []record
	groups  map[string]map[string]bool // group -> actions
	acts    map[string]bool
	ids     map[string]record
}

// Load reads roles.csv and one <module>.csv for each module. A module's file holds
//
//	fact, <fact>, <extracted field or ->
//	g2, <module.act>, <group>
//	p, <ID>, <role>, <module.act or group>, <given + given>, <unless | unless>, allow or deny, <basis>
//
// Columns have no commas, "-" is none, and a remark has a line of its own. Groups
// reach the file's own actions only; "public" is what everybody may read and
// "personal" is one's own account. Whatever is not
// exactly right stops it with file and line: a word misread here would open a door.
func Load(in map[string]string) (*Set, error) {
	text := in["model.conf"]
	if text == "" {
		b, err := files.ReadFile("model.conf")
		if err != nil {
			return nil, fmt.Errorf("policy: read model.conf: %w", err)
		}
		text = string(b)
	}
	l := &loader{
		set:    &Set{hash: digest(in), bit: map[string]uint64{}, modules: map[string]*module{}, acts: map[string]*action{}, model: text},
		groups: map[string]map[string]bool{"public": {}, "personal": {}}, acts: map[string]bool{}, ids: map[string]record{},
	}
	if _, ok := in["roles.csv"]; !ok {
		return nil, fmt.Errorf("policy: roles.csv: not there")
	}
	steps := []func() error{func() error { return l.split(in) }, l.words, l.includes, l.groupings, l.policies, l.cut}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return l.set, nil
}

var columns = map[string]int{"role": 4, "g": 3, "g2": 3, "fact": 3, "p": 8}

func (l *loader) split(in map[string]string) error {
	for _, file := range sorted(in) {
		if file == "model.conf" {
			continue
		}
		if !strings.HasSuffix(file, ".csv") || !isWord(strings.TrimSuffix(file, ".csv")) {
			return fmt.Errorf("policy: %s: not named after a module", file)
		}
		n := len(l.records)
		for i, s := range strings.Split(in[file], "\n") {
			s = strings.TrimSpace(s)
			if s == "" || s[0] == '#' {
				continue
			}
			if err := l.record(record{file, i + 1, strings.Split(s, ",")}); err != nil {
				return err
			}
		}
		if len(l.records) == n {
			return fmt.Errorf("policy: %s: empty", file)
		}
	}
	return nil
}

func (l *loader) record(r record) error {
	for i, c := range r.cols {
		r.cols[i] = strings.TrimSpace(c)
		if r.cols[i] == "" {
			return r.wrong("column %d is empty", i+1)
		}
	}
	kind := r.cols[0]
	want, ok := columns[kind]
	switch {
	case !ok:
		return r.wrong("unknown kind %q", kind)
	case len(r.cols) != want:
		return r.wrong("%d columns, want %d", len(r.cols), want)
	case (kind == "role" || kind == "g") != (r.module() == "") && (kind == "role" || kind == "g" || kind == "fact"):
		return r.wrong("%s does not belong in this file", kind)
	case strings.Contains(r.cols[want-1], "#"):
		return r.wrong("a comment needs a line of its own")
	}
	l.records = append(l.records, r)
	return nil
}

func (l *loader) of(kind string, f func(r record) error) error {
	for _, r := range l.records {
		if r.cols[0] == kind {
			if err := f(r); err != nil {
				return err
			}
		}
	}
	return nil
}

// words reads the closed vocabularies: roles and each module's facts.
func (l *loader) words() error {
	s := l.set
	s.modules[""] = newModule("")
	for _, r := range l.records {
		if m := r.module(); s.modules[m] == nil {
			s.modules[m] = newModule(m)
		}
	}
	err := l.of("role", func(r record) error {
		name, level := r.cols[1], r.cols[2]
		switch {
		case !isWord(name):
			return r.wrong("role %q is not a plain word", name)
		case s.bit[name] != 0:
			return r.wrong("role %s twice", name)
		case len(s.roles) == 64:
			return r.wrong("more than 64 roles")
		case !slices.Contains(levels, level):
			return r.wrong("unknown level %q", level)
		}
		s.bit[name] = 1 << len(s.roles)
		s.roles = append(s.roles, Role{name, level, r.cols[3]})
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range []string{"everyone", "signed_in", "system"} {
		if s.bit[name] == 0 {
			return fmt.Errorf("policy: roles.csv: role %s is not there", name)
		}
	}
	return l.of("fact", l.fact)
}

func (l *loader) fact(r record) error {
	m, name, column := l.set.modules[r.module()], r.cols[1], r.cols[2]
	switch {
	case !isWord(name):
		return r.wrong("fact %q is not a plain word", name)
	case m.bit[name] > suspended && m.bit[name] <= public && m.columns[name] == "":
		// A module may say again which field holds the shelf.
	case m.bit[name] != 0:
		return r.wrong("fact %s twice", name)
	case len(m.facts) == 64:
		return r.wrong("more than %d facts", maxFacts)
	}
	if column == "-" {
		column = ""
	}
	if m.bit[name] == 0 {
		m.add(name, column)
	}
	m.columns[name] = column
	return nil
}

// includes computes which roles a role includes, however deep; loops are refused.
func (l *loader) includes() error {
	s := l.set
	edges := make([]uint64, len(s.roles))
	err := l.of("g", func(r record) error {
		from, to := s.bit[r.cols[1]], s.bit[r.cols[2]]
		if from == 0 || to == 0 {
			return r.wrong("unknown role in %q includes %q", r.cols[1], r.cols[2])
		}
		edges[number(from)] |= to
		if reaches(edges, to, from) {
			return r.wrong("%s and %s include each other", r.cols[1], r.cols[2])
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.closure = make([]uint64, len(edges))
	for i := range edges {
		s.closure[i] = spread(edges, 1<<i)
	}
	return nil
}

func spread(edges []uint64, from uint64) uint64 {
	for {
		next := from
		for i, e := range edges {
			if from&(1<<i) != 0 {
				next |= e
			}
		}
		if next == from {
			return from
		}
		from = next
	}
}

func reaches(edges []uint64, from, to uint64) bool { return spread(edges, from)&to != 0 }

func isWord(s string) bool {
	return s != "" && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
