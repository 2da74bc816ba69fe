package admission

import (
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	draftForm struct {
		Department string `json:"department" form:"choice,required,from=own_departments"`
		Content
	}
	requestForm struct {
		Department  string   `json:"department" form:"choice,required,from=departments"`
		Title       string   `json:"title" form:"text,required,max=80"`
		Communities []string `json:"communities" form:"choices,required,from=own_communities"`
		Purpose     string   `json:"purpose" form:"longtext,required,max=1000"`
	}
	forwardForm struct {
		Department string `json:"department" form:"choice,required,from=departments_district"`
	}
	returnForm struct {
		Gaps string `json:"gaps" form:"longtext,required,max=2000"` // one a line: all of them at once
	}
	answerForm struct {
		Community  string `json:"community" form:"choice,required,from=own_communities"`
		Opinion    string `json:"opinion" form:"choice,required,of=agree agree_if disagree"`
		Hours      int64  `json:"hours" form:"number,max=744"`
		Conditions string `json:"conditions" form:"longtext,max=1000"`
		Residents  string `json:"residents_opinion" form:"longtext,max=1000"`
	}
	consentForm struct {
		Street      string `json:"street" form:"choice,required,from=streets"`
		Given       string `json:"given" form:"choice,required,of=yes no"`
		Arrangement string `json:"arrangement" form:"longtext,required,max=1000"`
	}
	financeForm struct {
		Funded string `json:"funded" form:"choice,required,of=yes no"`
		Note   string `json:"note" form:"longtext,max=500"`
	}
	reportForm struct {
		Recommend string `json:"recommend" form:"choice,required,of=approve reject"`
		Text      string `json:"text" form:"longtext,required,max=2000"`
		Legal     string `json:"legal" form:"longtext,max=1000"`
	}
	approveForm struct {
		Communities []string `json:"communities" form:"choices,from=communities"`
		Conditions  string   `json:"conditions" form:"longtext,max=1000"`
		Plaque      string   `json:"plaque" form:"choice,of=none window inside outside"`
		Minutes     string   `json:"minutes" form:"text,max=120"`
	}
	rejectForm struct {
		Reason  string `json:"reason" form:"longtext,required,max=1000"`
		Rule    string `json:"rule" form:"text,max=10"`
		Minutes string `json:"minutes" form:"text,max=120"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	overrideForm struct {
		Minutes string `json:"minutes" form:"text,required,max=120"`
	}
)

var undecided = []string{"submitted", "consulting", "review", "proposed"}

func (m *Admission) table() lifecycle.Table[Application] {
	return lifecycle.Table[Application]{
		Noun: "application", Plural: "applications", Prefix: "ZR",
		Title: func(a *Application) string { return a.Title },
		Scope: func(a *Application) lifecycle.Scope {
			return lifecycle.Scope{Department: a.Department, Places: m.places(a)}
		},
		Facts: m.facts, AssignedTo: m.waits,
		Shelf: func(a *Application) lifecycle.Shelf { // the committee that asked may follow its request
			switch {
			case a.State == "approved", a.State == "rejected":
				return lifecycle.Public
			case a.State == "draft" && !a.OnRequest:
				return lifecycle.Draft
			}
			return lifecycle.Filed
		},
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Draft, Tone: "neutral", Assignees: []string{"dept_clerk", "dept_head"}},
			{Name: "submitted", Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"office_staff"}},
			{Name: "returned", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"dept_clerk"}},
			{Name: "consulting", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "review", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"office_staff"}},
			{Name: "proposed", Shelf: lifecycle.Filed, Tone: "doing"},
			{Name: "approved", Shelf: lifecycle.Public, Tone: "good"},
			{Name: "rejected", Shelf: lifecycle.Public, Tone: "bad"},
			{Name: "withdrawn", Shelf: lifecycle.Filed, Tone: "neutral"},
			{Name: "lapsed", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Application]{
			{Name: "draft", To: []string{"draft"}, Rule: "R18", Do: lifecycle.Fills("application", m.draft)},
			{Name: "request", To: []string{"draft"}, Rule: "R27", Do: lifecycle.Fills("application", m.request)},
			{Name: "edit", From: []string{"draft", "returned"}, Do: lifecycle.Takes("application", m.edit)},
			{Name: "forward", From: []string{"draft"}, Rule: "R12", Do: lifecycle.Takes("application", m.forward)},
			{Name: "submit", From: []string{"draft", "returned"}, To: []string{"submitted", "rejected"}, Rule: "R18", Look: lifecycle.Primary,
				Do: lifecycle.Does(m.submit), Stops: []string{"lapse"},
				Timers: []lifecycle.Timer{{Name: "complete", Setting: "adm.complete_wd", Unit: "wd", Rule: "R19"}}},
			{Name: "accept", From: []string{"submitted"}, To: []string{"consulting"}, Look: lifecycle.Primary, Do: lifecycle.Does(accept), Stops: []string{"complete"}, Timers: []lifecycle.Timer{{Name: "consult", Setting: "adm.consult_wd", Unit: "wd", Rule: "R17"}}},
			{Name: "return", From: undecided, To: []string{"returned"}, Rule: "R19", Do: lifecycle.Takes("application", giveBack), Stops: []string{"*"}, Timers: []lifecycle.Timer{{Name: "lapse", Setting: "adm.lapse_days", Unit: "d"}}},
			{Name: "lapse", From: []string{"returned"}, To: []string{"lapsed"}, On: "lapse", Look: lifecycle.Hidden, Emits: Lapsed},
			{Name: "answer", From: []string{"consulting"}, To: []string{"consulting", "review"}, Look: lifecycle.Primary, Place: answering, Secret: true,
				Do: lifecycle.Takes("application", answer)},
			{Name: "check_money", From: []string{"consulting", "review"}, Look: lifecycle.Primary, Rule: "R4", Do: lifecycle.Takes("application", checkMoney)},
			{Name: "consent", From: []string{"consulting", "review", "proposed"}, Rule: "R30", Look: lifecycle.Primary, Place: m.consenting, Do: lifecycle.Takes("application", m.consent)},
			{Name: "close_consultation", From: []string{"consulting"}, To: []string{"review"}, On: "consult", Look: lifecycle.Hidden,
				Do: lifecycle.Does(func(a *Application, s *lifecycle.Step) error { s.Note(""); return nil })},
			{Name: "propose", From: []string{"review"}, To: []string{"proposed"}, Look: lifecycle.Primary, Do: lifecycle.Takes("application", propose)},
			{Name: "approve", From: []string{"proposed"}, To: []string{"approved"}, Rule: "R4", Look: lifecycle.Primary, Do: lifecycle.Takes("application", approve),
				Stops: []string{"*"}, Emits: Approved},
			{Name: "reject", From: []string{"submitted", "review", "proposed"}, To: []string{"rejected"}, Look: lifecycle.Danger, Do: lifecycle.Takes("application", reject),
				Stops: []string{"*"}, Emits: Rejected},
			{Name: "escalate", From: undecided, On: "decide", Rule: "R16", Look: lifecycle.Hidden, Do: lifecycle.Does(escalate)},
			{Name: "escalate_again", From: undecided, On: "decide_again", Rule: "R16", Look: lifecycle.Hidden, Do: lifecycle.Does(escalate)},
			{Name: "withdraw", From: append([]string{"draft", "returned"}, undecided...), To: []string{"withdrawn"}, Look: lifecycle.Danger,
				Do: lifecycle.Takes("application", func(a *Application, in *reasonForm, s *lifecycle.Step) error { s.Note(in.Reason); return nil }), Stops: []string{"*"}, Emits: Withdrawn},
			{Name: "reconsider", From: []string{"rejected"}, To: []string{"submitted"}, Do: lifecycle.Takes("application", reconsider),
				Timers: []lifecycle.Timer{{Name: "complete", Setting: "adm.complete_wd", Unit: "wd", Rule: "R19"}}},
			{Name: "override", From: []string{"rejected"}, To: []string{"submitted"}, Rule: "R21", Do: lifecycle.Takes("application", override),
				Timers: []lifecycle.Timer{{Name: "complete", Setting: "adm.complete_wd", Unit: "wd", Rule: "R19"}}},
		},
		Fields:  []store.Field{{Name: "start"}},
		Extract: func(a *Application) map[string]any { return map[string]any{"start": string(a.Start)} },
	}
}

func (m *Admission) draft(a *Application, in *draftForm, s *lifecycle.Step) error {
	a.Department, a.Content = in.Department, in.Content
	return m.check(&a.Content)
}

func (m *Admission) request(a *Application, in *requestForm, s *lifecycle.Step) error {
	a.Department, a.OnRequest = in.Department, true
	a.Title, a.Communities, a.Purpose = in.Title, in.Communities, in.Purpose
	return nil
}

func (m *Admission) edit(a *Application, in *Content, s *lifecycle.Step) error {
	a.Content = *in
	return m.check(&a.Content)
}

// check refuses places that are not there and dates that run backwards.
func (m *Admission) check(c *Content) error {
	for _, p := range c.Communities {
		if !m.Resource.Names.Known("place", p) {
			return fault.InvalidField("communities", "schema.not_an_option")
		}
	}
	if c.Start != "" && c.End != "" && c.End < c.Start {
		return fault.InvalidField("end", "application.end_before_start")
	}
	return nil
}

func (m *Admission) forward(a *Application, in *forwardForm, s *lifecycle.Step) error {
	if m.cityBureau(in.Department) {
		return fault.InvalidField("department", "application.not_a_channel")
	}
	a.Origin, a.Department = a.Department, in.Department
	return nil
}

func (m *Admission) submit(a *Application, s *lifecycle.Step) error {
	a.Match = m.match(a, s.Now)
	a.ClassA, a.Gaps = classA(a, s.Settings), nil
	if rule := stop(a); rule != "" {
		a.Decision = &Decision{Outcome: "stopped", Rule: rule, Entry: a.Match.Entry, Reason: a.Match.Title}
		s.Go("rejected")
		Stopped.Instead(s)
	}
	return nil
}

func giveBack(a *Application, in *returnForm, s *lifecycle.Step) error {
	a.Gaps, a.Finance, a.Report = lines(in.Gaps), nil, nil
	return nil
}

func accept(a *Application, s *lifecycle.Step) error {
	a.Answers, a.Streets, a.Consultations = nil, nil, a.Consultations+1
	days := s.Settings.Int("adm.decide_wd")
	s.Start("decide", "R16", "adm.decide_wd", "wd", days)
	s.Start("decide_again", "R16", "adm.escalate2_pct", "wd", (days*s.Settings.Int("adm.escalate2_pct")+99)/100)
	return nil
}

// answering are the communities whose committee an answer needs.
func answering(a *Application, s *lifecycle.Step) []string {
	if in := lifecycle.In[answerForm](s); in != nil {
		return []string{in.Community}
	}
	return a.unanswered()
}

func answer(a *Application, in *answerForm, s *lifecycle.Step) error {
	switch {
	case !slices.Contains(a.Communities, in.Community):
		return fault.InvalidField("community", "application.not_consulted")
	case a.answered(in.Community):
		return fault.New(fault.Conflict, "application.answered")
	case in.Opinion != "agree" && in.Conditions == "":
		return fault.InvalidField("conditions", "schema.required")
	}
	a.Answers = append(a.Answers, Answer(*in))
	if len(a.unanswered()) == 0 {
		s.Stop("consult")
		s.Go("review")
	}
	return nil
}

// consenting are the street offices whose word is still wanted.
func (m *Admission) consenting(a *Application, s *lifecycle.Step) []string {
	if in := lifecycle.In[consentForm](s); in != nil {
		return []string{in.Street}
	}
	return append([]string{"-"}, m.open(a)...) // nowhere, which is not anywhere
}

// open are the streets that have not consented; one that said no may think again.
func (m *Admission) open(a *Application) []string {
	return slices.DeleteFunc(m.streets(a), func(street string) bool {
		return slices.ContainsFunc(a.Streets, func(x Consent) bool { return x.Street == street && x.Given })
	})
}

// consent is a street office's answer; its last word counts.
func (m *Admission) consent(a *Application, in *consentForm, s *lifecycle.Step) error {
	if !slices.Contains(m.streets(a), in.Street) {
		return fault.InvalidField("street", "application.not_consulted")
	}
	a.Streets = slices.DeleteFunc(a.Streets, func(x Consent) bool { return x.Street == in.Street })
	a.Streets = append(a.Streets, Consent{Street: in.Street, Given: in.Given == "yes", Arrangement: in.Arrangement})
	s.Ref = in.Street
	s.Note(in.Arrangement)
	return nil
}

func checkMoney(a *Application, in *financeForm, s *lifecycle.Step) error {
	a.Finance = &Finance{Funded: in.Funded == "yes", Note: in.Note}
	return nil
}

func propose(a *Application, in *reportForm, s *lifecycle.Step) error {
	a.Report = &Report{Recommend: in.Recommend, Text: in.Text, Legal: in.Legal}
	return nil
}

func approve(a *Application, in *approveForm, s *lifecycle.Step) error {
	d := &Decision{Outcome: "full", Communities: a.Communities, Conditions: in.Conditions, Plaque: in.Plaque, Minutes: in.Minutes}
	if a.ClassA && in.Minutes == "" {
		return fault.InvalidField("minutes", "application.minutes_missing").OnRule("R17")
	}
	if len(in.Communities) > 0 {
		for _, c := range in.Communities {
			if !slices.Contains(a.Communities, c) {
				return fault.InvalidField("communities", "application.not_applied_for")
			}
		}
		d.Communities = in.Communities
	}
	switch {
	case len(d.Communities) < len(a.Communities):
		d.Outcome = "part"
	case in.Conditions != "":
		d.Outcome = "conditions"
	}
	if d.Plaque == "" {
		d.Plaque = "none"
	}
	a.Decision = d
	return nil
}

func reject(a *Application, in *rejectForm, s *lifecycle.Step) error {
	a.Decision = &Decision{Outcome: "rejected", Reason: in.Reason, Rule: in.Rule, Minutes: in.Minutes}
	return nil
}

func escalate(a *Application, s *lifecycle.Step) error {
	a.Escalated++
	return nil
}

func reconsider(a *Application, in *reasonForm, s *lifecycle.Step) error {
	a.Reconsidered, a.Decision, a.Report = true, nil, nil
	s.Note(in.Reason)
	return nil
}

func override(a *Application, in *overrideForm, s *lifecycle.Step) error {
	a.Overridden, a.Decision = in.Minutes, nil
	s.Note(in.Minutes)
	return nil
}
