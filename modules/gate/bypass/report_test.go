package bypass

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

func TestR7Reporting(t *testing.T) {
	t.Parallel()
	t.Run("R7 anybody reports without a name, and none is kept", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.file("")
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		e := r.History[0]
		if e.By != "" || e.For != "" || r.OpenedBy != "" || r.Reporter != (Reporter{Kind: "anonymous"}) {
			t.Errorf("somebody is named: %s", b)
		}
		if f.sees("", r) || f.sees("head.hehua", r) || f.sees("street.liuxi", r) || !f.sees("office.a", r) || !f.sees("auditor", r) {
			t.Error("a report without a name is the office's alone")
		}
		if d, ok := r.Open("verify"); !ok || d.N != 5 || d.Setting != "bypass.verify_wd" {
			t.Errorf("%+v", r.Deadlines)
		}
	})
	t.Run("R7 a committee reports and sees its own report", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.file("staff.hehua")
		if r.Reporter != (Reporter{Kind: "committee", Place: "hehua", Person: "staff.hehua"}) || r.History[0].By != "" {
			t.Errorf("%+v %+v", r.Reporter, r.History[0])
		}
		for person, want := range map[string]bool{"head.hehua": true, "street.liuxi": true, "street.beitang": false, "head.guangming": false, "clerk.health": false, "office.b": true} {
			if f.sees(person, r) != want {
				t.Errorf("%s sees it: %v", person, !want)
			}
		}
	})
	t.Run("R25 a street reports for a community of its own", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		if r := f.file("street.liuxi"); r.Reporter.Kind != "street" || r.Reporter.Place != "liuxi" || f.sees("head.hehua", r) || !f.sees("street.liuxi", r) {
			t.Errorf("%+v", r.Reporter)
		}
		if r := f.file("street.beitang"); r.Reporter.Kind != "person" || r.Reporter.Place != "" {
			t.Errorf("another street: %+v", r.Reporter)
		}
	})
	t.Run("the same text is the same case", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a, b, c := f.file(""), f.file(""), f.file("head.hehua")
		if a.ID != b.ID || a.ID == c.ID {
			t.Error(a.No, b.No, c.No)
		}
		other := chat
		other.Evidence = "另一件事"
		if r, _, err := f.m.File(f.ctx, portaltest.As(""), &other); err != nil || r.ID == a.ID {
			t.Error("another text is another case", err)
		}
	})
	t.Run("what cannot be is refused", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for field, change := range map[string]func(*Content){
			"demanded_on": func(c *Content) { c.DemandedOn = "2026-03-10" },
			"community":   func(c *Content) { c.Community = "liuxi" },
			"department":  func(c *Content) { c.Department = "nobody" },
		} {
			in := chat
			change(&in)
			_, _, err := f.m.File(f.ctx, portaltest.As(""), &in)
			portaltest.Refused(t, err, "invalid")
			if !strings.Contains(err.Error(), field) {
				t.Errorf("%s: %v", field, err)
			}
		}
	})
}

