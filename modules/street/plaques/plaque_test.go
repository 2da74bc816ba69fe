package plaques

import (
	"context"
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/portaltest"
	"gatehouse/modules/street/windows"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

type fixture struct {
	*gatetest.Gate
	m     *Plaques
	t     *testing.T
	ctx   context.Context
	items map[string]items.Ref   // of culture in Hehua, by what the decision says and how they stand
	at    map[string]windows.Ref // of culture
}

func house(t *testing.T) fixture {
	t.Helper()
	f := fixture{Gate: gatetest.New(t), t: t, ctx: context.Background(), items: map[string]items.Ref{}, at: map[string]windows.Ref{}}
	ws, err := windows.New(f.ctx, f.Portal.Portal, f.Items)
	if err != nil {
		t.Fatal(err)
	}
	if f.m, err = New(f.ctx, f.Portal.Portal, f.Items, ws); err != nil {
		t.Fatal(err)
	}
	f.item("library", window)
	f.item("barred", "none")
	f.item("unasked", "")
	f.items["waiting"] = items.Ref(f.Admit(f.grant("waiting", window)).ID)
	f.Withdraw(string(f.item("left", window)), "hehua")
	for name, community := range map[string]string{"w1": "hehua", "w2": "hehua", "closed": "hehua", "far": "tielu"} {
		w, err := ws.Engine.Open(f.ctx, portaltest.As("clerk.culture"), "propose", &windows.Proposal{Community: community, Name: name, Department: "culture",
			Service: windows.Service{Staff: "一人", Hours: 2}}, lifecycle.Opts{})
		if err == nil && name != "closed" {
			_, err = ws.Engine.Act(f.ctx, portaltest.As("head."+community), w.ID, "open", nil, lifecycle.Opts{})
		}
		if err != nil {
			t.Fatal(err)
		}
		f.at[name] = windows.Ref(w.ID)
	}
	return f
}

func (f fixture) grant(name, decided string) items.Grant {
	g := gatetest.Grant("culture", "hehua", "tielu")
	g.Title, g.Application, g.Plaque = "社区图书室", name, decided
	return g
}

// item lets an item in, in force, with what the decision says of its plaque.
func (f fixture) item(name, decided string) items.Ref {
	f.items[name] = items.Ref(f.Active(f.grant(name, decided)).ID)
	return f.items[name]
}

func (f fixture) open(by, act string, in any) (*Plaque, error) {
	return f.m.Engine.Open(f.ctx, portaltest.As(by), act, in, lifecycle.Opts{})
}

func (f fixture) act(p *Plaque, by, act string, in any) (*Plaque, error) {
	return f.m.Engine.Act(f.ctx, portaltest.As(by), p.ID, act, in, lifecycle.Opts{})
}

func (f fixture) must(p *Plaque, err error) *Plaque {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return p
}

// sign is a request of culture's for Hehua.
func sign(s Spot) *Request {
	s.Reason = "方便居民认门"
	return &Request{Community: "hehua", Text: "社区图书室", Owner: department, Department: "culture", Spot: s}
}

// agreed takes a request to where only the committee is left.
func (f fixture) agreed(in *Request) *Plaque {
	f.t.Helper()
	p := f.must(f.open("clerk.culture", "request", in))
	f.must(f.act(p, "civil", "agree_civil", nil))
	return f.must(f.act(p, "office.a", "agree_office", nil))
}

func (f fixture) found(text, owner, dept, position string) *Plaque {
	f.t.Helper()
	return f.must(f.open("staff.hehua", "find", &findForm{Community: "hehua", Text: text, Owner: owner, Department: dept, Position: position, Launch: true}))
}

func state(t *testing.T, p *Plaque, want string) {
	t.Helper()
	if p.State != want {
		t.Errorf("state %s, want %s", p.State, want)
	}
}

// appointed gives appointments in the whole district.
func appointed(roles ...string) []policy.Appointment {
	var out []policy.Appointment
	for _, r := range roles {
		out = append(out, policy.Appointment{Role: r, Place: portaltest.District})
	}
	return out
}

func TestR39OutsideHangTwoOnly(t *testing.T) {
	f := house(t)
	for _, position := range []string{outside, inside} {
		_, err := f.open("clerk.culture", "request", sign(Spot{Position: position}))
		portaltest.Refused(t, err, map[string]string{outside: "PZD1", inside: "PZD2"}[position])
	}
	for _, owner := range []string{party, committee} {
		p := f.found("牌子", owner, "", outside)
		state(t, p, "hung")
		state(t, f.found("又一块", owner, "", outside), "illegal") // each of the two has one place
	}
	_, err := f.open("head.hehua", "request", &Request{Community: "hehua", Text: "居民委员会", Owner: committee, Spot: Spot{Position: outside, Reason: "换新"}})
	portaltest.Refused(t, err, "PZD3")
	state(t, f.found("卫生服务先进单位", department, "health", outside), "illegal")
}

func TestR40OtherBodiesHangAtTheirWindow(t *testing.T) {
	f := house(t)
	p := f.agreed(sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["library"]}))
	_, err := f.act(p, "head.hehua", "hang", &hangForm{At: outside})
	portaltest.Refused(t, err, "PZD6")
	p = f.must(f.act(p, "head.hehua", "hang", &hangForm{At: window}))
	state(t, p, "hung")
	if !f.Item(string(f.items["library"])).Did("system", "engage") {
		t.Error("the item's record was not asked")
	}
	for name, c := range map[string]struct {
		in    Spot
		field string
	}{
		"no window":            {Spot{Position: window}, "window"},
		"another community's":  {Spot{Position: window, Window: f.at["far"]}, "window"},
		"none such":            {Spot{Position: window, Window: "w9"}, "window"},
		"a window but outside": {Spot{Position: outside, Window: f.at["w1"]}, "window"},
		"no such item":         {Spot{Position: window, Window: f.at["w2"], Item: "nothing"}, "item"},
	} {
		if _, err := f.open("clerk.culture", "request", sign(c.in)); err == nil || len(fault.As(err).Fields) == 0 || fault.As(err).Fields[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	q := f.agreed(sign(Spot{Position: window, Window: f.at["closed"]}))
	_, err = f.act(q, "head.hehua", "hang", &hangForm{At: window})
	portaltest.Refused(t, err, "PZD7")
}

func TestR3ThePlaqueStandsOnItsItem(t *testing.T) {
	f := house(t)
	for id, line := range map[string]string{"left": "PZD4", "barred": "PZD5"} {
		_, err := f.open("clerk.culture", "request", sign(Spot{Position: window, Window: f.at["w1"], Item: f.items[id]}))
		portaltest.Refused(t, err, line)
	}
	f.must(f.open("clerk.culture", "request", sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["unasked"]}))) // R40 gives the window
	p := f.agreed(sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["waiting"]}))
	_, err := f.act(p, "head.hehua", "hang", &hangForm{At: window})
	portaltest.Refused(t, err, "PZD8")

	t.Run("R49 it goes when its item goes", func(t *testing.T) {
		p := f.agreed(sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["library"]}))
		p = f.must(f.act(p, "head.hehua", "hang", &hangForm{At: window}))
		id := string(f.items["library"])
		for _, community := range []string{"tielu", "hehua"} { // elsewhere nothing happens
			f.Withdraw(id, community)
			p = f.must(f.m.Engine.Cases().Get(f.ctx, p.ID))
			state(t, p, map[string]string{"tielu": "hung", "hehua": "to_remove"}[community])
		}
		if err := f.m.leave(f.ctx, lifecycle.News{ID: "again", Case: id}, "item", "hehua"); err != nil { // twice is once
			t.Fatal(err)
		}
		state(t, f.must(f.m.Engine.Cases().Get(f.ctx, p.ID)), "to_remove")
		state(t, f.must(f.act(p, "head.hehua", "remove", nil)), removed)
		again := f.agreed(sign(Spot{Position: window, Window: f.at["w1"], Item: f.items["unasked"]}))
		state(t, f.must(f.act(again, "head.hehua", "hang", &hangForm{At: window})), "hung") // the place is free again
	})
}

