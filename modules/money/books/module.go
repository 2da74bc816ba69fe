package books

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Books is the module.
type Books struct {
	*portal.Portal
	items   *items.Items
	entries *store.Collection[Entry]
	purses  *store.Collection[purse]
}

// New opens the books.
func New(ctx context.Context, h *portal.Portal, its *items.Items) (*Books, error) {
	m := &Books{Portal: h, items: its}
	var err error
	if m.entries, err = store.Open(ctx, h.Store, spec, extract); err != nil {
		return nil, err
	}
	if m.purses, err = store.Open(ctx, h.Store, store.Spec{Name: "purses"}, func(*purse) map[string]any { return nil }); err != nil {
		return nil, err
	}
	h.Add(portal.Module{Name: "books", Routes: func(r fiber.Router) {
		r.Get("/books", m.page)
		r.Get("/api/v1/books", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/books", LabelKey: "books.title", Order: 51, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor")
	}})
	return m, nil
}

// Balance is an account's debits less its credits, by two sums over indexes.
func (m *Books) Balance(ctx context.Context, a Account) (schema.Fen, error) {
	b := schema.Fen(0)
	for side, sign := range map[string]schema.Fen{"debit": 1, "credit": -1} {
		gs, err := m.entries.GroupBy(ctx, []store.Cond{{Field: side, Op: store.Eq, Value: string(a)}}, side, "amount")
		if err != nil {
			return 0, fault.Wrap(err, "sum account %s", a)
		}
		for _, g := range gs {
			b += sign * schema.Fen(g.Sum)
		}
	}
	return b, nil
}

// Entries is where the entries are kept, for benchmarks that fill the books.
func (m *Books) Entries() *store.Collection[Entry] { return m.entries }

// Each gives every entry to f, in no order of time.
func (m *Books) Each(ctx context.Context, f func(*Entry)) error {
	return fault.Wrap(m.entries.Each(ctx, nil, func(e *Entry) error { f(e); return nil }), "read the books")
}

// Sum is what came in and went out of an account.
type Sum struct {
	Debit, Credit schema.Fen
}

// Balance is what stands on it.
func (s Sum) Balance() schema.Fen { return s.Debit - s.Credit }

// Sums gives every account with what came in and went out of it, by the
// entries that the conditions let through.
func (m *Books) Sums(ctx context.Context, where ...store.Cond) (map[Account]Sum, error) {
	out := map[Account]Sum{}
	return out, m.sum(ctx, out, "", where...)
}

// sum adds up the accounts whose names begin with stem; "" are all.
func (m *Books) sum(ctx context.Context, out map[Account]Sum, stem string, where ...store.Cond) error {
	for _, side := range []string{"debit", "credit"} {
		where := where
		if stem != "" {
			where = append(slices.Clone(where), store.Cond{Field: side, Op: store.Gte, Value: stem + ":"}, store.Cond{Field: side, Op: store.Lt, Value: stem + ";"}) // ; follows :
		}
		gs, err := m.entries.GroupBy(ctx, where, side, "amount")
		if err != nil {
			return fault.Wrap(err, "sum the books")
		}
		for _, g := range gs {
			name, _ := g.Key.(string)
			s := out[Account(name)]
			if side == "debit" {
				s.Debit = schema.Fen(g.Sum)
			} else {
				s.Credit = schema.Fen(g.Sum)
			}
			out[Account(name)] = s
		}
	}
	return nil
}

// Spending gives what was spent in a quarter, place by place and category by
// category, less what was taken back.
func (m *Books) Spending(ctx context.Context, quarter string) (map[string]map[string]int64, error) {
	sums, err := m.Sums(ctx, store.Cond{Field: "quarter", Op: store.Eq, Value: quarter})
	if err != nil {
		return nil, err
	}
	out := map[string]map[string]int64{}
	for a, s := range sums {
		kind, of, category := a.parts()
		if kind != "spent" {
			continue
		}
		if out[of] == nil {
			out[of] = map[string]int64{}
		}
		out[of][category] = int64(s.Balance())
	}
	return out, nil
}

// Purse is an account that money can be drawn from.
type Purse struct {
	Account     Account
	Place, Item string
	Left        schema.Fen
}

// stems are what the names of accounts that hold money begin with, in some
// places or in all.
func stems(places []string) (out []string) {
	for _, kind := range []string{"community", "street"} {
		if len(places) == 0 {
			out = append(out, kind)
		}
		for _, p := range places {
			out = append(out, string(account(kind, p)))
		}
	}
	return out
}

// Purses gives the accounts of some places that hold money, what is reserved
// taken off. item "" is any.
func (m *Books) Purses(ctx context.Context, item string, places ...string) ([]Purse, error) {
	sums := map[Account]Sum{}
	for _, stem := range stems(places) {
		if err := m.sum(ctx, sums, stem); err != nil {
			return nil, err
		}
	}
	var out []Purse
	for _, a := range order(sums) {
		_, of, what := a.parts()
		if item != "" && what != item || sums[a].Balance() <= 0 {
			continue
		}
		left, err := m.Left(ctx, a)
		if err != nil {
			return nil, err
		}
		if left > 0 {
			out = append(out, Purse{Account: a, Place: of, Item: what, Left: left})
		}
	}
	return out, nil
}

// closed is the moment up to which the books are open to everybody: the
// beginning of the running quarter.
func (m *Books) closed() time.Time { return portal.QuarterOf(m.Clock()).Start() }