// A refusal that found a bypass reports it by itself, once.
func TestR7Refusals(t *testing.T) {
	t.Parallel()
	f := open(t)
	ev := lifecycle.News{ID: "r1:1", Case: "r1"}
	for range 2 {
		if err := f.m.onBypass(f.ctx, ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.m.onBypass(f.ctx, lifecycle.News{ID: "another", Case: "r1"}); err != nil {
		t.Error("told again under another id:", err)
	}
	if err := f.m.onBypass(f.ctx, lifecycle.News{ID: "r2:1", Case: "r2"}); err != nil {
		t.Fatal(err)
	}
	p, err := f.m.Reports.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{})
	if err != nil || len(p.Cases) != 2 {
		t.Fatalf("%d reports, %v", len(p.Cases), err)
	}
	street, committee := p.Cases[0], p.Cases[1]
	if committee.RefusalNo != "JJ-2026-00001" || committee.Reporter != (Reporter{Kind: "committee", Place: "hehua", Person: "head.hehua"}) {
		t.Errorf("%+v", committee.Reporter)
	}
	if street.Reporter.Kind != "street" || street.Reporter.Place != "liuxi" {
		t.Errorf("%+v", street.Reporter)
	}
	if err := f.m.onBypass(f.ctx, lifecycle.News{ID: "gone:1", Case: "gone"}); err == nil {
		t.Error("a refusal that cannot be read is taken for done")
	}
	if _, err := f.m.Reports.Engine.Open(f.ctx, portaltest.As("office.a"), "file_refusal", &refusalForm{Refusal: "r1"}, lifecycle.Opts{}); err == nil {
		t.Error("only the portal does this")
	}
}

func TestR28Verifying(t *testing.T) {
	t.Parallel()
	t.Run("R28 not by who reported it, nor by the department", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.file("office.a")
		_, err := f.act(r, "office.a", "take", nil)
		portaltest.Refused(t, err, "RPD1")
		_, err = f.act(r, "both", "take", nil)
		portaltest.Refused(t, err, "RPD2")
		r = f.must(f.act(r, "office.b", "take", nil))
		for _, act := range []string{"substantiate", "dismiss"} {
			_, err = f.act(r, "office.a", act, &findingForm{Finding: "x"})
			portaltest.Refused(t, err, "RPD1")
			_, err = f.act(r, "both", act, &findingForm{Finding: "x"})
			portaltest.Refused(t, err, "RPD2")
		}
		f.must(f.act(r, "office.b", "dismiss", &findingForm{Finding: "没有这回事。"}))
	})
	t.Run("R28 the department hears of it from substantiated on, without the reporter", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		app := f.App()
		r := f.file("head.hehua")
		for _, state := range []string{"filed", "verifying"} {
			if r = f.to(r, state); f.sees("head.health", r) {
				t.Errorf("seen when %s", state)
			}
		}
		r = f.to(r, "substantiated")
		for _, path := range []string{"/reports/" + r.ID, "/api/v1/reports/" + r.ID, "/api/v1/reports", "/reports"} {
			code, body := f.Ask(app, "head.health", path, "")
			if code != 200 || !strings.Contains(body, "今晚交评比表") {
				t.Errorf("%s: %d", path, code)
			}
			for _, secret := range []string{"head.hehua", "hehua", "亲眼"} {
				if strings.Contains(body, secret) {
					t.Errorf("%s tells %s", path, secret)
				}
			}
		}
		if f.sees("head.fire", r) {
			t.Error("another department sees it")
		}
		if _, body := f.Ask(app, "office.b", "/reports/"+r.ID, ""); !strings.Contains(body, "head.hehua") || !strings.Contains(body, "亲眼") {
			t.Error("the office does not learn who reported")
		}
	})
	t.Run("an unfounded report is never the department's", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.must(f.act(f.to(f.file(""), "verifying"), "office.a", "dismiss", &findingForm{Finding: "查无此事。"}))
		if f.sees("head.health", r) || r.State != "unfounded" {
			t.Error(r.State)
		}
	})
	t.Run("R28 late verification goes to the head of the office", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.file("")
		if !f.waitsFor(r, "office.a") {
			t.Error("it waits for nobody")
		}
		f.Workdays(6)
		if r = f.now(r); !r.Late || !slices.Contains(f.m.waits(r), "office_head@jiangxin") {
			t.Errorf("%+v", f.m.waits(r))
		}
		r = f.to(r, "substantiated")
		if _, running := r.Next(); running {
			t.Error("the time to verify still runs")
		}
	})
}

