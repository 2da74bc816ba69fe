package ratings

import (
	"context"
	"slices"
	"time"

	"gatehouse/server/store"
)

// What other modules ask, in plain types. They get what the newest computed or
// published round says; what cannot be read is not there.

// Score gives an item's weighted score and its residents' score in tenths of a
// point, and when they were computed; not ok while too few rated it (R47).
func (m *Ratings) Score(ctx context.Context, item string) (total, residents int, at time.Time, ok bool) {
	r, x, ok := m.last(ctx, item)
	if !ok || !x.Enough {
		return 0, 0, time.Time{}, false
	}
	e, _ := r.Last("compute")
	return x.Total, x.satisfaction(), e.At, true
}

// Triggers lists the grounds an item gave for rectification: effect, money,
// residents, total (R10).
func (m *Ratings) Triggers(ctx context.Context, item string) []string {
	_, x, _ := m.last(ctx, item)
	return slices.Clone(x.Triggers)
}

// RoundOf gives the number of the round that Score and Triggers speak of, "" for none.
func (m *Ratings) RoundOf(ctx context.Context, item string) string {
	r, _, ok := m.last(ctx, item)
	if !ok {
		return ""
	}
	return r.No
}

// Voices are the two scores of an item as everybody may read them, "" where
// too few answered (R47, R48).
type Voices struct {
	Round, RoundNo         string
	Committees, Households string
	Gap                    bool
}

// Voices gives the two scores of an item in the newest published round.
func (m *Ratings) Voices(ctx context.Context, item string) (out Voices, ok bool) {
	r, x, ok := m.newest(ctx, item, "published")
	if !ok || x.Voice == nil {
		return Voices{}, false
	}
	out = Voices{Round: r.ID, RoundNo: r.No, Gap: x.Gap}
	if x.Enough {
		out.Committees = points(x.Residents)
	}
	if x.Voice.Enough {
		out.Households = percent(x.Voice.Score)
	}
	return out, true
}

// last finds the newest round with a result for the item.
func (m *Ratings) last(ctx context.Context, item string) (*Round, Result, bool) {
	return m.newest(ctx, item, "computed", "preview", "final", "published")
}

func (m *Ratings) newest(ctx context.Context, item string, states ...string) (*Round, Result, bool) {
	rs, err := m.Rounds.Engine.Cases().Find(ctx, store.Query{Sort: "-closes", Limit: 1, Where: []store.Cond{
		{Field: "state", Op: store.In, Value: states}, {Field: "items", Op: store.Has, Value: []string{item}}}})
	if err != nil || len(rs) == 0 {
		return nil, Result{}, false
	}
	x, ok := rs[0].result(item)
	return rs[0], x, ok
}

// openNow are the rounds that take ballots.
func (m *Ratings) openNow(ctx context.Context) ([]*Round, error) {
	return m.Rounds.Engine.Cases().Find(ctx, store.Query{Sort: "closes", Limit: 50, Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "open"}}})
}
