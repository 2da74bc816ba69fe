package spending_test

import (
	"testing"
	"time"

	"gatehouse/modules/money/books"
	"gatehouse/modules/portaltest"
	"gatehouse/server/schema"
)

var back = map[string]any{"voucher": "T-1", "paid_on": "2026-03-09"}

// R49: unspent money is handed over; from the decision on nobody spends it.
func TestR49UnspentMoneyGoesBack(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	for _, c := range []string{"hehua", "guangming"} {
		f.paid(it, c, 1)
	}
	f.paid(it, "hehua", 2)
	_, err := f.spend("head.hehua", held("hehua", it), 30000)
	f.must(err)
	w := f.withdraw(it)
	rs := f.refunds()
	if len(rs) != 3 { // shuangqiao had nothing
		t.Fatalf("%d refunds", len(rs))
	}
	want := map[books.Account]schema.Fen{held("hehua", it): 70000, held("guangming", it): 100000, books.Held("street", "liuxi", it): 50000}
	for _, r := range rs {
		if r.Amount != want[r.Account] || r.State != "due" || r.Department != "fire" {
			t.Errorf("%+v", r)
		}
	}
	_, err = f.spend("head.hehua", held("hehua", it), 1)
	portaltest.Refused(t, err, "R37")
	for _, r := range rs {
		if r.Place != "hehua" {
			continue
		}
		_, err := f.do(f.Spending.Refunds, "head.guangming", r.ID, "pay_back", back)
		if err == nil {
			t.Error("another community paid it back")
		}
		f.Sent(f.Spending.Refunds, "head.hehua", r.ID, "pay_back", back)
		f.Wants(books.Returned("fire"), 0)
		f.Sent(f.Spending.Refunds, "finance", r.ID, "deny", map[string]any{"reason": "没有到账"})
		f.Sent(f.Spending.Refunds, "head.hehua", r.ID, "pay_back", back)
		for _, who := range []string{"head.hehua", "clerk.fire", "office.head", "street.liuxi"} {
			if _, err := f.do(f.Spending.Refunds, who, r.ID, "confirm", nil); err == nil {
				t.Errorf("%s confirmed", who)
			}
		}
		f.Sent(f.Spending.Refunds, "finance", r.ID, "confirm", nil)
	}
	f.Wants(books.Returned("fire"), 70000)
	f.Wants(held("hehua", it), 0)
	if due, arrived, err := f.Spending.Refunded(f.ctx, w); due != 220000 || arrived != 70000 || err != nil {
		t.Error(due, arrived, err)
	}
	f.Bus.Once(f.ctx)
	if n := len(f.refunds()); n != 3 {
		t.Errorf("%d refunds after the relay", n)
	}
}

// A withdrawal from some communities leaves the money of the others alone, and
// the street's while the work goes on under it.
func TestR49OnlyWhereTheWorkLeaves(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	f.paid(it, "guangming", 1)
	f.paid(it, "shuangqiao", 2)
	f.withdraw(it, "hehua")
	if rs := f.refunds(); len(rs) != 1 || rs[0].Place != "hehua" {
		t.Fatalf("%+v", rs)
	}
	_, err := f.spend("head.guangming", held("guangming", it), 100000)
	f.must(err)
	_, err = f.spend("street.liuxi", books.Held("street", "liuxi", it), 50000)
	f.must(err)
}

// A cancelled withdrawal gives the money free again.
func TestCancelledWithdrawalKeepsTheMoney(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	w := f.withdraw(it)
	f.Sent(f.withdrawals.Resource, "conference", w, "cancel", map[string]any{"why": "已改正", "minutes": "〔2026〕6号"})
	if rs := f.refunds(); len(rs) != 1 || rs[0].State != "cancelled" {
		t.Fatalf("%+v", rs)
	}
	_, err := f.spend("head.hehua", held("hehua", it), 100000)
	f.must(err)
	if due, _, err := f.Spending.Refunded(f.ctx, w); due != 0 || err != nil {
		t.Error(due, err)
	}
}

// What is spent was spent by today.
func TestSpentTomorrow(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.work()
	f.paid(it, "hehua", 1)
	_, err := f.do(f.Spending.Uses, "head.hehua", "", "record", map[string]any{"account": held("hehua", it), "category": "printing", "amount": 100, "for": "告知书", "receipt": "P-1",
		"spent_on": f.Now().AddDate(0, 0, 1).Format(time.DateOnly)})
	portaltest.Wrong(t, err, "spent_on:use.in_the_future")
}