func TestR41TheCityAllowsMore(t *testing.T) {
	f := house(t)
	wide := setting.Defaults()
	wide["plaque.outside"], wide["plaque.inside"] = "3", "1"
	f.m.Engine.Settings = func() setting.Values { return wide }
	f.item("both", outside)
	f.item("inner", inside)
	in := Spot{Position: outside, Item: f.items["both"]}
	first, second := f.agreed(sign(in)), f.agreed(sign(in))
	state(t, f.must(f.act(first, "head.hehua", "hang", &hangForm{At: outside})), "hung")
	_, err := f.act(second, "head.hehua", "hang", &hangForm{At: outside})
	portaltest.Refused(t, err, "PZD3")
	state(t, f.found("居民委员会", committee, "", outside), "hung") // the two keep their places
	one := f.agreed(sign(Spot{Position: inside, Item: f.items["inner"]}))
	state(t, f.must(f.act(one, "head.hehua", "hang", &hangForm{At: inside})), "hung")
	_, err = f.open("clerk.culture", "request", sign(Spot{Position: inside, Item: f.items["inner"]}))
	portaltest.Refused(t, err, "PZD3")
}

// The store decides: however many committees' hands hang at once, one place
// takes one plaque.
func TestR41TwoAtOnce(t *testing.T) {
	f := house(t)
	const n = 8
	var ps []*Plaque
	for range n {
		ps = append(ps, f.agreed(sign(Spot{Position: window, Window: f.at["w1"]})))
	}
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i, p := range ps {
		wg.Go(func() { _, errs[i] = f.act(p, "head.hehua", "hang", &hangForm{At: window}) })
	}
	wg.Wait()
	hung := 0
	for _, err := range errs {
		if err == nil {
			hung++
			continue
		}
		if e := fault.As(err); e.Line != "PZD3" && e.Code != "plaque.unique_place" {
			t.Error(err)
		}
	}
	stands, err := f.m.Engine.Cases().Count(f.ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "hung"}}})
	if hung != 1 || stands != 1 || err != nil {
		t.Errorf("%d were told it hangs, %d hang, %v", hung, stands, err)
	}
}

