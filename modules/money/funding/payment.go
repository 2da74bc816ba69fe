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

	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Payment is what a department says it paid.
type Payment struct {
	lifecycle.Case
	Item       string      `json:"item"`
	ItemNo     string      `json:"item_no"`
	ItemTitle  string      `json:"item_title"`
	Department string      `json:"department"`
	Community  string      `json:"community"`
	Instalment int64       `json:"instalment"` // the first is 1
	Amount     schema.Fen  `json:"amount"`
	Payee      string      `json:"payee"` // community, street, provider
	Voucher    string      `json:"voucher"`
	PaidOn     schema.Date `json:"paid_on"`

	Scan []schema.File `json:"scan,omitempty"` // of the voucher

	Dispute    string `json:"dispute,omitempty"`    // what is wrong with it
	Reconciled string `json:"reconciled,omitempty"` // what the finance bureau found
}

// Void is the state of a payment that does not count.
const Void = "void"

// slot is what only one payment may fill: an instalment of an item in a community.
func (p *Payment) slot() any {
	if p.State == Void {
		return nil
	}
	return p.Item + " " + p.Community + " " + strconv.FormatInt(p.Instalment, 10)
}

// credit is how far a payment brings its instalment.
func (p *Payment) credit() string {
	if p.State == Void {
		return "none"
	}
	return p.State
}
