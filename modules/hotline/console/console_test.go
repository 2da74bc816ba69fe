package console

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	*Console
	t      *testing.T
	ctx    context.Context
	filed  []Filing
	told   []string // what came of calls and what was passed on
	phones map[string]string
	refuse error
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := portaltest.New(t)
	for _, id := range []string{"op1", "op2"} {
		h.Person(id, policy.Appointment{Role: "operator", Place: portaltest.District})
	}
	h.Person("dispatcher", policy.Appointment{Role: "dispatcher", Place: portaltest.District})
	f := &fixture{Portal: h, t: t, ctx: context.Background(), phones: map[string]string{"c1": "13800138000"}}
	m, err := New(f.ctx, h.Portal, f.asks())
	if err != nil {
		t.Fatal(err)
	}
	f.Console = m
	return f
}

// asks answers for the other modules.
func (f *fixture) asks() Asks {
	some := func(os ...Order) ([]Order, error) { return os, nil }
	return Asks{
		File: func(_ context.Context, _ lifecycle.Actor, x Filing, _ string) (string, string, error) {
			f.filed = append(f.filed, x)
			return "1", "GD-1", f.refuse
		},
		Receipt: func(_ context.Context, by lifecycle.Actor, id string) (string, string, bool, error) {
			return "GD-1", "480211", by.ID == "op1" && id == "1", nil
		},
		Answer: func(_ context.Context, _ lifecycle.Actor, order, text, _ string) error {
			f.told = append(f.told, "answer "+order+" "+text)
			return nil
		},
		PassOn: func(_ context.Context, _ lifecycle.Actor, line, words, _, _ string) (string, error) {
			f.told = append(f.told, "pass "+line+" "+words)
			return "GD-2", nil
		},
		Earlier: func(_ context.Context, _ lifecycle.Actor, phone string) ([]Order, error) {
			return some(Order{ID: "9", No: "GD-9", Title: "以前的事 " + phone[len(phone)-4:], State: "closed"})
		},
		Like: func(_ context.Context, _ lifecycle.Actor, category, community, _ string) ([]Order, error) {
			if category == "" || community == "" {
				return nil, nil
			}
			return some(Order{ID: "8", No: "GD-8", Title: "同一处爆管", State: "new"})
		},
		Queue: func(context.Context, lifecycle.Actor, int) ([]Order, error) {
			return some(Order{ID: "7", No: "GD-7", Title: "待办", State: "new"})
		},
		Articles: func(context.Context, string, string, int) ([]Article, error) {
			return []Article{{ID: "a", Title: "停水怎么办", Answer: "请先关总阀。"}}, nil
		},
		Unit: func(string, string) (string, string, string, bool) { return "fire", "PG-1", "管网属它", true },
		Places: func(_ context.Context, typed string, _ int) []Place {
			if typed != "hhsc" {
				return nil
			}
			return []Place{{ID: "m1", Name: "荷花市场", Community: "hehua", Place: "荷花路 18 号", Lat: 29871200, Long: 121543100}}
		},
		Locate: func(string) (string, bool) { return "", false },
		Ringing: func(context.Context, lifecycle.Actor, int) ([]Ring, error) {
			return []Ring{{ID: "c1", Masked: "138****8000"}}, nil
		},
		Take: func(context.Context, lifecycle.Actor, string) error { return nil },
		Number: func(_ context.Context, _ lifecycle.Actor, call string) (string, string, error) {
			return f.phones[call], "138****8000", nil
		},
		Reveal: func(_ context.Context, by lifecycle.Actor, call string) (string, error) {
			f.told = append(f.told, "reveal "+by.ID)
			return f.phones[call], nil
		},
		Settle: func(_ context.Context, _ lifecycle.Actor, call, outcome, order string) error {
			f.told = append(f.told, outcome+" "+call+" "+order)
			return nil
		},
	}
}

