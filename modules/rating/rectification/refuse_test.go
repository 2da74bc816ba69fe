package rectification

import (
	"testing"

	"gatehouse/modules/portaltest"
)

// What an order refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	s := portaltest.Step("act", "office.a")
	o := &Order{}
	o.Communities = []string{"hehua"}
	portaltest.Wrong(t, extend(o, &extendForm{Days: 1, Reason: "x"}, s), "rectification.no_deadline")
	portaltest.Wrong(t, witness(o, &witnessForm{Community: "tielu"}, s), "community:fault.rectification.not_there")
}
