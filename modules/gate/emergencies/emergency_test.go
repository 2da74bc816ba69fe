package emergencies

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/gate/admission"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

type fixture struct {
	*portaltest.Portal
	*Emergencies
	t   *testing.T
	ctx context.Context
	of  map[string]string // applications, by their number
}

func open(t *testing.T) fixture {
	t.Helper()
	f := fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), of: map[string]string{}}
	adm, err := admission.New(f.ctx, f.Portal.Portal, admission.Asks{
		Department: func(string) (string, string, bool) { return "district", "", true },
		Barred:     func(context.Context, string, []string, time.Time) bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"fire", "health"} {
		a, err := adm.Resource.Perform(f.ctx, portaltest.As("clerk."+d), "", "draft", []byte(`{"department":"`+d+`","title":"长期安置"}`), lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		f.of[a.No] = a.ID
	}
	if f.Emergencies, err = New(f.ctx, f.Portal.Portal, adm); err != nil {
		t.Fatal(err)
	}
	return f
}

// acts are what was done, in order.
func acts(e *Emergency) (out []string) {
	for _, x := range e.History {
		out = append(out, x.Act)
	}
	return out
}

// typhoon lasts from today, 9 March, to 18 March.
func typhoon() Declaration {
	return Declaration{Event: "台风安置", Department: "fire", Communities: []string{"hehua", "guangming"}, Tasks: "开放避难场所",
		DeclaredBy: "区应急管理局", Document: "应急〔2026〕7号", Start: "2026-03-09", End: "2026-03-18", Cost: 500000}
}

func (f fixture) declare(in Declaration) *Emergency {
	f.t.Helper()
	return f.must(f.Resource.Engine.Open(f.ctx, portaltest.As("emergency"), "declare", &in, lifecycle.Opts{}))
}

func (f fixture) must(e *Emergency, err error) *Emergency {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return e
}

func (f fixture) act(e *Emergency, by, act string, in any) (*Emergency, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), e.ID, act, in, lifecycle.Opts{})
}

func account() *Report { return &Report{Done: "安置四十人", Spent: 420000, People: 12} }

func (f fixture) filed() *Emergency {
	f.t.Helper()
	return f.must(f.act(f.declare(typhoon()), "clerk.fire", "file", account()))
}

