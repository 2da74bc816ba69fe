package ratings

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

func (m *Ratings) ballots() lifecycle.Table[Ballot] {
	return lifecycle.Table[Ballot]{
		Noun: "ballot", Plural: "ballots", Prefix: "XP",
		Title: func(b *Ballot) string { return b.Title },
		// No department: a ballot is the committee's (R48).
		Scope:  func(b *Ballot) lifecycle.Scope { return lifecycle.Scope{Places: []string{b.Community}} },
		Facts:  m.ballotFacts,
		States: []lifecycle.State{{Name: "cast", Shelf: lifecycle.Filed, Tone: "good"}},
		Acts: []lifecycle.Act[Ballot]{
			{Name: "cast", To: []string{"cast"}, Rule: "R9", Do: lifecycle.Fills("ballot", m.cast), Emits: BallotCast},
			{Name: "amend", From: []string{"cast"}, Do: lifecycle.Takes("ballot", m.amend), Emits: BallotAmended},
		},
		Fields: []store.Field{{Name: "round"}, {Name: "item"}, {Name: "community"}},
		Indexes: []store.Index{
			{Name: "once", Fields: []string{"round", "item", "community"}, Unique: true},
			{Name: "round", Fields: []string{"round", "community"}},
		},
		Extract: func(b *Ballot) map[string]any {
			return map[string]any{"round": b.Round, "item": b.Item, "community": b.Community}
		},
	}
}

func (m *Ratings) cast(b *Ballot, in *castForm, s *lifecycle.Step) error {
	r, err := m.Rounds.Engine.Cases().Get(s.Ctx, in.Round)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.State == "planned" {
		return fault.InvalidField("round", "schema.not_an_option")
	}
	if err != nil {
		return fault.Wrap(err, "read round %s", in.Round)
	}
	i, _ := r.item(in.Item)
	b.Round, b.RoundNo, b.Item, b.Title, b.Community, b.Text = r.ID, r.No, in.Item, i.Title, in.Community, in.Text
	b.closed, b.elsewhere = !r.takes(s.Now), !r.worksIn(in.Item, in.Community)
	if b.closed || b.elsewhere {
		return nil // the policy refuses it, with its reason
	}
	if b.Grades, err = in.grades(r.Settings); err != nil {
		return err
	}
	if b.twice, err = m.hasCast(s.Ctx, r.ID, in.Item, in.Community); err != nil || b.twice {
		return err
	}
	welcome, err := m.letIn(s.Ctx, r.ID)
	b.closed = !welcome
	return err
}

func (m *Ratings) hasCast(ctx context.Context, round, item, community string) (bool, error) {
	n, err := m.count(ctx, store.Cond{Field: "round", Op: store.Eq, Value: round}, store.Cond{Field: "item", Op: store.Eq, Value: item},
		store.Cond{Field: "community", Op: store.Eq, Value: community})
	return n > 0, err
}

// count counts ballots.
func (m *Ratings) count(ctx context.Context, where ...store.Cond) (int, error) {
	n, err := m.Ballots.Engine.Cases().Count(ctx, store.Query{Where: where})
	return int(n), fault.Wrap(err, "count ballots")
}

func (m *Ratings) amend(b *Ballot, in *gradesForm, s *lifecycle.Step) error {
	r, err := m.Rounds.Engine.Cases().Get(s.Ctx, b.Round)
	if err != nil {
		return fault.Wrap(err, "read round %s", b.Round)
	}
	if b.Grades, err = in.grades(r.Settings); err != nil {
		return err
	}
	b.Text = in.Text
	ok, err := m.letIn(s.Ctx, r.ID)
	if err == nil && !ok {
		return fault.New(fault.Conflict, "ballot.round_closed").OnRule("R9")
	}
	return err
}

// grades reads the grades against the scale of the round (eval.scale).
func (f *gradesForm) grades(v setting.Values) (g Grades, err error) {
	bad := fault.New(fault.Invalid, "invalid")
	scale := v.Set("eval.scale")
	for _, x := range []struct {
		name, text string
		to         *int
	}{{"effect", f.Effect, &g.Effect}, {"money", f.Money, &g.Money}, {"residents", f.Residents, &g.Residents}} {
		if !slices.Contains(scale, x.text) {
			bad.Wrong(x.name, "schema.not_an_option")
			continue
		}
		*x.to, _ = strconv.Atoi(x.text)
	}
	if len(bad.Fields) > 0 {
		return g, bad
	}
	return g, nil
}
