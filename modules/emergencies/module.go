package emergencies

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
	"gatehouse/web"
)

// Emergencies is the module.
type Emergencies struct {
	Asks
	Desk   *modules.Desk[Emergency]
	memory memory
}

// New opens the desk of emergencies.
func New(ctx context.Context, h *modules.House, asks Asks) (*Emergencies, error) {
	m := &Emergencies{Asks: asks}
	d, err := modules.NewDesk(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Desk = d
	d.Engine.Cases().OnSave(m.memory.learn)
	d.Columns, d.Detail = m.columns(), m.detail
	d.Filters = map[string]string{"bypass": "bypass"}
	d.Starts = map[string]func(context.Context, modules.Visitor, *Emergency) web.Values{"declare": m.startDeclare, "file": m.startFile}
	d.Beside = map[string]func(context.Context, modules.Visitor, *Emergency) (template.HTML, error){"declare": m.duty}
	d.Letters = map[string]func(context.Context, modules.Visitor, *Emergency) (*modules.Letter, error){"notice": m.notice}
	h.Home(m.home)
	h.Menu(modules.MenuEntry{Href: "/emergencies", LabelKey: "emergencies.title", Order: 45, Show: func(v modules.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "emergency_authority", "auditor")
	}})
	return m, nil
}

// Module gives what the house serves and starts.
func (m *Emergencies) Module() modules.Module {
	return modules.Module{Name: "emergencies", Routes: func(fiber.Router) {}, Load: m.Load}
}
