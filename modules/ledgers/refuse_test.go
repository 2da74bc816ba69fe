package ledgers

import (
	"testing"

	"gatehouse/modules/housetest"
)

// What a ledger refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := house(t)
	l := &Ledger{}
	l.Communities = []string{"hehua"}
	housetest.Wrong(t, consult(l, &consultForm{Community: "tielu", Say: "agree"}, housetest.Step("consult", "head.tielu")), "community:ledger.not_here")
	housetest.Wrong(t, f.Ledgers.request(&Ledger{}, &Content{Item: "nothing", Department: "fire", Communities: []string{"hehua"}}, housetest.Step("request", "clerk.fire")), "item:schema.not_an_option")
}
