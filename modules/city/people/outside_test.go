package people_test

import (
	"strings"
	"testing"
	"time"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/sso"
	"gatehouse/server/sso/ssotest"
)

// newAbroad makes a portal that asks an identity provider who people are.
func newAbroad(t *testing.T) (*house, *ssotest.Portal) {
	t.Helper()
	city := ssotest.New(t)
	h := portaltest.New(t)
	h.SSO = sso.New(sso.Config{Issuer: city.URL, Client: ssotest.Client, Secret: ssotest.Secret, Claim: "preferred_username"}, home+"/signin/callback")
	return settled(t, h), city
}

// abroad goes to the identity provider and comes back.
func (b *browser) abroad(city *ssotest.Portal) string {
	b.h.T.Helper()
	b.get("/signin/sso?next=%2Fme%3Fx%3D1")
	if b.status != 303 || !strings.HasPrefix(b.where, city.URL) {
		b.h.T.Fatalf("sent to %q, %d", b.where, b.status)
	}
	return b.get(city.SignIn(b.where).RequestURI())
}

func TestSignInOutside(t *testing.T) {
	t.Parallel()
	h, city := newAbroad(t)
	id := h.user("li", "committee_staff", "hehua", "")
	if !strings.Contains(h.browser().get("/signin"), "/signin/sso?next=") {
		t.Error("the sign-in page does not offer it")
	}
	city.Is("s-1", "li")
	b := h.browser()
	if b.abroad(city); b.status != 303 || b.where != "/me?x=1" || b.who() != "li" {
		t.Fatalf("%d to %q, signed in as %q", b.status, b.where, b.who())
	}

	// The login was given to somebody else there: it opens nothing here.
	city.Is("s-2", "li")
	if b = h.browser(); b.abroad(city) == "" || b.status != 401 || b.who() != "" {
		t.Errorf("another person with the same login: %d", b.status)
	}
	city.Is("s-1", "stranger")
	if b = h.browser(); b.abroad(city) == "" || b.status != 401 {
		t.Errorf("no account here: %d", b.status)
	}
	city.Is("s-1", "li")
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "x"})
	if b = h.browser(); b.abroad(city) == "" || b.status != 401 || b.who() != "" {
		t.Errorf("suspended here: %d", b.status)
	}
	h.must(admin, id, "reinstate", nil)
	h.must(admin, id, "drop_second", nil)
	city.Is("s-2", "li")
	if b = h.browser(); b.abroad(city) == "" && b.who() != "li" {
		t.Error("after the administrator untied the account the new person must get in")
	}
}

// A second factor here is asked for, unless the identity provider asked for one.
func TestSignInOutsideAndSecond(t *testing.T) {
	t.Parallel()
	h, city := newAbroad(t)
	h.user("li", "committee_staff", "hehua", "")
	phone, _ := h.browser().signIn("li", password).enrol()
	h.Pass(time.Minute)
	city.Is("s-1", "li", "pwd")
	b := h.browser()
	m := shownHalf.FindStringSubmatch(b.abroad(city))
	if m == nil || b.who() != "" {
		t.Fatalf("a password there is enough: %d", b.status)
	}
	if b.post("/signin/second", "half", m[1], "code", phone.code()); b.who() != "li" {
		t.Error("the code does not open")
	}
	city.Is("s-1", "li", "mfa")
	if b = h.browser(); b.abroad(city) != "" || b.who() != "li" {
		t.Errorf("with a second factor there: %d", b.status)
	}
}

func TestSignInOutsideRefused(t *testing.T) {
	t.Parallel()
	h, city := newAbroad(t)
	h.user("li", "committee_staff", "hehua", "")
	city.Is("s-1", "li")
	b := h.browser()
	b.get("/signin/sso")
	back := city.SignIn(b.where).RequestURI()
	if x := h.browser(); x.get(back) == "" || x.status != 401 || x.who() != "" {
		t.Errorf("a link that another browser was sent: %d", x.status)
	}
	h.Pass(11 * time.Minute)
	if b.get(back); b.status != 401 || b.who() != "" {
		t.Errorf("eleven minutes later: %d", b.status)
	}
	b.get("/signin/sso")
	back = city.SignIn(b.where).RequestURI()
	if b.get(back); b.who() != "li" {
		t.Fatal("the base of this test is refused")
	}
	if x := h.browser(); x.get("/signin/sso?next=//evil.cn") != "" || x.get(city.SignIn(x.where).RequestURI()) != "" || x.where != "/" {
		t.Errorf("sent on to %q", x.where)
	}
	for _, junk := range []string{"", "?state=x&code=y", "?error=access_denied"} {
		if x := h.browser(); x.get("/signin/callback"+junk) == "" || x.status != 401 {
			t.Errorf("%q: %d", junk, x.status)
		}
	}
	x := h.browser()
	x.get("/signin/sso")
	back = city.SignIn(x.where).RequestURI()
	city.Close()
	if x.get(back); x.status != 409 {
		t.Errorf("the identity provider went away: %d", x.status)
	}

	plain := newHouse(t)
	plain.user("li", "committee_staff", "hehua", "")
	for _, path := range []string{"/signin/sso", "/signin/callback"} {
		if y := plain.browser(); y.get(path) == "" || y.status != 404 {
			t.Errorf("%s without an identity provider: %d", path, y.status)
		}
	}
}
