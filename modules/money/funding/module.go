package funding

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

// Owed is what an item owes a community by one instalment.
type Owed struct {
	No, Title, Department string // of the item; its department pays
	Amount                schema.Fen
	Payee                 string
}

// Asks is what funding needs of other modules, in plain types.
type Asks struct {
	// Owed tells what an instalment (the first is 1) of an item is; not ok when there is none there.
	Owed func(ctx context.Context, item, community string, instalment int) (o Owed, ok bool, err error)
	// Communities lists where an item owes anything.
	Communities func(ctx context.Context, item string) ([]string, error)
	// Owe writes on the item's record that money is on its way, and fails
	// unless the item still takes it.
	Owe func(ctx context.Context, item, community, key, note string) error
}

// Funding is the module.
type Funding struct {
	Asks
	Resource *portal.Resource[Payment]
}

// New opens the desk of payments.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Funding, error) {
	m := &Funding{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	h.Menu(portal.MenuEntry{Href: "/payments", LabelKey: "payments.title", Order: 50, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor")
	}})
	return m, nil
}

// Payment tells what a payment is about and how far it brings its instalment:
// none, claimed, confirmed or disputed.
func (m *Funding) Payment(ctx context.Context, id string) (item, community string, instalment int, state string, err error) {
	p, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", "", 0, "", err
	}
	return p.Item, p.Community, int(p.Instalment), p.credit(), nil
}

// waits: a claim waits for whoever was to receive the money.
func (m *Funding) waits(p *Payment) []string {
	switch p.State {
	case "disputed":
		return m.Resource.Engine.Assignees("finance", m.Resource.Engine.Table.Scope(p))
	case "claimed":
		if chain := m.Resource.Places.Chain(p.Community); p.Payee == "street" && len(chain) > 1 {
			return []string{"street_cadre@" + chain[1]}
		}
		return []string{"committee_head@" + p.Community}
	}
	return nil
}

// facts: who receives, and who stands on both sides.
func (m *Funding) facts(p *Payment, s *lifecycle.Step) ([]string, error) {
	keys := m.Resource.Gate.Keys(s.Actor, s.Now)
	return []string{
		lifecycle.When(p.Payee == "street", "payee_street"),
		lifecycle.When(s.Did("claim"), "own_claim"),
		lifecycle.When(slices.Contains(keys, "dept_clerk@"+p.Department), "own_department"),
	}, nil
}
