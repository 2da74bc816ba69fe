package funding_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/funding"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Whatever anybody does in whatever order, no part is active unless its
// committee confirmed it after the money that the gate demands was confirmed
// by whoever receives it (R34, R37), nothing fails inside, and every stored
// case keeps an unbroken history.
func TestNoWayAroundTheMoney(t *testing.T) {
	t.Parallel()
	reached := map[string]int{}
	many := portaltest.Walks(t, "30")
	rapid.Check(t, func(rt *rapid.T) {
		f := house(t)
		w := &walk{fixture: f, rt: rt, item: f.item().ID, reached: reached}
		for range rapid.IntRange(5, 40).Draw(rt, "steps") {
			w.step()
			w.check()
		}
		for _, coll := range []string{"items", "payments"} {
			if _, b, err := lifecycle.Verify(f.ctx, f.Store, coll); err != nil || b != nil {
				rt.Fatalf("%s: %v %v", coll, b, err)
			}
		}
	})
	t.Logf("item states met: %v", reached)
	if many && reached["active"] == 0 {
		t.Error("no walk made a part active: the property says nothing")
	}
}

type walk struct {
	fixture
	rt      *rapid.T
	item    string
	paid    []string
	reached map[string]int
}

var (
	people = []string{"clerk.fire", "head.fire", "clerk.health", "head.hehua", "staff.hehua", "head.guangming", "street.liuxi", "street.beitang",
		"office.a", "office.head", "finance", "auditor", "admin", ""}
	places = []string{"hehua", "guangming"}
)

func pick[T any](w *walk, name string, of []T) T { return rapid.SampledFrom(of).Draw(w.rt, name) }

// someone is mostly who may be expected to do it.
func (w *walk) someone(likely string) string {
	if rapid.IntRange(0, 3).Draw(w.rt, "expected") > 0 {
		return likely
	}
	return pick(w, "person", people)
}

// step lets somebody do something, mostly what may be expected of them.
func (w *walk) step() {
	place := pick(w, "place", places)
	news := map[string]any{"communities": []string{place}, "by": "x", "no": "X-1"}
	reason := map[string]any{"reason": "原因", "community": pick(w, "where", append(places, ""))}
	var err error
	switch pick(w, "kind", []string{"claim", "claim", "payment", "payment", "confirm", "confirm", "confirm", "course", "item", "news", "time"}) {
	case "claim":
		n := pick(w, "instalment", []int64{1, 1, 2})
		var p portal.Done
		if p, err = w.claim(w.someone("clerk.fire"), w.item, place, n, pick(w, "amount", []int64{100000, 100000, 50000})); err == nil {
			w.paid = append(w.paid, p.ID)
		}
	case "payment":
		if len(w.paid) == 0 {
			return
		}
		do := pick(w, "act", []string{"confirm", "confirm", "confirm", "dispute", "reconcile", "void"})
		in := map[string]any{"reason": "原因"}
		if do == "reconcile" {
			in = map[string]any{"decision": pick(w, "finding", []string{"confirm", "void"}), "note": "核对"}
		}
		likely := map[string]string{"reconcile": "finance", "void": "head.fire"}[do]
		if likely == "" {
			likely = "head." + place
		}
		err = w.pay(w.someone(likely), pick(w, "payment", w.paid), do, in)
	case "course": // as it should go
		if p, e := w.claim("clerk.fire", w.item, place, 1, 100000); e == nil {
			w.paid = append(w.paid, p.ID)
			err = w.pay("head."+place, p.ID, "confirm", nil)
		}
	case "confirm":
		err = w.act(w.someone("head."+place), w.item, "confirm", map[string]any{"community": place, "powers_in": true})
	case "item":
		do := pick(w, "office", []string{"suspend", "resume", "credit", "rectify", "finish_withdrawal", "engage", "renew"})
		in := map[string]map[string]any{"suspend": reason, "resume": reason, "credit": {"community": place, "instalment": 1, "state": "confirmed"},
			"rectify": news, "finish_withdrawal": news, "engage": {"community": place, "note": "x"}, "renew": {"note": "x"}}[do]
		err = w.act(pick(w, "person", people), w.item, do, in)
	case "news":
		do := pick(w, "news", []string{"suspend_part", "resume_part", "rectify", "restore", "start_withdrawal", "cancel_withdrawal", "finish_withdrawal"})
		err = w.act("system", w.item, do, news)
	case "time":
		w.Workdays(rapid.IntRange(1, 60).Draw(w.rt, "days"))
	}
	if err != nil && fault.Is(err, fault.Internal) {
		w.rt.Fatalf("a fault inside: %v", err)
	}
}

// check judges the stored item by the stored payments alone.
func (w *walk) check() {
	it, err := w.Items.Resource.Engine.Get(w.ctx, lifecycle.System, w.item)
	if err != nil {
		w.rt.Fatal(err)
	}
	for _, p := range it.Parts {
		if p.ActiveAt.IsZero() {
			if p.State == "active" {
				w.rt.Fatalf("%s is active since never", p.Community)
			}
			continue
		}
		if !w.confirmedBefore(p) {
			w.rt.Fatalf("%s went active at %v without confirmed money", p.Community, p.ActiveAt)
		}
	}
	for _, e := range it.History {
		if e.Act == "confirm" && e.By != "head.hehua" && e.By != "head.guangming" {
			w.rt.Fatalf("%q confirmed", e.By)
		}
	}
	w.reached[it.State]++
}

// confirmedBefore: the first instalment was confirmed by the committee or the
// finance bureau when the part went active.
func (w *walk) confirmedBefore(part items.Part) bool {
	ps, err := w.Payments.Engine.Cases().Find(w.ctx, store.Query{Where: []store.Cond{{Field: "item", Op: store.Eq, Value: w.item}}, Sort: "id", Limit: 1000})
	if err != nil {
		w.rt.Fatal(err)
	}
	return slices.ContainsFunc(ps, func(p *funding.Payment) bool {
		if p.Community != part.Community || p.Instalment != 1 || p.Amount != schema.Fen(100000) || p.State != "confirmed" {
			return false
		}
		e, ok := p.Last("confirm", "reconcile")
		return ok && !e.At.After(part.ActiveAt) && (e.By == "head."+p.Community || e.By == "finance")
	})
}
