package emergencies

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// Emergencies is the module.
type Emergencies struct {
	Asks
	Resource *portal.Resource[Emergency]
	memory   memory
}

// New opens the desk of emergencies.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Emergencies, error) {
	m := &Emergencies{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Engine.Cases().OnSave(m.memory.learn)
	d.Columns, d.Detail = m.columns(), m.detail
	d.Filters = map[string]string{"bypass": "bypass"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Emergency) web.Values{"declare": m.startDeclare, "file": m.startFile}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Emergency) (template.HTML, error){"declare": m.duty}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Emergency) (*portal.Letter, error){"notice": m.notice}
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/emergencies", LabelKey: "emergencies.title", Order: 45, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "emergency_authority", "auditor")
	}})
	return m, nil
}

// Module gives what the house serves and starts.
func (m *Emergencies) Module() portal.Module {
	return portal.Module{Name: "emergencies", Routes: func(fiber.Router) {}, Load: m.Load}
}
