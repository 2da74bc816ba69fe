// Package portaltest builds a small portal for the tests of one module: a real
// store in memory, the real policy, a clock that the test sets, and a few
// people of Yunting City.
//
// People are called role.place: "clerk.fire" and "head.fire" of the fire
// rescue department, "head.hehua" and "staff.hehua" of the Hehua committee,
// "office.a", "office.b" and "office.head" of the gatekeeping office,
// "street.liuxi", "conference", "finance", "emergency", "civil", "auditor", "admin".
package portaltest

import (
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/live"
	"gatehouse/server/setting"
	"gatehouse/server/store/sqlite"
	"gatehouse/web"
)

// Streets of the test city and their communities.
var Streets = map[string][]string{
	"liuxi":   {"hehua", "shuangqiao", "yinxing"},
	"beitang": {"guangming", "zhongxin", "laochang", "tielu"},
	"wanghai": {"yugang", "xincheng", "songtao"},
}

// City and District are the places above the streets.
const City, District = "yunting", "jiangxin"

// Departments of the test city; statistics is a city bureau.
var Departments = []string{"fire", "health", "culture", "civil-affairs", "statistics"}

// Portal is a portal whose clock the test sets.
type Portal struct {
	*portal.Portal
	T    testing.TB
	Town *Town
	// Chosen are settings that the test city has chosen for itself.
	Chosen setting.Values
	// Fails may be set to let the store fail for a collection, by an error or a panic.
	Fails func(collection string) error
	now   time.Time
}

// Start is when the clock of every test starts: Monday 9 March 2026, 09:00 in the city.
var Start = time.Date(2026, 3, 9, 9, 0, 0, 0, calendar.City).UTC()

// New builds a portal that ends with the test.
func New(t testing.TB) *Portal {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	set, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	index := policy.NewIndex()
	g := policy.NewGate(set, index)
	numbers, err := lifecycle.NewNumbers(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	h := &Portal{T: t, Town: &Town{}, Chosen: setting.Values{}, now: Start}
	cal := calendar.Default()
	kept, err := files.New(context.Background(), db, files.NewMemory(), []byte("only for tests"), func() time.Time { return h.now })
	if err != nil {
		t.Fatal(err)
	}
	h.Portal = &portal.Portal{Index: index, Policy: g, Names: portal.NewNames(), City: h.Town, Files: kept, Signing: []byte("only for tests"), Live: live.New(), Public: "https://gate.test",
		Deps: lifecycle.Deps{Store: flaky{db, h}, Gate: portal.NewGate(g), Places: index, Numbers: numbers,
			Bus:      lifecycle.NewBus(slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelError}))),
			Calendar: func() *calendar.Calendar { return cal }, Settings: h.settings, Clock: func() time.Time { return h.now }}}
	h.settle()
	h.offer()
	return h
}

func (h *Portal) settings() setting.Values {
	v := setting.Defaults()
	maps.Copy(v, h.Chosen)
	return v
}

type testWriter struct{ t testing.TB }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func (h *Portal) settle() {
	h.place(City, "")
	h.place(District, City)
	for s, cs := range Streets {
		h.place(s, District)
		h.Person("street."+s, policy.Appointment{Role: "street_cadre", Place: s})
		for _, c := range cs {
			h.place(c, s)
			h.Person("head."+c, policy.Appointment{Role: "committee_head", Place: c})
			h.Person("staff."+c, policy.Appointment{Role: "committee_staff", Place: c})
		}
	}
	for _, d := range Departments {
		h.Names.Put("department", d, portal.Name{Hans: d})
		at := District
		if d == "statistics" {
			at = City
		}
		h.Person("clerk."+d, policy.Appointment{Role: "dept_clerk", Place: at, Department: d})
		h.Person("head."+d, policy.Appointment{Role: "dept_head", Place: at, Department: d})
	}
	for id, role := range map[string]string{"office.a": "office_staff", "office.b": "office_staff", "office.head": "office_head",
		"conference": "conference", "finance": "finance", "emergency": "emergency_authority", "civil": "civil_affairs"} {
		h.Person(id, policy.Appointment{Role: role, Place: District})
	}
	h.Person("auditor", policy.Appointment{Role: "auditor", Place: City})
	h.Person("admin", policy.Appointment{Role: "admin", Place: City})
}

