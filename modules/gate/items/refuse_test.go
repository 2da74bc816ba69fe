package items

import (
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// What items refuse by themselves.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := house(t)
	s := portaltest.Step("act", "clerk.fire")
	in := &dutyForm{}
	in.Start, in.End = "2026-05-02", "2026-05-01"
	portaltest.Wrong(t, f.Items.callDuty(&Item{}, in, s), "end:item.end_before_start")
	it := &Item{}
	it.Parts = []Part{{Community: "hehua"}}
	portaltest.Wrong(t, credit(it, &moneyNews{Community: "hehua", Instalment: 1, State: "confirmed"}, s), "instalment:item.no_instalment")
	portaltest.Wrong(t, credit(it, &moneyNews{Community: "tielu", Instalment: 1, State: "confirmed"}, s), "instalment:item.no_instalment")
	if _, _, _, err := f.Items.Part(f.ctx, f.open().ID, "yugang"); err == nil {
		t.Error("an item has a part where it does not work")
	} else {
		portaltest.Wrong(t, err, "not_found")
	}
}

// Four eyes: who asked for the renewal does not judge it.
func TestWhoAskedForRenewal(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := &Item{Renewal: &Renewal{By: "clerk.fire"}}
	own := func(person, forWhom string) bool {
		s := portaltest.Step("renew", person)
		s.Actor.For = forWhom
		return slices.Contains(portaltest.Facts(f.Items.facts(it, s)), "own_request")
	}
	if !own("clerk.fire", "") || !own("somebody", "clerk.fire") || own("office.a", "") {
		t.Error("who asked for it")
	}
}
