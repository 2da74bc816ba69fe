package spending_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/funding"
	"gatehouse/modules/money/sheets"
	"gatehouse/modules/money/spending"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/modules/rating/withdrawal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// fixture is a house with all that follows the money, wired as package app
// wires it.
type fixture struct {
	*portaltest.Portal
	items       *items.Items
	payments    *funding.Funding
	books       *books.Books
	sheets      *sheets.Sheets
	shaky       func() bool // whether the books are out of reach just now
	spending    *spending.Spending
	withdrawals *withdrawal.Withdrawals
	ctx         context.Context
	t           testing.TB
}

func house(t testing.TB) *fixture {
	t.Helper()
	h := portaltest.New(t)
	f := &fixture{Portal: h, ctx: context.Background(), t: t, shaky: func() bool { return false }}
	var err error
	f.items, err = items.New(f.ctx, h.Portal, items.Asks{
		Grant: func(context.Context, string) (items.Grant, bool, error) { return items.Grant{}, false, nil },
		Payment: func(ctx context.Context, id string) (string, string, int, string, error) {
			return f.payments.Payment(ctx, id)
		},
		Withdrawal: func(ctx context.Context, id string) (string, []string, string, error) {
			return f.withdrawals.About(ctx, id)
		},
	})
	f.must(err)
	f.payments, err = funding.New(f.ctx, h.Portal, funding.Asks{Owe: f.items.Owe, Owed: f.owed})
	f.must(err)
	f.books, err = books.New(f.ctx, h.Portal, books.Asks{Payment: f.told(f.payment), Sheet: f.told(f.sheet), Use: f.told(f.use), Refund: f.told(f.refund)})
	f.must(err)
	f.sheets, err = sheets.New(f.ctx, h.Portal, sheets.Asks{Engage: f.items.Engage, Item: func(ctx context.Context, id string) (sheets.ItemBrief, error) {
		no, title, department, err := f.item(ctx, id)
		return sheets.ItemBrief{No: no, Title: title, Department: department, Delivery: "signoff"}, err
	}})
	f.must(err)
	f.withdrawals, err = withdrawal.New(f.ctx, h.Portal, withdrawal.Asks{Brief: f.items.Brief,
		Kinds: func(context.Context, string) ([]string, error) { return []string{"task"}, nil }})
	f.must(err)
	f.spending, err = spending.New(f.ctx, h.Portal, spending.Asks{Item: f.item, Draw: f.books.Draw, DrawAll: f.books.DrawAll, Spent: f.books.Spending,
		Withdrawal: f.withdrawals.About, Seat: func(string) string { return portaltest.District }, Purses: f.purses, Communities: func(ctx context.Context, id string) ([]string, error) {
			_, _, _, cs, err := f.items.Brief(ctx, id)
			return cs, err
		}})
	f.must(err)
	h.Offer("rectifiable_items", func(context.Context, portal.Visitor) ([]option, error) { return nil, nil })
	return f
}

// told fails as long as the books are out of reach.
func (f *fixture) told(ask books.Teller) books.Teller {
	return func(ctx context.Context, id string) (books.Moved, error) {
		if f.shaky() {
			return books.Moved{}, errors.New("out of reach")
		}
		return ask(ctx, id)
	}
}

func (f *fixture) sheet(ctx context.Context, id string) (books.Moved, error) {
	s, err := f.sheets.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: s.No, Title: s.Task, Item: s.Item, Department: s.Department, Community: s.Community, Payee: "community", Amount: s.Amount}, nil
}

func (f *fixture) owed(ctx context.Context, item, community string, n int) (o funding.Owed, ok bool, err error) {
	var fen int64
	o.No, o.Title, o.Department, fen, o.Payee, ok, err = f.items.Owed(ctx, item, community, n)
	o.Amount = schema.Fen(fen)
	return o, ok, err
}

func (f *fixture) payment(ctx context.Context, id string) (books.Moved, error) {
	p, err := f.payments.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: p.No, Title: p.ItemTitle, Item: p.Item, Department: p.Department, Community: p.Community, Payee: p.Payee, Amount: p.Amount}, nil
}

func (f *fixture) use(ctx context.Context, id string) (books.Moved, error) {
	u, err := f.spending.Uses.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: u.No, Title: u.For, Item: u.Item, Department: u.Department, Community: u.Place, Account: u.Account, Category: u.Category, Amount: u.Amount}, nil
}

