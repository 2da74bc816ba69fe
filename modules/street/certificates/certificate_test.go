package certificates

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	m   *Certificates
	t   *testing.T
	ctx context.Context
}

func house(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m, err := New(context.Background(), h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{h, m, t, context.Background()}
}

func (f fixture) seed() {
	f.t.Helper()
	if err := f.m.Seed(f.ctx, portaltest.As("office.a"), portaltest.As("office.head")); err != nil {
		f.t.Fatal(err)
	}
}

func TestR31TheFirstList(t *testing.T) {
	f := house(t)
	f.seed()
	f.seed() // again changes nothing
	for list, want := range map[string]int{on: 22, excluded: 20} {
		cs, err := f.m.inForce(f.ctx, list)
		if err != nil || len(cs) != want {
			t.Errorf("%s: %d %v", list, len(cs), err)
		}
		for _, c := range cs {
			for _, l := range []web.Lang{web.Simplified, web.Traditional, web.English} {
				if c.name(l) == "" || c.bring(l) == "" || (c.issuer(l) == "") != (list == on) {
					t.Errorf("%s in %s: %q %q %q", c.Code, l, c.name(l), c.issuer(l), c.bring(l))
				}
			}
			if c.name(web.English) == c.Name || c.bring(web.English) == c.Bring || list == excluded && c.issuer(web.English) == c.Issuer {
				t.Errorf("%s has no English words", c.Code)
			}
			if !c.Unverified || c.Basis == "" {
				t.Errorf("%s: a basis from general knowledge says so", c.Code)
			}
		}
	}
}

func TestFourEyes(t *testing.T) {
	f := house(t)
	w := &Wording{List: excluded, Code: "B90", Name: "养犬", Basis: "x"}
	open := func(w *Wording) (*Certificate, error) {
		return f.m.Engine.Open(f.ctx, portaltest.As("office.a"), "draft", w, lifecycle.Opts{})
	}
	if _, err := open(w); !fault.Is(err, fault.Invalid) {
		t.Errorf("R31 where to go instead: %v", err)
	}
	w.Issuer = "公安派出所"
	publish := func(by string) error {
		c, err := open(w)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.m.Engine.Act(f.ctx, portaltest.As(by), c.ID, "publish", nil, lifecycle.Opts{})
		return err
	}
	portaltest.Refused(t, publish("office.a"), "ZMD1")
	portaltest.Refused(t, publish("staff.hehua"), "not_found") // a draft is the office's own
	if err := publish("office.b"); err != nil {
		t.Error(err)
	}
	portaltest.Refused(t, publish("office.b"), "certificate.unique_slot")
}

func TestPages(t *testing.T) {
	f := house(t)
	f.seed()
	app := f.App()
	get := func(who, path, body string, status int, has ...string) string {
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
		return page
	}
	if page := get("", "/certificates", "", 200, "盖什么章、不盖什么章", "我们盖这些", "我们不盖这些", "亲属关系", "公安派出所", "data-print"); strings.Contains(page, "/new/draft") {
		t.Error("a stranger is offered to draft")
	}
	get("office.a", "/certificates", "", 200, "/certificates/new/draft")
	get("office.a", "/certificates?state=in_force", "", 200, "ZM-2026-00042")
	get("", "/api/v1/certificates?list=excluded&limit=100", "", 200, "B20")
	out, err := f.m.inForce(f.ctx, excluded)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := f.m.inForce(f.ctx, on)
	if err != nil {
		t.Fatal(err)
	}
	at := "/certificates/" + out[0].ID
	get("staff.hehua", at, "", 200, at+"/decline_slip", "依据待核实", "R31")
	get("staff.hehua", at+"/decline_slip", "", 200, "不予盖章告知单", "hehua居民委员会", "亲属关系", "公证处", "R31", out[0].No)
	get("", at+"/decline_slip", "", 404) // printed by committees, in their own name
	get("staff.hehua", "/certificates/"+kept[0].ID+"/decline_slip", "", 404)
	get("office.a", "/certificates/new/draft", "list=excluded&code=B91&name=%E7%95%99%E4%BD%8F&basis=x", 422, "留住", "请写明去哪里办")
	get("staff.hehua", "/api/v1/certificates", `{"list":"on","code":"K90","name":"x","basis":"x"}`, 403, `"remedy"`)
}
