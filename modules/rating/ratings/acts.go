package ratings

import (
	"slices"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of a round's acts.
type (
	planForm struct {
		District string `json:"district" form:"choice,required,from=own_districts"`
		Plan
	}
	finishForm struct {
		Community string `json:"community" form:"text,required,max=80"`
	}
	objectForm struct {
		Item string `json:"item" form:"choice,required,from=rated_items"`
		Text string `json:"text" form:"longtext,required,max=1000"`
	}
	inspectForm struct {
		Item string `json:"item" form:"choice,required,from=rated_items"`
		Text string `json:"text" form:"longtext,required,max=1000"`
	}
	answerForm struct {
		Item   string `json:"item" form:"choice,required,from=rated_items"`
		Answer string `json:"answer" form:"longtext,required,max=1000"`
	}
)

func (m *Ratings) rounds() lifecycle.Table[Round] {
	return lifecycle.Table[Round]{
		Noun: "round", Plural: "rounds", Prefix: "PY",
		Title: func(r *Round) string { return r.Title },
		// A round belongs to every department it rates; the fact own_item narrows that.
		Scope: func(r *Round) lifecycle.Scope {
			return lifecycle.Scope{Department: lifecycle.Anywhere.Department, Places: []string{r.District}}
		},
		Facts: m.roundFacts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "planned", Shelf: lifecycle.Draft, Tone: "neutral"},
			{Name: "open", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "computed", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "preview", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "final", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "published", Shelf: lifecycle.Public, Tone: "good"},
		},
		Acts: []lifecycle.Act[Round]{
			{Name: "plan", To: []string{"planned"}, Rule: "R44", Do: lifecycle.Fills("round", plan)},
			{Name: "edit", From: []string{"planned"}, Do: lifecycle.Takes("round", edit)},
			{Name: "open", From: []string{"planned"}, To: []string{"open"}, Rule: "R9", Look: lifecycle.Primary, Do: lifecycle.Does(m.open)},
			{Name: "issue", From: []string{"open"}, Rule: "R44", Place: issuing, Do: lifecycle.Takes("round", m.issue)},
			{Name: "finish", From: []string{"open"}, Look: lifecycle.Hidden, Secret: true, Do: lifecycle.Takes("round", finish)},
			{Name: "close", From: []string{"open"}, To: []string{"closed"}, On: "close", Look: lifecycle.Danger, Do: lifecycle.Does(m.close), Stops: []string{"close"}, Emits: RoundClosed},
			{Name: "compute", From: []string{"closed"}, To: []string{"computed"}, Rule: "R44", Look: lifecycle.Primary, Do: lifecycle.Does(m.compute)},
			{Name: "recompute", From: []string{"computed", "preview"}, Look: lifecycle.Hidden, Do: lifecycle.Does(m.compute)},
			{Name: "preview", From: []string{"computed"}, To: []string{"preview"}, Rule: "R48", Look: lifecycle.Primary, Do: lifecycle.Does(m.compute),
				Timers: []lifecycle.Timer{{Name: "objections", Setting: "eval.object_wd", Unit: "wd", Rule: "R48"}}},
			{Name: "object", From: []string{"preview"}, Rule: "R48", Do: lifecycle.Takes("round", m.object)},
			{Name: "answer", From: []string{"preview"}, Look: lifecycle.Primary, Do: lifecycle.Takes("round", answer)},
			{Name: "settle", From: []string{"preview"}, To: []string{"final"}, Rule: "R48", Look: lifecycle.Primary, Do: lifecycle.Does(m.compute), Stops: []string{"objections"}},
			{Name: "publish", From: []string{"final"}, To: []string{"published"}, Look: lifecycle.Primary, Do: lifecycle.Does(m.compute)},
			{Name: "inspect", From: []string{"computed", "preview", "final", "published"}, Do: lifecycle.Takes("round", inspect)},
		},
		Fields:  []store.Field{{Name: "items", Kind: store.List}, {Name: "closes"}},
		Indexes: []store.Index{{Name: "closes", Fields: []string{"closes"}}},
		Extract: func(r *Round) map[string]any {
			return map[string]any{"items": ids(r.Items), "closes": string(r.Closes)}
		},
	}
}

func ids(items []Item) []string {
	var out []string
	for _, i := range items {
		out = append(out, i.Item)
	}
	return out
}

func plan(r *Round, in *planForm, s *lifecycle.Step) error {
	r.District, r.Plan = in.District, in.Plan
	return order(in.Plan, s.Now)
}

func edit(r *Round, in *Plan, s *lifecycle.Step) error {
	r.Plan = *in
	return order(*in, s.Now)
}

// order refuses dates that run backwards or lie further off than a deadline may.
func order(p Plan, now time.Time) error {
	switch {
	case p.To < p.From:
		return fault.InvalidField("to", "fault.round.ends_before_it_begins")
	case p.Closes < p.From:
		return fault.InvalidField("closes", "fault.round.closes_before_it_begins")
	case daysTo(now, p.Closes) > 366:
		return fault.InvalidField("closes", "fault.round.closes_too_late")
	}
	return nil
}

// daysTo counts the city's days from a moment to a day.
func daysTo(now time.Time, day schema.Date) int {
	return int(day.Time(city).Sub(schema.DateOf(now, city).Time(city)).Hours() / 24)
}