func TestR42BothMustAgree(t *testing.T) {
	f := house(t)
	p := f.must(f.open("clerk.culture", "request", sign(Spot{Position: window, Window: f.at["w1"]})))
	_, err := f.act(p, "head.hehua", "hang", &hangForm{At: window})
	portaltest.Refused(t, err, "lifecycle.state")
	_, err = f.act(p, "clerk.culture", "agree_office", nil)
	portaltest.Refused(t, err, "policy.role")
	p = f.must(f.act(p, "office.a", "agree_office", nil))
	state(t, p, "agreed_office")
	p = f.must(f.act(p, "civil", "agree_civil", nil))
	state(t, p, "agreed")

	f.Person("both", appointed("civil_affairs", "office_staff")...)
	q := f.must(f.open("clerk.culture", "request", sign(Spot{Position: window, Window: f.at["w2"]})))
	f.must(f.act(q, "both", "agree_civil", nil))
	_, err = f.act(q, "both", "agree_office", nil)
	portaltest.Refused(t, err, "PZD10")
	q = f.must(f.act(q, "office.b", "decline", &whyForm{Why: "窗口已够用"}))
	state(t, q, "declined")

	r := f.must(f.act(f.must(f.act(p, "head.hehua", "hang", &hangForm{At: window})), "street.liuxi", "inspect", &inspectForm{Result: "ok"}))
	state(t, r, "inspected")
	_, err = f.act(r, "street.beitang", "inspect", &inspectForm{Result: "ok"})
	portaltest.Refused(t, err, "policy.role")
	state(t, f.must(f.act(r, "street.liuxi", "inspect", &inspectForm{Result: "remove", Note: "破损"})), "to_remove")
}

