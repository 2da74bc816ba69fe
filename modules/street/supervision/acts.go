package supervision

import (
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	answerForm struct {
		Answer string `json:"answer" form:"longtext,required,max=2000"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=500"`
	}
)

func (m *Supervision) table() lifecycle.Table[Note] {
	clock := []lifecycle.Timer{{Name: "reply", Setting: "note.answer_wd", Unit: "wd", Rule: "R13"}}
	return lifecycle.Table[Note]{
		Noun: "note", Plural: "notes", Prefix: "JD",
		Title: func(n *Note) string { return n.Organisation + " · " + n.Matter },
		Scope: func(n *Note) lifecycle.Scope { return lifecycle.Scope{Places: []string{n.Community}} },
		Facts: func(n *Note, s *lifecycle.Step) ([]string, error) {
			return []string{lifecycle.When(n.SentBack != "", "reopened"), lifecycle.When(s.Did("answer"), "own_answer")}, nil
		},
		AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "issued", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "answered", Shelf: lifecycle.Filed, Tone: "info"},
			{Name: "escalated", Shelf: lifecycle.Filed, Tone: "bad"},
			{Name: "accepted", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "unanswered", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Note]{
			{Name: "issue", To: []string{"issued"}, Rule: "R13", Look: lifecycle.Primary, Do: lifecycle.Fills("note", issue), Timers: clock},
			{Name: "answer", From: []string{"issued", "escalated"}, To: []string{"answered"}, Rule: "R13", Look: lifecycle.Primary,
				Do: lifecycle.Takes("note", answer), Stops: []string{"reply"}},
			{Name: "accept", From: []string{"answered"}, To: []string{"accepted"}, Look: lifecycle.Primary},
			{Name: "reopen", From: []string{"answered"}, To: []string{"issued"}, Do: lifecycle.Takes("note", reopen), Timers: clock},
			{Name: "escalate", From: []string{"issued"}, To: []string{"escalated"}, On: "reply", Rule: "R13", Look: lifecycle.Hidden},
			{Name: "close_unanswered", From: []string{"escalated"}, To: []string{"unanswered"}, Look: lifecycle.Danger,
				Do: lifecycle.Takes("note", closeUnanswered)},
		},
		Fields:  []store.Field{{Name: "kind"}},
		Indexes: []store.Index{{Name: "kind", Fields: []string{"kind"}}},
		Extract: func(n *Note) map[string]any { return map[string]any{"kind": n.Kind} },
	}
}

func issue(n *Note, in *Content, s *lifecycle.Step) error {
	n.Content, s.Ref = *in, in.Community
	return nil
}

func answer(n *Note, in *answerForm, s *lifecycle.Step) error {
	n.Answers = append(n.Answers, Answer{Text: in.Answer, On: schema.DateOf(s.Now, calendar.City), Late: n.State == "escalated"})
	return nil
}

func reopen(n *Note, in *reasonForm, s *lifecycle.Step) error {
	n.SentBack = in.Reason
	s.Note(in.Reason)
	return nil
}

func closeUnanswered(n *Note, in *reasonForm, s *lifecycle.Step) error {
	n.Closed = in.Reason
	s.Note(in.Reason)
	return nil
}

// waits: what has come before the street waits for it and still for the answer.
func (m *Supervision) waits(n *Note) []string {
	manager := "manager@" + n.Community
	switch n.State {
	case "issued":
		return []string{manager}
	case "escalated":
		return append(m.Resource.Engine.Assignees("street_cadre", lifecycle.Scope{Places: []string{n.Community}}), manager)
	case "answered":
		return []string{"committee_head@" + n.Community}
	}
	return nil
}
