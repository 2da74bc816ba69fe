package bypass

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
	refusalForm struct {
		Refusal string `json:"refusal" form:"text,required"`
	}
	findingForm struct {
		Finding string `json:"finding" form:"longtext,required,max=2000"`
	}
	orderForm struct {
		Demand string `json:"demand" form:"choice,required,of=stop apply"`
		Text   string `json:"text" form:"longtext,required,max=1000"`
	}
	letterForm struct {
		Text string `json:"text" form:"longtext,required,max=1000"`
	}
	circularStep struct {
		Circular string `json:"circular" form:"text,required"`
	}
	summonsForm struct {
		At   schema.Date `json:"at" form:"date,required"`
		Room string      `json:"room" form:"text,required,max=80"`
		Text string      `json:"text" form:"longtext,required,max=1000"`
	}
	replyForm struct {
		Reply string `json:"reply" form:"longtext,required,max=2000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

func (m *Bypass) reports() lifecycle.Table[Report] {
	clock := []lifecycle.Timer{{Name: "verify", Setting: "bypass.verify_wd", Unit: "wd", Rule: "R28"}}
	comply := []lifecycle.Timer{{Name: "comply", Setting: "bypass.comply_wd", Unit: "wd", Rule: "R28"}}
	verified := []string{"verify"}
	return lifecycle.Table[Report]{
		Noun: "report", Plural: "reports", Prefix: "TP",
		Title: func(r *Report) string { return r.What },
		Scope: m.scope, Facts: m.facts, AssignedTo: m.waits,
		// Until it is substantiated a report is the office's and its reporter's: the
		// department must not hear of it.
		States: []lifecycle.State{
			{Name: "filed", Shelf: lifecycle.Draft, Tone: "warn"},
			{Name: "verifying", Shelf: lifecycle.Draft, Tone: "doing"},
			{Name: "unfounded", Shelf: lifecycle.Draft, Tone: "neutral"},
			{Name: "substantiated", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "ordered", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "lettered", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "circulated", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "summoned", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "complied", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
		},
		Acts: []lifecycle.Act[Report]{
			{Name: "file", To: []string{"filed"}, Rule: "R7", Look: lifecycle.Primary, Secret: true, Do: lifecycle.Fills("report", m.file), Timers: clock},
			{Name: "file_refusal", To: []string{"filed"}, Rule: "R7", Look: lifecycle.Hidden, Do: lifecycle.Fills("report", m.fileRefusal), Timers: clock},
			{Name: "take", From: []string{"filed"}, To: []string{"verifying"}, Look: lifecycle.Primary},
			{Name: "substantiate", From: []string{"verifying"}, To: []string{"substantiated"}, Rule: "R28", Look: lifecycle.Primary,
				Do: lifecycle.Takes("report", found), Stops: verified},
			{Name: "dismiss", From: []string{"verifying"}, To: []string{"unfounded"}, Look: lifecycle.Danger, Do: lifecycle.Takes("report", found), Stops: verified},
			{Name: "escalate", From: []string{"filed", "verifying"}, On: "verify", Rule: "R28", Look: lifecycle.Hidden,
				Do: lifecycle.Does(func(r *Report, s *lifecycle.Step) error { r.Late = true; return nil })},
			{Name: "order", From: []string{"substantiated"}, To: []string{"ordered"}, Rule: "R28", Look: lifecycle.Primary, Do: lifecycle.Takes("report", order), Timers: comply},
			{Name: "comply", From: pressed, To: []string{"complied"}, Look: lifecycle.Primary, Do: lifecycle.Takes("report", reply), Stops: []string{"comply"}},
			{Name: "lapse", From: pressed, On: "comply", Rule: "R28", Look: lifecycle.Hidden,
				Do: lifecycle.Does(func(r *Report, s *lifecycle.Step) error { r.Lapsed = true; return nil })},
			{Name: "send_letter", From: others("lettered"), To: []string{"lettered"}, Rule: "R28", Do: lifecycle.Takes("report", letter), Timers: comply},
			{Name: "circulate", From: others("circulated"), To: []string{"circulated"}, Rule: "R28", Look: lifecycle.Hidden, Do: lifecycle.Takes("report", circulate), Timers: comply},
			{Name: "summon", From: others("summoned"), To: []string{"summoned"}, Rule: "R28", Do: lifecycle.Takes("report", summon), Timers: comply},
			{Name: "not_done", From: []string{"complied"}, To: pressed, Rule: "R28", Look: lifecycle.Danger, Do: lifecycle.Takes("report", notDone)},
			{Name: "close", From: append([]string{"complied"}, others("ordered")...), To: []string{"closed"}, Look: lifecycle.Primary, Stops: []string{"*"},
				Do: lifecycle.Takes("report", func(r *Report, in *reasonForm, s *lifecycle.Step) error { r.Outcome = in.Reason; return nil })},
		},
		Fields:  []store.Field{{Name: "track"}, {Name: "refusal"}},
		Indexes: []store.Index{{Name: "track", Fields: []string{"track"}}, {Name: "refusal", Fields: []string{"refusal"}, Unique: true}},
		Extract: func(r *Report) map[string]any {
			x := map[string]any{"track": nil, "refusal": nil}
			if r.Track != "" {
				x["track"] = r.Track
			}
			if r.Refusal != "" {
				x["refusal"] = r.Refusal
			}
			return x
		},
	}
}

func today(s *lifecycle.Step) schema.Date { return schema.DateOf(s.Now, calendar.City) }

// file takes a report from anybody. Who it was stays in the case for the office
// alone: the history, which the department reads later, names nobody.
func (m *Bypass) file(r *Report, in *Content, s *lifecycle.Step) error {
	if in.DemandedOn > today(s) {
		return fault.InvalidField("demanded_on", "report.in_future")
	}
	if m.street(in.Community) == "" {
		return fault.InvalidField("community", "schema.not_an_option")
	}
	if !m.Names.Known("department", in.Department) {
		return fault.InvalidField("department", "schema.not_an_option")
	}
	r.Content, r.Reporter = *in, m.reporter(s.Actor, in.Community, s.Now)
	r.Track = digest(m.code(r.ID))
	r.OpenedBy, s.Actor = "", lifecycle.Actor{}
	return nil
}

// fileRefusal reports what a refusal found.
func (m *Bypass) fileRefusal(r *Report, in *refusalForm, s *lifecycle.Step) error {
	d, err := m.Refusal(s.Ctx, in.Refusal)
	if err != nil {
		return fault.Wrap(err, "read refusal %s", in.Refusal)
	}
	r.Refusal, r.RefusalNo = in.Refusal, d.No
	r.Content = Content{Department: d.Department, Community: d.Community, What: d.Title, DemandedOn: schema.Date(d.DemandedOn), Way: d.Way, Evidence: d.Evidence}
	r.Reporter = Reporter{Kind: "committee", Place: d.Community, Person: d.By, For: d.For}
	if street := m.street(d.Community); d.ByStreet && street != "" {
		r.Reporter.Kind, r.Reporter.Place = "street", street
	}
	return nil
}

func found(r *Report, in *findingForm, s *lifecycle.Step) error {
	r.Finding = in.Finding
	return nil
}

func order(r *Report, in *orderForm, s *lifecycle.Step) error {
	r.Order = &Order{Demand: in.Demand, Text: in.Text}
	return nil
}

func (r *Report) climb(t Taken, s *lifecycle.Step) error {
	t.On = today(s)
	r.Steps, r.Lapsed = append(r.Steps, t), false
	return nil
}

func letter(r *Report, in *letterForm, s *lifecycle.Step) error {
	return r.climb(Taken{Step: "letter", Text: in.Text}, s)
}

func circulate(r *Report, in *circularStep, s *lifecycle.Step) error {
	return r.climb(Taken{Step: "circular", Text: in.Circular}, s)
}

func summon(r *Report, in *summonsForm, s *lifecycle.Step) error {
	if in.At < today(s) {
		return fault.InvalidField("at", "report.in_past")
	}
	return r.climb(Taken{Step: "summons", Text: in.Text, At: in.At, Room: in.Room}, s)
}

func reply(r *Report, in *replyForm, s *lifecycle.Step) error {
	r.Replies = append(r.Replies, Reply{Text: in.Reply, On: today(s)})
	return nil
}

// notDone brings the report back to the step it came from; the time of that
// step was used up by a wrong answer, so the next may follow at once.
func notDone(r *Report, in *reasonForm, s *lifecycle.Step) error {
	r.Replies = slices.Clone(r.Replies)
	r.Replies[len(r.Replies)-1].Not, r.Lapsed = in.Reason, true
	s.Go(r.rung())
	return nil
}