// open takes the list of what was at work in the period: nobody can leave it (R9).
func (m *Ratings) open(r *Round, s *lifecycle.Step) error {
	if !s.Now.Before(r.end()) {
		return fault.New(fault.Conflict, "round.closing_day_passed")
	}
	rated, err := m.Rated(s.Ctx, r.District, r.From.Time(city), endOf(r.To))
	if err != nil {
		return fault.Wrap(err, "list the items of round %s", r.ID)
	}
	r.Items = nil
	for _, x := range rated {
		if len(x.Communities) > 0 {
			r.Items = append(r.Items, Item{Item: x.ID, Title: x.Title, Department: x.Department, Communities: x.Communities, Households: m.households(x.Communities)})
		}
	}
	if len(r.Items) == 0 {
		return fault.New(fault.Conflict, "round.nothing_to_rate").OnRule("R9")
	}
	s.Start("close", "R9", "", "d", daysTo(s.Now, r.Closes))
	return m.unlock(s.Ctx, r.ID)
}

// finish notes that a community has cast all its ballots, so that the round no
// longer waits for it.
func finish(r *Round, in *finishForm, s *lifecycle.Step) error {
	if !slices.Contains(r.Finished, in.Community) {
		r.Finished = append(r.Finished, in.Community)
	}
	return nil
}

// close shuts the door before the round is saved: a ballot that comes through
// it afterwards would not be counted. A sheet made meanwhile is a newer
// revision of the round, so no box is forgotten.
func (m *Ratings) close(r *Round, s *lifecycle.Step) error {
	if err := m.lock(s.Ctx, r.ID); err != nil {
		return err
	}
	return m.shutBoxes(s.Ctx, r)
}

// households counts those of several communities.
func (m *Ratings) households(communities []string) int64 {
	var n int64
	for _, c := range communities {
		n += m.Households(c)
	}
	return n
}

// inspect notes what was found out about a gap.
func inspect(r *Round, in *inspectForm, s *lifecycle.Step) error {
	if !slices.Contains(r.uninspected(), in.Item) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	r.Findings = append(r.Findings, Finding(*in))
	return nil
}

// compute counts the ballots. It gives the same again for the same ballots and
// money, so it may be repeated.
func (m *Ratings) compute(r *Round, s *lifecycle.Step) error {
	votes, reasons, receipts := map[string][]Grades{}, map[string][]string{}, map[string][]string{}
	err := m.Ballots.Engine.Cases().Each(s.Ctx, []store.Cond{{Field: "round", Op: store.Eq, Value: r.ID}}, func(b *Ballot) error {
		votes[b.Item], receipts[b.Item] = append(votes[b.Item], b.Grades), append(receipts[b.Item], b.receipt())
		if b.Text != "" {
			reasons[b.Item] = append(reasons[b.Item], b.Text)
		}
		return nil
	})
	if err != nil {
		return fault.Wrap(err, "count round %s", r.ID)
	}
	t := termsOf(s.Settings)
	said := map[string]map[string]map[string]int{}
	if len(r.Sheets) > 0 {
		if said, err = m.voices(s.Ctx, r.ID); err != nil {
			return err
		}
	}
	out := make([]Result, len(r.Items))
	for i, item := range r.Items {
		unpaid, err := m.unpaid(s, r, item.Item)
		if err != nil {
			return err
		}
		var own *Voice
		if slices.ContainsFunc(r.Sheets, func(x Sheet) bool { return slices.Contains(item.Communities, x.Community) }) {
			callers, lowest, err := m.unhappy(s.Ctx, s.Settings, r, item.Item)
			if err != nil {
				return err
			}
			v := voice(said[item.Item], least(s.Settings, item.Households), callers, lowest)
			own = &v
		}
		out[i] = tally(item.Item, votes[item.Item], own, unpaid, t)
		slices.Sort(reasons[item.Item])
		slices.Sort(receipts[item.Item])
		out[i].Reasons, out[i].Receipts = reasons[item.Item], receipts[item.Item]
	}
	r.Results = out
	return nil
}

// unpaid asks about the money once, when the round is first computed: what a
// department saw in the preview is what is published.
func (m *Ratings) unpaid(s *lifecycle.Step, r *Round, item string) (bool, error) {
	if old, ok := r.result(item); ok {
		return old.Unpaid, nil
	}
	unpaid, err := m.MoneyOverdue(s.Ctx, item)
	return unpaid, fault.Wrap(err, "ask for the money of item %s", item)
}

func (m *Ratings) object(r *Round, in *objectForm, s *lifecycle.Step) error {
	i, ok := r.item(in.Item)
	switch {
	case !ok:
		return fault.InvalidField("item", "schema.not_an_option")
	case r.objection(in.Item) != nil:
		return fault.New(fault.Conflict, "round.already_objected")
	}
	r.Objections = append(r.Objections, Objection{Item: i.Item, Department: i.Department, Text: in.Text})
	return nil
}

func answer(r *Round, in *answerForm, s *lifecycle.Step) error {
	o := r.objection(in.Item)
	switch {
	case o == nil:
		return fault.InvalidField("item", "schema.not_an_option")
	case o.Answer != "":
		return fault.New(fault.Conflict, "round.already_answered")
	}
	o.Answer = in.Answer
	return nil
}