// offer gives forms the choices that the directory gives in the real portal.
func (h *Portal) offer() {
	for from, ids := range map[string][]string{"communities": slices.Concat(Streets["liuxi"], Streets["beitang"], Streets["wanghai"]),
		"departments": Departments, "employers": Departments, "departments_district": Departments[:4],
		"streets": {"liuxi", "beitang", "wanghai"}, "areas": {City, District, "liuxi", "beitang", "wanghai", "hehua"}} {
		var out []web.Option
		for _, id := range ids {
			out = append(out, web.Option{Value: id, Text: id})
		}
		h.Offer(from, func(context.Context, portal.Visitor) ([]web.Option, error) { return out, nil })
	}
}

func (h *Portal) place(id, parent string) {
	h.Index.PutPlace(id, parent)
	h.Names.Put("place", id, portal.Name{Hans: id})
}

// Person adds somebody with appointments.
func (h *Portal) Person(id string, as ...policy.Appointment) {
	h.Index.PutPerson(policy.Person{ID: id, Appointments: as})
	h.Names.Put("person", id, portal.Name{Hans: id})
}

// Now is what the clock shows.
func (h *Portal) Now() time.Time { return h.now }

// Pass lets time go by and does what deadlines demand meanwhile.
func (h *Portal) Pass(d time.Duration) {
	h.now = h.now.Add(d)
	h.Bus.Once(context.Background())
}

// Workdays lets n working days go by.
func (h *Portal) Workdays(n int) {
	due := h.Calendar().AddWorkdays(h.now, n)
	h.Pass(due.Add(time.Second).Sub(h.now))
}

// As is the person acting.
func As(person string) lifecycle.Actor { return lifecycle.Actor{ID: person} }

// Refused checks that err is a refusal: by a policy line, by a fault code, or
// by a rule number.
func Refused(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil {
		t.Fatalf("was done, want a refusal by %s", want)
	}
	e := fault.As(err)
	for _, got := range []string{e.Line, e.Code, e.Rule} {
		if got == want {
			return
		}
	}
	t.Fatalf("refused by line %q, code %q, rule %q (%v), want %s", e.Line, e.Code, e.Rule, err, want)
}

// App serves the house's desks with the given person signed in for each request
// by the header X-Person, the routes of modules before them; faults are answered
// as package app does it.
func (h *Portal) App(ms ...portal.Module) *fiber.App {
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		e := fault.As(err)
		if portal.IsAPI(c) {
			return portal.SendProblem(c, e)
		}
		return h.ShowFault(c, portal.Status(e.Kind), e)
	}})
	app.Use(func(c *fiber.Ctx) error {
		id := c.Get("X-Person")
		portal.Welcome(c, portal.Visitor{Actor: As(id), Name: id, Session: id})
		return c.Next()
	})
	for _, m := range append(h.Modules(), ms...) {
		m.Routes(app)
	}
	for _, d := range h.Resources() {
		d.Routes(app)
	}
	return app
}

// Ask sends a request as a person; body "" is a GET, else a POST (JSON under
// /api/, a form elsewhere). It gives the status and the body.
func (h *Portal) Ask(app *fiber.App, person, path, body string) (int, string) {
	h.T.Helper()
	method := "GET"
	if body != "" {
		method = "POST"
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Person", person)
	if strings.HasPrefix(path, "/api/") {
		r.Header.Set("Content-Type", "application/json")
	} else {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := app.Test(r, -1)
	if err != nil {
		h.T.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		h.T.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// Facts are what a table says of a case; an error is none.
func Facts(facts []string, err error) []string {
	if err != nil {
		panic(err)
	}
	return facts
}

// Wrong checks that a field is refused, as "field:code", or the whole, as "code".
func Wrong(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil {
		t.Errorf("was done, want a refusal by %s", want)
		return
	}
	e := fault.As(err)
	got := []string{e.Code}
	for _, f := range e.Fields {
		got = append(got, f.Name+":"+f.Code)
	}
	if !slices.Contains(got, want) {
		t.Errorf("refused by %v, want %s", got, want)
	}
}

// Step is one act of somebody on the first day, for effects asked by
// themselves.
func Step(act, person string) *lifecycle.Step {
	return &lifecycle.Step{Ctx: context.Background(), Act: act, Actor: As(person), Now: Start, Settings: setting.Defaults(), Calendar: calendar.Default()}
}
