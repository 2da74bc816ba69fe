package sheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

type reasonForm struct {
	Reason string `json:"reason" form:"longtext,required,max=1000"`
}

// checkDays are the working days a department has to check a signed sheet;
// its silence must not hold up the money.
const checkDays = 5

var pay = []lifecycle.Timer{{Name: "pay", Setting: "fund.grace_wd", Unit: "wd", Rule: "R5"}}

const (
	ordered   = "item department community task quantity price by rejection"
	performed = "done done_by evidence sum objection"
)

func (m *Sheets) kind() portal.Kind[Sheet] {
	return portal.Kind[Sheet]{
		Table: lifecycle.Table[Sheet]{
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
			Extract: func(s *Sheet) map[string]any { return map[string]any{"item": string(s.Item)} },
		},
		View: portal.View[Sheet]{
			Columns: "community department amount",
			Sections: []portal.Section[Sheet]{
				{Title: "ordered", Fields: ordered},
				{Title: "performed", Fields: performed, When: func(s *Sheet) bool { return s.Done > 0 }},
				{Title: "money", Fields: "voucher paid_on not_arrived", When: func(s *Sheet) bool { return s.Voucher != "" }},
			},
			Labels: map[string]string{"community": "case.community", "sum": "sheet.amount", "capital": "payment.capital"},
			Words: map[string]portal.Word[Sheet]{
				"quantity": func(_ portal.Visitor, s *Sheet) web.Value { return s.counted(s.Quantity) },
				"done":     func(_ portal.Visitor, s *Sheet) web.Value { return s.counted(s.Done) },
				"amount":   func(_ portal.Visitor, s *Sheet) web.Value { return web.Amount(s.worth()) },
				"sum": func(v portal.Visitor, s *Sheet) web.Value {
					return web.Words(v.Lang.T("sheet.sum", "n", s.Done, "price", web.Yuan(s.Price), "sum", web.Yuan(s.worth())))
				},
				"capital": func(_ portal.Visitor, s *Sheet) web.Value { return web.Words(web.CapitalYuan(s.Amount)) },
			},
			Letters: map[string]portal.LetterOf[Sheet]{ // 服务签单, as it is filed
				"paper": {After: "sign", When: func(s *Sheet) bool { return s.Amount != 0 }, Office: "community", From: "by", To: "department",
					Fields: ordered + " " + performed + " capital"}},
		},
		Filters: map[string]string{"item": "item"},
		Prefill: map[string]string{"perform": "done_by evidence"},
		Initial: map[string]func(context.Context, portal.Visitor, *Sheet) web.Values{"perform": func(_ context.Context, _ portal.Visitor, s *Sheet) web.Values {
			return web.Values{"done": {fmt.Sprint(s.Quantity)}}
		}},
	}
}

func (s *Sheet) counted(n int64) web.Value { return web.Words(fmt.Sprint(n, " ", s.Unit)) }

// facts: nobody of the department that pays settles for the community.
func (m *Sheets) facts(s *Sheet, st *lifecycle.Step) ([]string, error) {
	return []string{
		lifecycle.When(slices.Contains(m.Gate.Keys(st.Actor, st.Now), "dept_clerk@"+s.Department), "own_department"),
		lifecycle.When(s.Done == 0, "nothing_done"),
	}, nil
}

// issue writes down what is asked, of the item as it is.
func (m *Sheets) issue(s *Sheet, in *Order, st *lifecycle.Step) error {
	it, err := m.items.About(st.Ctx, string(in.Item))
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("item", "schema.not_an_option")
	}
	s.Order, s.ItemNo, s.ItemTitle, s.Department = *in, it.No, it.Title, it.Department
	return err
}

// engage checks the order against the item. The item's own record is asked last
// of all: work of an item that stands still is not ordered (R6).
func (m *Sheets) engage(s *Sheet, st *lifecycle.Step) error {
	it, err := m.items.About(st.Ctx, string(s.Item))
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
	return m.items.Engage(st.Ctx, string(s.Item), s.Community, "sheet:"+s.ID+":issue", s.Task)
}

func today(st *lifecycle.Step) schema.Date { return schema.DateOf(st.Now, calendar.City) }

// accept asks again: between the order and the answer the item may have stopped.
func (m *Sheets) accept(s *Sheet, st *lifecycle.Step) error {
	return m.items.Engage(st.Ctx, string(s.Item), s.Community, "sheet:"+s.ID, s.No)
}

func reject(s *Sheet, in *reasonForm, st *lifecycle.Step) error {
	s.Rejection = in.Reason
	st.Note(in.Reason)
	return nil
}

func perform(s *Sheet, in *Work, st *lifecycle.Step) error {
	if in.Done > s.Quantity {
		return fault.InvalidField("done", "sheet.more_than_ordered", "ordered", s.Quantity)
	}
	s.Work = *in
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

func claim(s *Sheet, in *Payment, st *lifecycle.Step) error {
	if in.PaidOn > today(st) {
		return fault.InvalidField("paid_on", "payment.paid_in_future")
	}
	s.Payment, s.NotArrived = *in, ""
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
