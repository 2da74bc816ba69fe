package knowledge

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what the articles need of other modules, in plain types.
type Asks struct {
	// District gives the districts of the city.
	District func() []string
	// Answered tells what was said to an enquiry; false when it was none.
	Answered func(ctx context.Context, order string) (Answered, bool, error)
}

// Knowledge is the module.
type Knowledge struct {
	Resource *portal.Resource[Article]
	house    *portal.Portal
	asks     Asks
	uses     *store.Collection[use]
}

// New opens the desk of articles.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Knowledge, error) {
	m := &Knowledge{house: h, asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	if m.uses, err = store.Open(ctx, h.Store, store.Spec{Name: "article_uses"}, func(*use) map[string]any { return nil }); err != nil {
		return nil, err
	}
	m.Resource = d
	d.Unplaced = true
	d.Columns, d.Detail, d.Redact = m.columns(), m.detail, m.redact
	d.Filters = map[string]string{"category": "category", "owner": "owner"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Article) web.Values{"amend": m.startContent("amend"), "revise": m.startContent("revise")}
	beside := func(ctx context.Context, v portal.Visitor, a *Article) (template.HTML, error) {
		return m.proposals(ctx, v, a)
	}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Article) (template.HTML, error){"amend": beside, "revise": beside, "leave": beside}
	m.offer()
	h.Bus.OnName("order.answered", m.onAnswered)
	h.Menu(portal.MenuEntry{Href: "/knowledge", LabelKey: "knowledge.title", Order: 12})
	h.Menu(portal.MenuEntry{Href: "/articles", LabelKey: "articles.title", Order: 66, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}

// Module gives the residents' page.
func (m *Knowledge) Module() portal.Module {
	return portal.Module{Name: "knowledge", Routes: m.routes}
}

func (m *Knowledge) routes(r fiber.Router) {
	r.Get("/knowledge", m.page)
	r.Get("/api/v1/knowledge", m.page)
}

func (m *Knowledge) district() string {
	if m.asks.District != nil {
		if ds := m.asks.District(); len(ds) > 0 {
			return ds[0]
		}
	}
	return ""
}

func (m *Knowledge) startContent(act string) func(context.Context, portal.Visitor, *Article) web.Values {
	return func(_ context.Context, _ portal.Visitor, a *Article) web.Values {
		row, _ := m.Resource.Engine.Table.Act(act)
		return row.Do.Input.Values(&a.Content)
	}
}

// offer gives the choices of the form.
func (m *Knowledge) offer() {
	m.house.Offer("article_categories", func(_ context.Context, v portal.Visitor) ([]web.Option, error) { return categories(v.Lang), nil })
	m.house.Offer("article_owners", func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
		all, err := m.house.Options(ctx, v, "departments_district", "streets")
		if err != nil {
			return nil, err
		}
		var out []web.Option
		for _, g := range []struct{ from, key string }{{"departments_district", "article.departments"}, {"streets", "article.streets"}} {
			for _, o := range all[g.from] {
				out = append(out, web.Option{Value: o.Value, Text: o.Text, Group: v.Lang.T(g.key)})
			}
		}
		return out, nil
	})
}

func categories(l web.Lang) []web.Option {
	var out []web.Option
	for _, c := range portal.Categories {
		out = append(out, web.Option{Value: c.Code, Text: l.T("category." + c.Code), Group: l.T("category_group." + c.Group)})
	}
	return out
}
