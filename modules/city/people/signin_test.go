package people_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/session"
)

func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser()
	b.post("/signin", "login", "LI", "password", password, "next", "/me?x=1")
	if b.status != 303 || b.where != "/me?x=1" || b.who() != "li" {
		t.Fatalf("status %d, to %q, as %q", b.status, b.where, b.who())
	}
	cookie := strings.ToLower(h.browser().signIn("li", password).set[0])
	for _, want := range []string{"gatehouse=", "httponly", "samesite=lax", "path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q lacks %s", cookie, want)
		}
	}
	kept := b.cookies["gatehouse"]
	b.post("/signout")
	if b.who() != "" || b.cookies["gatehouse"] != "" {
		t.Error("still signed in")
	}
	b.cookies["gatehouse"] = kept
	if b.who() != "" {
		t.Error("the old cookie still opens a signed-out session")
	}
	if b.get("/me"); b.status != 303 || b.where != "/signin?next=%2Fme" {
		t.Errorf("a stranger at /me: %d %q", b.status, b.where)
	}
}

func TestSecureCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Portal.Portal.Secure = true
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	if c := strings.ToLower(strings.Join(b.set, "")); b.cookies["__Host-gatehouse"] == "" || !strings.Contains(c, "secure") || strings.Contains(c, "domain") {
		t.Errorf("cookie %q", c)
	}
}

// Nobody may learn from the answer whether a login exists, waits or has left.
func TestTheSameAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	gone, off := h.user("gone", "auditor", portaltest.City, ""), h.user("off", "auditor", portaltest.City, "")
	h.must(admin, gone, "leave", &people.LeaveForm{Vacant: true})
	h.must(admin, off, "suspend", &people.ReasonForm{Reason: "x"})
	want := ""
	for _, c := range [][2]string{{"li", "wrong password"}, {"nobody.there", password}, {"nobody", password}, {"gone", password}, {"off", password}} {
		b := h.browser()
		got := b.send("POST", "/api/v1/session", `{"login":"`+c[0]+`","password":"`+c[1]+`"}`)
		if want == "" {
			want = got
		}
		if b.status != 401 || got != want || !strings.Contains(got, "people.wrong_sign_in") {
			t.Errorf("%s: %d %s", c[0], b.status, got)
		}
	}
}

// Nor does the work tell: an account that is not there, has left or waits costs
// one hash, as every other. Not parallel: others hash as well.
func TestTheSameWork(t *testing.T) {
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	gone := h.user("gone", "auditor", portaltest.City, "")
	h.must(admin, gone, "leave", &people.LeaveForm{Vacant: true})
	for _, c := range [][2]string{{"li", "wrong password"}, {"li", password}, {"nobody.there", password}, {"gone", password}, {"nobody", "x"}, {"", "x"}} {
		before := people.Hashed()
		b := h.browser()
		b.send("POST", "/api/v1/session", `{"login":"`+c[0]+`","password":"`+c[1]+`"}`)
		if n, want := people.Hashed()-before, int64(1); n != want && c[0] != "" || c[0] == "" && (n != 0 || b.status != 422) {
			t.Errorf("%s: %d hashes, %d", c[0], n, b.status)
		}
	}
}

