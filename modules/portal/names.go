package portal

import (
	"sync"

	"gatehouse/web"
)

// Names knows what things are called, in memory, so that a page of fifty rows
// asks the store for none of them.
type Names struct {
	mu    sync.RWMutex
	names map[string]Name // "place:hehua", "department:civil", "person:…"
}

// Name is a name in the three scripts; people have one.
type Name struct {
	Hans, Hant, En string
	Href           string
}

// NewNames makes an empty register.
func NewNames() *Names { return &Names{names: map[string]Name{}} }

// Put sets the name of something: kind is place, department or person.
func (n *Names) Put(kind, id string, name Name) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.names[kind+":"+id] = name
}

// Place gives the name of a community, street, district or city.
func (n *Names) Place(l web.Lang, id string) string { return n.get(l, "place", id) }

// Department gives the name of a department.
func (n *Names) Department(l web.Lang, id string) string { return n.get(l, "department", id) }

// Person gives the name of a person; the portal itself has one too.
func (n *Names) Person(l web.Lang, id string) string {
	if id == "system" {
		return l.T("person.system")
	}
	return n.get(l, "person", id)
}

func (n *Names) get(l web.Lang, kind, id string) string {
	n.mu.RLock()
	defer n.mu.RUnlock()
	m, ok := n.names[kind+":"+id]
	if !ok {
		return id
	}
	switch {
	case l == web.English && m.En != "":
		return m.En
	case l == web.Traditional && m.Hant != "":
		return m.Hant
	}
	return m.Hans
}

// Known tells whether there is such a thing.
func (n *Names) Known(kind, id string) bool {
	n.mu.RLock()
	defer n.mu.RUnlock()
	_, ok := n.names[kind+":"+id]
	return ok
}
