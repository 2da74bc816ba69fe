package catalogue

import (
	"context"
	"strings"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// The first lists of a city: the office loads, the conference publishes.
func TestBuiltinLists(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	h.Offer("departments", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	a := app(h, c)
	ask := func(who, path, form string, want int, has string) {
		t.Helper()
		if status, body := h.Ask(a, who, path, form); status != want || !strings.Contains(body, has) {
			t.Errorf("%s %s: %d, want %d with %q", who, path, status, want, has)
		}
	}
	ask("", "/catalogue", "", 200, "还没有清单")
	ask("admin", "/catalogue", "", 200, "还没有清单")
	ask("office.a", "/catalogue", "", 200, `action="/catalogue/builtin"`)
	ask("", "/catalogue/builtin", "x=1", 401, "")
	ask("clerk.fire", "/catalogue/builtin", "x=1", 403, "")
	ask("conference", "/catalogue/builtin/publish", "document=1&edition=2026", 303, "")
	ask("office.a", "/catalogue", "", 200, `action="/catalogue/builtin"`) // nothing was loaded, nothing is published
	ask("office.a", "/catalogue/builtin", "x=1", 303, "")
	ask("office.b", "/catalogue/builtin", "x=1", 303, "") // twice does no harm
	ask("office.a", "/catalogue", "", 200, "清单等着发布")
	ask("office.a", "/catalogue/builtin/publish", "document=1&edition=2026", 403, "")
	ask("conference", "/catalogue", "", 200, `action="/catalogue/builtin/publish"`)
	ask("conference", "/catalogue/builtin/publish", "document=&edition=2026", 422, "批准文号")
	ask("conference", "/catalogue/builtin/publish", "document=7&edition=2026", 303, "")
	ask("", "/catalogue", "", 200, "XZ-05")
	if got, want := c.InForce(), len(seedLines()); got != want {
		t.Errorf("%d entries in force, want %d", got, want)
	}
}
