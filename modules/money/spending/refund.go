package spending

import (
	"context"
	"slices"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Refund is what one purse of withdrawn work gives back. From the day it opens
// its amount is drawn from the books: nobody can spend it any more.
type Refund struct {
	lifecycle.Case
	Account      books.Account `json:"account"`
	Place        string        `json:"place" show:"place"`
	Item         items.Ref     `json:"item"`
	ItemNo       string        `json:"item_no"`
	ItemTitle    string        `json:"item_title"`
	Department   string        `json:"department" show:"department"` // gets it back
	Withdrawal   string        `json:"withdrawal"`
	WithdrawalNo string        `json:"withdrawal_no"`
	Amount       schema.Fen    `json:"amount"`
	Transfer
	NotArrived string `json:"not_arrived,omitempty"`
}

// Transfer is how whoever held the money says it was paid back.
type Transfer struct {
	Voucher string      `json:"voucher,omitempty" form:"text,required,max=60"`
	PaidOn  schema.Date `json:"paid_on,omitempty" form:"date,required,today"`
}

// refundForm is what the portal fills in when work is withdrawn.
type refundForm struct {
	Account    string `json:"account" form:"text,required"`
	Withdrawal string `json:"withdrawal" form:"text,required"`
	No         string `json:"no" form:"text"`
}

func (m *Spending) refundKind() portal.Kind[Refund] {
	return portal.Kind[Refund]{
		Table: lifecycle.Table[Refund]{
			Noun: "refund", Plural: "refunds", Prefix: "TK",
			Title: func(r *Refund) string { return r.ItemTitle },
			Scope: func(r *Refund) lifecycle.Scope {
				return lifecycle.Scope{Department: r.Department, Places: []string{r.Place}}
			},
			Facts: func(r *Refund, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(r.Account.Kind() == "street", "street_account")}, nil
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
				return map[string]any{"withdrawal": r.Withdrawal, "item": string(r.Item)}
			},
		},
		View: portal.View[Refund]{
			Columns:  "place department amount",
			Sections: []portal.Section[Refund]{{Fields: "item withdrawal place to amount capital voucher paid_on not_arrived"}},
			Rule:     "R49",
			Labels:   map[string]string{"capital": "payment.capital"},
			Words: map[string]portal.Word[Refund]{
				"withdrawal": func(_ portal.Visitor, r *Refund) web.Value {
					return web.Linked("/withdrawals/"+r.Withdrawal, r.WithdrawalNo)
				},
				"to": func(v portal.Visitor, r *Refund) web.Value {
					return web.Words(m.Names.Department(v.Lang, r.Department))
				},
				"capital": func(_ portal.Visitor, r *Refund) web.Value { return web.Words(web.CapitalYuan(r.Amount)) },
			},
		},
		Filters: map[string]string{"withdrawal": "withdrawal", "item": "item"},
	}
}

// refundWaits: a due refund waits for whoever keeps the account.
func (m *Spending) refundWaits(r *Refund) []string {
	switch kind, place, _, _ := r.Account.Purse(); {
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
	a := books.Account(in.Account)
	_, place, item, ok := a.Purse()
	if !ok {
		return fault.InvalidField("account", "schema.not_an_option")
	}
	it, err := m.items.About(s.Ctx, item)
	*r = Refund{Case: r.Case, Account: a, Place: place, Item: items.Ref(item), ItemNo: it.No, ItemTitle: it.Title, Department: it.Department,
		Withdrawal: in.Withdrawal, WithdrawalNo: in.No}
	return fault.Wrap(err, "read item %s", item)
}

// drawAll takes all that is left of the account out of everybody's reach.
func (m *Spending) drawAll(r *Refund, s *lifecycle.Step) (err error) {
	if r.Amount, err = m.books.DrawAll(s.Ctx, r.Account, "refund", r.ID); err != nil {
		return err
	}
	if r.Amount == 0 {
		return errEmpty()
	}
	s.Ref = r.Place
	return nil
}

func payBack(r *Refund, in *Transfer, s *lifecycle.Step) error {
	if in.PaidOn > schema.DateOf(s.Now, calendar.City) {
		return fault.InvalidField("paid_on", "payment.paid_in_future")
	}
	r.Transfer, r.NotArrived = *in, ""
	return nil
}

func denyRefund(r *Refund, in *reasonForm, s *lifecycle.Step) error {
	r.NotArrived = in.Reason
	s.Note(in.Reason)
	s.Start("pay_back", "R49", "wd.exit_wd", "wd", s.Settings.Int("wd.exit_wd"))
	return nil
}

// ClaimBack opens a refund for each purse from which the work was paid that
// leaves these communities. The withdrawal calls it when it is decided, and once
// more when the work has left, because a payment may have been confirmed in
// between; never for a withdrawal that has been cancelled meanwhile.
func (m *Spending) ClaimBack(ctx context.Context, n lifecycle.News, x items.Holder) error {
	ps, err := m.books.Purses(ctx, x.Item)
	if err != nil {
		return err
	}
	it, err := m.items.About(ctx, x.Item)
	if err != nil {
		return fault.Wrap(err, "read item %s", x.Item)
	}
	if len(x.Communities) == 0 {
		x.Communities = it.Communities
	}
	staying := slices.DeleteFunc(slices.Clone(it.Communities), func(c string) bool { return slices.Contains(x.Communities, c) })
	for _, p := range ps {
		if !slices.Contains(x.Communities, p.Place) && !m.streetOf(p.Place, x.Communities, staying) {
			continue
		}
		in := &refundForm{Account: string(p.Account), Withdrawal: n.Case, No: x.No}
		_, err := m.Refunds.Engine.Open(ctx, lifecycle.System, "open", in, lifecycle.Opts{Key: n.Key() + ":" + in.Account})
		if err != nil && fault.As(err).Code != "refund.nothing_left" {
			return err
		}
	}
	return nil
}

// streetOf: a street that keeps money for the work gives it back when the work
// leaves its last community there.
func (m *Spending) streetOf(street string, from, staying []string) bool {
	in := func(c string) bool { return m.City.Street(c) == street }
	return slices.ContainsFunc(from, in) && !slices.ContainsFunc(staying, in)
}

// Keep ends the refunds of a withdrawal that was cancelled, but for what was
// paid back already.
func (m *Spending) Keep(ctx context.Context, n lifecycle.News) error {
	return m.Refunds.Each(ctx, n, []store.Cond{{Field: "withdrawal", Op: store.Eq, Value: n.Case}}, "cancel", nil)
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
		if r.State != "cancelled" && r.State != "confirmed" && slices.ContainsFunc(places, func(p string) bool { return p == r.Place || m.City.Street(p) == r.Place }) {
			fen += int64(r.Amount)
		}
	}
	return fen, err
}
