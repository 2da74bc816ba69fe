package rectification

import (
	"testing"

	"gatehouse/modules/housetest"
)

// What an order refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	s := housetest.Step("act", "office.a")
	o := &Order{}
	o.Communities = []string{"hehua"}
	housetest.Wrong(t, extend(o, &extendForm{Days: 1, Reason: "x"}, s), "rectification.no_deadline")
	housetest.Wrong(t, witness(o, &witnessForm{Community: "tielu"}, s), "community:fault.rectification.not_there")
}
