package dispatch

import (
	"context"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Past is an old order, as a trial looks at it.
type Past struct {
	No, Community, Unit string // the unit that handled it in the end
}

// test runs old orders through the rules, with this one among them.
func (m *Dispatch) test(r *Rule, s *lifecycle.Step) error {
	t, err := m.try(s.Ctx, r, s.Now, s.Settings.Int("hot.test_days"))
	if err != nil {
		return err
	}
	r.Trial = t
	return nil
}

func (m *Dispatch) try(ctx context.Context, r *Rule, now time.Time, days int) (*Trial, error) {
	t := &Trial{At: now, Days: int64(days), Turn: m.memory.turn(r.Category), Examples: []Example{}}
	past, more, err := m.Past.Ask()(ctx, r.Category, r.Place, now.AddDate(0, 0, -days), MostPast)
	if err != nil {
		return nil, fault.Wrap(err, "read old orders of %s", r.slot())
	}
	t.Looked, t.More = len(past), more
	among := cardOf(r)
	for _, p := range past {
		chain := m.Places.Chain(p.Community)
		t.compare(p, unitOf(m.memory.narrowest(r.Category, chain, now, nil)), unitOf(m.memory.narrowest(r.Category, chain, now, among)))
	}
	return t, nil
}

func unitOf(c *card) string {
	if c == nil {
		return ""
	}
	return c.unit
}

func (t *Trial) compare(p Past, was, would string) {
	if was != "" && was == p.Unit {
		t.Before++
	}
	if would != "" && would == p.Unit {
		t.After++
	}
	if was == would {
		return
	}
	t.Changed++
	if len(t.Examples) < mostExamples {
		t.Examples = append(t.Examples, Example{No: p.No, Community: p.Community, Was: was, Would: would, Ended: p.Unit})
	}
}
