package catalogue

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// card is a published entry made ready to be matched.
type card struct {
	*Entry
	keywords []phrase
	clauses  []phrase // parts of the title long enough to stand alone
	titles   []phrase // whole titles in all scripts
	text     string   // everything, folded, for marker words
}

func newCard(e *Entry) *card {
	c := &card{Entry: e, text: fold(e.Title + " " + e.Keywords)}
	for _, w := range e.words() {
		if p := newPhrase(w); p.n > 1 {
			c.keywords = append(c.keywords, p)
		}
	}
	for _, t := range []string{e.Title, e.TitleHant, e.TitleEn} {
		if p := newPhrase(t); p.n > 0 && !slices.ContainsFunc(c.titles, func(q phrase) bool { return q.text == p.text }) {
			c.titles = append(c.titles, p)
		}
	}
	for _, part := range strings.FieldsFunc(fold(e.Title), func(r rune) bool { return strings.ContainsRune("、,。;", r) }) {
		if p := newPhrase(part); p.n >= 4 {
			c.clauses = append(c.clauses, p)
		}
	}
	return c
}

// index holds the published entries in memory. A city has some hundred.
type index struct {
	mu   sync.RWMutex
	byID map[string]*card
}

// put learns an entry; what it saw of it later stays.
func (x *index) put(e *Entry) {
	if !e.published() {
		return
	}
	own := *e
	own.History, own.Outbox = nil, nil
	x.mu.Lock()
	defer x.mu.Unlock()
	if old := x.byID[e.ID]; old != nil && old.Revision >= e.Revision {
		return
	}
	x.byID[e.ID] = newCard(&own)
}

func (x *index) get(id string) (*card, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	c, ok := x.byID[id]
	return c, ok
}

// where gives the entries for which f holds, in the order of the lists and codes.
func (x *index) where(f func(e *Entry) bool) []*card {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var out []*card
	for _, c := range x.byID {
		if f(c.Entry) {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *card) int { return inOrder(a.Entry, b.Entry) })
	return out
}

func (x *index) inForce(at time.Time) []*card {
	return x.where(func(e *Entry) bool { return e.inForce(at) })
}

func inOrder(a, b *Entry) int {
	if n := slices.Index(Lists, a.List) - slices.Index(Lists, b.List); n != 0 {
		return n
	}
	if n := strings.Compare(a.Code, b.Code); n != 0 {
		return n
	}
	return int(a.Version - b.Version)
}
