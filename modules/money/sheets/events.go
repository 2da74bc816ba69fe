package sheets

import (
	"gatehouse/modules/money/books"
	"gatehouse/server/lifecycle"
)

// Paid tells that the money of a sheet has arrived at the community.
var Paid = lifecycle.NewEvent("sheet.paid", func(s *Sheet, _ *lifecycle.Step) books.Movement {
	item := string(s.Item)
	return books.Movement{From: books.Gave(s.Department), To: books.Held("community", s.Community, item), Amount: s.Amount, No: s.No, Memo: s.Task, Place: s.Community, Item: item}
})
