package admission

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

type fixture struct {
	*portaltest.Portal
	*Admission
	t   *testing.T
	ctx context.Context
}

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m, err := New(context.Background(), h.Portal, Asks{
		Department: func(id string) (string, string, bool) {
			if id == "statistics" {
				return "city", "health", true
			}
			return "district", "", slices.Contains(portaltest.Departments, id)
		},
		Verdict: func(title string, kinds []string, department string, at time.Time) (string, string, string, string) {
			switch {
			case strings.Contains(title, "招商"):
				return "never", "R21", "FM-01", "招商引资"
			case strings.Contains(title, "上级收回"):
				return "never", "R142", "SH-01", "收回事项"
			case strings.Contains(title, "常规"):
				return "routine", "R20", "ZR-01", "常规体检通知"
			case strings.Contains(title, "高龄津贴"):
				return "must_assist", "R2", "XZ-01", "协助办理高龄津贴"
			}
			return "needs_admission", "R3", "", ""
		},
		Barred: func(ctx context.Context, department string, kinds []string, at time.Time) bool {
			return department == "culture" && slices.Contains(kinds, "ledger")
		},
		District: func() []string { return []string{portaltest.District} },
	})
	if err != nil {
		t.Fatal(err)
	}
	return fixture{h, m, t, context.Background()}
}

// good is an application with nothing missing.
func good() draftForm {
	return draftForm{Department: "fire", Content: Content{Title: "消防安全入户排查", Kinds: []string{"task"}, Nature: "long", Purpose: "减少火灾", Side: "government",
		Basis: "消防法", WhyNotSelf: "需要熟悉住户", Communities: []string{"hehua", "guangming"}, Start: "2026-06-01", End: "2027-02-28", Frequency: "monthly",
		Steps: "陪同入户", Hours: 12, Powers: "现场责令整改的建议权", FundSource: "区财政", Delivery: "signoff", Acceptance: "抽查", Burden: "每月十二小时", Contact: "王科长",
		Instalments: []Instalment{{Due: "2026-05-20", Amount: 100000, Payee: "community"}}}}
}

func (f fixture) open(by string, in draftForm) *Application {
	f.t.Helper()
	a, err := f.Resource.Engine.Open(f.ctx, portaltest.As(by), "draft", &in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f fixture) try(a *Application, by, act string, in any) error {
	_, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), a.ID, act, in, lifecycle.Opts{})
	return err
}

func (f fixture) do(a *Application, by, act string, in any) *Application {
	f.t.Helper()
	b, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), a.ID, act, in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return b
}

// proposed takes an application to where somebody decides.
func (f fixture) proposed(in draftForm) *Application {
	f.t.Helper()
	a := f.open("clerk."+in.Department, in)
	a = f.do(a, "head."+in.Department, "submit", nil)
	a = f.do(a, "office.a", "accept", nil)
	for _, c := range in.Communities {
		a = f.do(a, "head."+c, "answer", &answerForm{Community: c, Opinion: "agree", Hours: 10})
	}
	a = f.consents(a)
	a = f.do(a, "finance", "check_money", &financeForm{Funded: "yes"})
	return f.do(a, "office.a", "propose", &reportForm{Recommend: "approve", Text: "可以"})
}

// consents lets the street of every community consent (R30).
func (f fixture) consents(a *Application) *Application {
	f.t.Helper()
	for _, street := range f.streets(a) {
		a = f.do(a, "street."+street, "consent", &consentForm{Street: street, Given: "yes", Arrangement: "与消防巡查合并"})
	}
	return a
}

