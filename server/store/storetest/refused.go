package storetest

import (
	"strings"

	"gatehouse/server/store"
)

func refusedDeclarations(t *desk) {
	field := func(f ...store.Field) store.Spec { return store.Spec{Name: "x", Fields: f} }
	index := func(ix ...store.Index) store.Spec {
		return store.Spec{Name: "x", Fields: []store.Field{{Name: "a"}, {Name: "l", Kind: store.List}}, Indexes: ix}
	}
	for name, s := range map[string]store.Spec{
		"SQL in a name":       {Name: `x"; DROP TABLE y; --`},
		"capital":             {Name: "Order"},
		"no name":             {},
		"name of an engine":   {Name: "sqlite_master"},
		"two underscores":     {Name: "a__b"},
		"dot in a field":      field(store.Field{Name: "a.b"}),
		"field id":            field(store.Field{Name: "id"}),
		"field twice":         field(store.Field{Name: "a"}, store.Field{Name: "a"}),
		"two words fields":    field(store.Field{Name: "a", Kind: store.Words}, store.Field{Name: "b", Kind: store.Words}),
		"index of no field":   index(store.Index{Name: "i"}),
		"index of a stranger": index(store.Index{Name: "i", Fields: []string{"b"}}),
		"index of a list":     index(store.Index{Name: "i", Fields: []string{"l"}}),
		"index twice":         index(store.Index{Name: "i", Fields: []string{"a"}}, store.Index{Name: "i", Fields: []string{"-a"}}),
		"index named id":      index(store.Index{Name: "id", Fields: []string{"a"}}),
		"quote in an index":   index(store.Index{Name: `i"`, Fields: []string{"a"}}),
	} {
		if err := t.d.Ensure(t.ctx, s); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	if _, err := t.d.Get(t.ctx, "stranger", "a"); err == nil {
		t.Error("a collection that was not declared is read")
	}
}

func refusedRows(t *desk) {
	for name, r := range map[string]store.Row{
		"no id":           {Doc: []byte(`{}`)},
		"broken id":       {ID: "a\xff", Doc: []byte(`{}`)},
		"no document":     {ID: "a"},
		"a list":          {ID: "a", Doc: []byte(`[]`)},
		"broken JSON":     {ID: "a", Doc: []byte(`{"a":`)},
		"two documents":   {ID: "a", Doc: []byte(`{}{}`)},
		"too large":       {ID: "a", Doc: []byte(`{"a":"` + strings.Repeat("大", store.MaxDocument/3) + `"}`)},
		"unknown field":   {ID: "a", Doc: []byte(`{}`), X: map[string]any{"nope": 1}},
		"text for number": {ID: "a", Doc: []byte(`{}`), X: map[string]any{"due": "1"}},
		"number for text": {ID: "a", Doc: []byte(`{}`), X: map[string]any{"status": 1}},
		"text for list":   {ID: "a", Doc: []byte(`{}`), X: map[string]any{"tags": "x"}},
		"fraction":        {ID: "a", Doc: []byte(`{}`), X: map[string]any{"due": 1.5}},
	} {
		r.Revision = 1
		if t.d.Insert(t.ctx, spec.Name, r) == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	big := `{"a":"` + strings.Repeat("大", store.MaxDocument/3-4) + `"}`
	t.ok(t.d.Insert(t.ctx, spec.Name, store.Row{ID: "big", Revision: 1, Doc: []byte(big)}))
	r, err := t.d.Get(t.ctx, spec.Name, "big")
	t.ok(err)
	if string(r.Doc) != big {
		t.Error("the largest document came back different")
	}
}

// What a programmer forgets must never read as "everything".
func refusedQueries(t *desk) {
	t.add(doc("a"))
	one := func(field string, op store.Op, v any) store.Query {
		return store.Query{Where: []store.Cond{{Field: field, Op: op, Value: v}}, Limit: 1}
	}
	for name, q := range map[string]store.Query{
		"limit 0":           {},
		"limit too large":   {Limit: store.MaxLimit + 1},
		"unknown field":     one("nope", store.Eq, "x"),
		"unknown sort":      {Sort: "nope", Limit: 1},
		"sort by a list":    {Sort: "tags", Limit: 1},
		"SQL in a sort":     {Sort: "due;--", Limit: 1},
		"empty In":          one("status", store.In, []string{}),
		"nil In":            one("status", store.In, nil),
		"In of one text":    one("status", store.In, "new"),
		"In of other kind":  one("due", store.In, []string{"1"}),
		"empty Has":         one("tags", store.Has, []string{}),
		"nil HasAny":        one("tags", store.HasAny, []string(nil)),
		"Eq nil":            one("status", store.Eq, nil),
		"Eq of other kind":  one("due", store.Eq, "1"),
		"Eq on a list":      one("tags", store.Eq, "x"),
		"Has on a text":     one("status", store.Has, []string{"x"}),
		"Matches on a text": one("status", store.Matches, "x"),
		"Eq on words":       one("title", store.Eq, "x"),
		"no id":             one("id", store.IsNil, nil),
		"strange operator":  one("status", store.Op(99), "x"),
		"empty group":       {Any: [][]store.Cond{{}}, Limit: 1},
		"bad group":         {Any: [][]store.Cond{{{Field: "nope", Value: "x"}}}, Limit: 1},
		"cursor, no value":  {Sort: "due", Limit: 1, After: &store.Cursor{ID: "a"}},
		"cursor, no id":     {Sort: "due", Limit: 1, After: &store.Cursor{Value: 1}},
		"cursor, text":      {Sort: "due", Limit: 1, After: &store.Cursor{Value: "1", ID: "a"}},
	} {
		if rs, err := t.d.Find(t.ctx, spec.Name, q); err == nil {
			t.Errorf("%s is not refused and finds %d", name, len(rs))
		}
		if _, err := t.d.Count(t.ctx, spec.Name, q); err == nil && len(q.Where)+len(q.Any) > 0 {
			t.Errorf("%s is not refused by Count", name)
		}
	}
	for _, g := range [][2]string{{"nope", ""}, {"tags", ""}, {"title", ""}, {"status", "nope"}, {"status", "owner"}, {"", ""}} {
		if _, err := t.d.GroupBy(t.ctx, spec.Name, nil, g[0], g[1]); err == nil {
			t.Errorf("group by %q, sum of %q is not refused", g[0], g[1])
		}
	}
}
