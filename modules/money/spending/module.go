package spending

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Spending is the module.
type Spending struct {
	*portal.Portal
	items     *items.Items
	books     *books.Books
	Uses      *portal.Resource[Use]
	Campaigns *portal.Resource[Campaign]
	Refunds   *portal.Resource[Refund]
}

// New opens uses, campaigns and refunds.
func New(ctx context.Context, h *portal.Portal, its *items.Items, bs *books.Books) (m *Spending, err error) {
	m = &Spending{Portal: h, items: its, books: bs}
	if m.Uses, err = portal.Declare(ctx, h, m.useKind()); err != nil {
		return nil, err
	}
	if m.Campaigns, err = portal.Declare(ctx, h, m.campaignKind()); err != nil {
		return nil, err
	}
	if m.Refunds, err = portal.Declare(ctx, h, m.refundKind()); err != nil {
		return nil, err
	}
	UseRecorded.On(h.Bus, bs.Post)
	UseReversed.On(h.Bus, bs.Post)
	RefundConfirmed.On(h.Bus, bs.Post)
	RefundCancelled.On(h.Bus, bs.Release)
	h.Offer("own_purses", m.ownPurses)
	h.Add(portal.Module{Name: "spending", Routes: func(r fiber.Router) {
		r.Get("/spending", m.page)
		r.Get("/api/v1/spending", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/spending", LabelKey: "spending.title", Order: 53})
	h.Menu(portal.MenuEntry{Href: "/campaigns", LabelKey: "campaigns.title", Order: 54, Roles: []string{"dept_clerk", "office_staff", "finance", "auditor"}})
	h.Menu(portal.MenuEntry{Href: "/refunds", LabelKey: "refunds.title", Order: 55,
		Roles: []string{"dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor"}})
	return m, nil
}

// ownPurses are the accounts that the visitor may spend from, with what is left.
func (m *Spending) ownPurses(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	places := append(m.Own(v, "committee_head"), m.Own(v, "street_cadre")...)
	if len(places) == 0 {
		return nil, nil
	}
	ps, err := m.books.Purses(ctx, "", places...)
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, p := range ps {
		it, err := m.items.About(ctx, p.Item)
		if err != nil {
			return nil, err
		}
		out = append(out, web.Option{Value: string(p.Account), Text: v.Lang.T("use.purse", "item", it.No+" "+it.Title, "left", web.Yuan(p.Left)),
			Group: m.Names.Place(v.Lang, p.Place)})
	}
	return out, nil
}

// bothSides tells whether somebody holds office in the department whose money it is.
func (m *Spending) bothSides(s *lifecycle.Step, department string) bool {
	return slices.Contains(m.Gate.Keys(s.Actor, s.Now), "dept_clerk@"+department)
}
