package rectification

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	*Rectification
	t        *testing.T
	ctx      context.Context
	triggers []string
	unpaid   bool
	broken   bool
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), unpaid: true, triggers: []string{"effect"}}
	places := []string{"hehua", "guangming"}
	m, err := New(f.ctx, f.Portal.Portal, Asks{
		Brief: func(ctx context.Context, item string) (string, string, string, []string, error) {
			if item == "nothing" {
				return "", "", "", nil, fault.Missing("item")
			}
			return "fire", "消防安全排查", "active", places, nil
		},
		MoneyOverdue: func(ctx context.Context, item string) (bool, error) {
			if f.broken {
				return false, errors.New("broken")
			}
			return f.unpaid, nil
		},
		Triggers: func(ctx context.Context, item string) []string { return f.triggers },
		RoundOf:  func(ctx context.Context, item string) string { return "PY-2026-00001" },
		Items: func(ctx context.Context, district string, from, to time.Time) ([]string, []string, error) {
			return []string{"survey"}, []string{"消防安全排查"}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Rectification = m
	return f
}

func (f *fixture) draft(by string, grounds ...string) *Order {
	f.t.Helper()
	o, err := f.Resource.Engine.Open(f.ctx, portaltest.As(by), "draft", &Content{Item: "survey", Grounds: grounds, Measures: "一个月内改正"}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

func (f *fixture) try(o *Order, by, act string, in any) error {
	_, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), o.ID, act, in, lifecycle.Opts{})
	return err
}

func (f *fixture) do(o *Order, by, act string, in any) *Order {
	f.t.Helper()
	o, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), o.ID, act, in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return o
}

func (f *fixture) now(o *Order) *Order {
	f.t.Helper()
	o, err := f.Resource.Engine.Get(f.ctx, lifecycle.System, o.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

func (f *fixture) issued(grounds ...string) *Order {
	f.t.Helper()
	return f.do(f.draft("office.a", grounds...), "office.head", "issue", nil)
}

func (f *fixture) reported(grounds ...string) *Order {
	f.t.Helper()
	o := f.do(f.issued(grounds...), "clerk.fire", "file_plan", &planForm{Plan: "分两步"})
	return f.do(o, "head.fire", "report", &reportForm{Report: "已改"})
}

var seen = &findingForm{Finding: "现场查看"}

func TestRules(t *testing.T) {
	t.Run("R10 ordered, planned, reported, witnessed, passed", func(t *testing.T) {
		f := open(t)
		o := f.reported("money", "effect")
		if o.Source != "PY-2026-00001" || !slices.Equal(o.Communities, []string{"hehua", "guangming"}) {
			t.Fatal(o.Source, o.Communities)
		}
		f.do(o, "head.hehua", "witness", &witnessForm{Community: "hehua", Changed: "yes"})
		f.unpaid = false
		if o = f.do(o, "office.b", "verify_pass", seen); o.State != "passed" {
			t.Fatal(o.State)
		}
	})
	t.Run("R10 the score grounds must come from the last rating", func(t *testing.T) {
		f := open(t)
		portaltest.Refused(t, f.try(f.draft("office.a", "residents"), "office.head", "issue", nil), "RCD3")
	})
	t.Run("R10 a total too low is too little effect", func(t *testing.T) {
		f := open(t)
		f.triggers = []string{"total"}
		if o := f.issued("effect"); o.State != "issued" {
			t.Fatal(o.State)
		}
	})
	t.Run("R45 the money ground only while money is overdue", func(t *testing.T) {
		f := open(t)
		f.triggers, f.unpaid = nil, false
		o := f.draft("office.a", "money")
		portaltest.Refused(t, f.try(o, "office.head", "issue", nil), "RCD2")
		f.broken, f.unpaid = true, true
		portaltest.Refused(t, f.try(o, "office.head", "issue", nil), "internal")
		f.broken = false
		if o = f.do(o, "office.head", "issue", nil); o.Source != "money" {
			t.Fatal(o.Source)
		}
	})
	t.Run("R45 it does not pass before the money has arrived", func(t *testing.T) {
		f := open(t)
		o := f.do(f.reported("money"), "head.hehua", "witness", &witnessForm{Community: "hehua", Changed: "yes"})
		portaltest.Refused(t, f.try(o, "office.b", "verify_pass", seen), "RCD8")
		f.broken, f.unpaid = true, false
		portaltest.Refused(t, f.try(o, "office.b", "verify_pass", seen), "internal")
		f.do(o, "office.b", "verify_fail", seen)
	})
	t.Run("four eyes: who drafted does not issue", func(t *testing.T) {
		f := open(t)
		portaltest.Refused(t, f.try(f.draft("office.head", "money"), "office.head", "issue", nil), "RCD1")
	})
	t.Run("R11 silence until the deadline fails", func(t *testing.T) {
		f := open(t)
		heard := 0
		f.Bus.OnName("rectification.failed", func(ctx context.Context, ev lifecycle.News) error { heard++; return nil })
		o := f.issued("money")
		f.Pass(29 * 24 * time.Hour)
		if o = f.now(o); o.State != "issued" {
			t.Fatal(o.State)
		}
		f.Pass(2 * 24 * time.Hour)
		if o = f.now(o); o.State != "failed" || !o.Silent || heard != 1 {
			t.Fatal(o.State, o.Silent, heard)
		}
	})
	t.Run("R11 a report in time stops the clock", func(t *testing.T) {
		f := open(t)
		o := f.reported("money")
		if d, ok := o.Next(); !ok || d.Name != "verify" {
			t.Errorf("%+v", d)
		}
		f.Pass(60 * 24 * time.Hour)
		if o = f.now(o); o.State != "reported" {
			t.Fatal(o.State)
		}
	})
	t.Run("R10 extended once, by what the city allows, before the deadline", func(t *testing.T) {
		f := open(t)
		o := f.issued("money")
		f.Pass(3 * 24 * time.Hour)
		due, _ := o.Open("rectify")
		if err := f.try(o, "office.a", "extend", &extendForm{Days: 16, Reason: "x"}); !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
		o = f.do(o, "office.a", "extend", &extendForm{Days: 15, Reason: "汛期"})
		if now, _ := o.Open("rectify"); !now.Due.Equal(due.Due.AddDate(0, 0, 15)) || now.Sum(f.Calendar()).Due != now.Due {
			t.Fatal(due.Due, now.Due)
		}
		portaltest.Refused(t, f.try(o, "office.a", "extend", &extendForm{Days: 1, Reason: "x"}), "RCD4")
		f.Pass(41 * 24 * time.Hour)
		if o = f.now(o); o.State != "issued" {
			t.Fatal(o.State)
		}
		f.Pass(2 * 24 * time.Hour)
		if o = f.now(o); o.State != "failed" {
			t.Fatal(o.State)
		}
	})
	t.Run("R11 past the deadline nothing is filed, even before the portal has noticed", func(t *testing.T) {
		f := open(t)
		o := f.issued("money")
		s := &lifecycle.Step{Act: "report", Now: f.Now().AddDate(0, 0, 40), Settings: o.Settings}
		if !slices.Contains(portaltest.Facts(f.facts(o, s)), "past_due") {
			t.Fatal("not past due")
		}
	})
	t.Run("R11 the office decides, not the committee, after a committee has said what it saw", func(t *testing.T) {
		f := open(t)
		o := f.reported("effect")
		portaltest.Refused(t, f.try(o, "head.hehua", "verify_pass", seen), "RC17")
		portaltest.Refused(t, f.try(o, "office.b", "verify_pass", seen), "RCD6")
		portaltest.Refused(t, f.try(o, "head.yugang", "witness", &witnessForm{Community: "yugang", Changed: "yes"}), "not_found")
		portaltest.Refused(t, f.try(o, "head.hehua", "witness", &witnessForm{Community: "guangming", Changed: "yes"}), "RC16")
		f.do(o, "head.hehua", "witness", &witnessForm{Community: "hehua", Changed: "no"})
		portaltest.Refused(t, f.try(o, "head.hehua", "witness", &witnessForm{Community: "hehua", Changed: "yes"}), "rectification.witnessed_already")
		portaltest.Refused(t, f.try(o, "office.head", "verify_pass", seen), "RCD7")
		if o = f.do(o, "office.b", "verify_fail", seen); o.State != "failed" {
			t.Fatal(o.State)
		}
	})
	t.Run("R11 committees that keep silent do not hold it up for ever", func(t *testing.T) {
		f := open(t)
		o := f.reported("effect")
		f.Workdays(11)
		if o = f.do(o, "office.b", "verify_pass", seen); o.State != "passed" {
			t.Fatal(o.State)
		}
	})
	t.Run("one order at a time for an item", func(t *testing.T) {
		f := open(t)
		o := f.draft("office.a", "money")
		in := &Content{Item: "survey", Grounds: []string{"money"}, Measures: "x"}
		_, err := f.Resource.Engine.Open(f.ctx, portaltest.As("office.b"), "draft", in, lifecycle.Opts{})
		portaltest.Refused(t, err, "rectification.unique_running")
		f.do(o, "office.head", "cancel", &reasonForm{Reason: "重复"})
		f.draft("office.b", "money")
	})
	t.Run("only where the item works", func(t *testing.T) {
		f := open(t)
		for _, in := range []*Content{{Item: "nothing", Grounds: []string{"money"}, Measures: "x"}, {Item: "survey", Communities: []string{"yugang"}, Grounds: []string{"money"}, Measures: "x"}} {
			if _, err := f.Resource.Engine.Open(f.ctx, portaltest.As("office.a"), "draft", in, lifecycle.Opts{}); !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	o := f.draft("office.a", "effect")
	sees := func(want map[string]bool) {
		t.Helper()
		for person, sees := range want {
			_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), o.ID)
			p, lerr := f.Resource.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
			if (err == nil) != sees || lerr != nil || (len(p.Cases) == 1) != sees {
				t.Errorf("%s: %q: %v, lists %d, %v", o.State, person, err, len(p.Cases), lerr)
			}
		}
	}
	sees(map[string]bool{"office.b": true, "head.fire": false, "head.hehua": false, "auditor": false, "conference": false, "": false})
	f.do(o, "office.head", "issue", nil)
	sees(map[string]bool{"office.b": true, "clerk.fire": true, "head.hehua": true, "street.liuxi": true, "auditor": true, "conference": true,
		"clerk.health": false, "head.yugang": false, "street.wanghai": false, "": false})
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	o := f.do(f.reported("effect"), "head.hehua", "witness", &witnessForm{Community: "hehua", Changed: "no", Note: "没有变化"})
	if code, body := f.Ask(app, "clerk.fire", "/rectifications/"+o.ID, ""); code != 200 || !strings.Contains(body, "没有变化") || !strings.Contains(body, "一个居委会") {
		t.Errorf("the department reads the witness without a name: %d", code)
	}
	got := f.now(o)
	f.redact(portal.Visitor{Actor: portaltest.As("clerk.fire")}, got)
	if got.Witnesses[0].Community != "" {
		t.Error("the department learns who it was")
	}
	if code, body := f.Ask(app, "head.fire", "/rectifications/"+o.ID+"/order", ""); code != 200 || !strings.Contains(body, o.No) || !strings.Contains(body, "<svg") {
		t.Errorf("the order: %d", code)
	}
	if code, _ := f.Ask(app, "head.fire", "/rectifications/"+o.ID+"/outcome", ""); code != 404 {
		t.Errorf("there is no outcome yet: %d", code)
	}
	code, body := f.Ask(app, "office.head", "/api/v1/rectifications/"+o.ID+"/verify_pass", `{"finding":"x"}`)
	if code != 403 || !strings.Contains(body, `"rule":"R11"`) || !strings.Contains(body, `"remedy"`) {
		t.Errorf("%d %s", code, body)
	}
	if code, body = f.Ask(app, "office.a", "/rectifications/new/draft", "item=survey&measures=%E7%95%99%E4%BD%8F%E6%88%91"); code != 422 || !strings.Contains(body, "留住我") {
		t.Errorf("%d", code)
	}
	f.do(o, "office.b", "verify_fail", seen)
	if code, body = f.Ask(app, "head.fire", "/rectifications/"+o.ID+"/outcome", ""); code != 200 || !strings.Contains(body, "现场查看") {
		t.Errorf("the outcome: %d", code)
	}
}
