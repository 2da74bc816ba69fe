package app

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// wayOut are the rules of what happens to work that was let in: its money, its
// rating, its rectification, and how it leaves.
var wayOut = []rule{
	{rule: "R37", says: "claimed is not confirmed", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "approved")
		item := p.item(t, a)
		id := p.claim(t, a, item, "hehua", 1)
		confirm := fields{"community": "hehua", "powers_in": true}
		p.refused(t, "hehua", "items/"+item+"/confirm", confirm, "ITD4", "R37")
		p.outsider(t, "health", "payments/"+id+"/confirm", "")
		p.is(t, "office", "payments/"+id, "state", "claimed")
		p.done(t, "hehua", "payments/"+id+"/confirm", "")
		p.done(t, "hehua", "items/"+item+"/confirm", confirm)
	}},
	{rule: "R44", says: "effect, money and powers, residents: three dimensions, weighted", prove: func(t *testing.T, p *site) {
		a, item := p.working(t, fields{"department": "culture", "communities": three})
		p.late(41)
		r := p.round(t)
		cast := fields{"round": r, "item": item, "community": "hehua", "effect": "100", "money": "100"}
		p.wrong(t, "hehua", "ballots", cast, "residents")
		cast["residents"] = "99" // off the scale
		p.wrong(t, "hehua", "ballots", cast, "residents")
		p.vote(t, r, item, a.where, "100", "85", "50")
		x := p.result(t, r, item)
		if x["effect"] != 1000.0 || x["money"] != 850.0 || x["residents"] != 500.0 || x["total"] != 770.0 { // 40, 20, 40 in a hundred
			t.Errorf("%v", x)
		}
	}},
	{rule: "R9", says: "every department at work is rated by every committee, and none can opt out", prove: func(t *testing.T, p *site) {
		_, item := p.working(t, fields{"department": "human-resources", "communities": three})
		p.late(41)
		r := p.round(t)
		x := p.get(t, "human-resources", "/api/v1/rounds/"+r)
		rated := false
		for _, i := range x.body["items"].([]any) {
			m := i.(fields)
			rated = rated || m["item"] == item && len(m["communities"].([]any)) == len(three)
		}
		if !rated {
			t.Errorf("not on the list: %s", x.raw)
		}
		own := fields{"round": r, "item": item, "community": "hehua", "effect": "100", "money": "100", "residents": "100"}
		p.outsider(t, "human-resources", "ballots", own)
		p.refused(t, "guangming", "ballots", fields{"round": r, "item": item, "community": "guangming", "effect": "0", "money": "0", "residents": "0"}, "BLD2", "R9")
		p.done(t, "hehua", "ballots", own)
		p.refused(t, "hehua", "ballots", own, "BLD3", "R9")
		p.outsider(t, "human-resources", "rounds/"+r+"/close", "")
		p.done(t, "office1", "rounds/"+r+"/close", "")
		p.refused(t, "shuangqiao", "ballots", fields{"round": r, "item": item, "community": "shuangqiao", "effect": "0", "money": "0", "residents": "0"}, "BLD1", "R9")
	}},
	{rule: "R10", says: "work that owes money is ordered to rectify, with a deadline", prove: func(t *testing.T, p *site) {
		_, good := p.working(t, fields{"department": "disabled"})
		id := p.order(t, good)
		p.refused(t, "office", "rectifications/"+id+"/issue", "", "RCD2", "R10, R45")
		p.done(t, "office", "rectifications/"+id+"/cancel", fields{"reason": "经费已到位。"})
		_, item := p.owing(t, "disabled")
		o := p.done(t, "office", "rectifications/"+p.order(t, item)+"/issue", "")
		d := o.body["deadlines"].([]any)[0].(fields)
		if o.str("state") != "issued" || d["name"] != "rectify" || d["rule"] != "R10" || d["n"] != 30.0 {
			t.Errorf("%s", o.raw)
		}
		p.is(t, "", "items/"+item, "state", "rectifying")
	}},
	{rule: "R45", says: "money that did not come triggers whatever the scores, and is not averaged away", prove: func(t *testing.T, p *site) {
		a, item := p.owing(t, "civil-affairs")
		r := p.round(t)
		p.vote(t, r, item, a.where, "100", "100", "100")
		x := p.result(t, r, item)
		if x["money"] != 0.0 || x["unpaid"] != true || !slices.Contains(x["triggers"].([]any), any("money")) {
			t.Errorf("%v", x)
		}
		id := p.order(t, item)
		p.done(t, "office", "rectifications/"+id+"/issue", "")
		p.done(t, "civil-affairs", "rectifications/"+id+"/report", fields{"report": "已安排。"})
		p.done(t, "hehua", "rectifications/"+id+"/witness", fields{"community": "hehua", "changed": "yes"})
		p.refused(t, "office1", "rectifications/"+id+"/verify_pass", fields{"finding": "分数很高。"}, "RCD8", "R45, R11")
	}},
	{rule: "R47", says: "too few answers are no score and trigger nothing by themselves", prove: func(t *testing.T, p *site) {
		_, item := p.working(t, fields{"department": "housing", "communities": three})
		p.late(41)
		r := p.round(t)
		p.vote(t, r, item, three[:2], "0", "0", "0")
		x := p.result(t, r, item)
		if x["enough"] != false || x["triggers"] != nil {
			t.Errorf("%v", x)
		}
	}},
	{rule: "R48", says: "a department sees results in sum and never who gave what", prove: func(t *testing.T, p *site) {
		a, item := p.working(t, fields{"department": "justice", "communities": three})
		p.late(41)
		r := p.round(t)
		p.vote(t, r, item, three[:2], "0", "50", "0")
		p.done(t, "office1", "rounds/"+r+"/close", "")
		for _, c := range three[:2] {
			for _, b := range p.list(t, c, "ballots?round="+r) {
				for _, who := range []string{a.department, "office", "auditor", three[2]} {
					p.get(t, who, "/api/v1/ballots/"+b["id"].(string)).problem(t, 404)
				}
			}
		}
		if bs := p.list(t, a.department, "ballots?round="+r); len(bs) != 0 {
			t.Errorf("the department lists %d ballots", len(bs))
		}
		if x := p.get(t, a.department, "/api/v1/rounds/"+r); x.body["results"] != nil {
			t.Errorf("results before the preview: %s", x.raw)
		}
		p.done(t, "office1", "rounds/"+r+"/preview", "")
		for _, v := range p.get(t, a.department, "/api/v1/rounds/"+r).body["results"].([]any) {
			if x := v.(fields); x["item"] != item || x["hidden"] != true || x["effect"] != 0.0 && x["effect"] != nil {
				t.Errorf("a department sees %v", x)
			}
		}
		objection := fields{"item": item, "text": "回收的评议票太少。"}
		p.refused(t, "office", "rounds/"+r+"/settle", "", "ROD4", "R48")
		p.done(t, a.department, "rounds/"+r+"/object", objection)
		p.late(6)
		p.refused(t, "office", "rounds/"+r+"/settle", "", "ROD2", "R48")
	}},
	{rule: "R11", says: "no clear change by the deadline: the authority forces it out, not the committee", prove: func(t *testing.T, p *site) {
		_, item := p.owing(t, "fire-rescue")
		id := p.order(t, item)
		p.done(t, "office", "rectifications/"+id+"/issue", "")
		p.outsider(t, "hehua", "withdrawals", fields{"item": item, "grounds": []string{"money"}, "reason": "x"})
		p.late(23) // thirty days
		if x := p.is(t, "office", "rectifications/"+id, "state", "failed"); x.body["silent"] != true {
			t.Errorf("%s", x.raw)
		}
		p.untimely(t, "fire-rescue", "rectifications/"+id+"/report", fields{"report": "晚了。"})
		if w := p.withdrawal(t, item); p.is(t, "office", w, "state", "proposed").str("order") != id {
			t.Error("the withdrawal does not name the order")
		}
		p.outsider(t, "hehua", p.withdrawal(t, item)+"/decide", fields{"decision": "x", "minutes": "x"})
	}},
	{rule: "R49", says: "heard before it is decided, handed over before it is closed", prove: func(t *testing.T, p *site) {
		_, w := p.forced(t, "science")
		decide := fields{"decision": "整改期满没有明显变化。", "minutes": "江准联纪要9号"}
		p.done(t, "office1", w+"/notify", "")
		p.refused(t, "conference", w+"/decide", decide, "WDD1", "R49")
		p.done(t, "science", w+"/state", fields{"statement": "请再给一个季度。"})
		p.done(t, "conference", w+"/decide", decide)
		p.done(t, "office1", w+"/start_exit", "")
		for _, r := range p.list(t, "auditor", "refunds?withdrawal="+strings.TrimPrefix(w, "withdrawals/")) {
			id := "refunds/" + r["id"].(string)
			p.done(t, r["place"].(string), id+"/pay_back", fields{"voucher": "TH1", "paid_on": p.clock.Now().Format(time.DateOnly)})
			p.done(t, "finance", id+"/confirm", "")
		}
		for _, e := range []string{"plaques", "ledgers", "staff", "equipment", "money", "data"} {
			p.refused(t, "office", w+"/complete", "", "WDD4", "R49")
			p.done(t, "office2", w+"/tick", fields{"entry": e, "note": "已交接。"})
		}
		x := p.done(t, "office", w+"/complete", "")
		p.is(t, "", "items/"+x.str("item"), "state", "withdrawn")
	}},
	{rule: "R50", says: "who was forced out comes back only with the conference", prove: func(t *testing.T, p *site) {
		_, w := p.forced(t, "city-management")
		p.done(t, "office1", w+"/notify", "")
		p.done(t, "city-management", w+"/state", fields{"statement": "不同意。"})
		p.done(t, "conference", w+"/decide", fields{"decision": "撤出。", "minutes": "江准联纪要10号"})
		a := p.bring(t, "draft", fields{"department": "city-management"})
		p.refused(t, "city-management", a.path("submit"), "", "APD6", "R50")
		p.outsider(t, "office", w+"/lift_ban", fields{"why": "x", "minutes": "x"})
		p.done(t, "conference", w+"/lift_ban", fields{"why": "已换人。", "minutes": "江准联纪要11号"})
		p.done(t, "city-management", a.path("submit"), "")
	}},
}

