package portal_test

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// A claim opens one case, and wrong is wrong in one way only.
func TestDoor(t *testing.T) {
	t.Parallel()
	h, ctx := portaltest.New(t), context.Background()
	k, proven := kind(), 0
	k.Table.Facts = func(c *window, s *lifecycle.Step) ([]string, error) {
		if portal.Proven(s.Ctx, c.ID) {
			proven++
		}
		return nil, nil
	}
	r, err := portal.Declare(ctx, h.Portal, k)
	if err != nil {
		t.Fatal(err)
	}
	w, err := r.Engine.Open(ctx, portaltest.As("head.hehua"), "propose", &opening{Community: "hehua", Name: "一号窗口"}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	door := portal.Door[window]{Resource: r, Name: "track", Acts: []string{"change", "open"},
		Find: func(ctx context.Context, in portal.Claim, _ string) (*window, error) {
			if in.No != w.No || in.PIN != "246810" {
				return nil, fault.New(fault.NotFound, "track.wrong")
			}
			return r.Engine.Cases().Get(ctx, w.ID)
		},
		Page: func(_ context.Context, _ portal.Visitor, c *window) (web.Page, error) {
			return web.Page{Title: c.No, Body: web.Text(c.Name)}, nil
		},
		JSON: func(_ portal.Visitor, c *window) any { return map[string]string{"name": c.Name} }}
	app := h.App(portal.Module{Routes: door.Routes})
	mine := "no=" + w.No + "&pin=246810"
	for _, c := range []struct {
		who, path, body string
		want            int
		has             string
	}{
		{"", "/track?no=" + w.No, "", 200, `value="` + w.No + `"`},
		{"", "/track", "no=&pin=", 422, ""},
		{"", "/track", "no=" + w.No + "&pin=000000", 404, `value="` + w.No + `"`},
		{"", "/track", mine, 200, "一号窗口"},
		{"", "/api/v1/track", `{"no":"` + w.No + `","pin":"246810"}`, 200, `"name":"一号窗口"`},
		{"", "/api/v1/track", `{"no":"` + w.No + `","pin":"0"}`, 404, "track.wrong"},
		{"", "/track/close", mine, 404, ""}, // no act of the door's
		{"", "/track/change", "no=" + w.No + "&pin=1&name=x", 404, ""},
		{"head.hehua", "/track/change", mine, 422, ""},                                                        // its form wants more, and is shown again
		{"", "/track/change", mine + "&community=hehua&name=x&since=2026-03-09", 404, ""},                     // a claim alone is no role, and nobody learns that the case is there
		{"head.hehua", "/track/change", mine + "&community=hehua&name=y&since=2026-03-09", 200, "own-change"}, // what can be done stands below
		{"head.hehua", "/track/open", mine, 200, "y"},
	} {
		code, body := h.Ask(app, c.who, c.path, c.body)
		if code != c.want || !strings.Contains(body, c.has) {
			t.Errorf("%s %s %q: %d, want %d with %q", c.who, c.path, c.body, code, c.want, c.has)
		}
		if strings.Contains(body, "246810") != (c.who != "" && strings.Contains(body, "own-change")) {
			t.Errorf("%s: the secret stands elsewhere than in the forms", c.path)
		}
	}
	if proven == 0 || portal.Proven(ctx, w.ID) || portal.Proven(ctx, "") {
		t.Error("the claim does not reach the facts, or reaches others")
	}
	if len(door.Uploads()) != 0 {
		t.Error(door.Uploads())
	}
}
