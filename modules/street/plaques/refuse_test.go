package plaques

import (
	"context"
	"slices"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
)

func owned(by string) *Plaque { return &Plaque{Request: Request{Owner: by}} }

// What a plaque refuses by itself, and what is true of it.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	portaltest.Wrong(t, owned(committee).belongTo("fire"), "department:plaque.own_has_none")
	portaltest.Wrong(t, owned(party).belongTo("fire"), "department:plaque.own_has_none")
	portaltest.Wrong(t, owned(department).belongTo(""), "department:schema.required")
	f := house(t)
	facts := func(p *Plaque) []string {
		return portaltest.Facts(f.m.facts(p, portaltest.Step("see", "clerk.fire")))
	}
	if !slices.Contains(facts(owned(committee)), "own_plaque") || slices.Contains(facts(owned(department)), "own_plaque") {
		t.Error("a department's plaque passes for the committee's own")
	}
}

// R41: the last look at the place counts, whatever was true when it was asked.
func TestHangLooksAgain(t *testing.T) {
	t.Parallel()
	f := house(t)
	one, two := f.agreed(sign(Spot{Position: window, Window: f.at["w1"]})), f.agreed(sign(Spot{Position: window, Window: f.at["w1"]}))
	f.must(f.act(one, "head.hehua", "hang", &hangForm{At: window}))
	portaltest.Wrong(t, f.m.hang(two, &hangForm{At: window}, portaltest.Step("hang", "head.hehua")), "plaque.unique_place")
}

// An error of the store is an error, never the fact that an item has left.
func TestAnErrorIsNoRefusal(t *testing.T) {
	t.Parallel()
	f := house(t)
	p := f.agreed(sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["library"]}))
	s := portaltest.Step("hang", "head.hehua")
	gone, cancel := context.WithCancel(f.ctx)
	cancel()
	s.Ctx = gone
	if _, err := f.m.facts(p, s); !fault.Is(err, fault.Internal) {
		t.Errorf("a store that cannot be read answers %v", err)
	}
	if _, err := f.m.itemFacts(p, s); !fault.Is(err, fault.Internal) {
		t.Errorf("items that cannot be read answer %v", err)
	}
}
