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

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	*Open311
	t      testing.TB
	app    *fiber.App
	key    *Key
	orders []Order
	filed  []Filing
	twins  map[string]string
}

func open(t testing.TB) *fixture {
	t.Helper()
	h := portaltest.New(t)
	h.Person("hotline", policy.Appointment{Role: "hotline_head", Place: portaltest.District})
	f := &fixture{Portal: h, t: t, twins: map[string]string{}}
	m, err := New(context.Background(), h.Portal, f.asks())
	if err != nil {
		t.Fatal(err)
	}
	f.Open311 = m
	if f.key, err = m.Keys.Engine.Open(context.Background(), portaltest.As("admin"), "issue", &Program{Name: "路况", Contact: "市民服务公司", Purpose: "报修"}, lifecycle.Opts{}); err != nil {
		t.Fatal(err)
	}
	f.app = f.serve()
	return f
}

// serve is a portal with nothing but this module.
func (f *fixture) serve() *fiber.App {
	app := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(c *fiber.Ctx, err error) error {
		e := fault.As(err)
		status := portal.Status(e.Kind)
		var fe *fiber.Error
		if errors.As(err, &fe) {
			status, e = fe.Code, fault.New(fault.Conflict, "too_many_requests")
		}
		return f.Module().Fault(c, status, e)
	}})
	app.Use(func(c *fiber.Ctx) error {
		portal.Welcome(c, portal.Visitor{Lang: web.Simplified})
		return c.Next()
	})
	f.Module().Routes(app)
	app.Use(func(*fiber.Ctx) error { return fault.Missing("page") })
	return app
}

// asks answers for the other portal.
func (f *fixture) asks() Asks {
	return Asks{
		File: func(_ context.Context, x Filing, from, key string) (Filed, error) {
			if x.Phone == "x" {
				return Filed{}, fault.InvalidField("phone", "order.no_phone")
			}
			twin := fmt.Sprint(from, key, x.Words, x.Phone)
			if id, ok := f.twins[twin]; ok {
				return Filed{ID: id, No: "GD-" + id, PIN: "123456", Again: true}, nil
			}
			f.filed = append(f.filed, x)
			id := fmt.Sprint(100 + len(f.filed))
			f.twins[twin] = id
			f.orders = append(f.orders, Order{ID: id, No: "GD-" + id, State: "new", Words: x.Words, Category: x.Category, Channel: "open311", Opened: f.Now(), Changed: f.Now()})
			return Filed{ID: id, No: "GD-" + id, PIN: "123456"}, nil
		},
		Find: func(_ context.Context, q Query) (out []Order, err error) {
			for _, o := range f.orders {
				if (q.Nos == nil || slices.Contains(q.Nos, o.No)) && (q.States == nil || slices.Contains(q.States, o.State)) &&
					(q.Categories == nil || slices.Contains(q.Categories, o.Category)) && len(out) < q.Limit && !o.Opened.Before(q.From) {
					out = append(out, o)
				}
			}
			return out, nil
		},
		One: func(_ context.Context, id string) (Order, bool, error) {
			i := slices.IndexFunc(f.orders, func(o Order) bool { return o.ID == id || o.No == id })
			if i < 0 {
				return Order{}, false, nil
			}
			return f.orders[i], true, nil
		},
		Near:   func(lat, long int64) (string, bool) { return "hehua", lat == 29871200 },
		Locate: func(s string) (string, bool) { return "yinxing", strings.Contains(s, "银杏") },
		Landmark: func(_ context.Context, no string) (Landmark, bool, error) {
			return Landmark{Community: "hehua", Place: "荷花路 18 号", Lat: 29871200, Long: 121543100}, no == "DM-2026-00001", nil
		},
		City: func() string { return portaltest.City },
	}
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
