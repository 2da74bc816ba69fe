package people_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

// oneTime makes a link for somebody and gives its path.
func (h *house) oneTime(t *testing.T, id string) string {
	t.Helper()
	if _, err := h.p.Users.Engine.Act(ctx, admin, id, "send_link", nil, lifecycle.Opts{}); err != nil {
		t.Fatal(err)
	}
	return "/welcome/" + id + "/" + h.p.LinkToken(id)
}

// ask sends one request of somebody without a session.
func (h *house) ask(method, path, _, body string) (int, string) {
	b := h.browser()
	got := b.send(method, path, body)
	return b.status, got
}

func TestOneTimeLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id, err := h.p.Register(ctx, admin, people.RegisterForm{Login: "new.one", Name: "新来", Role: "committee_staff", Place: "hehua"})
	if err != nil {
		t.Fatal(err)
	}
	const fresh = "一座小桥两岸人家"
	set := url.Values{"new_password": {fresh + "真好"}, "repeat_password": {fresh + "真好"}}.Encode()
	in := func(password string) int {
		code, _ := h.ask("POST", "/api/v1/session", "", `{"login":"new.one","password":"`+password+`"}`)
		return code
	}
	for _, guess := range []string{"", "!", "null"} {
		if in(guess) == 201 {
			t.Errorf("without a password %q opens", guess)
		}
	}
	old := h.oneTime(t, id)
	now := h.oneTime(t, id)
	if code, _ := h.ask("GET", old, "", ""); code != 404 {
		t.Error("the link before still holds", code)
	}
	for range 3 { // as mail scanners do
		if code, body := h.ask("GET", now, "", ""); code != 200 || !strings.Contains(body, "new.one") {
			t.Fatal("opening it uses it up", code)
		}
	}
	for _, bad := range []string{now + "x", now[:len(now)-1], "/welcome/" + id + "/x", "/welcome/nobody/" + now[len(now)-32:]} {
		if code, body := h.ask("GET", bad, "", ""); code != 404 || strings.Contains(body, "new.one") {
			t.Errorf("%s: %d", bad, code)
		}
	}
	for body, want := range map[string]int{"new_password=short&repeat_password=short": 422, "new_password=" + url.QueryEscape(fresh+"真好") + "&repeat_password=x": 422, "": 422} {
		if code, _ := h.ask("POST", now, "form", body); code != want {
			t.Errorf("%q: %d", body, code)
		}
	}
	if code, body := h.ask("POST", now, "form", set); code != 303 {
		t.Fatal(code, body)
	}
	if in(fresh+"真好") != 201 {
		t.Error("the password does not open")
	}
	for _, method := range []string{"GET", "POST"} {
		if code, _ := h.ask(method, now, "form", set); code != 404 {
			t.Errorf("%s: used twice: %d", method, code)
		}
	}
	u, err := h.p.Users.Engine.Cases().Get(ctx, id)
	if e, ok := u.Last("use_link"); err != nil || !ok || e.By != lifecycle.System.ID {
		t.Error("it is not on record", err)
	}
	doc, _ := json.Marshal(u)
	if strings.Contains(string(doc), now[len(now)-32:]) {
		t.Error("the link stands in the record")
	}
	t.Run("of two at once one holds", func(t *testing.T) {
		path := h.oneTime(t, id)
		var won atomic.Int64
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if code, _ := h.ask("POST", path, "form", set); code == 303 {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if won.Load() != 1 {
			t.Error(won.Load())
		}
	})
	t.Run("after a day it is over, and for who is suspended at once", func(t *testing.T) {
		path := h.oneTime(t, id)
		if _, err := h.p.Users.Engine.Act(ctx, admin, id, "suspend", &people.ReasonForm{Reason: "x"}, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
		if code, _ := h.ask("GET", path, "", ""); code != 404 {
			t.Error("suspended", code)
		}
		if _, err := h.p.Users.Engine.Act(ctx, admin, id, "reinstate", nil, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
		h.Pass(25 * time.Hour)
		if code, _ := h.ask("GET", path, "", ""); code != 404 {
			t.Error("a day later", code)
		}
	})
	t.Run("only the administrator makes one", func(t *testing.T) {
		other := h.user("other", "auditor", portaltest.City, "")
		if _, err := h.p.Users.Engine.Act(ctx, lifecycle.Actor{ID: other}, id, "send_link", nil, lifecycle.Opts{}); err == nil {
			t.Error("an auditor made one")
		}
	})
}

// TestSessionsEndWithTheAccount: who is suspended or has left is signed out for
// good, also when they are reinstated later.
func TestSessionsEndWithTheAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li.hua", "auditor", portaltest.City, "")
	b := h.browser().signIn("li.hua", password)
	if b.who() != "li.hua" {
		t.Fatal("not signed in")
	}
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "x"})
	h.must(admin, id, "reinstate", nil)
	if got := b.who(); got != "" {
		t.Error("an old session opens again for", got)
	}
	b = h.browser().signIn("li.hua", password)
	h.must(admin, id, "leave", &people.LeaveForm{Vacant: true})
	if got := b.who(); got != "" {
		t.Error("who has left is still", got)
	}
}
