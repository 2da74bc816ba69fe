package open311

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/hotlinetest"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/web"
)

type fixture struct {
	*hotlinetest.Hotline
	*Open311
	t   testing.TB
	app *fiber.App
	key *Key
}

func open(t testing.TB) *fixture {
	t.Helper()
	h := hotlinetest.New(t)
	h.Landmark(gazetteer.Content{Name: "荷花市场", Community: "hehua", Place: "荷花路 18 号", Position: "29.871200, 121.543100"})
	h.Landmark(gazetteer.Content{Name: "银杏大道", Community: "yinxing", Place: "银杏大道"})
	f := &fixture{Hotline: h, Open311: portaltest.Must(New(context.Background(), h.Portal.Portal, h.Orders, h.Gazetteer)), t: t}
	f.key = portaltest.CasesOf(t, f.Keys).Do(nil, "admin", "issue", &Program{Name: "路况", Contact: "市民服务公司", Purpose: "报修"})
	f.app = f.serve()
	return f
}

// serve is a portal with nothing but this module.
func (f *fixture) serve() *fiber.App {
	ms := f.Hotline.Portal.Modules()
	m := ms[slices.IndexFunc(ms, func(m portal.Module) bool { return m.Name == "open311" })]
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		e := fault.As(err)
		status := portal.Status(e.Kind)
		var fe *fiber.Error
		if errors.As(err, &fe) {
			status, e = fe.Code, fault.New(fault.Conflict, "too_many_requests")
		}
		return m.Fault(c, status, e)
	}})
	app.Use(func(c *fiber.Ctx) error {
		portal.Welcome(c, portal.Visitor{Lang: web.Simplified})
		return c.Next()
	})
	m.Routes(app)
	app.Use(func(*fiber.Ctx) error { return fault.Missing("page") })
	return app
}

// filed is how many orders there are.
func (f *fixture) filed() int {
	f.t.Helper()
	_, all := f.Newest()
	return all
}

func (f *fixture) secret() string { return f.Open311.secret(f.key, f.key.Version) }

func (f *fixture) ask(method, path, body string) (code int, text, kind string) {
	f.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if method == "POST" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	res, err := f.app.Test(r, -1)
	if err != nil {
		f.t.Fatal(err)
	}
	b, err := io.ReadAll(res.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	return res.StatusCode, string(b), res.Header.Get("Content-Type")
}

func (f *fixture) get(path string) (code int, text, kind string) { return f.ask("GET", path, "") }

// post files with the key; args are name and value in turn.
func (f *fixture) post(format string, args ...string) (int, string) {
	f.t.Helper()
	v := url.Values{"api_key": {f.secret()}}
	for i := 0; i+1 < len(args); i += 2 {
		v[args[i]] = append(v[args[i]], args[i+1])
	}
	code, body, _ := f.ask("POST", "/open311/v2/requests."+format, v.Encode())
	return code, body
}

// node is XML as it stands, for comparing with JSON.
type node struct {
	XMLName xml.Name
	Text    string `xml:",chardata"`
	Nodes   []node `xml:",any"`
}

func (n node) flat(at string, into map[string]string) {
	if len(n.Nodes) == 0 {
		into[at] += strings.TrimSpace(n.Text) + "|"
	}
	for _, x := range n.Nodes {
		x.flat(at+"/"+x.XMLName.Local, into)
	}
}

func flat(at string, v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			flat(at+"/"+k, x, into)
		}
	case []any:
		for _, x := range v {
			flat(at, x, into)
		}
	case nil:
		into[at] += "|"
	default:
		into[at] += fmt.Sprint(v) + "|"
	}
}

// same checks that both formats of a call carry the same values.
func (f *fixture) same(path string) {
	f.t.Helper()
	_, js, kind := f.get(path + ".json")
	_, xs, xkind := f.get(path + ".xml")
	if !strings.HasPrefix(kind, "application/json") || xkind != "text/xml; charset=utf-8" || !strings.HasPrefix(xs, `<?xml version="1.0" encoding="UTF-8"?>`) {
		f.t.Errorf("%s: %q %q", path, kind, xkind)
	}
	var n node
	if err := xml.Unmarshal([]byte(xs), &n); err != nil {
		f.t.Fatalf("%s: %v", path, err)
	}
	var v any
	d := json.NewDecoder(strings.NewReader(js))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		f.t.Fatalf("%s: %v", path, err)
	}
	fromXML, fromJSON := map[string]string{}, map[string]string{}
	n.flat("", fromXML)
	flat("", v, fromJSON)
	for k, want := range fromXML {
		short := k // in XML each item of a list stands in an element of its own
		for _, item := range []string{"/service/", "/request/", "/error/"} {
			if rest, ok := strings.CutPrefix(short, item); ok {
				short = "/" + rest
			}
		}
		for _, item := range []string{"endpoint", "format", "attribute", "value"} {
			short = strings.ReplaceAll(short, "/"+item+"s/"+item, "/"+item+"s")
		}
		if got := fromJSON[short]; got != want && strings.Trim(want, "|") != "" {
			f.t.Errorf("%s%s: XML %q, JSON %q", path, k, want, got)
		}
	}
}

// Who writes a program reads how often it may ask.
func TestPage(t *testing.T) {
	t.Parallel()
	f := open(t)
	code, body := f.Ask(f.App(), "", "/open311", "")
	if code != 200 || !strings.Contains(body, " 300 ") || !strings.Contains(body, " 60 ") || strings.Contains(body, "1m0s") {
		t.Errorf("%d: the limits are not named", code)
	}
}
