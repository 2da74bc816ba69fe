package vendors

import (
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Standard is what is owed to every customer of a class (R72).
type Standard struct {
	lifecycle.Case
	Promise
	District string `json:"district"`
}

// Promise is what a standard says.
type Promise struct {
	Class    string `json:"class" form:"choice,required,from=service_classes" show:"category"`
	Title    string `json:"title" form:"text,required,max=80"`
	Text     string `json:"text" form:"longtext,required,max=4000"`
	Warranty int64  `json:"warranty" form:"number,required,min=0,max=730"` // days
}

func (m *Vendors) standards() portal.Kind[Standard] {
	write := func(s *Standard, in *Promise, _ *lifecycle.Step) error {
		if k, ok := portal.CategoryOf(in.Class); !ok || k.Stream != portal.Social {
			return fault.InvalidField("class", "schema.not_an_option")
		}
		s.Promise, s.District = *in, m.District()
		return nil
	}
	return portal.Kind[Standard]{
		Unplaced: true,
		Filters:  map[string]string{"class": "class"},
		Prefill:  map[string]string{"amend": ""},
		View: portal.View[Standard]{
			Columns: "class warranty", Rule: "R72",
			Sections: []portal.Section[Standard]{{Title: "part", Fields: "class warranty"}, {Title: "text", Text: "text"}},
			Words:    map[string]portal.Word[Standard]{"warranty": func(_ portal.Visitor, s *Standard) web.Value { return points(s.Warranty) }},
		},
		Table: lifecycle.Table[Standard]{
			Noun: "service_standard", Plural: "service_standards", Prefix: "BZ",
			Title: func(s *Standard) string { return s.Promise.Title },
			Scope: func(s *Standard) lifecycle.Scope { return lifecycle.Scope{Places: []string{s.District}} },
			Facts: func(s *Standard, step *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(s.OpenedBy == step.Actor.ID, "own_draft")}, nil
			},
			States: []lifecycle.State{
				{Name: "draft", Shelf: lifecycle.Filed, Tone: "neutral", Assignees: []string{"vendor_manager"}},
				{Name: "in_force", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "superseded", Shelf: lifecycle.Public, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Standard]{
				{Name: "draft", To: []string{"draft"}, Rule: "R72", Look: lifecycle.Primary, Do: lifecycle.Fills("service_standard", write)},
				{Name: "amend", From: []string{"draft"}, Rule: "R72", Do: lifecycle.Takes("service_standard", write)},
				{Name: "enforce", From: []string{"draft"}, To: []string{"in_force"}, Rule: "R72", Look: lifecycle.Primary, Emits: ServiceStandardEnforced},
				{Name: "supersede", From: []string{"in_force"}, To: []string{"superseded"}, Rule: "R72", Look: lifecycle.Hidden},
			},
			Fields:  []store.Field{{Name: "class"}},
			Indexes: []store.Index{{Name: "class", Fields: []string{"class"}}},
			Extract: func(s *Standard) map[string]any { return map[string]any{"class": s.Class} },
		},
	}
}

// classes are the categories that vendors serve.
func classes() (out []portal.Category) {
	return slices.DeleteFunc(slices.Clone(portal.Categories), func(c portal.Category) bool { return c.Stream != portal.Social })
}