// TestNobodyLocksOutAnOfficial: however many wrong passwords others send, from
// here or from everywhere, the owner gets in on a known device at once, with a
// second factor at once, and on a new device after some minutes at most, each
// time again; who guesses gets few tries.
func TestNobodyLocksOutAnOfficial(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "committee_staff", "hehua", "")
	known := h.browser().signIn("li", password)
	known.post("/signout")
	own := h.browser().signIn("wang", password)
	phone, _ := own.enrol()
	h.Pass(time.Minute)
	tried := 0
	guess := func(login string, times int) {
		for range times {
			if h.browser().signIn(login, "wrong password").status == 401 {
				tried++
			}
		}
	}
	guess("li", 40)
	guess("wang", 40)
	if tried > 11 {
		t.Errorf("%d guesses from one place were made", tried)
	}
	if b := h.browser().signIn("li", password); b.status != 429 {
		t.Errorf("a new device beside the guesser: %d", b.status)
	}
	if known.signIn("li", password); known.who() != "li" {
		t.Errorf("a known device: %d", known.status)
	}
	new := h.browser()
	if new.post("/signin", "login", "wang", "password", password, "code", phone.code()); new.who() != "wang" {
		t.Errorf("a new device with the second factor: %d", new.status)
	}
	// Who waits the minutes that the page says gets in.
	said := regexp.MustCompile(`还要等大约 (\d+) 分钟`).FindStringSubmatch(h.browser().post("/signin", "login", "li", "password", password))
	if said == nil {
		t.Fatal("the page does not say how long")
	}
	n, _ := strconv.Atoi(said[1])
	h.Pass(time.Duration(n) * time.Minute)
	if b := h.browser().signIn("li", password); n > 3 || b.who() != "li" {
		t.Errorf("a new device after %d minutes: %d", n, b.status)
	}
	// From many places: each gets few, and somewhere else one is let in at once.
	tried = 0
	for i := range 300 {
		for range 10 {
			if _, _, err := h.p.Check(fmt.Sprintf("10.0.%d.1", i), "li", "wrong password", ""); fault.As(err).Code != "people.wait" {
				tried++
			}
		}
	}
	if tried > 60+300 {
		t.Errorf("%d guesses from 300 places were made", tried)
	}
	if _, _, err := h.p.Check("192.0.2.7", "li", password, ""); err != nil {
		t.Errorf("the owner from elsewhere: %v", err)
	}
	if known.post("/signout"); known.signIn("li", password).status != 303 {
		t.Errorf("the known device: %d", known.status)
	}
}

// TestCodesAreNoOracle: beside a guesser the form with a code tells nobody that
// a password is right, and a code stays hard to guess for who knows it.
func TestCodesAreNoOracle(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "committee_staff", "hehua", "")
	own := h.browser().signIn("wang", password)
	phone, _ := own.enrol()
	h.Pass(time.Minute)
	for range 10 {
		h.browser().signIn("li", "wrong password")
		h.browser().signIn("wang", "wrong password")
	}
	answers := map[string]bool{}
	for range 30 {
		for _, c := range [][2]string{{"wang", password}, {"wang", "wrong password"}, {"li", password}, {"li", "wrong password"}} {
			_, _, err := h.p.Check("0.0.0.0", c[0], c[1], "000000")
			answers[fault.As(err).Error()] = true
		}
	}
	if len(answers) != 1 {
		t.Errorf("the answers differ: %v", answers)
	}
	made := 0
	for i := range 100 { // whoever knows the password, from many places
		_, _, err := h.p.Check(fmt.Sprintf("10.1.%d.1", i), "wang", password, "000000")
		if fault.As(err).Code == "people.wrong_code" {
			made++
		}
	}
	if made > 20 {
		t.Errorf("%d codes were tried in a moment", made)
	}
	if own.post("/signout"); own.signIn("wang", password).status != 200 {
		t.Errorf("the password on the own device: %d", own.status)
	}
	if own.post("/signin", "login", "wang", "password", password, "code", phone.code()); own.who() != "wang" {
		t.Errorf("the owner on the own device: %d", own.status)
	}
}

// TestDeviceMark: what a device carries is for its accounts alone, cannot be
// made up or used elsewhere, ends with the password, and opens nothing.
func TestDeviceMark(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	li := h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	kept := b.cookies["gatehouse-device"]
	device, mark, ok := strings.Cut(kept, ".")
	if !ok || strings.Contains(kept, li) || h.p.Knows(kept, "wang") || !h.p.Knows(kept, "li") {
		t.Fatalf("%q", kept)
	}
	for _, forged := range []string{"", ".", mark, device, device + ".", "x." + mark, device + "x." + mark, device + "." + mark[1:], "." + mark, strings.Repeat(kept, 30)} {
		if h.p.Knows(forged, "li") {
			t.Errorf("%q is known", forged)
		}
	}
	if x := h.browser(); true {
		x.cookies["gatehouse-device"] = kept
		if x.who() != "" {
			t.Error("it opens a session")
		}
		for range 12 {
			x.signIn("li", "wrong password")
		}
		if x.signIn("li", password); x.status != 429 {
			t.Errorf("whoever copied it guesses on: %d", x.status)
		}
	}
	b.post("/signout")
	b.signIn("wang", password)
	if both := b.cookies["gatehouse-device"]; !h.p.Knows(both, "wang") || !h.p.Knows(both, "li") {
		t.Error("a second account takes the first one's place")
	}
	if err := h.p.ResetPassword(ctx, lifecycle.System, "li", "a new long password"); err != nil {
		t.Fatal(err)
	}
	if h.p.Knows(kept, "li") {
		t.Error("it outlives the password")
	}
}

func TestResetOpensALockedAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	old := h.browser().signIn("li", password)
	for range 5 {
		h.browser().signIn("li", "wrong password")
	}
	if err := h.p.ResetPassword(ctx, lifecycle.System, "li", "a new long password"); err != nil {
		t.Fatal(err)
	}
	if old.who() != "" {
		t.Error("the old session lives on")
	}
	if b := h.browser().signIn("li", "a new long password"); b.who() != "li" {
		t.Error("the new password does not open")
	}
}

// TestLimitPerAddress: one machine cannot try one password on every account.
func TestLimitPerAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser()
	for i := range 30 {
		if b.signIn(fmt.Sprint("nobody.", i), "wrong password"); b.status != 401 {
			t.Fatalf("status %d", b.status)
		}
	}
	if b.signIn("li", password); b.status != 429 {
		t.Errorf("page: status %d", b.status)
	}
	if got := b.send("POST", "/api/v1/session", `{"login":"li","password":"`+password+`"}`); b.status != 429 || !strings.Contains(got, `"status":429`) {
		t.Errorf("API: status %d %s", b.status, got)
	}
	h.Pass(time.Minute)
	if b.signIn("li", password); b.status != 303 {
		t.Errorf("after a minute: status %d", b.status)
	}
}

func TestOpenRedirect(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	for next, want := range map[string]string{
		"/applications?state=draft": "/applications?state=draft", "": "/", "https://evil.example": "/", "//evil.example": "/", "/\\evil.example": "/",
		"/\t/evil.example": "/", "javascript:alert(1)": "/", "evil": "/", "/\r\nSet-Cookie: x=1": "/", "/a:b": "/a:b",
	} {
		b := h.browser()
		b.post("/preferences", "lang", "en", "next", next)
		if b.where != want || b.cookies["lang"] != "en" {
			t.Errorf("preferences %q: to %q, cookies %v", next, b.where, b.cookies)
		}
		if next == "//evil.example" || next == want {
			b.post("/signin", "login", "li", "password", password, "next", next)
			if b.where != want {
				t.Errorf("sign in %q: to %q", next, b.where)
			}
		}
	}
}

func TestPreferences(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser()
	b.post("/preferences", "lang", "zh-Hant", "elder", "1")
	b.post("/preferences", "theme", "dark")
	b.post("/preferences", "lang", "xx", "elder", "7", "theme", "red")
	page := b.get("/signin")
	for _, want := range []string{`lang="zh-Hant"`, `data-elder="1"`, `data-theme="dark"`, "登入"} {
		if !strings.Contains(page, want) {
			t.Errorf("page lacks %s", want)
		}
	}
	b.post("/preferences", "theme", "auto")
	if page := b.get("/signin"); strings.Contains(page, "data-theme=") {
		t.Error("the device's own theme is not given back")
	}
	b = h.browser()
	b.header["Accept-Language"] = "en-GB"
	if page := b.get("/signin"); !strings.Contains(page, `lang="en"`) {
		t.Error("the browser's language is not taken")
	}
}

func TestProgramSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	open := func() *browser {
		b := h.browser()
		delete(b.header, "Sec-Fetch-Site")
		var got struct {
			Token   string    `json:"token"`
			Expires time.Time `json:"expires_at"`
		}
		body := b.send("POST", "/api/v1/session", `{"login":"li","password":"`+password+`"}`)
		if err := json.Unmarshal([]byte(body), &got); err != nil || b.status != 201 || !got.Expires.Equal(h.Now().Add(12*time.Hour)) {
			t.Fatalf("%d %s %v", b.status, body, err)
		}
		b.header["Authorization"] = "Bearer " + got.Token
		return b
	}
	refused := func(b *browser, why string) {
		t.Helper()
		if got := b.get("/api/v1/me"); b.status != 401 || !strings.Contains(got, "people.bad_token") {
			t.Errorf("%s: %d %s", why, b.status, got)
		}
	}
	b := open()
	if b.who() != "li" {
		t.Fatal("the token does not open")
	}
	if got := b.send("POST", "/api/v1/act", ""); got != "acted as "+id {
		t.Errorf("a program needs no form token: %s", got)
	}
	raw := strings.TrimPrefix(b.header["Authorization"], "Bearer ")
	page := h.browser()
	page.cookies["gatehouse"] = raw
	if page.who() != "" {
		t.Error("a program's token is a page's cookie")
	}
	b.header["Authorization"] = "Bearer " + h.browser().signIn("li", password).cookies["gatehouse"]
	refused(b, "a page's token")
	b.header["Authorization"] = "Bearer x"
	refused(b, "nonsense")
	b.header["Authorization"] = "Bearer"
	refused(b, "nothing")
	b.header["Authorization"] = "Basic eDp5"
	if b.get("/api/v1/me"); b.status != 401 {
		t.Errorf("basic: %d", b.status)
	}
	forged, err := session.NewSigner([]byte("other")).Issue(session.Claims{Session: "s", Person: id, Audience: session.Programs, Issued: h.Now(), Expires: h.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	b.header["Authorization"] = "Bearer " + string(forged)
	refused(b, "another key")
	unknown, err := session.NewSigner(h.Signing).Issue(session.Claims{Session: "s", Person: id, Audience: session.Programs, Issued: h.Now(), Expires: h.Now().Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	b.header["Authorization"] = "Bearer " + string(unknown)
	refused(b, "a session that is not there")

	b = open()
	if b.send("DELETE", "/api/v1/session", ""); b.status != 204 {
		t.Errorf("revoke: %d", b.status)
	}
	refused(b, "revoked")
	b = open()
	h.Pass(12*time.Hour - time.Second)
	if b.who() != "li" {
		t.Error("over before twelve hours")
	}
	h.Pass(time.Second)
	refused(b, "after twelve hours")
	b = open()
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "x"})
	refused(b, "suspended")
	h.must(admin, id, "leave", &people.LeaveForm{Vacant: true})
	refused(b, "left")
}

func TestPageSessionIdles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	first := b.cookies["gatehouse"]
	h.Pass(14 * time.Minute)
	if b.who() != "li" || b.cookies["gatehouse"] != first {
		t.Error("renewed before half its time")
	}
	for range 40 { // ten hours of work
		if h.Pass(15 * time.Minute); b.who() != "li" {
			t.Fatal("signed out while working")
		}
	}
	if b.cookies["gatehouse"] == first {
		t.Error("never renewed")
	}
	h.Pass(30 * time.Minute)
	if b.who() != "" {
		t.Error("signed in after thirty idle minutes")
	}
	b.signIn("li", password)
	for range 60 {
		h.Pass(15 * time.Minute)
		b.get("/api/v1/me")
	}
	if b.who() != "" {
		t.Error("a session outlived its twelve hours")
	}
}

func TestAChangeCountsWithTheNextRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	h.must(admin, id, "appoint", &people.AppointForm{Role: "auditor", Place: portaltest.City})
	if got := b.get("/api/v1/me"); !strings.Contains(got, `"auditor"`) {
		t.Errorf("the new role is not there: %s", got)
	}
	if b.get("/users"); b.status != 200 {
		t.Errorf("the auditor's list: %d", b.status)
	}
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "x"})
	if b.who() != "" {
		t.Error("a suspended person is still signed in")
	}
}

