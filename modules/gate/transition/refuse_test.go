package transition

import (
	"context"
	"testing"

	"gatehouse/modules/portaltest"
)

// What a carry-over refuses by itself.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	s := portaltest.Step("act", "clerk.fire")
	filed := func(id, department string, communities ...string) *Transition {
		return &Transition{Asks: Asks{Filed: func(context.Context, string) (string, string, string, []string, error) {
			return id, department, "submitted", communities, nil
		}}}
	}
	c := &Carryover{}
	c.Department, c.Communities = "fire", []string{"hehua", "tielu"}
	portaltest.Wrong(t, filed("", "").apply(c, &applyForm{No: "ZR-1"}, s), "application_no:carryover.no_application")
	portaltest.Wrong(t, filed("a", "health", "hehua", "tielu").apply(c, &applyForm{No: "ZR-1"}, s), "application_no:carryover.no_application")
	portaltest.Wrong(t, filed("a", "fire", "hehua").apply(c, &applyForm{No: "ZR-1"}, s), "application_no:carryover.not_everywhere")
	portaltest.Wrong(t, leave(c, &leaveForm{Community: "yugang"}, s), "community:carryover.not_here")
	if err := filed("a", "fire", "hehua", "tielu").apply(c, &applyForm{No: "ZR-1"}, s); err != nil {
		t.Error(err)
	}
}
