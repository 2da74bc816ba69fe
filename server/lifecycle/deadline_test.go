package lifecycle_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/server/lifecycle"
)

func running(p *permit) map[string]time.Time {
	m := map[string]time.Time{}
	for _, d := range p.Deadlines {
		if d.Done == nil {
			m[d.Name] = d.Due
		}
	}
	return m
}

func acts(p *permit, name string) (n int) {
	for _, e := range p.History {
		if e.Act == name {
			n++
		}
	}
	return n
}

func TestDeadlinesShowTheirSum(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	d, ok := p.Case.Open("decide")
	// R16: 15 working days after Monday 9 March, 28 February and the make-up days being past.
	if !ok || d.N != 15 || d.Unit != "wd" || d.Setting != "adm.decide_wd" || d.Rule != "R16" || !d.Due.Equal(h.Calendar().AddWorkdays(monday, 15)) {
		t.Errorf("decide: %+v", d)
	}
	if sum := d.Sum(h.Calendar()); !sum.Due.Equal(d.Due) || sum.Version != d.Version {
		t.Errorf("sum %+v of %+v", sum, d)
	}
	l, ok := p.Case.Open("lapse")
	if !ok || !l.Due.Equal(monday.AddDate(0, 2, 0)) || l.N != 61 || l.Unit != "d" {
		t.Errorf("lapse: %+v", l)
	}
	if next, _ := p.Next(); next.Name != "decide" {
		t.Errorf("next is %s", next.Name)
	}
	p = h.must(office, p.ID, "decide", &decideForm{Grant: "no"})
	if got := running(p); len(got) != 0 {
		t.Errorf("still running after the decision: %v", got)
	}
	if _, ok := p.Next(); ok {
		t.Error("something is next")
	}
	p = h.must(maker, p.ID, "appeal", nil)
	if got := running(p); len(got) != 1 || !got["decide"].Equal(h.Calendar().AddWorkdays(monday, 5)) {
		t.Errorf("after the appeal: %v", got)
	}
	h.whole()
}

// An act that a deadline calls may start the same deadline again: it ends the
// old one, not the new.
func TestRepeatingDeadline(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	due := running(p)["decide"]
	h.set(due)
	h.bus.Once(context.Background())
	if h.stored(p.ID).Reminds != 0 {
		t.Fatal("reminded before the last moment had passed")
	}
	for want := 1; want <= 3; want++ {
		h.set(due.Add(time.Millisecond))
		for range 3 {
			h.bus.Once(context.Background())
		}
		got := h.stored(p.ID)
		if got.Reminds != want || acts(got, "remind") != want {
			t.Fatalf("reminded %d times, want %d", got.Reminds, want)
		}
		if e, _ := got.Last("remind"); e.By != "system" || e.To != "filed" {
			t.Errorf("entry %+v", e)
		}
		due = running(got)["decide"]
	}
	h.whole()
}

func TestTwoProcessesTickOnce(t *testing.T) {
	t.Parallel()
	db := memory(t)
	a, b := process(t, db), process(t, db)
	var ids []string
	for range 8 {
		ids = append(ids, a.filed("stalls").ID)
	}
	late := running(a.stored(ids[0]))["decide"].Add(time.Hour)
	a.set(late)
	b.set(late)
	together(6, func(i int) { []*house{a, b}[i%2].bus.Once(context.Background()) })
	for _, id := range ids {
		if got := acts(a.stored(id), "remind"); got != 1 {
			t.Errorf("reminded %d times", got)
		}
	}
	a.whole()
}

// After a long stop the earliest deadline comes first, and the state it leads
// to decides about the others.
func TestCatchesUpAfterDowntime(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	h.set(monday.AddDate(1, 0, 0))
	for range 4 {
		h.bus.Once(context.Background())
	}
	got := h.stored(p.ID)
	if got.State != "lapsed" || got.Reminds != 1 || len(running(got)) != 0 {
		t.Errorf("is %s after %d reminders, running %v", got.State, got.Reminds, running(got))
	}
	if e := got.History[2]; e.Act != "remind" {
		t.Errorf("the first was %s", e.Act)
	}
	h.whole()
}

// More cases than one page wait for an act that the gate refuses; the case
// behind them must not wait for ever.
func TestRefusedDeadlinesHoldUpNobody(t *testing.T) {
	t.Parallel()
	h := build(t)
	for range 101 {
		h.filed("stuck")
	}
	h.set(monday.Add(24 * time.Hour))
	p := h.filed("behind")
	h.set(monday.AddDate(0, 1, 0))
	h.gate.deny["permit.remind"] = "PED9"
	h.bus.Once(context.Background())
	if got := h.stored(p.ID); got.Reminds != 0 {
		t.Fatal("the gate was not asked")
	}
	delete(h.gate.deny, "permit.remind")
	h.bus.Once(context.Background())
	if got := h.stored(p.ID); got.Reminds != 1 {
		t.Error("the case behind was not reached")
	}
}

func TestADeadlineReplacesItsNamesake(t *testing.T) {
	t.Parallel()
	h := build(t)
	p := h.filed("stalls")
	h.Table.Acts[2].Do = lifecycle.Does(func(_ *permit, s *lifecycle.Step) error {
		s.Start("decide", "R16", "adm.decide_wd", "wd", 1)
		s.Until("lapse", "R19", s.Now.AddDate(0, 0, 1))
		return nil
	})
	p = h.must(office, p.ID, "mark", nil)
	if got := running(p); len(p.Deadlines) != 4 || len(got) != 2 || !got["decide"].Equal(h.Calendar().AddWorkdays(monday, 1)) {
		t.Errorf("running %v of %d", got, len(p.Deadlines))
	}
	n := 0
	for _, d := range p.Deadlines {
		if d.Done == nil {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d deadlines run", n)
	}
}

func TestUntilThePast(t *testing.T) {
	t.Parallel()
	h := build(t)
	h.Table.Acts[1].Do = lifecycle.Does(func(_ *permit, s *lifecycle.Step) error {
		s.Until("lapse", "R19", s.Now.AddDate(0, 0, -3))
		return nil
	})
	p := h.filed("stalls")
	if d, _ := p.Case.Open("lapse"); d.N != 0 {
		t.Errorf("counts %d days", d.N)
	}
	h.bus.Once(context.Background())
	if got := h.stored(p.ID); got.State != "lapsed" {
		t.Errorf("is %s", got.State)
	}
}
