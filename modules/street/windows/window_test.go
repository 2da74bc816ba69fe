package windows

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*gatetest.Gate
	m            *Windows
	t            *testing.T
	ctx          context.Context
	legal, talks string // items of culture in Hehua: the first in force, the second admitted
	told         *[]string
}

func house(t *testing.T) fixture {
	t.Helper()
	f := fixture{Gate: gatetest.New(t), t: t, ctx: context.Background(), told: &[]string{}}
	legal, talks := gatetest.Grant("culture", "hehua"), gatetest.Grant("culture", "hehua")
	legal.Title, talks.Application = "法律咨询", "another"
	f.legal, f.talks = f.Active(legal).ID, f.Admit(talks).ID
	var err error
	if f.m, err = New(f.ctx, f.Portal.Portal, f.Items); err != nil {
		t.Fatal(err)
	}
	Closed.On(f.Bus, func(_ context.Context, n lifecycle.News, x Closing) error {
		*f.told = append(*f.told, n.Case+"@"+x.Community)
		return nil
	})
	return f
}

func (f fixture) confirm(item string) {
	f.Do(item, "head.hehua", "confirm", `{"community":"hehua","powers_in":true}`)
}

func (f fixture) propose(by, department string, its ...string) (*Window, error) {
	in := &Proposal{Community: "hehua", Name: "法律咨询窗口", Department: department, Service: Service{Staff: "律师一名", Hours: 2}}
	for _, id := range its {
		in.Items = append(in.Items, items.Ref(id))
	}
	return f.m.Engine.Open(f.ctx, portaltest.As(by), "propose", in, lifecycle.Opts{})
}