func TestNobodyAgreesToTheirOwnRequest(t *testing.T) {
	f := house(t)
	f.Person("double", append(appointed("office_staff"), policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "culture"})...)
	p := f.must(f.open("double", "request", sign(Spot{Position: window, Window: f.at["w1"]})))
	_, err := f.act(p, "double", "agree_office", nil)
	portaltest.Refused(t, err, "PZD9")
}

func TestFoundWithoutPermission(t *testing.T) {
	f := house(t)
	p := f.found("社区图书室", department, "culture", outside)
	state(t, p, illegal)
	_, err := f.act(p, "clerk.culture", "regularise", &Spot{Position: outside, Reason: "挂了多年"})
	portaltest.Refused(t, err, "PZD1")
	p = f.must(f.act(p, "clerk.culture", "regularise", &Spot{Position: window, Window: f.at["w1"], Reason: "改挂窗口"}))
	p = f.must(f.act(p, "civil", "decline", &whyForm{Why: "先说清用途"}))
	state(t, p, illegal) // it still hangs where it was
	if p.Position != outside || p.Window != "" || p.outcome() != illegal {
		t.Errorf("%+v", p)
	}
	p = f.must(f.act(p, "clerk.culture", "regularise", &Spot{Position: window, Window: f.at["w1"], Reason: "图书室窗口"}))
	f.must(f.act(p, "office.a", "agree_office", nil))
	f.must(f.act(p, "civil", "agree_civil", nil))
	p = f.must(f.act(p, "head.hehua", "hang", &hangForm{At: window}))
	state(t, p, "regularised")
	if p.outcome() != moved {
		t.Errorf("outcome %s", p.outcome())
	}
	_, err = f.open("staff.tielu", "find", &findForm{Community: "hehua", Text: "x", Owner: party, Position: outside})
	portaltest.Refused(t, err, "policy.role")
	if _, err = f.open("staff.hehua", "find", &findForm{Community: "hehua", Text: "x", Owner: party, Department: "fire", Position: outside}); !fault.Is(err, fault.Invalid) {
		t.Error(err)
	}
}

// TestR43CleanupBalances does everything that can be done to found plaques and
// counts after every act.
func TestR43CleanupBalances(t *testing.T) {
	f := house(t)
	check := func(when string, want Tally) {
		t.Helper()
		each, all, err := f.m.Cleanup(f.ctx, "liuxi")
		if err != nil || len(each) != 1 || !all.Balances() || !each[0].Balances() {
			t.Fatalf("%s: %+v %v", when, each, err)
		}
		if want.Community = "hehua"; each[0] != want {
			t.Errorf("%s: %+v, want %+v", when, each[0], want)
		}
		if n, err := f.m.Engine.Cases().Count(f.ctx, store.Query{Where: []store.Cond{onWall, {Field: "launch", Op: store.Eq, Value: "yes"}}}); err != nil || n != want.After() {
			t.Errorf("%s: %d hang, want %d", when, n, want.After())
		}
	}
	f.found("党组织", party, "", outside)
	f.found("居委会", committee, "", outside)
	a, b := f.found("先进单位", department, "health", outside), f.found("图书室", department, "culture", inside)
	f.found("示范点", department, "fire", outside)
	f.must(f.open("street.liuxi", "find", &findForm{Community: "hehua", Text: "后来发现的", Owner: department, Department: "fire", Position: outside})) // not of the launch
	check("found", Tally{Found: 5, Kept: 2, Illegal: 3})
	f.must(f.act(a, "office.a", "order_removal", &whyForm{Why: "R39"}))
	check("ordered", Tally{Found: 5, Kept: 2, Illegal: 3})
	f.must(f.act(a, "head.hehua", "remove", nil))
	check("removed", Tally{Found: 5, Removed: 1, Kept: 2, Illegal: 2})
	f.must(f.act(b, "clerk.culture", "regularise", &Spot{Position: window, Window: f.at["w1"], Reason: "改挂"}))
	f.must(f.act(b, "civil", "agree_civil", nil))
	f.must(f.act(b, "office.a", "agree_office", nil))
	check("agreed", Tally{Found: 5, Removed: 1, Kept: 2, Illegal: 2})
	f.must(f.act(b, "head.hehua", "hang", &hangForm{At: window}))
	check("moved", Tally{Found: 5, Removed: 1, Moved: 1, Kept: 2, Illegal: 1})
	for place, found := range map[string]int64{"": 5, portaltest.City: 5, portaltest.District: 5, "hehua": 5, "tielu": 0} {
		if _, all, err := f.m.Cleanup(f.ctx, place); err != nil || all.Found != found || !all.Balances() {
			t.Errorf("%q: %+v %v", place, all, err)
		}
	}
	if (Tally{Found: 3, Removed: 1, Kept: 1}).Balances() {
		t.Error("a plaque nobody accounts for does not balance")
	}
}

