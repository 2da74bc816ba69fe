// Package spending shows what became of the money that followed the work:
// what communities spent of it, what a special fund brought to the grassroots,
// and what goes back when work leaves.
//
// Words: a use (经费使用) is one expense, drawn from an account of the books and
// never more than is there. A purse is such an account, kind:place:item, of a
// community or of the street that keeps its money. A campaign (专项经费) is a
// special fund of one year, of which a fixed share must reach the grassroots,
// communities and streets (R36). A refund (结余退回) is what is left when work is
// withdrawn (R49).
//
// The life of a use: recorded by the committee's head (or the street for the
// account it keeps); published by the portal when the quarter is over; reversed
// when it was a mistake, which the books enter the other way round. A campaign:
// draft → approved by the finance bureau → closed when its year is over. A
// refund: due → paid_back by whoever holds the money → confirmed by the finance
// bureau; cancelled when the withdrawal is.
package spending

import (
	"net/url"
	"time"

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

// Use is what was spent of an item's money.
type Use struct {
	lifecycle.Case
	Expense
	Place      string    `json:"place" show:"place"` // community or street
	Item       items.Ref `json:"item"`
	ItemNo     string    `json:"item_no"`
	ItemTitle  string    `json:"item_title"`
	Department string    `json:"department"` // whose money it was
	Quarter    string    `json:"quarter"`
	Reversal   string    `json:"reversal,omitempty"` // why it was taken back
}

// Expense is what is written down.
type Expense struct {
	Account  books.Account `json:"account" form:"choice,required,from=own_purses"`
	Category string        `json:"category" form:"choice,required,of=labour materials printing phone transport other"`
	Amount   schema.Fen    `json:"amount" form:"money,required,min=1"`
	For      string        `json:"for" form:"text,required,max=120"`
	Receipt  string        `json:"receipt" form:"text,required,max=60"`
	SpentOn  schema.Date   `json:"spent_on" form:"date,required,today"`
}

// Categories of uses, in the order they are shown.
var Categories = []string{"labour", "materials", "printing", "phone", "transport", "other"}

type reasonForm struct {
	Reason string `json:"reason" form:"longtext,required,max=1000"`
}

func (m *Spending) useKind() portal.Kind[Use] {
	return portal.Kind[Use]{
		Table: lifecycle.Table[Use]{
			Noun: "use", Plural: "uses", Prefix: "SY",
			Title: func(u *Use) string { return u.For },
			Scope: func(u *Use) lifecycle.Scope {
				return lifecycle.Scope{Department: u.Department, Places: []string{u.Place}}
			},
			Facts: func(u *Use, s *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(u.Account.Kind() == "street", "street_account")}, nil
			},
			States: []lifecycle.State{
				{Name: "recorded", Shelf: lifecycle.Filed, Tone: "doing"},
				{Name: "published", Shelf: lifecycle.Public, Tone: "good"},
				{Name: "reversed", Shelf: lifecycle.Public, Tone: "neutral"},
			},
			Acts: []lifecycle.Act[Use]{
				{Name: "record", To: []string{"recorded"}, Rule: "R37", Look: lifecycle.Primary, Do: lifecycle.Fills("use", m.record).Then(m.draw), Emits: UseRecorded},
				{Name: "publish", From: []string{"recorded"}, To: []string{"published"}, On: "publication", Look: lifecycle.Hidden},
				{Name: "reverse", From: []string{"recorded", "published"}, To: []string{"reversed"}, Look: lifecycle.Danger, Do: lifecycle.Takes("use", reverse), Stops: []string{"*"}, Emits: UseReversed},
			},
			Fields:  []store.Field{{Name: "item"}, {Name: "place"}, {Name: "quarter"}},
			Indexes: []store.Index{{Name: "place", Fields: []string{"place", "quarter"}}, {Name: "item", Fields: []string{"item"}}},
			Extract: func(u *Use) map[string]any {
				return map[string]any{"item": string(u.Item), "place": u.Place, "quarter": u.Quarter}
			},
		},
		View: portal.View[Use]{
			Columns:  "place category amount",
			Sections: []portal.Section[Use]{{Fields: "item place category amount for receipt spent_on quarter entries reversal"}},
			Words: map[string]portal.Word[Use]{
				"quarter": func(v portal.Visitor, u *Use) web.Value { return web.Words(portal.Quarter(u.Quarter).Text(v.Lang)) },
				"entries": func(v portal.Visitor, u *Use) web.Value {
					return web.Linked(entries(u.Place, u.Category, u.Quarter), v.Lang.T("books.entries"))
				},
			},
		},
		Filters: map[string]string{"item": "item", "quarter": "quarter"},
	}
}

// entries is where the entries behind a figure are.
func entries(place, category, quarter string) string {
	return "/books?" + url.Values{"account": {string(books.Spent(place, category))}, "quarter": {quarter}}.Encode()
}

func (m *Spending) record(u *Use, in *Expense, s *lifecycle.Step) error {
	_, place, item, ok := in.Account.Purse()
	if !ok {
		return fault.InvalidField("account", "schema.not_an_option")
	}
	it, err := m.items.About(s.Ctx, item)
	if fault.Is(err, fault.NotFound) {
		return fault.InvalidField("account", "schema.not_an_option")
	}
	*u = Use{Case: u.Case, Expense: *in, Place: place, Item: items.Ref(item), ItemNo: it.No, ItemTitle: it.Title, Department: it.Department,
		Quarter: string(portal.QuarterOf(s.Now))}
	return err
}

// draw takes the money last of all, when nothing else can refuse: what is drawn
// is gone for every other use (R37: only what has arrived can be spent).
func (m *Spending) draw(u *Use, s *lifecycle.Step) error {
	if u.SpentOn > schema.DateOf(s.Now, calendar.City) {
		return fault.InvalidField("spent_on", "use.in_the_future")
	}
	left, ok, err := m.books.Draw(s.Ctx, u.Account, "use", u.ID, u.Amount)
	if err != nil {
		return err
	}
	if !ok {
		return fault.InvalidField("amount", "use.more_than_there_is", "left", left).OnRule("R37")
	}
	s.Ref = u.Place
	s.Until("publication", "", portal.Quarter(u.Quarter).End().Add(-time.Second))
	return nil
}

func reverse(u *Use, in *reasonForm, s *lifecycle.Step) error {
	u.Reversal, s.Ref = in.Reason, u.Place
	s.Note(in.Reason)
	return nil
}
