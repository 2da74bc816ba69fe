package settings

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/web"
)

// plain gives the values as they are kept: people may write an option in words.
func plain(in *Proposal) {
	in.Value = option(in.Key, in.Value)
	for i, p := range in.Also {
		in.Also[i].Value = option(p.Key, p.Value)
	}
}

func option(key, value string) string {
	s, ok := find(key)
	value = strings.TrimSpace(value)
	if !ok || len(s.Options) == 0 {
		return value
	}
	parts := []string{value}
	if s.Unit == setting.Set {
		parts = strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(" ,，、;；　", r) })
	}
	for i, p := range parts {
		for _, o := range s.Options {
			for _, l := range web.Langs {
				if strings.EqualFold(p, l.T("setting."+key+"."+o)) {
					parts[i] = o
				}
			}
		}
	}
	return strings.Join(parts, " ")
}

func find(key string) (setting.Setting, bool) {
	all := setting.All()
	i := slices.IndexFunc(all, func(s setting.Setting) bool { return s.Key == key })
	if i < 0 {
		return setting.Setting{}, false
	}
	return all[i], true
}

// check finds what the tags of Proposal cannot say, against all that is
// confirmed already.
func (m *Settings) check(in *Proposal, now time.Time) error {
	bad := fault.New(fault.Invalid, "invalid")
	if in.From < schema.DateOf(now, calendar.City) {
		bad.Wrong("effective_from", "change.past")
	}
	for i, p := range in.pairs() {
		if err := setting.Check(p.Key, p.Value); err != nil {
			f := fault.As(err).Fields[0]
			bad.Fields = append(bad.Fields, fault.Field{Name: fieldOf(i), Code: f.Code, Args: f.Args})
		}
		if slices.ContainsFunc(in.pairs()[:i], func(q Pair) bool { return q.Key == p.Key }) {
			bad.Wrong(strings.Replace(fieldOf(i), "value", "key", 1), "change.twice")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	next := &Change{Proposal: *in}
	at := next.begins(now)
	next.EffectiveAt = &at
	if !m.moves(next) {
		return fault.InvalidField("value", "change.same")
	}
	return m.together(next)
}

// moves tells whether the change would make a difference on its first day.
func (m *Settings) moves(c *Change) bool {
	values := m.Values(*c.EffectiveAt)
	return slices.ContainsFunc(c.pairs(), func(p Pair) bool { return values[p.Key] != p.Value })
}

// together checks that all values fit each other whenever one changes, from
// the first day of the change on.
func (m *Settings) together(c *Change) error {
	c.Turn = m.turn()
	turns := append(m.memory.all(), c)
	slices.SortFunc(turns, inTurn)
	for _, x := range turns {
		if inTurn(x, c) < 0 {
			continue
		}
		values, _ := standing(turns, *x.EffectiveAt)
		if err := values.Check(); err != nil {
			return named(c.Proposal, err)
		}
	}
	return nil
}

// turn is the number of the next change to be confirmed.
func (m *Settings) turn() int64 {
	n := int64(0)
	m.memory.RLock()
	defer m.memory.RUnlock()
	for _, c := range m.memory.known {
		n = max(n, c.Turn)
	}
	return n + 1
}

// named puts what does not fit at the fields of the form in which it was typed.
func named(in Proposal, err error) error {
	bad := fault.New(fault.Invalid, "invalid")
	for _, f := range fault.As(err).Fields {
		i := max(0, slices.IndexFunc(in.pairs(), func(p Pair) bool { return p.Key == f.Name }))
		bad.Fields = append(bad.Fields, fault.Field{Name: fieldOf(i), Code: f.Code, Args: f.Args})
	}
	return bad
}

// fieldOf is the field of the i-th value of a proposal.
func fieldOf(i int) string {
	if i == 0 {
		return "value"
	}
	return "also." + strconv.Itoa(i-1) + ".value"
}
