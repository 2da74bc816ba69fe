package spending

import (
	"context"
	"html/template"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type htmlOf = template.HTML

// Purse is an account of the books with money on it.
type Purse struct {
	Account, Place, Item string
	Left                 int64 // fen
}

// Asks is what spending needs of other modules, in plain types.
type Asks struct {
	// Item tells what an item is.
	Item func(ctx context.Context, id string) (no, title, department string, err error)
	// Draw reserves fen of an account for a case; not ok when less is left.
	Draw func(ctx context.Context, account, noun, id string, fen int64) (left int64, ok bool, err error)
	// DrawAll reserves all that is left of an account for a case, fen.
	DrawAll func(ctx context.Context, account, noun, id string) (int64, error)
	// Purses gives the accounts of some places (none: all) with money on them; item "" is any.
	Purses func(ctx context.Context, item string, places ...string) ([]Purse, error)
	// Spent gives what was spent in a quarter, place by place, category by category, fen.
	Spent func(ctx context.Context, quarter string) (map[string]map[string]int64, error)
	// Withdrawal tells what a withdrawal is about.
	Withdrawal func(ctx context.Context, id string) (item string, communities []string, no string, err error)
	// Seat is the place a department sits at, its district.
	Seat func(department string) string
	// Communities gives where an item is.
	Communities func(ctx context.Context, item string) ([]string, error)
}

// Spending is the module.
type Spending struct {
	Asks
	Uses      *portal.Resource[Use]
	Campaigns *portal.Resource[Campaign]
	Refunds   *portal.Resource[Refund]
}

// New opens the desks of uses, campaigns and refunds.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Spending, error) {
	m := &Spending{Asks: asks}
	var err error
	if m.Uses, err = portal.NewResource(ctx, h, m.useTable()); err != nil {
		return nil, err
	}
	if m.Campaigns, err = portal.NewResource(ctx, h, m.campaignTable()); err != nil {
		return nil, err
	}
	if m.Refunds, err = portal.NewResource(ctx, h, m.refundTable()); err != nil {
		return nil, err
	}
	m.dressUses()
	m.dressCampaigns()
	m.dressRefunds()
	m.listen(h)
	h.Offer("own_purses", m.ownPurses)
	h.Menu(portal.MenuEntry{Href: "/spending", LabelKey: "spending.title", Order: 53})
	h.Menu(portal.MenuEntry{Href: "/campaigns", LabelKey: "campaigns.title", Order: 54, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "office_staff", "finance", "auditor")
	}})
	h.Menu(portal.MenuEntry{Href: "/refunds", LabelKey: "refunds.title", Order: 55, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor")
	}})
	return m, nil
}

// Module gives what the house serves.
func (m *Spending) Module() portal.Module {
	return portal.Module{Name: "spending", Routes: func(r fiber.Router) {
		r.Get("/spending", m.page)
		r.Get("/api/v1/spending", m.page)
	}}
}

// ownPurses are the accounts that the visitor may spend from, with what is left.
func (m *Spending) ownPurses(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	var places []string
	for _, role := range []string{"committee_head", "street_cadre"} {
		for _, o := range m.Uses.OwnPlaces(v, role) {
			places = append(places, o.Value)
		}
	}
	if len(places) == 0 {
		return nil, nil
	}
	ps, err := m.Purses(ctx, "", places...)
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, p := range ps {
		no, title, _, err := m.Item(ctx, p.Item)
		if err != nil {
			return nil, err
		}
		out = append(out, web.Option{Value: p.Account, Text: v.Lang.T("use.purse", "item", no+" "+title, "left", web.Yuan(schema.Fen(p.Left))),
			Group: m.Uses.Names.Place(v.Lang, p.Place)})
	}
	return out, nil
}

// bothSides tells whether somebody holds office in the department whose money it is.
func (m *Spending) bothSides(s *lifecycle.Step, department string) bool {
	return slices.Contains(m.Uses.Gate.Keys(s.Actor, s.Now), "dept_clerk@"+department)
}