func TestRules(t *testing.T) {
	t.Run("R3 R17 an application is drafted, signed, accepted, consulted, proposed, approved", func(t *testing.T) {
		f := open(t)
		a := f.proposed(good())
		a = f.do(a, "office.head", "approve", &approveForm{})
		g, ok, err := f.Grant(f.ctx, a.ID)
		if a.State != "approved" || a.Decision.Outcome != "full" || err != nil || !ok || len(g.Communities) != 2 {
			t.Fatalf("%s %+v %v %v", a.State, a.Decision, ok, err)
		}
	})
	t.Run("R4 no money, no approval", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Instalments = nil
		portaltest.Refused(t, f.try(f.proposed(in), "office.head", "approve", &approveForm{}), "APD7")
	})
	t.Run("R4 the finance bureau does not find the money", func(t *testing.T) {
		f := open(t)
		a := f.proposed(good())
		a.Finance = nil
		in := good()
		b := f.open("clerk.fire", in)
		f.do(b, "head.fire", "submit", nil)
		f.do(b, "office.a", "accept", nil)
		f.Workdays(5)
		f.do(b, "finance", "check_money", &financeForm{Funded: "no"})
		f.do(b, "office.a", "propose", &reportForm{Recommend: "approve", Text: "可以"})
		portaltest.Refused(t, f.try(b, "office.head", "approve", &approveForm{}), "APD8")
	})
	t.Run("R4 nobody checked the money", func(t *testing.T) {
		f := open(t)
		a := f.open("clerk.fire", good())
		f.do(a, "head.fire", "submit", nil)
		f.do(a, "office.a", "accept", nil)
		f.Workdays(5) // the committees kept silent; that is no consent and no obstacle
		a = f.do(a, "office.a", "propose", &reportForm{Recommend: "approve", Text: "可以"})
		portaltest.Refused(t, f.try(a, "office.head", "approve", &approveForm{}), "APD9")
	})
	t.Run("R4 no powers, no approval", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Powers = ""
		portaltest.Refused(t, f.try(f.proposed(in), "office.head", "approve", &approveForm{}), "APD10")
	})
	t.Run("R29 no burden assessment, no approval", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Burden = ""
		portaltest.Refused(t, f.try(f.proposed(in), "office.head", "approve", &approveForm{}), "APD11")
	})
	t.Run("R2 a statutory duty needs no application", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Title = "协助办理高龄津贴"
		a := f.open("clerk.fire", in)
		portaltest.Refused(t, f.try(a, "head.fire", "submit", nil), "APD4")
	})
	t.Run("R12 a city bureau is blocked and may hand over to the district", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Department = "statistics"
		a := f.open("clerk.statistics", in)
		portaltest.Refused(t, f.try(a, "head.statistics", "submit", nil), "APD1")
		if err := f.try(a, "clerk.statistics", "forward", &forwardForm{Department: "statistics"}); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		a = f.do(a, "clerk.statistics", "forward", &forwardForm{Department: "health"})
		a = f.do(a, "head.health", "submit", nil)
		if a.State != "submitted" || a.Origin != "statistics" {
			t.Fatalf("%s from %q", a.State, a.Origin)
		}
	})
	t.Run("R14 the side is asked for", func(t *testing.T) {
		in := good()
		in.Side = ""
		if g := gaps(&Application{Content: in.Content}); !slices.Equal(g, []string{"side"}) {
			t.Fatal(g)
		}
	})
	t.Run("R15 late unless urgent", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Start = "2026-04-20" // 28 working days after 9 March
		portaltest.Refused(t, f.try(f.open("clerk.fire", in), "head.fire", "submit", nil), "R15")
		in.Urgent, in.UrgentReason = true, "汛期提前"
		f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
	})
	t.Run("R16 silence never approves, it escalates twice", func(t *testing.T) {
		f := open(t)
		a := f.proposed(good())
		for i, want := range []int{0, 1, 2, 2} {
			a, _ = f.Resource.Engine.Get(f.ctx, lifecycle.System, a.ID)
			if a.State != "proposed" || a.Escalated != want {
				t.Fatalf("step %d: %s escalated %d, want %d", i, a.State, a.Escalated, want)
			}
			f.Workdays([]int{15, 5, 30, 1}[i])
		}
	})
	t.Run("R18 R19 an application that says nothing cannot be signed; gaps send it back as one list", func(t *testing.T) {
		f := open(t)
		a := f.open("clerk.fire", draftForm{Department: "fire", Content: Content{Title: "只有名称"}})
		portaltest.Refused(t, f.try(a, "head.fire", "submit", nil), "R19")
		in := good()
		in.Powers, in.Acceptance = "", ""
		b := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
		b = f.do(b, "office.a", "return", &returnForm{Gaps: "权限\n验收标准"})
		if len(b.Gaps) != 2 || b.State != "returned" {
			t.Fatal(b.State, b.Gaps)
		}
		f.Pass(31 * 24 * time.Hour)
		b, _ = f.Resource.Engine.Get(f.ctx, lifecycle.System, b.ID)
		if b.State != "lapsed" {
			t.Fatal(b.State)
		}
	})
	for rule, title := range map[string]string{"R21": "招商线索摸排", "R142": "上级收回的登记"} {
		t.Run(rule+" what is on the list is refused by itself, the list cited; only the leading group overrides", func(t *testing.T) {
			f := open(t)
			in := good()
			in.Title = title
			a := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
			if a.State != "rejected" || a.Decision.Rule != rule || a.Decision.Entry == "" {
				t.Fatalf("%s %+v", a.State, a.Decision)
			}
			portaltest.Refused(t, f.try(a, "head.fire", "reconsider", &reasonForm{Reason: "x"}), "AP35")
			portaltest.Refused(t, f.try(a, "office.head", "override", &overrideForm{Minutes: "x"}), "AP36")
			if a = f.do(a, "conference", "override", &overrideForm{Minutes: "〔2026〕3号"}); a.State != "submitted" {
				t.Fatal(a.State)
			}
		})
	}
	t.Run("R22 a separate appraisal of the committee is refused by itself", func(t *testing.T) {
		f := open(t)
		in := good()
		in.RatesCommittee = true
		if a := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil); a.State != "rejected" || a.Decision.Rule != "R22" {
			t.Fatalf("%s %+v", a.State, a.Decision)
		}
	})
	t.Run("R27 the community itself asks; the short form is enough", func(t *testing.T) {
		f := open(t)
		a, err := f.Resource.Engine.Open(f.ctx, portaltest.As("head.hehua"), "request", &requestForm{Department: "health", Title: "义诊", Communities: []string{"hehua"}, Purpose: "量血压"}, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		in := a.Content
		in.Kinds, in.Nature, in.Start, in.End, in.Steps, in.Contact = []string{"task"}, "temporary", "2026-03-20", "2026-04-20", "提供场地", "李医生"
		f.do(a, "clerk.health", "edit", &in)
		f.do(a, "head.health", "submit", nil)
		f.do(a, "office.a", "accept", nil)
		f.do(a, "head.hehua", "answer", &answerForm{Community: "hehua", Opinion: "agree"})
		f.do(a, "office.a", "propose", &reportForm{Recommend: "approve", Text: "可以"})
		if a = f.do(a, "office.head", "approve", &approveForm{}); a.State != "approved" {
			t.Fatal(a.State)
		}
	})
	t.Run("R27 nobody asks for another community", func(t *testing.T) {
		f := open(t)
		_, err := f.Resource.Engine.Open(f.ctx, portaltest.As("head.hehua"), "request", &requestForm{Department: "health", Title: "义诊", Communities: []string{"guangming"}, Purpose: "x"}, lifecycle.Opts{})
		portaltest.Refused(t, err, "AP21")
	})
	t.Run("R50 barred after a withdrawal", func(t *testing.T) {
		f := open(t)
		in := good()
		in.Department, in.Kinds = "culture", []string{"ledger"}
		portaltest.Refused(t, f.try(f.open("clerk.culture", in), "head.culture", "submit", nil), "R50")
	})
	t.Run("a community over its cap takes nothing new unless the application says what it replaces", func(t *testing.T) {
		f := open(t)
		f.Load = func(community string, at time.Time) (portal.Load, int64) {
			return portal.Load{Items: 9, Hours: map[string]int64{"guangming": 190}[community], Meetings: 6}, 5
		}
		a := f.proposed(good()) // 190 + 12 hours are more than 5 people times 40
		portaltest.Refused(t, f.try(a, "office.head", "approve", &approveForm{}), "APD15")
		in := good()
		in.Replaces = "取消月度消防台账，每月少 14 工时"
		in.Start = "2026-08-03"
		if b := f.do(f.proposed(in), "office.head", "approve", &approveForm{}); b.State != "approved" {
			t.Fatal(b.State)
		}
		for name, add := range map[string]func(*Content){
			"a meeting more than six": func(c *Content) { c.Meetings = 1 }, "five inspections": func(c *Content) { c.Inspections = 5 }, "nine groups": func(c *Content) { c.Groups = 9 },
		} {
			in := good()
			in.Communities = []string{"hehua"}
			add(&in.Content)
			if !f.tooMuch(&Application{Content: in.Content}, &lifecycle.Step{Now: f.Now(), Settings: setting.Defaults()}) {
				t.Errorf("%s is not too much", name)
			}
		}
		in = good()
		in.Communities, in.Inspections, in.Groups = []string{"hehua"}, 4, 8
		if f.tooMuch(&Application{Content: in.Content}, &lifecycle.Step{Now: f.Now(), Settings: setting.Defaults()}) {
			t.Error("what just fits is too much, or another's meetings are its fault")
		}
	})
	t.Run("R127 a responsibility letter to committees needs top-level approval", func(t *testing.T) {
		f := open(t)
		in := good()
		in.BindsCommittee = true
		portaltest.Refused(t, f.try(f.open("clerk.fire", in), "head.fire", "submit", nil), "R127")
	})
}

