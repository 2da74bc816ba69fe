package directory

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// dress sets how lists and pages of both desks look.
func (d *Directory) dress() {
	d.Areas.Columns = []portal.Column[Area]{
		{Key: "area.level", Cell: func(v portal.Visitor, a *Area) template.HTML { return web.Translated(v.Lang, "level."+a.Level) }},
		{Key: "area.parent", Cell: func(v portal.Visitor, a *Area) template.HTML { return d.placeLink(v.Lang, a.Parent) }},
		{Key: "area.households", Num: true, Cell: func(v portal.Visitor, a *Area) template.HTML { return count(d.Households(a.Code)) }},
		{Key: "area.phone", Cell: func(v portal.Visitor, a *Area) template.HTML { return phone(a.Phone) }},
	}
	d.Areas.Sort = "rank"
	d.Areas.Filters = map[string]string{"level": "level", "parent": "parent"}
	d.Areas.Lead = d.areaLead
	d.Areas.Detail = d.areaDetail
	d.Areas.Initial = map[string]func(context.Context, portal.Visitor, *Area) web.Values{"amend": areaValues}

	d.Departments.Columns = []portal.Column[Department]{
		{Key: "department.level", Cell: func(v portal.Visitor, x *Department) template.HTML {
			return web.Translated(v.Lang, "level."+x.Level)
		}},
		{Key: "department.kind", Cell: func(v portal.Visitor, x *Department) template.HTML {
			return web.Translated(v.Lang, "department.kind."+x.Kind)
		}},
		{Key: "department.phone", Cell: func(v portal.Visitor, x *Department) template.HTML { return phone(x.Phone) }},
	}
	d.Departments.Filters = map[string]string{"level": "level", "kind": "kind"}
	d.Departments.Lead = d.departmentLead
	d.Departments.Detail = d.departmentDetail
	d.Departments.Initial = map[string]func(context.Context, portal.Visitor, *Department) web.Values{"amend": departmentValues}
}

func (d *Directory) areaLead(v portal.Visitor, a *Area) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(d.Areas.StateTag(v.Lang, a))
		h.Text(" " + a.Script.In(v.Lang) + " · ")
		h.T("level." + a.Level)
	})
}

func (d *Directory) areaDetail(_ context.Context, v portal.Visitor, a *Area) (template.HTML, error) {
	l := v.Lang
	ps := []web.Pair{{Key: "area.parent", Value: d.placeLink(l, a.Parent)},
		{Key: "area.households", Value: count(d.Households(a.Code))}, {Key: "area.members", Value: count(a.Members)}}
	if a.Residents > 0 {
		ps = append(ps, web.Pair{Key: "area.residents", Value: count(a.Residents)})
	}
	ps = append(ps, web.Pair{Key: "area.phone", Value: phone(a.Phone)}, web.Pair{Key: "area.hours", Value: web.Text(a.Hours)})
	if a.TermUntil != "" {
		ps = append(ps, web.Pair{Key: "area.term_until", Value: web.Text(l.Day(a.TermUntil))})
	}
	out := web.Summary(l, ps...)
	if parts := d.mem.below(a.Code); len(parts) > 0 {
		out = web.Join(out, web.Section(l, "area.parts", d.partsTable(l, parts)))
	}
	return out, nil
}

func (d *Directory) partsTable(l web.Lang, parts []*Area) template.HTML {
	t := web.Table{Head: []web.Col{{Key: "area.name"}, {Key: "area.households", Num: true}, {Key: "area.phone"}}}
	for _, p := range parts {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(p.Script.In(l)), Href: "/areas/" + p.Code}, {HTML: count(d.Households(p.Code))}, {HTML: phone(p.Phone)}})
	}
	return t.HTML(l)
}

func (d *Directory) departmentLead(v portal.Visitor, x *Department) template.HTML {
	return portal.In(v.Lang, func(h *web.H) {
		h.Add(d.Departments.StateTag(v.Lang, x))
		h.Text(" " + x.Script.In(v.Lang) + " · ")
		h.T("level." + x.Level)
	})
}

func (d *Directory) departmentDetail(_ context.Context, v portal.Visitor, x *Department) (template.HTML, error) {
	l := v.Lang
	ps := []web.Pair{{Key: "department.kind", Value: web.Translated(l, "department.kind."+x.Kind)},
		{Key: "department.place", Value: d.placeLink(l, x.Place)}}
	if x.Level == City { // R12
		channel := web.Translated(l, "department.no_channel")
		if x.Channel != "" {
			channel = web.Link("/departments/"+x.Channel, d.house.Names.Department(l, x.Channel))
		}
		ps = append(ps, web.Pair{Key: "department.channel", Value: channel})
	}
	return web.Summary(l, append(ps, web.Pair{Key: "department.phone", Value: phone(x.Phone)},
		web.Pair{Key: "department.duty", Value: web.Paragraphs(x.Duty)})...), nil
}

func (d *Directory) placeLink(l web.Lang, id string) template.HTML {
	if id == "" {
		return ""
	}
	return web.Link("/areas/"+id, d.house.Names.Place(l, id))
}

func phone(s string) template.HTML {
	if s == "" {
		return ""
	}
	return web.Link("tel:"+s, s)
}

func count(n int64) template.HTML { return web.Text(strconv.FormatInt(n, 10)) }

func areaValues(_ context.Context, _ portal.Visitor, a *Area) web.Values {
	return web.Values{"name_hans": {a.Hans}, "name_hant": {a.Hant}, "name_en": {a.En}, "phone": {a.Phone}, "hours": {a.Hours},
		"households": {strconv.FormatInt(a.Households, 10)}, "residents": {strconv.FormatInt(a.Residents, 10)}, "members": {strconv.FormatInt(a.Members, 10)}, "term_until": {string(a.TermUntil)}}
}

func departmentValues(_ context.Context, _ portal.Visitor, x *Department) web.Values {
	return web.Values{"name_hans": {x.Hans}, "name_hant": {x.Hant}, "name_en": {x.En}, "phone": {x.Phone}, "duty": {x.Duty}, "channel": {x.Channel}}
}
