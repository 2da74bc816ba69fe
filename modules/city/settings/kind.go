package settings

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Reason says why.
type Reason struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

// Succession names the change that took the place of another.
type Succession struct {
	By string `json:"by" form:"text,required,max=40"`
}

func (m *Settings) kind() portal.Kind[Change] {
	typing := web.Check{URL: "/settings/about", Target: "about"}
	return portal.Kind[Change]{
		Table: lifecycle.Table[Change]{
			Noun: "change", Plural: "settings", Prefix: "SZ",
			Title: title,
			Scope: func(c *Change) lifecycle.Scope { return lifecycle.Scope{Places: c.Places} },
			Facts: m.facts,
			States: []lifecycle.State{
				{Name: proposed, Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"conference"}},
				{Name: confirmed, Shelf: lifecycle.Public, Tone: "info"},
				{Name: inForce, Shelf: lifecycle.Public, Tone: "good"},
				{Name: superseded, Shelf: lifecycle.Public, Tone: "neutral"},
				{Name: "declined", Shelf: lifecycle.Filed, Tone: "bad"},
				{Name: "withdrawn", Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Change]{
				{Name: "propose", To: []string{proposed}, Do: lifecycle.Fills("change", m.propose)},
				{Name: "confirm", From: []string{proposed}, To: []string{confirmed, inForce}, Do: lifecycle.Does(m.confirm), Look: lifecycle.Primary},
				{Name: "decline", From: []string{proposed}, To: []string{"declined"}, Do: lifecycle.Takes("change", give), Look: lifecycle.Danger},
				{Name: "withdraw", From: []string{proposed, confirmed}, To: []string{"withdrawn"}, Do: lifecycle.Takes("change", give), Stops: []string{"*"}, Look: lifecycle.Danger},
				{Name: "begin", From: []string{confirmed}, To: []string{inForce}, On: "effective", Emits: Begun, Look: lifecycle.Hidden},
				{Name: "supersede", From: []string{inForce}, To: []string{superseded}, Do: lifecycle.Takes("change", replaced), Look: lifecycle.Hidden},
			},
			Fields:  []store.Field{{Name: "turn", Kind: store.Int}},
			Indexes: []store.Index{{Name: "turn", Fields: []string{"turn"}, Unique: true}},
			Extract: func(c *Change) map[string]any {
				if c.Turn == 0 {
					return map[string]any{"turn": nil}
				}
				return map[string]any{"turn": c.Turn}
			},
		},
		View: portal.View[Change]{
			Columns:  "change effective_from document",
			Sections: []portal.Section[Change]{{Fields: "effective_from document reason"}, {HTML: m.values}},
			Labels:   map[string]string{"change": "settings.change"},
			Words:    map[string]portal.Word[Change]{"change": func(v portal.Visitor, c *Change) web.Value { return said(v.Lang, c) }},
		},
		Unplaced: true,
		Lead: func(v portal.Visitor, c *Change) template.HTML {
			return web.Join(m.StateTag(v.Lang, c), web.Text(" "+c.No+" · "+c.Document))
		},
		Initial: map[string]func(context.Context, portal.Visitor, *Change) web.Values{"propose": m.tomorrow},
		Aside:   map[string]func(context.Context, portal.Visitor, *Change) (template.HTML, error){"propose": m.ranges},
		Checks:  map[string]map[string]web.Check{"propose": {"key": typing, "value": typing}},
	}
}

// facts: same_person proposed it (four eyes), begun its values already hold.
func (m *Settings) facts(c *Change, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(c.Did(s.Actor.ID, "propose") || c.Did(s.Actor.For, "propose"), "same_person"),
		lifecycle.When(c.counts() && !c.EffectiveAt.After(s.Now), "begun"),
	}, nil
}

func (m *Settings) propose(c *Change, in *Proposal, s *lifecycle.Step) error {
	plain(in)
	if err := m.check(in, s.Now); err != nil {
		return err
	}
	c.Proposal, c.Places = *in, m.City.Districts()
	s.Note(in.Document)
	return nil
}

// confirm lets the change count from its day, or from now when its day has
// come. It takes a turn, so that of two changes confirmed at once, which may
// not fit each other, only one is saved.
func (m *Settings) confirm(c *Change, s *lifecycle.Step) error {
	at := c.begins(s.Now)
	next := &Change{Proposal: c.Proposal, EffectiveAt: &at}
	if m.together(next) != nil {
		return fault.New(fault.Conflict, "change.no_longer_fits")
	}
	values := m.Values(at)
	for _, p := range c.pairs() {
		c.Was = append(c.Was, Pair{p.Key, values[p.Key]})
	}
	c.EffectiveAt, c.Turn = &at, next.Turn
	if at.After(s.Now) {
		s.Until("effective", "", at)
		return nil
	}
	s.Go(inForce)
	Begun.Instead(s)
	return nil
}

func give(_ *Change, in *Reason, s *lifecycle.Step) error {
	s.Note(in.Reason)
	return nil
}

func replaced(_ *Change, in *Succession, s *lifecycle.Step) error {
	s.Note(in.By)
	return nil
}

// onBegun ends the changes of which nothing is in force any more. It reads the
// store: the memory of another process may be a moment behind.
func (m *Settings) onBegun(ctx context.Context, n lifecycle.News, _ struct{}) error {
	var turns []*Change
	err := m.Engine.Cases().Each(ctx, []store.Cond{{Field: "state", Op: store.Eq, Value: inForce}}, func(c *Change) error {
		turns = append(turns, c)
		return nil
	})
	if err != nil {
		return fault.Wrap(err, "read the changes in force")
	}
	for _, c := range turns {
		by := successor(turns, c)
		if by == nil {
			continue
		}
		if err := m.After(ctx, n, c.ID, "supersede", &Succession{By: by.No}); err != nil {
			return err
		}
	}
	return nil
}

// successor gives a change that took the last of c's settings, nil while c
// still holds one.
func successor(turns []*Change, c *Change) *Change {
	var last *Change
	for _, p := range c.pairs() {
		later := (*Change)(nil)
		for _, x := range turns {
			if x != c && inTurn(x, c) > 0 && x.touches(p.Key) {
				later = x
			}
		}
		if later == nil {
			return nil
		}
		last = later
	}
	return last
}
