package dispatch

import (
	"slices"
	"sync"
	"time"
)

// memory mirrors the rules that are or were in force, because every order that
// is taken asks for them. A city has some hundreds, each a few versions long.
type memory struct {
	sync.RWMutex
	known map[string]*card
	slots map[string][]*card // the newest version first
	turns map[string]int64   // of each category: how often something has changed
}

// card is what is asked about a rule.
type card struct {
	id, no, category, slot, unit, reason string
	version, revision                    int64
	from                                 time.Time
	until                                *time.Time
}

func (c *card) holds(at time.Time) bool {
	return !at.Before(c.from) && (c.until == nil || at.Before(*c.until))
}

func cardOf(r *Rule) *card {
	c := &card{id: r.ID, no: r.No, category: r.Category, slot: r.slot(), unit: r.Unit, reason: r.Reason, version: r.Version, revision: r.Revision, until: r.EndedAt}
	if c.reason == "" {
		c.reason = r.Basis
	}
	if r.EnforcedAt != nil {
		c.from = *r.EnforcedAt
	}
	return c
}

// learn takes what was saved, unless something newer is known: two saves of one
// case may be told in the wrong order.
func (m *memory) learn(r *Rule) {
	if r.Version == 0 {
		return
	}
	m.Lock()
	defer m.Unlock()
	if m.known == nil {
		m.known, m.slots, m.turns = map[string]*card{}, map[string][]*card{}, map[string]int64{}
	}
	old, c := m.known[r.ID], cardOf(r)
	if old != nil && old.revision >= c.revision {
		return
	}
	if old == nil {
		m.turns[c.category]++
	}
	if c.until != nil && (old == nil || old.until == nil) {
		m.turns[c.category]++
	}
	m.known[r.ID] = c
	own := slices.DeleteFunc(slices.Clone(m.slots[c.slot]), func(x *card) bool { return x.id == c.id })
	own = append(own, c)
	slices.SortFunc(own, func(a, b *card) int { return int(b.version - a.version) })
	m.slots[c.slot] = own
}

// turn counts the changes of a category's rules, the same in every process.
func (m *memory) turn(category string) int64 {
	m.RLock()
	defer m.RUnlock()
	return m.turns[category]
}

// narrowest finds the rule for a chain of places, itself first; among is one
// more rule that is thought to be in force, nil for none.
func (m *memory) narrowest(category string, chain []string, at time.Time, among *card) *card {
	m.RLock()
	defer m.RUnlock()
	for _, p := range chain {
		slot := category + "/" + p
		if among != nil && among.slot == slot {
			return among
		}
		for _, c := range m.slots[slot] {
			if c.holds(at) {
				return c
			}
		}
	}
	return nil
}

// Suggestion is the unit that the rules name, by the number of the rule that says
// so, and its reason.
type Suggestion struct{ Unit, Rule, Reason string }

// Suggest gives the unit that handles a category in a community at a moment;
// false without a rule.
func (m *Dispatch) Suggest(category, community string, at time.Time) (Suggestion, bool) {
	c := m.memory.narrowest(category, m.Places.Chain(community), at, nil)
	if c == nil {
		return Suggestion{}, false
	}
	return Suggestion{c.unit, c.no, c.reason}, true
}