func (f fixture) act(w *Window, by, act string, in any) (*Window, error) {
	return f.m.Engine.Act(f.ctx, portaltest.As(by), w.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(w *Window, err error) *Window {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

func TestR40AWindowOpensForWhatIsInForce(t *testing.T) {
	t.Parallel()
	f := house(t)
	w := f.must(f.propose("clerk.culture", "culture", f.legal, f.talks))
	_, err := f.act(w, "head.hehua", "open", nil)
	portaltest.Refused(t, err, "CKD1")
	f.confirm(f.talks)
	_, err = f.act(w, "clerk.culture", "open", nil)
	portaltest.Refused(t, err, "policy.role")
	w = f.must(f.act(w, "head.hehua", "open", nil))
	if w.State != open {
		t.Errorf("state %s", w.State)
	}
	f.must(f.act(w, "head.hehua", "pause", &reasonForm{Why: "装修"}))
	f.Suspend(f.legal, "hehua")
	_, err = f.act(w, "head.hehua", "resume", nil)
	portaltest.Refused(t, err, "R40")
	f.must(f.act(w, "staff.hehua", "change", &Service{Staff: "律师两名", Hours: 4}))
	if w, err = f.m.About(f.ctx, w.ID); err != nil || w.Community != "hehua" || w.State != "paused" || w.Hours != 4 {
		t.Error(w, err)
	}
	if serves, err := f.m.Serves(f.ctx, w.ID); serves || err != nil {
		t.Error("a window that is paused serves", err)
	}
}

// The item's own record, not what was read a moment before, opens the window.
func TestTheRecordDecidesTheRace(t *testing.T) {
	t.Parallel()
	f := house(t)
	w := f.must(f.propose("clerk.culture", "culture", f.legal))
	f.Suspend(f.legal, "hehua")
	err := f.m.start(w, portaltest.Step("open", "head.hehua")) // what the gate saw was older
	portaltest.Refused(t, err, "item.not_in_force")
}

func TestWhoProposes(t *testing.T) {
	t.Parallel()
	f := house(t)
	_, err := f.propose("clerk.culture", "") // the committee's own
	portaltest.Refused(t, err, "policy.role")
	_, err = f.propose("clerk.fire", "culture", f.legal)
	portaltest.Refused(t, err, "policy.role")
	_, err = f.propose("head.tielu", "")
	portaltest.Refused(t, err, "policy.role")
	for _, its := range [][]string{{"nothing"}, {f.legal}} {
		if _, err = f.propose("head.hehua", "fire", its...); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", its, err)
		}
	}
	own := f.must(f.propose("head.hehua", ""))
	f.must(f.act(own, "head.hehua", "open", nil))
	for who, sees := range map[string]bool{"": true, "clerk.fire": true} {
		if f.m.Engine.Sees(f.ctx, portaltest.As(who), f.must(f.m.About(f.ctx, own.ID))) != sees {
			t.Error(who)
		}
	}
}

func TestR49AWindowGoesWithItsLastItem(t *testing.T) {
	t.Parallel()
	f := house(t)
	f.confirm(f.talks)
	w := f.must(f.propose("clerk.culture", "culture", f.legal, f.talks))
	f.must(f.act(w, "head.hehua", "open", nil))
	for i, step := range []struct {
		item, community, state string
	}{{f.legal, "tielu", open}, {f.legal, "hehua", open}, {f.legal, "hehua", open}, {f.talks, "", closed}, {f.talks, "", closed}} {
		if err := f.m.lost(f.ctx, lifecycle.News{ID: step.item + step.community, Case: step.item}, step.community); err != nil {
			t.Fatal(err)
		}
		if w = f.must(f.m.About(f.ctx, w.ID)); w.State != step.state {
			t.Errorf("%d: state %s, want %s", i, w.State, step.state)
		}
	}
	f.Bus.Once(f.ctx)
	if len(*f.told) != 1 || (*f.told)[0] != w.ID+"@hehua" {
		t.Errorf("told %v", *f.told)
	}
}

// An error of the store is an error, never the fact that an item is not in force.
func TestAnErrorIsNoRefusal(t *testing.T) {
	t.Parallel()
	f := house(t)
	w := f.must(f.propose("clerk.culture", "culture", f.legal))
	gone, cancel := context.WithCancel(f.ctx)
	cancel()
	s := portaltest.Step("open", "head.hehua")
	s.Ctx = gone
	if _, err := f.m.facts(w, s); !fault.Is(err, fault.Internal) {
		t.Errorf("a store that cannot be read answers %v", err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	code, body := f.Ask(app, "clerk.culture", "/windows/new/propose", "community=hehua&department=culture&name=%E7%95%99%E4%BD%8F&hours_a_week=99")
	if code != 422 || !strings.Contains(body, "留住") {
		t.Errorf("%d: typing is lost", code)
	}
	if code, body := f.Ask(app, "clerk.culture", "/windows/new/propose", ""); code != 200 || !strings.Contains(body, "法律咨询") {
		t.Errorf("%d: the items of the department are not offered", code)
	}
	w := f.must(f.propose("clerk.culture", "culture", f.talks))
	code, body = f.Ask(app, "head.hehua", "/api/v1/windows/"+w.ID+"/open", "{}")
	for _, want := range []string{`"rule":"R40"`, `"fact"`, `"remedy"`, `"line":"CKD1"`} {
		if code != 403 || !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", code, body, want)
		}
	}
	if code, body := f.Ask(app, "head.hehua", "/windows/"+w.ID, ""); code != 200 || !strings.Contains(body, "律师一名") || !strings.Contains(body, "/items/"+f.talks) {
		t.Errorf("%d", code)
	}
	if code, body := f.Ask(app, "staff.hehua", "/windows/"+w.ID+"/change", ""); code != 200 || !strings.Contains(body, "律师一名") {
		t.Errorf("%d: a change does not start with what there is", code)
	}
	if code, _ := f.Ask(app, "", "/windows/"+w.ID, ""); code != 404 {
		t.Errorf("a stranger sees a proposal: %d", code)
	}
	for who, n := range map[string]int{"clerk.culture": 1, "head.hehua": 1, "clerk.fire": 0, "": 0} {
		os, err := f.Options(f.ctx, portal.Visitor{Actor: portaltest.As(who)}, "service_windows")
		if err != nil || len(os["service_windows"]) != n {
			t.Errorf("%q is offered %v %v", who, os, err)
		}
	}
}