func (f *fixture) refund(ctx context.Context, id string) (books.Moved, error) {
	r, err := f.spending.Refunds.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: r.No, Item: r.Item, Department: r.Department, Community: r.Place, Account: r.Account, Amount: r.Amount}, nil
}

func (f *fixture) item(ctx context.Context, id string) (no, title, department string, err error) {
	it, err := f.items.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", "", err
	}
	return it.No, it.Title, it.Department, nil
}

func (f *fixture) purses(ctx context.Context, item string, places ...string) ([]spending.Purse, error) {
	ps, err := f.books.Purses(ctx, item, places...)
	out := make([]spending.Purse, len(ps))
	for i, p := range ps {
		out[i] = spending.Purse(p)
	}
	return out, err
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func do[T any](f *fixture, d *portal.Resource[T], by, id, act string, in map[string]any) (string, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return "", err
	}
	if in == nil {
		b = nil
	}
	x, err := d.Perform(f.ctx, portaltest.As(by), id, act, b, lifecycle.Opts{})
	return x.ID, err
}

func done[T any](f *fixture, d *portal.Resource[T], by, id, act string, in map[string]any) string {
	f.t.Helper()
	id, err := do(f, d, by, id, act, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return id
}

// work is an item in Hehua, Shuangqiao and Guangming with two instalments, the
// second for the street's account.
func (f *fixture) work() string {
	f.t.Helper()
	it, err := f.items.Resource.Engine.Open(f.ctx, lifecycle.System, "open", &items.Grant{Application: portal.NewKey(), Title: "消防排查", Department: "fire", Nature: "long",
		Kinds: []string{"task"}, Communities: []string{"hehua", "shuangqiao", "guangming"}, Start: portaltest.Start, End: portaltest.Start.AddDate(0, 11, 0), Powers: "建议权",
		Instalments: []items.Instalment{{Due: "2026-03-20", Amount: 100000, Payee: "community"}, {Due: "2026-03-20", Amount: 50000, Payee: "street"}}}, lifecycle.Opts{})
	f.must(err)
	return it.ID
}

// paid brings an instalment to a community, confirmed.
func (f *fixture) paid(item, community string, n int) {
	f.t.Helper()
	amount, by := 100000, "head."+community
	if n == 2 {
		amount, by = 50000, "street.liuxi"
	}
	p := done(f, f.payments.Resource, "clerk.fire", "", "claim", map[string]any{"item": item, "community": community, "instalment": n, "amount": amount, "voucher": "V1",
		"paid_on": f.Now().Format(time.DateOnly)})
	done(f, f.payments.Resource, by, p, "confirm", nil)
}

func (f *fixture) spend(by, account string, amount int64) (string, error) {
	return do(f, f.spending.Uses, by, "", "record", map[string]any{"account": account, "category": "printing", "amount": amount, "for": "告知书", "receipt": "P-1",
		"spent_on": f.Now().Format(time.DateOnly)})
}

func held(community, item string) string { return string(books.Held("community", community, item)) }

func (f *fixture) wants(a books.Account, want schema.Fen) {
	f.t.Helper()
	if got, err := f.books.Balance(f.ctx, a); got != want || err != nil {
		f.t.Errorf("%s has %d fen, want %d: %v", a, got, want, err)
	}
}

// withdraw takes an item's withdrawal from some communities to the decision.
func (f *fixture) withdraw(item string, from ...string) string {
	f.t.Helper()
	in := map[string]any{"item": item, "grounds": []string{"effect"}, "reason": "整改无效"}
	if len(from) > 0 {
		in["communities"] = from
	}
	w := done(f, f.withdrawals.Resource, "office.a", "", "propose", in)
	done(f, f.withdrawals.Resource, "office.a", w, "notify", nil)
	done(f, f.withdrawals.Resource, "head.fire", w, "state", map[string]any{"statement": "无异议"})
	return done(f, f.withdrawals.Resource, "conference", w, "decide", map[string]any{"decision": "撤出", "minutes": "〔2026〕5号"})
}

func (f *fixture) refunds() []*spending.Refund {
	f.t.Helper()
	p, err := f.spending.Refunds.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{Sort: "id", Limit: 100})
	f.must(err)
	return p.Cases
}
