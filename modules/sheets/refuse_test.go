package sheets

import (
	"slices"
	"testing"

	"gatehouse/modules/housetest"
)

// R5: what is signed was done.
func TestNothingDone(t *testing.T) {
	t.Parallel()
	f := open(t)
	facts := func(done int64) bool {
		return slices.Contains(f.Desk.Engine.Table.Facts(&Sheet{Done: done}, housetest.Step("sign", "head.hehua")), "nothing_done")
	}
	if !facts(0) || facts(1) {
		t.Error("when nothing is done")
	}
}
