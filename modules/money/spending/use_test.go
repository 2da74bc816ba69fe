package spending_test

import (
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/money/books"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type option = web.Option

// R37: only what was confirmed can be spent, to the fen.
func TestR37NobodySpendsMoreThanArrived(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	a := held("hehua", it)
	_, err := f.spend("head.hehua", a, 1)
	portaltest.Refused(t, err, "R37")
	f.paid(it, "hehua", 1)
	_, err = f.spend("head.hehua", a, 100001)
	if x := fault.As(err); len(x.Fields) != 1 || x.Fields[0].Args["left"] != schema.Fen(100000) {
		t.Errorf("it does not say what is left: %v", err)
	}
	u, err := f.spend("head.hehua", a, 100000)
	f.must(err)
	_, err = f.spend("head.hehua", a, 1)
	portaltest.Refused(t, err, "R37")
	f.Wants(a, 0)
	f.Wants(books.Spent("hehua", "printing"), 100000)
	f.Sent(f.Spending.Uses, "head.hehua", u, "reverse", map[string]any{"reason": "记错了"})
	f.Wants(a, 100000)
	f.Wants(books.Spent("hehua", "printing"), 0)
	_, err = f.spend("head.hehua", a, 100000)
	f.must(err)
}

// Two uses at the same moment cannot both have the last fen.
func TestSpendTogether(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, errs[i] = f.spend("head.hehua", held("hehua", it), 40000) })
	}
	wg.Wait()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		} else {
			portaltest.Refused(t, err, "R37")
		}
	}
	if n != 2 {
		t.Errorf("%d uses of 400 yuan from 1,000", n)
	}
	f.Wants(held("hehua", it), 20000)
}

func TestWhoSpends(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	f.paid(it, "shuangqiao", 2)
	street := books.Held("street", "liuxi", it)
	for _, c := range []struct {
		by      string
		account books.Account
		want    string
	}{
		{"staff.hehua", held("hehua", it), "policy.role"}, {"head.guangming", held("hehua", it), "policy.role"}, {"clerk.fire", held("hehua", it), "policy.role"},
		{"street.liuxi", held("hehua", it), "policy.facts"}, {"head.hehua", street, "policy.role"}, {"street.beitang", street, "policy.role"},
		{"head.hehua", "department:fire", "invalid"}, {"head.hehua", "community:hehua:nothing", "invalid"}, {"head.hehua", books.Spent("hehua", "printing"), "invalid"},
	} {
		_, err := f.spend(c.by, c.account, 100)
		if err == nil || fault.As(err).Code != c.want && !strings.HasPrefix(fault.As(err).Code, "policy.") {
			t.Errorf("%s from %s: %v, want %s", c.by, c.account, err, c.want)
		}
	}
	_, err := f.spend("street.liuxi", street, 100)
	f.must(err)
	f.Wants(books.Spent("liuxi", "printing"), 100)
	f.Wants(held("hehua", it), 100000)
}

// What was spent is public when its quarter is over, each figure with its entries.
func TestPublishedQuarterly(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	u, err := f.spend("head.hehua", held("hehua", it), 98760)
	f.must(err)
	app := f.App()
	reads := func(who, path string) bool {
		t.Helper()
		code, body := f.Ask(app, who, path, "")
		if code != 200 {
			t.Errorf("%s: %d", path, code)
		}
		return strings.Contains(body, "987.60") || strings.Contains(body, "98760")
	}
	for _, path := range []string{"/spending?quarter=2026Q1", "/spending?community=hehua&quarter=2026Q1", "/api/v1/spending?community=hehua&quarter=2026Q1"} {
		for who, want := range map[string]bool{"": false, "head.guangming": false, "staff.hehua": true, "office.a": true, "auditor": true} {
			if reads(who, path) != want {
				t.Errorf("running quarter, %q %s: want %v", who, path, want)
			}
		}
	}
	f.Workdays(30)
	if x, err := f.Spending.Uses.Engine.Get(f.ctx, lifecycle.Actor{}, u); err != nil || x.State != "published" {
		t.Error("not published:", err)
	}
	for _, path := range []string{"/spending", "/spending?community=hehua", "/api/v1/spending?quarter=2026Q1", "/books?account=spent:hehua:printing&quarter=2026Q1"} {
		if !reads("", path) {
			t.Errorf("closed quarter, %s: not open", path)
		}
	}
	if _, body := f.Ask(app, "", "/spending?community=hehua", ""); !strings.Contains(body, "account=spent%3Ahehua%3Aprinting") {
		t.Error("a figure without its entries")
	}
	for _, bad := range []string{"quarter=2026Q3", "quarter=x", "community=moon"} {
		if code, _ := f.Ask(app, "", "/spending?"+bad, ""); code != 422 {
			t.Errorf("%s: %d", bad, code)
		}
	}
}
