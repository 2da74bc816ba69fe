package people_test

import (
	"fmt"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
)

// What could only happen to two at the same moment is refused as well.
func TestEffectsRefuse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	h.oneTime(t, id)
	if err := h.p.UseLink(id, 1); err != nil {
		t.Fatal(err)
	}
	portaltest.Wrong(t, h.p.UseLink(id, 1), "people.link_over")
	portaltest.Wrong(t, h.p.UseLink(id, 2), "people.link_over")
	portaltest.Wrong(t, h.p.Respare(id), "people.no_second")
	portaltest.Wrong(t, h.p.Forget("nobody.there"), "not_found")
	portaltest.Wrong(t, h.p.ResetPassword(ctx, admin, "nobody.there", "a password of some length"), "not_found")
	if b := h.browser(); b.send("DELETE", "/api/v1/session", "") == "" || b.status != 401 {
		t.Errorf("a session that is none ends: %d", b.status)
	}
}

// A second factor is not set up twice, nor by a wrong code.
func TestSetUpOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	if b.post("/me/second/confirm", "code", "000000"); b.status != 409 {
		t.Errorf("confirmed before it was begun: %d", b.status)
	}
	b.post("/me/second/begin")
	if b.post("/me/second/confirm", "code", "abc"); b.status != 422 {
		t.Errorf("a wrong code: %d", b.status)
	}
	phone, _ := b.enrol()
	if b.post("/me/second/confirm", "code", phone.code()); b.status != 409 {
		t.Errorf("confirmed twice: %d", b.status)
	}
}

// TestFloodFromABuilding: made-up logins from one address hold up new devices
// there for a while, and nobody who has signed in, holds a code or a passkey.
func TestFloodFromABuilding(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "committee_staff", "hehua", "")
	in := h.browser().signIn("li", password)
	in.enrol()
	h.Pass(time.Minute)
	known := h.browser().signIn("wang", password)
	known.post("/signout")
	half, word := h.half("li")
	fail := func(h *house) {
		for range 35 {
			h.browser().post("/signin", "login", "nobody.there", "password", "wrong password")
		}
		for i := range 35 {
			h.browser().post("/signin", "login", fmt.Sprint("nobody.", i), "password", "wrong password")
		}
	}
	fail(h)
	if b := h.browser().signIn("wang", password); b.status != 429 {
		t.Errorf("a new device: %d", b.status)
	}
	if known.signIn("wang", password); known.status != 303 {
		t.Errorf("a known device: %d", known.status)
	}
	if half.post("/signin/second", "half", word, "code", "000000"); half.status != 401 {
		t.Errorf("the code: %d", half.status)
	}
	if in.post("/me/password", "password", password, "new_password", "another one entirely", "repeat_password", "another one entirely"); in.status != 303 {
		t.Errorf("a new password: %d", in.status)
	}
	doors := newDoors(t)
	d, _, _ := doors.addPasskey(t, "li", doors.user("li", "committee_staff", "hehua", ""))
	b := doors.browser()
	signed, sealed := d.open(t, b.get("/signin"))
	fail(doors)
	if b.post("/signin/passkey", "sealed", sealed, "signed", signed); b.status != 303 {
		t.Errorf("a passkey: %d", b.status)
	}
}