func TestCSRF(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	other := h.browser().signIn("li", password)
	token := b.get("/csrf")
	for name, c := range map[string]struct {
		path, site, origin, token string
		ok                        bool
	}{
		"same origin with token":     {"/act", "same-origin", "", token, true},
		"typed by hand with token":   {"/act", "none", "", token, true},
		"old browser with token":     {"/act", "", "http://example.com", token, true},
		"no token":                   {"/act", "same-origin", "", "", false},
		"another session's token":    {"/act", "same-origin", "", other.get("/csrf"), false},
		"cross-site with token":      {"/act", "cross-site", "", token, false},
		"same-site with token":       {"/act", "same-site", "", token, false},
		"other origin with token":    {"/act", "", "http://evil.example", token, false},
		"origin null with token":     {"/act", "", "null", token, false},
		"neither header, with token": {"/act", "", "", token, false},
		"API same-origin":            {"/api/v1/act", "same-origin", "", "", true},
		"API none":                   {"/api/v1/act", "none", "", "", false},
		"API cross-site":             {"/api/v1/act", "cross-site", "", "", false},
		"API old browser":            {"/api/v1/act", "", "http://example.com", "", false},
	} {
		x := h.browser()
		x.cookies = b.cookies
		x.header = map[string]string{}
		if c.site != "" {
			x.header["Sec-Fetch-Site"] = c.site
		}
		if c.origin != "" {
			x.header["Origin"] = c.origin
		}
		x.send("POST", c.path, "_csrf="+c.token)
		if (x.status == 200) != c.ok || !c.ok && x.status != 403 {
			t.Errorf("%s: status %d", name, x.status)
		}
	}
	x := h.browser()
	x.cookies, x.header = b.cookies, map[string]string{"Origin": "http://example.com", "X-CSRF-Token": token}
	if x.send("POST", "/api/v1/act", ""); x.status != 200 {
		t.Errorf("API with the header: %d", x.status)
	}
	// A stranger has no token, and a program without a session names no origin.
	for site, want := range map[string]int{"": 200, "same-origin": 200, "cross-site": 403} {
		x := h.browser()
		if x.header = map[string]string{}; site != "" {
			x.header["Sec-Fetch-Site"] = site
		}
		if x.send("POST", "/act", ""); x.status != want {
			t.Errorf("stranger, %q: %d", site, x.status)
		}
	}
}

func TestStandInEndToEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	wang, li := h.user("wang", "dept_head", "", "fire"), h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	if b.post("/me/for", "for", wang); b.status != 403 {
		t.Fatalf("without a grant: %d", b.status)
	}
	h.must(portaltest.As(wang), wang, "delegate", &people.DelegateForm{To: li, Roles: []string{"dept_head"}, Until: schema.Date(inDays(h, 1))})
	if page := b.get("/me"); !strings.Contains(page, `value="`+wang+`"`) {
		t.Error("the page does not offer to stand in")
	}
	if b.post("/me/for", "for", wang); b.status != 303 {
		t.Fatalf("with a grant: %d", b.status)
	}
	if got := b.get("/api/v1/me"); !strings.Contains(got, `"standing_in_for":"`+wang+`"`) || !strings.Contains(got, `"name":"wang"`) {
		t.Errorf("me: %s", got)
	}
	h.must(portaltest.As(wang), wang, "revoke_delegation", &people.RevokeForm{N: "1"})
	if h.Holds(lifecycle.Actor{ID: li, For: wang}, "dept_head", "committee_staff") {
		t.Error("a stand-in whose grant is gone has a role")
	}
	if b.post("/me/for", "for", ""); b.status != 303 {
		t.Fatalf("back: %d", b.status)
	}
	if got := b.get("/api/v1/me"); !strings.Contains(got, `"standing_in_for":""`) {
		t.Errorf("me: %s", got)
	}
}

func TestOwnPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	a, b := h.browser().signIn("li", password), h.browser().signIn("li", password)
	stranger := h.browser()
	h.user("wang", "auditor", portaltest.City, "")
	stranger.signIn("wang", password)

	page := a.get("/me")
	_, rest, found := strings.Cut(page, `/me/sessions/`)
	other, _, _ := strings.Cut(rest, "/")
	if !found || !strings.Contains(page, "/users/"+id+"/delegate") || !strings.Contains(page, "居委会工作人员") {
		t.Fatalf("the page lacks sessions, roles or the delegation")
	}
	if stranger.post("/me/sessions/" + other + "/revoke"); stranger.status != 404 || b.who() != "li" {
		t.Errorf("a stranger revoked a session: %d", stranger.status)
	}
	if a.post("/me/sessions/" + other + "/revoke"); a.status != 303 || b.who() != "" || a.who() != "li" {
		t.Errorf("revoke the other session: %d", a.status)
	}
	for name, c := range map[string]struct {
		old, new, again string
		want            int
	}{
		"wrong old": {"not the password", "brand new password", "brand new password", 422},
		"differs":   {password, "brand new password", "brand new passwort", 422},
		"too short": {password, "short", "short", 422},
		"no token":  {"", "", "", 422},
	} {
		if a.post("/me/password", "password", c.old, "new_password", c.new, "repeat_password", c.again); a.status != c.want {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	b.signIn("li", password)
	if a.post("/me/password", "password", password, "new_password", "brand new password", "repeat_password", "brand new password"); a.status != 303 {
		t.Fatalf("change: %d", a.status)
	}
	if a.who() != "li" || b.who() != "" {
		t.Error("the own session should live on, the others end")
	}
	if h.browser().signIn("li", password).status != 401 || h.browser().signIn("li", "brand new password").status != 303 {
		t.Error("the password was not changed")
	}
	if got := a.get("/users/" + id + "/delegate"); a.status != 200 || !strings.Contains(got, "wang") || strings.Contains(got, `value="`+id+`"`) {
		t.Errorf("the form to delegate: %d", a.status)
	}
	if stranger.post("/users/"+id+"/delegate", "to", id, "roles", "auditor", "until", inDays(h, 1)); stranger.status != 403 {
		t.Errorf("an auditor delegated another's role: %d", stranger.status)
	}
}

func TestUserPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	app := h.App()
	form := "login=li&name=%E6%9D%8E%E5%8D%8E&password=" + strings.ReplaceAll(password, " ", "+") + "&role=committee_staff&place=hehua"
	status, page := h.Ask(app, "admin", "/users/new/register", strings.Replace(form, "login=li", "login=LI", 1))
	if status != 422 || !strings.Contains(page, "李华") || strings.Contains(page, password) {
		t.Errorf("a wrong form: %d", status)
	}
	if status, _ := h.Ask(app, "admin", "/users/new/register", form); status != 303 {
		t.Errorf("register: %d", status)
	}
	if status, page := h.Ask(app, "admin", "/users", ""); status != 200 || !strings.Contains(page, "居委会工作人员（hehua）") {
		t.Errorf("list: %d", status)
	}
	status, page = h.Ask(app, "office.a", "/api/v1/users", `{"login":"x"}`)
	if status != 403 && status != 422 || strings.Contains(page, "password") && status == 403 {
		t.Errorf("a stranger registers: %d %s", status, page)
	}
}

// When the cost of hashes is raised, each account follows at its next sign-in,
// and logins that do not exist at once.
func TestHashesFollowTheCost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.user("li", "committee_staff", "hehua", "")
	hash := func(id string) string {
		row, err := h.Store.Get(ctx, "credentials", id)
		if err != nil {
			t.Fatal(err)
		}
		return string(row.Doc)
	}
	// An old hash of "password" by the argon2 reference tool, at another cost.
	const old = `"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"`
	for _, who := range []string{id, "nobody"} {
		row, err := h.Store.Get(ctx, "credentials", who)
		if err != nil {
			t.Fatal(err)
		}
		row.Doc, row.Revision = []byte(`{"id":"`+who+`","hash":`+old+`}`), row.Revision+1
		if err := h.Store.Update(ctx, "credentials", row); err != nil {
			t.Fatal(err)
		}
	}
	if h.browser().signIn("li", "not the password").status != 401 || !strings.Contains(hash(id), "m=65536") {
		t.Error("a wrong password changed the hash")
	}
	if h.browser().signIn("li", "password").status != 303 {
		t.Fatal("the old hash does not open")
	}
	h.browser().signIn("li", "password")
	if strings.Contains(hash(id), "m=65536") {
		t.Error("the account kept its old cost")
	}
	furnish(t, h.Portal)
	if strings.Contains(hash("nobody"), "m=65536") {
		t.Error("logins that do not exist kept the old cost")
	}
}
