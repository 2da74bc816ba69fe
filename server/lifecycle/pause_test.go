package lifecycle_test

import (
	"context"
	"testing"
	"time"
)

// A clock that stands still is not due, makes nothing happen, and is later due
// by what it stood still.
func TestPausedDeadlines(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	h.must(maker, p.ID, "ring", nil)
	h.set(monday.Add(time.Hour))
	p = h.must(maker, p.ID, "hold", nil)
	if next, ok := p.Next(); !ok || next.Name != "lapse" {
		t.Errorf("next is %q while the clocks stand still", next.Name)
	}
	if d, ok := p.Case.Open("ring"); !ok || !d.Paused() || d.Runs() || d.Sum(h.Calendar()).PausedSince().IsZero() {
		t.Errorf("ring %+v", d)
	}
	again := h.must(maker, p.ID, "hold", nil)
	if d, _ := again.Case.Open("ring"); len(d.Pauses) != 1 {
		t.Errorf("paused twice: %+v", d.Pauses)
	}
	h.set(monday.AddDate(0, 0, 30))
	h.bus.Once(context.Background())
	if s := h.stored(p.ID); s.Reminds != 0 || len(s.Marks) != 0 {
		t.Fatal("the portal acted on a clock that stands still")
	}
	h.set(monday.AddDate(0, 0, 2)) // Wednesday, 09:00
	p = h.must(maker, p.ID, "go_on", nil)
	for name, want := range map[string]time.Time{
		"ring":   monday.AddDate(0, 0, 2).Add(3 * time.Hour),
		"wake":   monday.AddDate(0, 0, 2).Add(3 * time.Hour),
		"decide": h.Calendar().AddWorkdays(monday, 17), // Tuesday and Wednesday did not count
	} {
		d, _ := p.Case.Open(name)
		if sum := d.Sum(h.Calendar()); !d.Due.Equal(want) || !sum.Due.Equal(want) || d.Pauses[0].Why == "" {
			t.Errorf("%s: due %v by the sum %v, want %v", name, d.Due, sum.Due, want)
		}
	}
	p = h.must(maker, p.ID, "go_on", nil)
	if d, _ := p.Case.Open("wake"); !d.Due.Equal(monday.AddDate(0, 0, 2).Add(3 * time.Hour)) {
		t.Errorf("a second resume moved it to %v", d.Due)
	}
	h.whole()
}

// What wakes people waits for working hours.
func TestDaytimeActs(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	h.set(monday.Add(10 * time.Hour)) // Monday 19:00
	h.must(maker, p.ID, "ring", nil)  // wakes at 23:00
	nagged := func(at time.Time) bool {
		h.set(at)
		h.bus.Once(context.Background())
		return h.stored(p.ID).Marks["nagged"] != ""
	}
	if nagged(monday.Add(15 * time.Hour)) {
		t.Fatal("nagged at midnight")
	}
	if nagged(monday.Add(23*time.Hour + 29*time.Minute)) {
		t.Fatal("nagged before 08:30")
	}
	if !nagged(monday.Add(23*time.Hour + 31*time.Minute)) {
		t.Fatal("not nagged in the morning")
	}
}
