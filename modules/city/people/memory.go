package people

import (
	"slices"
	"strings"
	"sync"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/policy"
)

// memory mirrors the stored users. Entries are replaced, never changed.
type memory struct {
	sync.RWMutex
	users  map[string]*User
	logins map[string]string          // login -> id
	grants map[string]map[string]bool // who may stand in -> for whom
}

func newMemory() *memory {
	return &memory{users: map[string]*User{}, logins: map[string]string{}, grants: map[string]map[string]bool{}}
}

func (m *memory) user(id string) (*User, bool) {
	m.RLock()
	defer m.RUnlock()
	u, ok := m.users[id]
	return u, ok
}

func (m *memory) byLogin(login string) (string, bool) {
	m.RLock()
	defer m.RUnlock()
	id, ok := m.logins[strings.ToLower(login)]
	return id, ok
}

func (m *memory) empty() bool {
	m.RLock()
	defer m.RUnlock()
	return len(m.users) == 0
}

// active gives everybody at work, by name.
func (m *memory) active() []*User {
	m.RLock()
	defer m.RUnlock()
	var out []*User
	for _, u := range m.users {
		if u.State == Active {
			out = append(out, u)
		}
	}
	slices.SortFunc(out, func(a, b *User) int { return strings.Compare(a.Name+a.ID, b.Name+b.ID) })
	return out
}

// held tells whether somebody at work holds the role anywhere.
func (m *memory) held(role string, now time.Time) bool {
	return slices.ContainsFunc(m.active(), func(u *User) bool {
		return slices.ContainsFunc(u.Appointments, func(a Appointment) bool { return a.Role == role && a.holds(now) })
	})
}

// othersRun tells whether there is an administrator besides this one.
func (m *memory) othersRun(id string, now time.Time) bool {
	m.RLock()
	defer m.RUnlock()
	for _, u := range m.users {
		if u.ID != id && u.runs(now, 0) {
			return true
		}
	}
	return false
}

// learn takes what was saved into memory and into the gate's index: the person,
// and everybody whom the person lets or no longer lets stand in.
func (p *People) learn(u *User) {
	m := p.mem
	m.Lock()
	defer m.Unlock()
	old := m.users[u.ID]
	if old != nil && old.Revision >= u.Revision { // two saves may be told in the wrong order
		return
	}
	c := *u
	c.History, c.Outbox = nil, nil
	if old != nil && old.Login != c.Login {
		delete(m.logins, old.Login)
	}
	m.users[c.ID], m.logins[c.Login] = &c, c.ID
	touched := map[string]bool{c.ID: true}
	for _, d := range c.Delegations {
		if m.grants[d.To] == nil {
			m.grants[d.To] = map[string]bool{}
		}
		m.grants[d.To][c.ID], touched[d.To] = true, true
	}
	for id := range touched {
		if x := m.users[id]; x != nil {
			p.Index.PutPerson(m.person(x))
		}
	}
	p.Names.Put("person", c.ID, portal.Name{Hans: c.Name, Href: "/users/" + c.ID})
}

// person gives what the gate is to know of a user; the lock is held.
func (m *memory) person(u *User) policy.Person {
	out := policy.Person{ID: u.ID, Suspended: u.State != Active}
	for _, a := range u.Appointments {
		out.Appointments = append(out.Appointments, a.policy())
	}
	for from := range m.grants[u.ID] {
		for _, d := range m.users[from].Delegations {
			if d.To == u.ID {
				begin, end := span(d.From, d.Until, d.Ended)
				out.StandIns = append(out.StandIns, policy.StandIn{For: from, Roles: d.Roles, From: begin, Until: end})
			}
		}
	}
	return out
}

// grant is somebody one may stand in for now.
type grant struct {
	id    string
	roles []string
	d     Delegation
}

// mayStandFor lists for whom a person may act now.
func (m *memory) mayStandFor(id string, now time.Time) []grant {
	m.RLock()
	defer m.RUnlock()
	var out []grant
	for from := range m.grants[id] {
		u := m.users[from]
		for _, d := range u.Delegations {
			if d.To == id && u.State == Active && d.holds(now) {
				out = append(out, grant{from, d.Roles, d})
			}
		}
	}
	slices.SortFunc(out, func(a, b grant) int { return strings.Compare(a.id, b.id) })
	return out
}
