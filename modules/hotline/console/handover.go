package console

import (
	"context"
	"html/template"

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

func (m *Console) table() lifecycle.Table[Handover] {
	return lifecycle.Table[Handover]{
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
	}
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

func (m *Console) handover(_ context.Context, v portal.Visitor, x *Handover) (template.HTML, error) {
	l := v.Lang
	return web.Section(l, "handover.part", web.Summary(l, portal.Filled(portal.Pair(l, "handover.shift", l.T("handover.shift."+x.Shift)),
		web.Pair{Key: "handover.notes", Value: web.Paragraphs(x.Notes)}, web.Pair{Key: "handover.undone", Value: paragraphs(x.Undone)})...)), nil
}

func paragraphs(s string) template.HTML {
	if s == "" {
		return ""
	}
	return web.Paragraphs(s)
}
