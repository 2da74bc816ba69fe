package sheets

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// ItemBrief is what a sheet needs to know of its item.
type ItemBrief struct {
	No, Title, Department string
	Delivery              string // contract, signoff
}

// Asks is what sheets needs of other modules, in plain types.
type Asks struct {
	// Item tells what an item is; not found when it is none.
	Item func(ctx context.Context, id string) (ItemBrief, error)
	// Engage writes on the item's record that work is ordered, and fails
	// unless its part in the community is in force.
	Engage func(ctx context.Context, item, community, key, note string) error
}

// Sheets is the module.
type Sheets struct {
	Asks
	Resource *portal.Resource[Sheet]
}

// New opens the desk of sheets.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Sheets, error) {
	m := &Sheets{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	h.Menu(portal.MenuEntry{Href: "/sheets", LabelKey: "sheets.title", Order: 52, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor")
	}})
	return m, nil
}

// facts: nobody of the department that pays settles for the community.
func (m *Sheets) facts(s *Sheet, st *lifecycle.Step) ([]string, error) {
	keys := m.Resource.Gate.Keys(st.Actor, st.Now)
	return []string{
		lifecycle.When(slices.Contains(keys, "dept_clerk@"+s.Department), "own_department"),
		lifecycle.When(s.Done == 0, "nothing_done"),
	}, nil
}

func (m *Sheets) dress() {
	d := m.Resource
	d.Filters = map[string]string{"item": "item"}
	d.Columns = []portal.Column[Sheet]{
		{Key: "case.community", Cell: func(v portal.Visitor, s *Sheet) htmlOf {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, s.Community))
		}},
		{Key: "case.department", Cell: func(v portal.Visitor, s *Sheet) htmlOf {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, s.Department))
		}},
		{Key: "sheet.amount", Num: true, Cell: func(v portal.Visitor, s *Sheet) htmlOf { return portal.Text(v.Lang, web.Yuan(s.worth())) }},
	}
	d.Detail = m.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Sheet) web.Values{
		"claim": func(context.Context, portal.Visitor, *Sheet) web.Values {
			return web.Values{"paid_on": {string(schema.DateOf(d.Engine.Now(), calendar.City))}}
		},
		"perform": func(_ context.Context, _ portal.Visitor, s *Sheet) web.Values {
			return web.Values{"done": {portal.Count(s.Quantity)}, "done_by": {s.DoneBy}, "evidence": {s.Evidence}}
		},
	}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Sheet) (*portal.Letter, error){"paper": m.paper}
}
