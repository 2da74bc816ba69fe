// Package funding follows the money that follows the work (费随事转): what a
// department says it paid, and what the committee says arrived.
//
// Words: a payment (经费拨付) is one instalment of one item to one community. It
// is claimed when the department reports it with its voucher, and confirmed
// only by whoever was to receive it: the committee, or the street where the
// money goes through the street's account (R37). What is missing or wrong is
// disputed, and the finance bureau reconciles it.
//
// The life of a payment: claimed → confirmed, or claimed → disputed → confirmed
// or void. The department's head may void a claim that was a mistake, as long
// as nobody has answered it; then the instalment can be claimed anew.
package funding

import (
	"strconv"

	"gatehouse/modules/gate/items"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Payment is what a department says it paid.
type Payment struct {
	lifecycle.Case
	Claim
	ItemNo     string `json:"item_no"`
	ItemTitle  string `json:"item_title"`
	Department string `json:"department" show:"department"`
	Payee      string `json:"payee" show:"option"`  // community, street, provider
	Dispute    string `json:"dispute,omitempty"`    // what is wrong with it
	Reconciled string `json:"reconciled,omitempty"` // what the finance bureau found
}

// Claim is what it reports.
type Claim struct {
	Item       items.Ref   `json:"item" form:"choice,required,from=own_items"`
	Community  string      `json:"community" form:"choice,required,from=communities"`
	Instalment int64       `json:"instalment" form:"number,required,min=1,max=999"` // the first is 1
	Amount     schema.Fen  `json:"amount" form:"money,required,min=1"`
	Voucher    string      `json:"voucher" form:"text,required,max=60"`
	PaidOn     schema.Date `json:"paid_on" form:"date,required,today"`

	Scan []schema.File `json:"scan,omitempty" form:"files,max=2"` // of the voucher
}

// Void is the state of a payment that does not count.
const Void = "void"

// slot is what only one payment may fill: an instalment of an item in a community.
func slot(item, community string, instalment int64) string {
	return item + " " + community + " " + strconv.FormatInt(instalment, 10)
}

func (p *Payment) slot() string { return slot(string(p.Item), p.Community, p.Instalment) }
