package plaques

import (
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
)

// What a plaque refuses by itself, and what is true of it.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	portaltest.Wrong(t, (&Plaque{Owner: committee}).belongTo("fire"), "department:plaque.own_has_none")
	portaltest.Wrong(t, (&Plaque{Owner: party}).belongTo("fire"), "department:plaque.own_has_none")
	portaltest.Wrong(t, (&Plaque{Owner: "department"}).belongTo(""), "department:schema.required")
	f := house(t)
	facts := func(p *Plaque) []string {
		return portaltest.Facts(f.Plaques.facts(p, portaltest.Step("see", "clerk.fire")))
	}
	if !slices.Contains(facts(&Plaque{Owner: committee}), "own_plaque") || slices.Contains(facts(&Plaque{Owner: "department"}), "own_plaque") {
		t.Error("a department's plaque passes for the committee's own")
	}
}

// R41: the last look at the place counts, whatever was true when it was asked.
func TestHangLooksAgain(t *testing.T) {
	t.Parallel()
	f := house(t)
	one, two := f.agreed(sign(spot{Position: window, Window: "w1"})), f.agreed(sign(spot{Position: window, Window: "w1"}))
	f.must(f.act(one, "head.hehua", "hang", &hangForm{At: window}))
	portaltest.Wrong(t, f.Plaques.hang(two, &hangForm{At: window}, portaltest.Step("hang", "head.hehua")), "plaque.unique_place")
}
