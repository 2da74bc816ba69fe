package rectification

import (
	"context"
	"slices"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Asks is what rectification needs of other modules, in plain types.
type Asks struct {
	// Brief tells what an item is.
	Brief func(ctx context.Context, item string) (department, title, state string, communities []string, err error)
	// MoneyOverdue tells whether money for an item is late in any community (R45).
	MoneyOverdue func(ctx context.Context, item string) (bool, error)
	// Triggers lists the grounds that the item's last rating gave.
	Triggers func(ctx context.Context, item string) []string
	// RoundOf gives the number of that rating round.
	RoundOf func(ctx context.Context, item string) string
	// Items lists what an order may be about in a district, at work between two
	// moments: id and title.
	Items func(ctx context.Context, district string, from, to time.Time) (ids, titles []string, err error)
}

// Rectification is the module.
type Rectification struct {
	Asks
	Resource *portal.Resource[Order]
}

// New opens the desk of orders.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Rectification, error) {
	m := &Rectification{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns, d.Detail, d.Redact = m.columns(), m.detail, m.redact
	d.Filters = map[string]string{"item": "item"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Order) web.Values{"edit": m.startEdit, "extend": startExtend, "witness": m.startWitness}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Order) ([]web.Option, error){"witness.community": m.witnessCommunities}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Order) (*portal.Letter, error){"order": m.order, "outcome": m.outcome}
	h.Offer("rectifiable_items", m.rectifiable)
	h.Menu(portal.MenuEntry{Href: "/rectifications", LabelKey: "rectifications.title", Order: 70, Show: func(v portal.Visitor) bool { return v.SignedIn() }})
	return m, nil
}

// About tells what an order is about, for modules that hear of it.
func (m *Rectification) About(ctx context.Context, id string) (item string, communities []string, no string, err error) {
	o, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", nil, "", err
	}
	return o.Item, o.Communities, o.No, nil
}

// Order tells what a withdrawal that follows from an order needs to know.
func (m *Rectification) Order(ctx context.Context, id string) (item, no string, grounds, communities []string, err error) {
	o, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", nil, nil, err
	}
	return o.Item, o.No, o.Grounds, o.Communities, nil
}

// rectifiable are the items at work in the visitor's districts within a year.
func (m *Rectification) rectifiable(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	var out []web.Option
	now := m.Resource.Engine.Now()
	for _, d := range m.Resource.OwnPlaces(v, "office_staff") {
		ids, titles, err := m.Items(ctx, d.Value, now.AddDate(-1, 0, 0), now)
		if err != nil {
			return nil, fault.Wrap(err, "list the items of %s", d.Value)
		}
		for i, id := range ids {
			out = append(out, web.Option{Value: id, Text: titles[i]})
		}
	}
	return out, nil
}

func (m *Rectification) startEdit(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	row, _ := m.Resource.Engine.Table.Act("edit")
	return row.Do.Input.Values(&o.Content)
}

func startExtend(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	return web.Values{"days": {strconv.Itoa(o.Settings.Int("rect.extend_days"))}}
}

func (m *Rectification) startWitness(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	if own, _ := m.witnessCommunities(ctx, v, o); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}

func (m *Rectification) witnessCommunities(ctx context.Context, v portal.Visitor, o *Order) ([]web.Option, error) {
	wait := o.unwitnessed()
	return slices.DeleteFunc(m.Resource.OwnPlaces(v, "committee_head"), func(x web.Option) bool { return !slices.Contains(wait, x.Value) }), nil
}
