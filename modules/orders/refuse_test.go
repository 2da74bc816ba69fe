package orders

import (
	"testing"

	"gatehouse/modules/housetest"
)

// What an order refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	s := housetest.Step("act", "chief")
	housetest.Wrong(t, f.m.refuse(&Order{}, &refuseForm{Why: "x"}, s), "order.nothing_asked")
	housetest.Wrong(t, add(&Order{}, &addForm{}, s), "text:schema.required")
	housetest.Wrong(t, add(&Order{Additions: make([]Addition, mostAdditions)}, &addForm{Text: "x"}, s), "order.added_enough")
	housetest.Wrong(t, resume(&Order{}, s), "order.clock_runs")
	housetest.Wrong(t, f.m.retype(&Order{Sorted: Sorted{Type: "help"}}, &retypeForm{Type: "help"}, s), "type:order.same_type")
	housetest.Wrong(t, f.m.giveBack(&Order{}, &returnForm{Belongs: "nobody"}, s), "belongs:schema.not_an_option")
	housetest.Wrong(t, f.m.importPast(&Order{}, &Past{Category: "none"}, s), "category:schema.not_an_option")
	o := f.file("op", "phone")
	app := f.App(f.m.Module())
	for _, act := range []string{"nothing", "reveal", "forget"} {
		if code, _ := f.Ask(app, "", "/track/"+act, "no="+o.No+"&pin="+f.m.PIN(o.ID)); code != 404 {
			t.Errorf("the door does %s: %d", act, code)
		}
	}
}