func TestWhoSees(t *testing.T) {
	f := house(t)
	asked := f.must(f.open("clerk.culture", "request", sign(Spot{Position: window, Window: f.at["w1"]})))
	hung := f.found("居委会", committee, "", outside)
	for who, sees := range map[string]bool{"": false, "clerk.fire": false, "clerk.culture": true, "staff.hehua": true, "staff.tielu": false, "street.liuxi": true, "civil": true, "office.b": true, "auditor": true} {
		if got := f.m.Engine.Sees(f.ctx, portaltest.As(who), asked); got != sees {
			t.Errorf("%s sees a request: %v", who, got)
		}
		if !f.m.Engine.Sees(f.ctx, portaltest.As(who), hung) {
			t.Errorf("%s does not see what hangs on the wall", who)
		}
	}
}

func TestPages(t *testing.T) {
	f := house(t)
	app := f.App()
	f.found("居委会", committee, "", outside)
	bad := f.found("先进单位", department, "culture", outside)
	get := func(who, path, body string, status int, has ...string) {
		t.Helper()
		got, page := f.Ask(app, who, path, body)
		if got != status {
			t.Errorf("%s %s: %d, want %d", who, path, got, status)
		}
		for _, x := range has {
			if !strings.Contains(page, x) {
				t.Errorf("%s %s lacks %q", who, path, x)
			}
		}
	}
	get("", "/plaques/cleanup", "", 200, "摸底 2 块 = 摘除 0 + 移到窗口 0 + 保留 1 + 仍擅自悬挂 1", "账是平的", "outcome=illegal", "R43")
	get("", "/api/v1/plaques/cleanup?place=hehua", "", 200, `"found":2`, `"balances":true`, `"after":2`)
	get("", "/api/v1/plaques/cleanup?place=tielu", "", 200, `"communities":[]`)
	get("", "/plaques/cleanup?place=nowhere", "", 422)
	get("staff.hehua", "/plaques?launch=yes&outcome=illegal", "", 200, "先进单位")
	get("staff.hehua", "/plaques/"+bad.ID, "", 200, "仍擅自悬挂", "R40")
	get("staff.hehua", "/plaques/new/find", "", 200, `value="hehua"`)
	get("street.liuxi", "/plaques/new/find", "", 200, `value="shuangqiao"`)
	get("clerk.culture", "/plaques/new/request", "community=hehua&text=%E5%9B%BE%E4%B9%A6%E5%AE%A4&owner=department&department=culture&position=outside&reason=%E7%95%99%E4%BD%8F", 403, "留住", "两块牌子", "请改为挂在服务窗口前", "R39")
	get("clerk.culture", "/api/v1/plaques", `{"community":"hehua","text":"图书室","owner":"department","department":"culture","position":"outside","reason":"x"}`, 403,
		`"rule":"R39"`, `"fact"`, `"remedy"`, `"line":"PZD1"`)
	get("clerk.culture", "/plaques/"+bad.ID+"/regularise", "position=window&reason=%E7%95%99%E4%BD%8F", 422, "留住", "请选挂在哪个窗口前")
	for act, status := range map[string]int{"order_removal": 200, "regularise": 403, "remove": 403} {
		get("office.a", "/plaques/"+bad.ID+"/"+act, "", status)
	}
}
