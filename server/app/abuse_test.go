package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/store"
)

var browser = &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// some is every fifth of a list in ring 1, and all of it from ring 2 on.
func some[T any](xs []T) (out []T) {
	for i := 0; i < len(xs); i += portaltest.Sized(5, 1, 1) {
		out = append(out, xs[i])
	}
	return out
}

// hit sends what no proper client would send.
func (p *site) hit(t testing.TB, method, path, token string, body []byte, header ...string) answer {
	t.Helper()
	r, err := http.NewRequest(method, p.base+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(header); i += 2 {
		if r.Header.Del(header[i]); header[i+1] != "" {
			r.Header.Set(header[i], header[i+1])
		}
	}
	res, err := browser.Do(r)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	p.sent.Add(1)
	a := answer{status: res.StatusCode, header: res.Header, raw: string(b)}
	json.Unmarshal(b, &a.body)
	return a
}

// firm wants a refusal as the portal refuses: no fault of its own, problem
// details with a code for programs, a page for people.
func (a answer) firm(t testing.TB, what, path string, want ...int) {
	t.Helper()
	kind, short := a.header.Get("Content-Type"), a.raw[:min(len(a.raw), 300)]
	switch {
	case a.status >= 500 || a.status < 400:
		t.Errorf("%s: %s: %d %s", what, path, a.status, short)
	case len(want) > 0 && !slices.Contains(want, a.status):
		t.Errorf("%s: %s: want %v, got %d %s", what, path, want, a.status, short)
	case strings.HasPrefix(path, "/api/"):
		n, _ := a.body["status"].(float64)
		if !strings.HasPrefix(kind, "application/problem+json") || a.str("code") == "" || a.str("title") == "" || int(n) != a.status {
			t.Errorf("%s: %s: %d no problem details: %s %s", what, path, a.status, kind, short)
		}
	case !strings.HasPrefix(kind, "text/html"):
		t.Errorf("%s: %s: %d no page: %s %s", what, path, a.status, kind, short)
	}
}

// digest is what the store holds of all cases: their ids and revisions.
func (p *site) digest(t testing.TB) (string, int) {
	t.Helper()
	h, n := sha256.New(), 0
	for _, d := range p.Portal.Resources() {
		q := store.Query{Sort: "id", Limit: store.MaxLimit}
		for {
			rows, err := p.Portal.Store.Find(context.Background(), d.Plural(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				fmt.Fprintln(h, d.Plural(), r.ID, r.Revision)
				n++
			}
			if len(rows) < q.Limit {
				break
			}
			q.After = &store.Cursor{ID: rows[len(rows)-1].ID}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), n
}

// unmoved runs f and wants every case as it was.
func (p *site) unmoved(t *testing.T, f func()) {
	t.Helper()
	before, n := p.digest(t)
	was := p.sent.Load()
	f()
	if after, m := p.digest(t); after != before {
		t.Errorf("cases changed: %d before, %d after", n, m)
	}
	t.Logf("%d requests, %d cases unmoved", p.sent.Load()-was, n)
}

// operation is one kind of POST of the API, as the portal describes it.
type operation struct {
	path   string // with a case's id filled in, one of nobody where none is seen
	login  string // somebody whose act it could be
	schema fields // of the body, nil for none
}

// operations reads the API's own description and finds for each kind of POST
// somebody whose input is looked at, and a case.
func (p *site) operations(t testing.TB) []operation {
	t.Helper()
	var out []operation
	paths := p.get(t, "", "/openapi.json").body["paths"].(fields)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		post, ok := paths[path].(fields)["post"].(fields)
		if !ok || path == "/api/v1/session" || path == "/api/v1/calls" { // signing in; signed reports, which have tests of their own
			continue
		}
		op := operation{path: strings.Replace(path, "{id}", "00000000-0000-7000-8000-000000000000", 1), login: "office"}
		if body, ok := post["requestBody"].(fields); ok {
			typed, ok := body["content"].(fields)["application/json"].(fields)
			if !ok { // the bytes of a file; its own tests bring wrong ones
				continue
			}
			op.schema = typed["schema"].(fields)
		}
		p.aim(t, path, &op)
		out = append(out, op)
	}
	return out
}

// aim finds who gets past the door of an operation with a wrong input.
func (p *site) aim(t testing.TB, path string, op *operation) {
	plural := strings.Split(path, "/")[3]
	for _, login := range []string{"office", "admin", "conference", "finance", "emergency", "civil-affairs", "hehua", "liuxi", "science"} {
		at := path
		if strings.Contains(path, "{id}") {
			rows := p.list(t, login, plural+"?limit=1")
			if len(rows) == 0 {
				continue
			}
			at = strings.Replace(path, "{id}", rows[0]["id"].(string), 1)
		}
		if a := p.hit(t, "POST", at, p.token(t, login), []byte(`{"nonsense":1}`)); a.status == 422 {
			op.path, op.login = at, login
			return
		}
	}
}

// plausible makes a value that a schema allows.
func plausible(schema fields) any {
	if enum, ok := schema["enum"].([]any); ok {
		return enum[0]
	}
	switch schema["type"] {
	case "integer":
		n, _ := schema["minimum"].(float64)
		return n
	case "boolean":
		return true
	case "array":
		return []any{plausible(schema["items"].(fields))}
	case "object":
		out := fields{}
		for name, s := range schema["properties"].(fields) {
			out[name] = plausible(s.(fields))
		}
		return out
	}
	if schema["format"] == "date" {
		return "2026-12-01"
	}
	return "x"
}

// wrongs are values that no field of this schema takes.
func wrongs(schema fields) []any {
	out := []any{fields{"a": 1}, []any{[]any{}}, json.RawMessage("1e400"), json.RawMessage(strings.Repeat("9", 300))}
	switch schema["type"] {
	case "integer":
		out = append(out, "1", -1, json.RawMessage("1.5"), json.RawMessage("9223372036854775807"), json.RawMessage("-9223372036854775808"), true)
	case "boolean":
		out = append(out, "true", 1, "")
	case "array":
		many := make([]any, 500)
		for i := range many {
			many[i] = plausible(schema["items"].(fields))
		}
		out = append(out, "x", 1, many)
	default:
		out = append(out, 1, true, strings.Repeat("长", 4001), "a\x00b", "a\u202eb", "\u2066a")
		if schema["format"] == "date" {
			out = append(out, "2026-13-01", "0000-00-00", "2026-02-30", "9999-12-31", "2026-1-1", "昨天")
		}
		if schema["enum"] != nil {
			out = append(out, "no such option", " "+schema["enum"].([]any)[0].(string))
		}
	}
	return out
}

// Every field of every act, one wrong value at a time: refused, with the field
// named to whoever may do the act. Ring 1 tries some acts, ring 2 all.
func TestWrongValues(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	ops := p.operations(t)
	if len(ops) < 80 {
		t.Fatalf("only %d kinds of POST are described", len(ops))
	}
	named := 0
	p.unmoved(t, func() {
		for _, op := range some(ops) {
			if op.schema == nil {
				continue
			}
			props := op.schema["properties"].(fields)
			for _, name := range slices.Sorted(maps.Keys(props)) {
				for _, v := range wrongs(props[name].(fields)) {
					in := plausible(op.schema).(fields)
					in[name] = v
					body, err := json.Marshal(in)
					if err != nil { // 1e400 is no number for us either
						body = bytes.Replace(must(json.Marshal(maps.Collect(without(in, name)))), []byte("{"), []byte(fmt.Sprintf("{%q:%s,", name, v)), 1)
					}
					a := p.hit(t, "POST", op.path, p.token(t, op.login), body)
					what := fmt.Sprintf("%s=%.40s by %s", name, fmt.Sprint(v), op.login)
					a.firm(t, what, op.path, 422, 403, 404, 409)
					if a.status == 422 && !slices.ContainsFunc(a.fields(), func(f string) bool { return f == name || strings.HasPrefix(f, name+".") }) {
						t.Errorf("%s: %s: the field is not named: %.300s", op.path, what, a.raw)
					}
					if a.status == 422 {
						named++
					}
				}
			}
		}
	})
	t.Logf("%d kinds of POST, %d wrong fields named", len(ops), named)
	if named < portaltest.Sized(150, 1000, 1000) {
		t.Errorf("only %d wrong values were looked at", named)
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

func without(m fields, name string) func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		for k, v := range m {
			if k != name && !yield(k, v) {
				return
			}
		}
	}
}

// Whole bodies that are no input. Ring 1 sends them to some acts, ring 2 to all.
func TestWrongBodies(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	nested := strings.Repeat(`{"a":[`, 20000)
	bodies := map[string]string{
		"an array": `[]`, "an array of objects": `[{}]`, "a text": `"x"`, "a number": `1`, "null": `null`, "not JSON": `{`, "half": `{"title":`,
		"two values": `{} {}`, "trailing": `{}x`, "deep": nested, "deep in a field": `{"title":` + nested, "invalid UTF-8": "{\"title\":\"\xff\xfe\"}", "a name twice": `{"a":1,"a":2}`,
		"unknown field": `{"nonsense":1}`, "prototype": `{"__proto__":{"id":"x"}}`, "another case's life": `{"id":"x","revision":9,"state":"approved","history":[]}`,
		"a form": "title=x&department=health", "XML": `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><x>&y;</x>`, "NUL": "\x00", "BOM": "\ufeff{}",
	}
	p.unmoved(t, func() {
		for _, op := range some(p.operations(t)) {
			for what, body := range bodies {
				a := p.hit(t, "POST", op.path, p.token(t, op.login), []byte(body))
				a.firm(t, what+" by "+op.login, op.path, 422, 403, 404, 409)
			}
			if op.schema != nil && op.schema["required"] != nil {
				a := p.hit(t, "POST", op.path, p.token(t, op.login), nil)
				a.firm(t, "nothing", op.path, 422, 403, 404, 409)
				p.hit(t, "POST", op.path, p.token(t, op.login), []byte(`{"nonsense":1}`), "Content-Type", "").firm(t, "no type", op.path)
				p.hit(t, "POST", op.path, p.token(t, op.login), []byte(`{"nonsense":1}`), "Content-Type", "application/x-www-form-urlencoded").firm(t, "a form's type", op.path)
				p.hit(t, "POST", op.path, p.token(t, op.login), []byte("--x\r\n"), "Content-Type", "multipart/form-data; boundary=x").firm(t, "half a multipart", op.path)
				p.hit(t, "POST", op.path, p.token(t, op.login), []byte(`{}`), "Content-Encoding", "gzip").firm(t, "no gzip", op.path)
			}
		}
	})
}

// Revisions and keys that are garbage, or of somebody else. Ring 1 sends them to
// some acts, ring 2 to all.
func TestWrongHeaders(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	if a := p.hit(t, "POST", "/api/v1/applications", "", nil, "Idempotency-Key", strings.Repeat("k", headLimit)); a.status != 431 {
		t.Errorf("a head without end: %d %.200s", a.status, a.raw)
	}
	p.unmoved(t, func() {
		for _, op := range some(p.operations(t)) {
			body := []byte(nil)
			if op.schema != nil {
				body = must(json.Marshal(plausible(op.schema)))
			}
			token := p.token(t, op.login)
			for _, m := range []string{`"x"`, `"-1"`, `"0"`, `"1.5"`, `"9223372036854775808"`, `"1", "2"`, `W/"a"`, strings.Repeat("9", 300), `"999999"`, `W/"999999"`} {
				if !strings.Contains(op.path, "/new/") && strings.Count(op.path, "/") > 3 {
					p.hit(t, "POST", op.path, token, body, "If-Match", m).firm(t, "If-Match "+m, op.path, 422, 403, 404, 409)
				}
			}
			if op.path == "/api/v1/votes" {
				continue // a household's code is its key
			}
			a := p.hit(t, "POST", op.path, token, body, "Idempotency-Key", strings.Repeat("k", 3000))
			if a.firm(t, "a long key", op.path, 422, 403, 404); a.status == 422 && !slices.Contains(a.fields(), "Idempotency-Key") {
				t.Errorf("%s: the key is not named: %s", op.path, a.raw)
			}
			p.hit(t, "POST", op.path, token, body, "Idempotency-Key", strings.Repeat("k", 10<<10)).firm(t, "a very long key", op.path, 422, 403, 404)
		}
	})
}
