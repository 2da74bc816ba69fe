package knowledge

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/store"
)

// Knowledge is the module.
type Knowledge struct {
	*portal.Resource[Article]
	// Answer gives what was said to an enquiry, "" where that is not known.
	Answer *portal.Slot[func(ctx context.Context, order string) (string, error)]
	uses   *store.Collection[use]
}

// New opens the articles.
func New(ctx context.Context, h *portal.Portal) (m *Knowledge, err error) {
	m = &Knowledge{Answer: portal.NewSlot[func(context.Context, string) (string, error)](h, "knowledge.Answer")}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	if m.uses, err = store.Open(ctx, h.Store, store.Spec{Name: "article_uses"}, func(*use) map[string]any { return nil }); err != nil {
		return nil, err
	}
	h.Add(portal.Module{Name: "knowledge", Routes: func(r fiber.Router) {
		r.Get("/knowledge", m.page)
		r.Get("/api/v1/knowledge", m.page)
	}})
	h.Menu(portal.MenuEntry{Href: "/knowledge", LabelKey: "knowledge.title", Order: 12})
	h.Menu(portal.MenuEntry{Href: "/articles", LabelKey: "articles.title", Order: 66, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}
