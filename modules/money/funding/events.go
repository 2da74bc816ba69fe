package funding

import (
	"gatehouse/modules/money/books"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// What others may hear of a payment.
var (
	Claimed   = lifecycle.NewEvent("payment.claimed", told)
	Confirmed = lifecycle.NewEvent("payment.confirmed", told)
	Disputed  = lifecycle.NewEvent("payment.disputed", told)
	Voided    = lifecycle.NewEvent("payment.voided", told)
)

// Payout is what is told of a payment.
type Payout struct {
	No         string     `json:"no"`
	Item       string     `json:"item"`
	ItemTitle  string     `json:"item_title"`
	Department string     `json:"department"`
	Community  string     `json:"community"`
	Payee      string     `json:"payee"`
	Instalment int64      `json:"instalment"`
	Amount     schema.Fen `json:"amount"`
}

func told(p *Payment, _ *lifecycle.Step) Payout {
	return Payout{No: p.No, Item: string(p.Item), ItemTitle: p.ItemTitle, Department: p.Department, Community: p.Community, Payee: p.Payee,
		Instalment: p.Instalment, Amount: p.Amount}
}

// moved is a payment that has arrived, as the books enter it.
func (x Payout) moved(to books.Account) books.Movement {
	return books.Movement{From: books.Gave(x.Department), To: to, Amount: x.Amount, No: x.No, Memo: x.ItemTitle, Place: x.Community, Item: x.Item}
}
