package books_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/money/books"
	"gatehouse/server/lifecycle"
)

// R37: what a department says is in no book; what the receiver confirms is in
// the account of whoever received it.
func TestR37OnlyConfirmedMoneyIsEntered(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	first, second, third := f.claim(it, "hehua", 1, 100000), f.claim(it, "hehua", 2, 50000), f.claim(it, "hehua", 3, 7000)
	f.wants(books.Gave("fire"), 0)
	f.confirm("head.hehua", first)
	f.wants(books.Held("community", "hehua", it), 100000)
	f.confirm("street.liuxi", second)
	f.wants(books.Held("street", "liuxi", it), 50000)
	f.confirm("head.hehua", third)
	f.wants(books.Held("provider", "hehua", it), 7000)
	f.wants(books.Gave("fire"), -157000)
}

func TestReconciledMoneyIsEntered(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	reconcile := func(finding string) {
		t.Helper()
		p := f.claim(it, "hehua", 1, 100000)
		_, err := do(f, f.payments.Resource, "head.hehua", p, "dispute", map[string]any{"reason": "没有收到"})
		f.must(err)
		_, err = do(f, f.payments.Resource, "finance", p, "reconcile", map[string]any{"decision": finding, "note": "核对"})
		f.must(err)
	}
	reconcile("void")
	f.wants(books.Held("community", "hehua", it), 0)
	reconcile("confirm")
	f.wants(books.Held("community", "hehua", it), 100000)
}

// A process that dies between the payment and its entry leaves the event in
// the payment's outbox, and the next relay enters it, once.
func TestCrashBeforeTheEntry(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claim(it, "hehua", 1, 100000)
	f.ask = func() { panic("the power went") }
	f.confirm("head.hehua", p)
	f.wants(books.Held("community", "hehua", it), 0)
	f.wants(books.Gave("fire"), 0) // nor half of it
	f.Bus.Once(f.ctx)
	f.wants(books.Gave("fire"), 0)
	f.ask = func() {}
	for range 3 {
		f.Bus.Once(f.ctx)
		f.wants(books.Held("community", "hehua", it), 100000)
		f.wants(books.Gave("fire"), -100000)
	}
}

// A process that dies between the entry and the outbox hears the event again.
func TestCrashAfterTheEntry(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	heard := 0
	f.Bus.OnName("payment.confirmed", func(_ context.Context, ev lifecycle.News) error {
		if heard++; heard < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	f.confirm("head.hehua", f.claim(it, "hehua", 1, 100000))
	f.Bus.Once(f.ctx)
	f.Bus.Once(f.ctx)
	f.Bus.Once(f.ctx)
	if heard != 3 {
		t.Errorf("heard %d times", heard)
	}
	f.wants(books.Held("community", "hehua", it), 100000)
}

// Two cannot take the same fen, however many try at once.
func TestDrawTogether(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	f.confirm("head.hehua", f.claim(it, "hehua", 1, 100000))
	a := string(books.Held("community", "hehua", it))
	var wg sync.WaitGroup
	oks := make([]bool, 12)
	for i := range oks {
		wg.Go(func() {
			_, ok, err := f.books.Draw(f.ctx, a, "use", fmt.Sprint("u", i), 30000)
			if err != nil {
				t.Error(err)
			}
			oks[i] = ok
		})
	}
	wg.Wait()
	n := 0
	for _, ok := range oks {
		if ok {
			n++
		}
	}
	if left, err := f.books.Left(f.ctx, a); n != 3 || left != 10000 || err != nil {
		t.Errorf("%d drew 30,000 of 100,000, %d are left: %v", n, left, err)
	}
	if rest, err := f.books.DrawAll(f.ctx, a, "refund", "r"); rest != 10000 || err != nil {
		t.Error(rest, err)
	}
}

func TestDrawFromNothing(t *testing.T) {
	t.Parallel()
	f := house(t)
	for _, a := range []string{"community:hehua:x", "street:liuxi:x"} {
		if left, ok, err := f.books.Draw(f.ctx, a, "use", "u", 1); ok || left != 0 || err != nil {
			t.Error(left, ok, err)
		}
	}
	for _, a := range []string{"department:fire", "spent:hehua:printing", "provider:hehua:x", "", "community:hehua", "community:a:b:c"} {
		if _, ok, err := f.books.Draw(f.ctx, a, "use", "u", 1); ok || err == nil {
			t.Errorf("drew from %q", a)
		}
	}
}

// The books are open when their quarter is over; until then to those whose
// money it is.
func TestWhoReads(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	f.confirm("head.hehua", f.claim(it, "hehua", 1, 100000))
	app := f.app()
	reads := func(who, path string) bool {
		t.Helper()
		code, body := f.Ask(app, who, path, "")
		if code != 200 {
			t.Errorf("%s %s: %d", who, path, code)
		}
		return strings.Contains(body, "1,000.00") || strings.Contains(body, `"balance":100000`) || strings.Contains(body, `"balance":-100000`)
	}
	held, gave := "?account=community:hehua:"+it, "?account=department:fire"
	for who, want := range map[string][2]bool{"": {}, "clerk.fire": {false, true}, "clerk.health": {}, "staff.hehua": {true, false}, "head.guangming": {},
		"street.liuxi": {true, false}, "street.beitang": {}, "office.a": {true, true}, "finance": {true, true}, "auditor": {true, true}} {
		for i, q := range []string{held, gave} {
			if reads(who, "/books"+q) != want[i] || reads(who, "/api/v1/books"+q) != want[i] {
				t.Errorf("%q reads %s: want %v", who, q, want[i])
			}
		}
		if any := want[0] || want[1]; reads(who, "/books") != any || reads(who, "/api/v1/books") != any {
			t.Errorf("%q reads the list: want %v", who, any)
		}
	}
	f.Workdays(30)
	for _, q := range []string{held, gave, "", held + "&quarter=2026Q1"} {
		if !reads("", "/books"+q) {
			t.Errorf("the closed quarter is not open: %s", q)
		}
	}
	for _, bad := range []string{"account=moon:x", "account=community:hehua", "quarter=2026", "kind=moon", "account=department:fire&after=x"} {
		if code, _ := f.Ask(app, "", "/api/v1/books?"+bad, ""); code != 422 {
			t.Errorf("%s: %d", bad, code)
		}
	}
}
