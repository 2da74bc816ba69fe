package books_test

import (
	"context"
	"testing"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/money/moneytest"
)

type fixture struct {
	*moneytest.Money
	ctx context.Context
	t   testing.TB
}

func house(t testing.TB) *fixture {
	t.Helper()
	return &fixture{moneytest.New(t), context.Background(), t}
}

// item is in two communities; the second instalment goes to the street, the
// third to the provider.
func (f *fixture) item() string {
	f.t.Helper()
	return f.Admit(moneytest.Grant([]items.Instalment{{Amount: 100000, Payee: "community"}, {Amount: 50000, Payee: "street"}, {Amount: 7000, Payee: "provider"}},
		"hehua", "guangming")).ID
}

func held(item string) books.Account { return books.Held("community", "hehua", item) }
