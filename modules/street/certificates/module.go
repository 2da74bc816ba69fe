package certificates

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what certificates need of other portal.
type Asks struct {
	// District gives the places that stand for the whole district.
	District func() []string
}

// Certificates is the module.
type Certificates struct {
	Asks
	Resource *portal.Resource[Certificate]
}

// New opens the desk of certificates.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Certificates, error) {
	m := &Certificates{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	d.Unplaced = true
	m.Resource = d
	d.Columns = []portal.Column[Certificate]{{Key: "certificate.list", Cell: func(v portal.Visitor, c *Certificate) template.HTML { return listTag(v.Lang, c.List) }}}
	d.Filters = map[string]string{"list": "list", "code": "code"}
	d.Detail = m.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Certificate) web.Values{"amend": m.startAmend}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Certificate) (*portal.Letter, error){"decline_slip": m.declineSlip}
	h.Menu(portal.MenuEntry{Href: "/certificates", LabelKey: "certificates.title", Order: 88})
	return m, nil
}

// Module gives what the house serves. Its list stands before the desk's.
func (m *Certificates) Module() portal.Module {
	return portal.Module{Name: "certificates", Routes: func(r fiber.Router) { r.Get("/certificates", m.listPage) }}
}

func (m *Certificates) startAmend(_ context.Context, _ portal.Visitor, c *Certificate) web.Values {
	row, _ := m.Resource.Engine.Table.Act("amend")
	return row.Do.Input.Values(&c.Wording)
}

// inForce gives the kinds of a list in the order of their codes.
func (m *Certificates) inForce(ctx context.Context, list string) ([]*Certificate, error) {
	cs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "list", Op: store.Eq, Value: list},
		{Field: "state", Op: store.Eq, Value: "in_force"}}, Sort: "code", Limit: 200})
	return cs, fault.Wrap(err, "list certificates")
}
