package items

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

func TestPages(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	f.Routes(app)
	get := func(who, path string, code int, wants ...string) {
		t.Helper()
		got, body := f.Ask(app, who, path, "")
		if got != code {
			t.Fatalf("%s as %q: %d, want %d: %s", path, who, got, code, body)
		}
		for _, w := range wants {
			if !strings.Contains(body, w) {
				t.Errorf("%s as %q lacks %q", path, who, w)
			}
		}
	}
	it := f.pay(f.open(), "hehua", 1, "claimed")

	// Open government: everybody sees what was let in, and how far its money is.
	get("", "/items", 200, it.No, "消防安全入户排查", "待生效")
	get("", "/items?place=hehua", 200, it.No)
	get("", "/items?place=yinxing&state=active", 200, "empty")
	get("", "/items/"+it.ID, 200, "hehua", "部门说已拨付", "门未开", "¥1,000.00", "/applications/a1")
	get("head.hehua", "/items", 200, "/gate/due?community=hehua")

	// A button that cannot be used says why; the API says the same.
	get("head.hehua", "/items/"+it.ID, 200, "暂不能办")
	code, body := f.Ask(app, "head.hehua", "/api/v1/items/"+it.ID+"/confirm", `{"community":"hehua","powers_in":true}`)
	for _, w := range []string{`"line":"ITD4"`, `"rule":"R37"`, `"fact":"部门说已拨付，但还没有确认到账"`, `"remedy"`} {
		if code != 403 || !strings.Contains(body, w) {
			t.Errorf("claimed is not confirmed: %d %s lacks %s", code, body, w)
		}
	}
	get("head.hehua", "/items/"+it.ID+"/confirm", 200, "hehua", "门未开")
	code, body = f.Ask(app, "office.a", "/items/"+it.ID+"/suspend", "community=yinxing&reason=%E7%95%99%E4%BD%8F%E6%88%91")
	if code != 422 || !strings.Contains(body, "留住我") || !strings.Contains(body, "本事项不在这个社区") {
		t.Errorf("%d: typing is lost or the error has no field: %s", code, body)
	}
	get("clerk.fire", "/items/new/call_duty", 200, "清单条目", "2026-03-09")
	if code, _ := f.Ask(app, "clerk.fire", "/api/v1/items/"+it.ID+"/credit", `{"community":"hehua","instalment":1,"state":"confirmed"}`); code != 403 {
		t.Errorf("R37: a clerk credits: %d", code)
	}
}

func TestGate(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	f.Routes(app)
	ask := func(path string) (int, string) { return f.Ask(app, "", "/api/v1/gate?"+path, "") }
	verdict := func(want, path string, more ...string) {
		t.Helper()
		code, body := ask(path)
		for _, w := range append(more, `"verdict":"`+want+`"`) {
			if code != 200 || !strings.Contains(body, w) {
				t.Fatalf("%s: %d %s lacks %s", path, code, body, w)
			}
		}
	}
	const fire = "community=hehua&department=fire"
	verdict(notAdmitted, fire, `ground=not_admitted`, `"rule":"R7"`)
	it := f.open()
	verdict(notAdmitted, fire, `"pending":[{`, `ground=no_money`, `"rule":"R6"`, it.ID)
	for _, c := range it.Communities {
		f.pay(it, c, 1, "confirmed")
		it = f.do(it, "head."+c, "confirm", &confirmForm{Community: c, PowersIn: true})
	}
	verdict(admitted, fire, it.No)
	verdict(admitted, fire+"&kinds=task")
	verdict(notAdmitted, fire+"&kinds=task,survey")
	verdict(notAdmitted, "community=hehua&department=health")
	verdict(notAdmitted, "community=yinxing&department=fire")
	f.do(it, "office.a", "suspend", &stopForm{Community: "hehua", Reason: "核查"})
	verdict(suspended, fire, `"rule":"R6"`)
	verdict(admitted, "community=guangming&department=fire")
	for _, q := range []string{"", "community=hehua", "community=nowhere&department=fire", fire + "&kinds=party"} {
		if code, body := ask(q); code != 422 || !strings.Contains(body, `"fields"`) {
			t.Errorf("%q: %d %s", q, code, body)
		}
	}
	for q, want := range map[string]string{"": "能不能进", fire: "现在不行", "community=guangming&department=fire": "可以：已经准入", "community=yinxing&department=fire&kind=task": "/refusals/new?"} {
		if code, body := f.Ask(app, "", "/gate?"+q, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("/gate?%s: %d lacks %s", q, code, want)
		}
	}
	f.Pass(at("2027-03-01").Add(-time.Second).Sub(f.Portal.Now()))
	verdict(admitted, "community=guangming&department=fire")
	f.Portal.Pass(2 * time.Second) // the clock is asked, not a job
	verdict(notAdmitted, "community=guangming&department=fire")
	if _, err := f.Resource.Engine.Get(f.ctx, portaltest.As(""), it.ID); err != nil {
		t.Error("an ended item stays public:", err)
	}
}

