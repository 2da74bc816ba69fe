package windows

import (
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// A window without a department is the committee's own, and no department
// asks for it.
func TestOwnWindow(t *testing.T) {
	t.Parallel()
	f := house(t)
	facts := func(w *Window) []string {
		return portaltest.Facts(f.m.facts(w, portaltest.Step("propose", "head.hehua")))
	}
	if !slices.Contains(facts(&Window{}), "own_window") || slices.Contains(facts(&Window{Proposal: Proposal{Department: "fire"}}), "own_window") {
		t.Error("whose window it is")
	}
}
