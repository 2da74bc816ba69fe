package policy

import (
	"math/bits"
	"strings"
)

func number(bit uint64) int { return bits.TrailingZeros64(bit) }

// groupings reads which actions a word such as "public" stands for.
func (l *loader) groupings() error {
	return l.of("g2", func(r record) error {
		act, group := r.cols[1], r.cols[2]
		if !l.isAct(r, act) {
			return r.wrong("%s is not an action of this module", act)
		}
		if !isWord(group) || strings.HasPrefix(group, "any_") {
			return r.wrong("group %q is not a plain word", group)
		}
		if l.groups[group] == nil {
			l.groups[group] = map[string]bool{}
		}
		if l.groups[group][act] {
			return r.wrong("%s twice in %s", act, group)
		}
		l.groups[group][act] = true
		l.acts[act] = true
		return nil
	})
}

// isAct tells whether a word names an action of the file's own module.
func (l *loader) isAct(r record, word string) bool {
	m, verb, ok := strings.Cut(word, ".")
	return ok && m == r.module() && isWord(verb)
}

func (l *loader) policies() error {
	return l.of("p", func(r record) error {
		c := r.cols
		line := &Line{ID: c[1], Who: c[2], Does: c[3], Deny: c[6] == "deny", Basis: c[7], File: r.file, At: r.at, module: r.module()}
		if strings.Trim(line.ID, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return r.wrong("id %q has more than capitals and digits", line.ID)
		}
		if first, twice := l.ids[line.ID]; twice {
			return r.wrong("id %s is already in %s line %d", line.ID, first.file, first.at)
		}
		l.ids[line.ID] = r
		if line.role = l.set.bit[line.Who]; line.role == 0 {
			return r.wrong("unknown role %q", line.Who)
		}
		// Casbin would ignore a line with another word here, and so lose a prohibition.
		if c[6] != "allow" && c[6] != "deny" {
			return r.wrong("effect %q is neither allow nor deny", c[6])
		}
		if err := l.subject(r, line); err != nil {
			return err
		}
		return l.conditions(r, line)
	})
}

func (l *loader) subject(r record, line *Line) error {
	switch does := line.Does; {
	case strings.Contains(does, "."):
		if !l.isAct(r, does) {
			return r.wrong("%s is not an action of this module", does)
		}
		l.acts[does] = true
	case does == "*", does == "any_change", does == "any_private", l.groups[does] != nil:
	default:
		return r.wrong("unknown action %q", does)
	}
	return nil
}

func (l *loader) conditions(r record, line *Line) (err error) {
	m := l.set.modules[line.module]
	if line.Given, line.need, err = factList(r, m, r.cols[4], "+"); err != nil {
		return err
	}
	if line.Unless, line.not, err = factList(r, m, r.cols[5], "|"); err != nil {
		return err
	}
	if line.need&line.not != 0 {
		return r.wrong("%s is both given and unless", strings.Join(m.factNames(line.need&line.not), ", "))
	}
	l.set.lines = append(l.set.lines, line)
	return nil
}

// factList reads "a + b" or "a | b"; "-" is none.
func factList(r record, m *module, s, sep string) (names []string, mask uint64, err error) {
	if s == "-" {
		return nil, 0, nil
	}
	for _, w := range strings.Split(s, sep) {
		w = strings.TrimSpace(w)
		b := m.bit[w]
		if b == 0 {
			return nil, 0, r.wrong("unknown fact %q", w)
		}
		if mask&b != 0 {
			return nil, 0, r.wrong("fact %s twice", w)
		}
		names, mask = append(names, w), mask|b
	}
	return names, mask, nil
}
