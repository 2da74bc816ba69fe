package people_test

import (
	"net/url"
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

func setupForm(h *house, login string) url.Values {
	return url.Values{"code": {h.p.SetupCode()}, "city_code": {"yunting"}, "city_name_hans": {"云汀市"}, "district_code": {"jiangxin"},
		"district_name_hans": {"江心区"}, "name": {"首任管理员"}, "login": {login}, "new_password": {password}}
}

func TestSetup(t *testing.T) {
	t.Parallel()
	h := furnish(t, portaltest.New(t))
	b := h.browser()
	for _, path := range []string{"/", "/me", "/users", "/signin"} {
		if b.get(path); b.status != 303 || b.where != "/setup" {
			t.Errorf("%s before the setup: %d %q", path, b.status, b.where)
		}
	}
	if got := b.get("/api/v1/me"); b.status != 409 || !strings.Contains(got, "people.setup_first") {
		t.Errorf("the API before the setup: %d %s", b.status, got)
	}
	if page := b.get("/setup"); b.status != 200 || !strings.Contains(page, `name="city_code"`) || strings.Contains(page, h.p.SetupCode()) {
		t.Errorf("the page: %d", b.status)
	}
	for name, c := range map[string]struct{ field, value string }{
		"wrong code": {"code", "AAAAAAAAAAAA"}, "no code": {"code", ""}, "bad login": {"login", "A"}, "common password": {"new_password", "password1234"},
		"bad city": {"city_code", "Y"}, "bad district": {"district_code", "江"},
	} {
		v := setupForm(h, "chief")
		v.Set(c.field, c.value)
		if page := b.send("POST", "/setup", v.Encode()); b.status != 422 || !strings.Contains(page, "云汀市") {
			t.Errorf("%s: %d", name, b.status)
		}
		if h.city.Top() != "" || h.p.SetupCode() == "" {
			t.Fatalf("%s founded something", name)
		}
	}
	full := furnish(t, portaltest.New(t))
	for range 31 {
		v := setupForm(full, "chief")
		v.Set("code", "AAAAAAAAAAAA")
		full.browser().send("POST", "/setup", v.Encode())
	}
	if x := full.browser(); x.send("POST", "/setup", setupForm(full, "chief").Encode()) == "" || x.status != 429 {
		t.Errorf("after thirty wrong codes: %d", x.status)
	}
	v := setupForm(h, "chief")
	if b.send("POST", "/setup", v.Encode()); b.status != 303 || b.where != "/" {
		t.Fatalf("set up: %d %q", b.status, b.where)
	}
	if b.who() != "chief" || h.city.Level("yunting") != "city" || h.city.Level("jiangxin") != "district" || h.p.SetupCode() != "" {
		t.Error("not everything was made")
	}
	if b.get("/users"); b.status != 200 {
		t.Errorf("the administrator's list: %d", b.status)
	}
	if b.get("/setup"); b.status != 404 {
		t.Errorf("the setup is still open: %d", b.status)
	}
	if x := h.browser(); x.send("POST", "/setup", v.Encode()) == "" || x.status != 404 {
		t.Errorf("the setup can be repeated: %d", x.status)
	}
}

// A crash after the city was founded must not keep the city without an administrator.
func TestSetupAfterACrash(t *testing.T) {
	t.Parallel()
	h := newHouse(t) // city and district are there, no user
	b := h.browser()
	if b.send("POST", "/setup", setupForm(h, "chief").Encode()); b.status != 303 || b.who() != "chief" {
		t.Errorf("%d, signed in as %q", b.status, b.who())
	}
}

func TestSetupRace(t *testing.T) {
	t.Parallel()
	first := newHouse(t)
	other := portaltest.New(t)
	other.Portal.Store = first.Portal.Portal.Store // two processes at one store
	hs := []*house{first, furnish(t, first.Portal), furnish(t, other)}
	for _, h := range hs[1:] {
		if err := h.LoadAll(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	done := make([]bool, len(hs))
	for i, h := range hs {
		wg.Go(func() {
			b := h.browser()
			b.send("POST", "/setup", setupForm(h, "chief"+string(rune('a'+i))).Encode())
			done[i] = b.status == 303
		})
	}
	wg.Wait()
	won := 0
	for _, d := range done {
		if d {
			won++
		}
	}
	n, err := hs[0].p.Users.Engine.Cases().Count(ctx, store.Query{})
	if err != nil || n != 1 || won != 1 {
		t.Errorf("%d users, %d winners, %v", n, won, err)
	}
	var left []*people.User
	if err := hs[0].p.Users.Engine.Cases().Each(ctx, nil, func(u *people.User) error { left = append(left, u); return nil }); err != nil || left[0].Appointments[0].Role != "admin" {
		t.Errorf("%v %v", left, err)
	}
}

// Another process at the same store registers its administrator while this one
// founds the city: it was faster, and that is what the slower one is told.
func TestSetupSlower(t *testing.T) {
	t.Parallel()
	h := furnish(t, portaltest.New(t))
	register := sync.OnceFunc(func() {
		in := &people.RegisterForm{Login: "faster", Name: "另一台", Password: password, Role: "admin", Place: portaltest.City}
		if _, err := h.p.Users.Engine.Open(ctx, lifecycle.System, "register", in, lifecycle.Opts{Key: "setup"}); err != nil {
			t.Error(err)
		}
	})
	h.city.Areas.Engine.Cases().OnSave(func(*directory.Area) { register() })
	b := h.browser()
	if page := b.send("POST", "/setup", setupForm(h, "slower").Encode()); b.status != 409 || !strings.Contains(page, "门户已经设置完毕") || b.who() != "" {
		t.Errorf("%d, signed in as %q", b.status, b.who())
	}
	if n, err := h.p.Users.Engine.Cases().Count(ctx, store.Query{}); n != 1 || err != nil {
		t.Errorf("%d users, %v", n, err)
	}
}
