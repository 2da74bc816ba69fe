package people_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"gatehouse/modules/city/people"
	"gatehouse/modules/portaltest"
	"gatehouse/server/setting"
)

const home = "https://gate.test"

// newDoors makes a portal whose address devices can know.
func newDoors(t *testing.T) *house {
	t.Helper()
	h := portaltest.New(t)
	h.Origin = home
	return settled(t, h)
}

// device is a phone with one passkey, asked at some address.
type device struct {
	at   virtualwebauthn.RelyingParty
	auth virtualwebauthn.Authenticator
	key  virtualwebauthn.Credential
}

// newKey makes a key whose coordinates need all their bytes: the test library
// writes shorter ones down too short, which is no key.
func newKey() virtualwebauthn.Credential {
	const whole = 77 // bytes of a COSE key on P-256
	for {
		if k := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(k.Key.AttestationData()) == whole {
			return k
		}
	}
}

func newDevice(owner string) *device {
	return &device{virtualwebauthn.RelyingParty{Name: "x", ID: "gate.test", Origin: home},
		virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(owner)}), newKey()}
}

var hiddenField = regexp.MustCompile(`name="(options|sealed)" value="([^"]*)"`)

// question gives what the first form for a device on a page asks.
func question(t *testing.T, page string) (options, sealed string) {
	t.Helper()
	found := map[string]string{}
	for _, m := range hiddenField.FindAllStringSubmatch(page, 2) {
		found[m[1]] = html.UnescapeString(m[2])
	}
	if found["options"] == "" || found["sealed"] == "" {
		t.Fatalf("no question to a device on the page:\n%s", page)
	}
	return found["options"], found["sealed"]
}

// join answers the question of one's own page.
func (d *device) join(t *testing.T, page string) (signed, sealed string) {
	t.Helper()
	o, sealed := question(t, page)
	parsed, err := virtualwebauthn.ParseAttestationOptions(o)
	if err != nil {
		t.Fatal(err)
	}
	return virtualwebauthn.CreateAttestationResponse(d.at, d.auth, d.key, *parsed), sealed
}

// open answers the question of the sign-in page.
func (d *device) open(t *testing.T, page string) (signed, sealed string) {
	t.Helper()
	o, sealed := question(t, page)
	parsed, err := virtualwebauthn.ParseAssertionOptions(o)
	if err != nil {
		t.Fatal(err)
	}
	d.key.Counter++
	return virtualwebauthn.CreateAssertionResponse(d.at, d.auth, d.key, *parsed), sealed
}

// addPasskey signs a person in and gives them a device.
func (h *house) addPasskey(t *testing.T, login, id string) (*device, *browser, string) {
	t.Helper()
	b, d := h.browser().signIn(login, password), newDevice(id)
	signed, sealed := d.join(t, b.get("/me/second"))
	page := b.post("/me/second/passkeys", "name", "窗口电脑", "password", password, "sealed", sealed, "signed", signed)
	if b.status >= 400 {
		t.Fatalf("add a passkey: %d\n%s", b.status, page)
	}
	return d, b, page
}

func TestPasskey(t *testing.T) {
	t.Parallel()
	h := newDoors(t)
	id := h.user("li", "committee_staff", "hehua", "")
	other := h.browser().signIn("li", password)
	d, b, page := h.addPasskey(t, "li", id)
	if len(shownCode.FindAllString(page, -1)) != 10 || b.who() != "li" || other.who() != "" {
		t.Error("the first passkey brings no recovery codes, or a session opened without it lives on")
	}
	if !strings.Contains(b.get("/me/second"), "窗口电脑") {
		t.Error("the page does not show it")
	}

	x := h.browser()
	signed, sealed := d.open(t, x.get("/signin"))
	if x.post("/signin/passkey", "sealed", sealed, "signed", signed, "next", "/me?x=1"); x.status != 303 || x.where != "/me?x=1" || x.who() != "li" {
		t.Fatalf("signed in as %q, %d to %q", x.who(), x.status, x.where)
	}
	if y := h.browser(); true {
		if y.post("/signin/passkey", "sealed", sealed, "signed", signed); y.status != 401 || y.who() != "" {
			t.Errorf("an answer opens twice: %d", y.status)
		}
	}
	half, page := h.browser(), ""
	if page = half.post("/signin", "login", "li", "password", password); half.who() != "" || !strings.Contains(page, `data-passkey="get"`) {
		t.Error("the password alone opens, or the page with the code offers no passkey")
	}

	// Taken away, it opens nothing, and with the last one the second factor goes.
	_, rest, _ := strings.Cut(x.get("/me/second"), `name="passkey"`)
	key := regexp.MustCompile(`value="([0-9a-f]{16})"`).FindStringSubmatch(rest)
	if key == nil {
		t.Fatal("no passkey to choose")
	}
	if x.post("/me/second/passkeys/drop", "passkey", key[1], "password", "not this one"); x.status != 422 {
		t.Errorf("with a wrong password: %d", x.status)
	}
	if x.post("/me/second/passkeys/drop", "passkey", "0123456789abcdef", "password", password); x.status != 422 {
		t.Errorf("one that nobody has: %d", x.status)
	}
	if x.post("/me/second/passkeys/drop", "passkey", key[1], "password", password); x.status != 303 || b.who() != "" || x.who() != "li" {
		t.Errorf("dropped: %d, the other session is %q, the own %q", x.status, b.who(), x.who())
	}
	z := h.browser()
	signed, sealed = d.open(t, z.get("/signin"))
	if z.post("/signin/passkey", "sealed", sealed, "signed", signed); z.status != 401 {
		t.Errorf("a passkey taken away: %d", z.status)
	}
	if h.browser().signIn("li", password).who() != "li" {
		t.Error("without a second factor the password must open")
	}
}

