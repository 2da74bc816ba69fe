// Package jobs brings a vendor to a resident's door (派工单, R70): in a fair
// order that is shown, at a price that is said before, with proof of the work;
// and free of charge where a fund pays (免费服务, R38).
//
// Words: a job serves one order of the hotline. A try is a vendor that was
// asked. A free fund pays for services of those who cannot, out of what paid
// services leave and others give.
//
// The life of a job: offered to the first vendor in turn → accepted → quoted →
// agreed by the customer → done, with photos and what was charged → closed when
// the caller has been called back. Who declines, stays silent or leaves passes
// it on to the next, and so does the centre when a vendor does not come; when
// nobody is left the order goes back to the centre. A customer may dispute what
// was done, and call the vendor again within the warranty.
package jobs

import (
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Job is one vendor's work for one order.
type Job struct {
	lifecycle.Case
	Order     string `json:"order"`
	OrderNo   string `json:"order_no"`
	Category  string `json:"category" show:"category"`
	Community string `json:"community" show:"place"`
	District  string `json:"district"`
	Place     string `json:"place"`
	Words     string `json:"words"`
	Vendor    string `json:"vendor" show:"department"` // whose turn it is
	Turn      []Try  `json:"turn"`                     // all who may be asked, in their order

	Quotes  int64      `json:"quotes"`           // how many there have been
	Quote   schema.Fen `json:"quote"`            // fen; 0 where a rule is quoted
	Rule    string     `json:"rule,omitempty"`   // how the price is made up
	When    string     `json:"when,omitempty"`   // the appointment, in words
	Agreed  string     `json:"agreed,omitempty"` // by whom the price was agreed
	Report  string     `json:"report,omitempty"`
	Charged schema.Fen `json:"charged"`
	Extra   string     `json:"extra,omitempty"` // why more was charged than quoted

	Before   []schema.File `json:"before,omitempty"`
	After    []schema.File `json:"after,omitempty"`
	Warranty *time.Time    `json:"warranty_until,omitempty"`
	Visits   []Visit       `json:"visits,omitempty"` // under warranty
	Late     bool          `json:"late"`             // it was not done in time
	Dispute  string        `json:"dispute,omitempty"`
	Outcome  string        `json:"outcome,omitempty"`

	Fund    portal.Ref[Fund] `json:"fund,omitempty"`    // that pays for it
	Cap     schema.Fen       `json:"cap,omitempty"`     // fen, the most that the fund pays
	Checked string           `json:"checked,omitempty"` // how somebody who is not the vendor has checked that it may
	DoneAt  *time.Time       `json:"done_at,omitempty"`
}

// Try is a vendor that may be asked, and what it said.
type Try struct {
	Vendor string     `json:"vendor"`
	Why    string     `json:"why"`            // wish, near, turn
	Last   *time.Time `json:"last,omitempty"` // its job before this
	Asked  *time.Time `json:"asked,omitempty"`
	Said   string     `json:"said,omitempty"` // accepted, declined, silent, refused by the customer, withdrawn by the centre, gone
}

// Visit is another one under warranty: why it was asked for, and what was done.
type Visit struct {
	At     time.Time     `json:"at"`
	Why    string        `json:"why"`
	DoneAt *time.Time    `json:"done_at,omitempty"`
	Report string        `json:"report,omitempty"`
	Before []schema.File `json:"before,omitempty"`
	After  []schema.File `json:"after,omitempty"`
}

// paid is what the fund pays of the job, and what is left to the customer.
func (j *Job) paid(of schema.Fen) (fund, customer schema.Fen) {
	if j.Fund == "" {
		return 0, of
	}
	fund = min(of, j.Cap)
	return fund, of - fund
}
