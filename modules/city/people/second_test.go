package people_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"gatehouse/modules/portaltest"
	"gatehouse/server/setting"
)

// phone is somebody's authenticator.
type phone struct {
	h      *house
	secret string
}

func (p phone) code() string {
	p.h.T.Helper()
	c, err := totp.GenerateCode(p.secret, p.h.Now())
	if err != nil {
		p.h.T.Fatal(err)
	}
	return c
}

var (
	shownSecret = regexp.MustCompile(`(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}`)
	shownCode   = regexp.MustCompile(`<code>([A-Z2-7]{5}-[A-Z2-7]{5})</code>`)
	shownHalf   = regexp.MustCompile(`name="half" value="([^"]+)"`)
)

// enrol sets a second factor up and gives the phone and the recovery codes.
func (b *browser) enrol() (phone, []string) {
	b.h.T.Helper()
	b.post("/me/second/begin")
	p := phone{b.h, strings.ReplaceAll(shownSecret.FindString(b.get("/me/second")), " ", "")}
	page := b.post("/me/second/confirm", "code", p.code())
	var codes []string
	for _, m := range shownCode.FindAllStringSubmatch(page, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 10 {
		b.h.T.Fatalf("%d recovery codes, status %d", len(codes), b.status)
	}
	return p, codes
}

// half gives the right password and waits before the code.
func (h *house) half(login string) (*browser, string) {
	h.T.Helper()
	b := h.browser()
	page := b.post("/signin", "login", login, "password", password, "next", "/me?x=1")
	m := shownHalf.FindStringSubmatch(page)
	if m == nil || b.who() != "" {
		h.T.Fatalf("the password alone: status %d, signed in as %q", b.status, b.who())
	}
	return b, m[1]
}

func TestSecondFactor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	other := h.browser().signIn("li", password)
	b := h.browser().signIn("li", password)
	phone, codes := b.enrol()
	if b.who() != "li" || other.who() != "" {
		t.Error("a session opened without it lives on, or the own one ended")
	}
	used := phone.code()
	try := func(code string) (*browser, string) {
		t.Helper()
		b, half := h.half("li")
		b.post("/signin/second", "half", half, "code", code, "next", "/me?x=1")
		return b, b.who()
	}
	if _, who := try(used); who != "" {
		t.Error("the code that set it up opens again")
	}
	h.Pass(time.Minute)
	b, who := try(phone.code()[:3] + " " + phone.code()[3:])
	if who != "li" || b.status != 200 || b.where != "" && b.where != "/me?x=1" {
		t.Errorf("the right code: %q", who)
	}
	if _, who := try(phone.code()); who != "" {
		t.Error("a code opens twice")
	}
	if _, who := try(strings.ToLower(codes[0])); who != "li" {
		t.Error("a recovery code does not open")
	}
	if _, who := try(codes[0]); who != "" {
		t.Error("a recovery code opens twice")
	}
	late, half := h.half("li")
	h.Pass(6 * time.Minute)
	if late.post("/signin/second", "half", half, "code", phone.code()); late.status != 401 || late.who() != "" {
		t.Errorf("six minutes later: %d", late.status)
	}
	if x := h.browser(); true {
		if x.post("/signin/second", "half", x.cookies["gatehouse"]+"forged", "code", phone.code()); x.status != 401 {
			t.Errorf("without a password: %d", x.status)
		}
	}
}

// Guessing codes makes the account wait, however often the password was right.
func TestSecondFactorGuesses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	phone, _ := h.browser().signIn("li", password).enrol()
	h.Pass(time.Minute)
	for range 5 {
		b, half := h.half("li")
		if b.post("/signin/second", "half", half, "code", "000000"); b.status != 401 {
			t.Fatalf("a guess: %d", b.status)
		}
	}
	b, half := h.half("li")
	if b.post("/signin/second", "half", half, "code", phone.code()); b.who() != "" {
		t.Error("after five guesses the sixth is looked at")
	}
	h.Pass(2 * time.Minute)
	b, half = h.half("li")
	if b.post("/signin/second", "half", half, "code", phone.code()); b.who() != "li" {
		t.Error("the wait does not end")
	}
}

func TestSecondFactorOfPrograms(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	phone, _ := h.browser().signIn("li", password).enrol()
	h.Pass(time.Minute)
	b := h.browser()
	ask := func(code string) string {
		return b.send("POST", "/api/v1/session", `{"login":"li","password":"`+password+`","code":"`+code+`"}`)
	}
	if body := ask(""); b.status != 401 || !strings.Contains(body, "people.second_needed") {
		t.Errorf("without a code: %d %s", b.status, body)
	}
	if ask("123"); b.status != 401 {
		t.Errorf("with a wrong code: %d", b.status)
	}
	if ask(phone.code()); b.status != 201 {
		t.Errorf("with the code: %d", b.status)
	}
}

func TestSecondFactorIsGivenUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	phone, old := b.enrol()
	h.Pass(time.Minute)
	page := b.post("/me/second/codes", "code", phone.code())
	if m := shownCode.FindStringSubmatch(page); m == nil || m[1] == old[0] {
		t.Fatalf("no new codes: %d", b.status)
	}
	h.Pass(time.Minute)
	if b.post("/me/second/drop", "password", "wrong", "code", phone.code()); b.status != 422 {
		t.Errorf("given up without the password: %d", b.status)
	}
	if b.post("/me/second/drop", "password", password, "code", old[1]); b.status != 401 {
		t.Errorf("given up with an old recovery code: %d", b.status)
	}
	if b.post("/me/second/drop", "password", password, "code", phone.code()); b.status != 303 {
		t.Errorf("not given up: %d", b.status)
	}
	if h.browser().signIn("li", password).who() != "li" {
		t.Error("the password alone does not open again")
	}
	h.browser().signIn("li", password).enrol()
	h.must(admin, id, "drop_second", nil)
	if b.who() != "" || h.browser().signIn("li", password).who() != "li" {
		t.Error("the administrator's help left a session, or the factor")
	}
	portaltest.Refused(t, h.act(portaltest.As(id), id, "drop_second", nil), "policy.role")
}

// Where the city requires it, one can do nothing before it is set up.
func TestSecondFactorIsRequired(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Portal.Portal.Settings = func() setting.Values { return setting.Values{"acc.second": "required"} }
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	if b.get("/me"); b.status != 303 || b.where != "/me/second" {
		t.Errorf("a page before it: %d %s", b.status, b.where)
	}
	if got := b.send("POST", "/api/v1/act", ""); b.status != 403 || strings.Contains(got, "acted") {
		t.Errorf("an act before it: %d %s", b.status, got)
	}
	b.header["Authorization"] = "Bearer " + h.program("li")
	if got := b.send("POST", "/api/v1/act", ""); b.status != 403 || !strings.Contains(got, "people.second_required") {
		t.Errorf("a program before it: %d %s", b.status, got)
	}
}

// program signs a program in with a password alone and gives its token.
func (h *house) program(login string) string {
	h.T.Helper()
	body := h.browser().send("POST", "/api/v1/session", `{"login":"`+login+`","password":"`+password+`"}`)
	_, rest, _ := strings.Cut(body, `"token":"`)
	token, _, _ := strings.Cut(rest, `"`)
	return token
}
