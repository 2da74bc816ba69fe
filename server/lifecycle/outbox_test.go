package lifecycle_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"gatehouse/server/lifecycle"
)

func TestEventsAreTold(t *testing.T) {
	t.Parallel()
	h := build(t)
	var heard []lifecycle.News
	for _, name := range []string{"permit.filed", "permit.decided"} {
		h.bus.OnName(name, func(_ context.Context, ev lifecycle.News) error { heard = append(heard, ev); return nil })
	}
	p := h.filed("stalls")
	p = h.must(office, p.ID, "decide", &decideForm{Grant: "yes"})
	if len(heard) != 2 || heard[1].Name != "permit.decided" || heard[1].Case != p.ID || heard[1].ID != p.ID+":3" || heard[1].Ref != "hehua" {
		t.Errorf("heard %+v", heard)
	}
	if p.Outbox != nil || h.stored(p.ID).Revision != p.Revision {
		t.Error("the answer is not the case as it is stored")
	}
	h.whole()
}

func TestAListenerThatFailsHearsItAgain(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func() error{
		"error": func() error { return errors.New("not now") },
		"panic": func() error { panic("crash between save and delivery") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := build(t)
			var first, second int
			h.bus.OnName("permit.filed", func(context.Context, lifecycle.News) error { second++; return nil })
			h.bus.OnName("permit.filed", func(context.Context, lifecycle.News) error {
				if first++; first <= 2 {
					return trouble()
				}
				return nil
			})
			p := h.filed("stalls")
			if p.State != "filed" || len(p.Outbox) != 1 {
				t.Fatalf("the act must stand: %s, outbox %v", p.State, p.Outbox)
			}
			h.bus.Once(context.Background())
			if got := h.stored(p.ID); got.Revision != p.Revision {
				t.Error("a vain delivery moved the revision")
			}
			for range 3 {
				h.bus.Once(context.Background())
			}
			if first != 3 || second != 3 {
				t.Errorf("heard %d and %d times", first, second)
			}
			if got := h.stored(p.ID); len(got.Outbox) != 0 {
				t.Errorf("outbox %v", got.Outbox)
			}
			h.whole()
		})
	}
}

// An event that was taken leaves; one that was not stays, in the same outbox.
func TestOnlyWhatWasTakenLeavesTheOutbox(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.bus.OnName("permit.filed", func(context.Context, lifecycle.News) error { return errors.New("not now") })
	p := h.filed("stalls")
	p = h.must(office, p.ID, "decide", &decideForm{Grant: "yes"})
	if len(p.Outbox) != 1 || p.Outbox[0].Name != "permit.filed" {
		t.Errorf("outbox %+v", p.Outbox)
	}
	h.whole()
}

// What a process did not deliver before it died, the next one delivers.
func TestTheNextProcessDelivers(t *testing.T) {
	t.Parallel()
	db := memory(t)
	dead := process(t, db)
	dead.bus.OnName("permit.filed", func(context.Context, lifecycle.News) error { return errors.New("dead") })
	p := dead.filed("stalls")
	dead.must(office, p.ID, "mark", &markForm{Key: "later acts keep what is undelivered"})
	var heard atomic.Int32
	alive := process(t, db)
	alive.bus.OnName("permit.filed", func(_ context.Context, ev lifecycle.News) error {
		if ev.Case == p.ID {
			heard.Add(1)
		}
		return nil
	})
	alive.bus.Once(context.Background())
	alive.bus.Once(context.Background())
	if heard.Load() != 1 {
		t.Errorf("heard %d times", heard.Load())
	}
	alive.whole()
}

// A client that goes away after the save does not stop what follows from it.
func TestDeliveryOutlivesTheRequest(t *testing.T) {
	t.Parallel()
	h := build(t)
	ctx, leave := context.WithCancel(context.Background())
	h.Cases().OnSave(func(p *permit) {
		if p.State == "filed" {
			leave()
		}
	})
	var alive bool
	h.bus.OnName("permit.filed", func(ctx context.Context, _ lifecycle.News) error { alive = ctx.Err() == nil; return nil })
	p := h.draft("stalls")
	p, err := h.Act(ctx, maker, p.ID, "file", nil, lifecycle.Opts{})
	if err != nil || !alive || p.Outbox != nil {
		t.Errorf("alive %v, outbox %v, %v", alive, p, err)
	}
}
