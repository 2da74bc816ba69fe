package gazetteer

import (
	"context"
	"fmt"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (g *Gazetteer) dress() {
	d := g.Resource
	d.Columns = []portal.Column[Landmark]{
		{Key: "case.community", Cell: func(v portal.Visitor, m *Landmark) template.HTML {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, m.Community))
		}},
		{Key: "landmark.initials", Cell: func(v portal.Visitor, m *Landmark) template.HTML {
			return portal.Text(v.Lang, initials(fold(m.Name))[0])
		}},
	}
	d.Detail = g.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Landmark) web.Values{
		"amend": func(_ context.Context, _ portal.Visitor, m *Landmark) web.Values {
			return web.Values{"name": {m.Name}, "aliases": {m.Aliases}, "community": {m.Community}, "place": {m.Place}, "position": {m.Position}}
		},
	}
}

func (g *Gazetteer) detail(_ context.Context, v portal.Visitor, m *Landmark) (template.HTML, error) {
	l := v.Lang
	where := ""
	if m.Placed {
		where = fmt.Sprintf("%.6f, %.6f", float64(m.Lat)/1e6, float64(m.Long)/1e6)
	}
	return web.Section(l, "landmark.part", web.Summary(l, portal.Filled(
		portal.Pair(l, "landmark.name", m.Name),
		portal.Pair(l, "landmark.aliases", m.Aliases),
		portal.Pair(l, "landmark.initials", initials(fold(m.Name))[0]),
		portal.Pair(l, "case.community", g.Resource.Names.Place(l, m.Community)),
		portal.Pair(l, "landmark.place", m.Place),
		portal.Pair(l, "landmark.position", where))...)), nil
}