func TestPasskeyRefused(t *testing.T) {
	t.Parallel()
	h := newDoors(t)
	id, wang := h.user("li", "committee_staff", "hehua", ""), h.user("wang", "auditor", portaltest.City, "")
	d, _, _ := h.addPasskey(t, "li", id)
	try := func(name string, change func(d *device), sealedBy func(string) string, want int) {
		t.Helper()
		c := *d
		if change != nil {
			change(&c)
		}
		b := h.browser()
		signed, sealed := c.open(t, b.get("/signin"))
		d.key.Counter = max(d.key.Counter, c.key.Counter)
		if sealedBy != nil {
			sealed = sealedBy(sealed)
		}
		if b.post("/signin/passkey", "sealed", sealed, "signed", signed); b.status != want || (b.who() != "") != (want == 303) {
			t.Errorf("%s: %d, signed in as %q", name, b.status, b.who())
		}
	}
	try("as it should be", nil, nil, 303)
	try("asked by a false page", func(d *device) { d.at.Origin = "https://gate.test.evil.cn" }, nil, 401)
	try("asked for another name", func(d *device) { d.at.ID = "evil.cn" }, nil, 401)
	try("nobody showed a finger", func(d *device) { d.auth.Options.UserNotVerified = true }, nil, 401)
	try("another's handle", func(d *device) { d.auth.Options.UserHandle = []byte(wang) }, nil, 401)
	try("nobody's handle", func(d *device) { d.auth.Options.UserHandle = []byte("nobody") }, nil, 401)
	try("no handle", func(d *device) { d.auth.Options.UserHandle = nil }, nil, 401)
	try("another key", func(d *device) {
		k := newKey()
		k.ID, k.Counter = d.key.ID, d.key.Counter
		d.key = k
	}, nil, 401)
	try("a copy that lags behind", func(d *device) { d.key.Counter = 0 }, nil, 401)
	try("no question of ours", nil, func(string) string { return "x.y.z" }, 401)
	try("the answer to another question", nil, func(string) string {
		_, sealed := question(t, h.browser().get("/signin"))
		return sealed
	}, 401)
	try("the answer to what one's own page asks", nil, func(string) string {
		_, sealed := question(t, h.browser().signIn("wang", password).get("/me/second"))
		return sealed
	}, 401)
	try("still as it should be", nil, nil, 303)

	late := h.browser()
	signed, sealed := d.open(t, late.get("/signin"))
	h.Pass(11 * time.Minute)
	if late.post("/signin/passkey", "sealed", sealed, "signed", signed); late.status != 401 {
		t.Errorf("eleven minutes later: %d", late.status)
	}
	for _, junk := range []string{"", "{}", "null", `{"id":"x"}`, strings.Repeat("x", 1<<20)} {
		b := h.browser()
		_, sealed := question(t, b.get("/signin"))
		if b.post("/signin/passkey", "sealed", sealed, "signed", junk); b.status != 401 {
			t.Errorf("junk of %d bytes: %d", len(junk), b.status)
		}
	}
	h.must(admin, id, "suspend", &people.ReasonForm{Reason: "x"})
	try("suspended", nil, nil, 401)
	h.must(admin, id, "reinstate", nil)
	try("reinstated", nil, nil, 303)
	h.must(admin, id, "drop_second", nil)
	try("the administrator took the second factor away", nil, nil, 401)
}

