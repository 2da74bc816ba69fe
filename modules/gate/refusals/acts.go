package refusals

import (
	"strconv"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts. A refusal is short enough for one screen of a phone.
type (
	what struct {
		Department string      `json:"department" form:"choice,from=departments"` // may stay empty when the item is named
		Item       string      `json:"item" form:"choice,from=refusable_items"`
		Title      string      `json:"title" form:"text,max=80"`
		Ground     string      `json:"ground" form:"choice,required,of=not_admitted no_money no_powers no_staff beyond_scope expired city_bureau negative_list transition_over,from=refusal_grounds"`
		Way        string      `json:"way" form:"choice,required,of=document chat call visit meeting"`
		DemandedOn schema.Date `json:"demanded_on" form:"date"`
		Kind       string      `json:"kind" form:"choice,of=organisation task appraisal plaque ledger survey"`
		DemandedBy string      `json:"demanded_by" form:"text,max=40"`
		Evidence   string      `json:"evidence" form:"longtext,max=500"`

		Files []schema.File `json:"files" form:"files,max=3"`
	}
	issueForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		what
	}
	streetForm struct {
		Community string `json:"community" form:"choice,required,from=street_communities"`
		what
	}
	disputeForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	rulingForm struct {
		Outcome string `json:"outcome" form:"choice,required,of=uphold overturn"`
		Reason  string `json:"reason" form:"longtext,required,max=1000"`
	}
	withdrawForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

func (m *Refusals) table() lifecycle.Table[Refusal] {
	return lifecycle.Table[Refusal]{
		Noun: "refusal", Plural: "refusals", Prefix: "JJ",
		Title: func(r *Refusal) string { return r.Title },
		Scope: func(r *Refusal) lifecycle.Scope {
			return lifecycle.Scope{Department: r.Department, Places: []string{r.Community}}
		},
		Facts:      m.facts,
		AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "issued", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"dept_clerk"}},
			{Name: "acknowledged", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "disputed", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"office_staff"}},
			{Name: "upheld", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "overturned", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "withdrawn", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "settled", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Refusal]{
			{Name: "issue", To: []string{"issued"}, Rule: "R6", Look: lifecycle.Primary, Do: lifecycle.Fills("refusal", m.issue), Emits: Issued},
			{Name: "issue_street", To: []string{"issued"}, Rule: "R25", Do: lifecycle.Fills("refusal", m.issueStreet), Emits: Issued},
			{Name: "acknowledge", From: []string{"issued"}, To: []string{"acknowledged"}, Look: lifecycle.Primary, Do: lifecycle.Does(about)},
			{Name: "dispute", From: []string{"issued"}, To: []string{"disputed"}, Do: lifecycle.Takes("refusal", dispute),
				Timers: []lifecycle.Timer{{Name: "ruling", Setting: "refuse.rule_wd", Unit: "wd", Rule: "R6"}}},
			{Name: "rule", From: []string{"disputed"}, To: []string{"upheld", "overturned"}, Rule: "R6", Look: lifecycle.Primary,
				Do: lifecycle.Takes("refusal", rule), Stops: []string{"*"}},
			{Name: "withdraw", From: []string{"issued"}, To: []string{"withdrawn"}, Look: lifecycle.Danger, Do: lifecycle.Takes("refusal", withdraw), Emits: Withdrawn},
			{Name: "settle", From: []string{"issued", "acknowledged", "upheld"}, To: []string{"settled"}, Rule: "R37", Look: lifecycle.Hidden},
			{Name: "escalate", From: []string{"disputed"}, On: "ruling", Look: lifecycle.Hidden, Do: lifecycle.Does(escalate)},
		},
		Fields:  []store.Field{{Name: "year"}, {Name: "ground"}, {Name: "bypass"}, {Name: "open_matter"}},
		Indexes: []store.Index{{Name: "year", Fields: []string{"year"}}, {Name: "open_matter", Fields: []string{"open_matter"}}},
		Extract: extract,
	}
}

