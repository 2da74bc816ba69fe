package digests

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
)

func TestSum(t *testing.T) {
	t.Parallel()
	lines := []string{"orders b 1 ff", "items a 2 00", "orders b 1 ff"} // read twice at the edge of a page
	one := sum("2026-03-09", nil, slices.Clone(lines))
	slices.Reverse(lines)
	if other := sum("2026-03-09", nil, lines); one.Digest != other.Digest || one.Lines != 2 {
		t.Error("the order in which they are read counts", one.Lines, other.Lines)
	}
	for name, x := range map[string]*Day{
		"another day": sum("2026-03-10", nil, slices.Clone(lines)), "another day before": sum("2026-03-09", &Day{Digest: "x"}, slices.Clone(lines)), "a line less": sum("2026-03-09", nil, lines[1:2]),
	} {
		if x.Digest == one.Digest {
			t.Error(name, "has the same digest")
		}
	}
}

// A day has its digest when it is over and has come to rest, once; days on
// which the portal stood still are made up for, in their order.
func TestCatch(t *testing.T) {
	t.Parallel()
	h := portaltest.New(t)
	m, err := New(t.Context(), h.Portal)
	if err != nil {
		t.Fatal(err)
	}
	app := h.App()
	days := func() (out []string) {
		t.Helper()
		for range 2 {
			if err := m.Catch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.days.Each(t.Context(), nil, func(d *Day) error { out = append(out, d.ID); return nil }); err != nil {
			t.Fatal(err)
		}
		slices.Sort(out)
		return out
	}
	first := days()
	if len(first) != 1 || first[0] != m.over() {
		t.Fatal(first)
	}
	h.Pass(3 * 24 * time.Hour)
	if got := days(); len(got) != 4 || got[3] != m.over() || next(got[2]) != got[3] {
		t.Error(got)
	}
	if _, n, err := m.Verify(t.Context()); n != 4 || err != nil {
		t.Error(n, err)
	}
	if code, body := h.Ask(app, "", "/digests", ""); code != 200 || strings.Count(body, "<code>") != 4 {
		t.Error(code)
	}
	if code, body := h.Ask(app, "", "/digests?before="+first[0], ""); code != 200 || strings.Contains(body, "<code>") {
		t.Error(code)
	}
	if code, _ := h.Ask(app, "", "/digests?before=yesterday", ""); code != 422 {
		t.Error("a day that is none", code)
	}
}
