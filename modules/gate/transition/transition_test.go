package transition

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

type fixture struct {
	*portaltest.Portal
	*Transition
	t     *testing.T
	ctx   context.Context
	filed map[string]string // number of an application -> its state
}

// open builds a house whose regime started on 2 March 2026, a week before its
// clock starts; the window is 30 days.
func open(t *testing.T) *fixture {
	t.Helper()
	h := portaltest.New(t)
	f := &fixture{Portal: h, t: t, ctx: context.Background(), filed: map[string]string{}}
	h.Portal.Settings = func() setting.Values {
		v := setting.Defaults()
		v["adm.launch"], v["adm.transition_days"] = "2026-03-02", "30"
		return v
	}
	m, err := New(f.ctx, h.Portal, Asks{
		Verdict: func(title string, _ []string, _ string, _ time.Time) (string, string, string, string) {
			if strings.Contains(title, "目录") {
				return "routine", "R20", "ZR-01", "目录内"
			}
			return "needs_admission", "R3", "", ""
		},
		Filed: func(_ context.Context, no string) (string, string, string, []string, error) {
			if f.filed[no] == "" {
				return "", "", "", nil, nil
			}
			return "id " + no, "fire", f.filed[no], []string{"hehua", "guangming"}, nil
		},
		Communities: func(string) []string { return []string{"hehua", "guangming"} }, District: func() []string { return []string{portaltest.District} }})
	if err != nil {
		t.Fatal(err)
	}
	f.Transition = m
	return f
}

func work(changes ...func(*Found)) *Found {
	in := &Found{Department: "fire", Title: "消防宣传打卡", Kinds: []string{"task"}, Communities: []string{"hehua", "guangming"}, Since: "2025-01-01", Hours: 6, Evidence: "2025年通知"}
	for _, c := range changes {
		c(in)
	}
	return in
}

func (f *fixture) register(by string, in *Found) (*Carryover, error) {
	return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "register", in, lifecycle.Opts{})
}

func (f *fixture) found(in *Found) *Carryover {
	f.t.Helper()
	c, err := f.register("office.a", in)
	if err != nil {
		f.t.Fatal(err)
	}
	return c
}

func (f *fixture) try(c *Carryover, by, act string, in any) (*Carryover, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), c.ID, act, in, lifecycle.Opts{})
}

