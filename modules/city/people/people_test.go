package people_test

import (
	"context"
	"io"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/city/people"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

var (
	ctx   = context.Background()
	admin = portaltest.As("admin")
	once  = lifecycle.Opts{}
)

const password = "correct horse battery"

// house is a portal with people, and an app that stands behind the middleware.
type house struct {
	*portaltest.Portal
	city *directory.Directory
	p    *people.People
	app  *fiber.App
}

func newHouse(t *testing.T) *house {
	t.Helper()
	return settled(t, portaltest.New(t))
}

// settled opens the people of a portal whose city and departments are there.
func settled(t *testing.T, p *portaltest.Portal) *house {
	t.Helper()
	h := furnish(t, p)
	h.found(portaltest.City, "city", "")
	h.found(portaltest.District, "district", portaltest.City)
	for s, cs := range portaltest.Streets {
		h.found(s, "street", portaltest.District)
		for _, c := range cs {
			h.found(c, "community", s)
		}
	}
	for _, d := range []string{"fire", "health"} {
		in := &directory.DepartmentForm{Code: d, Level: "district", Place: portaltest.District, Kind: "functional"}
		in.Hans = d
		portaltest.CasesOf(t, h.city.Departments).Do(nil, "admin", "found", in)
	}
	return h
}

func (h *house) found(code, level, parent string) {
	h.T.Helper()
	in := directory.AreaForm{Code: code, Level: level, Parent: parent}
	in.Hans = code
	if err := h.city.Found(ctx, in); err != nil {
		h.T.Fatal(err)
	}
}

// furnish opens the people of a portal, whose city may not be there yet.
func furnish(t *testing.T, h *portaltest.Portal) *house {
	t.Helper()
	city := portaltest.Must(directory.New(ctx, h.Portal))
	p := portaltest.Must(people.New(ctx, h.Portal, city))
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		if e := fault.As(err); portal.IsAPI(c) {
			return portal.SendProblem(c, e)
		}
		return h.ShowFault(c, portal.Status(fault.As(err).Kind), fault.As(err))
	}})
	app.Use(p.Middleware)
	p.Routes(app)
	app.Get("/csrf", func(c *fiber.Ctx) error { return c.SendString(h.CSRF(portal.Who(c))) })
	app.Post("/act", func(c *fiber.Ctx) error { return c.SendString("acted as " + portal.Who(c).Actor.ID) })
	app.Post("/api/v1/act", func(c *fiber.Ctx) error { return c.SendString("acted as " + portal.Who(c).Actor.ID) })
	for _, d := range h.Resources() {
		d.Routes(app)
	}
	return &house{h, city, p, app}
}

// user registers somebody through the act; the login is the name.
func (h *house) user(login, role, place, department string) string {
	h.T.Helper()
	id, err := h.p.Register(ctx, admin, people.RegisterForm{Login: login, Name: login, Password: password, Role: role, Place: place, Department: department})
	if err != nil {
		h.T.Fatalf("register %s: %v", login, err)
	}
	return id
}

func (h *house) act(by lifecycle.Actor, id, act string, in any) error {
	_, err := h.p.Users.Engine.Act(ctx, by, id, act, in, once)
	return err
}

func (h *house) must(by lifecycle.Actor, id, act string, in any) {
	h.T.Helper()
	if err := h.act(by, id, act, in); err != nil {
		h.T.Fatalf("%s %s: %v", act, id, err)
	}
}

// browser keeps cookies.
type browser struct {
	h       *house
	cookies map[string]string
	header  map[string]string
	status  int
	where   string // Location
	set     []string
}

func (h *house) browser() *browser {
	return &browser{h: h, cookies: map[string]string{}, header: map[string]string{"Sec-Fetch-Site": "same-origin"}}
}

func (b *browser) send(method, path, body string) string {
	b.h.T.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	kind := "application/x-www-form-urlencoded"
	if strings.HasPrefix(path, "/api/") {
		kind = "application/json"
	}
	r.Header.Set("Content-Type", kind)
	var cs []string
	for k, v := range b.cookies {
		cs = append(cs, k+"="+v)
	}
	r.Header.Set("Cookie", strings.Join(cs, "; "))
	for k, v := range b.header {
		r.Header.Set(k, v)
	}
	res, err := b.h.app.Test(r, -1)
	if err != nil {
		b.h.T.Fatal(err)
	}
	defer res.Body.Close()
	b.set = res.Header.Values("Set-Cookie")
	for _, c := range res.Cookies() {
		if b.cookies[c.Name] = c.Value; c.Value == "" || c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	b.status, b.where = res.StatusCode, res.Header.Get("Location")
	got, err := io.ReadAll(res.Body)
	if err != nil {
		b.h.T.Fatal(err)
	}
	return string(got)
}

func (b *browser) get(path string) string { return b.send("GET", path, "") }

// post sends a form with the session's token.
func (b *browser) post(path string, pairs ...string) string {
	v := url.Values{"_csrf": {b.get("/csrf")}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, v.Encode())
}

func (b *browser) signIn(login, password string) *browser {
	b.post("/signin", "login", login, "password", password)
	return b
}

// who gives the login that the browser's session stands for.
func (b *browser) who() string {
	body := b.get("/api/v1/me")
	if b.status != 200 {
		return ""
	}
	_, rest, _ := strings.Cut(body, `"login":"`)
	login, _, _ := strings.Cut(rest, `"`)
	return login
}

func inDays(h *house, n int) string { return h.Now().AddDate(0, 0, n).Format(time.DateOnly) }
