// Package moneytest gives the tests of modules that follow the money, and of
// those above them, all of them on real items.
package moneytest

import (
	"context"
	"testing"
	"time"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/funding"
	"gatehouse/modules/money/sheets"
	"gatehouse/modules/money/spending"
	"gatehouse/modules/portal"
	"gatehouse/server/schema"
)

// Money is a test portal with items, books, payments, sheets and spending.
type Money struct {
	*gatetest.Gate
	Books    *books.Books
	Payments *funding.Funding
	Sheets   *sheets.Sheets
	Spending *spending.Spending
}

// New builds it.
func New(t testing.TB) *Money {
	t.Helper()
	ctx, m := context.Background(), &Money{Gate: gatetest.New(t)}
	h, its := m.Portal.Portal, m.Items
	var errs [4]error
	m.Books, errs[0] = books.New(ctx, h, its)
	m.Payments, errs[1] = funding.New(ctx, h, its, m.Books)
	m.Sheets, errs[2] = sheets.New(ctx, h, its, m.Books)
	m.Spending, errs[3] = spending.New(ctx, h, its, m.Books)
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// Grant is long-term work of the fire department in communities, which owes each
// of them these instalments, all due on 20 March.
func Grant(instalments []items.Instalment, communities ...string) items.Grant {
	g := gatetest.Grant("fire", communities...)
	g.Application, g.Title, g.Powers, g.Delivery = portal.NewKey(), "消防排查", "建议权", "signoff"
	for _, x := range instalments {
		x.Due = "2026-03-20"
		g.Instalments = append(g.Instalments, x)
	}
	return g
}

// Claim has the fire department report an instalment, the first is 1, as paid today.
func (m *Money) Claim(item, community string, n int, amount schema.Fen) string {
	m.T.Helper()
	return m.Sent(m.Payments, "clerk.fire", "", "claim", map[string]any{"item": item, "community": community, "instalment": n, "amount": amount,
		"voucher": "V1", "paid_on": m.Now().Format(time.DateOnly)})
}

// Confirm is the word of whoever received the money.
func (m *Money) Confirm(by, payment string) {
	m.T.Helper()
	m.Sent(m.Payments, by, payment, "confirm", nil)
}

// Wants checks what stands on an account.
func (m *Money) Wants(a books.Account, want schema.Fen) {
	m.T.Helper()
	if got, err := m.Books.Balance(context.Background(), a); got != want || err != nil {
		m.T.Errorf("%s has %d fen, want %d: %v", a, got, want, err)
	}
}