func extract(r *Refusal) map[string]any {
	x := map[string]any{"year": strconv.Itoa(r.OpenedAt.In(calendar.City).Year()), "ground": r.Ground, "bypass": nil, "open_matter": nil}
	if r.Bypass && r.State != "overturned" && r.State != "withdrawn" {
		x["bypass"] = "yes"
	}
	if r.Item != "" && r.pending() {
		x["open_matter"] = r.matter()
	}
	return x
}

// matter is what is refused once at a time.
func (r *Refusal) matter() string { return r.Community + "/" + r.Item + "/" + r.Ground }

func (m *Refusals) issue(r *Refusal, in *issueForm, s *lifecycle.Step) error {
	return m.refuse(r, in.Community, &in.what, s)
}

func (m *Refusals) issueStreet(r *Refusal, in *streetForm, s *lifecycle.Step) error {
	r.ByStreet = true
	return m.refuse(r, in.Community, &in.what, s)
}

// refuse writes down the demand and what the record says about it; the gate
// judges the ground by that.
func (m *Refusals) refuse(r *Refusal, community string, in *what, s *lifecycle.Step) error {
	today := schema.DateOf(s.Now, calendar.City)
	r.Demand = Demand{Community: community, Department: in.Department, Item: in.Item, Title: in.Title, Kind: in.Kind, Ground: in.Ground,
		DemandedOn: in.DemandedOn, Way: in.Way, DemandedBy: in.DemandedBy, Evidence: in.Evidence, Files: in.Files}
	if r.DemandedOn == "" {
		r.DemandedOn = today
	}
	if r.DemandedOn > today {
		return fault.InvalidField("demanded_on", "refusal.in_future")
	}
	if err := m.name(s, r); err != nil {
		return err
	}
	if err := m.once(r, s); err != nil {
		return err
	}
	r.Bypass = bypass(r.Ground)
	about(r, s)
	switch {
	case r.stops():
	case r.Bypass:
		Bypassed.Instead(s)
	default:
		s.Silent()
	}
	return m.find(r, s)
}

// once sends whoever refuses an item again on the same ground to the refusal
// that is still open. It is no unique index, and passes over the same request
// sent twice: that must find its own case by its key, not a conflict.
func (m *Refusals) once(r *Refusal, s *lifecycle.Step) error {
	if r.Item == "" {
		return nil
	}
	same := store.Query{Where: []store.Cond{{Field: "open_matter", Op: store.Eq, Value: r.matter()}}, Sort: "id", Limit: 1}
	rs, err := m.Resource.Engine.Cases().Find(s.Ctx, same)
	if err != nil {
		return fault.Wrap(err, "find refusals of item %s", r.Item)
	}
	if len(rs) == 0 || r.OpenKey != "" && rs[0].OpenKey == r.OpenKey {
		return nil
	}
	if !m.Resource.Engine.Sees(s.Ctx, s.Actor, rs[0]) { // the gate says all that others may know
		return nil
	}
	return fault.New(fault.Conflict, "refusal.already_open")
}

// about says in the event which community it is about.
func about(r *Refusal, s *lifecycle.Step) error {
	s.Ref = r.Community
	return nil
}

func dispute(r *Refusal, in *disputeForm, s *lifecycle.Step) error {
	r.Reply = in.Reason
	return about(r, s)
}

func rule(r *Refusal, in *rulingForm, s *lifecycle.Step) error {
	r.Ruling = &Ruling{Outcome: in.Outcome, Reason: in.Reason}
	s.Silent()
	if in.Outcome == "overturn" {
		s.Go("overturned")
		Overturned.Instead(s)
	}
	return about(r, s)
}

func withdraw(r *Refusal, in *withdrawForm, s *lifecycle.Step) error {
	s.Note(in.Reason)
	return about(r, s)
}

func escalate(r *Refusal, s *lifecycle.Step) error {
	r.Overdue++
	return about(r, s)
}
