// Package books keeps the books of the money that follows the work: every
// movement of it as a double entry in fen.
//
// Words: an account says who holds money, or where it went. Departments give
// it; a community or a street holds it for one item, a provider earned it;
// spent and returned are where it ends. An entry moves one amount from the
// credited account to the debited one, so that all balances (debits less
// credits) always sum to nothing. A purse is what may be drawn from an account
// of a community or a street: its balance less what is reserved for uses and
// refunds whose entries have not been written yet.
//
// Nobody writes in the books: payments, sheets, uses and refunds post what their
// events say they moved. An event stays in the outbox of its case until its
// entry is stored, and the entry's id comes from the event, so that each is
// entered once. Nothing is ever changed; what was wrong is entered the other way
// round.
package books

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Account is kind:part or kind:part:part.
type Account string

// Kinds of accounts and how many parts follow the kind.
var kinds = map[string]int{"department": 1, "community": 2, "street": 2, "provider": 2, "spent": 2, "returned": 1}

// Kinds in the order they are shown.
var Kinds = []string{"department", "community", "street", "provider", "spent", "returned"}

var plainPart = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)

// account puts one together.
func account(kind string, parts ...string) Account {
	return Account(kind + ":" + strings.Join(parts, ":"))
}

// Held is the account of whoever received money for an item: a community, a
// street, or the provider at work in a community.
func Held(payee, place, item string) Account { return account(payee, place, item) }

// Gave is what a department gave; its balance is negative.
func Gave(department string) Account { return account("department", department) }

// Spent is what a community spent on one category.
func Spent(community, category string) Account { return account("spent", community, category) }

// Returned is what came back to a department.
func Returned(department string) Account { return account("returned", department) }

// parts gives the kind, the place or department, and the item or category.
func (a Account) parts() (kind, of, what string) {
	p := append(strings.Split(string(a), ":"), "", "", "")
	return p[0], p[1], p[2]
}

// Purse takes the name of an account apart that money can be drawn from: a
// community's, or that of a street, for an item.
func (a Account) Purse() (kind, place, item string, ok bool) {
	kind, place, item = a.parts()
	return kind, place, item, a.valid() && (kind == "community" || kind == "street")
}

// Kind is what kind of account it is.
func (a Account) Kind() string {
	kind, _, _ := a.parts()
	return kind
}

// valid tells whether it is an account at all.
func (a Account) valid() bool {
	p := strings.Split(string(a), ":")
	if n, ok := kinds[p[0]]; !ok || len(p) != n+1 {
		return false
	}
	for _, x := range p[1:] {
		if !plainPart.MatchString(x) {
			return false
		}
	}
	return true
}

// Source is the case that an entry stands on.
type Source struct {
	Noun string `json:"noun"`
	ID   string `json:"id"`
	No   string `json:"no"`
}

func (s Source) key() string { return s.Noun + ":" + s.ID }

// Entry is one movement: Amount fen from Credit to Debit. It cannot be out of
// balance, because it has one amount for both its lines.
type Entry struct {
	store.Meta
	At     time.Time  `json:"at"`
	Debit  Account    `json:"debit"`
	Credit Account    `json:"credit"`
	Amount schema.Fen `json:"amount"`
	Source Source     `json:"source"`
	Memo   string     `json:"memo"`
	Place  string     `json:"place"` // whose money it is about
	Item   string     `json:"item"`
}

// Line is one side of an entry; credits are negative.
type Line struct {
	Account Account    `json:"account"`
	Amount  schema.Fen `json:"amount"`
}

// Lines gives both sides.
func (e *Entry) Lines() []Line { return []Line{{e.Debit, e.Amount}, {e.Credit, -e.Amount}} }

// most is what one entry may move, fen: ten thousand million yuan. Nine
// million such entries still have a sum.
const most = schema.Fen(schema.MaxMoney)

// check refuses what is no movement of money.
func (e *Entry) check() error {
	switch {
	case e.Amount <= 0 || e.Amount > most:
		return fmt.Errorf("entry %s moves %d fen", e.ID, e.Amount)
	case !e.Debit.valid() || !e.Credit.valid() || e.Debit == e.Credit:
		return fmt.Errorf("entry %s moves from %q to %q", e.ID, e.Credit, e.Debit)
	case e.ID == "" || e.At.IsZero() || e.Source.Noun == "" || e.Source.ID == "":
		return fmt.Errorf("entry %q has no source or no time", e.ID)
	}
	return nil
}

var spec = store.Spec{Name: "entries",
	Fields: []store.Field{{Name: "at"}, {Name: "quarter"}, {Name: "debit"}, {Name: "credit"}, {Name: "amount", Kind: store.Int}, {Name: "source"}, {Name: "touches", Kind: store.List}},
	// With the amount in them the indexes alone answer every sum.
	Indexes: []store.Index{{Name: "debit", Fields: []string{"debit", "at", "amount"}}, {Name: "credit", Fields: []string{"credit", "at", "amount"}},
		{Name: "quarter_debit", Fields: []string{"quarter", "debit", "amount"}}, {Name: "quarter_credit", Fields: []string{"quarter", "credit", "amount"}},
		{Name: "at", Fields: []string{"at"}}, {Name: "source", Fields: []string{"source", "credit"}}}}

func extract(e *Entry) map[string]any {
	return map[string]any{"at": store.Stamp(e.At), "quarter": string(portal.QuarterOf(e.At)), "debit": string(e.Debit), "credit": string(e.Credit),
		"amount": int64(e.Amount), "source": e.Source.key(), "touches": []string{string(e.Debit), string(e.Credit)}}
}
