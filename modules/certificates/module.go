package certificates

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what certificates need of other modules.
type Asks struct {
	// District gives the places that stand for the whole district.
	District func() []string
}

// Certificates is the module.
type Certificates struct {
	Asks
	Desk *modules.Desk[Certificate]
}

// New opens the desk of certificates.
func New(ctx context.Context, h *modules.House, asks Asks) (*Certificates, error) {
	m := &Certificates{Asks: asks}
	d, err := modules.NewDesk(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	d.Unplaced = true
	m.Desk = d
	d.Columns = []modules.Column[Certificate]{{Key: "certificate.list", Cell: func(v modules.Visitor, c *Certificate) template.HTML { return listTag(v.Lang, c.List) }}}
	d.Filters = map[string]string{"list": "list", "code": "code"}
	d.Detail = m.detail
	d.Starts = map[string]func(context.Context, modules.Visitor, *Certificate) web.Values{"amend": m.startAmend}
	d.Letters = map[string]func(context.Context, modules.Visitor, *Certificate) (*modules.Letter, error){"decline_slip": m.declineSlip}
	h.Menu(modules.MenuEntry{Href: "/certificates", LabelKey: "certificates.title", Order: 88})
	return m, nil
}

// Module gives what the house serves. Its list stands before the desk's.
func (m *Certificates) Module() modules.Module {
	return modules.Module{Name: "certificates", Routes: func(r fiber.Router) { r.Get("/certificates", m.listPage) }}
}

func (m *Certificates) startAmend(_ context.Context, _ modules.Visitor, c *Certificate) web.Values {
	row, _ := m.Desk.Engine.Table.Act("amend")
	return row.Do.Input.Values(&c.Wording)
}

// inForce gives the kinds of a list in the order of their codes.
func (m *Certificates) inForce(ctx context.Context, list string) ([]*Certificate, error) {
	cs, err := m.Desk.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "list", Op: store.Eq, Value: list},
		{Field: "state", Op: store.Eq, Value: "in_force"}}, Sort: "code", Limit: 200})
	return cs, fault.Wrap(err, "list certificates")
}
