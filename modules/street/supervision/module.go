package supervision

import (
	"context"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// Supervision is the module.
type Supervision struct{ Resource *portal.Resource[Note] }

// New opens the desk of supervision notes.
func New(ctx context.Context, h *portal.Portal) (*Supervision, error) {
	m := &Supervision{}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns, d.Detail = m.columns(), m.detail
	d.Filters = map[string]string{"kind": "kind"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Note) web.Values{"issue": m.start}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Note) (*portal.Letter, error){"slip": m.slip}
	h.Menu(portal.MenuEntry{Href: "/notes", LabelKey: "notes.title", Order: 46, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "manager", "auditor")
	}})
	return m, nil
}

// start fills in the community of whoever has only one.
func (m *Supervision) start(ctx context.Context, v portal.Visitor, n *Note) web.Values {
	if own := m.Resource.OwnPlaces(v, "committee_head"); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}
