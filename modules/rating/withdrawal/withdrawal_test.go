package withdrawal

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	*Withdrawals
	t     *testing.T
	ctx   context.Context
	kinds []string
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), kinds: []string{"ledger"}}
	f.Offer("rectifiable_items", func(context.Context, portal.Visitor) ([]web.Option, error) {
		return []web.Option{{Value: "ledger", Text: "科普台账"}}, nil
	})
	f.Withdrawals = f.another()
	return f
}

// another opens the module a second time on the same store, as a restart does.
func (f *fixture) another() *Withdrawals {
	f.t.Helper()
	m, err := New(f.ctx, f.Portal.Portal, Asks{
		Brief: func(ctx context.Context, item string) (string, string, string, []string, error) {
			if item == "nothing" {
				return "", "", "", nil, fault.Missing("item")
			}
			return "culture", "科普台账", "rectifying", []string{"hehua", "guangming"}, nil
		},
		Kinds: func(ctx context.Context, item string) ([]string, error) { return f.kinds, nil },
		Order: func(ctx context.Context, id string) (string, string, []string, []string, error) {
			return "ledger", "ZG-2026-00001", []string{"effect"}, []string{"hehua"}, nil
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

func (f *fixture) proposed(by string) *Withdrawal {
	f.t.Helper()
	w, err := f.Resource.Engine.Open(f.ctx, portaltest.As(by), "propose", &Content{Item: "ledger", Grounds: []string{"effect"}, Reason: "整改没有效果"}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

func (f *fixture) try(w *Withdrawal, by, act string, in any) error {
	_, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), w.ID, act, in, lifecycle.Opts{})
	return err
}

func (f *fixture) do(w *Withdrawal, by, act string, in any) *Withdrawal {
	f.t.Helper()
	w, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), w.ID, act, in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return w
}

func (f *fixture) now(w *Withdrawal) *Withdrawal {
	f.t.Helper()
	w, err := f.Resource.Engine.Get(f.ctx, lifecycle.System, w.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return w
}

var minutes = &decideForm{Reason: "整改无效", Minutes: "〔2026〕5号"}

func (f *fixture) heard() *Withdrawal {
	f.t.Helper()
	w := f.do(f.proposed("office.a"), "office.a", "notify", nil)
	return f.do(w, "head.culture", "state", &statementForm{Statement: "请再给一个月"})
}

func (f *fixture) exiting() *Withdrawal {
	f.t.Helper()
	w := f.do(f.heard(), "conference", "decide", minutes)
	return f.do(w, "office.a", "start_exit", nil)
}

func (f *fixture) completed() *Withdrawal {
	f.t.Helper()
	w := f.exiting()
	for _, e := range Entries {
		w = f.do(w, "office.b", "tick", &tickForm{Entry: e, Note: "已办"})
	}
	return f.do(w, "office.head", "complete", nil)
}

func TestRules(t *testing.T) {
	t.Run("R11 R49 proposed, notified, heard, decided, handed over, completed", func(t *testing.T) {
		f := open(t)
		w := f.completed()
		if w.State != "completed" || !w.All || w.Statement == "" || len(w.left()) != 0 {
			t.Fatalf("%s %+v", w.State, w)
		}
	})
	t.Run("R11 the office cannot decide, nor can a committee; minutes are needed", func(t *testing.T) {
		f := open(t)
		w := f.heard()
		for _, who := range []string{"office.head", "office.a", "head.hehua", "street.liuxi", "head.culture"} {
			if e := fault.As(f.try(w, who, "decide", minutes)); e.Kind != fault.Denied {
				t.Error(who, e)
			}
		}
		app := f.App()
		if code, body := f.Ask(app, "conference", "/api/v1/withdrawals/"+w.ID+"/decide", `{"decision":"x"}`); code != 422 || !strings.Contains(body, "minutes") {
			t.Error(code, body)
		}
	})
	t.Run("R11 the office decides where the setting says so, but not alone", func(t *testing.T) {
		f := open(t)
		values := setting.Defaults()
		values["wd.decider"] = "office"
		f.Resource.Engine.Settings = func() setting.Values { return values }
		w := f.do(f.proposed("office.head"), "office.a", "notify", nil)
		w = f.do(w, "head.culture", "state", &statementForm{Statement: "x"})
		portaltest.Refused(t, f.try(w, "office.head", "decide", minutes), "WDD3")
		portaltest.Refused(t, f.try(w, "conference", "decide", minutes), "WD25")
		f.Person("office.head2", policy.Appointment{Role: "office_head", Place: portaltest.District})
		f.do(w, "office.head2", "decide", minutes)
	})
	t.Run("R24 what residents reject leaves by the conference's resolution, whoever else decides", func(t *testing.T) {
		f := open(t)
		values := setting.Defaults()
		values["wd.decider"] = "office"
		f.Resource.Engine.Settings = func() setting.Values { return values }
		w, err := f.Resource.Engine.Open(f.ctx, portaltest.As("office.head"), "propose", &Content{Item: "ledger", Grounds: []string{"residents"}, Reason: "居民代表会议一致反对"}, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		w = f.do(w, "office.a", "notify", nil)
		w = f.do(w, "head.culture", "state", &statementForm{Statement: "x"})
		f.Person("office.head2", policy.Appointment{Role: "office_head", Place: portaltest.District})
		portaltest.Refused(t, f.try(w, "office.head2", "decide", minutes), "WD26")
		if w = f.do(w, "conference", "decide", minutes); w.State != "decided" || w.Order != "" {
			t.Fatal(w.State)
		}
	})
	t.Run("R49 not before the department was heard", func(t *testing.T) {
		f := open(t)
		w := f.do(f.proposed("office.a"), "office.a", "notify", nil)
		portaltest.Refused(t, f.try(w, "conference", "decide", minutes), "WDD1")
	})
	t.Run("R49 or its time has passed", func(t *testing.T) {
		f := open(t)
		w := f.do(f.proposed("office.a"), "office.a", "notify", nil)
		f.Workdays(4)
		if w = f.now(w); w.State != "notified" {
			t.Fatal(w.State)
		}
		f.Workdays(2)
		if w = f.now(w); w.State != "heard" || !w.Unheard {
			t.Fatal(w.State)
		}
		if err := f.try(w, "head.culture", "state", &statementForm{Statement: "x"}); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
		f.do(w, "conference", "decide", minutes)
	})
	t.Run("R49 not completed until every line of the exit list is settled", func(t *testing.T) {
		f := open(t)
		w := f.exiting()
		if len(w.Exit) != 12 {
			t.Fatal(w.Exit)
		}
		for i, e := range Entries {
			portaltest.Refused(t, f.try(w, "office.head", "complete", nil), "WDD4")
			who := []string{"head.hehua", "street.liuxi", "office.b"}[i%3]
			w = f.do(w, who, "tick", &tickForm{Entry: e, Community: "hehua", Note: "已办"})
			portaltest.Refused(t, f.try(w, who, "tick", &tickForm{Entry: e, Community: "hehua", Note: "已办"}), "withdrawal.ticked_already")
		}
		if left := w.left(); !slices.Equal(left, []string{"guangming"}) {
			t.Errorf("open in %v", left)
		}
		portaltest.Refused(t, f.try(w, "office.head", "complete", nil), "WDD4")
		portaltest.Refused(t, f.try(w, "head.hehua", "tick", &tickForm{Entry: "data", Note: "x"}), "WDD6")
		if e := fault.As(f.try(w, "head.hehua", "tick", &tickForm{Entry: "data", Community: "guangming", Note: "x"})); e.Kind != fault.Denied {
			t.Errorf("a committee settles another's list: %v", e)
		}
		if e := fault.As(f.try(w, "office.b", "tick", &tickForm{Entry: "data", Community: "yinxing", Note: "x"})); e.Kind != fault.Invalid {
			t.Errorf("a community that is not concerned: %v", e)
		}
		for _, e := range Entries {
			w = f.do(w, "office.b", "tick", &tickForm{Entry: e, Note: "其余已办"})
		}
		portaltest.Refused(t, f.try(w, "office.b", "tick", &tickForm{Entry: "data", Note: "x"}), "withdrawal.ticked_already")
		f.do(w, "office.head", "complete", nil)
	})
	t.Run("R49 plaques are not settled while one hangs", func(t *testing.T) {
		f := open(t)
		left := 1
		f.Hanging = func(ctx context.Context, item string, communities []string) (int, error) {
			if item != "ledger" || !slices.Equal(communities, []string{"hehua", "guangming"}) {
				t.Errorf("asked about %s in %v", item, communities)
			}
			return left, nil
		}
		w := f.exiting()
		down := &tickForm{Entry: "plaques", Note: "已摘"}
		if e := fault.As(f.try(w, "office.a", "tick", down)); e.Code != "withdrawal.plaques_hang" || e.Rule != "R49" {
			t.Fatal(e)
		}
		left = 0
		if w = f.do(w, "office.a", "tick", down); len(w.open("plaques", "")) > 0 {
			t.Error("not settled")
		}
	})
	t.Run("R49 money is not settled while some is owed", func(t *testing.T) {
		f := open(t)
		owed := map[string]int64{"guangming": 5000}
		f.Owed = func(ctx context.Context, withdrawal string, communities []string) (fen int64, err error) {
			for _, c := range communities {
				fen += owed[c]
			}
			return fen, nil
		}
		w := f.exiting()
		w = f.do(w, "head.hehua", "tick", &tickForm{Entry: "money", Community: "hehua", Note: "已退"})
		if e := fault.As(f.try(w, "office.a", "tick", &tickForm{Entry: "money", Note: "已退"})); e.Code != "withdrawal.money_owed" || e.Rule != "R49" {
			t.Fatal(e)
		}
		owed["guangming"] = 0
		f.do(w, "office.a", "tick", &tickForm{Entry: "money", Note: "已退"})
	})
	t.Run("R49 the department ticks nothing off", func(t *testing.T) {
		f := open(t)
		w := f.exiting()
		for _, who := range []string{"head.culture", "clerk.culture", "conference", "auditor"} {
			if e := fault.As(f.try(w, who, "tick", &tickForm{Entry: "data", Note: "x"})); e.Kind != fault.Denied {
				t.Error(who, e)
			}
		}
	})
	t.Run("R11 a failed rectification proposes it, once", func(t *testing.T) {
		f := open(t)
		ev := lifecycle.News{ID: "o1:9", Case: "o1"}
		for range 2 {
			if err := f.onFailed(f.ctx, ev); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.onFailed(f.ctx, lifecycle.News{ID: "o2:9", Case: "o2"}); err != nil {
			t.Fatal("one is already running:", err)
		}
		p, err := f.Resource.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{})
		if err != nil || len(p.Cases) != 1 {
			t.Fatal(len(p.Cases), err)
		}
		if w := p.Cases[0]; w.OrderNo != "ZG-2026-00001" || w.All || !slices.Equal(w.Communities, []string{"hehua"}) || w.State != "proposed" {
			t.Fatalf("%+v", w)
		}
		in := &failedForm{Order: "x", Item: "ledger"}
		_, err = f.Resource.Engine.Open(f.ctx, portaltest.As("office.head"), "follow", in, lifecycle.Opts{})
		portaltest.Refused(t, err, "WD21")
	})
	t.Run("an event that comes again after all is over proposes nothing", func(t *testing.T) {
		f := open(t)
		ev := lifecycle.News{ID: "o1:9", Case: "o1"}
		if err := f.onFailed(f.ctx, ev); err != nil {
			t.Fatal(err)
		}
		p, _ := f.Resource.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{})
		f.do(p.Cases[0], "conference", "cancel", &minutesForm{Why: "x", Minutes: "y"})
		if err := f.onFailed(f.ctx, ev); err != nil {
			t.Fatal(err)
		}
		if p, _ = f.Resource.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{}); len(p.Cases) != 1 {
			t.Fatal(len(p.Cases))
		}
	})
	t.Run("only where the item works", func(t *testing.T) {
		f := open(t)
		for _, in := range []*Content{{Item: "nothing", Grounds: []string{"money"}, Reason: "x"}, {Item: "ledger", Communities: []string{"yugang"}, Grounds: []string{"money"}, Reason: "x"}} {
			if _, err := f.Resource.Engine.Open(f.ctx, portaltest.As("office.a"), "propose", in, lifecycle.Opts{}); !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
		}
	})
	t.Run("the conference cancels until the exit begins", func(t *testing.T) {
		f := open(t)
		w := f.do(f.heard(), "conference", "decide", minutes)
		portaltest.Refused(t, f.try(w, "office.head", "cancel", &minutesForm{Why: "x", Minutes: "y"}), "WD32")
		f.do(w, "conference", "cancel", &minutesForm{Why: "已改正", Minutes: "〔2026〕6号"})
		if f.Barred(f.ctx, "culture", f.kinds, f.Now()) {
			t.Error("a cancelled withdrawal bars")
		}
		w = f.exiting()
		if err := f.try(w, "conference", "cancel", &minutesForm{Why: "x", Minutes: "y"}); !fault.Is(err, fault.Conflict) {
			t.Fatal(err)
		}
	})
}

func TestR50(t *testing.T) {
	t.Run("barred from the decision on, for the cooling time after the work has left, from work of that kind", func(t *testing.T) {
		f := open(t)
		bars := func(department, kind string, at time.Time) bool {
			return f.Barred(f.ctx, department, []string{"task", kind}, at)
		}
		w := f.heard()
		if bars("culture", "ledger", f.Now()) {
			t.Error("barred before the decision")
		}
		w = f.do(w, "conference", "decide", minutes)
		if !bars("culture", "ledger", f.Now()) {
			t.Error("not barred while it leaves")
		}
		w = f.do(w, "office.a", "start_exit", nil)
		f.Pass(10 * 24 * time.Hour)
		for _, e := range Entries {
			f.do(w, "office.a", "tick", &tickForm{Entry: e, Note: "x"})
		}
		w = f.do(w, "office.head", "complete", nil)
		end := f.Now().AddDate(1, 0, 0)
		if !w.Ban.Until.Equal(end) || !bars("culture", "ledger", end) || bars("culture", "ledger", end.Add(time.Second)) || bars("culture", "survey", f.Now()) || bars("fire", "ledger", f.Now()) {
			t.Errorf("%+v", w.Ban)
		}
	})
	t.Run("a restart remembers", func(t *testing.T) {
		f := open(t)
		f.completed()
		m := f.another()
		if m.Barred(f.ctx, "culture", f.kinds, f.Now()) {
			t.Fatal("it knows before it has read")
		}
		ctx, stop := context.WithCancel(f.ctx)
		defer stop()
		if err := m.Load(ctx); err != nil || !m.Barred(f.ctx, "culture", f.kinds, f.Now()) {
			t.Fatal("forgotten", err)
		}
	})
	t.Run("only the conference lifts it, once, with minutes", func(t *testing.T) {
		f := open(t)
		w := f.completed()
		in := &minutesForm{Why: "已作保证", Minutes: "〔2026〕8号"}
		portaltest.Refused(t, f.try(w, "office.head", "lift_ban", in), "WD33")
		f.do(w, "conference", "lift_ban", in)
		if f.Barred(f.ctx, "culture", f.kinds, f.Now()) {
			t.Error("still barred")
		}
		portaltest.Refused(t, f.try(w, "conference", "lift_ban", in), "WDD5")
	})
	t.Run("a lifted ban does not come back when the work has left", func(t *testing.T) {
		f := open(t)
		w := f.exiting()
		f.do(w, "conference", "lift_ban", &minutesForm{Why: "x", Minutes: "y"})
		for _, e := range Entries {
			f.do(w, "office.a", "tick", &tickForm{Entry: e, Note: "x"})
		}
		f.do(w, "office.head", "complete", nil)
		if f.Barred(f.ctx, "culture", f.kinds, f.Now()) {
			t.Error("barred again")
		}
	})
	t.Run("work of no kind bars all", func(t *testing.T) {
		b := Ban{Department: "culture", Until: portaltest.Start}
		if !b.bars("culture", nil, portaltest.Start) || b.bars("culture", nil, portaltest.Start.Add(1)) {
			t.Error(b)
		}
	})
}

// Saves may be told late and out of order: the newest revision counts.
func TestLearnInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := &Withdrawals{bans: bans{of: map[string]held{}}}
		n := rapid.Int64Range(1, 8).Draw(t, "revisions")
		barred := rapid.SliceOfN(rapid.Bool(), int(n), int(n)).Draw(t, "barred")
		var order []int64
		for i := range n {
			order = append(order, i+1)
		}
		for _, rev := range rapid.Permutation(order).Draw(t, "order") {
			w := &Withdrawal{}
			w.ID, w.Revision = "w", rev
			if barred[rev-1] {
				w.Ban = &Ban{Department: "culture", Until: portaltest.Start}
			}
			m.learn(w)
		}
		if got := m.Barred(context.Background(), "culture", []string{"task"}, portaltest.Start); got != barred[n-1] {
			t.Fatalf("barred %v, the newest says %v", got, barred[n-1])
		}
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	w := f.heard()
	sees := func(want map[string]bool) {
		t.Helper()
		for person, sees := range want {
			_, err := f.Resource.Engine.Get(f.ctx, portaltest.As(person), w.ID)
			p, lerr := f.Resource.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
			if (err == nil) != sees || lerr != nil || (len(p.Cases) == 1) != sees {
				t.Errorf("%s: %q: %v, lists %d, %v", w.State, person, err, len(p.Cases), lerr)
			}
		}
	}
	sees(map[string]bool{"office.b": true, "clerk.culture": true, "head.hehua": true, "street.liuxi": true, "conference": true, "auditor": true,
		"clerk.fire": false, "head.yugang": false, "street.wanghai": false, "": false})
	f.do(w, "conference", "decide", minutes)
	sees(map[string]bool{"": true, "clerk.fire": true, "head.yugang": true})
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	w := f.completed()
	for path, want := range map[string]string{"": "已摘除", "/decision": "〔2026〕5号", "/notice": w.No} {
		if code, body := f.Ask(app, "head.culture", "/withdrawals/"+w.ID+path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: %d", path, code)
		}
	}
	if code, body := f.Ask(app, "", "/withdrawals/"+w.ID, ""); code != 200 || !strings.Contains(body, "整改无效") {
		t.Errorf("the public reads the decision: %d", code)
	}
	for who, named := range map[string]bool{"": false, "clerk.fire": true} {
		v := portal.Visitor{Actor: portaltest.As(who)}
		if body := string(f.exit(v, w)); strings.Contains(body, "office.b") != named {
			t.Errorf("%q reads who settled a line: %v", who, !named)
		}
	}
	if code, body := f.Ask(app, "office.a", "/withdrawals/new/propose", "item=ledger&reason=%E7%95%99%E4%BD%8F%E6%88%91"); code != 422 || !strings.Contains(body, "留住我") {
		t.Errorf("%d", code)
	}
	v := f.proposed("office.a")
	if code, _ := f.Ask(app, "head.culture", "/withdrawals/"+v.ID+"/decision", ""); code != 404 {
		t.Errorf("there is no decision yet: %d", code)
	}
	code, body := f.Ask(app, "conference", "/api/v1/withdrawals/"+f.do(v, "office.a", "notify", nil).ID+"/decide", `{"decision":"x","minutes":"y"}`)
	if code != 403 || !strings.Contains(body, `"rule":"R49"`) || !strings.Contains(body, `"remedy"`) || !strings.Contains(body, `"fact"`) {
		t.Errorf("%d %s", code, body)
	}
}
