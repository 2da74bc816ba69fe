package spending

import (
	"context"
	"maps"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// Refund is what one purse of withdrawn work gives back. From the day it opens
// its amount is drawn from the books: nobody can spend it any more.
type Refund struct {
	lifecycle.Case
	Account      string      `json:"account"`
	Place        string      `json:"place"`
	Item         string      `json:"item"`
	ItemNo       string      `json:"item_no"`
	ItemTitle    string      `json:"item_title"`
	Department   string      `json:"department"` // gets it back
	Withdrawal   string      `json:"withdrawal"`
	WithdrawalNo string      `json:"withdrawal_no"`
	Amount       schema.Fen  `json:"amount"`
	Voucher      string      `json:"voucher,omitempty"`
	PaidOn       schema.Date `json:"paid_on,omitempty"`
	NotArrived   string      `json:"not_arrived,omitempty"`
}

type (
	refundForm struct { // by the portal, when work is withdrawn
		Account    string `json:"account" form:"text,required"`
		Withdrawal string `json:"withdrawal" form:"text,required"`
		No         string `json:"no" form:"text"`
	}
	backForm struct {
		Voucher string      `json:"voucher" form:"text,required,max=60"`
		PaidOn  schema.Date `json:"paid_on" form:"date,required"`
	}
)

func (m *Spending) refundTable() lifecycle.Table[Refund] {
	return lifecycle.Table[Refund]{
		Noun: "refund", Plural: "refunds", Prefix: "TK",
		Title: func(r *Refund) string { return r.ItemTitle },
		Scope: func(r *Refund) lifecycle.Scope {
			return lifecycle.Scope{Department: r.Department, Places: []string{r.Place}}
		},
		Facts: func(r *Refund, s *lifecycle.Step) ([]string, error) {
			kind, _, _, _ := purse(r.Account)
			return []string{lifecycle.When(kind == "street", "street_account")}, nil
		},
		AssignedTo: m.refundWaits,
		States: []lifecycle.State{
			{Name: "due", Shelf: lifecycle.Filed, Tone: "warn"},
			{Name: "paid_back", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"finance"}},
			{Name: "confirmed", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "cancelled", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Refund]{
			{Name: "open", To: []string{"due"}, Rule: "R49", Look: lifecycle.Hidden, Do: lifecycle.Fills("refund", m.openRefund).Then(m.drawAll),
				Timers: []lifecycle.Timer{{Name: "pay_back", Setting: "wd.exit_wd", Unit: "wd", Rule: "R49"}}},
			{Name: "pay_back", From: []string{"due"}, To: []string{"paid_back"}, Rule: "R49", Look: lifecycle.Primary, Do: lifecycle.Takes("refund", payBack), Stops: []string{"pay_back"}},
			{Name: "confirm", From: []string{"paid_back"}, To: []string{"confirmed"}, Rule: "R37", Look: lifecycle.Primary, Stops: []string{"*"}, Emits: RefundConfirmed},
			{Name: "deny", From: []string{"paid_back"}, To: []string{"due"}, Rule: "R37", Look: lifecycle.Danger, Do: lifecycle.Takes("refund", denyRefund)},
			{Name: "cancel", From: []string{"due"}, To: []string{"cancelled"}, Look: lifecycle.Hidden, Stops: []string{"*"}, Emits: RefundCancelled},
		},
		Fields:  []store.Field{{Name: "withdrawal"}, {Name: "item"}},
		Indexes: []store.Index{{Name: "withdrawal", Fields: []string{"withdrawal"}}},
		Extract: func(r *Refund) map[string]any {
			return map[string]any{"withdrawal": r.Withdrawal, "item": r.Item}
		},
	}
}

// refundWaits: a due refund waits for whoever keeps the account.
func (m *Spending) refundWaits(r *Refund) []string {
	switch kind, place, _, _ := purse(r.Account); {
	case r.State == "due" && kind == "street":
		return []string{"street_cadre@" + place}
	case r.State == "due":
		return []string{"committee_head@" + place}
	case r.State == "paid_back":
		return m.Refunds.Engine.Assignees("finance", m.Refunds.Engine.Table.Scope(r))
	}
	return nil
}

// errEmpty says there is nothing left to give back.
func errEmpty() error { return fault.New(fault.Conflict, "refund.nothing_left").OnRule("R49") }

func (m *Spending) openRefund(r *Refund, in *refundForm, s *lifecycle.Step) error {
	_, place, item, ok := purse(in.Account)
	if !ok {
		return fault.InvalidField("account", "schema.not_an_option")
	}
	*r = Refund{Case: r.Case, Account: in.Account, Place: place, Item: item, Withdrawal: in.Withdrawal, WithdrawalNo: in.No}
	var err error
	if r.ItemNo, r.ItemTitle, r.Department, err = m.Item(s.Ctx, item); err != nil {
		return fault.Wrap(err, "read item %s", item)
	}
	return nil
}

// drawAll takes all that is left of the account out of everybody's reach.
func (m *Spending) drawAll(r *Refund, s *lifecycle.Step) error {
	n, err := m.DrawAll(s.Ctx, r.Account, "refund", r.ID)
	if err != nil {
		return err
	}
	if n == 0 {
		return errEmpty()
	}
	r.Amount, s.Ref = schema.Fen(n), r.Place
	return nil
}

func payBack(r *Refund, in *backForm, s *lifecycle.Step) error {
	if in.PaidOn > schema.DateOf(s.Now, calendar.City) {
		return fault.InvalidField("paid_on", "payment.paid_in_future")
	}
	r.Voucher, r.PaidOn, r.NotArrived = in.Voucher, in.PaidOn, ""
	return nil
}

func denyRefund(r *Refund, in *reasonForm, s *lifecycle.Step) error {
	r.NotArrived = in.Reason
	s.Note(in.Reason)
	s.Start("pay_back", "R49", "wd.exit_wd", "wd", s.Settings.Int("wd.exit_wd"))
	return nil
}

// listen claims back what is left when work is withdrawn, and once more when it
// has left: a payment may have been confirmed in between.
func (m *Spending) listen(h *portal.Portal) {
	h.Bus.OnName("withdrawal.decided", m.claimBack)
	h.Bus.OnName("withdrawal.completed", m.claimBack)
	h.Bus.OnName("withdrawal.cancelled", m.keep)
}

func (m *Spending) claimBack(ctx context.Context, ev lifecycle.News) error {
	item, from, no, err := m.Withdrawal(ctx, ev.Case)
	if err != nil {
		return err
	}
	ps, err := m.Purses(ctx, item)
	if err != nil {
		return err
	}
	staying, err := m.staying(ctx, item, from)
	if err != nil {
		return err
	}
	for _, p := range ps {
		if !slices.Contains(from, p.Place) && !m.streetOf(p.Place, from, staying) {
			continue
		}
		in := &refundForm{Account: p.Account, Withdrawal: ev.Case, No: no}
		_, err := m.Refunds.Engine.Open(ctx, lifecycle.System, "open", in, lifecycle.Opts{Key: "event:" + ev.ID + ":" + p.Account})
		if err != nil && fault.As(err).Code != "refund.nothing_left" {
			return err
		}
	}
	return nil
}

// staying are the communities of an item that it does not leave.
func (m *Spending) staying(ctx context.Context, item string, from []string) ([]string, error) {
	all, err := m.Communities(ctx, item)
	return slices.DeleteFunc(slices.Clone(all), func(c string) bool { return slices.Contains(from, c) }), err
}

// streetOf: a street that keeps money for the work gives it back when the work
// leaves its last community there.
func (m *Spending) streetOf(street string, from, staying []string) bool {
	in := func(c string) bool {
		chain := m.Refunds.Places.Chain(c)
		return len(chain) > 1 && chain[1] == street
	}
	return slices.ContainsFunc(from, in) && !slices.ContainsFunc(staying, in)
}

// keep ends the refunds of a withdrawal that was cancelled.
func (m *Spending) keep(ctx context.Context, ev lifecycle.News) error {
	rs, err := m.of(ctx, ev.Case)
	if err != nil {
		return err
	}
	for _, r := range rs {
		_, err := m.Refunds.Engine.Act(ctx, lifecycle.System, r.ID, "cancel", nil, lifecycle.Opts{Key: "event:" + ev.ID})
		if err != nil && fault.As(err).Code != "lifecycle.state" { // it was paid back already
			return err
		}
	}
	return nil
}

func (m *Spending) of(ctx context.Context, withdrawal string) ([]*Refund, error) {
	rs, err := m.Refunds.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "withdrawal", Op: store.Eq, Value: withdrawal}}, Sort: "id", Limit: store.MaxLimit})
	return rs, fault.Wrap(err, "list refunds of withdrawal %s", withdrawal)
}

