package certificates

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// Certificates is the module.
type Certificates struct{ *portal.Resource[Certificate] }

// New opens the certificates. The list in plain words stands before the
// resource's own.
func New(ctx context.Context, h *portal.Portal) (m *Certificates, err error) {
	m = &Certificates{}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Add(portal.Module{Name: "certificates", Routes: func(r fiber.Router) { r.Get("/certificates", m.listPage) }})
	h.Menu(portal.MenuEntry{Href: "/certificates", LabelKey: "certificates.title", Order: 88})
	return m, nil
}

// inForce gives the kinds of a list in the order of their codes.
func (m *Certificates) inForce(ctx context.Context, list string) ([]*Certificate, error) {
	cs, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "list", Op: store.Eq, Value: list},
		{Field: "state", Op: store.Eq, Value: "in_force"}}, Sort: "code", Limit: 200})
	return cs, fault.Wrap(err, "list certificates")
}
