package gazetteer

import (
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func table() lifecycle.Table[Landmark] {
	return lifecycle.Table[Landmark]{
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
				"words": m.No + " " + m.Name + " " + m.Aliases + " " + m.Place + " " + initials(fold(m.Name))[0]}
			if m.State == "listed" { // one name stands for one spot of a community
				x["spot"] = m.Community + " " + fold(m.Name)
			}
			return x
		},
	}
}

func put(m *Landmark, in *Content, _ *lifecycle.Step) error { return m.take(in) }
