package dispatch

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"

	"pgregory.net/rapid"
)

type fixture struct {
	*portaltest.Portal
	*Dispatch
	t      testing.TB
	ctx    context.Context
	past   []Past
	ruling Ruling
}

func open(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background()}
	for id, role := range map[string]string{"operator": "operator", "dispatcher": "dispatcher", "chief": "hotline_head", "chief.b": "hotline_head"} {
		f.Person(id, policy.Appointment{Role: role, Place: portaltest.District})
	}
	m, err := New(f.ctx, f.Portal.Portal)
	if err != nil {
		t.Fatal(err)
	}
	m.Past.Fill(func(_ context.Context, category, place string, since time.Time, most int) ([]Past, bool, error) {
		return f.past, len(f.past) >= most, nil
	})
	f.Dispatch = m
	return f
}

func (f *fixture) draft(by string, in Content) (*Rule, error) {
	if in.Basis == "" {
		in.Basis = "职责清单第三条"
	}
	return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "draft", &in, lifecycle.Opts{})
}

func (f *fixture) act(r *Rule, by, act string, in any) (*Rule, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, in, lifecycle.Opts{})
}

func (f *fixture) must(r *Rule, err error) *Rule {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

// enforced brings a rule the whole way.
func (f *fixture) enforced(category, place, unit string) *Rule {
	f.t.Helper()
	r := f.must(f.draft("dispatcher", Content{Category: category, Place: place, Unit: unit}))
	r = f.must(f.act(r, "dispatcher", "test", nil))
	return f.must(f.act(r, "chief", "enforce", nil))
}

func (f *fixture) suggests(category, community string) string {
	s, _ := f.Suggest(category, community, f.Now())
	return s.Unit
}

func TestNarrowestWins(t *testing.T) {
	t.Parallel()
	f := open(t)
	if _, ok := f.Suggest("301", "hehua", f.Now()); ok {
		t.Error("a unit without any rule")
	}
	f.enforced("301", portaltest.District, "health")
	f.enforced("301", "liuxi", "liuxi")
	in := f.enforced("301", "hehua", "fire")
	for community, want := range map[string]string{"hehua": "fire", "yinxing": "liuxi", "guangming": "health"} {
		if got := f.suggests("301", community); got != want {
			t.Errorf("%s: %s, want %s", community, got, want)
		}
	}
	if f.suggests("302", "hehua") != "" {
		t.Error("a rule of another category")
	}
	before := f.Now()
	f.Pass(time.Hour)
	f.must(f.act(in, "chief", "end", &Reason{Reason: "并入街道。"}))
	f.Pass(time.Hour)
	if got := f.suggests("301", "hehua"); got != "liuxi" {
		t.Errorf("without it the wider one counts, not %s", got)
	}
	if s, _ := f.Suggest("301", "hehua", before); s != (Suggestion{"fire", in.No, "职责清单第三条"}) {
		t.Errorf("what held then: %+v", s)
	}
}

// Of whatever rules, the narrowest in force that fits is suggested.
func TestNarrowestProperty(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	places := []string{portaltest.District, "liuxi", "beitang", "hehua", "yinxing", "guangming"}
	rapid.Check(t, func(t *rapid.T) {
		var m memory
		want := map[string]string{} // slot -> unit
		for i, n := 0, rapid.IntRange(0, 12).Draw(t, "n"); i < n; i++ {
			from := portaltest.Start.Add(time.Duration(i) * time.Minute)
			r := &Rule{Content: Content{Category: "301", Place: rapid.SampledFrom(places).Draw(t, "place"), Unit: "u" + string(rune('a'+i))}, Version: int64(i + 1), EnforcedAt: &from}
			r.ID, r.Revision = r.Unit, 1
			m.learn(r)
			m.learn(r)
			want[r.slot()] = r.Unit
		}
		for _, community := range []string{"hehua", "yinxing", "guangming", "yugang"} {
			chain, expected := h.Places.Chain(community), ""
			for _, p := range slices.Backward(chain) {
				if u := want["301/"+p]; u != "" {
					expected = u
				}
			}
			if got := unitOf(m.narrowest("301", chain, portaltest.Start.Add(time.Hour), nil)); got != expected {
				t.Fatalf("%s: %s, want %s", community, got, expected)
			}
		}
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	f := open(t)
	first := f.enforced("401", "liuxi", "fire")
	f.Pass(time.Hour)
	second := f.enforced("401", "liuxi", "health")
	first = f.must(f.Resource.Engine.Get(f.ctx, portaltest.As("chief"), first.ID))
	if first.State != superseded || first.Successor != second.No || second.Version != 2 || f.suggests("401", "hehua") != "health" {
		t.Errorf("%s %q %d", first.State, first.Successor, second.Version)
	}
	r := f.must(f.draft("dispatcher", Content{Category: "401", Place: "liuxi", Unit: "health"}))
	r = f.must(f.act(r, "dispatcher", "test", nil))
	_, err := f.act(r, "chief", "enforce", nil)
	portaltest.Refused(t, err, "dispatch_rule.nothing_new")
}

func TestFourEyesAndFreshTrial(t *testing.T) {
	t.Parallel()
	f := open(t)
	r := f.must(f.draft("chief", Content{Category: "302", Place: portaltest.District, Unit: "fire"}))
	if _, err := f.act(r, "chief.b", "enforce", nil); err == nil {
		t.Error("in force without a trial")
	}
	r = f.must(f.act(r, "dispatcher", "test", nil))
	_, err := f.act(r, "chief", "enforce", nil)
	portaltest.Refused(t, err, "DRD1")
	other := f.enforced("302", "liuxi", "health")
	_, err = f.act(r, "chief.b", "enforce", nil)
	portaltest.Refused(t, err, "DRD2")
	f.enforced("303", "liuxi", "health") // another category does not matter
	r = f.must(f.act(r, "dispatcher", "test", nil))
	r = f.must(f.act(r, "chief.b", "enforce", nil))
	if r.State != inForce || other.State != inForce {
		t.Error(r.State, other.State)
	}
	for _, by := range []string{"operator", "office.a", "clerk.fire", "street.liuxi", "auditor", ""} {
		if _, err := f.draft(by, Content{Category: "302", Place: "liuxi", Unit: "fire"}); err == nil {
			t.Errorf("%s drafted a rule", by)
		}
	}
	d := f.must(f.draft("dispatcher", Content{Category: "302", Place: "hehua", Unit: "fire"}))
	for _, by := range []string{"", "head.hehua", "clerk.health", "street.beitang"} {
		_, err := f.act(d, by, "drop", &Reason{Reason: "x"})
		portaltest.Refused(t, err, "not_found")
	}
	if _, err := f.act(d, "clerk.fire", "drop", &Reason{Reason: "x"}); err == nil {
		t.Error("the unit itself dropped a rule")
	}
	if f.must(f.act(d, "dispatcher", "drop", &Reason{Reason: "写错了。"})).State != "dropped" {
		t.Error("not dropped")
	}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.enforced("103", portaltest.District, "culture")
	for i := range 30 {
		p := Past{No: "GD-2026-000" + string(rune('A'+i)), Community: "hehua", Unit: "fire"}
		if i%3 == 0 {
			p.Unit = "culture"
		}
		f.past = append(f.past, p)
	}
	f.past = append(f.past, Past{No: "GD-2026-00099", Community: "guangming", Unit: "culture"})
	r := f.must(f.draft("dispatcher", Content{Category: "103", Place: "liuxi", Unit: "fire"}))
	r = f.must(f.act(r, "dispatcher", "test", nil))
	x := r.Trial
	if x.Looked != 31 || x.Changed != 30 || x.Before != 11 || x.After != 21 || len(x.Examples) != mostExamples || x.Days != 90 || x.More {
		t.Errorf("%+v", x)
	}
	if e := x.Examples[0]; e.Was != "culture" || e.Would != "fire" || e.Ended != "culture" {
		t.Errorf("%+v", e)
	}
	if f.suggests("103", "hehua") != "culture" {
		t.Error("a trial changes nothing")
	}
}

// A final ruling becomes a proposed rule with its author, once.
func TestR57(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.enforced("205", portaltest.District, "culture")
	f.ruling = Ruling{No: "GD-2026-00007", Category: "205", Community: "hehua", Unit: "fire", Reason: "管网由其养护。", By: "chief"}
	ev := lifecycle.News{ID: "order-7:9", Case: "order-7"}
	proposals := func() []*Rule {
		all, err := f.Resource.Engine.List(f.ctx, portaltest.As("dispatcher"), lifecycle.Find{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		return slices.DeleteFunc(all.Cases, func(r *Rule) bool { return r.Order == "" })
	}
	t.Run("R57 a ruling proposes a rule with its author", func(t *testing.T) {
		for range 3 { // the event may come again
			if err := f.Learn(f.ctx, ev, f.ruling); err != nil {
				t.Fatal(err)
			}
		}
		ps := proposals()
		if len(ps) != 1 || ps[0].State != proposed || ps[0].Author != "chief" || ps[0].OrderNo != "GD-2026-00007" || ps[0].Place != "hehua" || ps[0].Unit != "fire" || ps[0].Basis == "" {
			t.Fatalf("%+v", ps)
		}
		ts, err := f.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As("dispatcher"), Lang: "zh-Hans"}, 10)
		if err != nil || len(ts) != 1 {
			t.Errorf("it waits for the dispatcher: %v %v", ts, err)
		}
	})
	t.Run("R57 a second ruling of the same kind proposes nothing twice", func(t *testing.T) {
		f.ruling.No = "GD-2026-00008"
		if err := f.Learn(f.ctx, lifecycle.News{ID: "order-8:9", Case: "order-8"}, f.ruling); err != nil || len(proposals()) != 1 {
			t.Error(err, len(proposals()))
		}
	})
	t.Run("R57 the learned rule sends the next order to the unit at once", func(t *testing.T) {
		r := f.must(f.act(proposals()[0], "dispatcher", "test", nil))
		r = f.must(f.act(r, "chief", "enforce", nil))
		if f.suggests("205", "hehua") != "fire" || f.suggests("205", "yinxing") != "culture" || r.Author != "chief" {
			t.Error(f.suggests("205", "hehua"))
		}
		if err := f.Learn(f.ctx, lifecycle.News{ID: "order-9:9", Case: "order-9"}, f.ruling); err != nil || len(proposals()) != 1 {
			t.Error("what the rules say already is no news", err)
		}
	})
	t.Run("R57 a ruling for whom no rule may name is taken and proposes nothing", func(t *testing.T) {
		f.ruling = Ruling{No: "GD-2026-00010", Category: "205", Community: "yugang", Unit: "beitang", By: "chief"}
		if err := f.Learn(f.ctx, lifecycle.News{ID: "order-10:9", Case: "order-10"}, f.ruling); err != nil || len(proposals()) != 1 {
			t.Error(err)
		}
	})
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	f := open(t)
	for want, in := range map[string]Content{
		"category:schema.not_an_option":   {Category: "999", Place: "liuxi", Unit: "fire"},
		"place:schema.not_an_option":      {Category: "301", Place: portaltest.City, Unit: "fire"},
		"unit:schema.not_an_option":       {Category: "301", Place: "liuxi", Unit: "hehua"},
		"unit:dispatch_rule.other_street": {Category: "301", Place: "hehua", Unit: "beitang"},
	} {
		_, err := f.draft("dispatcher", in)
		field, code, _ := strings.Cut(want, ":")
		if e := fault.As(err); err == nil || len(e.Fields) != 1 || e.Fields[0].Name != field || e.Fields[0].Code != code {
			t.Errorf("%+v: %v, want %s", in, err, want)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	f.enforced("401", "liuxi", "fire")
	f.past = []Past{{No: "GD-2026-00001", Community: "hehua", Unit: "health"}}
	r := f.must(f.draft("dispatcher", Content{Category: "401", Place: "hehua", Unit: "health"}))
	r = f.must(f.act(r, "dispatcher", "test", nil))
	for _, c := range []struct {
		who, path, form string
		want            int
		has             string
	}{
		{"dispatcher", "/dispatch_rules", "", 200, "电梯"},
		{"dispatcher", "/dispatch_rules/" + r.ID, "", 200, "GD-2026-00001"},
		{"chief", "/dispatch_rules/" + r.ID + "/enforce", "", 200, "启用"},
		{"", "/dispatch_rules/" + r.ID, "", 404, ""},
		{"", "/dispatch_rules/lookup?category=401&community=hehua", "", 200, "PG-2026-00001"},
		{"", "/dispatch_rules/lookup?category=402&community=hehua", "", 200, "没有规则"},
		{"", "/dispatch_rules/lookup?category=x&community=hehua", "", 422, ""},
		{"", "/api/v1/dispatch_rules/lookup?category=401&community=hehua", "", 200, `"unit":"fire"`},
		{"", "/api/v1/dispatch_rules/lookup?category=401", "", 422, "community"},
		{"dispatcher", "/dispatch_rules/new/draft", "", 200, "departments"},
		{"dispatcher", "/dispatch_rules/new/draft", url.Values{"category": {"401"}, "place": {"hehua"}, "unit": {"fire"}, "reason": {"写了一半"}}.Encode(), 422, "写了一半"},
	} {
		if code, body := f.Ask(app, c.who, c.path, c.form); code != c.want || !strings.Contains(body, c.has) && c.has != "departments" {
			t.Errorf("%s %s: %d, want %d with %q", c.who, c.path, code, c.want, c.has)
		}
	}
}

// Load brings what the store holds back into memory.
func TestLoad(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.enforced("401", "liuxi", "fire")
	turn := f.memory.turn("401")
	f.memory = memory{}
	if err := f.LoadAll(t.Context()); err != nil || f.suggests("401", "hehua") != "fire" || f.memory.turn("401") != turn {
		t.Error(err, f.suggests("401", "hehua"))
	}
}