func (f *fixture) do(c *Carryover, by, act string, in any) *Carryover {
	f.t.Helper()
	out, err := f.try(c, by, act, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return out
}

func (f *fixture) state(c *Carryover, want string) *Carryover {
	f.t.Helper()
	out, err := f.Resource.Engine.Get(f.ctx, lifecycle.System, c.ID)
	if err != nil || out.State != want {
		f.t.Fatalf("%s, want %s (%v)", out.State, want, err)
	}
	return out
}

func TestR26WhoRegistersWhat(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, by := range []string{"clerk.fire", "office.a"} {
		if c, err := f.register(by, work()); err != nil || c.State != "found" {
			t.Errorf("%s: %v", by, err)
		}
	}
	if _, err := f.register("staff.hehua", work(func(in *Found) { in.Communities = []string{"hehua"} })); err != nil {
		t.Error(err)
	}
	for _, by := range []string{"clerk.health", "finance", "street.wanghai", ""} {
		if _, err := f.register(by, work()); err == nil {
			t.Errorf("%q registered for the fire department", by)
		}
	}
	_, err := f.register("office.a", work(func(in *Found) { in.Since = "2026-03-02" }))
	portaltest.Refused(t, err, "CVD2")
	f.Portal.Settings = setting.Defaults
	g := portaltest.New(t)
	m, err := New(f.ctx, g.Portal, f.Asks)
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Resource.Engine.Open(f.ctx, portaltest.As("office.a"), "register", work(), lifecycle.Opts{})
	portaltest.Refused(t, err, "CVD1")
}

func TestR26InTheCatalogueItStays(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.found(work(func(in *Found) { in.Title = "目录内的体检通知" }))
	f.Pass(200 * 24 * time.Hour)
	if c = f.state(c, "kept"); len(c.Deadlines) != 0 {
		t.Error("a window runs for what may stay")
	}
}

func TestR26TheWindowEnds(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.found(work())
	if d, ok := c.Open(window); !ok || !d.Due.Equal(c.Until) || d.From.After(portaltest.Start) {
		t.Fatalf("%+v: the window is counted from the launch", d)
	}
	f.Pass(c.Until.Sub(f.Portal.Now()) - time.Second)
	f.state(c, "found")
	f.Pass(2 * time.Second)
	c = f.state(c, "must_leave")
	if keys := f.waits(c); !slices.Contains(keys, "committee_head@hehua") || len(keys) < 3 {
		t.Errorf("it waits for %v", keys)
	}
	if c := f.found(work()); c.State != "must_leave" {
		t.Error("found after the window, it runs on")
	}
	f.filed["ZR-1"] = "submitted"
	if _, err := f.try(c, "clerk.fire", "apply", &applyForm{No: "ZR-1"}); err == nil {
		t.Error("applied after the window")
	}
	for by, community := range map[string]string{"clerk.fire": "hehua", "head.guangming": "hehua", "street.liuxi": "hehua"} {
		if _, err := f.try(c, by, "leave", &leaveForm{Community: community}); err == nil {
			t.Errorf("%s said that it has left %s", by, community)
		}
	}
	if c = f.do(c, "head.hehua", "leave", &leaveForm{Community: "hehua"}); c.State != "must_leave" {
		t.Error(c.State)
	}
	if c = f.do(c, "office.a", "leave", &leaveForm{Community: "guangming"}); c.State != "left" {
		t.Error(c.State)
	}
}

func TestR26AnApplicationInTheWindow(t *testing.T) {
	t.Parallel()
	for outcome, want := range map[string]string{"approved": "admitted", "rejected": "must_leave", "lapsed": "found", "withdrawn": "found"} {
		f := open(t)
		c := f.found(work())
		f.filed["ZR-1"], f.filed["ZR-2"] = "submitted", "draft"
		for _, no := range []string{"ZR-2", "ZR-9"} {
			if _, err := f.try(c, "clerk.fire", "apply", &applyForm{No: no}); err == nil {
				t.Errorf("%s counts as an application", no)
			}
		}
		f.do(c, "clerk.fire", "apply", &applyForm{No: "ZR-1"})
		h := f.hears(map[string]string{"approved": "approved", "rejected": "rejected", "lapsed": "dropped", "withdrawn": "dropped"}[outcome])
		for range 2 { // an event may come twice
			if err := h(f.ctx, lifecycle.News{ID: "e1", Case: "id ZR-1"}); err != nil {
				t.Fatal(err)
			}
		}
		f.state(c, want)
	}
}

func TestR26HowItStandsAndWhatItWeighed(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.found(work())
	if x, ok, err := f.Stands(f.ctx, "hehua", "fire", []string{"task"}); err != nil || !ok || x.State != "found" {
		t.Errorf("%+v %v", x, err)
	}
	for _, q := range [][3]string{{"hehua", "fire", "survey"}, {"yinxing", "fire", "task"}, {"hehua", "health", "task"}} {
		if _, ok, _ := f.Stands(f.ctx, q[0], q[1], []string{q[2]}); ok {
			t.Errorf("%v stands", q)
		}
	}
	f.do(c, "head.hehua", "leave", &leaveForm{Community: "hehua"})
	if before, now, err := f.Then(f.ctx, "hehua"); err != nil || before != (Count{1, 6}) || now != (Count{}) {
		t.Errorf("%v %v %v", before, now, err)
	}
	if before, now, _ := f.Then(f.ctx, "guangming"); before != now {
		t.Errorf("%v %v", before, now)
	}
	f.found(work())
	_, err := f.try(f.found(work()), "office.a", "strike", &reasonForm{Reason: "x"})
	portaltest.Refused(t, err, "CVD3")
	f.do(c, "office.b", "strike", &reasonForm{Reason: "启用时没有开展"})
	if before, _, _ := f.Then(f.ctx, "hehua"); before.Items != 2 {
		t.Error("what never ran is counted")
	}
	if code, body := f.Ask(f.App(), "", "/carryovers", ""); code != 200 || !strings.Contains(body, "制度自") {
		t.Errorf("%d", code)
	}
}
