package gazetteer

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Found is a landmark as it is offered to whoever looks for one.
type Found struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Community string `json:"community"`
	Place     string `json:"place"`
	Lat       int64  `json:"lat,omitempty"`  // micro-degrees
	Long      int64  `json:"long,omitempty"` // micro-degrees
	Placed    bool   `json:"placed"`
}

// The bounds of a search: of a query, so many letters count; so many landmarks
// are looked at, however common its letters; so many are given.
const (
	longestQuery = 20
	mostLooked   = 1500
	mostFound    = 20
	longestGram  = 3
)

// How well a text answers, the best first.
const (
	same = iota
	begins
	sameInitials
	holds
	beginsInitials
	sounds
	none
)

// card is a landmark made ready to be found.
type card struct {
	Found
	revision int64
	names    []string // folded: its name first
	short    []string // initials of all names
	long     []string // all names in pinyin
}

func newCard(m *Landmark) *card {
	c := &card{Found: Found{ID: m.ID, Name: m.Name, Community: m.Community, Place: m.Place, Lat: m.Lat, Long: m.Long, Placed: m.Placed}, revision: m.Revision}
	for _, n := range append([]string{m.Name}, m.others()...) {
		n = fold(n)
		c.names = append(c.names, n)
		c.short = append(c.short, initials(n)...)
		c.long = append(c.long, spelt(n))
	}
	return c
}

// index holds the landmarks in memory: runs of up to three letters lead to the
// cards whose texts hold them.
type index struct {
	mu    sync.RWMutex
	cards []*card // by number; nil once replaced
	byID  map[string]int32
	seen  map[string]int64 // newest revision by id, of retired ones too
	grams map[string][]int32
	names map[string][]int32 // whole names
	whole map[string][]int32 // whole initials
	cells map[cell][]int32
	gone  int
	wide  int // letters of the longest name
}

func newIndex() *index {
	x := &index{}
	x.clear(0)
	x.seen = map[string]int64{}
	return x
}

func (x *index) clear(size int) {
	x.cards, x.byID, x.gone = make([]*card, 0, size), make(map[string]int32, size), 0
	x.grams, x.cells = map[string][]int32{}, map[cell][]int32{}
	x.names, x.whole = make(map[string][]int32, size), make(map[string][]int32, size)
}

// put learns a landmark; what it saw of it later stays.
func (x *index) put(m *Landmark) {
	var c *card
	if m.State == "listed" {
		c = newCard(m)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.seen[m.ID] >= m.Revision {
		return
	}
	x.seen[m.ID] = m.Revision
	if old, ok := x.byID[m.ID]; ok {
		x.cards[old] = nil
		delete(x.byID, m.ID)
		x.gone++
	}
	if c != nil {
		x.add(c)
	}
	if x.gone > 1000 && x.gone > len(x.byID)/4 {
		x.pack()
	}
}

func (x *index) add(c *card) {
	n := int32(len(x.cards))
	x.cards = append(x.cards, c)
	x.byID[c.ID] = n
	for _, texts := range [][]string{c.names, c.short, c.long} {
		for _, t := range texts {
			for g := range gramsOf(t) {
				x.grams[g] = once(x.grams[g], n)
			}
		}
	}
	for _, t := range c.names {
		x.names[t] = once(x.names[t], n)
		x.wide = max(x.wide, utf8.RuneCountInString(t))
	}
	for _, t := range c.short {
		x.whole[t] = once(x.whole[t], n)
	}
	if c.Placed {
		at := cellOf(c.Lat, c.Long)
		x.cells[at] = append(x.cells[at], n)
	}
}

// once appends a number that only grows.
func once(to []int32, n int32) []int32 {
	if len(to) > 0 && to[len(to)-1] == n {
		return to
	}
	return append(to, n)
}

// pack builds the lists anew without what was replaced.
func (x *index) pack() {
	old := x.cards
	x.clear(len(x.byID))
	for _, c := range old {
		if c != nil {
			x.add(c)
		}
	}
}

// gramsOf gives the runs of one to three letters.
func gramsOf(s string) map[string]bool {
	out := map[string]bool{}
	rs := []rune(s)
	for i := range rs {
		for n := 1; n <= longestGram && i+n <= len(rs); n++ {
			out[string(rs[i:i+n])] = true
		}
	}
	return out
}

// Search finds landmarks by part of a name or by the first letters of its
// pinyin, the best first; at most limit of them.
func (g *Gazetteer) Search(_ context.Context, typed string, limit int) []Found {
	found, _ := g.index.search(typed, limit)
	return found
}

type hit struct {
	*card
	how int
}

// search also tells how many cards were looked at.
func (x *index) search(typed string, limit int) (out []Found, looked int) {
	limit = min(max(limit, 1), mostFound)
	q := fold(typed)
	if rs := []rune(q); len(rs) > longestQuery {
		q = string(rs[:longestQuery])
	}
	if q == "" {
		return nil, 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	hits, looked := x.hits(q, false)
	if len(hits) < limit && strings.ContainsFunc(q, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && utf8.RuneCountInString(q) > 1 {
		more, n := x.hits(spelt(q), true)
		hits, looked = append(hits, more...), looked+n
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.how, b.how), cmp.Compare(len(a.Name), len(b.Name)), strings.Compare(a.Name, b.Name), strings.Compare(a.ID, b.ID))
	})
	for _, h := range hits {
		if len(out) < limit && !slices.ContainsFunc(out, func(f Found) bool { return f.ID == h.ID }) {
			out = append(out, h.Found)
		}
	}
	return out, looked
}

// hits looks at what is called exactly so, then through the shortest list that
// must hold what is looked for.
func (x *index) hits(q string, bySound bool) (out []hit, looked int) {
	lists := [][]int32{x.names[q], x.whole[q], x.shortest(q)}
	for i, most := range []int{mostFound, mostFound, mostLooked} {
		for _, n := range lists[i][:min(most, len(lists[i]))] {
			if c := x.cards[n]; c != nil {
				looked++
				if how := c.answers(q, bySound); how != none {
					out = append(out, hit{c, how})
				}
			}
		}
	}
	return out, looked
}

func (x *index) shortest(q string) []int32 {
	rs := []rune(q)
	n := min(len(rs), longestGram)
	best := x.grams[string(rs[:n])]
	for i := 1; i+n <= len(rs); i++ {
		if list := x.grams[string(rs[i:i+n])]; len(list) < len(best) {
			best = list
		}
	}
	return best
}

func (c *card) answers(q string, bySound bool) int {
	how := none
	if !bySound {
		how = min(best(c.names, q, same, begins, holds), best(c.short, q, sameInitials, beginsInitials, sounds))
	}
	return min(how, best(c.long, q, sounds, sounds, sounds))
}

func best(texts []string, q string, whole, front, inside int) int {
	how := none
	for _, t := range texts {
		switch {
		case t == q:
			how = min(how, whole)
		case strings.HasPrefix(t, q):
			how = min(how, front)
		case strings.Contains(t, q):
			how = min(how, inside)
		}
	}
	return how
}
