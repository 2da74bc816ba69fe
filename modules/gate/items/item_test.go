package items

import (
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func TestMoneyGate(t *testing.T) {
	t.Parallel()
	yes := func(c string) *confirmForm { return &confirmForm{Community: c, PowersIn: true} }
	t.Run("R6 R34 nothing paid: the committee cannot confirm", func(t *testing.T) {
		f := house(t)
		it := f.open()
		want(t, it, pending, pending, pending)
		portaltest.Refused(t, f.try(it, "head.hehua", "confirm", yes("hehua")), "ITD3")
		if f.inForce("hehua") != "" {
			t.Error("what is pending is not in force")
		}
	})
	t.Run("R37 claimed is not confirmed, disputed neither", func(t *testing.T) {
		f := house(t)
		it := f.open()
		for _, state := range []string{"claimed", "disputed"} {
			it = f.pay(it, "hehua", 1, state)
			want(t, it, pending, pending, pending)
			portaltest.Refused(t, f.try(it, "head.hehua", "confirm", yes("hehua")), "ITD4")
		}
	})
	t.Run("R34 the first instalment of long-term work opens the gate, for that community only", func(t *testing.T) {
		f := house(t)
		it := f.pay(f.open(), "hehua", 1, "confirmed")
		want(t, it, pending, pending, pending)
		portaltest.Refused(t, f.try(it, "head.guangming", "confirm", yes("guangming")), "ITD3")
		it = f.do(it, "head.hehua", "confirm", yes("hehua"))
		want(t, it, active, active, pending)
		if f.inForce("hehua") != active || f.inForce("guangming") != "" || f.heard("activated", "hehua") != 1 {
			t.Error("the index or the listeners do not know")
		}
	})
	t.Run("R35 temporary work is paid in full before it starts", func(t *testing.T) {
		f := house(t)
		it := f.open(func(g *Grant) { g.Nature, g.End = "temporary", lastMoment("2026-05-20") })
		it = f.pay(it, "hehua", 1, "confirmed")
		portaltest.Refused(t, f.try(it, "head.hehua", "confirm", yes("hehua")), "ITD3")
		it = f.pay(it, "hehua", 2, "confirmed")
		want(t, f.do(it, "head.hehua", "confirm", yes("hehua")), active, active, pending)
	})
	t.Run("R6 powers not handed over", func(t *testing.T) {
		f := house(t)
		it := f.pay(f.open(), "hehua", 1, "confirmed")
		portaltest.Refused(t, f.try(it, "head.hehua", "confirm", &confirmForm{Community: "hehua"}), "ITD5")
	})
	t.Run("R37 nobody but the committee of that community confirms", func(t *testing.T) {
		f := house(t)
		it := f.pay(f.open(), "hehua", 1, "confirmed")
		for _, who := range []string{"clerk.fire", "head.fire", "office.head", "street.liuxi", "staff.hehua", "head.guangming", "finance", "admin", ""} {
			if f.try(it, who, "confirm", yes("hehua")) == nil {
				t.Errorf("%q confirmed", who)
			}
		}
	})
	t.Run("R27 work on the community's own request needs only its word", func(t *testing.T) {
		f := house(t)
		it := f.open(func(g *Grant) { g.Instalments, g.OnRequest, g.Powers = nil, true, "" })
		want(t, f.do(it, "head.hehua", "confirm", &confirmForm{Community: "hehua"}), active, active, pending)
		portaltest.Refused(t, f.try(it, "head.hehua", "confirm", yes("hehua")), "item.confirmed")
	})
	t.Run("R34 the city may ask for a share only", func(t *testing.T) {
		it := &Item{Grant: grant()}
		it.Settings = map[string]string{"fund.gate_long_pct": "0"}
		p := newPart("hehua", 2, portaltest.Start)
		if short(it, &p, portaltest.Start) {
			t.Error("a share of nothing is owed")
		}
	})
}

func TestOpensOnce(t *testing.T) {
	t.Parallel()
	f := house(t)
	for range 2 {
		if err := f.approved(f.ctx, lifecycle.News{ID: "a1:9", Case: "a1"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.approved(f.ctx, lifecycle.News{ID: "a1:12", Case: "a1"}); err != nil {
		t.Fatal(err)
	}
	n, err := f.Resource.Engine.Cases().Count(f.ctx, store.Query{})
	if err != nil || n != 1 {
		t.Fatalf("%d items, %v", n, err)
	}
}
