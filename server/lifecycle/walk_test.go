package lifecycle_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// However people, deadlines, refusals and failing listeners mix: the history
// is a way through the table, and the chain holds.
func TestEveryWalkStaysInTheTable(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	var deaf atomic.Bool
	for _, ev := range []string{"permit.filed", "permit.decided", "permit.reminded"} {
		h.bus.OnName(ev, func(context.Context, lifecycle.News) error {
			if deaf.Load() {
				return errors.New("deaf")
			}
			return nil
		})
	}
	names := []string{"nonsense"}
	for _, a := range h.Table.Acts {
		names = append(names, a.Name)
	}
	rapid.Check(t, func(rt *rapid.T) {
		h.set(monday)
		h.gate.deny = nil
		id := h.draft("walk").ID
		for range rapid.IntRange(1, 14).Draw(rt, "steps") {
			deaf.Store(rapid.Bool().Draw(rt, "deaf"))
			if rapid.IntRange(0, 3).Draw(rt, "time") == 0 {
				h.set(h.clock().Add(time.Duration(rapid.IntRange(0, 90*24).Draw(rt, "hours")) * time.Hour))
				h.bus.Once(ctx)
				continue
			}
			act := rapid.SampledFrom(names).Draw(rt, "act")
			h.gate.deny = map[string]string{action(rapid.SampledFrom(names).Draw(rt, "denied")): "PED"}
			before := h.stored(id)
			by := rapid.SampledFrom([]lifecycle.Actor{maker, office, stranger}).Draw(rt, "by")
			o := lifecycle.Opts{Key: rapid.SampledFrom([]string{"", "k1", "k2"}).Draw(rt, "key"), Revision: rapid.Int64Range(0, 4).Draw(rt, "revision")}
			_, err := h.Act(ctx, by, id, act, input(rt, act), o)
			if after := h.stored(id); err != nil && after.Revision != before.Revision {
				rt.Fatalf("%s was refused (%v) and saved", act, err)
			}
			if fault.Is(err, fault.Internal) {
				rt.Fatalf("%s: %v", act, err)
			}
		}
		conforms(rt, h, id)
	})
}

func action(act string) string { return "permit." + act }

func input(rt *rapid.T, act string) any {
	switch act {
	case "mark":
		return &markForm{Key: rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "mark")}
	case "decide":
		return &decideForm{Grant: rapid.SampledFrom([]string{"yes", "no"}).Draw(rt, "grant")}
	}
	return nil
}

func conforms(rt *rapid.T, h *house, id string) {
	p, state := h.stored(id), ""
	for _, e := range p.History {
		row, ok := h.Table.Act(e.Act)
		from := ok && e.From == state && (state == "" && len(row.From) == 0 || slices.Contains(row.From, state))
		if !from || e.To != state && !slices.Contains(row.To, e.To) || e.To == state && len(row.To) > 0 && !slices.Contains(row.To, e.To) {
			rt.Fatalf("entry %d: %s leads from %q to %q", e.Seq, e.Act, e.From, e.To)
		}
		state = e.To
	}
	if p.State != state {
		rt.Fatalf("is %s, the history ends in %s", p.State, state)
	}
	row, err := h.Store.Get(context.Background(), "permits", id)
	if err != nil {
		rt.Fatal(err)
	}
	if b, err := lifecycle.Check("permits", row); b != nil || err != nil {
		rt.Fatal(b, err)
	}
}
