package console

import (
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Handover is what one shift tells the next.
type Handover struct {
	lifecycle.Case
	Told
	District string `json:"district"`
}

// Told is what is written.
type Told struct {
	Shift  string `json:"shift" form:"choice,required,of=early late night"`
	Notes  string `json:"notes" form:"longtext,required,max=2000"`
	Undone string `json:"undone" form:"longtext,max=2000"` // what is not done yet, with order numbers
}

func (m *Console) kind() portal.Kind[Handover] {
	return portal.Kind[Handover]{
		Table: lifecycle.Table[Handover]{
			Noun: "handover", Plural: "handovers", Prefix: "JB",
			Title: func(x *Handover) string {
				rs := []rune(x.Notes)
				if len(rs) > 30 {
					return string(rs[:30]) + "…"
				}
				return x.Notes
			},
			Scope: func(x *Handover) lifecycle.Scope { return lifecycle.Scope{Places: []string{x.District}} },
			Facts: func(x *Handover, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(s.Did("write"), "own_note")}, nil
			},
			States: []lifecycle.State{
				{Name: "written", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"operator"}},
				{Name: "taken_over", Shelf: lifecycle.Filed, Tone: "good"},
			},
			Acts: []lifecycle.Act[Handover]{
				{Name: "write", To: []string{"written"}, Look: lifecycle.Primary, Do: lifecycle.Fills("handover", m.write)},
				{Name: "take_over", From: []string{"written"}, To: []string{"taken_over"}, Look: lifecycle.Primary},
			},
		},
		View: portal.View[Handover]{
			Sections: []portal.Section[Handover]{{Title: "part", Fields: "shift notes undone"}},
			Words: map[string]portal.Word[Handover]{
				"notes":  func(_ portal.Visitor, x *Handover) web.Value { return paragraphs(x.Notes) },
				"undone": func(_ portal.Visitor, x *Handover) web.Value { return paragraphs(x.Undone) },
			},
		},
		Unplaced: true,
	}
}

func paragraphs(s string) web.Value {
	if s == "" {
		return web.Value{}
	}
	return web.Value{Text: s, HTML: web.Paragraphs(s)}
}

func (m *Console) write(x *Handover, in *Told, s *lifecycle.Step) error {
	x.Told = *in
	for _, role := range []string{"operator", "hotline_head"} {
		if own := m.h.OwnPlaces(portal.Visitor{Actor: s.Actor}, role); len(own) > 0 {
			x.District = own[0].Value
		}
	}
	return nil
}
