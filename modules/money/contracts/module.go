package contracts

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// ItemBrief is what a contract needs to know of its item.
type ItemBrief struct {
	No, Title, Department string
	Delivery              string // contract, signoff
	Communities           []string
}

func (b ItemBrief) in(community string) bool { return slices.Contains(b.Communities, community) }

// Asks is what contracts needs of other modules, in plain types.
type Asks struct {
	// Item tells what an item is; not found when it is none.
	Item func(ctx context.Context, id string) (ItemBrief, error)
	// Engage writes on the item's record that a contract starts, and fails
	// unless its part in the community is in force.
	Engage func(ctx context.Context, item, community, key, note string) error
}

// Contracts is the module.
type Contracts struct {
	Asks
	Resource *portal.Resource[Contract]
}

// New opens the desk of contracts.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Contracts, error) {
	m := &Contracts{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	h.Menu(portal.MenuEntry{Href: "/contracts", LabelKey: "contracts.title", Order: 56, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor")
	}})
	return m, nil
}

// waits: a draft waits for the committees that have not consented, a contract
// in force for those that have not accepted.
func (m *Contracts) waits(c *Contract) []string {
	switch c.State {
	case "drafted", "in_force":
		var out []string
		for _, at := range c.open() {
			out = append(out, "committee_head@"+at)
		}
		return out
	case "agreed", "accepted":
		return m.Resource.Engine.Assignees("dept_head", m.Resource.Engine.Table.Scope(c))
	}
	return nil
}

func (m *Contracts) dress() {
	d := m.Resource
	d.Filters = map[string]string{"item": "item"}
	d.Columns = []portal.Column[Contract]{
		{Key: "case.department", Cell: func(v portal.Visitor, c *Contract) template.HTML {
			return portal.Text(v.Lang, d.Names.Department(v.Lang, c.Department))
		}},
		{Key: "contract.communities", Cell: func(v portal.Visitor, c *Contract) template.HTML {
			return portal.Text(v.Lang, d.FewPlaces(v.Lang, c.Communities))
		}},
		{Key: "contract.price", Num: true, Cell: func(v portal.Visitor, c *Contract) template.HTML { return portal.Text(v.Lang, web.Yuan(c.Price)) }},
	}
	one := func(_ context.Context, v portal.Visitor, c *Contract) web.Values {
		for _, o := range d.OwnPlaces(v, "committee_head") {
			if slices.Contains(c.open(), o.Value) {
				return web.Values{"community": {o.Value}}
			}
		}
		return web.Values{}
	}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Contract) web.Values{"consent": one, "withhold": one, "accept": one, "fault": one,
		"amend": func(_ context.Context, _ portal.Visitor, c *Contract) web.Values {
			return schema.Of[amendForm]("contract").Values(&amendForm{c.Provider, c.Scope, c.Price, c.Start, c.End, c.Standard})
		}}
	d.Detail = m.detail
}

func (m *Contracts) detail(_ context.Context, v portal.Visitor, c *Contract) (template.HTML, error) {
	l := v.Lang
	t := web.Table{CaptionKey: "contract.parts", Head: []web.Col{{Key: "case.community"}, {Key: "contract.consented"}, {Key: "contract.accepted"}, {Key: "contract.said"}}}
	for _, p := range c.Parts {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(m.Resource.Names.Place(l, p.Community))}, {HTML: yes(l, p.Consented)}, {HTML: yes(l, p.Accepted)}, {HTML: web.Text(p.Wish + p.Note)}})
	}
	return web.Join(web.Summary(l, append([]web.Pair{{Key: "contract.item", Value: web.Link("/items/"+c.Item, c.ItemNo+" "+c.ItemTitle)}}, portal.Filled(
		portal.Pair(l, "case.department", m.Resource.Names.Department(l, c.Department)), portal.Pair(l, "contract.provider", c.Provider),
		portal.Pair(l, "contract.scope", c.Scope), portal.Pair(l, "contract.price", web.Yuan(c.Price)),
		portal.Pair(l, "contract.term", portal.Day(l, c.Start)+" – "+portal.Day(l, c.End)), portal.Pair(l, "contract.standard", c.Standard),
		portal.Pair(l, "contract.ended", c.Ended))...)...), t.HTML(l)), nil
}

func yes(l web.Lang, b bool) template.HTML {
	if b {
		return web.Tag(l, web.Good, "contract.yes")
	}
	return web.Tag(l, web.Neutral, "contract.no")
}
