package catalogue

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// app serves the module's routes before the desks', as package app does.
func app(h *portaltest.Portal, c *Catalogue) *fiber.App {
	a := fiber.New(fiber.Config{Immutable: true, ErrorHandler: func(f *fiber.Ctx, err error) error {
		e := fault.As(err)
		if portal.IsAPI(f) {
			return portal.SendProblem(f, e)
		}
		return h.ShowFault(f, portal.Status(e.Kind), e)
	}})
	a.Use(func(f *fiber.Ctx) error {
		id := f.Get("X-Person")
		portal.Welcome(f, portal.Visitor{Actor: portaltest.As(id), Name: id, Session: id})
		return f.Next()
	})
	c.Module().Routes(a)
	c.Resource.Routes(a)
	return a
}

func TestPages(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	h.Offer("departments", func(_ context.Context, _ portal.Visitor) ([]web.Option, error) { return nil, nil })
	if err := c.Seed(ctx, portaltest.As("office.a"), portaltest.As("conference"), 2026, "云准领〔2026〕1号"); err != nil {
		t.Fatal(err)
	}
	a := app(h, c)
	get := func(who, path string, want int, has ...string) string {
		t.Helper()
		status, body := h.Ask(a, who, path, "")
		if status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
		for _, x := range has {
			if !strings.Contains(body, x) {
				t.Errorf("%s lacks %q", path, x)
			}
		}
		return body
	}
	q := url.QueryEscape
	get("", "/check", 200, `data-check-url="/check/fragment"`, `action="/check"`)
	get("", "/check?title="+q("招商线索摸排"), 200, "panel-bad", "不得进入社区", "FM-01", "R21", `value="招商线索摸排"`)
	get("", "/check?title="+q("协助办理高龄津贴"), 200, "panel-good", "XZ-05", "依据待核实")
	get("clerk.fire", "/check?title="+q("楼道旧衣清查"), 200, "/applications/new?title=")
	get("clerk.fire", "/check?title="+q("公益电影放映"), 200, "/items/new/call_duty?entry=")
	if body := get("head.hehua", "/check?title="+q("公益电影放映"), 200); strings.Contains(body, "call_duty") {
		t.Error("a committee is led to call on its own duty")
	}
	get("", "/check?title="+q("社区义诊")+"&kinds=ledger&kinds=survey", 200, "panel-warn", "checked", "调查统计")
	get("", "/check?title="+q("<script>alert(1)</script>"), 200, "&lt;script&gt;")
	get("", "/check?title="+strings.Repeat("a", 201), 422, "最多 200 个字")
	if part := get("", "/check/fragment?title="+q("消防安全入户排查"), 200, "需要先申请准入", "R3"); strings.Contains(part, "<html") {
		t.Error("the fragment is a page")
	}
	get("", "/check/fragment?title="+strings.Repeat("a", 201), 200, "最多 200 个字")

	get("", "/catalogue", 200, "依法履职清单", "FZ-01", "SH-12", "/catalogue?list=negative")
	if body := get("", "/catalogue?list=negative", 200, "FM-07"); strings.Contains(body, "FZ-01 ") || strings.Contains(body, ">FZ-01<") {
		t.Error("not narrowed to the list")
	}
	get("office.a", "/catalogue?state=in_force", 200, "QD-2026-00104")
	get("", "/catalogue?list=none", 422)
	get("", "/catalogue/editions/2026", 200, "2026 年度事项清单", "共 104 条")
	get("", "/catalogue/editions/2027", 200, "新增 0 条")
	get("", "/catalogue/editions/1999", 404)
	get("", "/catalogue/editions/2029", 404)

	var ed struct {
		Year    int
		Entries []line
		Added   []line
		Removed []line
	}
	decode(t, get("", "/api/v1/catalogue/editions/2026", 200), &ed)
	if ed.Year != 2026 || len(ed.Entries) != 104 || len(ed.Added) != 104 || len(ed.Removed) != 0 || ed.Entries[0].Code != "FZ-01" {
		t.Errorf("edition %d: %d entries", ed.Year, len(ed.Entries))
	}
	get("", strings.TrimPrefix(ed.Entries[0].Href, "/api/v1"), 200, "云准领〔2026〕1号", "依据待核实")

	var v struct {
		Verdict, Rule, Sentence, Entry string
		Matches                        []struct {
			No, List, Code, Title, Basis string
			Score                        int
		}
	}
	decode(t, get("", "/api/v1/check?title="+q("招商线索摸排"), 200), &v)
	if v.Verdict != Never || v.Rule != "R21" || v.Sentence == "" || v.Entry == "" || v.Matches[0].Code != "FM-01" || v.Matches[0].No == "" || v.Matches[0].Score < Strong {
		t.Errorf("%+v", v)
	}
	for _, bad := range []string{"", "?title=" + strings.Repeat("a", 201), "?title=a&kinds=war", "?title=%ff"} {
		get("", "/api/v1/check"+bad, 422, `"fields"`)
	}
}

func TestForms(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	h.Offer("departments", func(_ context.Context, _ portal.Visitor) ([]web.Option, error) {
		return []web.Option{{Value: "fire", Text: "消防"}}, nil
	})
	a := app(h, c)
	if status, body := h.Ask(a, "clerk.fire", "/catalogue/new/propose", ""); status != 200 || !strings.Contains(body, "事项名称") {
		t.Error("the form", status)
	}
	form := url.Values{"list": {"assistance"}, "code": {"xz 1"}, "title": {"协助检查消火栓"}, "basis": {"消防法"}, "role": {"assist"}, "department": {"fire"}}
	status, body := h.Ask(a, "clerk.fire", "/catalogue/new/propose", form.Encode())
	if status != 422 || !strings.Contains(body, `value="协助检查消火栓"`) || !strings.Contains(body, "XZ-05") {
		t.Error("what was typed is kept", status)
	}
	form.Set("code", "XZ-96")
	if status, _ = h.Ask(a, "clerk.fire", "/catalogue/new/propose", form.Encode()); status != 303 {
		t.Fatal("proposed", status)
	}
	p, err := c.Resource.Engine.List(ctx, portaltest.As("office.a"), lifecycle.Find{})
	if err != nil || len(p.Cases) != 1 {
		t.Fatal(len(p.Cases), err)
	}
	id := p.Cases[0].ID
	for _, path := range []string{"/amend", "/open_comment", "/drop", ""} {
		if status, _ := h.Ask(a, "office.a", "/catalogue/"+id+path, ""); status != 200 {
			t.Error(path, status)
		}
	}
	c.must(t, "office.a", id, "open_comment", &Comment{Until: "2026-03-31"})
	status, body = h.Ask(a, "conference", "/api/v1/catalogue/"+id+"/publish", `{"document":"纪要〔2026〕5号","edition":2026}`)
	if status != 403 {
		t.Error("publish during comment", status)
	}
	for _, want := range []string{`"rule":"R33"`, `"fact":"征求意见期未满"`, `"remedy"`, `"line":"END2"`} {
		if !strings.Contains(body, want) {
			t.Errorf("problem lacks %s: %s", want, body)
		}
	}
}

func decode(t *testing.T, body string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), to); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
}
