package gazetteer

import (
	"fmt"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

func kind() portal.Kind[Landmark] {
	return portal.Kind[Landmark]{
		Table: lifecycle.Table[Landmark]{
			Noun: "landmark", Plural: "landmarks", Prefix: "DM",
			Title: func(m *Landmark) string { return m.Name },
			Scope: func(m *Landmark) lifecycle.Scope { return lifecycle.Scope{Places: []string{m.Community}} },
			States: []lifecycle.State{
				{Name: "listed", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "retired", Shelf: lifecycle.Filed, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Landmark]{
				{Name: "add", To: []string{"listed"}, Look: lifecycle.Primary, Do: lifecycle.Fills("landmark", put)},
				{Name: "amend", From: []string{"listed"}, Do: lifecycle.Takes("landmark", put)},
				{Name: "retire", From: []string{"listed"}, To: []string{"retired"}, Look: lifecycle.Danger},
				{Name: "relist", From: []string{"retired"}, To: []string{"listed"}, Look: lifecycle.Primary},
			},
			Fields: []store.Field{{Name: "community"}, {Name: "spot"}},
			Indexes: []store.Index{{Name: "community", Fields: []string{"community"}},
				{Name: "spot", Fields: []string{"spot"}, Unique: true}},
			Extract: func(m *Landmark) map[string]any {
				x := map[string]any{"community": m.Community, "spot": nil,
					"words": m.No + " " + m.Name + " " + m.Aliases + " " + m.Place + " " + m.initials()}
				if m.State == "listed" { // one name stands for one spot of a community
					x["spot"] = m.Community + " " + fold(m.Name)
				}
				return x
			},
		},
		View: portal.View[Landmark]{
			Columns:  "community initials",
			Sections: []portal.Section[Landmark]{{Title: "part", Fields: "name aliases initials community place position"}},
			Labels:   map[string]string{"community": "case.community"},
			Words: map[string]portal.Word[Landmark]{
				"initials": func(_ portal.Visitor, m *Landmark) web.Value { return web.Words(m.initials()) },
				"position": func(_ portal.Visitor, m *Landmark) web.Value {
					if !m.Placed {
						return web.Value{}
					}
					return web.Words(fmt.Sprintf("%.6f, %.6f", float64(m.Lat)/1e6, float64(m.Long)/1e6))
				},
			},
		},
		Filters: map[string]string{"community": "community"},
		Prefill: map[string]string{"amend": ""},
	}
}

func put(m *Landmark, in *Content, _ *lifecycle.Step) error { return m.take(in) }
