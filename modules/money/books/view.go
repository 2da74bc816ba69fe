package books

import (
	"context"
	"html/template"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

const (
	mostAccounts = 200 // on one page
	mostEntries  = 50
)

// order sorts accounts by kind, then by name.
func order(sums map[Account]Sum) []Account {
	return slices.SortedFunc(maps.Keys(sums), func(a, b Account) int {
		ka, _, _ := a.parts()
		kb, _, _ := b.parts()
		if d := slices.Index(Kinds, ka) - slices.Index(Kinds, kb); d != 0 {
			return d
		}
		return strings.Compare(string(a), string(b))
	})
}

// until is up to when a visitor may read an account: everybody up to the end of
// the last quarter, those whose business it is up to now.
func (m *Books) until(v portal.Visitor, a Account) time.Time {
	kind, of, _ := a.parts()
	sc, facts := lifecycle.Scope{Places: []string{of}}, []string{string(lifecycle.Filed)}
	if kind == "department" || kind == "returned" { // which stand in no place, and so would be everybody's who holds any
		sc, facts = lifecycle.Scope{Department: of}, append(facts, "of_department")
	}
	if m.May(v, "book.see", sc, facts...) == nil {
		return m.Clock().Add(time.Second)
	}
	return m.closed()
}

func before(t time.Time) store.Cond {
	return store.Cond{Field: "at", Op: store.Lt, Value: store.Stamp(t)}
}

func (m *Books) page(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.May(v, "book.see", lifecycle.Anywhere, string(lifecycle.Public)); err != nil {
		return err
	}
	if q := portal.Quarter(c.Query("quarter")); q != "" && q.Start().IsZero() {
		return fault.InvalidField("quarter", "schema.not_an_option")
	}
	if a := Account(c.Query("account")); a != "" {
		if !a.valid() {
			return fault.InvalidField("account", "schema.not_an_option")
		}
		return m.accountPage(c, v, a)
	}
	if k := c.Query("kind"); k != "" && !slices.Contains(Kinds, k) {
		return fault.InvalidField("kind", "schema.not_an_option")
	}
	return m.accountsPage(c, v)
}

// accounts gives the sums that a visitor may see, every account up to its own day.
func (m *Books) accounts(ctx context.Context, v portal.Visitor, kind, place string) (map[Account]Sum, error) {
	now, err := m.Sums(ctx)
	if err != nil {
		return nil, err
	}
	closed, err := m.Sums(ctx, before(m.closed()))
	if err != nil {
		return nil, err
	}
	out, early := map[Account]Sum{}, map[string]bool{}
	for a, s := range now {
		k, of, _ := a.parts()
		if kind != "" && k != kind || place != "" && of != place {
			continue
		}
		whose := k + ":" + of // decides; what it is for does not
		if _, asked := early[whose]; !asked {
			early[whose] = m.until(v, a).Equal(m.closed())
		}
		if early[whose] {
			s = closed[a]
		}
		if s != (Sum{}) {
			out[a] = s
		}
	}
	return out, nil
}

// Accounts are the accounts with their balances, for programs.
type Accounts struct {
	Accounts []Balance `json:"accounts"`
	More     bool      `json:"more"` // there are others
}

// Balance is what stands on an account.
type Balance struct {
	Account Account    `json:"account"`
	Debit   schema.Fen `json:"debit"`
	Credit  schema.Fen `json:"credit"`
	Balance schema.Fen `json:"balance"`
}

// Ledger is one account with its entries, the newest first.
type Ledger struct {
	Account Account    `json:"account"`
	Balance schema.Fen `json:"balance"`
	Entries []*Entry   `json:"entries"`
	Next    string     `json:"next"`
}

func (m *Books) accountsPage(c *fiber.Ctx, v portal.Visitor) error {
	ctx, l := c.UserContext(), v.Lang
	sums, err := m.accounts(ctx, v, c.Query("kind"), c.Query("place"))
	if err != nil {
		return err
	}
	shown := order(sums)
	shown = shown[:min(len(shown), mostAccounts)]
	if portal.IsAPI(c) {
		out := Accounts{Accounts: make([]Balance, len(shown)), More: len(sums) > len(shown)}
		for i, a := range shown {
			out.Accounts[i] = Balance{a, sums[a].Debit, sums[a].Credit, sums[a].Balance()}
		}
		return c.JSON(out)
	}
	os, err := m.Options(ctx, v, "communities")
	if err != nil {
		return err
	}
	t := web.Table{CaptionKey: "books.accounts", EmptyKey: "books.none", Head: []web.Col{{Key: "books.account"}, {Key: "books.debit", Num: true}, {Key: "books.credit", Num: true}, {Key: "books.balance", Num: true}}}
	for _, a := range shown {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(m.name(ctx, l, a)), Href: href(a, "")}, money(sums[a].Debit), money(sums[a].Credit), money(sums[a].Balance())})
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(figures(l, sums))
		h.Add(m.filter(l, c, os["communities"]))
		h.Add(t.HTML(l))
		if len(sums) > len(shown) {
			h.Add(web.Paragraphs(l.T("books.narrow", "n", mostAccounts)))
		}
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("books.title"), Lead: portal.Text(l, l.T("books.lead", "day", m.closed())), Body: body})
}

// figures: where the money that was given is now.
func figures(l web.Lang, sums map[Account]Sum) template.HTML {
	by := map[string]schema.Fen{}
	for a, s := range sums {
		kind, _, _ := a.parts()
		by[kind] += s.Balance()
	}
	var out []web.Figure
	for _, kind := range Kinds {
		sum, any := by[kind]
		if kind == "department" {
			sum = -sum // what it gave
		}
		if any { // each leads to the accounts that it sums up
			out = append(out, web.Figure{Value: web.Yuan(sum), LabelKey: "books.sum." + kind, Href: "/books?kind=" + kind})
		}
	}
	return web.Figures(l, out)
}

func (m *Books) filter(l web.Lang, c *fiber.Ctx, communities []web.Option) template.HTML {
	var ks []web.Option
	for _, k := range Kinds {
		ks = append(ks, web.Option{Value: k, Text: l.T("books.kind." + k)})
	}
	return web.Filters(l, web.FilterSpec{Action: "/books", Fields: []web.FilterField{{Name: "kind", LabelKey: "books.kind", Value: c.Query("kind"), Options: ks},
		{Name: "place", LabelKey: "case.community", Value: c.Query("place"), Options: communities}}})
}

func money(f schema.Fen) web.Cell { return web.Cell{HTML: web.Text(web.Yuan(f))} }

func href(a Account, quarter string) string {
	q := url.Values{"account": {string(a)}}
	if quarter != "" {
		q.Set("quarter", quarter)
	}
	return "/books?" + q.Encode()
}

// name words an account.
func (m *Books) name(ctx context.Context, l web.Lang, a Account) string {
	kind, of, what := a.parts()
	who := m.Names.Place(l, of)
	switch kind {
	case "department", "returned":
		return l.T("books.name."+kind, "who", m.Names.Department(l, of))
	case "spent":
		return l.T("books.name.spent", "who", who, "what", portal.Choice(l, "use.category.", what))
	}
	title := what
	if it, err := m.items.About(ctx, what); err == nil {
		title = it.No + " " + it.Title
	}
	return l.T("books.name."+kind, "who", who, "what", title)
}