func TestWhoDecides(t *testing.T) {
	f := open(t)
	t.Run("four eyes: not who reported", func(t *testing.T) {
		a := f.open("clerk.fire", good())
		f.do(a, "head.fire", "submit", nil)
		f.do(a, "office.head", "accept", nil)
		f.Workdays(5)
		f.do(a, "finance", "check_money", &financeForm{Funded: "yes"})
		f.do(a, "office.head", "propose", &reportForm{Recommend: "approve", Text: "可以"})
		portaltest.Refused(t, f.try(a, "office.head", "approve", &approveForm{}), "APD14")
	})
	t.Run("class A goes to the joint conference, with minutes", func(t *testing.T) {
		in := good()
		in.Kinds = []string{"plaque"}
		in.Start = "2026-08-03"
		a := f.proposed(in)
		portaltest.Refused(t, f.try(a, "office.head", "approve", &approveForm{}), "AP30")
		if err := f.try(a, "conference", "approve", &approveForm{}); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		if a = f.do(a, "conference", "approve", &approveForm{Minutes: "〔2026〕2号", Conditions: "不得挂在外墙", Plaque: "window"}); a.Decision.Outcome != "conditions" {
			t.Fatalf("%+v", a.Decision)
		}
	})
	t.Run("in part", func(t *testing.T) {
		in := good()
		in.Start = "2026-08-03"
		a := f.do(f.proposed(in), "office.head", "approve", &approveForm{Communities: []string{"hehua"}})
		if a.Decision.Outcome != "part" || len(a.Decision.Communities) != 1 {
			t.Fatalf("%+v", a.Decision)
		}
	})
	t.Run("a second decision finds the first", func(t *testing.T) {
		in := good()
		in.Start = "2026-08-03"
		a := f.do(f.proposed(in), "office.head", "approve", &approveForm{})
		if err := f.try(a, "office.head", "reject", &rejectForm{Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
	})
	t.Run("reconsidered once", func(t *testing.T) {
		in := good()
		in.Start = "2026-08-03"
		a := f.proposed(in)
		a = f.do(a, "office.head", "reject", &rejectForm{Reason: "太多"})
		a = f.do(a, "head.fire", "reconsider", &reasonForm{Reason: "减半"})
		a = f.do(a, "office.head", "reject", &rejectForm{Reason: "还是太多"})
		portaltest.Refused(t, f.try(a, "head.fire", "reconsider", &reasonForm{Reason: "再来"}), "AP35")
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	a := f.open("clerk.fire", good())
	for person, sees := range map[string]bool{"clerk.fire": true, "head.fire": true, "clerk.health": false, "office.a": false, "head.hehua": false, "": false} {
		_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), a.ID)
		if (err == nil) != sees {
			t.Errorf("draft: %q sees: %v", person, err)
		}
	}
	f.do(a, "head.fire", "submit", nil)
	for person, sees := range map[string]bool{"clerk.health": false, "office.a": true, "head.hehua": true, "head.yugang": false, "street.liuxi": true, "street.wanghai": false,
		"finance": true, "auditor": true, "": false} {
		_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), a.ID)
		if (err == nil) != sees {
			t.Errorf("submitted: %q sees: %v", person, err)
		}
		p, err := f.Resource.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
		if err != nil || (len(p.Cases) == 1) != sees {
			t.Errorf("submitted: %q lists %d, %v", person, len(p.Cases), err)
		}
	}
}