func TestR28Ladder(t *testing.T) {
	t.Parallel()
	t.Run("R28 step after step, each after its time", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file(""), "ordered")
		_, err := f.act(r, "office.a", "send_letter", &letterForm{Text: "x"})
		portaltest.Refused(t, err, "RPD4")
		f.Workdays(6)
		in := &summonsForm{At: "2026-06-01", Room: "准入办", Text: "约谈"}
		_, err = f.act(r, "office.head", "summon", in)
		portaltest.Refused(t, err, "RPD3")
		_, err = f.act(r, "office.a", "close", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "RPD5")
		r = f.must(f.act(r, "office.a", "send_letter", &letterForm{Text: "请停止。"}))
		_, err = f.act(r, "office.head", "summon", in)
		portaltest.Refused(t, err, "RPD3")
		f.Workdays(6)
		_, err = f.act(r, "office.a", "close", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "RPD5")
		_, err = f.m.Reports.Engine.Act(f.ctx, portaltest.As("office.a"), r.ID, "circulate", &circularStep{Circular: "x"}, lifecycle.Opts{})
		portaltest.Refused(t, err, "policy.role")
		c := f.ok(f.write("office.a", about(r.ID)))
		c = f.ok(f.on(c, "office.head", "approve", nil))
		f.ok(f.on(c, "office.a", "issue", nil))
		if r = f.now(r); r.State != "circulated" || r.Steps[1].Text != c.No {
			t.Fatalf("%s %+v", r.State, r.Steps)
		}
		_, err = f.act(r, "office.head", "summon", in)
		portaltest.Refused(t, err, "RPD4")
		f.Workdays(6)
		past := *in
		past.At = "2026-03-02"
		_, err = f.act(r, "office.head", "summon", &past)
		portaltest.Refused(t, err, "invalid")
		_, err = f.act(r, "office.a", "summon", in)
		portaltest.Refused(t, err, "policy.role")
		r = f.must(f.act(r, "office.head", "summon", in))
		_, err = f.act(r, "office.a", "close", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "RPD4")
		f.Workdays(6)
		if r = f.must(f.act(r, "office.a", "close", &reasonForm{Reason: "移交督查。"})); r.State != "closed" {
			t.Error(r.State)
		}
	})
	t.Run("R28 the department complies, and the office looks", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file(""), "ordered")
		if !f.waitsFor(r, "head.health") || f.waitsFor(r, "office.a") {
			t.Error("an order waits for the department")
		}
		_, err := f.act(r, "clerk.health", "comply", &replyForm{Reply: "x"})
		portaltest.Refused(t, err, "policy.role")
		r = f.must(f.act(r, "head.health", "comply", &replyForm{Reply: "已停止。"}))
		r = f.must(f.act(r, "office.a", "not_done", &reasonForm{Reason: "群里还在排名。"}))
		if r.State != "ordered" || !f.waitsFor(r, "office.a") {
			t.Errorf("%s", r.State)
		}
		r = f.must(f.act(r, "office.a", "send_letter", &letterForm{Text: "请停止。"}))
		r = f.must(f.act(r, "head.health", "comply", &replyForm{Reply: "这次停了。"}))
		if back := f.must(f.act(r, "office.a", "not_done", &reasonForm{Reason: "x"})); back.State != "lettered" {
			t.Error("back to", back.State)
		}
		r = f.must(f.act(r, "head.health", "comply", &replyForm{Reply: "真的停了。"}))
		r = f.must(f.act(r, "office.b", "close", &reasonForm{Reason: "属实。"}))
		if r.State != "closed" || len(f.m.waits(r)) != 0 || len(r.Replies) != 3 {
			t.Errorf("%s %+v", r.State, r.Replies)
		}
	})
	t.Run("R28 after the time of a step it waits for the office too", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		r := f.to(f.file(""), "ordered")
		f.Workdays(6)
		if r = f.now(r); !r.Lapsed || !f.waitsFor(r, "office.a") || !f.waitsFor(r, "head.health") {
			t.Errorf("%+v", f.m.waits(r))
		}
		f.must(f.act(r, "head.health", "comply", &replyForm{Reply: "迟了，但停了。"}))
	})
	t.Run("a city with a shorter ladder climbs that", func(t *testing.T) {
		t.Parallel()
		r := &Report{}
		v := setting.Values{"bypass.ladder": "summons letter"}
		for _, want := range []string{"summons", "letter", ""} {
			r.State = r.rung()
			if got := r.next(v); got != want {
				t.Fatalf("after %v: %q, want %q", r.Steps, got, want)
			}
			r.Steps = append(r.Steps, Taken{Step: want})
		}
	})
}

func TestLettersOfTheLadder(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	r := f.to(f.file("head.hehua"), "lettered")
	e, _ := r.Last("send_letter")
	code, body := f.Ask(app, "head.health", "/reports/"+r.ID+"/letter", "")
	for _, want := range []string{r.No, f.m.Reports.Code(r, e), "今晚交评比表", "请即停止", "R28", "立即停止"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the letter lacks %s", code, want)
		}
	}
	if strings.Contains(body, "hehua") || strings.Contains(body, "亲眼") {
		t.Error("the letter tells who reported")
	}
	if code, _ := f.Ask(app, "head.health", "/reports/"+r.ID+"/summons", ""); code != 404 {
		t.Errorf("a summons before the summons: %d", code)
	}
	i := slices.IndexFunc(f.Resources(), func(d portal.AnyResource) bool { return d.Plural() == "reports" })
	at := strings.LastIndexByte(f.m.Reports.Code(r, e), '-')
	proof, ok, err := f.Resources()[i].Verify(f.ctx, portal.Visitor{}, r.No, f.m.Reports.Code(r, e)[at+1:])
	if !ok || err != nil || proof.Act != "send_letter" || proof.Department != "health" {
		t.Error(proof, ok, err)
	}
	if len(proof.Places) != 0 {
		t.Errorf("the code of a letter tells where its reporter is: %v", proof.Places)
	}
}
