package orders

import (
	"context"
	"html/template"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/web"
)

// itemsHere are the admitted items that may have caused an order.
func (m *Orders) itemsHere(ctx context.Context, _ portal.Visitor, o *Order) ([]web.Option, error) {
	if o.Community == "" {
		return nil, nil
	}
	its, err := m.items.WorkingAt(ctx, o.Community)
	return items.Options(its), err
}

// articlesFor are the knowledge articles that may answer an order.
func (m *Orders) articlesFor(ctx context.Context, _ portal.Visitor, o *Order) (out []web.Option, err error) {
	found, err := m.knowledge.Search(ctx, o.Words, o.Category, 8)
	for _, f := range found {
		out = append(out, web.Option{Value: f.ID, Text: f.Title})
	}
	return out, err
}

// suggested fills in the unit that a dispatch rule names.
func (m *Orders) suggested(_ context.Context, _ portal.Visitor, o *Order) web.Values {
	s, ok := m.dispatch.Suggest(o.Category, o.Community, m.Clock())
	if !ok {
		return web.Values{}
	}
	return web.Values{"unit": {s.Unit}, "basis": {s.Rule}}
}

// limitHint says by which limits the unit will be held.
func (m *Orders) limitHint(_ context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	if o == nil {
		return "", nil
	}
	l, lim := v.Lang, o.closing(o.Settings)
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("order.limit_is", "n", lim.text(l, o.Settings), "rule", lim.rule, "class", l.T("order.class."+o.Class))
		h.Raw(`</p>`)
	}), nil
}

// similar shows what may be the same request.
func (m *Orders) similar(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	if o == nil {
		return "", nil
	}
	like, err := m.Like(ctx, v.Actor, o.Category, o.Community, o.Words, o.ID)
	if err != nil || len(like) == 0 {
		return "", err
	}
	return web.Panel(v.Lang, web.Warn, "order.perhaps_same", links(v.Lang, like)), nil
}

// links lead to some orders.
func links(l web.Lang, bs []Brief) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, x := range bs {
			h.Raw(`<li>`)
			h.Add(web.Link("/orders/"+x.ID, x.No+" "+x.Title))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})
}
