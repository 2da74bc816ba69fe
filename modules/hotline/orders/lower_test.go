package orders

import (
	"strings"
	"testing"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
)

// A final ruling proposes a rule; the rule is tried on what was handled, and
// then sends the next order to the unit.
func TestR57RulesLearn(t *testing.T) {
	t.Parallel()
	f := open(t)
	in := returnForm{Reason: "overlapping_duty", Document: "三定方案第五条"}
	o := f.must(f.act(f.to(f.file("op", "phone"), "dispatched"), "clerk.fire", "return", &in))
	o = f.must(f.act(o, "disp", "redispatch", &unitForm{Unit: "health"}))
	o = f.must(f.act(o, "clerk.health", "return", &in))
	o = f.must(f.act(o, "chief", "rule", &rulingForm{Unit: "fire", Ground: "路灯产权属消防。"}))
	rules := f.m.dispatch
	p, err := rules.Engine.List(f.ctx, portaltest.As("disp"), lifecycle.Find{})
	if err != nil || len(p.Cases) != 1 {
		t.Fatalf("%v, %d rules are proposed", err, len(p.Cases))
	}
	r := p.Cases[0]
	if r.State != "proposed" || r.OrderNo != o.No || r.Author != "chief" || r.Place != "hehua" || r.Unit != "fire" || r.Reason != "路灯产权属消防。" {
		t.Errorf("%+v", r.Content)
	}
	step := func(by, act string) *dispatch.Rule {
		t.Helper()
		r, err := rules.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, nil, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if x := step("disp", "test").Trial; x.Looked != 1 || x.After != 1 || x.Examples[0].No != o.No {
		t.Errorf("it was tried on %+v", x)
	}
	f.Person("chief.b", policy.Appointment{Role: "hotline_head", Place: portaltest.District})
	r = step("chief.b", "enforce")
	next := f.to(f.file("op", "phone", func(in *Filing) { in.Words = "又有一盏灯坏了" }), "triaged")
	if v := f.m.suggested(f.ctx, portal.Visitor{}, next); v["unit"][0] != "fire" || v["basis"][0] != r.No {
		t.Errorf("the next one goes to %v", v)
	}
	if v := f.m.suggested(f.ctx, portal.Visitor{}, &Order{Sorted: Sorted{Category: "303", Community: "hehua"}}); len(v) != 0 {
		t.Errorf("without a rule it goes to %v", v)
	}
}

// An enquiry that was answered begins an article, whose owner reads the answer.
func TestR64ArticlesLearn(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.file("op", "phone", func(in *Filing) { in.Words, in.Type, in.Category = "招聘会什么时候有", "consult", "703" })
	f.must(f.act(o, "op", "answer", &answerForm{Answer: "每周三上午有招聘会。"}))
	f.Bus.Once(f.ctx)
	articles := f.m.knowledge
	p, err := articles.Engine.List(f.ctx, portaltest.As("chief"), lifecycle.Find{})
	if err != nil || len(p.Cases) != 1 || p.Cases[0].Proposals[0].No != o.No || len(p.Cases[0].Proposals) != 1 {
		t.Fatalf("%v %+v", err, p.Cases)
	}
	if code, body := f.Ask(f.App(), "chief", "/articles/"+p.Cases[0].ID, ""); code != 200 || !strings.Contains(body, "每周三上午有招聘会。") {
		t.Error("the owner does not read what was said", code)
	}
	for id, want := range map[string]string{o.ID: "每周三上午有招聘会。", "nobody": ""} {
		if got, err := f.m.answerTo(f.ctx, id); got != want || err != nil {
			t.Errorf("%s: %q %v", id, got, err)
		}
	}
}

// What caused an order is chosen among the items at work where it is.
func TestItemsHere(t *testing.T) {
	t.Parallel()
	f := open(t)
	it := f.g.Active(gatetest.Grant("fire", "hehua"))
	f.g.Admit(gatetest.Grant("health", "hehua")) // waits for its committee
	for community, want := range map[string]int{"hehua": 1, "yugang": 0, "": 0} {
		os, err := f.m.itemsHere(f.ctx, portal.Visitor{}, &Order{Sorted: Sorted{Community: community}})
		if err != nil || len(os) != want || want > 0 && os[0].Value != it.ID {
			t.Errorf("%s: %v %+v", community, err, os)
		}
	}
	o := f.file("op", "phone")
	sort := sorted
	sort.Item = "nothing"
	f.must(f.act(o, "op", "triage", &sort)) // an id that opens nothing stays unsaid
	o = f.file("op", "phone", func(in *Filing) { in.Words = "消防检查挡了路" })
	sort.Item = items.Ref(it.ID)
	o = f.must(f.act(o, "op", "triage", &sort))
	if _, body := f.Ask(f.App(), "op", "/orders/"+o.ID, ""); !strings.Contains(body, `href="/items/`+it.ID) || !strings.Contains(body, it.Title) {
		t.Error("the page does not lead to the item")
	}
}
