package lifecycle_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
)

func TestNumbersAreUnique(t *testing.T) {
	t.Parallel()
	db := memory(t)
	hs := []*house{process(t, db), process(t, db)}
	var taken sync.Map
	together(60, func(i int) {
		p, err := hs[i%2].Open(context.Background(), maker, "draft", &draftForm{Title: "t"}, lifecycle.Opts{})
		if err != nil {
			t.Error(err)
			return
		}
		if _, twice := taken.LoadOrStore(p.No, true); twice {
			t.Error(p.No, "twice")
		}
	})
	// Two processes with blocks of 16 use at most the first four blocks.
	n := 0
	for i := range 64 {
		if _, ok := taken.Load(fmt.Sprintf("XK-2026-%05d", i+1)); ok {
			n++
		}
	}
	if n != 60 {
		t.Errorf("%d of 60 numbers lie in the blocks", n)
	}
}

func TestBlocksLeaveGaps(t *testing.T) {
	t.Parallel()
	db := memory(t)
	for i, want := range []string{"XK-2026-00001", "XK-2026-00017", "XK-2026-00033"} {
		if got := process(t, db).draft("t").No; got != want {
			t.Errorf("process %d gives %s, want %s", i, got, want)
		}
	}
}

// The year is the city's: 2027 begins eight hours before UTC says so.
func TestANewYearStartsAtOne(t *testing.T) {
	t.Parallel()
	h := build(t)
	eve := time.Date(2026, 12, 31, 23, 59, 59, 0, calendar.City)
	h.draft("t")
	h.set(eve)
	if got := h.draft("t").No; got != "XK-2026-00002" {
		t.Error(got)
	}
	h.set(eve.Add(time.Second))
	if got := h.draft("t").No; got != "XK-2027-00001" {
		t.Error(got)
	}
}
