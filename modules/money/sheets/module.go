package sheets

import (
	"context"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/books"
	"gatehouse/modules/portal"
)

// Sheets is the module.
type Sheets struct {
	*portal.Resource[Sheet]
	items *items.Items
}

// New opens the sheets.
func New(ctx context.Context, h *portal.Portal, its *items.Items, bs *books.Books) (m *Sheets, err error) {
	m = &Sheets{items: its}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	Paid.On(h.Bus, bs.Post)
	h.Menu(portal.MenuEntry{Href: "/sheets", LabelKey: "sheets.title", Order: 52,
		Roles: []string{"dept_clerk", "committee_staff", "street_cadre", "office_staff", "finance", "auditor"}})
	return m, nil
}
