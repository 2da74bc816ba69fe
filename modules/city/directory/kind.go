package directory

import (
	"context"
	"fmt"
	"html/template"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// The states of areas and departments.
const (
	Open   = "open"
	Closed = "closed"
)

var states = []lifecycle.State{
	{Name: Open, Shelf: lifecycle.Public, Tone: "good"},
	{Name: Closed, Shelf: lifecycle.Public, Tone: "neutral"},
}

func (d *Directory) areas() portal.Kind[Area] {
	return portal.Kind[Area]{
		Table: lifecycle.Table[Area]{
			Noun: "area", Plural: "areas", Prefix: "DQ", States: states,
			ID:    func(a *Area) string { return a.Code },
			Title: func(a *Area) string { return a.Hans },
			Scope: func(a *Area) lifecycle.Scope { return lifecycle.Scope{Places: areaPlaces(a)} },
			Facts: func(a *Area, _ *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(d.mem.holds(a.Code), "has_parts")}, nil
			},
			Fields:  []store.Field{{Name: "level"}, {Name: "parent"}, {Name: "rank"}},
			Indexes: []store.Index{{Name: "rank", Fields: []string{"rank"}}},
			Extract: d.areaFields,
			Acts: []lifecycle.Act[Area]{
				{Name: "found", To: []string{Open}, Do: lifecycle.Fills("area", d.foundArea)},
				{Name: "amend", From: []string{Open}, Look: lifecycle.Primary, Do: lifecycle.Takes("area", amendArea)},
				{Name: "close", From: []string{Open}, To: []string{Closed}, Look: lifecycle.Danger},
			},
		},
		View: portal.View[Area]{
			Columns: "level parent households phone",
			Sections: []portal.Section[Area]{
				{Fields: "parent households members residents phone hours term_until"},
				{Title: "parts", HTML: d.parts},
			},
			Words: map[string]portal.Word[Area]{
				"parent":     func(v portal.Visitor, a *Area) web.Value { return d.place(v, a.Parent) },
				"households": func(_ portal.Visitor, a *Area) web.Value { return web.Number(d.Households(a.Code)) },
				"phone":      func(_ portal.Visitor, a *Area) web.Value { return phone(a.Phone) },
			},
		},
		Unplaced: true,
		Sort:     "rank",
		Filters:  map[string]string{"level": "level", "parent": "parent"},
		Prefill:  map[string]string{"amend": ""},
		Lead: func(v portal.Visitor, a *Area) template.HTML {
			return lead(v.Lang, d.Areas.StateTag(v.Lang, a), a.Script, a.Level)
		},
	}
}

func (d *Directory) departments() portal.Kind[Department] {
	return portal.Kind[Department]{
		Table: lifecycle.Table[Department]{
			Noun: "department", Plural: "departments", Prefix: "BM", States: states,
			ID:    func(x *Department) string { return x.Code },
			Title: func(x *Department) string { return x.Hans },
			Scope: func(x *Department) lifecycle.Scope { return lifecycle.Scope{Places: []string{x.Place}} },
			Facts: func(x *Department, _ *lifecycle.Step) ([]string, error) {
				return []string{lifecycle.When(d.mem.channels(x.Code), "is_channel")}, nil
			},
			Fields: []store.Field{{Name: "level"}, {Name: "kind"}},
			Extract: func(x *Department) map[string]any {
				return map[string]any{"level": x.Level, "kind": x.Kind}
			},
			Acts: []lifecycle.Act[Department]{
				{Name: "found", To: []string{Open}, Do: lifecycle.Fills("department", d.foundDepartment)},
				{Name: "amend", From: []string{Open}, Look: lifecycle.Primary, Do: lifecycle.Takes("department", d.amendDepartment)},
				{Name: "close", From: []string{Open}, To: []string{Closed}, Look: lifecycle.Danger},
			},
		},
		View: portal.View[Department]{
			Columns:  "level kind phone",
			Sections: []portal.Section[Department]{{Fields: "kind place channel phone duty"}},
			Words: map[string]portal.Word[Department]{
				"place":   func(v portal.Visitor, x *Department) web.Value { return d.place(v, x.Place) },
				"channel": d.channel,
				"phone":   func(_ portal.Visitor, x *Department) web.Value { return phone(x.Phone) },
				"duty": func(_ portal.Visitor, x *Department) web.Value {
					return web.Value{Text: x.Duty, HTML: web.Paragraphs(x.Duty)}
				},
			},
		},
		Unplaced: true,
		Filters:  map[string]string{"level": "level", "kind": "kind"},
		Prefill:  map[string]string{"amend": ""},
		Lead: func(v portal.Visitor, x *Department) template.HTML {
			return lead(v.Lang, d.Departments.StateTag(v.Lang, x), x.Script, x.Level)
		},
	}
}

// areaPlaces is where somebody must hold a role to act on the area: a place
// that is not founded yet has only the one above it.
func areaPlaces(a *Area) []string {
	switch {
	case a.State != "":
		return []string{a.Code}
	case a.Parent != "":
		return []string{a.Parent}
	}
	return nil
}

// areaFields says itself where the place lies: when it is first saved, the
// tree does not know it yet.
func (d *Directory) areaFields(a *Area) map[string]any {
	x := map[string]any{"level": a.Level, "parent": nil, "rank": fmt.Sprintf("%d %s", slices.Index(levels, a.Level), a.Code)}
	if a.Parent != "" {
		x["parent"] = a.Parent
	}
	chain := append([]string{a.Code}, d.portal.Places.Chain(a.Parent)...)
	if n := len(chain); n >= 2 {
		x["district"], x["scope"] = chain[n-2], chain[:n-2]
	}
	return x
}

// lead says under a name, which stands in one script, what it is in the reader's.
func lead(l web.Lang, state template.HTML, name Script, level string) template.HTML {
	return web.Join(state, web.Text(" "+name.In(l)+" · "), web.Translated(l, "level."+level))
}

// parts lists what lies right below a place.
func (d *Directory) parts(_ context.Context, v portal.Visitor, a *Area) (template.HTML, error) {
	parts := d.mem.below(a.Code)
	if len(parts) == 0 {
		return "", nil
	}
	t := web.Table{Head: []web.Col{{Key: "area.name"}, {Key: "area.households", Num: true}, {Key: "area.phone"}}}
	for _, p := range parts {
		t.Rows = append(t.Rows, []web.Cell{web.Linked("/areas/"+p.Code, p.Script.In(v.Lang)).Cell(), web.Number(d.Households(p.Code)).Cell(), phone(p.Phone).Cell()})
	}
	return t.HTML(v.Lang), nil
}

// channel is where a city bureau must go through (R12).
func (d *Directory) channel(v portal.Visitor, x *Department) web.Value {
	switch {
	case x.Level != City:
		return web.Value{}
	case x.Channel == "":
		return web.Words(v.Lang.T("department.no_channel"))
	}
	return web.Linked("/departments/"+x.Channel, d.portal.Names.Department(v.Lang, x.Channel))
}

func (d *Directory) place(v portal.Visitor, id string) web.Value {
	if id == "" {
		return web.Value{}
	}
	return web.Linked("/areas/"+id, d.portal.Names.Place(v.Lang, id))
}

func phone(s string) web.Value {
	if s == "" {
		return web.Value{}
	}
	return web.Linked("tel:"+s, s)
}
