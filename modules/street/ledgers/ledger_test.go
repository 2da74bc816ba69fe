package ledgers

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

type fixture struct {
	*gatetest.Gate
	m     *Ledgers
	t     *testing.T
	ctx   context.Context
	items map[string]items.Ref // of health: aids brings a ledger, talks does not
}

func house(t *testing.T) fixture {
	t.Helper()
	f := fixture{Gate: gatetest.New(t), t: t, ctx: context.Background(), items: map[string]items.Ref{}}
	for name, kinds := range map[string][]string{"aids": {"survey", "ledger"}, "talks": {"task"}} {
		g := gatetest.Grant("health", "hehua", "tielu", "guangming")
		g.Application, g.Title, g.Kinds = name, "辅助器具需求登记", kinds
		f.items[name] = items.Ref(f.Active(g).ID)
	}
	f.Offer("service_items", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	var err error
	if f.m, err = New(f.ctx, f.Portal.Portal, f.Items); err != nil {
		t.Fatal(err)
	}
	return f
}

// book is a monthly ledger of the health department's in three communities.
func book(item items.Ref) *Content {
	return &Content{Kind: "ledger", Name: "辅具需求台账", Department: "health", Item: item, Communities: []string{"hehua", "tielu", "guangming"},
		Filled: "姓名、门牌、需要的辅具", Frequency: "monthly", Minutes: 30, Medium: "electronic"}
}

func (f fixture) open(by, act string, in *Content) (*Ledger, error) {
	return f.m.Engine.Open(f.ctx, portaltest.As(by), act, in, lifecycle.Opts{})
}

func (f fixture) act(l *Ledger, by, act string, in any) (*Ledger, error) {
	return f.m.Engine.Act(f.ctx, portaltest.As(by), l.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(l *Ledger, err error) *Ledger {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return l
}

// heard lets all committees answer.
func (f fixture) heard(l *Ledger, say ...string) *Ledger {
	f.t.Helper()
	l = f.must(f.act(l, "office.a", "ask", nil))
	for i, c := range l.Communities {
		l = f.must(f.act(l, "head."+c, "consult", &consultForm{Community: c, Say: say[i%len(say)], Note: "意见" + c}))
	}
	return l
}

func (f fixture) minutes(community string) int64 {
	f.t.Helper()
	n, err := f.m.MinutesPerMonth(f.ctx, community)
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

func TestR3ANewLedgerNeedsAnItem(t *testing.T) {
	f := house(t)
	for _, item := range []string{"", "talks"} {
		l := f.heard(f.must(f.open("clerk.health", "request", book(f.items[item]))), "keep")
		_, err := f.act(l, "office.a", "open", nil)
		portaltest.Refused(t, err, "TZD2")
		if l = f.must(f.act(l, "office.a", "refuse", &reasonForm{Reason: "没有准入"})); l.State != "refused" || l.InUse {
			t.Errorf("%s %v", l.State, l.InUse)
		}
	}
	l := f.heard(f.must(f.open("clerk.health", "request", book(f.items["aids"]))), "keep")
	f.Suspend(string(f.items["aids"]), "tielu")
	_, err := f.act(l, "office.a", "open", nil)
	portaltest.Refused(t, err, "TZD2")
	f.Do(string(f.items["aids"]), "office.head", "resume", `{"community":"tielu","reason":"a test"}`)
	if l = f.must(f.act(l, "office.a", "open", nil)); l.State != "registered" || f.minutes("tielu") != 30 {
		t.Errorf("%s, %d minutes", l.State, f.minutes("tielu"))
	}
	beyond := book(f.items["aids"])
	beyond.Communities = []string{"yugang"}
	if _, err := f.open("clerk.health", "request", beyond); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
	other := book(f.items["aids"])
	other.Department = "fire"
	if _, err := f.open("clerk.fire", "request", other); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

func TestADepartmentCanOnlyRequest(t *testing.T) {
	f := house(t)
	l := f.must(f.open("clerk.health", "request", book(f.items["aids"])))
	for _, act := range []string{"ask", "open", "merge", "retire", "refuse"} {
		_, err := f.act(l, "head.health", act, map[string]any{"merge": &mergeForm{}, "retire": &reasonForm{}, "refuse": &reasonForm{}}[act])
		portaltest.Refused(t, err, "policy.role")
	}
	_, err := f.open("clerk.health", "record", book(""))
	portaltest.Refused(t, err, "policy.role")
	_, err = f.open("clerk.fire", "request", book(f.items["aids"]))
	portaltest.Refused(t, err, "policy.role")
}

func TestTheOfficeHearsTheCommitteesFirst(t *testing.T) {
	f := house(t)
	l := f.must(f.open("office.a", "record", book("")))
	if f.minutes("hehua") != 30 {
		t.Error("what is kept already costs minutes from the day it is known")
	}
	l = f.must(f.act(l, "office.a", "ask", nil))
	l = f.must(f.act(l, "head.hehua", "consult", &consultForm{Community: "hehua", Say: "drop"}))
	for act, in := range map[string]any{"open": nil, "retire": &reasonForm{Reason: "x"}, "merge": &mergeForm{Into: Ref(l.ID), Reason: "x"}} {
		_, err := f.act(l, "office.a", act, in)
		portaltest.Refused(t, err, "TZD1")
	}
	_, err := f.act(l, "head.hehua", "consult", &consultForm{Community: "tielu", Say: "drop"})
	portaltest.Refused(t, err, "policy.role")
	if _, err = f.act(l, "head.yugang", "consult", &consultForm{Community: "yugang", Say: "drop"}); err == nil {
		t.Error("a committee that does not keep it has answered")
	}
	if got, want := l.waiting(), []string{"tielu", "guangming"}; !slices.Equal(got, want) {
		t.Errorf("waits for %v", got)
	}
	if tasks, err := f.m.Engine.Tasks(f.ctx, portaltest.As("head.hehua"), 10); err != nil || len(tasks) != 0 {
		t.Errorf("whoever has answered is asked no more: %v %v", tasks, err)
	}
	if tasks, _ := f.m.Engine.Tasks(f.ctx, portaltest.As("head.tielu"), 10); len(tasks) != 1 {
		t.Error("whoever has not answered is asked")
	}
	f.Workdays(6) // silence holds nothing up
	if l = f.must(f.act(l, "office.a", "retire", &reasonForm{Reason: "重复填报"})); l.State != "retired" || f.minutes("hehua") != 0 {
		t.Errorf("%s, %d minutes", l.State, f.minutes("hehua"))
	}
}

func TestMerge(t *testing.T) {
	f := house(t)
	target := f.must(f.act(f.heard(f.must(f.open("office.a", "record", book(""))), "keep"), "office.a", "open", nil))
	l := f.heard(f.must(f.open("office.a", "record", book(""))), "merge")
	for _, into := range []Ref{Ref(l.ID), "nothing"} {
		if _, err := f.act(l, "office.a", "merge", &mergeForm{Into: into, Reason: "x"}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", into, err)
		}
	}
	if f.minutes("hehua") != 60 {
		t.Errorf("%d minutes before", f.minutes("hehua"))
	}
	if l = f.must(f.act(l, "office.a", "merge", &mergeForm{Into: Ref(target.ID), Reason: "同一张表"})); l.State != "merged" || l.Into != Ref(target.ID) || f.minutes("hehua") != 30 {
		t.Errorf("%s, %d minutes after", l.State, f.minutes("hehua"))
	}
	// Asked again, it still costs minutes until it is decided; old answers do not count.
	target = f.must(f.act(target, "office.a", "ask", nil))
	_, err := f.act(target, "office.a", "retire", &reasonForm{Reason: "x"})
	portaltest.Refused(t, err, "TZD1")
	_, err = f.act(target, "office.a", "refuse", &reasonForm{Reason: "x"})
	portaltest.Refused(t, err, "policy.facts")
	if f.minutes("hehua") != 30 {
		t.Errorf("%d minutes while asked", f.minutes("hehua"))
	}
}

func TestMinutesPerMonth(t *testing.T) {
	f := house(t)
	for _, c := range []struct {
		frequency string
		minutes   int64
		where     []string
	}{{"daily", 6, []string{"hehua"}}, {"weekly", 15, []string{"hehua", "tielu"}}, {"monthly", 40, []string{"tielu"}}, {"quarterly", 30, []string{"hehua"}}, {"yearly", 1, []string{"tielu"}}} {
		in := book("")
		in.Frequency, in.Minutes, in.Communities = c.frequency, c.minutes, c.where
		f.must(f.open("office.a", "record", in))
	}
	// hehua: 250×6 + 52×15 + 4×30 = 2400 a year; tielu: 52×15 + 12×40 + 1 = 1261, rounded up.
	for community, want := range map[string]int64{"hehua": 200, "tielu": 106, "guangming": 0} {
		if got := f.minutes(community); got != want {
			t.Errorf("%s: %d, want %d", community, got, want)
		}
	}
}

// R48: departments learn what was said and never who said it.
func TestR48AnswersWithoutNames(t *testing.T) {
	f := house(t)
	app := f.App()
	l := f.heard(f.must(f.open("clerk.health", "request", book(f.items["aids"]))), "keep", "drop", "merge")
	at := "/ledgers/" + l.ID
	look := func(who, path string) string {
		t.Helper()
		code, body := f.Ask(app, who, path, "")
		if code != 200 {
			t.Fatalf("%s %s: %d", who, path, code)
		}
		return body
	}
	for _, path := range []string{at, "/api/v1" + at, "/api/v1/ledgers"} {
		if body := look("clerk.health", path); strings.Contains(body, "意见tielu") {
			t.Errorf("%s tells answers while the others are asked", path)
		}
	}
	if body := look("office.a", at); !strings.Contains(body, "意见tielu") || !strings.Contains(body, `/ledgers`) {
		t.Error("the office sees who said what")
	}
	f.must(f.act(l, "office.a", "open", nil))
	for _, path := range []string{"/api/v1" + at, "/api/v1/ledgers"} {
		body := look("clerk.health", path)
		if !strings.Contains(body, `"say":"drop"`) || strings.Contains(body, `"community":"tielu"`) {
			t.Errorf("%s: %s", path, body)
		}
	}
	if body := look("clerk.health", "/api/v1"+at); strings.Contains(body, `"act":"consult"`) || strings.Contains(body, "head.tielu") {
		t.Errorf("the history tells who answered: %s", body)
	}
	if body := look("office.a", "/api/v1"+at); !strings.Contains(body, `"by":"head.tielu"`) {
		t.Error("the office may trace it")
	}
	x := f.must(f.m.Engine.Cases().Get(f.ctx, l.ID))
	x.nameless(3)
	var said []string
	for _, a := range x.Answers {
		said = append(said, a.Community+a.Say)
	}
	if !slices.Equal(said, []string{"drop", "keep", "merge"}) {
		t.Errorf("the order tells who was first: %v", said)
	}
	if x.nameless(4); x.Answers != nil {
		t.Error("too few to hide among")
	}
}

func TestPages(t *testing.T) {
	f := house(t)
	app := f.App()
	if code, body := f.Ask(app, "clerk.health", "/ledgers/new/request", "name=%E7%95%99%E4%BD%8F&minutes=0"); code != 422 || !strings.Contains(body, "留住") {
		t.Errorf("%d: typing is lost", code)
	}
	f.must(f.open("office.a", "record", book("")))
	if code, body := f.Ask(app, "staff.hehua", "/ledgers", ""); code != 200 || !strings.Contains(body, "1 本，每月 30 分钟") {
		t.Errorf("%d: the committee does not see its minutes", code)
	}
	l := f.heard(f.must(f.open("clerk.health", "request", book(""))), "keep")
	code, body := f.Ask(app, "office.a", "/api/v1/ledgers/"+l.ID+"/open", "{}")
	for _, want := range []string{`"rule":"R3, R20"`, `"fact"`, `"remedy"`, `"line":"TZD2"`} {
		if code != 403 || !strings.Contains(body, want) {
			t.Errorf("%d %s lacks %s", code, body, want)
		}
	}
	if code, _ := f.Ask(app, "head.hehua", "/ledgers/"+l.ID+"/consult", ""); code != 200 {
		t.Errorf("consult form: %d", code)
	}
	if code, _ := f.Ask(app, "", "/ledgers/"+l.ID, ""); code != 404 {
		t.Errorf("a stranger sees a request: %d", code)
	}
}

// An error of the store is an error, never the fact that nothing was admitted.
func TestAnErrorIsNoRefusal(t *testing.T) {
	t.Parallel()
	f := house(t)
	l := f.must(f.open("clerk.health", "request", book(f.items["aids"])))
	gone, cancel := context.WithCancel(f.ctx)
	cancel()
	s := portaltest.Step("open", "office.a")
	s.Ctx = gone
	if _, err := f.m.facts(l, s); !fault.Is(err, fault.Internal) {
		t.Errorf("a store that cannot be read answers %v", err)
	}
}