func TestR1(t *testing.T) {
	t.Run("R1 in force at once, without an application, in its communities and for its department only", func(t *testing.T) {
		f := open(t)
		e := f.declare(typhoon())
		for _, c := range []struct {
			community, department string
			at                    time.Time
			want                  bool
		}{
			{"hehua", "fire", f.Now(), true},
			{"guangming", "fire", f.Now(), true},
			{"yugang", "fire", f.Now(), false},
			{"hehua", "health", f.Now(), false},
			{"hehua", "", f.Now(), false},
			{"hehua", "fire", e.from(), true},
			{"hehua", "fire", e.from().Add(-1), false},
			{"hehua", "fire", e.until().Add(-1), true},
			{"hehua", "fire", e.until(), false},
		} {
			no, ok := f.Covers(c.community, c.department, c.at)
			if ok != c.want || ok && no != e.No {
				t.Errorf("%s %s %s: %q %v, want %v", c.community, c.department, c.at, no, ok, c.want)
			}
		}
	})
	t.Run("R1 declared, begun, filed, closed", func(t *testing.T) {
		f := open(t)
		e := f.declare(typhoon())
		e = f.must(f.act(e, "street.liuxi", "begin", nil))
		e = f.must(f.act(e, "clerk.fire", "file", account()))
		if _, ok := f.Covers("hehua", "fire", f.Now()); !ok {
			t.Error("filing ended it")
		}
		e = f.must(f.act(e, "office.a", "close", &closeForm{Note: "属实"}))
		if _, ok := f.Covers("hehua", "fire", f.Now()); ok || e.State != "closed" || e.Late {
			t.Error("closed, yet in force", e.State, e.Late)
		}
		if want := []string{"declare", "begin", "file", "close"}; !slices.Equal(acts(e), want) {
			t.Errorf("done %v, want %v", acts(e), want)
		}
	})
	t.Run("only the named authority declares; never a clerk", func(t *testing.T) {
		f := open(t)
		in := typhoon()
		for _, person := range []string{"clerk.fire", "head.fire", "head.hehua", "street.liuxi", "office.head", "conference", "auditor", ""} {
			if _, err := f.Resource.Engine.Open(f.ctx, portaltest.As(person), "declare", &in, lifecycle.Opts{}); err == nil {
				t.Errorf("%q declared an emergency", person)
			}
		}
	})
	t.Run("not filed in time: marked late, told to the office, filed late all the same", func(t *testing.T) {
		f := open(t)
		e := f.declare(typhoon())
		f.Workdays(3)
		e = f.must(f.Resource.Engine.Get(f.ctx, lifecycle.System, e.ID))
		if !e.Late || e.State != "declared" || !slices.Contains(acts(e), "mark_late") {
			t.Fatal(e.Late, e.State, acts(e))
		}
		if ts, err := f.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As("office.a")}, 10); err != nil || len(ts) != 1 {
			t.Error("the office does not see it", ts, err)
		}
		if _, err := f.act(e, "office.a", "close", &closeForm{}); !fault.Is(err, fault.Conflict) {
			t.Error("closed without an account:", err)
		}
		if e = f.must(f.act(e, "clerk.fire", "file", account())); e.State != "filed" || !e.Late {
			t.Error(e.State, e.Late)
		}
	})
	t.Run("filed in time is not late, at the last second of the third working day", func(t *testing.T) {
		f := open(t)
		e := f.declare(typhoon())
		d, _ := e.Open("filing")
		f.Pass(d.Due.Sub(f.Now()))
		if e = f.must(f.act(e, "clerk.fire", "file", account())); e.Late {
			t.Error("late")
		}
		f.Workdays(5)
		if e = f.must(f.Resource.Engine.Get(f.ctx, lifecycle.System, e.ID)); e.Late {
			t.Error("late afterwards")
		}
	})
}

