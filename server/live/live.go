// Package live tells open pages that something has changed, so that they can
// ask for it.
//
// A hint names a topic and how many things are new there, nothing else: what
// they are, a page asks for itself and gets through the same gate as always.
// Whether somebody may hear even that much is asked for each hint anew.
//
// A stream is one browser that listens. Hints of one topic that it has not
// taken yet become one, so that a slow listener costs no memory; whoever comes
// back names the last hint heard and gets the sum of what was missed.
package live

import (
	"crypto/rand"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Everything is the topic for whoever has missed more than is remembered: all
// that is shown may be old.
const Everything = "*"

// Hint says that something has changed.
type Hint struct {
	ID     string   `json:"-"`
	Topic  string   `json:"topic"`
	New    int      `json:"new"` // things that were not there before; 0 when some only changed
	Places []string `json:"-"`   // where they lie, for the question who may hear of it
}

// The bounds of a hub.
const (
	remembered    = 1024 // hints
	mostStreams   = 4096
	mostOfSession = 8
)

// Hub hands hints to the streams of one process.
type Hub struct {
	mu      sync.Mutex
	epoch   string // tells this process's hints from those of another
	seq     uint64
	past    []past
	streams []*Stream
	closed  bool
}

type past struct {
	seq uint64
	Hint
}

// New opens a hub.
func New() *Hub {
	b := make([]byte, 6)
	rand.Read(b)
	return &Hub{epoch: hex.EncodeToString(b)}
}

// Stream is one listener.
type Stream struct {
	hub     *Hub
	session string
	hears   func(Hint) bool
	mu      sync.Mutex
	waiting []Hint // at most one of each topic
	wake    chan struct{}
	done    chan struct{}
	once    sync.Once
}

// Join starts a stream. after is the ID of the last hint heard, "" for none;
// hears decides about each hint. Of one session's streams, and of all, the
// oldest ends when there are too many.
func (h *Hub) Join(session, after string, hears func(Hint) bool) *Stream {
	s := &Stream{hub: h, session: session, hears: hears, wake: make(chan struct{}, 1), done: make(chan struct{})}
	h.mu.Lock()
	missed := h.since(after)
	h.streams = append(h.streams, s)
	over := h.tooMany(session)
	closed := h.closed
	h.mu.Unlock()
	for _, x := range missed {
		s.tell(x)
	}
	for _, old := range over {
		old.Leave()
	}
	if closed {
		s.Leave()
	}
	return s
}

func (h *Hub) tooMany(session string) []*Stream {
	var own []*Stream
	for _, s := range h.streams {
		if s.session == session {
			own = append(own, s)
		}
	}
	switch {
	case len(own) > mostOfSession:
		return own[:1]
	case len(h.streams) > mostStreams:
		return slices.Clone(h.streams[:1])
	}
	return nil
}

// since gives what was told after an ID.
func (h *Hub) since(after string) []Hint {
	if after == "" {
		return nil
	}
	epoch, n, _ := strings.Cut(after, "-")
	seq, err := strconv.ParseUint(n, 10, 64)
	if err != nil || epoch != h.epoch || seq > h.seq || len(h.past) > 0 && seq+1 < h.past[0].seq {
		return []Hint{{ID: h.id(h.seq), Topic: Everything}}
	}
	var out []Hint
	for _, p := range h.past {
		if p.seq > seq {
			out = append(out, p.Hint)
		}
	}
	return out
}

func (h *Hub) id(seq uint64) string { return h.epoch + "-" + strconv.FormatUint(seq, 10) }

// Tell says that something of a topic has changed at some places; fresh is how
// many things are new.
func (h *Hub) Tell(topic string, fresh int, places ...string) {
	h.mu.Lock()
	h.seq++
	x := Hint{ID: h.id(h.seq), Topic: topic, New: fresh, Places: places}
	if len(h.past) == remembered {
		h.past = append(h.past[:0], h.past[remembered/2:]...)
	}
	h.past = append(h.past, past{h.seq, x})
	streams := slices.Clone(h.streams)
	h.mu.Unlock()
	for _, s := range streams {
		s.tell(x)
	}
}

// End ends the streams of a session that is over.
func (h *Hub) End(session string) {
	for _, s := range h.all() {
		if s.session == session {
			s.Leave()
		}
	}
}

// Close ends all streams and lets nobody join any more, so that the server can
// stop.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	for _, s := range h.all() {
		s.Leave()
	}
}

// Listeners counts the streams.
func (h *Hub) Listeners() int { return len(h.all()) }

func (h *Hub) all() []*Stream {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.streams)
}

func (s *Stream) tell(x Hint) {
	if x.Topic != Everything && !s.hears(x) {
		return
	}
	s.mu.Lock()
	if i := slices.IndexFunc(s.waiting, func(w Hint) bool { return w.Topic == x.Topic }); i >= 0 {
		x.New += s.waiting[i].New
		s.waiting = slices.Delete(s.waiting, i, i+1)
	}
	s.waiting = append(s.waiting, x)
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Wake is ready when there are hints to take.
func (s *Stream) Wake() <-chan struct{} { return s.wake }

// Done is closed when the stream has ended.
func (s *Stream) Done() <-chan struct{} { return s.done }

// Take gives what is waiting, the newest last.
func (s *Stream) Take() []Hint {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.waiting
	s.waiting = nil
	return out
}

// Leave ends the stream; it may be repeated.
func (s *Stream) Leave() {
	s.once.Do(func() {
		close(s.done)
		s.hub.mu.Lock()
		defer s.hub.mu.Unlock()
		s.hub.streams = slices.DeleteFunc(s.hub.streams, func(x *Stream) bool { return x == s })
	})
}
