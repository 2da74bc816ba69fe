package supervision

import (
	"context"

	"gatehouse/modules/portal"
)

// Supervision is the module.
type Supervision struct{ *portal.Resource[Note] }

// New opens the supervision notes.
func New(ctx context.Context, h *portal.Portal) (m *Supervision, err error) {
	m = &Supervision{}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Menu(portal.MenuEntry{Href: "/notes", LabelKey: "notes.title", Order: 46, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "manager", "auditor")
	}})
	return m, nil
}
