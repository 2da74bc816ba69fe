package directory_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

var (
	ctx   = context.Background()
	admin = portaltest.As("admin")
	once  = lifecycle.Opts{}
)

// area is a place to be founded, under a name in simplified script.
func area(code, level, parent, name string) directory.AreaForm {
	in := directory.AreaForm{Code: code, Level: level, Parent: parent}
	in.Hans = name
	return in
}

// department is one to be founded.
func department(code, level, place, name string) directory.DepartmentForm {
	in := directory.DepartmentForm{Code: code, Level: level, Place: place, Kind: "functional"}
	in.Hans = name
	return in
}

// city is a portal with Yunting City founded through the acts.
func city(t *testing.T) (*portaltest.Portal, *directory.Directory) {
	t.Helper()
	h := portaltest.New(t)
	d := portaltest.Must(directory.New(ctx, h.Portal))
	yunting, liuxi, hehua := area("yunting", "city", "", "云汀市"), area("liuxi", "street", "jiangxin", "柳溪街道"), area("hehua", "community", "liuxi", "荷花社区")
	yunting.Hant, yunting.En, liuxi.En, hehua.Hant, hehua.En = "雲汀市", "Yunting City", "Liuxi Street", "荷花社區", "Hehua"
	hehua.Households, hehua.Phone, hehua.Hours, hehua.TermUntil = 2140, "000-8101", "8:30-17:30", "2027-06-30"
	yinxing, guangming := area("yinxing", "community", "liuxi", "银杏社区"), area("guangming", "community", "beitang", "光明社区")
	yinxing.Households, guangming.Households = 1320, 2780
	for _, a := range []directory.AreaForm{yunting, area("jiangxin", "district", "yunting", "江心区"), liuxi, area("beitang", "street", "jiangxin", "北塘街道"), hehua, yinxing, guangming} {
		portaltest.CasesOf(t, d.Areas).Do(nil, "admin", "found", &a)
	}
	statistics := department("statistics", "city", "yunting", "市统计局")
	statistics.En, statistics.Channel = "City Statistics", "fire"
	for _, x := range []directory.DepartmentForm{department("fire", "district", "jiangxin", "区消防救援局"), statistics} {
		portaltest.CasesOf(t, d.Departments).Do(nil, "admin", "found", &x)
	}
	return h, d
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	_, d := city(t)
	if got := d.Communities("jiangxin"); !slices.Equal(got, []string{"guangming", "hehua", "yinxing"}) {
		t.Errorf("communities of the district: %v", got)
	}
	if got := d.Communities("hehua"); !slices.Equal(got, []string{"hehua"}) {
		t.Errorf("communities of a community: %v", got)
	}
	if got := d.Communities("nowhere"); got != nil {
		t.Errorf("communities of nowhere: %v", got)
	}
	for place, want := range map[string]int64{"hehua": 2140, "liuxi": 3460, "yunting": 6240, "nowhere": 0} {
		if got := d.Households(place); got != want {
			t.Errorf("households of %s: %d, want %d", place, got, want)
		}
	}
	if d.Level("liuxi") != "street" || d.Level("nowhere") != "" || d.Street("hehua") != "liuxi" || d.Street("liuxi") != "" {
		t.Error("levels and streets are wrong")
	}
	if !slices.Equal(d.Districts(), []string{"jiangxin"}) || !slices.Equal([]string{d.Top()}, []string{"yunting"}) {
		t.Errorf("districts %v, cities %v", d.Districts(), []string{d.Top()})
	}
	x, ok := d.Department("statistics")
	if x.Level != "city" || x.Channel != "fire" || x.Place != "yunting" || !ok {
		t.Errorf("statistics: %+v %v", x, ok)
	}
	if _, ok := d.Department("nobody"); ok {
		t.Error("an unknown department is there")
	}
}

