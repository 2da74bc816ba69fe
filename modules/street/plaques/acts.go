package plaques

import (
	"context"
	"fmt"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

type step = lifecycle.Step

func (m *Plaques) request(p *Plaque, in *Request, s *step) error {
	p.Request = *in
	if err := p.belongTo(in.Department); err != nil {
		return err
	}
	return m.settle(p, &in.Spot, s)
}

// belongTo: the two have no department, every other plaque has one.
func (p *Plaque) belongTo(dept string) error {
	switch {
	case p.own() && dept != "":
		return fault.InvalidField("department", "plaque.own_has_none")
	case !p.own() && dept == "":
		return fault.InvalidField("department", "schema.required")
	}
	p.Department = dept
	return nil
}

// settle takes over where the plaque is to hang, and refuses what cannot be.
// What was found asks for that in the same way as anything new; it may be
// another place than where it was found.
func (m *Plaques) settle(p *Plaque, in *Spot, s *step) error {
	p.Spot = *in
	f := fault.New(fault.Invalid, "invalid")
	if err := m.checkWindow(s.Ctx, p, f); err != nil {
		return err
	}
	if err := m.checkItem(s.Ctx, p, f); err != nil {
		return err
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}

// checkWindow: a plaque at a window hangs at one of its own body, in its own community.
func (m *Plaques) checkWindow(ctx context.Context, p *Plaque, f *fault.Error) error {
	if p.Position != window {
		if p.Window != "" {
			f.Wrong("window", "plaque.no_window_there")
		}
		return nil
	}
	if p.Window == "" {
		f.Wrong("window", "plaque.which_window").OnRule("R40")
		return nil
	}
	w, err := m.windows.About(ctx, string(p.Window))
	switch {
	case fault.Is(err, fault.NotFound):
		f.Wrong("window", "schema.not_an_option")
	case err != nil:
		return fault.Wrap(err, "read window %s", p.Window)
	case w.Community != p.Community || w.Department != p.Department:
		f.Wrong("window", "plaque.other_window").OnRule("R40")
	}
	return nil
}

func (m *Plaques) checkItem(ctx context.Context, p *Plaque, f *fault.Error) error {
	if p.Item == "" {
		return nil
	}
	it, err := m.items.About(ctx, string(p.Item))
	switch {
	case fault.Is(err, fault.NotFound):
		f.Wrong("item", "schema.not_an_option")
	case err != nil:
		return fault.Wrap(err, "read item %s", p.Item)
	case it.Department != p.Department:
		f.Wrong("item", "plaque.other_department")
	}
	return nil
}

// find writes down what hangs. The two hang by right (R39), once each;
// everything else that nobody permitted is illegal.
func (m *Plaques) find(p *Plaque, in *findForm, s *step) error {
	p.Community, p.Text, p.Owner, p.Position, p.FoundAt = in.Community, in.Text, in.Owner, in.Position, in.Position
	p.Found, p.Launch, s.Ref = true, in.Launch, in.Community
	if err := p.belongTo(in.Department); err != nil {
		return err
	}
	if !p.own() || p.Position != outside {
		return nil
	}
	place, err := m.freePlace(s.Ctx, p)
	if err != nil || place == "" {
		return err
	}
	p.Place, p.Permitted = place, true
	s.Go("hung")
	return nil
}

// agree: whoever is second makes it agreed (R42).
func agree(p *Plaque, in *noteForm, s *step) error {
	s.Note(in.Note)
	if p.State != "requested" {
		s.Go("agreed")
	}
	return nil
}

// decline leaves what hangs without permission as illegal as it was.
func decline(p *Plaque, in *whyForm, s *step) error {
	s.Note(in.Why)
	if p.Found {
		p.Spot = Spot{Position: p.FoundAt}
		s.Go("illegal")
	}
	return nil
}

// hang takes a place. Two that are hung at the same moment may both see it
// free; the index lets only one have it.
func (m *Plaques) hang(p *Plaque, in *hangForm, s *step) error {
	place, err := m.freePlace(s.Ctx, p)
	if err != nil {
		return err
	}
	if place == "" {
		return fault.New(fault.Conflict, "plaque.unique_place").OnRule("R41")
	}
	if p.Item != "" { // the item's record decides the race against its suspension, not what was read before
		if err := m.items.Engage(s.Ctx, string(p.Item), p.Community, fmt.Sprintf("plaque:%s:%d", p.ID, len(p.History)), p.Text); err != nil {
			return err
		}
	}
	p.Place, p.Permitted, s.Ref = place, true, p.Community
	if p.Found {
		s.Go("regularised")
	}
	return nil
}

// freePlace asks the store for a place that is not taken, "" for none.
func (m *Plaques) freePlace(ctx context.Context, p *Plaque) (string, error) {
	places := p.places(p.Settings)
	if len(places) == 0 {
		return "", nil
	}
	ps, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "place", Op: store.In, Value: places}}, Sort: "id", Limit: len(places)})
	if err != nil {
		return "", fault.Wrap(err, "count plaques of %s", p.Community)
	}
	var taken []string
	for _, x := range ps {
		if x.ID != p.ID {
			taken = append(taken, x.Place)
		}
	}
	return free(places, taken), nil
}

func inspect(p *Plaque, in *inspectForm, s *step) error {
	p.Checked = in.Result
	s.Note(in.Note)
	if in.Result == "remove" {
		s.Go("to_remove")
	}
	return nil
}

func orderRemoval(_ *Plaque, in *whyForm, s *step) error {
	s.Note(in.Why)
	return nil
}

func remove(p *Plaque, in *noteForm, s *step) error {
	s.Note(in.Note)
	p.Place, s.Ref = "", p.Community
	return nil
}
