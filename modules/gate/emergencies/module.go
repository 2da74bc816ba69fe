package emergencies

import (
	"context"

	"gatehouse/modules/gate/admission"
	"gatehouse/modules/portal"
)

// Emergencies is the module.
type Emergencies struct {
	*portal.Resource[Emergency]
	admission *admission.Admission
	memory    memory
}

// New opens the emergencies.
func New(ctx context.Context, h *portal.Portal, a *admission.Admission) (m *Emergencies, err error) {
	m = &Emergencies{admission: a}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	m.Mirror(m.memory.learn)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/emergencies", LabelKey: "emergencies.title", Order: 45, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "emergency_authority", "auditor")
	}})
	return m, nil
}
