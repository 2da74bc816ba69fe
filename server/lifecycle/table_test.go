package lifecycle_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"

	"gatehouse/server/lifecycle"
)

func TestTablesWithMistakes(t *testing.T) {
	t.Parallel()
	type table = lifecycle.Table[permit]
	db := memory(t)
	for want, spoil := range map[string]func(*table){
		"want a word each": func(x *table) { x.Noun = "Permit" },
		"no title":         func(x *table) { x.Title = nil },
		"no scope":         func(x *table) { x.Scope = nil },
		`state "draft" is no word or stands twice`: func(x *table) { x.States = append(x.States, x.States[0]) },
		`state "Draft" is`:                         func(x *table) { x.States[0].Name = "Draft" },
		"unknown shelf":                            func(x *table) { x.States[0].Shelf = "top" },
		`act "file" is no word, stands twice`:      func(x *table) { x.Acts = append(x.Acts, x.Acts[1]) },
		`act "see" is`:                             func(x *table) { x.Acts[1].Name = "see" },
		`act "a/b" is`:                             func(x *table) { x.Acts[1].Name = "a/b" },
		"state gone is unknown":                    func(x *table) { x.Acts[1].To = []string{"gone"} },
		"state drafft is unknown":                  func(x *table) { x.Acts[1].From = []string{"drafft"} },
		"state filed is unknown or stands twice":   func(x *table) { x.Acts[1].To = []string{"filed", "filed"} },
		"opens a case in no state":                 func(x *table) { x.Acts[0].To = nil },
		"or by a deadline":                         func(x *table) { x.Acts[0].On = "decide" },
		`act file: emits "licence.filed"`:          func(x *table) { x.Acts[1].Emits = lifecycle.NewEvent[permit, struct{}]("licence.filed", nil) },
		`act file: emits "permit.has filed"`:       func(x *table) { x.Acts[1].Emits = lifecycle.NewEvent[permit, struct{}]("permit.has filed", nil) },
		"fills nothing that the gate could judge": func(x *table) {
			x.Acts[0].Do = lifecycle.Takes("permit", func(*permit, *draftForm, *lifecycle.Step) error { return nil })
		},
		"no setting with a number":                       func(x *table) { x.Acts[1].Timers[0].Setting = "gate.body" },
		`"adm.nothing" is no setting`:                    func(x *table) { x.Acts[1].Timers[0].Setting = "adm.nothing" },
		"unknown unit":                                   func(x *table) { x.Acts[1].Timers[0].Unit = "months" },
		"remind and lapse both wait in state filed for":  func(x *table) { x.Acts[6].On = "decide" },
		"wants personal fields, a day":                   func(x *table) { x.AnonymiseOn = nil },
		`a day on which they go and the act "fade"`:      func(x *table) { x.Personal = nil },
		"or none of the three":                           func(x *table) { x.Acts = x.Acts[:len(x.Acts)-1] },
		`"titel" is no field that can go`:                func(x *table) { x.Personal = []string{"titel"} },
		`"state" is no field that can go`:                func(x *table) { x.Personal = []string{"state"} },
		"no way leads to state draft":                    func(x *table) { x.Acts = x.Acts[1:] },
		"no way leads to state island":                   func(x *table) { island(x) },
		"state lapsed: it is [office_staff]'s turn, and": func(x *table) { x.States[4].Assignees = []string{"office_staff"} },
	} {
		x := permits()
		spoil(&x)
		_, err := lifecycle.New(context.Background(), x, lifecycle.Deps{Store: db, Bus: lifecycle.NewBus(slog.Default())})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// island adds two states that lead to one another and that nothing leads to.
func island(x *lifecycle.Table[permit]) {
	x.States = append(x.States, lifecycle.State{Name: "island", Shelf: lifecycle.Filed}, lifecycle.State{Name: "reef", Shelf: lifecycle.Filed})
	x.Acts = append(x.Acts, lifecycle.Act[permit]{Name: "swim", From: []string{"island"}, To: []string{"reef"}},
		lifecycle.Act[permit]{Name: "wade", From: []string{"reef"}, To: []string{"island"}})
}
