package withdrawal

import (
	"context"
	"sync"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

func (m *Withdrawals) facts(w *Withdrawal, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(w.State != "heard", "unheard"),
		lifecycle.When(w.officeDecides(s.Settings), "office_decides"),
		lifecycle.When(s.Did("propose"), "own_proposal"),
		lifecycle.When(len(w.left()) > 0, "entries_open"),
		lifecycle.When(forAll(w, s), "for_all"),
		lifecycle.When(w.Ban == nil || w.Ban.Lifted != "" || s.Now.After(w.Ban.Until), "no_ban"),
	}, nil
}

// forAll tells whether a line is to be settled in several communities at once.
func forAll(w *Withdrawal, s *lifecycle.Step) bool {
	in := lifecycle.In[tickForm](s)
	return in != nil && in.Community == "" && len(w.Communities) > 1
}

// waits: the exit list waits for the committees as well as for the office.
func (m *Withdrawals) waits(w *Withdrawal) []string {
	sc := lifecycle.Scope{Department: w.Department, Places: w.Communities}
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, sc) }
	switch w.State {
	case "proposed", "decided":
		return turn("office_staff")
	case "notified":
		return turn("dept_head")
	case "heard":
		if w.officeDecides(w.Settings) {
			return turn("office_head")
		}
		return turn("conference")
	case "exiting":
		if len(w.left()) == 0 {
			return turn("office_head")
		}
		sc.Places = w.left()
		return append(turn("office_staff"), m.Resource.Engine.Assignees("committee_head", sc)...)
	}
	return nil
}

// bans is the memory of all bans: every application asks it.
type bans struct {
	sync.RWMutex
	of map[string]held // id of the withdrawal
}

type held struct {
	revision int64
	ban      *Ban // nil: none
}

// learn takes what was saved into memory.
func (m *Withdrawals) learn(w *Withdrawal) {
	m.bans.Lock()
	defer m.bans.Unlock()
	// Two saves of one case may be told in the wrong order.
	if m.bans.of[w.ID].revision >= w.Revision {
		return
	}
	h := held{revision: w.Revision}
	if w.Ban != nil {
		b := *w.Ban
		h.ban = &b
	}
	m.bans.of[w.ID] = h
}

// Barred tells whether a withdrawal keeps the department from applying for work
// of any of these kinds (R50). It is answered from memory.
func (m *Withdrawals) Barred(ctx context.Context, department string, kinds []string, at time.Time) bool {
	m.bans.RLock()
	defer m.bans.RUnlock()
	for _, h := range m.bans.of {
		if h.ban != nil && h.ban.bars(department, kinds, at) {
			return true
		}
	}
	return false
}

const poll = 2 * time.Second

// Load reads all bans and then follows what other processes change until ctx ends.
func (m *Withdrawals) Load(ctx context.Context) error {
	cases := m.Resource.Engine.Cases()
	go cases.Follow(ctx, poll, m.learn)
	err := cases.Each(ctx, nil, func(w *Withdrawal) error { m.learn(w); return nil })
	return fault.Wrap(err, "read the withdrawals")
}
