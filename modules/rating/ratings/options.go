package ratings

import (
	"context"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/setting"
	"gatehouse/web"
)

func (m *Ratings) ownDistricts(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	return m.Rounds.OwnPlaces(v, "office_staff"), nil
}

func (m *Ratings) openRounds(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	rs, err := m.openNow(ctx)
	var out []web.Option
	for _, r := range rs {
		out = append(out, web.Option{Value: r.ID, Text: r.No + " " + r.Title})
	}
	return out, err
}

// ratedItems are the items of open rounds that work in the visitor's communities.
func (m *Ratings) ratedItems(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	rs, err := m.openNow(ctx)
	var out []web.Option
	for _, r := range rs {
		for _, c := range m.held(v.Actor, "committee_staff") {
			for _, i := range r.itemsIn(c) {
				if !slices.ContainsFunc(out, func(o web.Option) bool { return o.Value == i.Item }) {
					out = append(out, web.Option{Value: i.Item, Text: i.Title})
				}
			}
		}
	}
	return out, err
}

// currentGrades are the grades of today's scale and of every open round's: a
// round keeps the scale it was planned with.
func (m *Ratings) currentGrades(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	rs, err := m.openNow(ctx)
	out := grades(v.Lang, m.Rounds.Settings())
	for _, r := range rs {
		for _, o := range grades(v.Lang, r.Settings) {
			if !slices.ContainsFunc(out, func(x web.Option) bool { return x.Value == o.Value }) {
				out = append(out, o)
			}
		}
	}
	return out, err
}

// grades words the grades of a scale; five of them have names.
func grades(l web.Lang, v setting.Values) []web.Option {
	scale := v.Set("eval.scale")
	out := make([]web.Option, len(scale))
	for i, n := range scale {
		out[i] = web.Option{Value: n, Text: l.T("ballot.points", "points", n)}
		if len(scale) == 5 {
			out[i].Text = l.T("ballot.grade."+strconv.Itoa(i+1), "points", n)
		}
	}
	return out
}

func (m *Ratings) ballotGrades(ctx context.Context, v portal.Visitor, b *Ballot) ([]web.Option, error) {
	r, err := m.Rounds.Engine.Cases().Get(ctx, b.Round)
	if err != nil {
		return nil, fault.Wrap(err, "read round %s", b.Round)
	}
	return grades(v.Lang, r.Settings), nil
}

func (m *Ratings) objectItems(ctx context.Context, v portal.Visitor, r *Round) ([]web.Option, error) {
	own := m.departments(v.Actor, "dept_head")
	return choose(r.Items, func(i Item) bool { return slices.Contains(own, i.Department) && r.objection(i.Item) == nil }), nil
}

func (m *Ratings) answerItems(ctx context.Context, v portal.Visitor, r *Round) ([]web.Option, error) {
	return choose(r.Items, func(i Item) bool { o := r.objection(i.Item); return o != nil && o.Answer == "" }), nil
}

func (m *Ratings) gapItems(_ context.Context, _ portal.Visitor, r *Round) ([]web.Option, error) {
	open := r.uninspected()
	return choose(r.Items, func(i Item) bool { return slices.Contains(open, i.Item) }), nil
}

func choose(items []Item, which func(Item) bool) []web.Option {
	var out []web.Option
	for _, i := range items {
		if which(i) {
			out = append(out, web.Option{Value: i.Item, Text: i.Title})
		}
	}
	return out
}

func (m *Ratings) startPlan(ctx context.Context, v portal.Visitor, r *Round) web.Values {
	out := web.Values{}
	if own, _ := m.ownDistricts(ctx, v); len(own) == 1 {
		out["district"] = []string{own[0].Value}
	}
	return out
}

func (m *Ratings) startEdit(ctx context.Context, v portal.Visitor, r *Round) web.Values {
	row, _ := m.Rounds.Engine.Table.Act("edit")
	return row.Do.Input.Values(&r.Plan)
}

func (m *Ratings) startAmend(ctx context.Context, v portal.Visitor, b *Ballot) web.Values {
	row, _ := m.Ballots.Engine.Table.Act("amend")
	return row.Do.Input.Values(b.form())
}
