package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"testing"

	"gatehouse/server/app/demo"
)

var t0 = context.Background()

// wayIn are the rules of the way in: what needs an application, what an
// application says, who decides.
var wayIn = []rule{
	{rule: "R1", says: "an emergency needs no application, and nobody refuses while it is in force", prove: func(t *testing.T, p *site) {
		e := p.done(t, "emergency", "emergencies", fields{"event": "燃气泄漏", "document": "江应急1号", "declared_by": "区应急指挥部", "department": "housing",
			"communities": []string{"laochang"}, "start": p.dayIn(0), "end": p.dayIn(2), "tasks": "转移楼内居民。"})
		if e.str("state") != "declared" {
			t.Errorf("not in force at once: %s", e.raw)
		}
		demand := fields{"community": "laochang", "department": "housing", "title": "转移楼内居民", "ground": "not_admitted", "way": "call"}
		p.refused(t, "laochang", "refusals", demand, "RFD1", "R1")
		demand["department"] = "culture" // whom no emergency covers
		p.done(t, "laochang", "refusals", demand)
		p.outsider(t, "housing", "emergencies", fields{"event": "x", "document": "x", "declared_by": "x", "department": "housing",
			"communities": []string{"laochang"}, "start": p.dayIn(0), "end": p.dayIn(2), "tasks": "x"})
	}},
	{rule: "R2", says: "a duty that the law already puts on the committee cites its entry and needs no application", prove: func(t *testing.T, p *site) {
		entry := p.check(t, "协助征求居民对老旧小区改造的意见", "must_assist", "R2")
		duty := fields{"department": "housing", "communities": []string{"tielu"}, "asked": "发放征求意见表。", "start": p.dayIn(0), "end": p.dayIn(20)}
		if a := p.wrong(t, "housing", "items", duty, "entry"); a.str("code") == "" {
			t.Errorf("a duty without its entry: %s", a.raw)
		}
		duty["entry"] = entry
		it := p.done(t, "housing", "items", duty)
		if it.str("state") != "active" || it.str("entry") != entry || it.body["application"] != nil {
			t.Errorf("%s", it.raw)
		}
		p.refused(t, "tielu", "refusals", fields{"community": "tielu", "department": "housing", "title": "协助征求居民对老旧小区改造的意见",
			"ground": "not_admitted", "way": "document"}, "RFD2", "R2")
		a := p.bring(t, "draft", fields{"title": "协助征求居民对老旧小区改造的意见", "department": "housing"})
		p.refused(t, "housing", a.path("submit"), "", "APD4", "R2")
	}},
	{rule: "R3", says: "nothing is in force without a decided application", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "proposed", fields{"department": "justice"})
		for _, who := range []string{"justice", "office", "conference", "hehua", "admin"} {
			p.outsider(t, who, "items/new/open", fields{"title": "后门", "department": "justice", "communities": []string{"hehua"}, "kinds": []string{"task"}})
		}
		for _, it := range p.list(t, "", "items?limit=100&department=justice") {
			if it["application"] == a.id {
				t.Error("an item before the decision")
			}
		}
		p.done(t, "office", a.path("approve"), fields{})
		p.is(t, "", "items/"+p.item(t, a), "state", "pending")
	}},
	{rule: "R4", says: "no money, no powers, no approval", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "proposed", fields{"instalments": []fields{}})
		p.refused(t, "office", a.path("approve"), fields{}, "APD7", "R4")
		a = p.bring(t, "proposed", fields{"powers": ""})
		p.refused(t, "office", a.path("approve"), fields{}, "APD10", "R4")
		p.is(t, "health", a.path(), "state", "proposed")
	}},
	{rule: "R5", says: "work is paid as a purchased service or per signed sheet", prove: func(t *testing.T, p *site) {
		p.wrong(t, "health", "applications", p.form(fields{"delivery": "favour"}), "delivery")
		for _, way := range []string{"contract", "signoff"} {
			a := p.bring(t, "approved", fields{"delivery": way})
			p.is(t, "", "items/"+p.item(t, a), "delivery", way)
		}
	}},
	{rule: "R6", says: "money did not come: the committee refuses, at once and with nobody's approval", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "approved")
		item := p.item(t, a)
		p.late(14)
		r := p.done(t, "hehua", "refusals", fields{"community": "hehua", "item": item, "ground": "no_money", "way": "call"})
		if r.str("state") != "issued" || len(r.body["history"].([]any)) != 1 {
			t.Errorf("not valid at once: %s", r.raw)
		}
		p.is(t, "", "items/"+item, "state", "suspended")
		p.refused(t, "hehua", "items/"+item+"/confirm", fields{"community": "hehua", "powers_in": true}, "ITD3", "R6")
	}},
	{rule: "R7", says: "a task without admission may be refused, and it is recorded as a bypass", prove: func(t *testing.T, p *site) {
		r := p.done(t, "zhongxin", "refusals", fields{"community": "zhongxin", "department": "market", "title": "临时摊位摸底", "ground": "not_admitted", "way": "chat", "kind": "survey"})
		if r.body["bypass"] != true || r.str("state") != "issued" {
			t.Errorf("%s", r.raw)
		}
		p.outsider(t, "market", "refusals/"+r.str("id")+"/withdraw", fields{"reason": "不想留记录。"})
		a, _ := p.working(t, fields{"department": "market", "communities": []string{"zhongxin"}})
		p.late(41)
		p.refused(t, "zhongxin", "refusals", fields{"community": "zhongxin", "department": a.department, "title": "上门送药关怀",
			"ground": "not_admitted", "way": "chat", "kind": "task"}, "RFD3", "R3")
	}},
	{rule: "R8", says: "money, powers and staff move with the work", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "approved")
		item := p.item(t, a)
		confirm := fields{"community": "hehua", "powers_in": false}
		p.refused(t, "hehua", "items/"+item+"/confirm", confirm, "ITD3", "R6")
		p.done(t, "hehua", "payments/"+p.claim(t, a, item, "hehua", 1)+"/confirm", "")
		p.refused(t, "hehua", "items/"+item+"/confirm", confirm, "ITD5", "R6")
		p.done(t, "hehua2", "items/"+item+"/note_staff", fields{"community": "hehua", "what": "联络员一名，到岗。"})
		confirm["powers_in"] = true
		it := p.done(t, "hehua", "items/"+item+"/confirm", confirm)
		part := it.body["parts"].([]any)[0].(fields)
		if it.str("state") != "active" || part["powers_in"] != true || len(part["pooled"].([]any)) != 1 {
			t.Errorf("%s", it.raw)
		}
		p.staffMoves(t)
	}},
	{rule: "R12", says: "a city bureau cannot reach into a community", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"department": "statistics"})
		p.refused(t, "statistics", a.path("submit"), "", "APD1", "R12")
		p.refused(t, "statistics", "items", fields{"department": "statistics", "entry": p.check(t, "居民公约", "must_assist", "R2"), "communities": []string{"hehua"},
			"asked": "x", "start": p.dayIn(0), "end": p.dayIn(9)}, "ITD1", "R12")
		p.done(t, "statistics", a.path("forward"), fields{"department": "civil-affairs"})
		x := p.done(t, "civil-affairs", a.path("submit"), "")
		if x.str("origin") != "statistics" || x.str("state") != "submitted" {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R13", says: "intermediaries and property managers answer a committee's supervision note", prove: func(t *testing.T, p *site) {
		p.done(t, "admin", "users", fields{"login": "property", "name": "物业经理", "password": demo.Password, "role": "manager", "place": "hehua"})
		note := fields{"community": "hehua", "organisation": "荷花物业", "kind": "property", "matter": "楼道灯不亮", "demand": "三日内修好。"}
		p.outsider(t, "property", "notes", note)
		n := "notes/" + p.done(t, "hehua", "notes", note).str("id")
		p.outsider(t, "hehua", n+"/answer", fields{"answer": "代答。"})
		p.late(30)
		p.is(t, "hehua", n, "state", "escalated")
		p.untimely(t, "hehua", n+"/accept", "")
		x := p.done(t, "property", n+"/answer", fields{"answer": "已修好。"})
		if late := x.body["answers"].([]any)[0].(fields)["late"]; late != true {
			t.Errorf("%s", x.raw)
		}
		p.done(t, "hehua", n+"/accept", "")
	}},
	{rule: "R14", says: "every item says whether government administers or the community governs itself", prove: func(t *testing.T, p *site) {
		p.wrong(t, "health", "applications", p.form(fields{"side": "both"}), "side")
		a := p.bring(t, "approved", fields{"side": "community"})
		p.is(t, "", "items/"+p.item(t, a), "side", "community")
	}},
	{rule: "R15", says: "filed thirty working days before the start, unless it is urgent", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"start": p.workday(29)})
		p.refused(t, "health", a.path("submit"), "", "APD3", "R15")
		p.bring(t, "submitted", fields{"start": p.workday(29), "urgent": true, "urgent_reason": "寒潮来临。"})
		p.bring(t, "submitted", fields{"start": p.workday(31)})
	}},
	{rule: "R16", says: "fifteen working days without a decision escalate and never approve", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "proposed")
		p.late(15)
		p.is(t, "office", a.path(), "state", "proposed")
		p.late(6)
		x := p.is(t, "office", a.path(), "state", "proposed")
		if x.body["escalated"] != 2.0 || x.body["decision"] != nil {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R17", says: "apply, decide, admit, revoke: no step is left out", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "submitted")
		p.untimely(t, "office2", a.path("propose"), fields{"recommend": "approve", "text": "建议准入。"})
		a = p.bring(t, "approved")
		var acts []string
		for _, e := range p.is(t, "office", a.path(), "state", "approved").body["history"].([]any) {
			acts = append(acts, e.(fields)["act"].(string))
		}
		if want := []string{"draft", "submit", "accept", "answer", "check_money", "consent", "propose", "approve"}; !slices.Equal(acts, want) {
			t.Errorf("%v", acts)
		}
	}},
	{rule: "R18", says: "one fixed form", prove: func(t *testing.T, p *site) {
		p.wrong(t, "health", "applications", p.form(fields{"our_own_column": "x"}), "our_own_column")
		a := p.bring(t, "submitted")
		if page := p.send(t, "GET", "/"+a.path("application"), p.token(t, "office"), "", nil); page.status != 200 {
			t.Errorf("the form does not print: %d", page.status)
		}
	}},
	{rule: "R19", says: "what says nothing cannot be signed, and gaps go back as one list", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"steps": ""})
		p.refused(t, "health", a.path("submit"), "", "APD2", "R19")
		a = p.bring(t, "submitted", fields{"powers": "", "acceptance": ""})
		x := p.done(t, "office1", a.path("return"), fields{"gaps": "权限\n验收标准"})
		if gaps, _ := x.body["gaps"].([]any); x.str("state") != "returned" || len(gaps) != 2 {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R20", says: "routine work needs no application of its own, a new survey always does", prove: func(t *testing.T, p *site) {
		film := fields{"department": "culture", "entry": p.check(t, "公益电影放映", "routine", "R20"), "communities": []string{"yugang"}, "asked": "每月放映一场。", "start": p.dayIn(0), "end": p.dayIn(20)}
		if it := p.done(t, "culture", "items", film); it.str("state") != "active" || it.body["application"] != nil {
			t.Errorf("it is called on: %s", it.raw)
		}
		film["asked"] = "每月放映一场，另设观影台账。"
		if a := p.wrong(t, "culture", "items", film, "asked"); a.str("rule") != "R20" {
			t.Errorf("a new ledger with it: %s", a.raw)
		}
		a := p.get(t, "", "/api/v1/check?kinds=survey&title="+url.QueryEscape("公益电影放映满意度调查"))
		if v := a.str("verdict"); v != "needs_admission" && v != "unclear" || a.str("rule") != "R20" && a.str("rule") != "R3" {
			t.Errorf("%s", a.raw)
		}
	}},
	{rule: "R21", says: "the negative list refuses by itself, and only the leading group overrides", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"title": "招商引资线索任务", "department": "market"})
		x := p.done(t, "market", a.path("submit"), "")
		if x.str("state") != "rejected" || x.str("decision.rule") != "R21" || x.str("decision.entry") == "" {
			t.Errorf("%s", x.raw)
		}
		p.outsider(t, "office", a.path("override"), fields{"minutes": "x"})
		if x := p.done(t, "conference", a.path("override"), fields{"minutes": "江准领导小组纪要2号"}); x.str("state") != "submitted" {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R22", says: "no separate appraisal of the committee", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"rates_committee": true, "department": "culture"})
		if x := p.done(t, "culture", a.path("submit"), ""); x.str("state") != "rejected" || x.str("decision.rule") != "R22" {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R25", says: "the street may refuse too", prove: func(t *testing.T, p *site) {
		demand := fields{"community": "tielu", "department": "culture", "title": "图书室夜间值班", "ground": "not_admitted", "way": "document", "kind": "task"}
		if x := p.done(t, "beitang", "refusals/new/issue_street", demand); x.body["by_street"] != true || x.str("state") != "issued" {
			t.Errorf("%s", x.raw)
		}
		p.post(t, "liuxi", "/api/v1/refusals/new/issue_street", demand).problem(t, 403) // another street's community
	}},
	{rule: "R27", says: "what the community itself asks for goes the short way", prove: func(t *testing.T, p *site) {
		a := application{department: "health", where: []string{"yinxing"}}
		a.id = p.done(t, "yinxing", "applications/new/request", fields{"department": "health", "title": "请医生来社区坐诊", "communities": a.where, "purpose": "老人走不动。"}).str("id")
		p.done(t, "health.clerk", a.path("edit"), fields{"title": "请医生来社区坐诊", "kinds": []string{"task"}, "nature": "long", "purpose": "老人走不动。",
			"communities": a.where, "start": p.workday(3), "steps": "社区提供场地。", "contact": "000"})
		p.done(t, "health", a.path("submit"), "") // no money, no powers, no lead time
		p.done(t, "office1", a.path("accept"), "")
		p.done(t, "yinxing", a.path("answer"), fields{"community": "yinxing", "opinion": "agree"})
		p.done(t, "office2", a.path("propose"), fields{"recommend": "approve", "text": "社区邀请。"})
		p.done(t, "office", a.path("approve"), fields{})
		if x := p.is(t, "", "items/"+p.item(t, a), "state", "pending"); x.body["on_request"] != true {
			t.Errorf("%s", x.raw)
		}
	}},
	{rule: "R29", says: "no burden assessment, no approval", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "proposed", fields{"burden": ""})
		p.refused(t, "office", a.path("approve"), fields{}, "APD11", "R29")
	}},
	{rule: "R33", says: "the lists follow admission too: proposed, opened to comment, published by somebody else", prove: func(t *testing.T, p *site) {
		title := "协助清点楼道绿植养护"
		in := fields{"list": "assistance", "code": "XZ-90", "title": title, "basis": "《云汀市绿化条例》", "role": "assist", "department": "culture"}
		e := "catalogue/" + p.done(t, "culture", "catalogue/new/propose", in).str("id")
		if a := p.get(t, "", "/api/v1/check?title="+url.QueryEscape(title)); a.str("verdict") == "must_assist" {
			t.Error("a proposal counts already")
		}
		p.done(t, "office1", e+"/open_comment", fields{"comment_until": p.dayIn(1)})
		publish := fields{"document": "江准联2号", "edition": p.clock.Now().Year()}
		p.outsider(t, "culture", e+"/publish", publish)
		p.outsider(t, "office", e+"/publish", publish)
		p.refused(t, "conference", e+"/publish", publish, "END2", "R33")
		p.late(3)
		p.done(t, "conference", e+"/publish", publish)
		p.check(t, title, "must_assist", "R2")
	}},
	{rule: "R127", says: "a responsibility letter to committees needs approval at the top", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"binds_committee": true, "department": "fire-rescue"})
		p.refused(t, "fire-rescue", a.path("submit"), "", "APD5", "R127")
		p.bring(t, "submitted", fields{"binds_committee": true, "top_approval": "云汀市委〔2026〕8号", "department": "fire-rescue"})
	}},
	{rule: "R142", says: "what was taken back from the streets is not placed in a community instead", prove: func(t *testing.T, p *site) {
		a := p.bring(t, "draft", fields{"title": "房屋安全鉴定", "department": "housing"})
		if x := p.done(t, "housing", a.path("submit"), ""); x.str("state") != "rejected" || x.str("decision.rule") != "R142" || x.str("decision.entry") == "" {
			t.Errorf("%s", x.raw)
		}
	}},
}

// check asks the lists about a title and gives the entry cited.
func (p *site) check(t testing.TB, title, verdict, rule string) string {
	t.Helper()
	a := p.get(t, "", "/api/v1/check?title="+url.QueryEscape(title))
	if a.str("verdict") != verdict || a.str("rule") != rule || a.str("entry") == "" {
		t.Fatal(fmt.Sprint(title, ": ", a.raw))
	}
	return a.str("entry")
}
