package sheets

import (
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// R5: what is signed was done.
func TestNothingDone(t *testing.T) {
	t.Parallel()
	f := open(t)
	facts := func(done int64) bool {
		return slices.Contains(portaltest.Facts(f.Resource.Engine.Table.Facts(&Sheet{Work: Work{Done: done}}, portaltest.Step("sign", "head.hehua"))), "nothing_done")
	}
	if !facts(0) || facts(1) {
		t.Error("when nothing is done")
	}
}
