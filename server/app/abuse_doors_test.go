package app

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/server/app/demo"
	"gatehouse/server/session"
)

// Tokens that are over, made up, or for something else open nothing.
func TestWrongTokens(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	sign := session.NewSigner(p.Portal.Signing)
	now, person := p.clock.Now().UTC(), p.get(t, "office", "/api/v1/me").str("id")
	issue := func(s *session.Signer, c session.Claims) string {
		tok, err := s.Issue(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(tok)
	}
	fresh := p.send(t, "POST", "/api/v1/session", "", fmt.Sprintf(`{"login":"office","password":%q}`, demo.Password), nil).str("token")
	parts := strings.Split(fresh, ".")
	enc := base64.RawURLEncoding.EncodeToString
	claims := func(f func(*session.Claims)) session.Claims {
		c := session.Claims{Session: "s", Person: person, Audience: session.Programs, Issued: now.Add(-time.Hour), Expires: now.Add(time.Hour)}
		f(&c)
		return c
	}
	tokens := map[string]string{
		"alg none": enc([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + ".", "alg none, signed": enc([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "." + parts[2],
		"alg NoNe": enc([]byte(`{"alg":"NoNe"}`)) + "." + parts[1] + ".", "RS256": enc([]byte(`{"alg":"RS256"}`)) + "." + parts[1] + "." + parts[2],
		"no signature": parts[0] + "." + parts[1] + ".", "another's claims": parts[0] + "." + enc([]byte(`{"sub":"`+person+`","aud":["gatehouse/api"],"iss":"gatehouse","jti":"x","exp":99999999999,"iat":1}`)) + "." + parts[2],
		"expired": issue(sign, claims(func(c *session.Claims) { c.Expires = now.Add(-time.Second) })), "not yet": issue(sign, claims(func(c *session.Claims) { c.Issued = now.Add(time.Hour) })),
		"no such session": issue(sign, claims(func(*session.Claims) {})), "for pages": issue(sign, claims(func(c *session.Claims) { c.Audience = session.Pages })),
		"another key": issue(session.NewSigner([]byte("guess")), claims(func(*session.Claims) {})), "nothing": "", "a dot": ".", "two dots": "..", "long": strings.Repeat("a", 3000),
		"signed in twice": fresh + " " + fresh, "cut off": fresh[:len(fresh)-2], "not a token": "x",
	}
	p.unmoved(t, func() {
		for what, tok := range tokens {
			for _, path := range []string{"/api/v1/me", "/api/v1/tasks", "/api/v1/applications"} {
				p.hit(t, "GET", path, "", nil, "Authorization", "Bearer "+tok).firm(t, what, path, 401)
			}
			p.hit(t, "POST", "/api/v1/applications", "", []byte(`{}`), "Authorization", "bearer "+tok).firm(t, what, "/api/v1/applications", 401)
		}
		for _, other := range []string{"Basic b2ZmaWNlOng=", "Token " + fresh, fresh, "Bearer"} {
			p.hit(t, "GET", "/api/v1/me", "", nil, "Authorization", other).firm(t, other[:5], "/api/v1/me", 401)
		}
		p.hit(t, "GET", "/api/v1/me", "", nil, "Cookie", "gatehouse="+fresh).firm(t, "a program's token as a cookie", "/api/v1/me", 401)
		if a := p.hit(t, "DELETE", "/api/v1/session", fresh, nil); a.status != 204 {
			t.Errorf("sign out: %d %s", a.status, a.raw)
		}
		p.hit(t, "GET", "/api/v1/me", fresh, nil).firm(t, "after signing out", "/api/v1/me", 401)
		p.hit(t, "POST", "/api/v1/applications", fresh, []byte(`{}`)).firm(t, "after signing out", "/api/v1/applications", 401)
	})
}

var hidden = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// signIn signs a person in as a browser does and gives the cookie.
func (p *site) signIn(t testing.TB, login string) string {
	t.Helper()
	a := p.hit(t, "POST", "/signin", "", []byte(url.Values{"login": {login}, "password": {demo.Password}, "next": {"/tasks"}}.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
	c := a.header.Get("Set-Cookie")
	if a.status != http.StatusSeeOther || a.header.Get("Location") != "/tasks" || !strings.Contains(c, "HttpOnly") || !strings.Contains(c, "SameSite=Lax") {
		t.Fatalf("sign in: %d %v", a.status, a.header)
	}
	return strings.Split(c, ";")[0]
}

// Another site cannot make a browser act, and no header makes it ours.
func TestForgedForms(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	cookie := p.signIn(t, "culture")
	page := p.hit(t, "GET", "/applications/new/draft", "", nil, "Cookie", cookie)
	m := hidden.FindStringSubmatch(page.raw)
	if m == nil {
		t.Fatalf("the form carries no token: %d", page.status)
	}
	other := hidden.FindStringSubmatch(p.hit(t, "GET", "/applications/new/draft", "", nil, "Cookie", p.signIn(t, "health")).raw)
	host := strings.TrimPrefix(p.base, "http://")
	form := func(token string) []byte {
		return []byte(url.Values{"_csrf": {token}, "_key": {"forged"}, "department": {"culture"}, "title": {"伪造"}}.Encode())
	}
	tries := map[string][]string{
		"no token":             {"", "Sec-Fetch-Site", "same-origin"},
		"another's token":      {other[1], "Sec-Fetch-Site", "same-origin"},
		"half a token":         {m[1][:40], "Sec-Fetch-Site", "same-origin"},
		"cross-site":           {m[1], "Sec-Fetch-Site", "cross-site"},
		"same-site":            {m[1], "Sec-Fetch-Site", "same-site"},
		"another origin":       {m[1], "Origin", "http://evil.example"},
		"no origin at all":     {m[1]},
		"null origin":          {m[1], "Origin", "null"},
		"our name in theirs":   {m[1], "Origin", "http://" + host + ".evil.example"},
		"forwarded host":       {m[1], "Origin", "http://evil.example", "X-Forwarded-Host", "evil.example"},
		"forwarded everything": {m[1], "Origin", "http://evil.example", "X-Forwarded-Host", "evil.example", "X-Original-Host", "evil.example", "Forwarded", "host=evil.example", "X-Forwarded-Proto", "https"},
		"a method in a header": {"", "Sec-Fetch-Site", "same-origin", "X-HTTP-Method-Override", "GET"},
	}
	p.unmoved(t, func() {
		for what, try := range tries {
			head := append([]string{"Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded"}, try[1:]...)
			p.hit(t, "POST", "/applications/new/draft", "", form(try[0]), head...).firm(t, what, "/applications/new/draft", 403)
			json := append([]string{"Cookie", cookie}, try[1:]...)
			if try[0] != m[1] && what != "a method in a header" {
				continue // a same-origin script of ours needs no token for the API
			}
			if what == "a method in a header" {
				continue
			}
			p.hit(t, "POST", "/api/v1/applications", "", []byte(`{"department":"culture","title":"伪造"}`), json...).firm(t, what, "/api/v1/applications", 403)
		}
		for _, path := range []string{"/signout", "/me/for", "/me/password", "/users/new/register"} {
			p.hit(t, "POST", path, "", []byte("x=1"), "Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "cross-site").firm(t, "cross-site", path, 403)
		}
	})
	if a := p.hit(t, "GET", "/me", "", nil, "Cookie", cookie); a.status != 200 {
		t.Errorf("signed out by another site: %d", a.status)
	}
	if a := p.hit(t, "POST", "/applications/new/draft", "", form(m[1]), "Cookie", cookie, "Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin"); a.status != http.StatusSeeOther {
		t.Errorf("an honest form: %d %.200s", a.status, a.raw)
	}
}

// Nobody is led elsewhere after signing in, and no header is planted.
func TestOpenRedirects(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	for _, next := range []string{"//evil.example", "https://evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/\r\nSet-Cookie: planted=1", "/%0d%0aSet-Cookie:planted=1", "/\t/evil.example", " //evil.example", "http:evil.example", "/..//evil.example", "/\u2028x"} {
		a := p.hit(t, "POST", "/signin", "", []byte(url.Values{"login": {"auditor"}, "password": {demo.Password}, "next": {next}}.Encode()),
			"Content-Type", "application/x-www-form-urlencoded", "Sec-Fetch-Site", "same-origin")
		to, err := url.Parse(a.header.Get("Location"))
		if a.status != http.StatusSeeOther || err != nil || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(to.Path, "/") || strings.HasPrefix(a.header.Get("Location"), "//") || slices.ContainsFunc(a.header.Values("Set-Cookie"), func(c string) bool { return strings.HasPrefix(c, "planted") }) || len(a.header.Values("Set-Cookie")) != 2 { // the session's and the device's
			t.Errorf("%q: %d %v", next, a.status, a.header)
		}
	}
}

// What a request says about where it came from is believed of no stranger.
func TestForwardedHeaders(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	a := p.bring(t, "approved")
	letter := p.hit(t, "GET", "/"+a.path("notice"), "", nil, "X-Forwarded-Host", "evil.example", "X-Forwarded-Proto", "https", "Forwarded", "host=evil.example")
	if letter.status != 200 || strings.Contains(letter.raw, "evil.example") {
		t.Errorf("the letter's code leads elsewhere: %d", letter.status)
	}
	try := func(i int, password string) int {
		addr := fmt.Sprintf("203.0.113.%d", i)
		return p.hit(t, "POST", "/api/v1/session", "", []byte(fmt.Sprintf(`{"login":"nobody","password":%q}`, password)), "X-Forwarded-For", addr, "X-Real-IP", addr).status
	}
	last := 401
	for i := 0; i < 40 && last == 401; i++ {
		last = try(i, "guess")
	}
	if last != 429 {
		t.Errorf("one machine with many names guesses on: %d", last)
	}
}

// A key makes a retry the same answer, and a mistake a conflict.
func TestKeys(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	token := p.token(t, "culture")
	body := []byte(`{"department":"culture","title":"重试"}`)
	_, before := p.digest(t)
	first := p.hit(t, "POST", "/api/v1/applications", token, body, "Idempotency-Key", "once")
	if first.status != 201 || first.header.Get("Location") == "" || first.header.Get("ETag") == "" {
		t.Fatalf("%d %s", first.status, first.raw)
	}
	for _, same := range []string{string(body), " \n" + string(body), `{"title":"重试","department":"culture"}`} {
		if a := p.hit(t, "POST", "/api/v1/applications", token, []byte(same), "Idempotency-Key", "once"); a.status != 201 || a.str("id") != first.str("id") || a.raw != first.raw {
			t.Errorf("again: %d %s", a.status, a.raw)
		}
	}
	a := p.hit(t, "POST", "/api/v1/applications", token, []byte(`{"department":"culture","title":"别的"}`), "Idempotency-Key", "once")
	if a.firm(t, "another body", "/api/v1/applications", 409); a.str("code") != "lifecycle.key_reused" {
		t.Errorf("%s", a.raw)
	}
	if a := p.hit(t, "POST", "/api/v1/applications", p.token(t, "health"), []byte(`{"department":"health","title":"重试"}`), "Idempotency-Key", "once"); a.status != 201 || a.str("id") == first.str("id") {
		t.Errorf("another person's key: %d %s", a.status, a.raw)
	}
	act := "/api/v1/applications/" + first.str("id") + "/withdraw"
	done := p.hit(t, "POST", act, token, []byte(`{"reason":"不办了"}`), "Idempotency-Key", "once")
	again := p.hit(t, "POST", act, token, []byte(`{"reason":"不办了"}`), "Idempotency-Key", "once", "If-Match", first.header.Get("ETag"))
	if done.status != 200 || again.status != 200 || again.raw != done.raw {
		t.Errorf("an act again: %d %d %s", done.status, again.status, again.raw)
	}
	p.hit(t, "POST", act, token, []byte(`{"reason":"另一个理由"}`), "Idempotency-Key", "once").firm(t, "another reason", act, 409)
	p.hit(t, "POST", act, token, []byte(`{"reason":"不办了"}`)).firm(t, "no key", act, 409)
	if _, after := p.digest(t); after != before+2 {
		t.Errorf("%d cases, %d before", after, before)
	}
}
