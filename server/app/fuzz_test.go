package app

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

// target is one address of the portal with what it takes.
type target struct {
	method, path string
	schema       fields // of the body; nil for none
}

// fuzzer sends what nobody would write, made of what the portal describes.
type fuzzer struct {
	*testing.T
	*site
	*rand.Rand
	targets []target
	ids     []string
	status  map[int]int
}

// bits are pieces that have broken programs before.
var bits = []string{"", "0", "-1", "9223372036854775808", "1e400", "NaN", "null", "true", "{}", "[]", "[[", `{"a":`, `"`, "\\", "'", "\x00", "\r\n", "\xff\xfe", "\ufeff", "\u202e", "\u2028", "é", "e\u0301",
	"👩‍👧", "\U0010ffff", "\xed\xa0\x80", "%", "%00", "%ff", "%2e%2e%2f", "..", "../../etc/passwd", "<script>alert(1)</script>", "{{.}}", "${7*7}", "'; DROP TABLE users--", "$where", "__proto__",
	"2026-02-30", "0000-00-00", "9999-12-31", "２０２６", strings.Repeat("9", 400), strings.Repeat("长", 900), strings.Repeat("[", 2000), "=1+1", "\t", " "}

func (p *site) fuzzer(t *testing.T, seed uint64) *fuzzer {
	f := &fuzzer{T: t, site: p, Rand: rand.New(rand.NewPCG(seed, 7)), status: map[int]int{}}
	described := map[string]fields{}
	paths := p.get(t, "", "/openapi.json").body["paths"].(fields)
	for path, ops := range paths {
		post, _ := ops.(fields)["post"].(fields)
		body, _ := post["requestBody"].(fields)
		content, _ := body["content"].(fields)
		typed, _ := content["application/json"].(fields)
		if schema, ok := typed["schema"].(fields); ok {
			described[path] = schema
			described[strings.TrimPrefix(path, "/api/v1")] = schema // its form
		}
	}
	for _, r := range p.Fiber.GetRoutes(true) {
		if (r.Method == fiber.MethodGet || r.Method == fiber.MethodPost) && r.Path != "/live" {
			path := strings.ReplaceAll(strings.ReplaceAll(r.Path, ":id", "{id}"), ":no", "{no}")
			f.targets = append(f.targets, target{r.Method, r.Path, described[path]})
		}
	}
	// Acts share one pattern with a parameter; each has an address of its own here.
	for path, schema := range described {
		f.targets = append(f.targets, target{"POST", path, schema})
	}
	slices.SortFunc(f.targets, func(a, b target) int { return strings.Compare(a.method+a.path, b.method+b.path) })
	f.ids = append(slices.Sorted(maps.Values(samples(t, p))), nowhere, "x")
	return f
}

func (f *fuzzer) bit() string { return bits[f.IntN(len(bits))] }

// spoil breaks a text a little.
func (f *fuzzer) spoil(s string) string {
	for range f.IntN(4) {
		at := f.IntN(len(s) + 1)
		to := at + f.IntN(min(len(s)-at, 12)+1)
		switch f.IntN(4) {
		case 0:
			s = s[:at] + f.bit() + s[at:]
		case 1:
			s = s[:at] + s[to:]
		case 2:
			s = s[:to] + s[at:to] + s[to:]
		case 3:
			s = s[:at] + f.bit() + s[to:]
		}
	}
	return s
}

// address fills in the parameters of a route and asks for something.
func (f *fuzzer) address(x target) string {
	var parts []string
	for _, part := range strings.Split(x.path, "/") {
		if strings.HasPrefix(part, ":") || strings.HasPrefix(part, "{") || part == "*" {
			if part = f.ids[f.IntN(len(f.ids))]; f.IntN(4) == 0 {
				part = url.PathEscape(f.spoil(part))
			}
		}
		parts = append(parts, part)
	}
	path := strings.Join(parts, "/")
	if f.IntN(3) == 0 {
		q := url.Values{}
		for range 1 + f.IntN(3) {
			name := []string{"after", "limit", "q", "state", "place", "department", "waiting", "account", "quarter", "month", "item", "round", "code", "no", "next", "kinds", "format", "year", "community", "bbox", "lang"}[f.IntN(21)]
			v := f.bit()
			if name == "after" && f.IntN(2) == 0 {
				v = base64.RawURLEncoding.EncodeToString([]byte(f.spoil(`["01900000-0000-7000-8000-000000000000","2026-11-23"]`)))
			}
			q.Set(name, v)
		}
		path += "?" + q.Encode()
	}
	if f.IntN(20) == 0 {
		path = "/" + strings.NewReplacer(" ", "%20", "\r", "%0d", "\n", "%0a", "\t", "%09", "\x00", "%00").Replace(f.spoil(path[1:]))
	}
	return path
}

