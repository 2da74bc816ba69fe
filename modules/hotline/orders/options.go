package orders

import (
	"context"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// categories are the choices of a category, by group.
func (m *Orders) categories(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	var out []web.Option
	for _, c := range portal.Categories {
		out = append(out, web.Option{Value: c.Code, Text: v.Lang.T("category." + c.Code), Group: v.Lang.T("category_group." + c.Group)})
	}
	return out, nil
}

// units are the departments of the district and the streets.
func (m *Orders) units(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	os, err := m.Options(ctx, v, "departments_district", "communities")
	if err != nil {
		return nil, err
	}
	l := v.Lang
	var out []web.Option
	for _, o := range os["departments_district"] {
		out = append(out, web.Option{Value: o.Value, Text: o.Text, Group: l.T("order.units_departments")})
	}
	var streets []string
	for _, o := range os["communities"] {
		if s := m.street(o.Value); s != "" && !slices.Contains(streets, s) {
			streets = append(streets, s)
			out = append(out, web.Option{Value: s, Text: m.Names.Place(l, s), Group: l.T("order.units_streets")})
		}
	}
	return out, nil
}

// unitName is the name of a department or a street.
func (m *Orders) unitName(l web.Lang, unit string) string {
	switch {
	case unit == "":
		return ""
	case m.Names.Known("department", unit):
		return m.Names.Department(l, unit)
	}
	return m.Names.Place(l, unit)
}

// itemsHere are the admitted items that may have caused an order.
func (m *Orders) itemsHere(ctx context.Context, v portal.Visitor, o *Order) ([]web.Option, error) {
	if m.Items == nil || o.Community == "" {
		return nil, nil
	}
	ids, titles, err := m.Items(ctx, o.Community)
	var out []web.Option
	for i, id := range ids {
		out = append(out, web.Option{Value: id, Text: titles[i]})
	}
	return out, err
}

// articlesFor are the knowledge articles that may answer an order.
func (m *Orders) articlesFor(ctx context.Context, v portal.Visitor, o *Order) ([]web.Option, error) {
	if m.Articles == nil {
		return nil, nil
	}
	ids, titles, err := m.Articles(ctx, o.Words, o.Category)
	var out []web.Option
	for i, id := range ids {
		out = append(out, web.Option{Value: id, Text: titles[i]})
	}
	return out, err
}

func startTriage(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	return web.Values{"type": {o.Type}, "category": {o.Category}, "class": {o.Class}, "community": {o.Community}, "item": {o.Item}}
}

// startFileFor fills in the community of committee staff who have only one.
func (m *Orders) startFileFor(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	if own := m.OwnPlaces(v, "committee_staff"); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}

// startDispatch fills in the unit that a dispatch rule names.
func (m *Orders) startDispatch(ctx context.Context, v portal.Visitor, o *Order) web.Values {
	if m.Suggest == nil {
		return web.Values{}
	}
	unit, rule, ok := m.Suggest(ctx, o.Category, o.Community)
	if !ok {
		return web.Values{}
	}
	return web.Values{"unit": {unit}, "basis": {rule}}
}

// besideDispatch says by which limits the unit will be held.
func (m *Orders) besideDispatch(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	if o == nil {
		return "", nil
	}
	l, lim := v.Lang, o.closing(o.Settings)
	n := l.T("order.same_day")
	if !lim.today {
		n = l.T("order.n_"+lim.unit, "n", o.Settings.Int(lim.setting))
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("order.limit_is", "n", n, "rule", lim.rule, "class", l.T("order.class."+o.Class))
		h.Raw(`</p>`)
	}), nil
}

// besideTriage shows what may be the same request.
func (m *Orders) besideTriage(ctx context.Context, v portal.Visitor, o *Order) (template.HTML, error) {
	if o == nil {
		return "", nil
	}
	like, err := m.Like(ctx, v.Actor, o.Category, o.Community, o.Words, o.ID)
	if err != nil || len(like) == 0 {
		return "", err
	}
	l := v.Lang
	return web.Panel(l, web.Warn, "order.perhaps_same", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, x := range like {
			h.Raw(`<li>`)
			h.Add(web.Link("/orders/"+x.ID, x.No+" "+x.Title))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})), nil
}
