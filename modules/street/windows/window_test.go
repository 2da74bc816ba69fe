package windows

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	*Windows
	t     *testing.T
	ctx   context.Context
	parts map[string]string // state in Hehua of justice's items
	told  *[]string
}

func house(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	f := fixture{Portal: h, t: t, ctx: context.Background(), parts: map[string]string{"legal": "active", "talks": "pending"}, told: &[]string{}}
	m, err := New(f.ctx, h.Portal, Asks{
		Brief: func(_ context.Context, id string) (string, string, string, []string, error) {
			if f.parts[id] == "" {
				return "", "", "", nil, fault.Missing("item")
			}
			return "culture", "法律咨询", "active", []string{"hehua"}, nil
		},
		Part: func(_ context.Context, id, community string) (string, bool, int, error) {
			if community != "hehua" {
				return "", false, 0, fault.Missing("item")
			}
			return f.parts[id], true, 0, nil
		},
		Engage: func(_ context.Context, id, community, key, note string) error {
			if f.parts[id] == "racing" {
				return fault.New(fault.Conflict, "item.not_in_force")
			}
			return nil
		},
		Items: func(_ context.Context, departments, communities []string) ([]string, []string, error) {
			return []string{"legal"}, []string{"法律咨询 " + strings.Join(append(departments, communities...), ",")}, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.Bus.On("window.closed", func(_ context.Context, ev lifecycle.Event) error {
		*f.told = append(*f.told, ev.Case+"@"+ev.Ref)
		return nil
	})
	f.Windows = m
	return f
}

func (f fixture) propose(by, department string, items ...string) (*Window, error) {
	in := &proposeForm{Community: "hehua", Name: "法律咨询窗口", Department: department, Items: items, Service: Service{Staff: "律师一名", Hours: 2}}
	return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "propose", in, lifecycle.Opts{})
}

func (f fixture) act(w *Window, by, act string, in any) (*Window, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), w.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(w *Window, err error) *Window {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

func TestR40AWindowOpensForWhatIsInForce(t *testing.T) {
	f := house(t)
	w := f.must(f.propose("clerk.culture", "culture", "legal", "talks"))
	_, err := f.act(w, "head.hehua", "open", nil)
	portaltest.Refused(t, err, "CKD1")
	f.parts["talks"] = "active"
	_, err = f.act(w, "clerk.culture", "open", nil)
	portaltest.Refused(t, err, "policy.role")
	w = f.must(f.act(w, "head.hehua", "open", nil))
	if w.State != open {
		t.Errorf("state %s", w.State)
	}
	f.must(f.act(w, "head.hehua", "pause", &whyForm{Why: "装修"}))
	f.parts["legal"] = "suspended"
	_, err = f.act(w, "head.hehua", "resume", nil)
	portaltest.Refused(t, err, "R40")
	f.must(f.act(w, "staff.hehua", "change", &Service{Staff: "律师两名", Hours: 4}))
	if community, department, state, err := f.About(f.ctx, w.ID); community != "hehua" || department != "culture" || state != "paused" || err != nil {
		t.Error(community, department, state, err)
	}
}

// The item's own record, not what was read a moment before, opens the window.
func TestTheRecordDecidesTheRace(t *testing.T) {
	f := house(t)
	w := f.must(f.propose("clerk.culture", "culture", "legal"))
	f.Engage = func(context.Context, string, string, string, string) error {
		return fault.New(fault.Conflict, "item.not_in_force")
	}
	_, err := f.act(w, "head.hehua", "open", nil)
	portaltest.Refused(t, err, "item.not_in_force")
	if w, _ = f.Resource.Engine.Cases().Get(f.ctx, w.ID); w.State != "proposed" {
		t.Errorf("state %s", w.State)
	}
}

func TestWhoProposes(t *testing.T) {
	f := house(t)
	_, err := f.propose("clerk.culture", "") // the committee's own
	portaltest.Refused(t, err, "policy.role")
	_, err = f.propose("clerk.fire", "culture", "legal")
	portaltest.Refused(t, err, "policy.role")
	_, err = f.propose("head.tielu", "")
	portaltest.Refused(t, err, "policy.role")
	for _, items := range [][]string{{"nothing"}, {"legal"}} {
		if _, err = f.propose("head.hehua", "fire", items...); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", items, err)
		}
	}
	own := f.must(f.propose("head.hehua", ""))
	f.must(f.act(own, "head.hehua", "open", nil))
	for who, sees := range map[string]bool{"": true, "clerk.fire": true} {
		if f.Resource.Engine.Sees(f.ctx, portaltest.As(who), f.must(f.Resource.Engine.Cases().Get(f.ctx, own.ID))) != sees {
			t.Error(who)
		}
	}
}

func TestR49AWindowGoesWithItsLastItem(t *testing.T) {
	f := house(t)
	f.parts["talks"] = "active"
	w := f.must(f.propose("clerk.culture", "culture", "legal", "talks"))
	f.must(f.act(w, "head.hehua", "open", nil))
	for i, step := range []struct {
		item, ref, state string
	}{{"legal", "tielu", open}, {"legal", "hehua", open}, {"legal", "hehua", open}, {"talks", "", closed}, {"talks", "", closed}} {
		if err := f.left(f.ctx, lifecycle.Event{ID: step.item + step.ref, Name: "item.withdrawn", Case: step.item, Ref: step.ref}); err != nil {
			t.Fatal(err)
		}
		if w = f.must(f.Resource.Engine.Cases().Get(f.ctx, w.ID)); w.State != step.state {
			t.Errorf("%d: state %s, want %s", i, w.State, step.state)
		}
	}
	f.Bus.Once(f.ctx)
	if len(*f.told) != 1 || (*f.told)[0] != w.ID+"@hehua" {
		t.Errorf("told %v", *f.told)
	}
}

func TestPages(t *testing.T) {
	f := house(t)
	app := f.App()
	code, body := f.Ask(app, "clerk.culture", "/windows/new/propose", "community=hehua&department=culture&name=%E7%95%99%E4%BD%8F&hours_a_week=99")
	if code != 422 || !strings.Contains(body, "留住") {
		t.Errorf("%d: typing is lost", code)
	}
	if code, body := f.Ask(app, "clerk.culture", "/windows/new/propose", ""); code != 200 || !strings.Contains(body, "法律咨询 culture") {
		t.Errorf("%d: the items of the department are not offered", code)
	}
	w := f.must(f.propose("clerk.culture", "culture", "talks"))
	code, body = f.Ask(app, "head.hehua", "/api/v1/windows/"+w.ID+"/open", "{}")
	for _, want := range []string{`"rule":"R40"`, `"fact"`, `"remedy"`, `"line":"CKD1"`} {
		if code != 403 || !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", code, body, want)
		}
	}
	if code, body := f.Ask(app, "head.hehua", "/windows/"+w.ID, ""); code != 200 || !strings.Contains(body, "律师一名") || !strings.Contains(body, "/items/talks") {
		t.Errorf("%d", code)
	}
	if code, _ := f.Ask(app, "", "/windows/"+w.ID, ""); code != 404 {
		t.Errorf("a stranger sees a proposal: %d", code)
	}
	for who, n := range map[string]int{"clerk.culture": 1, "head.hehua": 1, "clerk.fire": 0, "": 0} {
		if os, err := f.serviceWindows(f.ctx, portal.Visitor{Actor: portaltest.As(who)}); err != nil || len(os) != n {
			t.Errorf("%q is offered %v %v", who, os, err)
		}
	}
}
