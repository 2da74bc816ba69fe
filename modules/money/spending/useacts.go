package spending

import (
	"context"
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

func (m *Spending) useTable() lifecycle.Table[Use] {
	return lifecycle.Table[Use]{
		Noun: "use", Plural: "uses", Prefix: "SY",
		Title: func(u *Use) string { return u.For },
		Scope: func(u *Use) lifecycle.Scope {
			return lifecycle.Scope{Department: u.Department, Places: []string{u.Place}}
		},
		Facts: func(u *Use, s *lifecycle.Step) ([]string, error) {
			kind, _, _, _ := purse(u.Account)
			return []string{lifecycle.When(kind == "street", "street_account")}, nil
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
			return map[string]any{"item": u.Item, "place": u.Place, "quarter": u.Quarter}
		},
	}
}

func (m *Spending) record(u *Use, in *Expense, s *lifecycle.Step) error {
	_, place, item, ok := purse(in.Account)
	if !ok {
		return fault.InvalidField("account", "schema.not_an_option")
	}
	*u = Use{Case: u.Case, Expense: *in, Place: place, Item: item, Quarter: string(portal.QuarterOf(s.Now))}
	var err error
	if u.ItemNo, u.ItemTitle, u.Department, err = m.Item(s.Ctx, item); fault.Is(err, fault.NotFound) {
		return fault.InvalidField("account", "schema.not_an_option")
	} else if err != nil {
		return err
	}
	return nil
}

// draw takes the money last of all, when nothing else can refuse: what is drawn
// is gone for every other use (R37: only what has arrived can be spent).
func (m *Spending) draw(u *Use, s *lifecycle.Step) error {
	if u.SpentOn > schema.DateOf(s.Now, calendar.City) {
		return fault.InvalidField("spent_on", "use.in_the_future")
	}
	left, ok, err := m.Draw(s.Ctx, u.Account, "use", u.ID, int64(u.Amount))
	if err != nil {
		return err
	}
	if !ok {
		return fault.InvalidField("amount", "use.more_than_there_is", "left", schema.Fen(left)).OnRule("R37")
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

func (m *Spending) dressUses() {
	d := m.Uses
	d.Filters = map[string]string{"item": "item", "quarter": "quarter"}
	d.Columns = []portal.Column[Use]{
		{Key: "case.community", Cell: func(v portal.Visitor, u *Use) htmlOf { return portal.Text(v.Lang, d.Names.Place(v.Lang, u.Place)) }},
		{Key: "use.category", Cell: func(v portal.Visitor, u *Use) htmlOf {
			return portal.Text(v.Lang, v.Lang.T("use.category."+u.Category))
		}},
		{Key: "use.amount", Num: true, Cell: func(v portal.Visitor, u *Use) htmlOf { return portal.Text(v.Lang, web.Yuan(u.Amount)) }},
	}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Use) web.Values{"record": func(context.Context, portal.Visitor, *Use) web.Values {
		return web.Values{"spent_on": {string(schema.DateOf(d.Engine.Now(), calendar.City))}}
	}}
	d.Detail = func(_ context.Context, v portal.Visitor, u *Use) (htmlOf, error) {
		l := v.Lang
		return web.Summary(l, append([]web.Pair{{Key: "use.item", Value: web.Link("/items/"+u.Item, u.ItemNo+" "+u.ItemTitle)}}, portal.Filled(
			portal.Pair(l, "case.community", d.Names.Place(l, u.Place)), portal.Pair(l, "use.category", l.T("use.category."+u.Category)),
			portal.Pair(l, "use.amount", web.Yuan(u.Amount)), portal.Pair(l, "use.for", u.For), portal.Pair(l, "use.receipt", u.Receipt),
			portal.Pair(l, "use.spent_on", portal.Day(l, u.SpentOn)), portal.Pair(l, "use.quarter", portal.Quarter(u.Quarter).Text(l)),
			web.Pair{Key: "use.entries", Value: web.Link(entries(u.Place, u.Category, u.Quarter), l.T("books.entries"))},
			portal.Pair(l, "use.reversal", u.Reversal))...)...), nil
	}
}
