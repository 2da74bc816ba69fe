package ratings

import (
	"context"
	"errors"
	"html/template"
	"slices"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Completion is a department's side of the two-way rating (双向评议): what of the
// work agreed for a community was completed there, in counts and dates. It has
// no grade, no words and no rank, and no result is computed from it (R46). The
// committee confirms the counts or puts its own beside them.
type Completion struct {
	lifecycle.Case
	Round      string `json:"round"`
	RoundNo    string `json:"round_no"`
	Item       string `json:"item"`
	Title      string `json:"title"` // of the item
	Department string `json:"department"`
	Community  string `json:"community"`
	Facts
	Counted *int64 `json:"counted,omitempty"` // by the committee, where it counts otherwise

	elsewhere, over bool // found out while it is being noted
}

// Facts are all that a department may say of a community (R46).
type Facts struct {
	Agreed   int64       `json:"agreed" form:"number,required,max=100000"` // times or households, as the item says
	Done     int64       `json:"done" form:"number,required,max=100000"`
	Finished schema.Date `json:"finished" form:"date"`                                          // when the last was done
	Reason   string      `json:"reason" form:"choice,of=money powers dates weather unfinished"` // why some were not: always a fact of the work
}

type (
	noteForm struct {
		Round     string `json:"round" form:"choice,required,from=rounds_noted"`
		Item      string `json:"item" form:"choice,required,from=noted_items"`
		Community string `json:"community" form:"choice,required,from=communities"`
		Facts
	}
	correctForm struct {
		Counted int64 `json:"counted" form:"number,required,max=100000"`
	}
)

func (m *Ratings) completions() lifecycle.Table[Completion] {
	return lifecycle.Table[Completion]{
		Noun: "completion", Plural: "completions", Prefix: "WC",
		Title: func(c *Completion) string { return c.Title },
		Scope: func(c *Completion) lifecycle.Scope {
			return lifecycle.Scope{Department: c.Department, Places: []string{c.Community}}
		},
		Facts: func(c *Completion, s *lifecycle.Step) ([]string, error) {
			return []string{lifecycle.When(c.elsewhere, "elsewhere"), lifecycle.When(c.over, "over")}, nil
		},
		States: []lifecycle.State{
			{Name: "noted", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"committee_head"}},
			{Name: "confirmed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "corrected", Shelf: lifecycle.Filed, Tone: "info"},
		},
		Acts: []lifecycle.Act[Completion]{
			{Name: "note", To: []string{"noted"}, Rule: "R46", Do: lifecycle.Fills("completion", m.note)},
			{Name: "amend", From: []string{"noted"}, Do: lifecycle.Takes("completion", amendFacts)},
			{Name: "confirm", From: []string{"noted"}, To: []string{"confirmed"}, Look: lifecycle.Primary, Do: lifecycle.Does(func(*Completion, *lifecycle.Step) error { return nil })},
			{Name: "correct", From: []string{"noted"}, To: []string{"corrected"}, Rule: "R46", Do: lifecycle.Takes("completion", correct)},
		},
		Fields:  []store.Field{{Name: "round"}, {Name: "item"}, {Name: "community"}},
		Indexes: []store.Index{{Name: "once", Fields: []string{"round", "item", "community"}, Unique: true}},
		Extract: func(c *Completion) map[string]any {
			return map[string]any{"round": c.Round, "item": c.Item, "community": c.Community}
		},
	}
}

func (m *Ratings) note(c *Completion, in *noteForm, s *lifecycle.Step) error {
	r, err := m.Rounds.Engine.Cases().Get(s.Ctx, in.Round)
	if errors.Is(err, store.ErrNotFound) || err == nil && r.State == "planned" {
		return fault.InvalidField("round", "schema.not_an_option")
	}
	if err != nil {
		return fault.Wrap(err, "read round %s", in.Round)
	}
	i, _ := r.item(in.Item)
	c.Round, c.RoundNo, c.Item, c.Title, c.Department, c.Community = r.ID, r.No, in.Item, i.Title, i.Department, in.Community
	c.over, c.elsewhere = !r.noted(), !r.worksIn(in.Item, in.Community)
	if c.over || c.elsewhere {
		return nil // the policy refuses it, with its reason
	}
	return c.set(in.Facts)
}

// noted tells whether departments may still note what was completed.
func (r *Round) noted() bool { return slices.Contains(notedStates, r.State) }

var notedStates = []string{"open", "closed", "computed", "preview"}

func amendFacts(c *Completion, in *Facts, s *lifecycle.Step) error { return c.set(*in) }

func (c *Completion) set(f Facts) error {
	switch {
	case f.Done > f.Agreed:
		return fault.InvalidField("done", "fault.completion.more_than_agreed")
	case f.Done < f.Agreed && f.Reason == "":
		return fault.InvalidField("reason", "fault.completion.reason_missing")
	}
	c.Facts = f
	return nil
}

func correct(c *Completion, in *correctForm, s *lifecycle.Step) error {
	if in.Counted > c.Agreed {
		return fault.InvalidField("counted", "fault.completion.more_than_agreed")
	}
	c.Counted = &in.Counted
	return nil
}

// notedRounds are the rounds to which completions may be noted.
func (m *Ratings) notedRounds(ctx context.Context) ([]*Round, error) {
	return m.Rounds.Engine.Cases().Find(ctx, store.Query{Sort: "-closes", Limit: 50, Where: []store.Cond{{Field: "state", Op: store.In, Value: notedStates}}})
}

func (m *Ratings) notedRoundOptions(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	rs, err := m.notedRounds(ctx)
	var out []web.Option
	for _, r := range rs {
		out = append(out, web.Option{Value: r.ID, Text: r.No + " " + r.Title})
	}
	return out, err
}

// notedItems are the items of those rounds that the visitor's departments run.
func (m *Ratings) notedItems(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	rs, err := m.notedRounds(ctx)
	own := m.departments(v.Actor, "dept_clerk")
	var out []web.Option
	for _, r := range rs {
		for _, o := range choose(r.Items, func(i Item) bool { return slices.Contains(own, i.Department) }) {
			if !slices.Contains(out, o) {
				out = append(out, o)
			}
		}
	}
	return out, err
}

func (m *Ratings) dressCompletions() {
	d := m.Completions
	d.Filters = map[string]string{"round": "round", "item": "item", "community": "community"}
	d.Columns = []portal.Column[Completion]{
		{Key: "ballot.community", Cell: func(v portal.Visitor, c *Completion) template.HTML {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, c.Community))
		}},
		{Key: "completion.of", Num: true, Cell: func(v portal.Visitor, c *Completion) template.HTML {
			return portal.Text(v.Lang, figure(c.Done)+" / "+figure(c.Agreed))
		}},
	}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Completion) web.Values{
		"amend": func(_ context.Context, _ portal.Visitor, c *Completion) web.Values {
			row, _ := d.Engine.Table.Act("amend")
			return row.Do.Input.Values(&c.Facts)
		}}
	d.Detail = func(_ context.Context, v portal.Visitor, c *Completion) (template.HTML, error) {
		l := v.Lang
		pairs := []web.Pair{{Key: "ballot.round", Value: web.Link("/rounds/"+c.Round, c.RoundNo)}, {Key: "ballot.item", Value: web.Link("/items/"+c.Item, c.Title)},
			portal.Pair(l, "ballot.community", d.Names.Place(l, c.Community)), portal.Pair(l, "completion.agreed", figure(c.Agreed)),
			portal.Pair(l, "completion.done", figure(c.Done))}
		if c.Finished != "" {
			pairs = append(pairs, portal.Pair(l, "completion.finished", l.Day(c.Finished)))
		}
		if c.Reason != "" {
			pairs = append(pairs, portal.Pair(l, "completion.reason", l.T("completion.reason."+c.Reason)))
		}
		if c.Counted != nil {
			pairs = append(pairs, portal.Pair(l, "completion.counted", figure(*c.Counted)))
		}
		return portal.In(l, func(h *web.H) {
			h.Add(web.Summary(l, pairs...))
			h.Raw(`<p>`)
			h.T("completion.only_facts")
			h.Raw(`</p>`)
		}), nil
	}
}

// figure writes a count; none done is a figure too.
func figure(n int64) string { return strconv.FormatInt(n, 10) }