func (f *fixture) draft1(by, call string) *Draft {
	f.t.Helper()
	d, err := f.start(f.ctx, portaltest.As(by), call)
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

func (f *fixture) post(by, path string, pairs ...string) (int, string) {
	v := url.Values{"_": {"x"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return f.Ask(f.App(f.Module()), by, path, v.Encode())
}

// Without any script: typed, looked up, picked, filed.
func TestDraft(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App(f.Module())
	if code, _ := f.post("op1", "/console/calls/c1/take"); code != 303 {
		t.Fatal(code)
	}
	d := f.draft1("op1", "c1") // the one the call has opened
	at := "/console/drafts/" + d.ID
	f.post("op1", at, "words", "水管爆了\x00\n喷得很高", "lookup", "hhsc", "category", "205", "do", "save")
	code, body := f.Ask(app, "op1", "/console?draft="+d.ID, "")
	for _, want := range []string{"水管爆了\n喷得很高", "荷花市场", "138****8000", "以前的事 8000", "停水怎么办", "205", "GD-7"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	if strings.Contains(body, "13800138000") {
		t.Error("the page shows the number")
	}
	f.post("op1", at, "words", "水管爆了", "lookup", "hhsc", "category", "205", "set", `{"community":"hehua","place":"荷花路 18 号 荷花市场","landmark":"m1"}`)
	code, body = f.Ask(app, "op1", "/console?draft="+d.ID, "")
	for _, want := range []string{"同一处爆管", "PG-1", "管网属它"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	for _, by := range []string{"op2", "dispatcher", "office.a", ""} {
		if code, body := f.Ask(app, by, "/console?draft="+d.ID, ""); code == 200 || strings.Contains(body, "水管爆了") {
			t.Errorf("%q reads another's draft: %d", by, code)
		}
		if code, _ := f.post(by, at, "words", "x", "do", "save"); code < 400 {
			t.Errorf("%q writes another's draft: %d", by, code)
		}
	}
	f.refuse = fault.InvalidField("place", "schema.required")
	code, body = f.post("op1", at, "words", "水管爆了", "do", "file")
	if code != 422 || !strings.Contains(body, "data-error-summary") || !strings.Contains(body, "水管爆了") {
		t.Errorf("%d: the typing is gone", code)
	}
	f.refuse = nil
	code, _ = f.post("op1", at, "words", "水管爆了", "lookup", "hhsc", "category", "205", "community", "hehua", "landmark", "m1", "do", "file")
	last := f.filed[len(f.filed)-1]
	if code != 303 || last.Phone != "13800138000" || last.Lat != 29871200 || last.Words != "水管爆了" || !slices.Contains(f.told, "filed c1 GD-1") {
		t.Errorf("%d %+v %v", code, last, f.told)
	}
	if code, _ := f.Ask(app, "op1", "/console?draft="+d.ID, ""); code != 404 {
		t.Error("the draft is still there", code)
	}
	for by, want := range map[string]bool{"op1": true, "op2": false} {
		if code, body := f.Ask(app, by, "/console?filed=1", ""); code != 200 || strings.Contains(body, "480211") != want {
			t.Errorf("%d: %s reads the caller's PIN: want %v", code, by, want)
		}
	}
}

func TestR134OneKey(t *testing.T) {
	t.Parallel()
	f := open(t)
	t.Run("R134 each number has its key, and nothing need be typed", func(t *testing.T) {
		for _, x := range lines {
			d := f.draft1("op1", "")
			_, body := f.Ask(f.App(f.Module()), "op1", "/console?draft="+d.ID, "")
			if !strings.Contains(body, `value="pass:`+x.number+`" data-key="`+x.key+`"`) {
				t.Errorf("%s has no key", x.number)
			}
			if code, _ := f.post("op1", "/console/drafts/"+d.ID, "do", "pass:"+x.number); code != 303 {
				t.Error(code)
			}
			if last := f.told[len(f.told)-1]; !strings.HasPrefix(last, "pass "+x.number+" ") || len(last) < 12 {
				t.Error(last)
			}
		}
		if len(f.filed) != 0 {
			t.Error("it was filed as an order", f.filed)
		}
	})
	t.Run("R134 no other number", func(t *testing.T) {
		d := f.draft1("op1", "")
		n := len(f.told)
		f.post("op1", "/console/drafts/"+d.ID, "do", "pass:999")
		f.post("op2", "/console/drafts/"+d.ID, "do", "pass:110")
		if len(f.told) != n {
			t.Error(f.told)
		}
	})
}

func TestAnswerAndReveal(t *testing.T) {
	t.Parallel()
	f := open(t)
	d := f.draft1("op1", "c1")
	at := "/console/drafts/" + d.ID
	if code, _ := f.post("op1", at, "words", "怎么交水费", "do", "answer"); code != 422 {
		t.Error("answered without an answer", code)
	}
	code, body := f.post("op1", at, "words", "怎么交水费", "do", "reveal")
	if code != 200 || !strings.Contains(body, "13800138000") || !slices.Contains(f.told, "reveal op1") {
		t.Errorf("%d %v", code, f.told)
	}
	f.post("op1", at, "words", "怎么交水费", "answer", "网上交。", "do", "answer")
	if !slices.Contains(f.told, "answer 1 网上交。") || !slices.Contains(f.told, "answered c1 GD-1") {
		t.Error(f.told)
	}
}

// Another window's newer typing is never written over, a second call never
// loses the first, and drafts are bounded.
func TestDraftsStay(t *testing.T) {
	t.Parallel()
	f := open(t)
	d := f.draft1("op1", "")
	by := portaltest.As("op1")
	keep := func(window, words string, revision int64) error {
		_, err := f.keep(f.ctx, by, d.ID, typed{fields: map[string]string{"words": words}, window: window, revision: revision})
		return err
	}
	if err := keep("a", "一", 1); err != nil {
		t.Fatal(err)
	}
	if err := keep("a", "二", 1); err != nil { // its answer was lost
		t.Error(err)
	}
	portaltest.Refused(t, keep("b", "三", 1), "console.other_window")
	for range mostDrafts - 1 {
		f.draft1("op1", "")
	}
	_, err := f.start(f.ctx, by, "")
	portaltest.Refused(t, err, "console.too_many")
	if code, _ := f.post("op1", "/console/drafts/"+d.ID, "words", strings.Repeat("字", 4001)); code != 422 {
		t.Error("4001 characters were kept", code)
	}
	f.Pass(8 * 24 * time.Hour)
	if err := f.sweep(f.ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := f.own(f.ctx, by); len(left) != 0 {
		t.Error("old drafts stay", len(left))
	}
}

func TestSeatsAndHandover(t *testing.T) {
	t.Parallel()
	f := open(t)
	for state, want := range map[string]int{"ready": 303, "break": 303, "gone": 422} {
		if code, _ := f.post("op1", "/console/seat", "state", state); code != want {
			t.Error(state, code)
		}
	}
	if code, _ := f.post("dispatcher", "/console/seat", "state", "ready"); code != 403 {
		t.Error("a dispatcher takes calls", code)
	}
	if ss, err := f.taken(f.ctx); err != nil || len(ss) != 1 {
		t.Error(ss, err)
	}
	x, err := f.Handovers.Engine.Open(f.ctx, portaltest.As("op1"), "write", &Told{Shift: "early", Notes: "停水到 18 时"}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Handovers.Engine.Act(f.ctx, portaltest.As("op1"), x.ID, "take_over", nil, lifecycle.Opts{})
	portaltest.Refused(t, err, "HOD1")
	if _, err = f.Handovers.Engine.Act(f.ctx, portaltest.As("op2"), x.ID, "take_over", nil, lifecycle.Opts{}); err != nil {
		t.Error(err)
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"荷花市场门口水管爆裂，喷水": "205", "門口路燈壞了": "101", "street lamp is dark": "101", "": "", "你好": ""} {
		got := Categories(words)
		if (len(got) == 0) != (want == "") || want != "" && got[0] != want {
			t.Errorf("%q: %v, want %s", words, got, want)
		}
	}
}
