package gazetteer

import (
	"context"
	"fmt"
	"html/template"

	"gatehouse/modules"
	"gatehouse/web"
)

func (g *Gazetteer) dress() {
	d := g.Desk
	d.Columns = []modules.Column[Landmark]{
		{Key: "case.community", Cell: func(v modules.Visitor, m *Landmark) template.HTML {
			return modules.Text(v.Lang, d.Names.Place(v.Lang, m.Community))
		}},
		{Key: "landmark.initials", Cell: func(v modules.Visitor, m *Landmark) template.HTML {
			return modules.Text(v.Lang, initials(fold(m.Name))[0])
		}},
	}
	d.Detail = g.detail
	d.Starts = map[string]func(context.Context, modules.Visitor, *Landmark) web.Values{
		"amend": func(_ context.Context, _ modules.Visitor, m *Landmark) web.Values {
			return web.Values{"name": {m.Name}, "aliases": {m.Aliases}, "community": {m.Community}, "place": {m.Place}, "position": {m.Position}}
		},
	}
}

func (g *Gazetteer) detail(_ context.Context, v modules.Visitor, m *Landmark) (template.HTML, error) {
	l := v.Lang
	where := ""
	if m.Placed {
		where = fmt.Sprintf("%.6f, %.6f", float64(m.Lat)/1e6, float64(m.Long)/1e6)
	}
	return web.Section(l, "landmark.part", web.Summary(l, modules.Filled(
		modules.Pair(l, "landmark.name", m.Name),
		modules.Pair(l, "landmark.aliases", m.Aliases),
		modules.Pair(l, "landmark.initials", initials(fold(m.Name))[0]),
		modules.Pair(l, "case.community", g.Desk.Names.Place(l, m.Community)),
		modules.Pair(l, "landmark.place", m.Place),
		modules.Pair(l, "landmark.position", where))...)), nil
}
