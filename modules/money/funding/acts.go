package funding

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	claimForm struct {
		Item       string      `json:"item" form:"choice,required,from=own_items"`
		Community  string      `json:"community" form:"choice,required,from=communities"`
		Instalment int64       `json:"instalment" form:"number,required,min=1,max=999"`
		Amount     schema.Fen  `json:"amount" form:"money,required,min=1"`
		Voucher    string      `json:"voucher" form:"text,required,max=60"`
		PaidOn     schema.Date `json:"paid_on" form:"date,required"`

		Scan []schema.File `json:"scan" form:"files,max=2"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	findingForm struct {
		Decision string `json:"decision" form:"choice,required,of=confirm void"`
		Note     string `json:"note" form:"longtext,required,max=1000"`
	}
)

// answerDays are the working days within which a claim should be answered; it
// is a reminder, silence changes nothing (R37).
const answerDays = 5

func (m *Funding) table() lifecycle.Table[Payment] {
	return lifecycle.Table[Payment]{
		Noun: "payment", Plural: "payments", Prefix: "BF",
		Title: func(p *Payment) string { return p.ItemTitle },
		Scope: func(p *Payment) lifecycle.Scope {
			return lifecycle.Scope{Department: p.Department, Places: []string{p.Community}}
		},
		Facts: m.facts, AssignedTo: m.waits,
		States: []lifecycle.State{
			{Name: "claimed", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "confirmed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "disputed", Shelf: lifecycle.Filed, Tone: "bad", Assignees: []string{"finance"}},
			{Name: Void, Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Payment]{
			{Name: "claim", To: []string{"claimed"}, Rule: "R37", Do: lifecycle.Fills("payment", m.claim).Then(m.demand), Emits: Claimed},
			{Name: "confirm", From: []string{"claimed"}, To: []string{"confirmed"}, Rule: "R37", Look: lifecycle.Primary, Do: lifecycle.Does(settled),
				Stops: []string{"*"}, Emits: Confirmed},
			{Name: "dispute", From: []string{"claimed"}, To: []string{"disputed"}, Rule: "R37", Look: lifecycle.Danger, Do: lifecycle.Takes("payment", dispute),
				Stops: []string{"*"}, Emits: Disputed},
			{Name: "reconcile", From: []string{"disputed"}, To: []string{"confirmed", Void}, Look: lifecycle.Primary, Do: lifecycle.Takes("payment", reconcile), Emits: Confirmed},
			{Name: "void", From: []string{"claimed"}, To: []string{Void}, Look: lifecycle.Danger, Do: lifecycle.Takes("payment", void), Stops: []string{"*"}, Emits: Voided},
		},
		Fields:  []store.Field{{Name: "item"}, {Name: "instalment"}},
		Indexes: []store.Index{{Name: "instalment", Fields: []string{"instalment"}, Unique: true}, {Name: "item", Fields: []string{"item"}}},
		Extract: func(p *Payment) map[string]any { return map[string]any{"item": p.Item, "instalment": p.slot()} },
	}
}

// claim writes down what the department says. What is owed is read from the
// item, and the item's own record is asked last of all, so that nobody pays
// for work that has left meanwhile.
func (m *Funding) claim(p *Payment, in *claimForm, s *lifecycle.Step) error {
	o, _, err := m.Owed(s.Ctx, in.Item, in.Community, int(in.Instalment))
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	if err != nil {
		return err
	}
	*p = Payment{Case: p.Case, Item: in.Item, ItemNo: o.No, ItemTitle: o.Title, Department: o.Department, Community: in.Community, Instalment: in.Instalment,
		Amount: in.Amount, Payee: o.Payee, Voucher: in.Voucher, PaidOn: in.PaidOn, Scan: in.Scan}
	return nil
}

// demand checks the claim against what is owed, and writes on the item's record
// that money is on its way.
func (m *Funding) demand(p *Payment, s *lifecycle.Step) error {
	o, ok, err := m.Owed(s.Ctx, p.Item, p.Community, int(p.Instalment))
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "invalid")
	if !ok {
		f.Wrong("instalment", "payment.no_instalment")
	} else if p.Amount != o.Amount {
		f.Wrong("amount", "payment.not_what_is_owed", "owed", o.Amount).OnRule("R34")
	}
	if p.PaidOn > schema.DateOf(s.Now, calendar.City) {
		f.Wrong("paid_on", "payment.paid_in_future")
	}
	if len(f.Fields) > 0 {
		return f
	}
	s.Ref = p.Community
	s.Start("receipt", "R37", "", "wd", answerDays)
	return m.owe(s.Ctx, p)
}

// owe asks the item's record, unless the instalment is claimed already: the
// index would refuse a second claim anyway, but the item need not hear of it.
func (m *Funding) owe(ctx context.Context, p *Payment) error {
	n, err := m.Resource.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "instalment", Op: store.Eq, Value: p.slot()}}})
	switch {
	case err != nil:
		return fault.Wrap(err, "count payments of item %s", p.Item)
	case n > 0:
		return fault.New(fault.Conflict, "payment.unique_instalment")
	}
	return m.Owe(ctx, p.Item, p.Community, "claim:"+portal.NewKey(), p.Voucher)
}

func settled(p *Payment, s *lifecycle.Step) error {
	s.Ref = p.Community
	return nil
}

func dispute(p *Payment, in *reasonForm, s *lifecycle.Step) error {
	p.Dispute, s.Ref = in.Reason, p.Community
	s.Note(in.Reason)
	return nil
}

func reconcile(p *Payment, in *findingForm, s *lifecycle.Step) error {
	p.Reconciled, s.Ref = in.Note, p.Community
	s.Note(in.Note)
	if in.Decision == Void {
		s.Go(Void)
		Voided.Instead(s)
	}
	return nil
}

func void(p *Payment, in *reasonForm, s *lifecycle.Step) error {
	s.Ref = p.Community
	s.Note(in.Reason)
	return nil
}
