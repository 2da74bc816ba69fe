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

// Moved is what a case says about the money it moved, in plain types.
type Moved struct {
	No, Title  string // of the case
	Item       string
	Department string // who gave the money and gets back what is left
	Community  string
	Payee      string // of a payment: community, street, provider
	Account    string // of a use and a refund: what it is drawn from
	Category   string // of a use
	Amount     schema.Fen
}

// Teller tells what a case moved; a case that is not there is not found.
type Teller func(ctx context.Context, id string) (Moved, error)

// listen writes an entry for each movement that is told of. A payment that the
// finance bureau reconciles tells "confirmed" too.
func (m *Books) listen() {
	m.on("payment.confirmed", "payment", m.received)
	m.on("sheet.paid", "sheet", m.received)
	m.on("use.recorded", "use", used)
	m.on("use.reversed", "use", unused)
	m.on("refund.confirmed", "refund", returned)
	m.Bus.OnName("refund.cancelled", m.release)
}

func (m *Books) on(event, noun string, sides func(Moved) (debit, credit Account)) {
	m.Bus.OnName(event, func(ctx context.Context, ev lifecycle.News) error {
		x, err := m.tell(ctx, noun, ev.Case)
		if err != nil {
			return err
		}
		// Neither engine minds a colon, but addresses do.
		e := &Entry{Meta: store.Meta{ID: strings.ReplaceAll(ev.ID, ":", "-")}, At: ev.At, Amount: x.Amount, Source: Source{noun, ev.Case, x.No},
			Memo: x.Title, Place: x.Community, Item: x.Item}
		e.Debit, e.Credit = sides(x)
		return m.post(ctx, e)
	})
}

// tell asks the module whose case it is.
func (m *Books) tell(ctx context.Context, noun, id string) (Moved, error) {
	ask := map[string]Teller{"payment": m.Payment, "sheet": m.Sheet, "use": m.Use, "refund": m.Refund}[noun]
	if ask == nil {
		return Moved{}, fault.Wrap(errors.New("nobody to ask"), "ask about %s %s", noun, id)
	}
	x, err := ask(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		err = fault.Wrap(err, "ask about %s %s", noun, id)
	}
	return x, err
}

// post stores an entry once, however often its event comes.
func (m *Books) post(ctx context.Context, e *Entry) error {
	if err := e.check(); err != nil {
		return fault.Wrap(err, "enter %s %s", e.Source.Noun, e.Source.ID)
	}
	err := m.entries.Insert(ctx, e)
	var there *store.UniqueError
	if errors.As(err, &there) {
		return nil
	}
	return fault.Wrap(err, "enter %s %s", e.Source.Noun, e.Source.ID)
}

// received: the money is with the community, with the street that keeps its
// account, or with whoever does the work there.
func (m *Books) received(x Moved) (debit, credit Account) {
	place := x.Community
	if chain := m.Places.Chain(place); x.Payee == "street" && len(chain) > 1 {
		place = chain[1]
	}
	return Held(x.Payee, place, x.Item), Gave(x.Department)
}

func used(x Moved) (debit, credit Account) { return Spent(x.Community, x.Category), Account(x.Account) }

func unused(x Moved) (debit, credit Account) {
	return Account(x.Account), Spent(x.Community, x.Category)
}

func returned(x Moved) (debit, credit Account) { return Returned(x.Department), Account(x.Account) }
