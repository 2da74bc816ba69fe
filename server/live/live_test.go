package live

import (
	"fmt"
	"slices"
	"sync"
	"testing"
)

func all(Hint) bool { return true }

func told(hs []Hint) string {
	out := ""
	for _, h := range hs {
		out += fmt.Sprintf("%s:%d ", h.Topic, h.New)
	}
	return out
}

func TestHintsAddUp(t *testing.T) {
	t.Parallel()
	h := New()
	s := h.Join("a", "", all)
	h.Tell("orders", 1)
	h.Tell("calls", 0)
	h.Tell("orders", 2)
	<-s.Wake()
	if got := told(s.Take()); got != "calls:0 orders:3 " {
		t.Error(got)
	}
	if s.Take() != nil {
		t.Error("told twice")
	}
}

func TestNobodyHearsWhatIsNotTheirs(t *testing.T) {
	t.Parallel()
	h := New()
	h.Tell("orders", 1, "hehua")
	s := h.Join("a", h.id(0), func(x Hint) bool { return slices.Contains(x.Places, "guangming") })
	h.Tell("orders", 1, "hehua")
	h.Tell("orders", 1, "guangming")
	if got := told(s.Take()); got != "orders:1 " {
		t.Error(got)
	}
}

func TestWhoComesBackHearsWhatWasMissed(t *testing.T) {
	t.Parallel()
	h := New()
	s := h.Join("a", "", all)
	h.Tell("orders", 1)
	last := s.Take()[0].ID
	s.Leave()
	h.Tell("orders", 1)
	h.Tell("orders", 1)
	if got := told(h.Join("a", last, all).Take()); got != "orders:2 " {
		t.Error(got)
	}
	if got := told(h.Join("a", h.id(h.seq), all).Take()); got != "" {
		t.Error(got)
	}
	for range 2 * remembered {
		h.Tell("orders", 1)
	}
	for _, id := range []string{last, "another-3", "x", h.id(h.seq + 1), h.epoch + "-"} {
		if got := told(h.Join("b", id, all).Take()); got != "*:0 " {
			t.Errorf("%s: %s", id, got)
		}
	}
	if len(h.past) > remembered {
		t.Error("the past is kept without bound", len(h.past))
	}
}

func TestTooManyStreams(t *testing.T) {
	t.Parallel()
	h := New()
	first := h.Join("a", "", all)
	for range mostOfSession {
		h.Join("a", "", all)
	}
	<-first.Done()
	if h.Listeners() != mostOfSession {
		t.Error(h.Listeners())
	}
	h.Join("b", "", all)
	h.End("a")
	if h.Listeners() != 1 {
		t.Error("a session that is over still listens")
	}
	h.Close()
	<-h.Join("c", "", all).Done()
	if h.Listeners() != 0 {
		t.Error("somebody joined a closed hub")
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := New()
	var wg sync.WaitGroup
	sum := make([]int, 20)
	for i := range sum {
		s := h.Join(fmt.Sprint(i), "", all)
		wg.Go(func() {
			for sum[i] < 400 {
				<-s.Wake()
				for _, x := range s.Take() {
					sum[i] += x.New
				}
			}
			s.Leave()
		})
	}
	for range 4 {
		wg.Go(func() {
			for range 100 {
				h.Tell("orders", 1)
			}
		})
	}
	wg.Wait()
	if h.Listeners() != 0 {
		t.Error(h.Listeners())
	}
}
