package contracts

import (
	"context"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
)

// Contracts is the module.
type Contracts struct {
	*portal.Resource[Contract]
	items *items.Items
}

// New opens the contracts.
func New(ctx context.Context, h *portal.Portal, its *items.Items) (m *Contracts, err error) {
	m = &Contracts{items: its}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Menu(portal.MenuEntry{Href: "/contracts", LabelKey: "contracts.title", Order: 56,
		Roles: []string{"dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor"}})
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
		return m.Engine.Assignees("dept_head", m.Engine.Table.Scope(c))
	}
	return nil
}
