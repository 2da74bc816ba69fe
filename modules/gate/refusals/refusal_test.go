package refusals

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// part is how an item stands in Hehua, as the items module would tell.
type part struct {
	department, title, state string
	moneyIn                  bool
	late                     int
}

var parts = map[string]part{
	"claimed": {"fire", "消防安全排查", "active", false, 0},
	"late":    {"fire", "消防安全排查", "active", true, 3},
	"paid":    {"fire", "消防安全排查", "active", true, 0},
	"pending": {"health", "接种提醒", "pending", false, 0},
	"ended":   {"health", "义诊", "ended", true, 0},
}

type fixture struct {
	*portaltest.Portal
	*Refusals
	t      *testing.T
	ctx    context.Context
	events *[]string
}

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m, err := New(context.Background(), h.Portal, Asks{
		Level: func(d string) string {
			switch {
			case d == "statistics":
				return "city"
			case slices.Contains(portaltest.Departments, d):
				return "district"
			}
			return ""
		},
		Communities: func(s string) []string { return portaltest.Streets[s] },
		Verdict: func(title string, kinds []string, department string, at time.Time) (string, string, string, string) {
			switch {
			case strings.Contains(title, "招商"):
				return "never", "R21", "FM-01", "招商引资"
			case strings.Contains(title, "高龄津贴"):
				return "must_assist", "R2", "XZ-01", "协助办理高龄津贴"
			}
			return "needs_admission", "R3", "", ""
		},
		Emergency: func(ctx context.Context, community, department string, at time.Time) (string, bool) {
			return "YJ-2026-00001", community == "yugang" && department == "fire"
		},
		Brief: func(ctx context.Context, item string) (string, string, string, []string, error) {
			p, ok := parts[item]
			if !ok {
				return "", "", "", nil, fault.Missing("item")
			}
			return p.department, p.title, p.state, []string{"yugang"}, nil // the ended parts are left out
		},
		Part: func(ctx context.Context, item, community string) (string, bool, int, error) {
			p := parts[item]
			if community != "hehua" && community != "yugang" {
				return "", false, 0, fault.Missing("item")
			}
			return p.state, p.moneyIn, p.late, nil
		},
		Staff: func(ctx context.Context, item, community string) (string, bool, error) {
			switch item {
			case "claimed":
				return "每社区一名专职人员", false, nil
			case "late":
				return "每社区一名专职人员", true, nil
			}
			return "", false, nil
		},
		Items: func(ctx context.Context, community string) ([]string, error) {
			if community != "hehua" {
				return nil, nil
			}
			return []string{"claimed", "ended", "late", "paid", "pending"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var events []string
	for _, e := range []string{"issued", "bypassed", "acknowledged", "disputed", "upheld", "overturned", "withdrawn", "overdue"} {
		h.Bus.OnName("refusal."+e, func(ctx context.Context, ev lifecycle.News) error {
			mu.Lock()
			defer mu.Unlock()
			events = append(events, e+"@"+ev.Ref)
			return nil
		})
	}
	return fixture{h, m, t, context.Background(), &events}
}

func (f fixture) issue(by string, in issueForm) (*Refusal, error) {
	if in.Way == "" {
		in.Way = "chat"
	}
	return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "issue", &in, lifecycle.Opts{})
}

// plain is a task that was never admitted.
func plain(community string) issueForm {
	return issueForm{Community: community, what: what{Department: "health", Title: "安装健康应用", Ground: notAdmitted, Way: "chat"}}
}

func on(item, ground string) issueForm {
	return issueForm{Community: "hehua", what: what{Item: item, Ground: ground, Way: "call"}}
}

func (f fixture) must(r *Refusal, err error) *Refusal {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f fixture) act(r *Refusal, by, act string, in any) (*Refusal, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, in, lifecycle.Opts{})
}

func TestGrounds(t *testing.T) {
	f := open(t)
	f.Index.PutInForce("hehua", policy.InForce{Item: "paid", Department: "fire", Kinds: []string{"task"}, State: "active"})
	f.Index.PutInForce("hehua", policy.InForce{Item: "old", Department: "culture", Kinds: []string{"task"}, State: "active", Until: f.Now()})
	f.Index.PutInForce("hehua", policy.InForce{Item: "hold", Department: "civil-affairs", Kinds: []string{"task"}, State: "suspended"})
	f.Index.PutInForce("guangming", policy.InForce{Item: "duty", Department: "fire", State: "active"})
	task := func(department, title, ground string) issueForm {
		return issueForm{Community: "hehua", what: what{Department: department, Title: title, Ground: ground, Way: "visit"}}
	}
	plaque := task("fire", "挂牌", notAdmitted)
	plaque.Kind = "plaque"
	for _, c := range []struct {
		name    string
		in      issueForm
		refused string // "" it takes effect
		bypass  bool
		event   string
	}{
		{"R7 never admitted", task("health", "安装应用", notAdmitted), "", true, "bypassed@hehua"},
		{"R7 an admission that ended does not cover it", task("culture", "读书会", notAdmitted), "", true, "bypassed@hehua"},
		{"R7 a suspended item does not cover it", task("civil-affairs", "走访", notAdmitted), "", true, "bypassed@hehua"},
		{"R3 an item in force covers it", task("fire", "再查一遍", notAdmitted), "RFD3", false, ""},
		{"R3 the named item is in force", on("claimed", notAdmitted), "RFD3", false, ""},
		{"R7 another kind than the one in force", plaque, "", true, "bypassed@hehua"},
		{"R3 a duty by law, of no kind, stands for any", issueForm{Community: "guangming", what: plaque.what}, "RFD3", false, ""},
		{"R2 a statutory duty needs no admission", task("health", "协助高龄津贴", notAdmitted), "RFD2", false, ""},
		{"R6 the money never came", on("pending", noMoney), "", false, "issued@hehua"},
		{"R37 claimed is not confirmed: the refusal is valid", on("claimed", noMoney), "", false, "issued@hehua"},
		{"R6 an instalment is late though others came", on("late", noMoney), "", false, "issued@hehua"},
		{"R6 all the money was confirmed", on("paid", noMoney), "RFD4", false, ""},
		{"R6 the powers never came", on("paid", noPowers), "", false, "issued@hehua"},
		{"R8 the staff that moves with a function never came", on("claimed", noStaff), "", false, "issued@hehua"},
		{"R8 the committee has confirmed the staff", on("late", noStaff), "RFD13", false, ""},
		{"R8 the item moves no staff", on("paid", noStaff), "RFD12", false, ""},
		{"R3 beyond the scope leaves the item alone", on("paid", beyondScope), "", false, ""},
		{"R7 the term is over", on("ended", expired), "", true, "bypassed@hehua"},
		{"R7 the term is not over", on("paid", expired), "RFD5", false, ""},
		{"R12 a city bureau", task("statistics", "出行调查", cityBureau), "", true, "bypassed@hehua"},
		{"R12 no city bureau", task("health", "出行调查", cityBureau), "RFD6", false, ""},
		{"R21 on the negative list", task("health", "招商线索", negativeList), "", true, "bypassed@hehua"},
		{"R21 not on the negative list", task("health", "义诊", negativeList), "RFD7", false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			*f.events = nil
			r, err := f.issue("head."+c.in.Community, c.in)
			if c.refused != "" {
				portaltest.Refused(t, err, c.refused)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := []string{c.event}
			if c.event == "" {
				want = nil
			}
			if r.State != "issued" || r.Bypass != c.bypass || !slices.Equal(*f.events, want) {
				t.Errorf("%s, bypass %v, told %v, want %v", r.State, r.Bypass, *f.events, want)
			}
		})
	}
	t.Run("R21 cites the entry", func(t *testing.T) {
		r := f.must(f.issue("head.hehua", task("health", "招商大会", negativeList)))
		if r.Found.Entry != "FM-01" || r.rule() != "R21" {
			t.Errorf("%+v", r.Found)
		}
	})
	t.Run("R1 no refusal during an emergency, whatever the ground", func(t *testing.T) {
		in := plain("yugang")
		in.Department = "fire"
		_, err := f.issue("head.yugang", in)
		portaltest.Refused(t, err, "RFD1")
		f.must(f.issue("head.yugang", plain("yugang"))) // another department may still be refused
	})
}

func TestWrongInput(t *testing.T) {
	f := open(t)
	tomorrow := plain("hehua")
	tomorrow.DemandedOn = "2026-03-10"
	other := on("claimed", noMoney)
	other.Department = "health"
	for _, c := range []struct {
		name, by string
		in       issueForm
		field    string
	}{
		{"no item", "head.hehua", issueForm{Community: "hehua", what: what{Department: "fire", Title: "x", Ground: noMoney}}, "item"},
		{"nothing named", "head.hehua", issueForm{Community: "hehua", what: what{Ground: notAdmitted}}, "department"},
		{"unknown department", "head.hehua", issueForm{Community: "hehua", what: what{Department: "nobody", Title: "x", Ground: notAdmitted}}, "department"},
		{"unknown item", "head.hehua", on("nothing", noMoney), "item"},
		{"item of elsewhere", "head.guangming", issueForm{Community: "guangming", what: what{Item: "claimed", Ground: noMoney}}, "item"},
		{"item of another department", "head.hehua", other, "item"},
		{"tomorrow", "head.hehua", tomorrow, "demanded_on"},
	} {
		_, err := f.issue(c.by, c.in)
		if e := fault.As(err); err == nil || e.Kind != fault.Invalid || e.Fields[0].Name != c.field {
			t.Errorf("%s: %v, want a word about %s", c.name, err, c.field)
		}
	}
}

func TestWhoRefuses(t *testing.T) {
	f := open(t)
	t.Run("R6 effective at once, without anybody's approval", func(t *testing.T) {
		*f.events = nil
		r := f.must(f.issue("head.hehua", on("claimed", noMoney)))
		if len(r.History) != 1 || !slices.Equal(*f.events, []string{"issued@hehua"}) || r.Title != "消防安全排查" || r.Department != "fire" {
			t.Errorf("%d acts, told %v, %+v", len(r.History), *f.events, r.Demand)
		}
		item, where, no, err := f.About(f.ctx, r.ID)
		if item != "claimed" || !slices.Equal(where, []string{"hehua"}) || no != r.No || err != nil {
			t.Error(item, where, no, err)
		}
		beyond := f.must(f.issue("head.hehua", on("paid", beyondScope)))
		if item, _, _, err := f.About(f.ctx, beyond.ID); item != "" || err != nil {
			t.Error("work beyond the scope stops the item itself", item, err)
		}
		_, err = f.issue("head.hehua", on("claimed", noMoney))
		portaltest.Refused(t, err, "refusal.already_open")
		_, err = f.issue("head.guangming", on("claimed", noMoney))
		portaltest.Refused(t, err, "RF20") // not a word about Hehua's refusal
		f.must(f.issue("head.hehua", on("claimed", noPowers)))
	})
	t.Run("another community's refusal", func(t *testing.T) {
		_, err := f.issue("head.guangming", plain("hehua"))
		portaltest.Refused(t, err, "RF20")
		r := f.must(f.issue("head.hehua", plain("hehua")))
		if _, err := f.act(r, "head.guangming", "withdraw", &withdrawForm{Reason: "x"}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
	for _, person := range []string{"staff.hehua", "clerk.health", "head.health", "office.head", "auditor", ""} {
		_, err := f.issue(person, plain("hehua"))
		if err == nil {
			t.Errorf("%q refused for a committee", person)
		}
	}
	t.Run("R25 the street may refuse too, in its own communities only", func(t *testing.T) {
		in := streetForm{Community: "hehua", what: plain("").what}
		r := f.must(f.Resource.Engine.Open(f.ctx, portaltest.As("street.liuxi"), "issue_street", &in, lifecycle.Opts{}))
		if !r.ByStreet {
			t.Error("not by the street")
		}
		_, err := f.Resource.Engine.Open(f.ctx, portaltest.As("street.wanghai"), "issue_street", &in, lifecycle.Opts{})
		portaltest.Refused(t, err, "RF21")
		_, err = f.act(r, "head.hehua", "withdraw", &withdrawForm{Reason: "x"})
		portaltest.Refused(t, err, "R6") // it is the street's
		f.must(f.act(r, "street.liuxi", "withdraw", &withdrawForm{Reason: "已谈妥"}))
		_, err = f.Resource.Engine.Open(f.ctx, portaltest.As("street.liuxi"), "issue", &issueForm{Community: "hehua", what: in.what}, lifecycle.Opts{})
		portaltest.Refused(t, err, "RF20")
	})
	t.Run("a double click is one refusal", func(t *testing.T) {
		before, _ := f.Resource.Engine.List(f.ctx, portaltest.As("head.yinxing"), lifecycle.Find{})
		var wg sync.WaitGroup
		ids := make([]string, 8)
		in := issueForm{Community: "hehua", what: what{Item: "pending", Ground: noMoney, Way: "call"}}
		for i := range ids {
			wg.Go(func() {
				r, err := f.Resource.Engine.Open(f.ctx, portaltest.As("head.hehua"), "issue", &in, lifecycle.Opts{Key: "same"})
				if err != nil {
					t.Error(err)
					return
				}
				ids[i] = r.ID
			})
		}
		wg.Wait()
		if len(slices.Compact(ids)) != 1 || len(before.Cases) != 0 {
			t.Error(ids)
		}
	})
}

func (f fixture) disputed() *Refusal {
	f.t.Helper()
	r := f.must(f.issue("head.hehua", on("claimed", noMoney)))
	return f.must(f.act(r, "head.fire", "dispute", &disputeForm{Reason: "已于三月二日拨付"}))
}

func TestAfterwards(t *testing.T) {
	t.Run("acknowledged by the department, and final", func(t *testing.T) {
		f := open(t)
		r := f.must(f.issue("head.hehua", plain("hehua")))
		if _, err := f.act(r, "clerk.fire", "acknowledge", nil); !fault.Is(err, fault.NotFound) {
			t.Error("another department:", err)
		}
		r = f.must(f.act(r, "clerk.health", "acknowledge", nil))
		if _, err := f.act(r, "head.hehua", "withdraw", &withdrawForm{Reason: "x"}); r.State != "acknowledged" || !fault.Is(err, fault.Conflict) {
			t.Error(r.State, err)
		}
	})
	t.Run("only the head disputes; while disputed it stands and cannot be taken back", func(t *testing.T) {
		f := open(t)
		r := f.must(f.issue("head.hehua", plain("hehua")))
		_, err := f.act(r, "clerk.health", "dispute", &disputeForm{Reason: "x"})
		portaltest.Refused(t, err, "RF23")
		r = f.must(f.act(r, "head.health", "dispute", &disputeForm{Reason: "x"}))
		if _, err = f.act(r, "head.hehua", "withdraw", &withdrawForm{Reason: "x"}); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	})
	t.Run("R6 upheld", func(t *testing.T) {
		f := open(t)
		r := f.must(f.act(f.disputed(), "office.a", "rule", &rulingForm{Outcome: "uphold", Reason: "居委会尚未确认"}))
		if r.State != "upheld" || slices.Contains(*f.events, "overturned@hehua") {
			t.Error(r.State, *f.events)
		}
	})
	t.Run("overturned", func(t *testing.T) {
		f := open(t)
		r := f.must(f.act(f.disputed(), "office.a", "rule", &rulingForm{Outcome: "overturn", Reason: "已到账"}))
		if r.State != "overturned" || !slices.Contains(*f.events, "overturned@hehua") {
			t.Error(r.State, *f.events)
		}
		f.must(f.issue("head.hehua", on("claimed", noMoney))) // the next one is a new matter
	})
	t.Run("four eyes: no party and not who issued", func(t *testing.T) {
		f := open(t)
		in := &rulingForm{Outcome: "uphold", Reason: "x"}
		both := policy.Appointment{Role: "office_staff", Place: portaltest.District}
		f.Person("moonlight", both, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
		f.Person("neighbour", both, policy.Appointment{Role: "committee_staff", Place: "hehua"})
		f.Person("head.hehua", both, policy.Appointment{Role: "committee_head", Place: "hehua"})
		f.Index.PutPerson(policy.Person{ID: "deputy", Appointments: []policy.Appointment{both}, StandIns: []policy.StandIn{{For: "office.b", Roles: []string{"office_staff"}}}})
		r := f.disputed()
		for person, line := range map[string]string{"moonlight": "RFD9", "neighbour": "RFD9", "head.hehua": "RFD8", "head.fire": "RF24"} {
			_, err := f.act(r, person, "rule", in)
			portaltest.Refused(t, err, line)
		}
		if _, err := f.Resource.Engine.Act(f.ctx, lifecycle.Actor{ID: "head.hehua", For: "office.b"}, r.ID, "rule", in, lifecycle.Opts{}); err == nil {
			t.Error("the committee's head ruled as a stand-in")
		}
		if _, err := f.Resource.Engine.Act(f.ctx, lifecycle.Actor{ID: "deputy", For: "office.b"}, r.ID, "rule", in, lifecycle.Opts{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("silence never overturns, it escalates", func(t *testing.T) {
		f := open(t)
		r := f.disputed()
		f.Workdays(5)
		r = f.must(f.Resource.Engine.Get(f.ctx, lifecycle.System, r.ID))
		if r.State != "disputed" || r.Overdue != 1 {
			t.Error(r.State, r.Overdue)
		}
		if ts, err := f.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As("office.head")}, 10); err != nil || len(ts) != 1 {
			t.Error("it does not wait for the head of the office", ts, err)
		}
		f.must(f.act(r, "office.a", "rule", &rulingForm{Outcome: "uphold", Reason: "x"}))
	})
	t.Run("taken back", func(t *testing.T) {
		f := open(t)
		r := f.must(f.issue("head.hehua", on("claimed", noMoney)))
		r = f.must(f.act(r, "head.hehua", "withdraw", &withdrawForm{Reason: "钱到了"}))
		if r.State != "withdrawn" || !slices.Contains(*f.events, "withdrawn@hehua") {
			t.Error(r.State, *f.events)
		}
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	r := f.must(f.issue("head.hehua", plain("hehua")))
	for person, sees := range map[string]bool{"head.hehua": true, "staff.hehua": true, "head.guangming": false, "street.liuxi": true, "street.wanghai": false,
		"clerk.health": true, "clerk.fire": false, "office.a": true, "auditor": true, "finance": false, "": false} {
		_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), r.ID)
		p, e := f.Resource.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
		if (err == nil) != sees || e != nil || (len(p.Cases) == 1) != sees {
			t.Errorf("%q: %v, lists %d, want to see: %v", person, err, len(p.Cases), sees)
		}
	}
}

func TestCounts(t *testing.T) {
	f := open(t)
	f.must(f.issue("head.hehua", plain("hehua")))
	f.must(f.issue("head.guangming", plain("guangming")))
	f.must(f.act(f.disputed(), "office.a", "rule", &rulingForm{Outcome: "uphold", Reason: "x"}))
	f.must(f.act(f.disputed(), "office.a", "rule", &rulingForm{Outcome: "overturn", Reason: "x"}))
	f.must(f.issue("head.hehua", on("paid", noPowers)))
	r := f.must(f.issue("head.hehua", plain("hehua")))
	f.must(f.act(r, "head.hehua", "withdraw", &withdrawForm{Reason: "x"}))
	got, err := f.Counts(f.ctx, 2026)
	want := []Count{{"fire", 3, 1, 1, 0}, {"health", 2, 0, 0, 2}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v %v, want %v", got, err, want)
	}
	if none, err := f.Counts(f.ctx, 2025); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	t.Run("the form starts with what is known", func(t *testing.T) {
		code, body := f.Ask(app, "head.hehua", "/refusals/new/issue?item=pending&department=health", "")
		for _, want := range []string{`value="hehua" checked`, `value="pending" checked`, `value="health" checked`, "没有经过准入（R7）", "经费没有到位（R6）", "2026-03-09", "<details"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: the form lacks %s", code, want)
			}
		}
	})
	t.Run("a wrong form keeps what was typed", func(t *testing.T) {
		code, body := f.Ask(app, "head.hehua", "/refusals/new/issue", "community=hehua&ground=no_money&evidence=%E7%95%99%E4%BD%8F%E6%88%91")
		if code != 422 || !strings.Contains(body, "留住我") || !strings.Contains(body, "aria-describedby") {
			t.Errorf("%d: typing is lost or the error has no field", code)
		}
	})
	t.Run("R37 a ground the record contradicts: rule, fact and remedy, typing kept", func(t *testing.T) {
		code, body := f.Ask(app, "head.hehua", "/refusals/new/issue", "community=hehua&item=paid&ground=no_money&way=chat&evidence=%E7%95%99%E4%BD%8F%E6%88%91")
		for _, want := range []string{"留住我", "居委会已确认收到全部应到的经费", "请改选理由", "R6"} {
			if code != 403 || !strings.Contains(body, want) {
				t.Errorf("%d: the page lacks %s", code, want)
			}
		}
		code, body = f.Ask(app, "head.hehua", "/api/v1/refusals", `{"community":"hehua","item":"paid","ground":"no_money","way":"chat"}`)
		for _, want := range []string{`"rule":"R6"`, `"fact"`, `"remedy"`, `"line":"RFD4"`} {
			if code != 403 || !strings.Contains(body, want) {
				t.Errorf("%d %s lacks %s", code, body, want)
			}
		}
	})
	code, body := f.Ask(app, "head.hehua", "/refusals/new/issue", "_key=k1&community=hehua&department=health&title=%E5%AE%89%E8%A3%85%E5%BA%94%E7%94%A8&ground=not_admitted&way=chat&evidence=%E7%BE%A4%E9%87%8C%E8%AF%B4%E7%9A%84")
	if code != 303 {
		t.Fatalf("%d %s", code, body)
	}
	p, _ := f.Resource.Engine.List(f.ctx, portaltest.As("head.hehua"), lifecycle.Find{})
	at := "/refusals/" + p.Cases[0].ID
	t.Run("the case", func(t *testing.T) {
		code, body := f.Ask(app, "head.health", at, "")
		for _, want := range []string{"群里说的", "不需要批准", "R7", "摊派", at + "/dispute", at + "/slip"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: the page lacks %s", code, want)
			}
		}
		if code, _ := f.Ask(app, "head.guangming", at, ""); code != 404 {
			t.Errorf("another community's id: %d", code)
		}
	})
	t.Run("the slip names fact, rule and remedies, and can be verified", func(t *testing.T) {
		code, body := f.Ask(app, "head.health", at+"/slip", "")
		e, _ := p.Cases[0].Last("issue")
		for _, want := range []string{p.Cases[0].No, f.Resource.Code(p.Cases[0], e), "无需任何单位批准", "准入申请", "5 个工作日", "居民委员会", "群里说的"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: the slip lacks %s", code, want)
			}
		}
		if proof, ok, err := f.Resource.Verify(f.ctx, portal.Visitor{}, p.Cases[0].No, e.Hash[:10]); !ok || err != nil || proof.Act != "issue" {
			t.Error(proof, ok, err)
		}
		if code, _ := f.Ask(app, "head.health", at+"/decision", ""); code != 404 {
			t.Errorf("a ruling before the ruling: %d", code)
		}
	})
	t.Run("the slip stays on one page, whatever was written", func(t *testing.T) {
		in := plain("hehua")
		in.Evidence = strings.Repeat("群里说的", 100)
		r := f.must(f.issue("head.hehua", in))
		if _, body := f.Ask(app, "head.hehua", "/refusals/"+r.ID+"/slip", ""); strings.Count(body, "群里说的") != 15 || !strings.Contains(body, "全文见门户") {
			t.Error("the evidence is not cut")
		}
		if _, body := f.Ask(app, "head.hehua", "/refusals/"+r.ID, ""); strings.Count(body, "群里说的") != 100 {
			t.Error("the case does not show the whole of it")
		}
	})
	t.Run("the list counts the departments", func(t *testing.T) {
		if code, body := f.Ask(app, "office.a", "/refusals", ""); code != 200 || !strings.Contains(body, "今年被拒绝的部门") || !strings.Contains(body, "/refusals?department=health") {
			t.Errorf("%d", code)
		}
		if code, body := f.Ask(app, "", "/refusals", ""); code != 200 || strings.Contains(body, "health") {
			t.Errorf("%d: a stranger sees counts", code)
		}
	})
	t.Run("the ruling is a letter", func(t *testing.T) {
		f.must(f.act(p.Cases[0], "head.health", "dispute", &disputeForm{Reason: "x"}))
		f.must(f.act(p.Cases[0], "office.a", "rule", &rulingForm{Outcome: "uphold", Reason: "x"}))
		if code, body := f.Ask(app, "head.health", at+"/decision", ""); code != 200 || !strings.Contains(body, "予以维持") {
			t.Errorf("%d", code)
		}
	})
	t.Run("the start page has the one button", func(t *testing.T) {
		for person, want := range map[string]string{"head.hehua": "/refusals/new/issue\"", "street.liuxi": "/refusals/new/issue_street\"", "clerk.fire": ""} {
			html, err := f.home(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"})
			if err != nil || (want == "") != (html == "") || !strings.Contains(string(html), want) {
				t.Errorf("%s: %v %s", person, err, html)
			}
		}
	})
}
