package orders

import (
	"context"
	"testing"

	"gatehouse/modules/gate/emergencies"
	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

type fixture struct {
	*portaltest.Portal
	m   *Orders
	g   *gatetest.Gate
	t   testing.TB
	ctx context.Context
}

// disasters are the communities under a declared emergency in the tests.
type disasters map[string]bool

func open(t testing.TB) fixture { return openWith(t, nil) }

func openWith(t testing.TB, d disasters) fixture {
	t.Helper()
	g, ctx := gatetest.New(t), context.Background()
	h := g.Portal
	h.Portal.Settings = func() setting.Values { // no draw by chance
		v := setting.Defaults()
		v["hot.second_pct"] = "0"
		return v
	}
	rules, err := dispatch.New(ctx, h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	articles, err := knowledge.New(ctx, h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	help, err := emergencies.New(ctx, h.Portal, nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(ctx, h.Portal, rules, articles, help, g.Items)
	if err != nil {
		t.Fatal(err)
	}
	for community := range d {
		if _, err := help.Resource.Perform(ctx, portaltest.As("emergency"), "", "declare", []byte(`{"event":"台风安置","department":"fire","communities":["`+community+`"],"tasks":"开放避难场所",
			"declared_by":"区应急管理局","document":"应急〔2026〕7号","start":"2026-03-09","end":"2026-03-18"}`), lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
	}
	for id, role := range map[string]string{"op": "operator", "op2": "operator", "disp": "dispatcher", "chief": "hotline_head", "call": "callback", "call2": "callback", "panel": "review_panel"} {
		h.Person(id, policy.Appointment{Role: role, Place: portaltest.District})
	}
	// Somebody who calls back and also works in the unit.
	h.Person("both", policy.Appointment{Role: "callback", Place: portaltest.District}, policy.Appointment{Role: "dispatcher", Place: portaltest.District},
		policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	return fixture{h, m, g, t, ctx}
}

var lamp = Filing{Words: "3号楼门口的路灯坏了一个星期，老人晚上不敢出门。", Category: "101", Type: "complaint", Community: "hehua", Place: "幸福路3号楼", Phone: "000-1234 5678", Name: "王奶奶"}

// file files as a person by a channel.
func (f fixture) file(by, channel string, change ...func(*Filing)) *Order {
	f.t.Helper()
	in := lamp
	in.Channel = channel
	for _, c := range change {
		c(&in)
	}
	who := portaltest.As(by)
	if channels[channel] == "receive" {
		who = lifecycle.System
	}
	done, err := f.m.File(f.ctx, who, in, FileOpts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return f.now(done.ID)
}

func (f fixture) act(o *Order, by, act string, in any) (*Order, error) {
	return f.m.Resource.Engine.Act(f.ctx, portaltest.As(by), o.ID, act, in, lifecycle.Opts{})
}

// own does an act of the caller's, proven by number and PIN.
func (f fixture) own(o *Order, act string, in any) (*Order, error) {
	return f.m.Resource.Engine.Act(portal.Prove(f.ctx, o.ID), lifecycle.Actor{}, o.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(o *Order, err error) *Order {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return o
}

// now reads an order past the gate.
func (f fixture) now(id string) *Order {
	f.t.Helper()
	return f.must(f.m.Resource.Engine.Cases().Get(f.ctx, id))
}

var sorted = triageForm{Category: "101", Type: "complaint", Community: "hehua"}

// to brings an order of the fire department to a state on the straight way there.
func (f fixture) to(o *Order, state string) *Order {
	f.t.Helper()
	sort := sorted
	if o.Category != "" {
		sort.Category, sort.Type = o.Category, o.Type
	}
	for _, step := range []struct {
		from, by, act string
		in            any
	}{
		{"new", "op", "triage", &sort},
		{"triaged", "disp", "dispatch", &unitForm{Unit: "fire", Basis: "职责清单"}},
		{"dispatched", "clerk.fire", "sign", nil},
		{"signed", "clerk.fire", "contact", &contactForm{How: "phone"}},
		{"contacted", "clerk.fire", "begin", &planForm{Plan: "今天换灯。"}},
		{"handling", "clerk.fire", "reply", &replyForm{Text: "灯已换好。", Result: "done"}},
		{"replied", "disp", "accept_reply", nil},
		{"callback", "call", "evaluate", &voiceForm{Solved: "solved", Grade: "100"}},
	} {
		if o.State == state {
			return o
		}
		if o.State == step.from {
			o = f.must(f.act(o, step.by, step.act, step.in))
		}
	}
	if o.State != state {
		f.t.Fatalf("is %s, not %s", o.State, state)
	}
	return o
}

func (f fixture) sees(person string, o *Order) bool {
	return f.m.Resource.Engine.Sees(f.ctx, portaltest.As(person), o)
}

func (f fixture) waitsFor(o *Order, person string) bool {
	f.t.Helper()
	ts, err := f.m.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"}, 100)
	if err != nil {
		f.t.Fatal(err)
	}
	for _, x := range ts {
		if x.No == o.No {
			return true
		}
	}
	return false
}

func eq(field, value string) []store.Cond {
	return []store.Cond{{Field: field, Op: store.Eq, Value: value}}
}
