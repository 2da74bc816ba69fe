package books_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/money/books"
	"gatehouse/modules/money/funding"
	"gatehouse/server/lifecycle"
)

// R37: what a department says is in no book; what the receiver confirms is in
// the account of whoever received it.
func TestR37OnlyConfirmedMoneyIsEntered(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	first, second, third := f.Claim(it, "hehua", 1, 100000), f.Claim(it, "hehua", 2, 50000), f.Claim(it, "hehua", 3, 7000)
	f.Wants(books.Gave("fire"), 0)
	f.Confirm("head.hehua", first)
	f.Wants(books.Held("community", "hehua", it), 100000)
	f.Confirm("street.liuxi", second)
	f.Wants(books.Held("street", "liuxi", it), 50000)
	f.Confirm("head.hehua", third)
	f.Wants(books.Held("provider", "hehua", it), 7000)
	f.Wants(books.Gave("fire"), -157000)
}

func TestReconciledMoneyIsEntered(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	reconcile := func(finding string) {
		t.Helper()
		p := f.Claim(it, "hehua", 1, 100000)
		f.Sent(f.Payments, "head.hehua", p, "dispute", map[string]any{"reason": "没有收到"})
		f.Sent(f.Payments, "finance", p, "reconcile", map[string]any{"decision": finding, "note": "核对"})
	}
	reconcile("void")
	f.Wants(books.Held("community", "hehua", it), 0)
	reconcile("confirm")
	f.Wants(books.Held("community", "hehua", it), 100000)
}

// A process that dies between the payment and its entry leaves the event in
// the payment's outbox, and the next relay enters it, once.
func TestCrashBeforeTheEntry(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.Claim(it, "hehua", 1, 100000)
	f.Fails = func(collection string) error {
		if collection == "entries" {
			panic("the power went")
		}
		return nil
	}
	f.Confirm("head.hehua", p)
	f.Bus.Once(f.ctx)
	f.Fails = nil
	f.Wants(books.Held("community", "hehua", it), 0)
	f.Wants(books.Gave("fire"), 0) // nor half of it
	for range 3 {
		f.Bus.Once(f.ctx)
		f.Wants(books.Held("community", "hehua", it), 100000)
		f.Wants(books.Gave("fire"), -100000)
	}
}

// A process that dies between the entry and the outbox hears the event again.
func TestCrashAfterTheEntry(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	heard := 0
	funding.Confirmed.On(f.Bus, func(context.Context, lifecycle.News, funding.Payout) error {
		if heard++; heard < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	f.Confirm("head.hehua", f.Claim(it, "hehua", 1, 100000))
	f.Bus.Once(f.ctx)
	f.Bus.Once(f.ctx)
	f.Bus.Once(f.ctx)
	if heard != 3 {
		t.Errorf("heard %d times", heard)
	}
	f.Wants(books.Held("community", "hehua", it), 100000)
}

// Two cannot take the same fen, however many try at once.
func TestDrawTogether(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	f.Confirm("head.hehua", f.Claim(it, "hehua", 1, 100000))
	a := held(it)
	var wg sync.WaitGroup
	oks := make([]bool, 12)
	for i := range oks {
		wg.Go(func() {
			_, ok, err := f.Books.Draw(f.ctx, a, "use", fmt.Sprint("u", i), 30000)
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
	if left, err := f.Books.Left(f.ctx, a); n != 3 || left != 10000 || err != nil {
		t.Errorf("%d drew 30,000 of 100,000, %d are left: %v", n, left, err)
	}
	if rest, err := f.Books.DrawAll(f.ctx, a, "refund", "r"); rest != 10000 || err != nil {
		t.Error(rest, err)
	}
}

func TestDrawFromNothing(t *testing.T) {
	t.Parallel()
	f := house(t)
	for _, a := range []books.Account{"community:hehua:x", "street:liuxi:x"} {
		if left, ok, err := f.Books.Draw(f.ctx, a, "use", "u", 1); ok || left != 0 || err != nil {
			t.Error(left, ok, err)
		}
	}
	for _, a := range []books.Account{"department:fire", "spent:hehua:printing", "provider:hehua:x", "", "community:hehua", "community:a:b:c"} {
		if _, ok, err := f.Books.Draw(f.ctx, a, "use", "u", 1); ok || err == nil {
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
	f.Confirm("head.hehua", f.Claim(it, "hehua", 1, 100000))
	app := f.App()
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
