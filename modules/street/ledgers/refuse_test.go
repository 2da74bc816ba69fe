package ledgers

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// What a ledger refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	f := house(t)
	l := &Ledger{}
	l.Communities = []string{"hehua"}
	portaltest.Wrong(t, consult(l, &consultForm{Community: "tielu", Say: "agree"}, portaltest.Step("consult", "head.tielu")), "community:ledger.not_here")
	portaltest.Wrong(t, f.m.request(&Ledger{}, &Content{Item: "nothing", Department: "fire", Communities: []string{"hehua"}}, portaltest.Step("request", "clerk.fire")), "item:schema.not_an_option")
}
