package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/server/app/demo"
	"gatehouse/server/calendar"
	"gatehouse/server/config"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// site is the whole portal on a real listener, its city founded, its clock in
// the test's hands.
type site struct {
	*App
	base   string
	clock  *Clock
	mu     sync.Mutex
	tokens map[string]string
	sent   atomic.Int64 // requests that no proper client would send
}

// today is the day on which tests begin: Monday 23 November 2026, 09:00 in the city.
var today = time.Date(2026, 11, 23, 9, 0, 0, 0, calendar.City)

// atEnd keeps what is done when all tests are over, the newest first.
func atEnd(f func()) {
	ending.Lock()
	defer ending.Unlock()
	ends = append(ends, f)
}

var (
	ending sync.Mutex
	ends   []func()
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // portals with whole cities lie there: to go over them often costs a sixth of the time
	m.Run()
	for _, f := range slices.Backward(ends) {
		f()
	}
}

// founded and lived are the demo city on its first day and with all of its
// past: the data folder of a portal that nobody serves. Each is lived through
// once in a run of the tests, so it is always this program's; portals get copies.
var founded, lived = once(demo.Found), once(demo.Load)

func once(load func(context.Context, demo.City, time.Time) error) func() (config.Config, error) {
	return sync.OnceValues(func() (config.Config, error) {
		dir, err := os.MkdirTemp("", "gatehouse-data-")
		if err != nil {
			return config.Config{}, err
		}
		atEnd(func() { os.RemoveAll(dir) })
		c := config.Config{Store: "sqlite", Data: dir}
		db, err := sqlite.Memory()
		if err != nil {
			return c, err
		}
		defer db.Close()
		ctx, clock := context.Background(), new(Clock)
		a, err := Build(ctx, db, c, clock.Now, silent)
		if err != nil {
			return c, err
		}
		defer a.Close()
		if err := load(ctx, a.city(clock), today); err != nil {
			return c, err
		}
		return c, db.Backup(ctx, c.File())
	})
}

// copied opens a copy of a city for one test.
func copied(t testing.TB, city func() (config.Config, error)) (*sqlite.DB, config.Config) {
	t.Helper()
	c := config.Config{Store: "sqlite", Data: t.TempDir()}
	from, err := city()
	if err == nil {
		err = os.CopyFS(filepath.Join(c.Data, "files"), os.DirFS(filepath.Join(from.Data, "files")))
	}
	if err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.MemoryOf(from.File())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db, c
}

// portalOf opens a portal for one test, with a copy of a city: nobody else acts
// in it or moves its clock, so the test runs beside all others. To copy costs a
// tenth of a second.
func portalOf(t testing.TB, city func() (config.Config, error)) *site {
	t.Helper()
	db, c := copied(t, city)
	return launchOn(t, db, c)
}

// empty opens a portal that nobody has set up yet.
func empty(t testing.TB) *site {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return launchOn(t, db, config.Config{Store: "sqlite", Data: t.TempDir()})
}

// launchOn opens a portal on a store and a folder for its files, until the test
// is over.
func launchOn(t testing.TB, db store.Driver, c config.Config) *site {
	t.Helper()
	p := &site{clock: new(Clock), tokens: map[string]string{}}
	p.clock.Set(today)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.Addr = l.Addr().String()
	if p.App, err = Build(context.Background(), db, c, p.clock.Now, silent); err != nil {
		t.Fatal(err)
	}
	p.base = "http://" + c.Addr
	go p.Fiber.Listener(l)
	t.Cleanup(func() { p.Portal.Live.Close(); p.Fiber.Shutdown(); p.Close() })
	return p
}

// answer is what the portal said.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

// str gives a text of the body by a dotted path.
func (a answer) str(path string) string {
	var v any = a.body
	for _, k := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	s, _ := v.(string)
	return s
}

// token signs a person in, once.
func (p *site) token(t testing.TB, login string) string {
	t.Helper()
	if login == "" {
		return ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tokens[login] == "" {
		a := p.send(t, "POST", "/api/v1/session", "", fmt.Sprintf(`{"login":%q,"password":%q}`, login, demo.Password), nil)
		if a.status != 201 {
			t.Fatalf("sign in %s: %d %s", login, a.status, a.raw)
		}
		p.tokens[login] = a.str("token")
	}
	return p.tokens[login]
}

// get asks the API as a person, "" as nobody.
func (p *site) get(t testing.TB, login, path string) answer {
	t.Helper()
	return p.send(t, "GET", path, p.token(t, login), "", nil)
}

// post does an act over the API; in is a JSON text or anything to be encoded.
func (p *site) post(t testing.TB, login, path string, in any) answer {
	t.Helper()
	body, ok := in.(string)
	if !ok {
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		body = string(b)
	}
	return p.send(t, "POST", path, p.token(t, login), body, nil)
}

func (p *site) send(t testing.TB, method, path, token, body string, header map[string]string) answer {
	t.Helper()
	r, err := http.NewRequest(method, p.base+path, bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range header {
		r.Header.Set(k, v)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 30 * time.Second}
	res, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{status: res.StatusCode, header: res.Header, raw: string(b)}
	json.Unmarshal(b, &a.body)
	return a
}

// pass lets n working days go by, with what deadlines demand.
func (p *site) pass(n int) {
	p.clock.Set(p.Portal.Calendar().AddWorkdays(p.clock.Now(), n).Add(time.Second))
	p.Portal.Bus.Once(context.Background())
}

func TestContract(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	for _, path := range []string{"/healthz", "/readyz", "/openapi.json"} {
		if a := p.get(t, "", path); a.status != 200 || a.body == nil {
			t.Errorf("%s: %d %.80s", path, a.status, a.raw)
		}
	}
	a := p.get(t, "office", "/api/v1/me")
	if a.status != 200 || a.str("login") != "office" {
		t.Errorf("me: %d %s", a.status, a.raw)
	}
	for _, plural := range []string{"applications", "items", "payments", "refusals", "rounds", "ballots", "rectifications"} {
		if a := p.get(t, "office", "/api/v1/"+plural); a.status != 200 || a.body["items"] == nil {
			t.Errorf("%s: %d %.80s", plural, a.status, a.raw)
		}
	}
}