// Refunded tells how much a withdrawal gives back and how much of it has
// arrived, fen.
func (m *Spending) Refunded(ctx context.Context, withdrawal string) (due, arrived int64, err error) {
	rs, err := m.of(ctx, withdrawal)
	for _, r := range rs {
		if r.State == "cancelled" {
			continue
		}
		due += int64(r.Amount)
		if r.State == "confirmed" {
			arrived += int64(r.Amount)
		}
	}
	return due, arrived, err
}

// Owed gives the fen that these places have still to give back, or that nobody
// has confirmed. What a street holds is owed by each of its communities.
func (m *Spending) Owed(ctx context.Context, withdrawal string, places []string) (fen int64, err error) {
	rs, err := m.of(ctx, withdrawal)
	for _, r := range rs {
		if r.State != "cancelled" && r.State != "confirmed" && slices.ContainsFunc(places, func(p string) bool { return slices.Contains(m.Refunds.Places.Chain(p), r.Place) }) {
			fen += int64(r.Amount)
		}
	}
	return fen, err
}

func (m *Spending) dressRefunds() {
	d := m.Refunds
	d.Filters = map[string]string{"withdrawal": "withdrawal", "item": "item"}
	d.Columns = []portal.Column[Refund]{
		{Key: "case.community", Cell: func(v portal.Visitor, r *Refund) htmlOf { return portal.Text(v.Lang, d.Names.Place(v.Lang, r.Place)) }},
		{Key: "case.department", Cell: func(v portal.Visitor, r *Refund) htmlOf {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, r.Department))
		}},
		{Key: "refund.amount", Num: true, Cell: func(v portal.Visitor, r *Refund) htmlOf { return portal.Text(v.Lang, web.Yuan(r.Amount)) }},
	}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Refund) web.Values{"pay_back": func(context.Context, portal.Visitor, *Refund) web.Values {
		return web.Values{"paid_on": {string(schema.DateOf(d.Engine.Now(), calendar.City))}}
	}}
	d.Detail = func(_ context.Context, v portal.Visitor, r *Refund) (htmlOf, error) {
		l := v.Lang
		return web.Summary(l, append([]web.Pair{{Key: "refund.item", Value: web.Link("/items/"+r.Item, r.ItemNo+" "+r.ItemTitle)},
			{Key: "refund.withdrawal", Value: web.Link("/withdrawals/"+r.Withdrawal, r.WithdrawalNo)}}, portal.Filled(
			portal.Pair(l, "case.community", d.Names.Place(l, r.Place)), portal.Pair(l, "refund.to", d.Names.Department(l, r.Department)),
			portal.Pair(l, "refund.amount", web.Yuan(r.Amount)), portal.Pair(l, "payment.capital", web.CapitalYuan(r.Amount)),
			portal.Pair(l, "refund.voucher", r.Voucher), portal.Pair(l, "refund.paid_on", portal.Day(l, r.PaidOn)), portal.Pair(l, "refund.not_arrived", r.NotArrived),
			portal.Pair(l, "case.rule", portal.Rule(l, "R49")))...)...), nil
	}
}
