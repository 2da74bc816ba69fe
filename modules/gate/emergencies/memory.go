package emergencies

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// memory mirrors the emergencies, because every refusal and every start page
// asks for them. A city has a few a year.
type memory struct {
	sync.RWMutex
	known map[string]card
}

// card is what is asked about an emergency.
type card struct {
	id, no, event, department string
	communities               []string
	from, until               time.Time
	live                      bool
	revision                  int64
}

// learn takes what was saved, unless something newer is known: two saves of one
// case may be told in the wrong order.
func (m *memory) learn(e *Emergency) {
	m.Lock()
	defer m.Unlock()
	if m.known == nil {
		m.known = map[string]card{}
	}
	if m.known[e.ID].revision >= e.Revision {
		return
	}
	m.known[e.ID] = card{e.ID, e.No, e.Event, e.Department, slices.Clone(e.Communities), e.from(), e.until(), slices.Contains(live, e.State), e.Revision}
}

// inForce gives the emergencies in force that fit, in the order of their numbers.
func (m *memory) inForce(at time.Time, fits func(card) bool) []card {
	m.RLock()
	defer m.RUnlock()
	var out []card
	for _, c := range m.known {
		if c.live && !at.Before(c.from) && at.Before(c.until) && fits(c) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b card) int { return strings.Compare(a.no, b.no) })
	return out
}

// Covers tells whether an emergency of the department is in force in the
// community, and its number (R1).
func (m *Emergencies) Covers(community, department string, at time.Time) (no string, ok bool) {
	cs := m.memory.inForce(at, func(c card) bool { return c.department == department && slices.Contains(c.communities, community) })
	if len(cs) == 0 {
		return "", false
	}
	return cs[0].no, true
}

// Declared tells whether any emergency is in force in the community, or, for
// "", anywhere (R73).
func (m *Emergencies) Declared(community string, at time.Time) bool {
	return len(m.memory.inForce(at, func(c card) bool { return community == "" || slices.Contains(c.communities, community) })) > 0
}
