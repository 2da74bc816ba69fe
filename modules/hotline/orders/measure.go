package orders

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// Measure is what one order says of its unit's work (R65, R67). Orders that
// were never dispatched, duplicates that followed another order, and social
// requests served by vendors have none.
type Measure struct {
	ID, Receipt string
	Unit        string
	Month       string // in which its first limit fell, 2006-01
	Category    string
	Dispatched  string // 2006-01-02
	Signed      bool   // inside the limit
	Contacted   bool   // inside the limit
	Closed      bool   // replied inside the limit, and the reply stood
	Open        bool   // not replied to yet, or the reply is under review
	Late        bool
	Solved      string // solved, partly, not, unreached; "" no answer yet
	Graded      bool
	Grade       int // 100, 80, 60, 30, 0
	PolicyFlag  bool
	Excluded    bool     // by the review panel
	ReturnedBy  []string // units whose return was accepted: it does not count for them
	Redos       int
	Supervised  bool
	Criticised  bool
}

func (o *Order) measure() Measure {
	out := Measure{ID: o.ID, Receipt: o.PublicReceipt(), Unit: o.Unit, Month: o.DueMonth, Category: o.Category, Signed: o.InTime.Signed, Contacted: o.InTime.Contacted,
		Closed: o.InTime.Closed && !o.Late, Open: o.RepliedAt == nil, Late: o.Late, Solved: o.Solved, Graded: o.Graded, Grade: int(o.Grade), PolicyFlag: o.PolicyFlag,
		Excluded: o.Exclusion != nil && o.Exclusion.Decided == "excluded", Redos: o.Redos, Supervised: o.Supervised, Criticised: o.Criticised}
	if o.DispatchedAt != nil {
		out.Dispatched = o.DispatchedAt.In(zone).Format("2006-01-02")
	}
	for _, r := range o.Returns {
		if r.Decided == "accepted" || r.Decided == "ruled" && r.Unit != o.Unit {
			out.ReturnedBy = append(out.ReturnedBy, r.Unit)
		}
	}
	return out
}

// Measures streams the orders whose first limit fell into a month, 2006-01, in
// the order of their filing.
func (m *Orders) Measures(ctx context.Context, month string, f func(Measure) error) error {
	err := m.Engine.Cases().Each(ctx, []store.Cond{{Field: "due_month", Op: store.Eq, Value: month}}, func(o *Order) error {
		return f(o.measure())
	})
	return fault.Wrap(err, "measure the orders of %s", month)
}
