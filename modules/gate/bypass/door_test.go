package bypass

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
)

// front serves the module's own routes before the desks', as the portal does.
func (f fixture) front() *fiber.App {
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: f.App().ErrorHandler})
	app.Use(func(c *fiber.Ctx) error {
		id := c.Get("X-Person")
		portal.Welcome(c, portal.Visitor{Actor: portaltest.As(id), Name: id, Session: id})
		return c.Next()
	})
	f.m.Routes(app)
	for _, d := range f.Resources() {
		d.Routes(app)
	}
	return app
}

var tracking = regexp.MustCompile(`[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}`)

const typedReport = "department=health&community=hehua&what=%E4%BB%8A%E6%99%9A%E4%BA%A4%E8%A1%A8&demanded_on=2026-03-06&way=chat"

func TestR7ThePublicForm(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.front()
	code, body := f.Ask(app, "", "/reports/new/file", "")
	for _, want := range []string{"不用登录", "不记录您是谁", `action="/reports/new/file"`, `value="2026-03-09"`} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the form lacks %s", code, want)
		}
	}
	if _, body := f.Ask(app, "staff.hehua", "/reports/new/file", ""); !strings.Contains(body, "您已经登录") {
		t.Error("who is signed in is not told that the office learns the name")
	}
	if code, body := f.Ask(app, "", "/reports/new/file", "what=abc&way=chat"); code != 422 || !strings.Contains(body, `value="abc"`) {
		t.Errorf("%d: what was typed is gone", code)
	}
	if code, _ := f.Ask(app, "", "/reports/new/file", strings.Replace(typedReport, "03-06", "12-06", 1)); code != 422 {
		t.Errorf("a day to come: %d", code)
	}
	code, body = f.Ask(app, "", "/reports/new/file", typedReport+"&_key=a")
	found := tracking.FindString(body)
	if code != 201 || found == "" {
		t.Fatalf("%d %s", code, body)
	}
	if _, again := f.Ask(app, "", "/reports/new/file", typedReport+"&_key=b"); tracking.FindString(again) != found {
		t.Error("the same text twice is not the same case")
	}
	code, body = f.Ask(app, "", "/api/v1/reports", `{"department":"health","community":"hehua","what":"今晚交表","demanded_on":"2026-03-06","way":"chat"}`)
	if code != 201 || !strings.Contains(body, found) || strings.Contains(body, `"id"`) {
		t.Errorf("%d %s", code, body)
	}
	if code, body := f.Ask(app, "", "/api/v1/reports", `{"department":"health"}`); code != 422 || !strings.Contains(body, `"fields"`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestTracking(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.front()
	r := f.to(f.file(""), "ordered")
	secret := f.m.code(r.ID)
	for _, typed := range []string{secret, strings.ToLower(strings.ReplaceAll(secret, "-", " ")), strings.ReplaceAll(strings.ReplaceAll(secret, "0", "o"), "1", "l")} {
		code, body := f.Ask(app, "", "/reports/track?code="+url.QueryEscape(typed), "")
		if code != 200 || !strings.Contains(body, "已责令改正") {
			t.Errorf("%q: %d", typed, code)
		}
		for _, more := range []string{"health", "hehua", "今晚交评比表", r.No, "聊天记录属实"} {
			if strings.Contains(body, more) {
				t.Errorf("the code tells %s", more)
			}
		}
	}
	if code, body := f.Ask(app, "", "/api/v1/reports/track?code="+secret, ""); code != 200 || body != `{"state":"ordered"}` {
		t.Errorf("%d %s", code, body)
	}
	for _, wrong := range []string{"AAAA-AAAA-AAAA", "", "x"} {
		if code, body := f.Ask(app, "", "/api/v1/reports/track?code="+wrong, ""); code != 404 || !strings.Contains(body, "report.no_such_code") {
			t.Errorf("%q: %d %s", wrong, code, body)
		}
	}
	if code, body := f.Ask(app, "", "/reports/track?code=AAAA-AAAA-AAAA", ""); code != 200 || !strings.Contains(body, "没有这个查询码") {
		t.Errorf("%d", code)
	}
	if code, _ := f.Ask(app, "", "/reports/"+r.ID, ""); code != 404 {
		t.Errorf("a stranger opens the case: %d", code)
	}
	if r.Track == secret || r.Track == "" {
		t.Error("the code itself lies in the store")
	}
}

// The department cannot find out by narrowing its list where a report came from.
func TestNoPlaceForTheDepartment(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.front()
	f.to(f.file("head.hehua"), "substantiated")
	for person, want := range map[string]int{"head.health": 422, "clerk.health": 422, "office.a": 200, "both": 200, "head.hehua": 200} {
		if code, _ := f.Ask(app, person, "/api/v1/reports?place=hehua", ""); code != want {
			t.Errorf("%s: %d", person, code)
		}
	}
}

func TestTheWayIn(t *testing.T) {
	t.Parallel()
	f := open(t)
	for person, want := range map[string]bool{"": true, "head.hehua": false, "clerk.fire": false, "office.a": false} {
		html, err := f.m.home(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"})
		if err != nil || strings.Contains(string(html), "/reports/new/file") != want {
			t.Errorf("%q: %v %s", person, err, html)
		}
	}
}