// R48: which committee said what, and when, is for those who may trace the case.
func TestConfidence(t *testing.T) {
	f := open(t)
	in := good()
	a := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
	f.do(a, "office.a", "accept", nil)
	f.do(a, "head.guangming", "answer", &answerForm{Community: "guangming", Opinion: "disagree", Conditions: "太多"})
	app := f.App()
	for person, tells := range map[string]bool{"office.a": true, "head.guangming": true, "auditor": true, "head.fire": false, "head.hehua": false, "street.liuxi": false} {
		for _, path := range []string{"/applications/", "/api/v1/applications/"} {
			code, body := f.Ask(app, person, path+a.ID, "")
			if code != 200 || strings.Contains(body, "head.guangming") != tells && path == "/api/v1/applications/" {
				t.Errorf("%s %s: %d, tells %v", person, path, code, !tells)
			}
			if !tells && strings.Contains(body, "head.guangming") {
				t.Errorf("%s reads on %s who answered", person, path)
			}
		}
	}
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	code, body := f.Ask(app, "clerk.fire", "/api/v1/applications", `{"department":"fire","title":"x","instalments":[{"due":"2026-05-01","amount":-5,"payee":"me"}],"wild":1}`)
	for _, want := range []string{"instalments.0.amount", "instalments.0.payee", "wild"} {
		if code != 422 || !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", code, body, want)
		}
	}
	code, body = f.Ask(app, "clerk.fire", "/applications/new/draft", "title=&purpose=%E7%95%99%E4%BD%8F%E6%88%91")
	if code != 422 || !strings.Contains(body, "留住我") || !strings.Contains(body, "aria-describedby") {
		t.Errorf("%d: typing is lost or the error has no field", code)
	}
	a := f.open("clerk.fire", good())
	if code, body = f.Ask(app, "clerk.fire", "/applications/"+a.ID, ""); code != 200 || !strings.Contains(body, "消防安全入户排查") {
		t.Errorf("%d %s", code, body)
	}
	if code, _ = f.Ask(app, "clerk.health", "/api/v1/applications/"+a.ID, ""); code != 404 {
		t.Errorf("another department's id: %d", code)
	}
	code, body = f.Ask(app, "clerk.fire", "/api/v1/applications/"+a.ID+"/submit", "{}")
	if code != 403 || !strings.Contains(body, `"remedy"`) || !strings.Contains(body, `"code":"policy.role"`) {
		t.Errorf("a clerk signs: %d %s", code, body)
	}
}