// body gives something for a schema, as JSON or as a form, and its type.
func (f *fuzzer) body(x target) (string, string) {
	if x.schema == nil {
		return f.bit(), "application/json"
	}
	in := plausible(x.schema).(fields)
	names := slices.Sorted(maps.Keys(in))
	for range f.IntN(3) {
		if len(names) > 0 {
			name := names[f.IntN(len(names))]
			w := wrongs(x.schema["properties"].(fields)[name].(fields))
			if in[name] = w[f.IntN(len(w))]; f.IntN(3) == 0 {
				in[name] = f.bit()
			}
		}
	}
	if strings.HasPrefix(x.path, "/api/") {
		b, err := json.Marshal(in)
		if err != nil {
			b = []byte(`{"a":1e400}`)
		}
		if f.IntN(2) == 0 {
			return f.spoil(string(b)), "application/json"
		}
		return string(b), "application/json"
	}
	v := url.Values{}
	for name, one := range in {
		v.Set(name, fmt.Sprint(one))
	}
	if f.IntN(4) == 0 {
		return "--x\r\nContent-Disposition: form-data; name=\"" + f.spoil("files") + "\"; filename=\"" + f.spoil("a.jpg") + "\"\r\n\r\n" + f.spoil("\xff\xd8\xff\xe0") + "\r\n--x--\r\n", "multipart/form-data; boundary=x"
	}
	return f.spoil(v.Encode()), "application/x-www-form-urlencoded"
}

// oneLine keeps a header from becoming two, which would be another request.
func oneLine(s string) string { return strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(s) }

// shoot sends one request as somebody; head is who they are.
func (f *fuzzer) shoot(x target, head string) {
	f.Helper()
	body, kind := "", ""
	method := x.method
	if method == "POST" {
		body, kind = f.body(x)
	}
	extra := ""
	for range f.IntN(3) {
		name := []string{"If-Match", "Idempotency-Key", "Accept-Language", "Accept", "Range", "If-None-Match", "Content-Encoding", "X-Forwarded-For", "Last-Event-ID", "Cookie", "Origin", "X-Gatehouse-Signature"}[f.IntN(12)]
		extra += name + ": " + oneLine(f.bit()) + "\r\n"
	}
	if f.IntN(30) == 0 {
		kind = oneLine(f.bit())
	}
	path := f.address(x)
	a := f.raw(f, method+" "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\nSec-Fetch-Site: same-origin\r\n"+head+extra+
		"Content-Type: "+kind+"\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"+body)
	f.status[a.status/100]++
	if a.status >= 500 || strings.Contains(a.raw, "<script>alert(1)") {
		f.Errorf("%s %q as %.60s, with %q: %d %.300s\n%.600q", method, path, head, extra, a.status, a.raw, body)
	}
}

// TestFuzzHTTP: whatever comes to an address of the portal, it answers, and
// never with a fault of its own. Who has no permission changes nothing. Ring 1
// throws 600 times, ring 2 3000 times, ring 3 for eight minutes.
func TestFuzzHTTP(t *testing.T) {
	t.Parallel()
	shots := portaltest.Sized(300, 1500, 1<<30) // of each kind of people, in four minutes at most
	seed := rand.Uint64()
	if s := os.Getenv("GATEHOUSE_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	p := portalOf(t, lived)
	f := p.fuzzer(t, seed)
	t.Logf("seed %d, %d targets", seed, len(f.targets))

	// Signed in before anything is thrown: junk at the sign-in makes the address wait.
	who := []string{"", "hehua", "civil-affairs", "office", "office1", "operator1", "dispatcher", "finance"}
	for _, login := range who[1:] {
		p.token(t, login)
	}

	// Nobody at all, at every address where only somebody may write.
	public := func(x target) bool {
		return slices.ContainsFunc(p.Portal.Resources(), func(d portal.AnyResource) bool {
			return section(x.path) == d.Plural() && (d.MayOpen(lifecycle.Actor{}, "file") || d.MayOpen(lifecycle.Actor{}, "note") || d.MayOpen(lifecycle.Actor{}, "cast"))
		}) || slices.Contains([]string{"track", "votes", "r", "setup"}, section(x.path))
	}
	closed := slices.DeleteFunc(slices.Clone(f.targets), func(x target) bool { return x.method == "POST" && public(x) })
	p.unmoved(t, func() {
		for i, end := 0, time.Now().Add(4*time.Minute); i < shots && time.Now().Before(end) && !t.Failed(); i++ {
			f.shoot(closed[f.IntN(len(closed))], "")
		}
	})
	// Those who may, too; but nobody leaves and no place is taken off the map.
	open := slices.DeleteFunc(slices.Clone(f.targets), func(x target) bool {
		return slices.Contains([]string{"users", "areas", "departments", "signout", "session", "me"}, section(x.path))
	})
	for i, end := 0, time.Now().Add(4*time.Minute); i < shots && time.Now().Before(end) && !t.Failed(); i++ {
		head := ""
		if login := who[f.IntN(len(who))]; login != "" {
			head = "Authorization: Bearer " + p.token(t, login) + "\r\n"
		}
		f.shoot(open[f.IntN(len(open))], head)
	}
	for _, d := range p.Portal.Resources() {
		if _, broken, err := lifecycle.Verify(t0, p.Portal.Store, d.Plural()); broken != nil || err != nil {
			t.Errorf("%s: %v %v", d.Plural(), broken, err)
		}
	}
	n := p.sent.Load()
	t.Logf("FIGURES fuzzer: %d requests to %d targets, 2xx %d, 3xx %d, 4xx %d, 5xx %d", n, len(f.targets), f.status[2], f.status[3], f.status[4], f.status[5])
	if n < 500 {
		t.Errorf("only %d requests", n)
	}
}