func TestWrongInput(t *testing.T) {
	t.Parallel()
	_, d := city(t)
	found := func(f func(*directory.AreaForm)) error {
		in := area("songtao", "community", "beitang", "松涛社区")
		f(&in)
		_, err := d.Areas.Engine.Open(ctx, admin, "found", &in, once)
		return err
	}
	dep := func(f func(*directory.DepartmentForm)) error {
		in := department("health", "district", "jiangxin", "卫健局")
		f(&in)
		_, err := d.Departments.Engine.Open(ctx, admin, "found", &in, once)
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"capital":             {found(func(a *directory.AreaForm) { a.Code = "Songtao" }), "code:fault.area.bad_code"},
		"one letter":          {found(func(a *directory.AreaForm) { a.Code = "s" }), "code:fault.area.bad_code"},
		"figure first":        {found(func(a *directory.AreaForm) { a.Code = "1st" }), "code:fault.area.bad_code"},
		"taken":               {found(func(a *directory.AreaForm) { a.Code = "hehua" }), "code:fault.area.unique_id"},
		"no parent":           {found(func(a *directory.AreaForm) { a.Parent = "" }), "parent:fault.area.bad_parent"},
		"unknown parent":      {found(func(a *directory.AreaForm) { a.Parent = "nowhere" }), "parent:fault.area.bad_parent"},
		"two levels above":    {found(func(a *directory.AreaForm) { a.Parent = "jiangxin" }), "parent:fault.area.bad_parent"},
		"city in something":   {found(func(a *directory.AreaForm) { a.Level = "city" }), "parent:fault.area.city_has_none"},
		"place of level":      {dep(func(x *directory.DepartmentForm) { x.Place = "liuxi" }), "place:fault.department.bad_place"},
		"R12 only a city":     {dep(func(x *directory.DepartmentForm) { x.Channel = "fire" }), "channel:fault.department.needs_no_channel"},
		"R12 not the city's":  {dep(func(x *directory.DepartmentForm) { x.Level, x.Place, x.Channel = "city", "yunting", "statistics" }), "channel:fault.department.bad_channel"},
		"R12 unknown channel": {dep(func(x *directory.DepartmentForm) { x.Level, x.Place, x.Channel = "city", "yunting", "x" }), "channel:fault.department.bad_channel"},
		"department taken":    {dep(func(x *directory.DepartmentForm) { x.Code = "fire" }), "code:fault.department.unique_id"},
	} {
		t.Run(name, func(t *testing.T) {
			e := fault.As(c.err)
			if len(e.Fields) == 0 || e.Fields[0].Name+":"+e.Fields[0].Code != c.want {
				t.Fatalf("got %v, want %s", c.err, c.want)
			}
			if taken := strings.HasSuffix(c.want, "unique_id"); taken != (e.Kind == fault.Conflict) {
				t.Errorf("kind %v", e.Kind)
			}
			if !web.Known(e.Fields[0].Code) {
				t.Errorf("%s has no words", e.Fields[0].Code)
			}
		})
	}
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	_, d := city(t)
	for _, who := range []string{"office.head", "head.fire", "auditor", "head.hehua", ""} {
		in := area("xx", "city", "", "x")
		if _, err := d.Areas.Engine.Open(ctx, portaltest.As(who), "found", &in, once); err == nil {
			t.Errorf("%q founded a city", who)
		}
		if _, err := d.Areas.Engine.Act(ctx, portaltest.As(who), "hehua", "amend", &directory.AreaDetails{Script: directory.Script{Hans: "x"}}, once); err == nil {
			t.Errorf("%q renamed a community", who)
		}
		if _, err := d.Areas.Engine.Get(ctx, portaltest.As(who), "hehua"); err != nil {
			t.Errorf("%q does not see a community: %v", who, err)
		}
		if _, err := d.Departments.Engine.Get(ctx, portaltest.As(who), "fire"); err != nil {
			t.Errorf("%q does not see a department: %v", who, err)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	h, d := city(t)
	_, err := d.Areas.Engine.Act(ctx, admin, "liuxi", "close", nil, once)
	portaltest.Refused(t, err, "DQD1")
	_, err = d.Departments.Engine.Act(ctx, admin, "fire", "close", nil, once)
	portaltest.Refused(t, err, "BMD1")
	portaltest.Refused(t, err, "R12")
	if _, err := d.Areas.Engine.Act(ctx, admin, "yinxing", "close", nil, once); err != nil {
		t.Fatal(err)
	}
	if got := d.Communities("liuxi"); !slices.Equal(got, []string{"hehua"}) {
		t.Errorf("a closed community is still offered: %v", got)
	}
	if d.Households("liuxi") != 2140 {
		t.Error("a closed community still counts")
	}
	if h.Names.Place(web.Simplified, "yinxing") != "银杏社区" || len(h.Index.Chain("yinxing")) != 4 {
		t.Error("a closed community lost its name or its place, which old cases need")
	}
	again := area("yinxing", "community", "liuxi", "新")
	if _, err := d.Areas.Engine.Open(ctx, admin, "found", &again, once); err == nil {
		t.Error("the code of a closed community was used again")
	}
}

// A new process must know what an earlier one saved.
func TestLoad(t *testing.T) {
	t.Parallel()
	h, _ := city(t)
	fresh := portaltest.New(t)
	fresh.Portal.Store = h.Portal.Store
	fresh.Portal.Bus = lifecycle.NewBus(nil)
	d, err := directory.New(ctx, fresh.Portal)
	if err != nil {
		t.Fatal(err)
	}
	if d.Level("hehua") != "" {
		t.Fatal("knows the city before it was loaded")
	}
	if err := fresh.LoadAll(ctx); err != nil {
		t.Fatal(err)
	}
	if d.Households("yunting") != 6240 || fresh.Names.Place(web.English, "hehua") != "Hehua" || !fresh.Names.Known("department", "fire") {
		t.Error("not everything was read")
	}
	if got := fresh.Index.Chain("hehua"); !slices.Equal(got, []string{"hehua", "liuxi", "jiangxin", "yunting"}) {
		t.Errorf("chain %v", got)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	h, _ := city(t)
	os, err := h.Options(ctx, portal.Visitor{Lang: web.English}, "communities", "streets", "areas", "departments", "departments_district")
	if err != nil {
		t.Fatal(err)
	}
	if c := os["communities"]; len(c) != 3 || c[1] != (web.Option{Value: "hehua", Text: "Hehua", Group: "Liuxi Street"}) {
		t.Errorf("communities %v", c)
	}
	if len(os["streets"]) != 2 || len(os["areas"]) != 7 || len(os["departments"]) != 2 || len(os["departments_district"]) != 1 {
		t.Errorf("%v", os)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	h, _ := city(t)
	app := h.App()
	status, page := h.Ask(app, "", "/areas/hehua", "")
	for _, want := range []string{"荷花社区", `href="/areas/liuxi"`, "柳溪街道", "2140", "000-8101", "8:30-17:30"} {
		if status != 200 || !strings.Contains(page, want) {
			t.Errorf("status %d, the community's page lacks %q", status, want)
		}
	}
	if strings.Contains(page, "/areas/hehua/amend") {
		t.Error("a stranger is offered to change a place")
	}
	if status, page := h.Ask(app, "", "/api/v1/areas?place=liuxi&level=community", ""); status != 200 || !strings.Contains(page, `"hehua"`) || strings.Contains(page, "guangming") {
		t.Errorf("communities of a street: %d %s", status, page)
	}
	if status, page := h.Ask(app, "", "/departments/statistics", ""); status != 200 || !strings.Contains(page, `href="/departments/fire"`) {
		t.Errorf("R12: the bureau's page does not name its channel: %d", status)
	}
	status, page = h.Ask(app, "admin", "/areas/new/found", "code=hehua&level=community&parent=liuxi&name_hans=%E6%96%B0%E7%A4%BE%E5%8C%BA")
	if status != 409 || !strings.Contains(page, "新社区") || !strings.Contains(page, "这个代码已经用过") {
		t.Errorf("a taken code: %d", status)
	}
	status, page = h.Ask(app, "admin", "/api/v1/areas", `{"code":"Bad","level":"community","parent":"liuxi","name_hans":"x"}`)
	if status != 422 || !strings.Contains(page, `"name":"code"`) {
		t.Errorf("a bad code: %d %s", status, page)
	}
}
