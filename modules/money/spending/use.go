// Package spending shows what became of the money that followed the work:
// what communities spent of it, what a special fund brought to the grassroots,
// and what goes back when work leaves.
//
// Words: a use (经费使用) is one expense, drawn from an account of the books and
// never more than is there. A purse is such an account, kind:place:item, of a
// community or of the street that keeps its money. A campaign (专项经费) is a
// special fund of one year, of which a fixed share must reach the grassroots,
// communities and streets (R36). A refund (结余退回) is what is left when work is
// withdrawn (R49).
//
// The life of a use: recorded by the committee's head (or the street for the
// account it keeps); published by the portal when the quarter is over; reversed
// when it was a mistake, which the books enter the other way round. A campaign:
// draft → approved by the finance bureau → closed when its year is over. A
// refund: due → paid_back by whoever holds the money → confirmed by the finance
// bureau; cancelled when the withdrawal is.
package spending

import (
	"strings"

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Use is what was spent of an item's money.
type Use struct {
	lifecycle.Case
	Expense
	Place      string `json:"place"` // community or street
	Item       string `json:"item"`
	ItemNo     string `json:"item_no"`
	ItemTitle  string `json:"item_title"`
	Department string `json:"department"` // whose money it was
	Quarter    string `json:"quarter"`
	Reversal   string `json:"reversal,omitempty"` // why it was taken back
}

// Expense is what is written down.
type Expense struct {
	Account  string      `json:"account" form:"choice,required,from=own_purses"`
	Category string      `json:"category" form:"choice,required,of=labour materials printing phone transport other"`
	Amount   schema.Fen  `json:"amount" form:"money,required,min=1"`
	For      string      `json:"for" form:"text,required,max=120"`
	Receipt  string      `json:"receipt" form:"text,required,max=60"`
	SpentOn  schema.Date `json:"spent_on" form:"date,required"`
}

// Categories of uses, in the order they are shown.
var Categories = []string{"labour", "materials", "printing", "phone", "transport", "other"}

// purse reads the name of an account that money can be drawn from.
func purse(account string) (kind, place, item string, ok bool) {
	p := strings.Split(account, ":")
	if len(p) != 3 || p[0] != "community" && p[0] != "street" {
		return "", "", "", false
	}
	return p[0], p[1], p[2], true
}
