package books_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/funding"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// fixture is a house with items, payments and the books wired as package app
// wires them.
type fixture struct {
	*portaltest.Portal
	items    *items.Items
	payments *funding.Funding
	books    *books.Books
	ctx      context.Context
	t        testing.TB
	ask      func() // called whenever the books ask about a payment
}

func house(t testing.TB) *fixture {
	t.Helper()
	h := portaltest.New(t)
	f := &fixture{Portal: h, ctx: context.Background(), t: t, ask: func() {}}
	var err error
	f.items, err = items.New(f.ctx, h.Portal, items.Asks{
		Grant: func(context.Context, string) (items.Grant, bool, error) { return items.Grant{}, false, nil },
		Payment: func(ctx context.Context, id string) (string, string, int, string, error) {
			return f.payments.Payment(ctx, id)
		},
	})
	f.must(err)
	f.payments, err = funding.New(f.ctx, h.Portal, funding.Asks{Owe: f.items.Owe,
		Owed: func(ctx context.Context, item, community string, n int) (o funding.Owed, ok bool, err error) {
			var fen int64
			o.No, o.Title, o.Department, fen, o.Payee, ok, err = f.items.Owed(ctx, item, community, n)
			o.Amount = schema.Fen(fen)
			return o, ok, err
		}})
	f.must(err)
	f.books, err = books.New(f.ctx, h.Portal, books.Asks{Payment: f.payment})
	f.must(err)
	return f
}

func (f *fixture) payment(ctx context.Context, id string) (books.Moved, error) {
	f.ask()
	p, err := f.payments.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: p.No, Title: p.ItemTitle, Item: p.Item, Department: p.Department, Community: p.Community, Payee: p.Payee, Amount: p.Amount}, nil
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// item is in two communities; the second instalment goes to the street, the
// third to the provider.
func (f *fixture) item() string {
	f.t.Helper()
	it, err := f.items.Resource.Engine.Open(f.ctx, lifecycle.System, "open", &items.Grant{Application: portal.NewKey(), Title: "消防排查", Department: "fire", Nature: "long",
		Kinds: []string{"task"}, Communities: []string{"hehua", "guangming"}, Start: portaltest.Start, End: portaltest.Start.AddDate(0, 11, 0), Powers: "建议权",
		Instalments: []items.Instalment{{Due: "2026-03-20", Amount: 100000, Payee: "community"}, {Due: "2026-03-20", Amount: 50000, Payee: "street"},
			{Due: "2026-03-20", Amount: 7000, Payee: "provider"}}}, lifecycle.Opts{})
	f.must(err)
	return it.ID
}

func do[T any](f *fixture, d *portal.Resource[T], by, id, act string, in map[string]any) (portal.Done, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return portal.Done{}, err
	}
	if in == nil {
		b = nil
	}
	return d.Perform(f.ctx, portaltest.As(by), id, act, b, lifecycle.Opts{})
}

// claim reports an instalment as paid.
func (f *fixture) claim(item, community string, n int, amount int64) string {
	f.t.Helper()
	p, err := do(f, f.payments.Resource, "clerk.fire", "", "claim", map[string]any{"item": item, "community": community, "instalment": n, "amount": amount,
		"voucher": "V1", "paid_on": f.Now().Format(time.DateOnly)})
	f.must(err)
	return p.ID
}

func (f *fixture) confirm(by, id string) {
	f.t.Helper()
	_, err := do(f, f.payments.Resource, by, id, "confirm", nil)
	f.must(err)
}

func (f *fixture) balance(a books.Account) schema.Fen {
	f.t.Helper()
	b, err := f.books.Balance(f.ctx, a)
	f.must(err)
	return b
}

func (f *fixture) wants(a books.Account, want schema.Fen) {
	f.t.Helper()
	if got := f.balance(a); got != want {
		f.t.Errorf("%s has %d fen, want %d", a, got, want)
	}
}

func (f *fixture) app() *fiber.App {
	app := f.App()
	f.books.Routes(app)
	return app
}
