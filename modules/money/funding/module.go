package funding

import (
	"context"
	"slices"
	"strconv"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Funding is the module.
type Funding struct {
	*portal.Resource[Payment]
	items *items.Items
}

// New opens the payments. What becomes of one is told to its item, and entered
// in the books once it has arrived; a claim that the finance bureau reconciles
// may tell that too.
func New(ctx context.Context, h *portal.Portal, its *items.Items, bs *books.Books) (m *Funding, err error) {
	m = &Funding{items: its}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	for _, e := range []*lifecycle.Event[Payment, Payout]{Claimed, Confirmed, Disputed, Voided} {
		e.On(h.Bus, m.credit)
	}
	Confirmed.On(h.Bus, func(ctx context.Context, n lifecycle.News, x Payout) error {
		return bs.Post(ctx, n, x.moved(bs.Holder(x.Payee, x.Community, x.Item)))
	})
	h.Menu(portal.MenuEntry{Href: "/payments", LabelKey: "payments.title", Order: 50,
		Roles: []string{"dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor"}})
	return m, nil
}

// credit tells the item how far its instalment has come: by the payment that
// fills it now, whichever event comes late. Having told, it looks once more, so
// that of two at the same moment the newer word stays.
func (m *Funding) credit(ctx context.Context, n lifecycle.News, x Payout) error {
	for told := ""; ; {
		state, at, err := m.stands(ctx, slot(x.Item, x.Community, x.Instalment))
		if err != nil || at == told {
			return err
		}
		again := n
		again.ID += ":" + at
		if err := m.items.Credit(ctx, again, x.Item, x.Community, x.Instalment, state); err != nil {
			return err
		}
		told = at
	}
}

// stands tells how far an instalment has come, none, claimed, confirmed or
// disputed, and which entry of whose history says so.
func (m *Funding) stands(ctx context.Context, slot string) (state, at string, err error) {
	ps, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "instalment", Op: store.Eq, Value: slot}}, Sort: "id", Limit: 1})
	if err != nil || len(ps) == 0 {
		return "none", "none", fault.Wrap(err, "find the payment of %s", slot)
	}
	return ps[0].State, ps[0].ID + ":" + strconv.Itoa(len(ps[0].History)), nil
}

// waits: a claim waits for whoever was to receive the money.
func (m *Funding) waits(p *Payment) []string {
	switch p.State {
	case "disputed":
		return m.Engine.Assignees("finance", m.Engine.Table.Scope(p))
	case "claimed":
		if street := m.City.Street(p.Community); p.Payee == "street" && street != "" {
			return []string{"street_cadre@" + street}
		}
		return []string{"committee_head@" + p.Community}
	}
	return nil
}

// owedThere offers the communities of the item that the form names already;
// before it names one, those of all the department's items.
func (m *Funding) owedThere(ctx context.Context, v portal.Visitor, typed web.Values) ([]web.Option, error) {
	all, err := m.Options(ctx, v, "own_items", "communities")
	if err != nil {
		return nil, err
	}
	var places []string
	for _, o := range all["own_items"] {
		if named := typed["item"]; len(named) == 1 && named[0] != "" && named[0] != o.Value {
			continue
		}
		it, err := m.items.About(ctx, o.Value)
		if err != nil {
			return nil, err
		}
		places = append(places, it.Communities...)
	}
	return slices.DeleteFunc(slices.Clone(all["communities"]), func(o web.Option) bool { return !slices.Contains(places, o.Value) }), nil
}
