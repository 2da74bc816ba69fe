package directory

import (
	"fmt"
	"slices"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
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

func (d *Directory) areaTable() lifecycle.Table[Area] {
	return lifecycle.Table[Area]{
		Noun: "area", Plural: "areas", Prefix: "DQ", States: states,
		ID:    func(a *Area) string { return a.Code },
		Title: func(a *Area) string { return a.Hans },
		Scope: func(a *Area) lifecycle.Scope { return lifecycle.Scope{Places: areaPlaces(a)} },
		Facts: func(a *Area, s *lifecycle.Step) ([]string, error) {
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
	}
}

func (d *Directory) departmentTable() lifecycle.Table[Department] {
	return lifecycle.Table[Department]{
		Noun: "department", Plural: "departments", Prefix: "BM", States: states,
		ID:    func(x *Department) string { return x.Code },
		Title: func(x *Department) string { return x.Hans },
		Scope: func(x *Department) lifecycle.Scope { return lifecycle.Scope{Places: []string{x.Place}} },
		Facts: func(x *Department, s *lifecycle.Step) ([]string, error) {
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
	chain := append([]string{a.Code}, d.house.Places.Chain(a.Parent)...)
	if n := len(chain); n >= 2 {
		x["district"], x["scope"] = chain[n-2], chain[:n-2]
	}
	return x
}
