package plaques

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Plaques) dress() {
	d := m.Resource
	d.Columns = []portal.Column[Plaque]{
		{Key: "case.community", Cell: func(v portal.Visitor, p *Plaque) template.HTML {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, p.Community))
		}},
		{Key: "plaque.owner", Cell: func(v portal.Visitor, p *Plaque) template.HTML { return portal.Text(v.Lang, m.owner(v.Lang, p)) }},
		{Key: "plaque.position", Cell: func(v portal.Visitor, p *Plaque) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("plaque.position."+p.Position))
		}},
	}
	d.Filters = map[string]string{"outcome": "outcome", "launch": "launch", "community": "community", "hangs": "hangs"}
	d.Detail, d.Above = m.detail, m.above
	d.Initial = map[string]func(context.Context, portal.Visitor, *Plaque) web.Values{
		"request": m.startRequest, "find": m.startFind,
		"hang": func(_ context.Context, _ portal.Visitor, p *Plaque) web.Values {
			return web.Values{"at": {p.Position}}
		},
		"regularise": func(context.Context, portal.Visitor, *Plaque) web.Values { return web.Values{"position": {window}} },
	}
}

func (m *Plaques) startRequest(_ context.Context, v portal.Visitor, _ *Plaque) web.Values {
	out := web.Values{"position": {window}, "owner": {department}}
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		out["department"] = []string{own[0].Value}
	}
	if own := m.Resource.OwnPlaces(v, "committee_head"); len(own) == 1 {
		out["community"] = []string{own[0].Value}
	}
	return out
}

func (m *Plaques) startFind(_ context.Context, v portal.Visitor, _ *Plaque) web.Values {
	if own := m.Resource.OwnPlaces(v, "committee_staff"); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}

// owner names whose plaque it is.
func (m *Plaques) owner(l web.Lang, p *Plaque) string {
	if p.Department != "" {
		return m.Resource.Names.Department(l, p.Department)
	}
	return l.T("plaque.owner." + p.Owner)
}

func (m *Plaques) detail(ctx context.Context, v portal.Visitor, p *Plaque) (template.HTML, error) {
	l := v.Lang
	ps := portal.Filled(
		portal.Pair(l, "case.community", m.Resource.Names.Place(l, p.Community)),
		portal.Pair(l, "plaque.owner", m.owner(l, p)),
		portal.Pair(l, "plaque.position", l.T("plaque.position."+p.Position)),
		portal.Pair(l, "plaque.found_at", portal.Choice(l, "plaque.position.", p.FoundAt)),
		portal.Pair(l, "plaque.reason", p.Reason),
		portal.Pair(l, "plaque.result", portal.Choice(l, "plaque.result.", p.Checked)),
		portal.Pair(l, "case.rule", portal.Rule(l, p.rule())))
	if p.Item != "" {
		_, title, _, _, err := m.Brief(ctx, p.Item)
		if err != nil {
			return "", err
		}
		ps = append(ps, web.Pair{Key: "plaque.item", Value: web.Link("/items/"+p.Item, title)})
	}
	if p.Window != "" {
		ps = append(ps, web.Pair{Key: "plaque.window", Value: web.Link("/windows/"+p.Window, l.T("plaque.to_window"))})
	}
	if p.Launch {
		ps = append(ps, web.Pair{Key: "plaque.launch", Value: web.Tag(l, web.Neutral, "plaque.outcome."+p.outcome())})
	}
	return web.Summary(l, ps...), nil
}

// rule is the rule that says where the plaque may hang.
func (p *Plaque) rule() string {
	if p.own() {
		return "R39"
	}
	return "R40"
}

// above leads to the clean-up.
func (m *Plaques) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("plaques.lead")
		h.Text(" ")
		h.Add(web.Link("/plaques/cleanup", l.T("cleanup.title")))
		h.Raw(`</p>`)
	}), nil
}
