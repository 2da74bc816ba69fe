package orders

import (
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

// What an order refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := open(t)
	s := portaltest.Step("act", "chief")
	wrong := func(err error, want string) { t.Helper(); portaltest.Wrong(t, err, want) }
	served := func() *Order { return &Order{Handling: Handling{Unit: "fire", Job: "j"}} }

	// Filing and sorting.
	_, err := f.m.File(f.ctx, lifecycle.System, Filing{Words: "x", Known: Known{Channel: "pigeon"}}, FileOpts{})
	wrong(err, "channel:schema.not_an_option")
	wrong(f.m.file(&Order{}, &Filing{}, s), "words:schema.required")
	wrong(f.m.file(&Order{}, &Filing{Words: "x", Community: "nowhere"}, s), "community:schema.not_an_option")
	wrong(f.m.fileFor(&Order{}, &onBehalf{Filing: Filing{Words: "x"}}, s), "community:schema.required")
	wrong((&Order{Sorted: Sorted{Category: "none"}}).sort(), "category:schema.not_an_option")
	wrong(f.m.triage(&Order{}, &triageForm{Type: "help", Category: "101", Community: "nowhere"}, s), "community:schema.not_an_option")
	wrong(f.m.retype(&Order{Sorted: Sorted{Type: "help"}}, &retypeForm{Type: "help"}, s), "type:order.same_type")
	wrong(f.m.importPast(&Order{}, &Past{Category: "none"}, s), "category:schema.not_an_option")

	// Between the centre and the units.
	wrong(f.m.dispatchTo(&Order{}, &unitForm{Unit: "fire"}, s), "order.not_sorted")
	wrong(f.m.sendTo(&Order{}, "nobody", "x", s), "unit:schema.not_an_option")
	wrong(f.m.redispatch(&Order{Handling: Handling{Returns: []Return{{Unit: "fire"}}}}, &unitForm{Unit: "fire"}, s), "unit:order.same_unit")
	wrong(f.m.giveBack(served(), &returnForm{Belongs: "fire"}, s), "belongs:order.same_unit")
	wrong(f.m.giveBack(served(), &returnForm{Belongs: "nobody"}, s), "belongs:schema.not_an_option")
	wrong(f.m.grant(&Order{}, &grantForm{}, s), "order.nothing_asked")
	wrong(f.m.refuse(&Order{}, &refuseForm{Why: "x"}, s), "order.nothing_asked")
	wrong(extend(&Order{}, &extendForm{N: 1}, s), "order.no_limit")
	wrong(pause(&Order{}, &pauseForm{Why: "parts"}, s), "order.no_clock")
	wrong(resume(&Order{}, s), "order.clock_runs")
	wrong(explain(&Order{}, &excuseForm{}, s), "order.not_late")
	wrong(supervise(&Order{Handling: Handling{Supervised: true}}, &groundForm{}, s), "order.supervised_already")
	wrong(settle(&Order{}, &sayForm{Text: "x"}, s), "order.nothing_escalated")
	wrong(decided("excluded")(&Order{}, &refuseForm{}, s), "order.nothing_asked")

	// With vendors.
	wrong(f.m.engage(&Order{Case: lifecycle.Case{State: "handling"}, Handling: Handling{Job: "j"}}, &jobForm{Job: "k"}, s), "order.another_hand")
	wrong(disengage(served(), &jobForm{Job: "k"}, s), "order.another_hand")
	wrong(f.m.jobDone(served(), &jobDoneForm{Job: "k"}, s), "order.another_hand")

	// With callers.
	_, err = f.m.Brief(f.ctx, "nobody")
	wrong(err, "not_found")
	_, err = f.m.askedCallers(f.ctx, portal.Visitor{}, "12", "")
	wrong(err, "q:order.too_few_digits")
	wrong(f.m.evaluate(&Order{}, &voiceForm{Solved: "solved", Grade: "none"}, s), "grade:schema.not_an_option")
	wrong(f.m.evaluate(&Order{}, &voiceForm{Solved: "not", Grade: "100"}, s), "cause:order.cause_needed")
	wrong(f.m.rate(&Order{}, &rateForm{Solved: "solved", Grade: "none"}, s), "grade:schema.not_an_option")
	wrong(add(&Order{}, &addForm{}, s), "text:schema.required")
	wrong(add(&Order{Additions: make([]Addition, mostAdditions)}, &addForm{Text: "x"}, s), "order.added_enough")
	wrong(forget(&Order{}, &forgetForm{}, s), "order.no_contact")
	wrong(reveal(&Order{}, &revealForm{}, s), "order.no_contact")
	_, err = f.m.dataOf(f.ctx, portal.Visitor{}, &Order{})
	wrong(err, "order.no_contact")
	o := f.file("op", "phone")
	app := f.App()
	for _, act := range []string{"nothing", "reveal", "forget"} {
		if code, _ := f.Ask(app, "", "/track/"+act, "no="+o.No+"&pin="+f.m.PIN(o.ID)); code != 404 {
			t.Errorf("the door does %s: %d", act, code)
		}
	}
}
