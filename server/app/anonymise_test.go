package app

import (
	"bytes"
	"context"
	"strings"
	"testing"
)

// Years later the whole demo city has forgotten whom the hotline spoke with,
// and every history, file, book and digest still holds.
func TestWhatIsPersonalGoes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := portalOf(t, lived)
	lines := func(years int) string {
		t.Helper()
		var out bytes.Buffer
		if err := p.retention(ctx, p.clock.Now().AddDate(years, 0, 0), &out); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(out.String()), " ")
	}
	if got := lines(0); !strings.Contains(got, "orders 0 0") || !strings.Contains(got, "users 0 0") || !strings.Contains(got, "jobs 0 0") {
		t.Errorf("due today: %s", got)
	}
	later := lines(4)
	var n int64
	for _, d := range p.Portal.Resources() {
		due, err := d.AnonymiseBy(ctx, p.clock.Now().AddDate(4, 0, 0))
		if err != nil {
			t.Fatal(err)
		}
		n += due
	}
	if n < 2500 {
		t.Fatalf("only %d will be due: %s", n, later)
	}
	p.clock.Set(today.AddDate(4, 0, 0))
	left := n
	for left > 0 {
		before := left
		p.anonymise(ctx)
		left = 0
		for _, d := range p.Portal.Resources() {
			due, err := d.AnonymiseBy(ctx, p.clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			left += due
		}
		if left >= before {
			t.Fatalf("%d are left of %d, and it stands still", left, before)
		}
	}
	all, err := p.Verify(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("FIGURES retention: %d cases anonymised, %d histories and %d files hold", n, all.Histories, all.Files)
}