func TestDue(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	f.Routes(app)
	due := func(want ...string) {
		t.Helper()
		for _, path := range []string{"/api/v1/gate/due?community=hehua", "/gate/due?community=hehua"} {
			code, body := f.Ask(app, "", path, "")
			for _, w := range want {
				no := strings.TrimPrefix(w, "!")
				if code != 200 || strings.Contains(body, no) == (no != w) {
					t.Errorf("%s: %d, want %s", path, code, w)
				}
			}
		}
	}
	it := f.open()
	due("!" + it.No) // what is not confirmed is not due
	it = f.running(func(g *Grant) { g.Application = "a2" })
	due(it.No, "12")
	it = f.do(it, "system", "rectify", &holdNews{By: "z1"}) // it goes on while it is rectified
	due(it.No)
	home, err := f.home(f.ctx, portal.Visitor{Actor: portaltest.As("staff.hehua"), Lang: web.English})
	if err != nil || !strings.Contains(string(home), "<b>12</b>") {
		t.Errorf("start page: %s %v", home, err)
	}
	if home, err = f.home(f.ctx, portal.Visitor{Actor: portaltest.As("clerk.fire")}); err != nil || home != "" {
		t.Errorf("a department's start page: %s %v", home, err)
	}
	f.do(it, "system", "suspend_part", &holdNews{Communities: []string{"hehua"}, By: "j1"})
	due("!" + it.No)
	if code, _ := f.Ask(app, "", "/api/v1/gate/due?community=nowhere", ""); code != 422 {
		t.Errorf("nowhere: %d", code)
	}
}

// What the assistance list asks of a community is agreed on each year; where it
// is not, the item's page and the community's list say so.
func TestR32AMissingAgreementIsSaid(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	f.Routes(app)
	it, err := f.Resource.Engine.Open(f.ctx, portaltest.As("clerk.fire"), "call_duty", &dutyForm{Department: "fire", Entry: "XZ-01", Communities: []string{"hehua", "guangming"},
		Asked: "x", Start: "2026-03-09", End: "2026-12-31"}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	state := map[string]Agreed{"hehua": {ID: "a1", No: "XY-1", State: "due", Late: true}, "guangming": {ID: "a2", No: "XY-2", State: "signed"}}
	f.Items.Agreed = func(_ context.Context, entries, communities []string, _ time.Time) (out []Agreed, _ error) {
		for _, c := range communities {
			a := state[c]
			a.Entry, a.Community = entries[0], c
			out = append(out, a)
		}
		return out, nil
	}
	for path, wants := range map[string][]string{"/items/" + it.ID: {"R32", "逾期未签", "已签订", "/agreements/a2"},
		"/gate/due?community=hehua": {"逾期未签"}, "/api/v1/gate/due?community=guangming": {`"agreement":"signed"`}, "/api/v1/gate/due?community=hehua": {`"agreement":"due"`}} {
		code, body := f.Ask(app, "", path, "")
		for _, want := range wants {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d lacks %s", path, code, want)
			}
		}
	}
	for _, path := range []string{"/items/" + it.ID, "/gate/due?community=hehua"} { // one that is not signed is for those who may see it
		if _, body := f.Ask(app, "", path, ""); strings.Contains(body, "/agreements/a1") {
			t.Errorf("%s leads strangers to an agreement", path)
		}
	}
	state["hehua"] = Agreed{}
	if _, body := f.Ask(app, "", "/gate/due?community=hehua", ""); !strings.Contains(body, "本年度协议未签") {
		t.Error("no case at all, and nobody says so")
	}
}

// A function that moves takes its staff along; the committee's word that they
// have come opens it there, and without it the work stays pending.
func TestR8StaffArrivesBeforeTheWorkStarts(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.open(func(g *Grant) { g.Staff = "每社区一名专职人员" })
	f.pay(it, "hehua", 1, "confirmed")
	portaltest.Refused(t, f.try(it, "head.hehua", "confirm", &confirmForm{Community: "hehua", PowersIn: true}), "ITD10")
	if f.again(it).part("hehua").State != pending {
		t.Error("active without its staff")
	}
	it = f.do(it, "head.hehua", "confirm", &confirmForm{Community: "hehua", PowersIn: true, StaffIn: true})
	if p := it.part("hehua"); p.State != active || !p.StaffIn {
		t.Errorf("%+v", p)
	}
	if staff, in, err := f.Items.Staff(f.ctx, it.ID, "hehua"); err != nil || !in || staff == "" {
		t.Errorf("%q %v %v", staff, in, err)
	}
	app := f.App()
	for path, want := range map[string]string{"/items/" + it.ID: "未到岗", "/items/" + it.ID + "/confirm": "每社区一名专职人员"} {
		if code, body := f.Ask(app, "head.guangming", path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d lacks %s", path, code, want)
		}
	}
	plain := f.running(func(g *Grant) { g.Application = "a2" })
	if plain.part("hehua").StaffIn {
		t.Error("staff confirmed that nobody promised")
	}
}
