package app

import (
	"context"

	"gatehouse/modules/money/books"
	"gatehouse/modules/money/contracts"
	"gatehouse/modules/money/sheets"
	"gatehouse/modules/money/spending"
	"gatehouse/server/lifecycle"
)

// How the modules that follow the money meet: each case tells the books what
// it moved.

func (m *Modules) forBooks() books.Asks {
	return books.Asks{Payment: m.paymentMoved, Sheet: m.sheetMoved, Use: m.useMoved, Refund: m.refundMoved,
		Item: func(ctx context.Context, id string) (no, title string) {
			it, err := m.Items.Resource.Engine.Get(ctx, lifecycle.System, id)
			if err != nil {
				return "", ""
			}
			return it.No, it.Title
		}}
}

func (m *Modules) paymentMoved(ctx context.Context, id string) (books.Moved, error) {
	p, err := m.Funding.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: p.No, Title: p.ItemTitle, Item: p.Item, Department: p.Department, Community: p.Community, Payee: p.Payee, Amount: p.Amount}, nil
}

func (m *Modules) sheetMoved(ctx context.Context, id string) (books.Moved, error) {
	s, err := m.Sheets.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: s.No, Title: s.Task, Item: s.Item, Department: s.Department, Community: s.Community, Payee: "community", Amount: s.Amount}, nil
}

func (m *Modules) sheetItem(ctx context.Context, id string) (sheets.ItemBrief, error) {
	it, err := m.Items.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return sheets.ItemBrief{}, err
	}
	return sheets.ItemBrief{No: it.No, Title: it.Title, Department: it.Department, Delivery: it.Delivery}, nil
}

func (m *Modules) useMoved(ctx context.Context, id string) (books.Moved, error) {
	u, err := m.Spending.Uses.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: u.No, Title: u.For, Item: u.Item, Department: u.Department, Community: u.Place, Account: u.Account, Category: u.Category, Amount: u.Amount}, nil
}

func (m *Modules) refundMoved(ctx context.Context, id string) (books.Moved, error) {
	r, err := m.Spending.Refunds.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return books.Moved{}, err
	}
	return books.Moved{No: r.No, Title: r.ItemTitle, Item: r.Item, Department: r.Department, Community: r.Place, Account: r.Account, Amount: r.Amount}, nil
}

func (m *Modules) forSpending() spending.Asks {
	return spending.Asks{Draw: m.Books.Draw, DrawAll: m.Books.DrawAll, Spent: m.Books.Spending,
		Item: func(ctx context.Context, id string) (no, title, department string, err error) {
			it, err := m.Items.Resource.Engine.Get(ctx, lifecycle.System, id)
			if err != nil {
				return "", "", "", err
			}
			return it.No, it.Title, it.Department, nil
		},
		Purses: func(ctx context.Context, item string, places ...string) ([]spending.Purse, error) {
			ps, err := m.Books.Purses(ctx, item, places...)
			out := make([]spending.Purse, len(ps))
			for i, p := range ps {
				out[i] = spending.Purse(p)
			}
			return out, err
		},
		Withdrawal: func(ctx context.Context, id string) (string, []string, string, error) {
			return m.Withdrawals.About(ctx, id)
		},
		Seat: func(department string) string {
			x, _ := m.Directory.Department(department)
			return x.Place
		},
		Communities: func(ctx context.Context, item string) ([]string, error) {
			_, _, _, cs, err := m.Items.Brief(ctx, item)
			return cs, err
		}}
}

func (m *Modules) contractItem(ctx context.Context, id string) (contracts.ItemBrief, error) {
	it, err := m.Items.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return contracts.ItemBrief{}, err
	}
	return contracts.ItemBrief{No: it.No, Title: it.Title, Department: it.Department, Delivery: it.Delivery, Communities: it.Communities}, nil
}
