package funding

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The inputs of acts that take more or less than a payment's own fields.
type (
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

// paid is what is said of a payment: to who answers for it, and on the slip.
const paid = "item department community instalment amount capital payee voucher paid_on dispute reconciled"

func (m *Funding) kind() portal.Kind[Payment] {
	return portal.Kind[Payment]{
		Table: lifecycle.Table[Payment]{
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
			Extract: func(p *Payment) map[string]any {
				x := map[string]any{"item": string(p.Item), "instalment": p.slot()}
				if p.State == Void {
					x["instalment"] = nil
				}
				return x
			},
		},
		View: portal.View[Payment]{
			Columns:  "department community instalment amount",
			Sections: []portal.Section[Payment]{{When: func(p *Payment) bool { return p.State == "claimed" }, HTML: notYet}, {Title: "part", Fields: paid}},
			Labels:   map[string]string{"community": "case.community"},
			Words:    map[string]portal.Word[Payment]{"capital": capital},
			Aside:    map[string]string{"confirm dispute reconcile void": paid},
			Letters: map[string]portal.LetterOf[Payment]{ // 收款确认单
				"receipt": {After: "confirm reconcile", When: func(p *Payment) bool { return p.State == "confirmed" }, From: "by", To: "department", Fields: paid}},
		},
		Filters: map[string]string{"item": "item"},
		Narrow:  map[string]func(context.Context, portal.Visitor, web.Values) ([]web.Option, error){"claim.community": m.owedThere},
	}
}

func capital(_ portal.Visitor, p *Payment) web.Value { return web.Words(web.CapitalYuan(p.Amount)) }

// notYet: what a department says has not arrived.
func notYet(_ context.Context, v portal.Visitor, _ *Payment) (template.HTML, error) {
	return web.Panel(v.Lang, web.Warn, "payment.not_yet", web.Text(v.Lang.T("rule.R37"))), nil
}

// facts: who receives, and who stands on both sides.
func (m *Funding) facts(p *Payment, s *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(p.Payee == "street", "payee_street"),
		lifecycle.When(s.Did("claim"), "own_claim"),
		lifecycle.When(slices.Contains(m.Gate.Keys(s.Actor, s.Now), "dept_clerk@"+p.Department), "own_department"),
	}, nil
}

// claim writes down what the department says, of the item as it is.
func (m *Funding) claim(p *Payment, in *Claim, s *lifecycle.Step) error {
	o, _, err := m.items.Owes(s.Ctx, string(in.Item), in.Community, int(in.Instalment))
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	p.Claim, p.ItemNo, p.ItemTitle, p.Department, p.Payee = *in, o.No, o.Title, o.Department, o.Payee
	return err
}

// demand checks the claim against what is owed. The item's own record is asked
// last of all, so that nobody pays for work that has left meanwhile.
func (m *Funding) demand(p *Payment, s *lifecycle.Step) error {
	o, ok, err := m.items.Owes(s.Ctx, string(p.Item), p.Community, int(p.Instalment))
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
	switch state, _, err := m.stands(ctx, p.slot()); {
	case err != nil:
		return err
	case state != "none":
		return fault.New(fault.Conflict, "payment.unique_instalment")
	}
	return m.items.Owe(ctx, string(p.Item), p.Community, "claim:"+portal.NewKey(), p.Voucher)
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
