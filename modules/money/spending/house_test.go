package spending_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/moneytest"
	"gatehouse/modules/money/spending"
	"gatehouse/modules/portal"
	"gatehouse/modules/rating/withdrawal"
	"gatehouse/server/lifecycle"
)

// fixture is a portal with all that follows the money, and what makes it go back.
type fixture struct {
	*moneytest.Money
	withdrawals *withdrawal.Withdrawals
	ctx         context.Context
	t           testing.TB
}

func house(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{Money: moneytest.New(t), ctx: context.Background(), t: t}
	var err error
	f.withdrawals, err = withdrawal.New(f.ctx, f.Portal.Portal, withdrawal.Asks{Brief: f.Items.Brief,
		Kinds: func(context.Context, string) ([]string, error) { return []string{"task"}, nil }})
	f.must(err)
	f.Spending.Listen(f.withdrawals.About)
	f.Offer("rectifiable_items", func(context.Context, portal.Visitor) ([]option, error) { return nil, nil })
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// do is Send that gives the case's id.
func (f *fixture) do(d portal.AnyResource, by, id, act string, in any) (string, error) {
	x, err := f.Send(d, by, id, act, in)
	return x.ID, err
}

// work is an item in Hehua, Shuangqiao and Guangming with two instalments, the
// second for the street's account.
func (f *fixture) work() string {
	f.t.Helper()
	return f.Admit(moneytest.Grant([]items.Instalment{{Amount: 100000, Payee: "community"}, {Amount: 50000, Payee: "street"}}, "hehua", "shuangqiao", "guangming")).ID
}

// paid brings an instalment to a community, confirmed.
func (f *fixture) paid(item, community string, n int) {
	f.t.Helper()
	if n == 2 {
		f.Confirm("street.liuxi", f.Claim(item, community, n, 50000))
		return
	}
	f.Confirm("head."+community, f.Claim(item, community, n, 100000))
}

func (f *fixture) spend(by string, account books.Account, amount int64) (string, error) {
	return f.do(f.Spending.Uses, by, "", "record", map[string]any{"account": account, "category": "printing", "amount": amount, "for": "告知书", "receipt": "P-1",
		"spent_on": f.Now().Format(time.DateOnly)})
}

func held(community, item string) books.Account { return books.Held("community", community, item) }

// withdraw takes an item's withdrawal from some communities to the decision.
func (f *fixture) withdraw(item string, from ...string) string {
	f.t.Helper()
	in := map[string]any{"item": item, "grounds": []string{"effect"}, "reason": "整改无效"}
	if len(from) > 0 {
		in["communities"] = from
	}
	w := f.Sent(f.withdrawals.Resource, "office.a", "", "propose", in)
	f.Sent(f.withdrawals.Resource, "office.a", w, "notify", nil)
	f.Sent(f.withdrawals.Resource, "head.fire", w, "state", map[string]any{"statement": "无异议"})
	return f.Sent(f.withdrawals.Resource, "conference", w, "decide", map[string]any{"decision": "撤出", "minutes": "〔2026〕5号"})
}

func (f *fixture) refunds() []*spending.Refund {
	f.t.Helper()
	p, err := f.Spending.Refunds.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{Sort: "id", Limit: 100})
	f.must(err)
	return p.Cases
}
