package rectification

import (
	"slices"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	planForm struct {
		Plan string `json:"plan" form:"longtext,required,max=2000"`
	}
	reportForm struct {
		Report string        `json:"report" form:"longtext,required,max=2000"`
		Files  []schema.File `json:"files" form:"files"`
	}
	extendForm struct {
		Days   int64  `json:"days" form:"number,required,min=1,max=45"`
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
	witnessForm struct {
		Community string `json:"community" form:"choice,required,from=own_communities"`
		Changed   string `json:"changed" form:"choice,required,of=yes no"`
		Note      string `json:"note" form:"longtext,max=500"`
	}
	findingForm struct {
		Finding string `json:"finding" form:"longtext,required,max=2000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

func (m *Rectification) table() lifecycle.Table[Order] {
	due := []string{"issued", "planned"}
	return lifecycle.Table[Order]{
		Noun: "rectification", Plural: "rectifications", Prefix: "ZG",
		Title: func(o *Order) string { return o.Title },
		Scope: func(o *Order) lifecycle.Scope {
			return lifecycle.Scope{Department: o.Department, Places: o.Communities}
		},
		Facts: m.facts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Draft, Tone: "neutral"},
			{Name: "issued", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "planned", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "reported", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "passed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "failed", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "cancelled", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Order]{
			{Name: "draft", To: []string{"draft"}, Rule: "R10", Do: lifecycle.Fills("rectification", m.draft)},
			{Name: "edit", From: []string{"draft"}, Do: lifecycle.Takes("rectification", m.draft)},
			{Name: "issue", From: []string{"draft"}, To: []string{"issued"}, Rule: "R10", Look: lifecycle.Primary, Do: lifecycle.Does(m.issue), Emits: Issued,
				Timers: []lifecycle.Timer{{Name: "rectify", Setting: "rect.days", Unit: "d", Rule: "R10"}}},
			{Name: "file_plan", From: due, To: []string{"planned"}, Do: lifecycle.Takes("rectification", filePlan)},
			{Name: "report", From: due, To: []string{"reported"}, Look: lifecycle.Primary, Do: lifecycle.Takes("rectification", report),
				Stops: []string{"rectify"}, Timers: []lifecycle.Timer{{Name: "verify", Setting: "rect.verify_wd", Unit: "wd", Rule: "R11"}}},
			{Name: "extend", From: due, Do: lifecycle.Takes("rectification", extend)},
			{Name: "fail", From: due, To: []string{"failed"}, On: "rectify", Rule: "R11", Look: lifecycle.Hidden, Do: lifecycle.Does(silent), Stops: []string{"*"}, Emits: Failed},
			{Name: "witness", From: []string{"reported"}, Look: lifecycle.Primary, Place: witnessing, Secret: true, Do: lifecycle.Takes("rectification", witness)},
			{Name: "verify_pass", From: []string{"reported"}, To: []string{"passed"}, Rule: "R11", Look: lifecycle.Primary, Do: lifecycle.Takes("rectification", verified), Stops: []string{"*"}, Emits: Passed},
			{Name: "verify_fail", From: []string{"reported"}, To: []string{"failed"}, Rule: "R11", Look: lifecycle.Danger, Do: lifecycle.Takes("rectification", verified), Stops: []string{"*"}, Emits: Failed},
			{Name: "cancel", From: append([]string{"draft"}, due...), To: []string{"cancelled"}, Look: lifecycle.Danger, Stops: []string{"*"}, Emits: Cancelled,
				Do: lifecycle.Takes("rectification", func(o *Order, in *reasonForm, s *lifecycle.Step) error { s.Note(in.Reason); return nil })},
		},
		Fields: []store.Field{{Name: "item"}, {Name: "running"}},
		// One order at a time for an item, so that two clocks never run against each other.
		Indexes: []store.Index{{Name: "item", Fields: []string{"item"}}, {Name: "running", Fields: []string{"running"}, Unique: true}},
		Extract: func(o *Order) map[string]any {
			x := map[string]any{"item": o.Item, "running": nil}
			if o.running() {
				x["running"] = o.Item
			}
			return x
		},
	}
}

func (m *Rectification) draft(o *Order, in *Content, s *lifecycle.Step) error {
	department, title, _, places, err := m.Brief(s.Ctx, in.Item)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	if err != nil {
		return fault.Wrap(err, "read item %s", in.Item)
	}
	o.Content, o.Department, o.Title = *in, department, title
	if len(o.Communities) == 0 {
		o.Communities = places
	}
	for _, c := range o.Communities {
		if !slices.Contains(places, c) {
			return fault.InvalidField("communities", "fault.rectification.not_there")
		}
	}
	return nil
}

// issue notes where the grounds come from, on the day they were found true.
func (m *Rectification) issue(o *Order, s *lifecycle.Step) error {
	o.Source = "money"
	if len(scored(o)) > 0 {
		o.Source = m.RoundOf(s.Ctx, o.Item)
	}
	return nil
}

func filePlan(o *Order, in *planForm, s *lifecycle.Step) error {
	o.Plan = in.Plan
	return nil
}

func report(o *Order, in *reportForm, s *lifecycle.Step) error {
	o.Report = &Report{Text: in.Report, FiledOn: schema.DateOf(s.Now, calendar.City), Files: in.Files}
	return nil
}

// extend moves the deadline by calendar days, counted from the old one.
func extend(o *Order, in *extendForm, s *lifecycle.Step) error {
	if most := s.Settings.Int("rect.extend_days"); in.Days > int64(most) {
		return fault.InvalidField("days", "schema.too_big", "max", most)
	}
	d, ok := o.Open("rectify")
	if !ok {
		return fault.New(fault.Conflict, "rectification.no_deadline")
	}
	o.Extension, o.Extended = &Extension{Days: in.Days, Reason: in.Reason}, o.Extended+1
	s.Note(in.Reason)
	from := schema.DateOf(s.Now, calendar.City).Time(calendar.City)
	until := schema.DateOf(d.Due, calendar.City).Time(calendar.City)
	s.Start("rectify", "R10", "rect.extend_days", "d", int(until.Sub(from).Hours()/24)+int(in.Days))
	return nil
}

func silent(o *Order, s *lifecycle.Step) error {
	o.Silent = true
	return nil
}

// witnessing are the communities whose committees may say what they saw.
func witnessing(o *Order, s *lifecycle.Step) []string {
	if in := lifecycle.In[witnessForm](s); in != nil {
		return []string{in.Community}
	}
	if wait := o.unwitnessed(); len(wait) > 0 {
		return wait
	}
	return o.Communities
}

func witness(o *Order, in *witnessForm, s *lifecycle.Step) error {
	switch {
	case !slices.Contains(o.Communities, in.Community):
		return fault.InvalidField("community", "fault.rectification.not_there")
	case o.witnessed(in.Community):
		return fault.New(fault.Conflict, "rectification.witnessed_already")
	}
	o.Witnesses = append(o.Witnesses, Witness(*in))
	return nil
}

func verified(o *Order, in *findingForm, s *lifecycle.Step) error {
	o.Finding = in.Finding
	return nil
}
