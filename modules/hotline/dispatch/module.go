package dispatch

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// Asks is what the rules need of other modules, in plain types.
type Asks struct {
	// Past gives old orders of a category in a place since a moment, the newest
	// first, at most so many; more tells whether there are others.
	Past func(ctx context.Context, category, place string, since time.Time, most int) (past []Past, more bool, err error)
	// Ruling tells what was finally ruled on an order; false when nothing was.
	Ruling func(ctx context.Context, order string) (Ruling, bool, error)
}

// Dispatch is the module.
type Dispatch struct {
	Resource *portal.Resource[Rule]
	house    *portal.Portal
	asks     Asks
	memory   memory
}

// New opens the desk of dispatch rules.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Dispatch, error) {
	m := &Dispatch{house: h, asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Engine.Cases().OnSave(m.memory.learn)
	d.Columns, d.Detail, d.Lead = m.columns(), m.detail, m.lead
	d.Filters = map[string]string{"category": "category", "unit": "unit"}
	d.Above = m.above
	d.Initial = map[string]func(context.Context, portal.Visitor, *Rule) web.Values{"amend": m.startAmend}
	m.offer()
	h.Bus.OnName("order.ruled", m.onRuled)
	h.Bus.OnName("dispatch_rule.enforced", m.onEnforced)
	h.Menu(portal.MenuEntry{Href: "/dispatch_rules", LabelKey: "dispatch_rules.title", Order: 64, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "street_cadre", "dept_clerk", "auditor")
	}})
	return m, nil
}

// Module gives what the house serves and starts. Its routes stand before the
// desk's: /dispatch_rules/lookup would else be taken for a rule.
func (m *Dispatch) Module() portal.Module {
	return portal.Module{Name: "dispatch", Routes: m.routes, Load: m.Load}
}

func (m *Dispatch) routes(r fiber.Router) {
	r.Get("/dispatch_rules/lookup", m.lookupPage)
	r.Get("/api/v1/dispatch_rules/lookup", m.lookupAPI)
}

func (m *Dispatch) startAmend(ctx context.Context, v portal.Visitor, r *Rule) web.Values {
	row, _ := m.Resource.Engine.Table.Act("amend")
	return row.Do.Input.Values(&r.Content)
}

// offer gives the choices of the form.
func (m *Dispatch) offer() {
	m.house.Offer("dispatch_categories", func(_ context.Context, v portal.Visitor) ([]web.Option, error) {
		return categories(v.Lang), nil
	})
	m.house.Offer("dispatch_places", func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
		return m.places(ctx, v)
	})
	m.house.Offer("dispatch_units", func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
		return m.units(ctx, v)
	})
}

func categories(l web.Lang) []web.Option {
	var out []web.Option
	for _, c := range portal.Categories {
		out = append(out, web.Option{Value: c.Code, Text: c.Code + " " + l.T("category."+c.Code), Group: l.T("category_group." + c.Group)})
	}
	return out
}

// places are all districts, streets and communities.
func (m *Dispatch) places(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	all, err := m.house.Options(ctx, v, "areas")
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, o := range all["areas"] {
		if len(m.house.Places.Chain(o.Value)) >= district {
			out = append(out, o)
		}
	}
	return out, nil
}

// units are the departments of the district, then the streets.
func (m *Dispatch) units(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	all, err := m.house.Options(ctx, v, "departments_district", "streets")
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, o := range all["departments_district"] {
		out = append(out, web.Option{Value: o.Value, Text: o.Text, Group: v.Lang.T("dispatch_rule.departments")})
	}
	for _, o := range all["streets"] {
		out = append(out, web.Option{Value: o.Value, Text: o.Text, Group: v.Lang.T("dispatch_rule.streets")})
	}
	return out, nil
}