func TestTerm(t *testing.T) {
	f := open(t)
	for _, c := range []struct {
		name  string
		make  func(*Declaration)
		field string
	}{
		{"runs backwards", func(d *Declaration) { d.Start, d.End = "2026-03-12", "2026-03-10" }, "end"},
		{"is over", func(d *Declaration) { d.Start, d.End = "2026-03-01", "2026-03-08" }, "end"},
		{"thirty-one days", func(d *Declaration) { d.End = "2026-04-08" }, "end"},
		{"nowhere", func(d *Declaration) { d.Communities = []string{"atlantis"} }, "communities"},
		{"a street", func(d *Declaration) { d.Communities = []string{"liuxi"} }, "communities"},
		{"nobody's", func(d *Declaration) { d.Department = "nobody" }, "department"},
	} {
		in := typhoon()
		c.make(&in)
		_, err := f.Resource.Engine.Open(f.ctx, portaltest.As("emergency"), "declare", &in, lifecycle.Opts{})
		if e := fault.As(err); err == nil || e.Kind != fault.Invalid || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	thirty := typhoon()
	thirty.End = "2026-04-07"
	f.declare(thirty)

	e := f.declare(typhoon())
	more := func(day string) *Extension {
		return &Extension{End: schema.Date("2026-" + day), DeclaredBy: "区应急管理局", Document: "应急〔2026〕8号"}
	}
	for _, day := range []string{"03-18", "04-18"} { // no longer, and longer than thirty days
		if _, err := f.act(e, "emergency", "extend", more(day)); !fault.Is(err, fault.Invalid) {
			t.Errorf("to %s: %v", day, err)
		}
	}
	_, err := f.act(e, "clerk.fire", "extend", more("03-25"))
	portaltest.Refused(t, err, "EM25")
	e = f.must(f.act(e, "emergency", "extend", more("03-25")))
	if _, ok := f.Covers("hehua", "fire", e.until().Add(-1)); !ok || e.State != "declared" || len(e.Extensions) != 1 {
		t.Error("not extended", ok, e.State, e.Extensions)
	}
	f.Pass(17 * 24 * time.Hour)
	_, err = f.act(e, "emergency", "extend", more("04-01"))
	portaltest.Refused(t, err, "EMD1")
}

// bypasses narrows a list as ?bypass=yes does.
var bypasses = []store.Cond{{Field: "bypass", Op: store.Eq, Value: "yes"}}

func TestMisuse(t *testing.T) {
	reason := &misuseForm{Reason: "日常检查"}
	t.Run("R28 misuse counts as a bypass and ends it", func(t *testing.T) {
		f := open(t)
		e := f.must(f.act(f.filed(), "office.head", "rule_misuse", reason))
		if _, ok := f.Covers("hehua", "fire", f.Now()); ok || !e.Bypass || e.State != "misuse" || !slices.Contains(acts(e), "rule_misuse") {
			t.Error(ok, e.Bypass, e.State, acts(e))
		}
		n, err := f.Resource.Engine.List(f.ctx, portaltest.As("office.a"), lifecycle.Find{Where: bypasses})
		if err != nil || len(n.Cases) != 1 {
			t.Error("not found among the bypasses", err)
		}
	})
	t.Run("only the head of the office; four eyes", func(t *testing.T) {
		f := open(t)
		f.Person("office.head", policy.Appointment{Role: "office_head", Place: portaltest.District}, policy.Appointment{Role: "emergency_authority", Place: portaltest.District})
		f.Person("moonlight", policy.Appointment{Role: "office_head", Place: portaltest.District}, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
		in := typhoon()
		e := f.must(f.Resource.Engine.Open(f.ctx, portaltest.As("office.head"), "declare", &in, lifecycle.Opts{}))
		for person, line := range map[string]string{"office.head": "EMD2", "moonlight": "EMD3", "office.a": "EM28", "head.fire": "EM28"} {
			_, err := f.act(e, person, "rule_misuse", reason)
			portaltest.Refused(t, err, line)
		}
		f.must(f.act(e, "clerk.fire", "file", account()))
		_, err := f.act(e, "moonlight", "close", &closeForm{})
		portaltest.Refused(t, err, "EMD3")
	})
	t.Run("what the office closed is settled", func(t *testing.T) {
		f := open(t)
		e := f.must(f.act(f.filed(), "office.a", "close", &closeForm{}))
		_, err := f.act(e, "office.head", "rule_misuse", reason)
		portaltest.Refused(t, err, "EM28")
	})
	t.Run("turned into an application of its own department; that hides no misuse", func(t *testing.T) {
		f := open(t)
		e := f.filed()
		for _, no := range []string{"ZR-2026-00002", "ZR-2026-00003"} { // another department's, and none
			if _, err := f.act(e, "clerk.fire", "convert", &convertForm{Application: no, Note: "x"}); !fault.Is(err, fault.Invalid) {
				t.Error("an application that is not there:", no, err)
			}
		}
		e = f.must(f.act(e, "clerk.fire", "convert", &convertForm{Application: "ZR-2026-00001", Note: "转为长期"}))
		if e.State != "closed" || string(e.Application) != f.of["ZR-2026-00001"] {
			t.Error(e.State, e.Application)
		}
		f.must(f.act(e, "office.head", "rule_misuse", reason))
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	e := f.declare(typhoon())
	for person, sees := range map[string]bool{"head.hehua": true, "staff.guangming": true, "head.yugang": false, "street.liuxi": true, "street.wanghai": false,
		"clerk.fire": true, "clerk.health": false, "office.a": true, "emergency": true, "auditor": true, "finance": false, "": false} {
		_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), e.ID)
		p, le := f.Resource.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
		if (err == nil) != sees || le != nil || (len(p.Cases) == 1) != sees {
			t.Errorf("%q: %v, lists %d, want to see: %v", person, err, len(p.Cases), sees)
		}
	}
	if _, err := f.act(e, "clerk.health", "begin", nil); !fault.Is(err, fault.NotFound) {
		t.Error("another department:", err)
	}
}

func TestMemory(t *testing.T) {
	f := open(t)
	e := f.declare(typhoon())
	t.Run("read anew at start", func(t *testing.T) {
		f.memory.known = nil
		if err := f.Emergencies.LoadAll(t.Context()); err != nil {
			t.Fatal(err)
		}
		if no, ok := f.Covers("hehua", "fire", f.Now()); !ok || no != e.No {
			t.Error(no, ok)
		}
	})
	t.Run("an older save told later changes nothing", func(t *testing.T) {
		old := *e
		f.must(f.act(e, "office.head", "rule_misuse", &misuseForm{Reason: "x"}))
		f.memory.learn(&old)
		if _, ok := f.Covers("hehua", "fire", f.Now()); ok {
			t.Error("in force again")
		}
	})
	t.Run("asked while it is written", func(t *testing.T) {
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() { f.declare(typhoon()) })
			wg.Go(func() { f.Covers("hehua", "fire", f.Now().Add(time.Duration(i))) })
		}
		wg.Wait()
	})
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	code, body := f.Ask(app, "emergency", "/emergencies/new/declare", "event=%E7%95%99%E4%BD%8F%E6%88%91&start=2026-03-09&end=2026-03-01")
	if code != 422 || !strings.Contains(body, "留住我") || !strings.Contains(body, "aria-describedby") {
		t.Errorf("%d: typing is lost or the error has no field", code)
	}
	form := "_key=k1&event=%E5%8F%B0%E9%A3%8E&department=fire&communities=hehua&tasks=x&declared_by=y&document=z&start=2026-03-09&end=2026-03-12&cost=5000"
	for range 2 { // a double click
		if code, body = f.Ask(app, "emergency", "/emergencies/new/declare", form); code != 303 {
			t.Fatalf("%d %s", code, body)
		}
	}
	p, err := f.Resource.Engine.List(f.ctx, portaltest.As("emergency"), lifecycle.Find{})
	if err != nil || len(p.Cases) != 1 {
		t.Fatalf("%d emergencies, %v", len(p.Cases), err)
	}
	at := "/emergencies/" + p.Cases[0].ID
	code, body = f.Ask(app, "clerk.fire", at, "")
	for _, want := range []string{"居委会必须协助", "R1", at + "/begin", at + "/file", at + "/notice", "5,000"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	if strings.Contains(body, at+"/rule_misuse") || strings.Contains(body, at+"/mark_late") {
		t.Error("a clerk is offered what is not a clerk's")
	}
	if code, body = f.Ask(app, "clerk.fire", at+"/file", ""); code != 200 || !strings.Contains(body, `value="5000`) {
		t.Errorf("%d: the account does not begin with the estimate", code)
	}
	if code, body = f.Ask(app, "head.hehua", at+"/notice", ""); code != 200 || !strings.Contains(body, "3 个工作日") {
		t.Errorf("%d: no notice", code)
	}
	if code, _ = f.Ask(app, "head.yugang", at, ""); code != 404 {
		t.Errorf("another community's: %d", code)
	}
	code, body = f.Ask(app, "clerk.fire", "/api/v1/emergencies", `{"event":"x","department":"fire","communities":["hehua"],"tasks":"x","declared_by":"x","document":"x","start":"2026-03-09","end":"2026-03-10"}`)
	if code != 403 || !strings.Contains(body, `"remedy"`) || !strings.Contains(body, `"code":"policy.role"`) {
		t.Errorf("a clerk declares: %d %s", code, body)
	}
	for person, want := range map[string]bool{"head.hehua": true, "staff.hehua": true, "street.liuxi": true, "head.yugang": false, "clerk.fire": false} {
		html, err := f.home(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"})
		if err != nil || strings.Contains(string(html), at) != want || strings.Contains(string(html), "必须协助") != want {
			t.Errorf("%s: start page %v %s", person, err, html)
		}
	}
}