func TestPasskeyJoins(t *testing.T) {
	t.Parallel()
	h := newDoors(t)
	id := h.user("li", "committee_staff", "hehua", "")
	wang := h.user("wang", "auditor", portaltest.City, "")
	d, b, _ := h.addPasskey(t, "li", id)
	add := func(d *device, password string) int {
		t.Helper()
		signed, sealed := d.join(t, b.get("/me/second"))
		b.post("/me/second/passkeys", "name", "手机", "password", password, "sealed", sealed, "signed", signed)
		return b.status
	}
	if got := add(newDevice(id), "not this one"); got != 422 {
		t.Errorf("a wrong password: %d", got)
	}
	if got := add(d, password); got != 409 {
		t.Errorf("the same device again: %d", got)
	}
	fake := newDevice(id)
	fake.at.Origin = "https://evil.cn"
	if got := add(fake, password); got != 422 {
		t.Errorf("asked by a false page: %d", got)
	}
	// What one was asked another cannot answer.
	w := h.browser().signIn("wang", password)
	signed, sealed := newDevice(wang).join(t, w.get("/me/second"))
	if b.post("/me/second/passkeys", "name", "x", "password", password, "sealed", sealed, "signed", signed); b.status != 401 {
		t.Errorf("another's question: %d", b.status)
	}
	for n := 2; n <= 10; n++ {
		if got := add(newDevice(id), password); got != 303 {
			t.Fatalf("device %d: %d", n, got)
		}
	}
	if got := add(newDevice(id), password); got != 409 {
		t.Errorf("an eleventh: %d", got)
	}
}

// Codes of an authenticator and passkeys stand beside each other.
func TestPasskeyBesideTheApp(t *testing.T) {
	t.Parallel()
	h := newDoors(t)
	id := h.user("li", "committee_staff", "hehua", "")
	d, b, _ := h.addPasskey(t, "li", id)
	phone, codes := b.enrol()
	h.Pass(time.Minute)
	if b.post("/me/second/drop", "password", password, "code", codes[0]); b.status != 303 {
		t.Fatalf("drop the app: %d", b.status)
	}
	x, half := h.half("li")
	if x.post("/signin/second", "half", half, "code", phone.code()); x.who() != "" {
		t.Error("the app taken away still opens")
	}
	if x.post("/signin/second", "half", half, "code", codes[1]); x.who() != "li" {
		t.Error("a recovery code must open while a passkey stands")
	}
	signed, sealed := d.open(t, h.browser().get("/signin"))
	if x = h.browser(); x.post("/signin/passkey", "sealed", sealed, "signed", signed) == "" && x.who() != "li" {
		t.Error("the passkey went with the app")
	}
}

// Where the city asks for a second factor, a passkey is one.
func TestPasskeyIsASecondFactor(t *testing.T) {
	t.Parallel()
	h := newDoors(t)
	h.Portal.Portal.Settings = func() setting.Values { return setting.Values{"acc.second": "required"} }
	id := h.user("li", "committee_staff", "hehua", "")
	b := h.browser().signIn("li", password)
	if b.get("/me"); b.where != "/me/second" {
		t.Fatalf("without one: %d to %q", b.status, b.where)
	}
	d, page := newDevice(id), b.get("/me/second")
	signed, sealed := d.join(t, page)
	_, rest, _ := strings.Cut(page, `name="_csrf" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	b.send("POST", "/me/second/passkeys", url.Values{"_csrf": {token}, "name": {"x"}, "password": {password}, "sealed": {sealed}, "signed": {signed}}.Encode())
	if b.get("/me"); b.status != 200 {
		t.Errorf("the session in which it was added: %d", b.status)
	}
	x := h.browser()
	signed, sealed = d.open(t, x.get("/signin"))
	x.post("/signin/passkey", "sealed", sealed, "signed", signed)
	if x.get("/me"); x.status != 200 {
		t.Errorf("a session opened by it: %d to %q", x.status, x.where)
	}
}

// To an address that is a number no device signs: there is nothing to press.
func TestNoPasskeyAtANumber(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	h.Origin = "http://127.0.0.1:8080"
	f := settled(t, h)
	f.user("li", "committee_staff", "hehua", "")
	b := f.browser()
	if strings.Contains(b.get("/signin"), "data-passkey") {
		t.Error("the sign-in page offers it")
	}
	b.signIn("li", password)
	if strings.Contains(b.get("/me/second"), "data-passkey") {
		t.Error("one's own page offers it")
	}
	for _, path := range []string{"/signin/passkey", "/me/second/passkeys"} {
		if b.post(path, "name", "x", "password", password, "signed", "{}"); b.status != 404 {
			t.Errorf("%s: %d", path, b.status)
		}
	}
}

func TestEndAllOtherSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.user("li", "committee_staff", "hehua", "")
	h.user("wang", "auditor", portaltest.City, "")
	one, two, wang := h.browser().signIn("li", password), h.browser().signIn("li", password), h.browser().signIn("wang", password)
	token := h.program("li")
	one.post("/me/sessions/end")
	p := h.browser()
	p.header["Authorization"] = "Bearer " + token
	if one.who() != "li" || two.who() != "" || p.who() != "" || wang.who() != "wang" {
		t.Errorf("left: %q, %q, the program %q, another %q", one.who(), two.who(), p.who(), wang.who())
	}
}