// order drafts an order to rectify for money.
func (p *site) order(t testing.TB, item string) string {
	t.Helper()
	return p.done(t, "office2", "rectifications", fields{"item": item, "grounds": []string{"money"}, "measures": "十五日内拨付。"}).str("id")
}

// round plans and opens a round that closes in a week.
func (p *site) round(t testing.TB) string {
	t.Helper()
	r := p.done(t, "office1", "rounds", fields{"district": "jiangxin", "title": "评议", "from": p.dayIn(-100), "to": p.dayIn(0), "closes": p.dayIn(7)}).str("id")
	p.done(t, "office", "rounds/"+r+"/open", "")
	return r
}

// vote casts the same ballot for some communities.
func (p *site) vote(t testing.TB, round, item string, where []string, effect, money, residents string) {
	t.Helper()
	for _, c := range where {
		p.done(t, c, "ballots", fields{"round": round, "item": item, "community": c, "effect": effect, "money": money, "residents": residents})
	}
}

// result closes a round and gives what an item came to, as the office sees it.
func (p *site) result(t testing.TB, round, item string) fields {
	t.Helper()
	p.done(t, "office1", "rounds/"+round+"/close", "")
	x := p.is(t, "office", "rounds/"+round, "state", "computed")
	for _, r := range x.body["results"].([]any) {
		if m := r.(fields); m["item"] == item {
			return m
		}
	}
	t.Fatalf("no result of item %s: %s", item, x.raw)
	return nil
}

// forced is work that owes money and whose order ran out in silence: a
// withdrawal is proposed.
func (p *site) forced(t testing.TB, department string) (application, string) {
	t.Helper()
	a, item := p.owing(t, department)
	p.done(t, "office", "rectifications/"+p.order(t, item)+"/issue", "")
	p.late(23)
	return a, p.withdrawal(t, item)
}

// withdrawal finds the withdrawal that was proposed for an item.
func (p *site) withdrawal(t testing.TB, item string) string {
	t.Helper()
	for _, w := range p.list(t, "office", "withdrawals?limit=100") {
		if w["item"] == item {
			return "withdrawals/" + w["id"].(string)
		}
	}
	t.Fatalf("no withdrawal of item %s", item)
	return ""
}
