package vendors

import (
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Score is one change of a vendor's score.
type Score struct {
	lifecycle.Case
	Charge
	District string `json:"district"`
	Appeal   string `json:"appeal,omitempty"`
	Finding  string `json:"finding,omitempty"` // of the office
}

// up tells whether points are given: only praise gives any.
func (s *Score) up() bool { return s.Ground == "praise" }

// signed are the points as they count.
func (s *Score) signed() web.Value {
	if s.up() {
		return web.Value{Text: "+" + strconv.FormatInt(s.Points, 10), Plain: s.Points}
	}
	return web.Value{Text: "−" + strconv.FormatInt(s.Points, 10), Plain: -s.Points}
}

// points are a number that says something when it is none.
func points(n int64) web.Value { return web.Value{Text: strconv.FormatInt(n, 10), Plain: n} }

// Charge is what the score is changed for.
type Charge struct {
	Vendor string        `json:"vendor" form:"choice,required,from=vendors" show:"department"`
	Points int64         `json:"points" form:"number,required,min=1,max=100"`
	Ground string        `json:"ground" form:"choice,required,of=late no_show overcharge double_charge rude poor_work no_proof below_standard fraud theft harassment forged_licence praise"`
	Text   string        `json:"text" form:"longtext,required,max=1000"`
	Job    string        `json:"job" form:"text,max=40"` // its number
	Files  []schema.File `json:"files,omitempty" form:"files,max=4"`
}

type textForm struct {
	Text string `json:"text" form:"longtext,required,max=1000"`
}

func (m *Vendors) scores() portal.Kind[Score] {
	return portal.Kind[Score]{
		Unplaced: true,
		Filters:  map[string]string{"vendor": "vendor"},
		View: portal.View[Score]{
			Columns: "ground points", Rule: "R71",
			Sections: []portal.Section[Score]{{Title: "part", Fields: "vendor points ground text job appeal finding"}},
			Words:    map[string]portal.Word[Score]{"points": func(_ portal.Visitor, s *Score) web.Value { return s.signed() }},
		},
		Table: lifecycle.Table[Score]{
			Noun: "score_entry", Plural: "score_entries", Prefix: "XF",
			Title: func(s *Score) string { return m.Names.Department(web.Simplified, s.Vendor) },
			Scope: func(s *Score) lifecycle.Scope {
				return lifecycle.Scope{Department: s.Vendor, Places: []string{s.District}}
			},
			States: []lifecycle.State{
				{Name: "entered", Shelf: lifecycle.Filed, Tone: "info"},
				{Name: "appealed", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"office_staff"}},
				{Name: "upheld", Shelf: lifecycle.Filed, Tone: "neutral"},
				{Name: "cancelled", Shelf: lifecycle.Filed, Tone: "good"},
			},
			Acts: []lifecycle.Act[Score]{
				{Name: "enter", To: []string{"entered"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Fills("score_entry", m.enter), Emits: ScoreEntryEntered},
				{Name: "appeal", From: []string{"entered"}, To: []string{"appealed"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("score_entry", func(s *Score, in *textForm, _ *lifecycle.Step) error {
					s.Appeal = in.Text
					return nil
				})},
				{Name: "uphold", From: []string{"appealed"}, To: []string{"upheld"}, Rule: "R71", Do: lifecycle.Takes("score_entry", found)},
				{Name: "cancel", From: []string{"appealed"}, To: []string{"cancelled"}, Rule: "R71", Look: lifecycle.Primary, Do: lifecycle.Takes("score_entry", found), Emits: ScoreEntryCancelled},
			},
			Fields:  []store.Field{{Name: "vendor"}},
			Indexes: []store.Index{{Name: "vendor", Fields: []string{"vendor"}}},
			Extract: func(s *Score) map[string]any { return map[string]any{"vendor": s.Vendor} },
		},
	}
}

func (m *Vendors) enter(s *Score, in *Charge, _ *lifecycle.Step) error {
	if !m.Names.Known("department", in.Vendor) {
		return fault.InvalidField("vendor", "schema.not_an_option")
	}
	s.Charge, s.District = *in, m.District()
	return nil
}

func found(s *Score, in *textForm, _ *lifecycle.Step) error {
	s.Finding = in.Text
	return nil
}
