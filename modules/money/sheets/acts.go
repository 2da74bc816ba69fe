package sheets

import (
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

// The inputs of the acts.
type (
	performForm struct {
		Done     int64  `json:"done" form:"number,required,min=1,max=1000000"`
		DoneBy   string `json:"done_by" form:"text,required,max=80"`
		Evidence string `json:"evidence" form:"longtext,required,max=1000"`

		Photos []schema.File `json:"photos" form:"files"`
	}
	reasonForm struct {
		Reason string `json:"reason" form:"longtext,required,max=1000"`
	}
	claimForm struct {
		Voucher string      `json:"voucher" form:"text,required,max=60"`
		PaidOn  schema.Date `json:"paid_on" form:"date,required"`
	}
)

// checkDays are the working days a department has to check a signed sheet;
// its silence must not hold up the money.
const checkDays = 5

func (m *Sheets) table() lifecycle.Table[Sheet] {
	return lifecycle.Table[Sheet]{
		Noun: "sheet", Plural: "sheets", Prefix: "QS",
		Title: func(s *Sheet) string { return s.Task },
		Scope: func(s *Sheet) lifecycle.Scope {
			return lifecycle.Scope{Department: s.Department, Places: []string{s.Community}}
		},
		Facts: m.facts,
		States: []lifecycle.State{
			{Name: "issued", Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"committee_staff"}},
			{Name: "accepted", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"committee_staff"}},
			{Name: "performed", Shelf: lifecycle.Filed, Tone: "doing", Assignees: []string{"committee_head"}},
			{Name: "signed", Shelf: lifecycle.Filed, Tone: "info", Assignees: []string{"dept_clerk"}},
			{Name: "payable", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"dept_clerk"}},
			{Name: "claimed", Shelf: lifecycle.Filed, Tone: "warn", Assignees: []string{"committee_head"}},
			{Name: "paid", Shelf: lifecycle.Filed, Tone: "good"},
			{Name: "rejected", Shelf: lifecycle.Filed, Tone: "neutral"},
		},
		Acts: []lifecycle.Act[Sheet]{
			{Name: "issue", To: []string{"issued"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Fills("sheet", m.issue).Then(m.engage)},
			{Name: "accept", From: []string{"issued"}, To: []string{"accepted"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Does(m.accept)},
			{Name: "reject", From: []string{"issued"}, To: []string{"rejected"}, Rule: "R6", Look: lifecycle.Danger, Do: lifecycle.Takes("sheet", reject), Stops: []string{"*"}},
			{Name: "perform", From: []string{"accepted", "performed"}, To: []string{"performed"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Takes("sheet", perform)},
			{Name: "sign", From: []string{"performed"}, To: []string{"signed"}, Rule: "R5", Look: lifecycle.Primary, Do: lifecycle.Does(sign), Stops: []string{"work"}},
			{Name: "object", From: []string{"signed"}, To: []string{"performed"}, Rule: "R5", Look: lifecycle.Danger, Do: lifecycle.Takes("sheet", object), Stops: []string{"check"}},
			{Name: "admit", From: []string{"signed"}, To: []string{"payable"}, Rule: "R5", Look: lifecycle.Primary, Stops: []string{"check"}, Timers: pay},
			{Name: "admit_late", From: []string{"signed"}, To: []string{"payable"}, Rule: "R5", On: "check", Look: lifecycle.Hidden, Timers: pay},
			{Name: "claim", From: []string{"payable"}, To: []string{"claimed"}, Rule: "R37", Look: lifecycle.Primary, Do: lifecycle.Takes("sheet", claim)},
			{Name: "confirm", From: []string{"claimed"}, To: []string{"paid"}, Rule: "R37", Look: lifecycle.Primary, Do: lifecycle.Does(confirm), Stops: []string{"*"}, Emits: Paid},
			{Name: "deny", From: []string{"claimed"}, To: []string{"payable"}, Rule: "R37", Look: lifecycle.Danger, Do: lifecycle.Takes("sheet", deny)},
		},
		Fields:  []store.Field{{Name: "item"}},
		Indexes: []store.Index{{Name: "item", Fields: []string{"item"}}},
		Extract: func(s *Sheet) map[string]any { return map[string]any{"item": s.Item} },
	}
}

var pay = []lifecycle.Timer{{Name: "pay", Setting: "fund.grace_wd", Unit: "wd", Rule: "R5"}}

// issue writes down what is asked. The item's own record is asked last of all:
// work of an item that stands still is not ordered (R6).
func (m *Sheets) issue(s *Sheet, in *Order, st *lifecycle.Step) error {
	it, err := m.Item(st.Ctx, in.Item)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	if err != nil {
		return err
	}
	*s = Sheet{Case: s.Case, Order: *in, ItemNo: it.No, ItemTitle: it.Title, Department: it.Department}
	return nil
}

// engage checks the order against the item and writes it on the item's record.
func (m *Sheets) engage(s *Sheet, st *lifecycle.Step) error {
	it, err := m.Item(st.Ctx, s.Item)
	if err != nil {
		return err
	}
	f := fault.New(fault.Invalid, "invalid")
	if it.Delivery != "signoff" {
		f.Wrong("item", "sheet.not_by_sheet").OnRule("R5")
	}
	if _, ok := times(s.Quantity, s.Price); !ok {
		f.Wrong("price", "sheet.too_much")
	}
	if s.By < today(st) {
		f.Wrong("by", "sheet.in_the_past")
	}
	if len(f.Fields) > 0 {
		return f
	}
	st.Until("work", "R5", s.By.Time(calendar.City).Add(24*time.Hour-time.Second))
	return m.Engage(st.Ctx, s.Item, s.Community, "sheet:"+s.ID+":issue", s.Task)
}

func today(st *lifecycle.Step) schema.Date { return schema.DateOf(st.Now, calendar.City) }

// accept asks again: between the order and the answer the item may have stopped.
func (m *Sheets) accept(s *Sheet, st *lifecycle.Step) error {
	return m.Engage(st.Ctx, s.Item, s.Community, "sheet:"+s.ID, s.No)
}

func reject(s *Sheet, in *reasonForm, st *lifecycle.Step) error {
	s.Rejection = in.Reason
	st.Note(in.Reason)
	return nil
}

func perform(s *Sheet, in *performForm, st *lifecycle.Step) error {
	if in.Done > s.Quantity {
		return fault.InvalidField("done", "sheet.more_than_ordered", "ordered", s.Quantity)
	}
	s.Done, s.DoneBy, s.Evidence, s.Photos = in.Done, in.DoneBy, in.Evidence, in.Photos
	return nil
}

func sign(s *Sheet, st *lifecycle.Step) error {
	s.Amount, s.Objection = s.worth(), ""
	st.Start("check", "R5", "", "wd", checkDays)
	return nil
}

func object(s *Sheet, in *reasonForm, st *lifecycle.Step) error {
	s.Objection, s.Amount = in.Reason, 0
	st.Note(in.Reason)
	return nil
}

func claim(s *Sheet, in *claimForm, st *lifecycle.Step) error {
	if in.PaidOn > today(st) {
		return fault.InvalidField("paid_on", "payment.paid_in_future")
	}
	s.Voucher, s.PaidOn, s.NotArrived = in.Voucher, in.PaidOn, ""
	return nil
}

func confirm(s *Sheet, st *lifecycle.Step) error {
	st.Ref = s.Community
	return nil
}

func deny(s *Sheet, in *reasonForm, st *lifecycle.Step) error {
	s.NotArrived = in.Reason
	st.Note(in.Reason)
	return nil
}
