package app

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// raw sends bytes that no client library would and reads the answer.
func (p *site) raw(t testing.TB, request string) answer {
	t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(20 * time.Second))
	go io.WriteString(c, request) // the portal may answer before it has all
	res, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%.80q: %v", request, err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	p.sent.Add(1)
	a := answer{status: res.StatusCode, header: res.Header, raw: string(b)}
	json.Unmarshal(b, &a.body)
	return a
}

// plurals are the collections of the API.
func (p *site) plurals() []string {
	var out []string
	for _, d := range p.Portal.Resources() {
		out = append(out, d.Plural())
	}
	return out
}

// Ids that are not there, that are code for somebody else, that are no text.
// Ring 1 asks some kinds of cases for them, ring 2 all.
func TestWrongIDs(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	ids := []string{"0", "00000000-0000-7000-8000-000000000000", "..", ".", "...", "-", "%27%20OR%201%3D1--", "1%3BDROP%20TABLE%20users", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
		"a%2Fb", "..%5c..%5cwindows", "%00", "a%00b", "%zz", "%", "%e0%80", "%ff", "a%0d%0aX-Planted:1", "%E2%80%AE", "$ne", "%7B%22$gt%22:%22%22%7D", "*", "__proto__", strings.Repeat("a", 65), strings.Repeat("a", 5000)}
	p.unmoved(t, func() {
		for _, plural := range some(p.plurals()) {
			for _, id := range ids {
				for _, at := range []string{"/api/v1/", "/"} {
					for _, tail := range []string{"", "/approve", "/edit"} {
						for _, method := range []string{"GET", "POST"} {
							path := at + plural + "/" + id + tail
							if (id == "." || id == "..") && tail == "" && method == "GET" {
								continue // is another page
							}
							a := p.raw(t, method+" "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\nAuthorization: Bearer "+p.token(t, "office")+"\r\n\r\n{}")
							if (id == ".." || id == ".") && a.status < 400 {
								t.Errorf("%s %.60s: %d", method, path, a.status)
								continue
							}
							want := at
							if id == ".." && at != "/" {
								want = "/api/" // the address leads out of the collection, not out of the API
							}
							a.firm(t, method+" "+path[:min(len(path), 60)], want)
							if a.header.Get("X-Planted") != "" {
								t.Errorf("%s %s plants a header", method, path)
							}
						}
					}
				}
			}
		}
	})
}

// Cases of other departments are as if they were not there.
func TestOthersCases(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	n := 0
	p.unmoved(t, func() {
		for _, seen := range []struct{ plural, by, not string }{
			{"applications?state=draft", "culture", "health"}, {"applications?state=draft", "fire.clerk", "office"}, {"payments", "civil-affairs", "health"},
			{"payments", "hehua", "yinxing"}, {"refusals", "laochang", "tielu"}, {"ballots", "hehua", "civil-affairs"}, {"users", "admin", "hehua"}} {
			rows := p.list(t, seen.by, seen.plural)
			others := map[any]bool{}
			for _, r := range p.list(t, seen.not, seen.plural) {
				others[r["id"]] = true
			}
			for _, r := range rows {
				if others[r["id"]] {
					continue
				}
				n++
				path := strings.Split(seen.plural, "?")[0] + "/" + r["id"].(string)
				p.get(t, seen.not, "/api/v1/"+path).problem(t, 404)
				for _, act := range []string{"edit", "submit", "confirm", "withdraw", "amend", "void", "suspend", "reset_password", "nonsense"} {
					p.hit(t, "POST", "/api/v1/"+path+"/"+act, p.token(t, seen.not), []byte(`{"reason":1}`)).firm(t, seen.not, "/api/v1/"+path+"/"+act, 404)
				}
				p.hit(t, "GET", "/"+path, "", nil).firm(t, "nobody", "/"+path, 404)
			}
		}
	})
	if n < 7 {
		t.Errorf("only %d cases were somebody else's", n)
	}
}

// Query parameters that are garbage never do more than be refused. Ring 1 gives
// them to some pages, ring 2 to all.
func TestWrongQueries(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	cursor := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	values := map[string][]string{
		"after": {"x", "%%%", cursor("x"), cursor("[]"), cursor("[1,2]"), cursor(`["a"]`), cursor(`["a","b"]`), cursor(`["a",1]`), cursor(`["a",null,1]`), cursor(`["\u0000",null]`),
			cursor(`["a",{"$gt":""}]`), cursor(`["'; DROP TABLE users--",null]`), strings.Repeat("A", 4000)},
		"limit":      {"0", "-1", "101", "1e3", "x", "9223372036854775808", strings.Repeat("9", 300)},
		"state":      {"x", "' OR 1=1", "draft,approved", "\U0010ffff", strings.Repeat("x", 3000)},
		"place":      {"x", "' OR '1'='1", "$where", "[]", "荷花", strings.Repeat("长", 500), "%", "_", "*"},
		"q":          {"*", "\"", "w:x", "NOT", "a OR b", "NEAR(a b)", "\x00", "\xff", "。", strings.Repeat("长", 81), strings.Repeat("a b ", 20)},
		"department": {"x", "' OR '1'='1", "{}", "null", strings.Repeat("x", 3000)},
		"round":      {"x", "'"}, "item": {"x", "\""}, "year": {"-1", "x"}, "nonsense": {"x"}, "done": {"javascript:alert(1)", "<script>", "fault.internal"},
		"title": {"", strings.Repeat("长", 201), "<script>alert(1)</script>"}, "kinds": {"x", ",,,,"}, "code": {"", "ZR-0000-00000-", "ZR-2026-00001-ABCDEF", strings.Repeat("-", 3000)}, "community": {"x"},
		"next": {"//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/%0d%0aX-Planted:1", "\t//evil.example"},
	}
	paths := []string{"/api/v1/tasks", "/api/v1/check", "/api/v1/verify", "/api/v1/lifecycles", "/api/v1/me", "/tasks", "/check", "/verify", "/gate", "/api/v1/gate", "/signin", "/lifecycles", "/catalogue/edition", "/check/fragment"}
	for _, plural := range p.plurals() {
		paths = append(paths, "/api/v1/"+plural, "/"+plural, "/"+plural+"/new")
	}
	p.unmoved(t, func() {
		for _, path := range some(paths) {
			for name, vs := range values {
				for _, v := range vs {
					at := path + "?" + name + "=" + url.QueryEscape(v)
					a := p.hit(t, "GET", at, p.token(t, "office"), nil)
					switch {
					case a.status >= 400:
						a.firm(t, "GET", at, 404, 422, 403)
					case a.header.Get("X-Planted") != "" || strings.Contains(a.header.Get("Location"), "evil"):
						t.Errorf("%s: leads to %v", at, a.header)
					case strings.Contains(a.raw, "<script>alert"):
						t.Errorf("%s: the page runs what it is given", at)
					}
					if a.status == 422 && strings.HasPrefix(path, "/api/v1/") && slices.Contains(p.plurals(), path[8:]) && !slices.Contains(a.fields(), name) && a.str("code") != "bad_utf8" {
						t.Errorf("%s: the parameter is not named: %s", at, a.raw)
					}
				}
			}
		}
	})
}

// What HTTP itself allows to get wrong.
func TestWrongHTTP(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	p.unmoved(t, func() {
		some := p.list(t, "office", "applications?limit=1")[0]["id"].(string)
		for _, path := range []string{"/api/v1/applications", "/api/v1/applications/" + some, "/api/v1/applications/" + some + "/approve", "/api/v1/session", "/api/v1/me", "/api/v1/tasks", "/openapi.json", "/applications", "/applications/" + some, "/"} {
			for _, method := range []string{"PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "NONSENSE"} {
				if method == "DELETE" && path == "/api/v1/session" {
					continue
				}
				a := p.raw(t, fmt.Sprintf("%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: Bearer %s\r\n\r\n", method, path, p.token(t, "office")))
				if a.status < 400 || a.status >= 500 && a.status != 501 {
					t.Errorf("%s %s: %d %.200s", method, path, a.status, a.raw)
				}
				if a.status != 501 && strings.HasPrefix(path, "/api/") && method != "NONSENSE" {
					a.firm(t, method, path, 404, 405)
				}
			}
		}
		for _, path := range []string{"/api/v1/applications", "/api/v1/session", "/signin", "/applications/new/draft"} {
			head := "POST " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nAuthorization: Bearer " + p.token(t, "office") + "\r\n"
			p.raw(t, head+"Content-Length: 10485760\r\n\r\n"+strings.Repeat("x", 10<<20)).firm(t, "ten megabytes", path, 413)
			p.raw(t, head+"Transfer-Encoding: chunked\r\n\r\n"+strings.Repeat("100000\r\n"+strings.Repeat("x", 1<<20)+"\r\n", 10)+"0\r\n\r\n").firm(t, "ten megabytes in chunks", path, 413)
			for _, bad := range []string{"Content-Length: -1\r\n\r\n", "Content-Length: x\r\n\r\n", "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Bad Header\r\n\r\n", ": x\r\n\r\n"} {
				if a := p.raw(t, head+bad); a.status < 400 || a.status >= 500 {
					t.Errorf("%s %q: %d %.200s", path, bad, a.status, a.raw)
				}
			}
		}
	})
	if a := p.get(t, "", "/readyz"); a.status != 200 {
		t.Errorf("afterwards: %d %s", a.status, a.raw)
	}
}
