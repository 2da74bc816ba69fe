package supervision

import (
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
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

func (m *Supervision) kind() portal.Kind[Note] {
	clock := []lifecycle.Timer{{Name: "reply", Setting: "note.answer_wd", Unit: "wd", Rule: "R13"}}
	return portal.Kind[Note]{
		Table: lifecycle.Table[Note]{
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
		},
		View: portal.View[Note]{
			Columns: "community kind",
			Sections: []portal.Section[Note]{
				{Title: "part_note", Fields: "community organisation kind matter facts demand"},
				{Title: "part_answer", Fields: "answer sent_back closed"},
			},
			Rule:  "R13",
			Words: map[string]portal.Word[Note]{"answer": said, "place": m.place, "committee": m.committee, "due": due},
			// The printed note (监督意见单), for whoever has no account.
			Letters: map[string]portal.LetterOf[Note]{"slip": {After: "issue reopen", Office: "committee", From: "committee", To: "organisation",
				Lead: "slip_text", Fields: "facts demand sent_back", Rule: "R13", Foot: "slip_else"}},
		},
		Filters: map[string]string{"kind": "kind"},
	}
}

func said(v portal.Visitor, n *Note) web.Value {
	if len(n.Answers) == 0 {
		return web.Value{}
	}
	var lines []string
	for _, a := range n.Answers {
		key := "note.said"
		if a.Late {
			key = "note.said_late"
		}
		lines = append(lines, v.Lang.T(key, "day", a.On, "text", a.Text))
	}
	text := strings.Join(lines, "\n")
	return web.Value{Text: text, HTML: web.Paragraphs(text)}
}

func (m *Supervision) place(v portal.Visitor, n *Note) web.Value {
	return web.Words(m.Names.Place(v.Lang, n.Community))
}

func (m *Supervision) committee(v portal.Visitor, n *Note) web.Value {
	return web.Words(v.Lang.T("note.committee_of", "place", m.Names.Place(v.Lang, n.Community)))
}

// due is when the newest deadline, which is the one in force, ends.
func due(v portal.Visitor, n *Note) web.Value {
	if len(n.Deadlines) == 0 {
		return web.Value{}
	}
	return web.On(v.Lang, n.Deadlines[len(n.Deadlines)-1].Due)
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
		return append(m.Engine.Assignees("street_cadre", lifecycle.Scope{Places: []string{n.Community}}), manager)
	case "answered":
		return []string{"committee_head@" + n.Community}
	}
	return nil
}
