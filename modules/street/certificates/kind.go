package certificates

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

type retireForm struct {
	Reason string `json:"reason" form:"longtext,required,max=500"`
}

func (m *Certificates) kind() portal.Kind[Certificate] {
	return portal.Kind[Certificate]{
		Table: lifecycle.Table[Certificate]{
			Noun: "certificate", Plural: "certificates", Prefix: "ZM",
			Title: func(c *Certificate) string { return c.Code + " " + c.Name },
			Scope: func(c *Certificate) lifecycle.Scope { return lifecycle.Scope{Places: c.Places} },
			Facts: func(c *Certificate, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(c.Did(s.Actor.ID, "draft", "amend") || c.Did(s.Actor.For, "draft", "amend"), "same_person")}, nil
			},
			States: []lifecycle.State{
				{Name: "draft", Shelf: lifecycle.Draft, Tone: "neutral", Assignees: []string{"office_staff"}},
				{Name: "in_force", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "retired", Shelf: lifecycle.Public, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Certificate]{
				{Name: "draft", To: []string{"draft"}, Rule: "R31", Do: lifecycle.Fills("certificate", m.word)},
				{Name: "amend", From: []string{"draft"}, Do: lifecycle.Takes("certificate", m.word)},
				{Name: "publish", From: []string{"draft"}, To: []string{"in_force"}, Rule: "R31", Look: lifecycle.Primary},
				{Name: "retire", From: []string{"in_force"}, To: []string{"retired"}, Look: lifecycle.Danger, Do: lifecycle.Takes("certificate", retire)},
			},
			Fields: []store.Field{{Name: "list"}, {Name: "code"}, {Name: "slot"}},
			// One kind in force for each code.
			Indexes: []store.Index{{Name: "list", Fields: []string{"list", "code"}}, {Name: "slot", Fields: []string{"slot"}, Unique: true}},
			Extract: func(c *Certificate) map[string]any {
				x := map[string]any{"list": c.List, "code": c.Code, "slot": nil}
				if c.State == "in_force" {
					x["slot"] = c.Code
				}
				return x
			},
		},
		View: portal.View[Certificate]{
			Columns:  "list",
			Sections: []portal.Section[Certificate]{{Fields: "list name issuer bring basis"}},
			Rule:     "R31",
			Words: map[string]portal.Word[Certificate]{
				"list": func(v portal.Visitor, c *Certificate) web.Value {
					return web.Marked(v.Lang, tones[c.List], "certificate.list."+c.List)
				},
				"name":   func(v portal.Visitor, c *Certificate) web.Value { return web.Words(c.name(v.Lang)) },
				"issuer": func(v portal.Visitor, c *Certificate) web.Value { return web.Words(c.issuer(v.Lang)) },
				"bring":  func(v portal.Visitor, c *Certificate) web.Value { return web.Words(c.bring(v.Lang)) },
				"basis":  basis,
			},
		},
		Unplaced: true,
		Filters:  map[string]string{"list": "list", "code": "code"},
		Prefill:  map[string]string{"amend": ""},
		Letters:  map[string]func(context.Context, portal.Visitor, *Certificate) (*portal.Letter, error){"decline_slip": m.declineSlip},
	}
}

// word takes over the wording: an excluded kind says where to go instead,
// or the committee could only send people away.
func (m *Certificates) word(c *Certificate, in *Wording, _ *lifecycle.Step) error {
	if in.List == excluded && in.Issuer == "" {
		return fault.InvalidField("issuer", "certificate.where_instead").OnRule("R31")
	}
	c.Wording, c.Places = *in, m.City.Districts()
	return nil
}

func retire(_ *Certificate, in *retireForm, s *lifecycle.Step) error {
	s.Note(in.Reason)
	return nil
}
