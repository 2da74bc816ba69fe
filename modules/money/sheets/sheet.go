// Package sheets pays for work sheet by sheet (签单式服务, R5): what a department
// asked a community to do for an admitted item, what was done, and what it is
// worth.
//
// Words: a sheet (服务签单) is one task with a quantity and a unit price. The
// amount is what was done times the price, in fen; more than was ordered
// cannot be signed.
//
// The life of a sheet: issued by the department → accepted or rejected by the
// committee → performed → signed by the committee's head → payable when the
// department has checked it, or when its time to check has passed in silence.
// Then money follows as R37 has it: claimed by the department, paid when the
// committee confirms that it arrived. An objection sends a signed sheet back
// to performed; money that did not arrive sends it back to payable.
package sheets

import (
	"math"
	"math/bits"

	"gatehouse/modules/gate/items"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Sheet is one sign sheet.
type Sheet struct {
	lifecycle.Case
	Order
	ItemNo     string `json:"item_no"`
	ItemTitle  string `json:"item_title"`
	Department string `json:"department" show:"department"`
	Work
	Amount    schema.Fen `json:"amount,omitempty"` // Done times Price, once signed
	Objection string     `json:"objection,omitempty"`
	Rejection string     `json:"rejection,omitempty"`
	Payment
	NotArrived string `json:"not_arrived,omitempty"`
}

// Order is what the department asks.
type Order struct {
	Item      items.Ref   `json:"item" form:"choice,required,from=own_items"`
	Community string      `json:"community" form:"choice,required,from=communities"`
	Task      string      `json:"task" form:"longtext,required,max=500"`
	Quantity  int64       `json:"quantity" form:"number,required,min=1,max=1000000"`
	Unit      string      `json:"unit" form:"text,required,max=20"`
	Price     schema.Fen  `json:"price" form:"money,required,min=1"` // of one unit
	By        schema.Date `json:"by" form:"date,required"`           // to be done by this day
}

// Work is what was done.
type Work struct {
	Done     int64         `json:"done,omitempty" form:"number,required,min=1,max=1000000"` // quantity
	DoneBy   string        `json:"done_by,omitempty" form:"text,required,max=80"`
	Evidence string        `json:"evidence,omitempty" form:"longtext,required,max=1000"`
	Photos   []schema.File `json:"photos,omitempty" form:"files"`
}

// Payment is how the department says it paid.
type Payment struct {
	Voucher string      `json:"voucher,omitempty" form:"text,required,max=60"`
	PaidOn  schema.Date `json:"paid_on,omitempty" form:"date,required,today"`
}

// times multiplies a price; false when the amount is more than a sheet may cost.
func times(n int64, price schema.Fen) (schema.Fen, bool) {
	if n < 0 || price < 0 {
		return 0, false
	}
	hi, lo := bits.Mul64(uint64(n), uint64(price))
	if hi != 0 || lo > math.MaxInt64 || lo > schema.MaxMoney {
		return 0, false
	}
	return schema.Fen(lo), true
}

// worth is what the sheet costs as far as it has come.
func (s *Sheet) worth() schema.Fen {
	if s.Amount > 0 {
		return s.Amount
	}
	n := s.Quantity
	if s.Done > 0 {
		n = s.Done
	}
	f, _ := times(n, s.Price)
	return f
}
