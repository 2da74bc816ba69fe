package settings

import (
	"slices"
	"sync"
	"time"

	"gatehouse/server/setting"
)

// memory holds every change: opening any case asks for the values in force. A
// city has a few dozen in all its years.
type memory struct {
	sync.RWMutex
	known map[string]*Change // without their histories
	turns []*Change          // those that count, in the order in which they begin
}

// learn takes what was saved, unless something newer is known: two saves of one
// case may be told in the wrong order.
func (m *memory) learn(c *Change) {
	own := *c
	own.History, own.Outbox, own.Settings = nil, nil, nil
	m.Lock()
	defer m.Unlock()
	if m.known == nil {
		m.known = map[string]*Change{}
	}
	if old := m.known[c.ID]; old != nil && old.Revision >= c.Revision {
		return
	}
	m.known[c.ID] = &own
	m.turns = nil
	for _, x := range m.known {
		if x.counts() {
			m.turns = append(m.turns, x)
		}
	}
	slices.SortFunc(m.turns, inTurn)
}

// all gives the changes that count in the order in which they begin.
func (m *memory) all() []*Change {
	m.RLock()
	defer m.RUnlock()
	return slices.Clone(m.turns)
}

// pending gives the changes that nobody has decided or whose day has not come,
// in the order of their days.
func (m *memory) pending() []*Change {
	m.RLock()
	defer m.RUnlock()
	var out []*Change
	for _, c := range m.known {
		if c.State == proposed || c.State == confirmed {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *Change) int {
		if a.From != b.From {
			return a.From.Time(time.UTC).Compare(b.From.Time(time.UTC))
		}
		return a.OpenedAt.Compare(b.OpenedAt)
	})
	return out
}

// standing is the value of every setting at a moment and which change gave it.
func standing(turns []*Change, at time.Time) (setting.Values, map[string]*Change) {
	values, by := setting.Defaults(), map[string]*Change{}
	for _, c := range turns {
		if c.EffectiveAt.After(at) {
			break
		}
		for _, p := range c.pairs() {
			values[p.Key], by[p.Key] = p.Value, c
		}
	}
	return values, by
}

// Values gives what is in force at a moment, as an own copy.
func (m *Settings) Values(at time.Time) setting.Values {
	values, _ := standing(m.memory.all(), at)
	return values
}
