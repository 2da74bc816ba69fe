package supervision

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	m   *Supervision
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m, err := New(context.Background(), h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []string{"hehua", "guangming"} {
		h.Person("manager."+c, policy.Appointment{Role: "manager", Place: c})
	}
	return fixture{h, m, t, context.Background()}
}

var lift = Content{Community: "hehua", Organisation: "安居物业", Kind: "property", Matter: "电梯困人无人答复", Demand: "三天内修好并公示维保记录。"}

func (f fixture) issue() *Note {
	f.t.Helper()
	return f.must(f.m.Engine.Open(f.ctx, portaltest.As("head.hehua"), "issue", &lift, lifecycle.Opts{}))
}

func (f fixture) act(n *Note, by, act string, in any) (*Note, error) {
	return f.m.Engine.Act(f.ctx, portaltest.As(by), n.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(n *Note, err error) *Note {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func (f fixture) answered(n *Note) *Note {
	f.t.Helper()
	return f.must(f.act(n, "manager.hehua", "answer", &answerForm{Answer: "已修好。"}))
}

func (f fixture) wait(person string) []portal.Task {
	f.t.Helper()
	ts, err := f.m.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"}, 10)
	if err != nil {
		f.t.Fatal(err)
	}
	return ts
}

func TestR13(t *testing.T) {
	t.Parallel()
	t.Run("R13 a note is answered and accepted", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		n := f.issue()
		if d, ok := n.Open("reply"); !ok || d.N != 10 || d.Unit != "wd" || d.Rule != "R13" {
			t.Fatalf("deadline %+v", n.Deadlines)
		}
		if len(f.wait("manager.hehua")) != 1 || len(f.wait("manager.guangming")) != 0 {
			t.Error("it waits for the managers of its community")
		}
		n = f.answered(n)
		if len(f.wait("head.hehua")) != 1 || len(f.wait("manager.hehua")) != 0 {
			t.Error("an answer waits for the committee")
		}
		n = f.must(f.act(n, "head.hehua", "accept", nil))
		if _, running := n.Next(); n.State != "accepted" || running || n.Answers[0].Late {
			t.Errorf("%s %+v", n.State, n)
		}
	})
	t.Run("R13 sent back once, with a new clock", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		n := f.answered(f.issue())
		f.Workdays(2)
		n = f.must(f.act(n, "head.hehua", "reopen", &reasonForm{Reason: "没有公示记录。"}))
		if d, ok := n.Open("reply"); !ok || !d.Due.After(n.Deadlines[0].Due) {
			t.Errorf("%+v", n.Deadlines)
		}
		n = f.answered(n)
		_, err := f.act(n, "head.hehua", "reopen", &reasonForm{Reason: "还是没有。"})
		portaltest.Refused(t, err, "NTD1")
	})
	t.Run("R13 silence goes to the street, and may still be answered", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		n := f.issue()
		f.Workdays(9)
		if len(f.wait("street.liuxi")) != 0 {
			t.Error("before its time")
		}
		f.Workdays(2)
		ts := f.wait("street.liuxi")
		if len(ts) != 1 || ts[0].State != "escalated" || len(f.wait("street.beitang")) != 0 {
			t.Fatalf("%+v", ts)
		}
		n = f.answered(n)
		if !n.Answers[0].Late || n.State != "answered" {
			t.Errorf("%+v", n)
		}
	})
	t.Run("R13 the street closes what stays unanswered, with a reason", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		n := f.issue()
		_, err := f.act(n, "street.liuxi", "close_unanswered", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "lifecycle.state")
		f.Workdays(11)
		_, err = f.act(n, "street.beitang", "close_unanswered", &reasonForm{Reason: "x"})
		portaltest.Refused(t, err, "not_found")
		n = f.must(f.act(n, "street.liuxi", "close_unanswered", &reasonForm{Reason: "约谈后移交住建部门。"}))
		if n.State != "unanswered" || n.Closed == "" || len(f.wait("manager.hehua")) != 0 {
			t.Errorf("%+v", n)
		}
	})
}

// Who may do what: each refusal is by role, and other communities see nothing.
func TestR13Others(t *testing.T) {
	t.Parallel()
	f := open(t)
	n := f.issue()
	for _, by := range []string{"manager.guangming", "head.guangming", "office.a", "clerk.fire", ""} {
		_, err := f.act(n, by, "answer", &answerForm{Answer: "x"})
		portaltest.Refused(t, err, "not_found")
	}
	for _, by := range []string{"head.hehua", "street.liuxi", "auditor"} {
		if _, err := f.act(n, by, "answer", &answerForm{Answer: "x"}); err == nil {
			t.Errorf("%s answered", by)
		}
	}
	for _, by := range []string{"staff.hehua", "manager.hehua", "street.liuxi", "head.guangming"} {
		if _, err := f.m.Engine.Open(f.ctx, portaltest.As(by), "issue", &lift, lifecycle.Opts{}); err == nil {
			t.Errorf("%s issued a note in Hehua", by)
		}
	}
	if _, err := f.act(n, "street.liuxi", "escalate", nil); err == nil {
		t.Error("only the portal escalates")
	}
	f.Person("both", policy.Appointment{Role: "manager", Place: "hehua"}, policy.Appointment{Role: "committee_head", Place: "hehua"})
	f.must(f.act(n, "both", "answer", &answerForm{Answer: "x"}))
	_, err := f.act(n, "both", "accept", nil)
	portaltest.Refused(t, err, "NTD2")
	p, err := f.m.Engine.List(f.ctx, portaltest.As("manager.guangming"), lifecycle.Find{})
	if err != nil || len(p.Cases) != 0 {
		t.Error("a manager lists another community's notes", err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	code, body := f.Ask(app, "head.hehua", "/notes/new/issue", "community=hehua&organisation=%E5%AE%89%E5%B1%85%E7%89%A9%E4%B8%9A&kind=property&matter=x")
	if code != 422 || !strings.Contains(body, "安居物业") {
		t.Errorf("%d: what was typed is gone", code)
	}
	n := f.issue()
	at := "/notes/" + n.ID
	code, body = f.Ask(app, "manager.hehua", at, "")
	for _, want := range []string{"安居物业", "电梯困人无人答复", "R13", at + "/answer", at + "/slip"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	code, body = f.Ask(app, "manager.hehua", at+"/slip", "")
	e, _ := n.Last("issue")
	for _, want := range []string{n.No, f.m.Code(n, e), "居民委员会", "公示维保记录"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the slip lacks %s", code, want)
		}
	}
	n = f.answered(n)
	f.must(f.act(n, "head.hehua", "reopen", &reasonForm{Reason: "没有公示。"}))
	f.answered(n)
	code, body = f.Ask(app, "head.hehua", "/api/v1"+at+"/reopen", `{"reason":"再来"}`)
	for _, want := range []string{`"rule":"R13"`, `"fact"`, `"remedy"`, `"line":"NTD1"`} {
		if code != 403 || !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", code, body, want)
		}
	}
	if code, body = f.Ask(app, "head.hehua", at, ""); code != 200 || !strings.Contains(body, "没有公示。") {
		t.Errorf("%d: the page lacks why it was sent back", code)
	}
	for _, path := range []string{at, at + "/slip", at + "/answer"} {
		if code, _ := f.Ask(app, "manager.guangming", path, ""); code != 404 {
			t.Errorf("%s for another community's manager: %d", path, code)
		}
	}
}
