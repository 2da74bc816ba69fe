package supervision

import (
	"context"

	"gatehouse/modules"
	"gatehouse/web"
)

// Supervision is the module.
type Supervision struct{ Desk *modules.Desk[Note] }

// New opens the desk of supervision notes.
func New(ctx context.Context, h *modules.House) (*Supervision, error) {
	m := &Supervision{}
	d, err := modules.NewDesk(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Desk = d
	d.Columns, d.Detail = m.columns(), m.detail
	d.Filters = map[string]string{"kind": "kind"}
	d.Starts = map[string]func(context.Context, modules.Visitor, *Note) web.Values{"issue": m.start}
	d.Letters = map[string]func(context.Context, modules.Visitor, *Note) (*modules.Letter, error){"slip": m.slip}
	h.Menu(modules.MenuEntry{Href: "/notes", LabelKey: "notes.title", Order: 46, Show: func(v modules.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "manager", "auditor")
	}})
	return m, nil
}

// start fills in the community of whoever has only one.
func (m *Supervision) start(ctx context.Context, v modules.Visitor, n *Note) web.Values {
	if own := m.Desk.OwnPlaces(v, "committee_head"); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}
