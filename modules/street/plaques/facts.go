package plaques

import (
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// placing are the acts that ask for a place on the wall.
var placing = []string{"request", "regularise", "hang"}

// facts: each speaks against a plaque hanging where it is asked for.
func (m *Plaques) facts(p *Plaque, s *lifecycle.Step) ([]string, error) {
	did := func(acts ...string) bool { return p.Did(s.Actor.ID, acts...) || p.Did(s.Actor.For, acts...) }
	out := []string{
		lifecycle.When(p.own(), "own_plaque"),
		lifecycle.When(did("request", "regularise"), "own_request"),
		lifecycle.When(did("agree_civil", "agree_office") && slices.Contains(asked, p.State), "agreed_before"),
	}
	if !slices.Contains(placing, s.Act) {
		return out, nil
	}
	want := *p
	if in := lifecycle.In[Spot](s); s.Act == "regularise" {
		if in == nil { // a page asks what could be done: it depends on the input
			return out, nil
		}
		want.Spot = *in
	}
	wall, err := m.wallFacts(&want, s)
	if err != nil {
		return nil, err
	}
	item, err := m.itemFacts(&want, s)
	return slices.Concat(out, wall, item), err
}

// wallFacts: is there a place, and is it the one that was permitted?
func (m *Plaques) wallFacts(p *Plaque, s *lifecycle.Step) ([]string, error) {
	allowed := len(p.places(p.Settings)) > 0
	full, closed := false, false
	if allowed {
		place, err := m.freePlace(s.Ctx, p)
		if err != nil {
			return nil, err
		}
		full = place == ""
	}
	if s.Act == "hang" && p.Position == window {
		serves, err := m.windows.Serves(s.Ctx, string(p.Window))
		if err != nil {
			return nil, err
		}
		closed = !serves
	}
	in := lifecycle.In[hangForm](s)
	return []string{
		lifecycle.When(!allowed && p.Position == outside, "outside_closed"),
		lifecycle.When(!allowed && p.Position == inside, "inside_closed"),
		lifecycle.When(full, "full"),
		lifecycle.When(s.Act == "hang" && in != nil && in.At != p.Position, "elsewhere"),
		lifecycle.When(closed, "window_not_open"),
	}, nil
}

// itemFacts: does the item that the plaque stands on let it hang there?
func (m *Plaques) itemFacts(p *Plaque, s *lifecycle.Step) ([]string, error) {
	if p.Item == "" {
		return nil, nil
	}
	it, err := m.items.About(s.Ctx, string(p.Item))
	unknown := fault.Is(err, fault.NotFound)
	if err != nil && !unknown {
		return nil, err
	}
	here, err := m.items.Stands(s.Ctx, string(p.Item), p.Community)
	gone := fault.Is(err, fault.NotFound) || slices.Contains([]string{"withdrawn", "ended"}, here.State)
	if err != nil && !gone {
		return nil, err
	}
	return []string{
		lifecycle.When(gone, "item_gone"),
		lifecycle.When(s.Act == "hang" && !gone && here.State != "active", "item_waits"),
		lifecycle.When(unknown || !permits(it.Plaque, p.Position), "not_in_decision"),
	}, nil
}

// permits: what was let in may always have its plaque at its window (R40),
// unless the decision says none; elsewhere only where the decision says so.
func permits(decided, position string) bool {
	return decided == position || position == window && decided != "none"
}
