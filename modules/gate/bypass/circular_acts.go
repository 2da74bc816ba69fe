package bypass

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of the acts on a circular.
type (
	answerForm struct {
		Answer string `json:"answer" form:"longtext,required,max=2000"`
	}
	correctionForm struct {
		Correction string `json:"correction" form:"longtext,required,max=1000"`
	}
)

func (m *Bypass) circulars() lifecycle.Table[Circular] {
	out := []string{"issued", "answered"}
	return lifecycle.Table[Circular]{
		Noun: "circular", Plural: "circulars", Prefix: "TB",
		Title: func(c *Circular) string { return c.Title },
		Scope: func(c *Circular) lifecycle.Scope {
			return lifecycle.Scope{Department: c.Department, Places: []string{c.District}}
		},
		Facts: m.circularFacts,
		Shelf: func(c *Circular) lifecycle.Shelf {
			switch {
			case !c.out():
				return lifecycle.Draft
			case c.Public:
				return lifecycle.Public
			}
			return lifecycle.Filed
		},
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Draft, Tone: "neutral", Assignees: []string{"office_head"}},
			{Name: "approved", Shelf: lifecycle.Draft, Tone: "info", Assignees: []string{"office_staff"}},
			{Name: "issued", Shelf: lifecycle.Filed, Tone: "bad", Assignees: []string{"dept_head"}},
			{Name: "answered", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"office_staff"}},
			{Name: "closed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "retracted", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Circular]{
			{Name: "draft", To: []string{"draft"}, Rule: "R28", Look: lifecycle.Primary, Do: lifecycle.Fills("circular", m.draft)},
			{Name: "edit", From: []string{"draft", "approved"}, To: []string{"draft"}, Do: lifecycle.Takes("circular", m.draft)},
			{Name: "approve", From: []string{"draft"}, To: []string{"approved"}, Rule: "R28", Look: lifecycle.Primary},
			{Name: "issue", From: []string{"approved"}, To: []string{"issued"}, Rule: "R28", Look: lifecycle.Primary, Do: lifecycle.Does(issueCircular), Emits: CircularIssued},
			{Name: "answer", From: []string{"issued"}, To: []string{"answered"}, Look: lifecycle.Primary,
				Do: lifecycle.Takes("circular", func(c *Circular, in *answerForm, s *lifecycle.Step) error { c.Answer = in.Answer; return nil })},
			{Name: "close", From: []string{"answered"}, To: []string{"closed"}, Look: lifecycle.Primary,
				Do: lifecycle.Takes("circular", func(c *Circular, in *reasonForm, s *lifecycle.Step) error { c.Outcome = in.Reason; return nil })},
			{Name: "correct", From: out, Do: lifecycle.Takes("circular", correct)},
			{Name: "retract", From: out, To: []string{"retracted"}, Look: lifecycle.Danger,
				Do: lifecycle.Takes("circular", func(c *Circular, in *reasonForm, s *lifecycle.Step) error { c.Retraction = in.Reason; return nil })},
		},
		Fields:  []store.Field{{Name: "report"}},
		Indexes: []store.Index{{Name: "report", Fields: []string{"report"}}},
		Extract: func(c *Circular) map[string]any {
			if c.Report == "" {
				return map[string]any{"report": nil}
			}
			return map[string]any{"report": c.Report}
		},
	}
}

// draft fills in from the report what the clerk has left to the record.
func (m *Bypass) draft(c *Circular, in *Draft, s *lifecycle.Step) error {
	c.Draft, c.ReportNo = *in, ""
	if c.District == "" {
		c.District = m.office(s.Actor, s.Now)
	}
	if in.Report != "" {
		if err := m.fromReport(c, s); err != nil {
			return err
		}
	}
	e := fault.New(fault.Invalid, "invalid")
	if !m.Names.Known("department", c.Department) {
		e.Wrong("department", "schema.required")
	}
	if c.Facts == "" {
		e.Wrong("facts", "schema.required")
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

func (m *Bypass) fromReport(c *Circular, s *lifecycle.Step) error {
	r, err := m.Reports.Engine.Get(s.Ctx, s.Actor, c.Report)
	switch {
	case fault.Is(err, fault.NotFound), err == nil && r.Order == nil:
		return fault.InvalidField("report", "schema.not_an_option")
	case err != nil:
		return fault.Wrap(err, "read report %s", c.Report)
	case c.Department != "" && c.Department != r.Department:
		return fault.InvalidField("department", "circular.other_department")
	}
	c.Department, c.ReportNo, c.District = r.Department, r.No, m.district(m.scope(r).Places[0])
	if c.Facts == "" {
		c.Facts = record(r)
	}
	return nil
}

// record tells the report's course in the office's language, without a word
// about who reported it.
func record(r *Report) string {
	l := web.Simplified
	text := l.T("circular.record_found", "day", r.DemandedOn, "way", "t:report.way."+r.Way, "what", r.What, "finding", r.Finding)
	text += "\n" + l.T("circular.record_order", "demand", "t:report.demand."+r.Order.Demand, "text", r.Order.Text)
	for _, t := range r.Steps {
		text += "\n" + l.T("circular.record_step", "day", t.On, "step", "t:setting.bypass.ladder."+t.Step)
	}
	return text
}

func issueCircular(c *Circular, s *lifecycle.Step) error {
	c.Public = s.Settings.Text("bypass.public") == "public"
	s.Ref = c.Report
	return nil
}

func correct(c *Circular, in *correctionForm, s *lifecycle.Step) error {
	c.Corrections = append(c.Corrections, Correction{Text: in.Correction, On: today(s)})
	return nil
}

// circularFacts: one that follows from a report is a step of its ladder and
// waits for its turn like the others.
func (m *Bypass) circularFacts(c *Circular, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(s.Did("draft", "edit"), "own_draft"),
		lifecycle.When(s.Act == "issue" && c.Report != "" && !m.due(s, c.Report), "not_due"),
	}, nil
}

// due tells whether the ladder of a report has come to the circular.
func (m *Bypass) due(s *lifecycle.Step, report string) bool {
	r, err := m.Reports.Engine.Cases().Get(s.Ctx, report)
	return err == nil && r.next(r.Settings) == "circular" && !r.inTime(s.Now)
}

// onCircular takes the step on the ladder that a circular was issued for.
func (m *Bypass) onCircular(ctx context.Context, ev lifecycle.News) error {
	if ev.Ref == "" {
		return nil
	}
	c, err := m.Circulars.Engine.Get(ctx, lifecycle.System, ev.Case)
	if err != nil {
		return err
	}
	_, err = m.Reports.Engine.Act(ctx, lifecycle.System, ev.Ref, "circulate", &circularStep{Circular: c.No}, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // the department complied at that very moment
		return nil
	}
	return err
}

// onBypass reports what a refusal found (R7).
func (m *Bypass) onBypass(ctx context.Context, ev lifecycle.News) error {
	_, err := m.Reports.Engine.Open(ctx, lifecycle.System, "file_refusal", &refusalForm{Refusal: ev.Case}, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // it was reported before
		return nil
	}
	return err
}
