package people_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

func TestUserPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wang, li := h.user("wang", "dept_head", "", "fire"), h.user("li", "committee_staff", "hehua", "")
	h.must(portaltest.As(wang), wang, "delegate", &people.DelegateForm{To: li, Roles: []string{"dept_head"}, Until: schema.Date(inDays(h, 3)), Reason: "年假"})
	h.must(admin, wang, "appoint", &people.AppointForm{Role: "auditor", Place: portaltest.City, From: schema.Date(inDays(h, 5))})
	app := h.App()
	contains := func(who, path string, wants ...string) {
		t.Helper()
		status, page := h.Ask(app, who, path, "")
		for _, want := range wants {
			if status != 200 || !strings.Contains(page, want) {
				t.Errorf("%s for %s: status %d, lacks %q", path, who, status, want)
			}
		}
	}
	contains("admin", "/users/"+wang, "部门负责人（fire）", "审计人员（yunting）", "未开始", "有效", "年假", "2026年3月12日", "/users/"+wang+"/suspend")
	contains("admin", "/users/"+wang+"/dismiss", `value="1"`, `value="2"`)
	contains("admin", "/users/"+wang+"/revoke_delegation", "li：部门负责人，到 2026年3月12日")
	contains(wang, "/users/"+wang+"/revoke_delegation", `value="1"`)
	contains(wang, "/users/"+wang+"/delegate", "部门经办人", "部门负责人", `value="2026-03-09"`)
	if status, _ := h.Ask(app, li, "/users/"+wang, ""); status != 404 {
		t.Errorf("a colleague sees the account: %d", status)
	}
	if status, _ := h.Ask(app, "admin", "/users/"+wang+"/amend", "name=%E7%8E%8B%E5%BC%BA&post=%E5%B1%80%E9%95%BF"); status != 303 {
		t.Errorf("amend: %d", status)
	}
	contains("auditor", "/users", "王强", "局长")
	contains("auditor", "/api/v1/users/"+wang, `"login":"wang"`, `"appointments"`)
	if status, _ := h.Ask(app, "admin", "/users/"+wang+"/revoke_delegation", "n=1"); status != 303 {
		t.Errorf("an administrator ends a stand-in: %d", status)
	}
	contains("admin", "/users/"+wang, "已结束")
}

// What is wrong with a place is shown at its own field of the setup page.
func TestSetupNamesTheFieldOfThePlace(t *testing.T) {
	t.Parallel()
	for field, prepare := range map[string]func(*house, url.Values){
		"city_code": func(h *house, v url.Values) { // once closed, a code is never used again
			h.found("yunting", "city", "")
			if _, err := h.city.Areas.Engine.Act(ctx, admin, "yunting", "close", nil, once); err != nil {
				t.Fatal(err)
			}
		},
		"district_code": func(_ *house, v url.Values) { v.Set("district_code", v.Get("city_code")) },
	} {
		h := furnish(t, portaltest.New(t))
		v := setupForm(h, "chief")
		prepare(h, v)
		b := h.browser()
		if page := b.send("POST", "/setup", v.Encode()); b.status != 409 || !strings.Contains(page, `href="#setup-`+field+`"`) {
			t.Errorf("%s: status %d", field, b.status)
		}
	}
}

func TestSessionsAreForgotten(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	count := func() int64 {
		rows, err := h.Store.Count(ctx, "sessions", store.Query{Where: []store.Cond{{Field: "person", Op: store.Eq, Value: id}}})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	var last *browser
	for range 110 {
		h.Pass(time.Second) // the oldest go, and of one moment none is older
		last = h.browser().signIn("li", password)
	}
	if n := count(); n > 101 || last.who() != "li" {
		t.Errorf("%d sessions are kept", n)
	}
	h.Pass(8 * 24 * time.Hour)
	h.browser().signIn("li", password)
	if n := count(); n != 1 {
		t.Errorf("%d sessions are kept after a week", n)
	}
}

// The first administrator of a restarted portal must not be able to leave.
func TestRosterIsMended(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	a, b := h.user("one", "admin", portaltest.City, ""), h.user("two", "admin", portaltest.City, "")
	row, err := h.Store.Get(ctx, "rosters", "admins")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Delete(ctx, "rosters", "admins", row.Revision); err != nil {
		t.Fatal(err)
	}
	if err := h.LoadAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.must(portaltest.As(a), b, "leave", &people.LeaveForm{Vacant: true})
	portaltest.Refused(t, h.act(portaltest.As(a), a, "leave", &people.LeaveForm{Vacant: true}), "RYD3")
}
