package spending

import (
	"gatehouse/modules/money/books"
	"gatehouse/server/lifecycle"
)

// What others may hear of: money that a use or a refund moved, or would have.
var (
	UseRecorded = lifecycle.NewEvent("use.recorded", used)
	UseReversed = lifecycle.NewEvent("use.reversed", func(u *Use, s *lifecycle.Step) books.Movement {
		x := used(u, s)
		x.From, x.To = x.To, x.From
		return x
	})
	RefundConfirmed = lifecycle.NewEvent("refund.confirmed", returned)
	RefundCancelled = lifecycle.NewEvent("refund.cancelled", returned)
)

func used(u *Use, _ *lifecycle.Step) books.Movement {
	return books.Movement{From: u.Account, To: books.Spent(u.Place, u.Category), Amount: u.Amount, No: u.No, Memo: u.For, Place: u.Place, Item: string(u.Item)}
}

func returned(r *Refund, _ *lifecycle.Step) books.Movement {
	return books.Movement{From: r.Account, To: books.Returned(r.Department), Amount: r.Amount, No: r.No, Memo: r.ItemTitle, Place: r.Place, Item: string(r.Item)}
}
