package portal_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Whoever counts what a figure leads to counts the figure.
func TestCounted(t *testing.T) {
	t.Parallel()
	h, ctx := portaltest.New(t), context.Background()
	k := kind()
	k.Table.Fields = append(k.Table.Fields, store.Field{Name: "receipt"})
	k.Table.Extract = func(w *window) map[string]any {
		return map[string]any{"community": w.Community, "receipt": w.PublicReceipt()}
	}
	r, err := portal.Declare(ctx, h.Portal, k)
	if err != nil {
		t.Fatal(err)
	}
	const n = 103
	for i := range n + 1 {
		community := "hehua"
		if i == n {
			community = "guangming"
		}
		if _, err := r.Engine.Open(ctx, portaltest.As("head."+community), "propose", &opening{Community: community, Name: fmt.Sprint("窗口", i)}, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
	}
	type page struct {
		Receipts []string
		Next     string
	}
	var got page
	list := portal.Counted[window]{Resource: r, Path: "/figures/windows", Caption: "windows.title", Empty: "list.empty", Receipt: "case.no",
		Columns: []portal.Column[window]{{Key: "window.name", Value: func(_ portal.Visitor, w *window) web.Value { return web.Words(w.Name) }}},
		Figure: func(_ portal.Visitor, asked func(string) string) (portal.Figure, error) {
			if asked("community") == "" {
				return portal.Figure{}, fault.InvalidField("community", "schema.required")
			}
			return portal.Figure{Where: []store.Cond{{Field: "community", Op: store.Eq, Value: asked("community")}}, Query: url.Values{"community": {asked("community")}}, Page: web.Page{Title: "x"}}, nil
		},
		JSON: func(cs []*window, next string) any {
			got = page{Next: next}
			for _, w := range cs {
				got.Receipts = append(got.Receipts, w.PublicReceipt())
			}
			return got
		}}
	app := h.App(portal.Module{Routes: list.Routes})
	var all []string
	for after := ""; ; after = got.Next {
		if code, body := h.Ask(app, "", "/api/v1"+list.Link("community", "hehua", "after", after), ""); code != 200 {
			t.Fatal(code, body)
		}
		if all = append(all, got.Receipts...); got.Next == "" {
			break
		}
	}
	if !slices.IsSorted(all) || len(slices.Compact(all)) != n {
		t.Errorf("%d are listed of %d, sorted: %v", len(all), n, slices.IsSorted(all))
	}
	_, body := h.Ask(app, "", list.Link("community", "hehua"), "")
	if !strings.Contains(body, all[0]) || strings.Contains(body, `href="/windows/`) || !strings.Contains(body, "after="+all[99]) {
		t.Error("strangers read receipts, page by page, and open no case")
	}
	if _, body := h.Ask(app, "head.hehua", list.Link("community", "hehua"), ""); !strings.Contains(body, `href="/windows/`) {
		t.Error("whoever sees a case is led to it")
	}
	for _, wrong := range []string{"", "?community=hehua&after=nonsense"} {
		if code, _ := h.Ask(app, "", "/figures/windows"+wrong, ""); code != 422 {
			t.Errorf("%q: %d", wrong, code)
		}
	}
}