func TestOverlap(t *testing.T) {
	f := open(t)
	f.Overlaps = func(communities, kinds []string, residents int64, from, until time.Time, application string) []Overlap {
		return []Overlap{{ID: "x", No: "SX-2026-00001", Title: "空置房屋普查", Department: "health", From: from, Until: until, Communities: communities[:1]}}
	}
	a := f.proposed(good())
	app := f.App()
	if code, body := f.Ask(app, "office.head", "/applications/"+a.ID, ""); code != 200 || !strings.Contains(body, "SX-2026-00001") || !strings.Contains(body, "合并入户") {
		t.Errorf("%d: the overlap is not shown", code)
	}
	if code, body := f.Ask(app, "office.head", "/applications/"+a.ID+"/approve", ""); code != 200 || !strings.Contains(body, "与“空置房屋普查”（SX-2026-00001）合并入户。") {
		t.Errorf("%d: a merged visit is not proposed", code)
	}
	if code, body := f.Ask(app, "", "/applications/"+f.do(a, "office.head", "approve", &approveForm{}).ID, ""); code != 200 || strings.Contains(body, "SX-2026-00001") {
		t.Errorf("%d: the office's weighing is shown to everybody", code)
	}
}

func TestMoney(t *testing.T) {
	c := good().Content
	if c.PerCommunity() != 100000 || c.Total() != schema.Fen(200000) {
		t.Error(c.PerCommunity(), c.Total())
	}
}
