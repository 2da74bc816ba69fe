package books

import (
	"context"
	"errors"
	"strings"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// Movement is money that a case moved from one account to another.
type Movement struct {
	From   Account    `json:"from"`
	To     Account    `json:"to"`
	Amount schema.Fen `json:"amount"`
	No     string     `json:"no"`    // of the case
	Memo   string     `json:"memo"`  // what it was about
	Place  string     `json:"place"` // whose money it is
	Item   string     `json:"item"`
}

// Post enters what the event of a case says it moved: once, however often the
// event comes.
func (m *Books) Post(ctx context.Context, n lifecycle.News, x Movement) error {
	noun, _, _ := strings.Cut(n.Name, ".")
	// Neither engine minds a colon, but addresses do.
	e := &Entry{Meta: store.Meta{ID: strings.ReplaceAll(n.ID, ":", "-")}, At: n.At, Debit: x.To, Credit: x.From, Amount: x.Amount,
		Source: Source{noun, n.Case, x.No}, Memo: x.Memo, Place: x.Place, Item: x.Item}
	if err := e.check(); err != nil {
		return fault.Wrap(err, "enter %s %s", noun, n.Case)
	}
	err := m.entries.Insert(ctx, e)
	var there *store.UniqueError
	if errors.As(err, &there) {
		return nil
	}
	return fault.Wrap(err, "enter %s %s", noun, n.Case)
}

// Release gives back what a case had drawn and will not move.
func (m *Books) Release(ctx context.Context, n lifecycle.News, x Movement) error {
	noun, _, _ := strings.Cut(n.Name, ".")
	_, _, err := m.draw(ctx, x.From, Source{Noun: noun, ID: n.Case}, func(schema.Fen) schema.Fen { return 0 })
	return err
}

// Holder is the account that money for an item in a community arrives on: the
// community's, that of the street which keeps its money, or that of whoever
// does the work there.
func (m *Books) Holder(payee, community, item string) Account {
	if street := m.City.Street(community); payee == "street" && street != "" {
		return Held(payee, street, item)
	}
	return Held(payee, community, item)
}

// there tells whether the case that an entry or a hold stands on is stored.
func (m *Books) there(ctx context.Context, s Source) (bool, error) {
	for _, d := range m.Resources() {
		if d.Noun() != s.Noun {
			continue
		}
		_, err := m.Store.Get(ctx, d.Plural(), s.ID)
		if errors.Is(err, store.ErrNotFound) {
			return false, nil
		}
		return true, fault.Wrap(err, "read %s %s", s.Noun, s.ID)
	}
	return true, nil
}
