package storetest

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"time"

	"gatehouse/server/store"
)

func roundTrip(t *desk) {
	for name, text := range map[string]string{
		"key order":       `{"z":1,"a":2,"m":{"y":1,"b":2}}`,
		"large integers":  `{"a":9007199254740993,"b":9223372036854775807,"c":-9223372036854775808,"d":0}`,
		"odd keys":        `{"e":{"$date":1,"$oid":"x","$numberInt":"1","$numberLong":"2","$ref":"r","$id":"i","a.b":1,"a.b.c":{"d.e":2},"＄x":1,"＄":2,"":3,"_id":4,"中 文":5}}`,
		"odd top keys":    `{"$set":{"a":1},"$where":"1","a.b":1,"_id":"other","v":9,"x":{},"":1}`,
		"odd texts":       `{"a":"'; DROP TABLE \"order\"; --","b":"$x","c":"\\\\ \\\" \\n","d":"\u2028𠮷👍🏽","e":"<a href='&'>"}`,
		"empty things":    `{"a":{},"b":[],"c":"","d":null,"e":[null,[],{}],"f":false,"g":true}`,
		"fractions":       `{"a":0.1,"b":-2.5,"c":88.5,"d":1e+300}`,
		"numbers as text": `{"0":"a","1":"b","list":[[1,2],[3,[4]]]}`,
	} {
		doc := strings.NewReplacer(`\\\\`, `\\`, `\\\"`, `\"`, `\\n`, `\n`, `\u2028`, "\u2028").Replace(text)
		r := store.Row{ID: name, Revision: 1, Doc: []byte(doc)}
		t.ok(t.d.Insert(t.ctx, spec.Name, r))
		r.Revision = 2
		t.ok(t.d.Update(t.ctx, spec.Name, r))
		got, err := t.d.Get(t.ctx, spec.Name, name)
		t.ok(err)
		if string(unescape(got.Doc)) != string(unescape([]byte(doc))) {
			t.Errorf("%s: %s came back as %s", name, doc, got.Doc)
		}
		if got.Revision != 2 || time.Since(time.UnixMilli(got.Changed)).Abs() > time.Minute || got.X != nil {
			t.Errorf("%s: row %+v", name, got)
		}
	}
}

// unescape makes equal what JSON lets one write in two ways.
func unescape(doc []byte) []byte {
	return []byte(strings.NewReplacer(`\u2028`, "\u2028").Replace(string(doc)))
}

// U+0000 is kept in texts and extracted values, and refused in ids and keys.
func zero(t *desk) {
	o := doc("a")
	o.Title, o.Owner, o.Tags = "电\x00梯", "x\x00y", []string{"p\x00q"}
	t.add(o)
	other := doc("b")
	other.Owner = "x"
	t.add(other)
	if got := t.get("a"); got.Title != o.Title || got.Owner != o.Owner || got.Tags[0] != o.Tags[0] {
		t.Errorf("came back as %+v", got)
	}
	t.wantIDs("by the text", store.Query{Where: []store.Cond{{Field: "owner", Op: store.Eq, Value: "x\x00y"}}}, "a")
	t.wantIDs("by the text before it", store.Query{Where: []store.Cond{{Field: "owner", Op: store.Eq, Value: "x"}}}, "b")
	t.wantIDs("by the list", store.Query{Where: []store.Cond{{Field: "tags", Op: store.Has, Value: []string{"p\x00q"}}}}, "a")
	t.wantIDs("it parts words", store.Query{Where: []store.Cond{{Field: "title", Op: store.Matches, Value: "电梯"}}})
	if t.c.Insert(t.ctx, doc("a\x00b")) == nil {
		t.Error("U+0000 in an id is not refused")
	}
	for _, d := range []string{`{"a\u0000b":1}`, `{"a":[{"b":{"\u0000":1}}]}`} {
		if t.d.Insert(t.ctx, spec.Name, store.Row{ID: "c", Revision: 1, Doc: []byte(d)}) == nil {
			t.Errorf("U+0000 in a key of %s is not refused", d)
		}
	}
}

// five gives a to e with due 1 to 5; c and e have no owner.
func five(t *desk) {
	var os []*order
	for i, id := range []string{"a", "b", "c", "d", "e"} {
		o := doc(id)
		o.Status = []string{"new", "open", "new", "open", "done"}[i]
		o.Due = int64(i + 1)
		o.Owner = []string{"li", "wang", "", "li", ""}[i]
		o.Tags = [][]string{{"x"}, {"x", "y"}, {"y"}, nil, {"x", "y", "z", "x"}}[i]
		os = append(os, o)
	}
	t.add(os...)
}

func conditions(t *desk) {
	five(t)
	type named string
	for _, c := range []struct {
		what  string
		field string
		op    store.Op
		value any
		want  string
	}{
		{"Eq", "status", store.Eq, "new", "ac"},
		{"Eq named", "status", store.Eq, named("new"), "ac"},
		{"Eq int", "due", store.Eq, 3, "c"},
		{"Eq id", "id", store.Eq, "b", "b"},
		{"Ne", "status", store.Ne, "new", "bde"},
		{"Ne counts nil", "owner", store.Ne, "li", "bce"},
		{"Lt", "due", store.Lt, 3, "ab"},
		{"Lte", "due", store.Lte, int64(3), "abc"},
		{"Gt", "due", store.Gt, 3, "de"},
		{"Gte", "due", store.Gte, 3, "cde"},
		{"Gt text, never nil", "owner", store.Gt, "", "abd"},
		{"Lt text, never nil", "owner", store.Lt, "m", "ad"},
		{"Gt id", "id", store.Gt, "c", "de"},
		{"In", "status", store.In, []string{"new", "done"}, "ace"},
		{"In named", "status", store.In, []named{"new", "new", "done"}, "ace"},
		{"In int", "due", store.In, []int64{1, 5, 99}, "ae"},
		{"In id", "id", store.In, []string{"a", "d", "q"}, "ad"},
		{"In none", "status", store.In, []string{"gone"}, ""},
		{"IsNil", "owner", store.IsNil, nil, "ce"},
		{"IsNil list", "tags", store.IsNil, nil, "d"},
		{"Has one", "tags", store.Has, []string{"x"}, "abe"},
		{"Has two", "tags", store.Has, []string{"x", "y"}, "be"},
		{"Has none", "tags", store.Has, []string{"x", "q"}, ""},
		{"HasAny one", "tags", store.HasAny, []string{"y"}, "bce"},
		{"HasAny two", "tags", store.HasAny, []string{"x", "y"}, "abce"},
		{"HasAny three", "tags", store.HasAny, []string{"z", "q", "z"}, "e"},
		{"large", "due", store.Lt, math.MaxInt64, "abcde"},
	} {
		want := strings.Split(c.want, "")
		if c.want == "" {
			want = nil
		}
		q := store.Query{Where: []store.Cond{{Field: c.field, Op: c.op, Value: c.value}}}
		for _, sort := range []string{"", "id", "due", "made"} {
			q.Sort = sort
			t.wantIDs(c.what+" by "+sort, q, want...)
		}
		slices.Reverse(want)
		for _, sort := range []string{"-id", "-due", "-made"} {
			q.Sort = sort
			t.wantIDs(c.what+" by "+sort, q, want...)
		}
	}
	t.wantIDs("all hold", store.Query{Where: []store.Cond{{Field: "tags", Op: store.Has, Value: []string{"x"}},
		{Field: "tags", Op: store.HasAny, Value: []string{"z", "y"}}, {Field: "due", Op: store.Gt, Value: 2}}}, "e")
	t.wantIDs("none", store.Query{}, "a", "b", "c", "d", "e")
}

func anyGroups(t *desk) {
	five(t)
	eq := func(f, v string) store.Cond { return store.Cond{Field: f, Op: store.Eq, Value: v} }
	has := store.Cond{Field: "tags", Op: store.HasAny, Value: []string{"y"}}
	for _, sort := range []string{"id", "due"} {
		t.wantIDs("one group", store.Query{Sort: sort, Any: [][]store.Cond{{eq("status", "new"), eq("owner", "li")}}}, "a")
		t.wantIDs("two groups", store.Query{Sort: sort, Any: [][]store.Cond{{eq("status", "new"), eq("owner", "li")}, {has}}}, "a", "b", "c", "e")
		t.wantIDs("groups and where", store.Query{Sort: sort, Where: []store.Cond{{Field: "due", Op: store.Lt, Value: 5}, has},
			Any: [][]store.Cond{{eq("owner", "wang")}, {{Field: "owner", Op: store.IsNil}}}}, "b", "c")
		t.wantIDs("no group holds", store.Query{Sort: sort, Any: [][]store.Cond{{eq("status", "x")}, {eq("owner", "x")}}})
		t.wantIDs("no groups", store.Query{Sort: sort, Any: [][]store.Cond{}}, "a", "b", "c", "d", "e")
	}
}

func listsFollow(t *desk) {
	five(t)
	q := store.Query{Where: []store.Cond{{Field: "tags", Op: store.Has, Value: []string{"x"}}}}
	for _, step := range []struct {
		tags []string
		want []string
	}{{[]string{"y", "q"}, []string{"b", "e"}}, {[]string{"q", "x"}, []string{"a", "b", "e"}}, {nil, []string{"b", "e"}}, {[]string{"x", "x"}, []string{"a", "b", "e"}}} {
		_, err := t.c.Change(t.ctx, "a", func(o *order) error { o.Tags = step.tags; return nil })
		t.ok(err)
		t.wantIDs(strings.Join(step.tags, " "), q, step.want...)
	}
	t.ok(t.c.Delete(t.ctx, t.get("b")))
	t.wantIDs("deleted", q, "a", "e")
	t.ok(t.c.Insert(t.ctx, doc("b")))
	t.wantIDs("there again, without", q, "a", "e")
}

func byteOrder(t *desk) {
	ordered(t, "", "A", "B", "Z", "a", "a b", "a-b", "ab", "b", "z", "é", "中", "国", "ａ", "10", "9", "_", "~")
}

// planes: 𠮷 of a name lies beyond 16 bits and comes after ａ in bytes, before it in UTF-16.
func planes(t *desk) { ordered(t, "中", "ａ", "𠮷") }

func ordered(t *desk, values ...string) {
	var os []*order
	for i, v := range values {
		o := doc("k" + v + "k")
		o.Status, o.Due = v, int64(i)
		os = append(os, o)
	}
	t.add(os...)
	slices.Sort(values)
	want := make([]string, len(values))
	for i, v := range values {
		want[i] = "k" + v + "k"
	}
	byID := slices.Sorted(slices.Values(want))
	t.wantIDs("by a field", store.Query{Sort: "status"}, want...)
	t.wantIDs("by id", store.Query{Sort: "id"}, byID...)
	slices.Reverse(want)
	t.wantIDs("descending", store.Query{Sort: "-status"}, want...)
}

func timeOrder(t *desk) {
	base := time.Date(2026, 11, 23, 23, 59, 59, 999_999_999, time.FixedZone("", 8*3600))
	var os []*order
	var want []string
	for i, d := range []time.Duration{-time.Hour, -2, -1, 0, 1, 2, time.Millisecond, time.Hour, 24 * 365 * time.Hour} {
		o := doc(numbered(99 - i)) // the order of ids is the other way round
		o.Made = base.Add(d)
		if i%2 == 0 {
			o.Made = o.Made.UTC()
		}
		os, want = append(os, o), append(want, o.ID)
	}
	t.add(os...)
	t.wantIDs("by time", store.Query{Sort: "made"}, want...)
	t.wantIDs("since", store.Query{Sort: "made", Where: []store.Cond{{Field: "made", Op: store.Gte, Value: store.Stamp(base)}}}, want[3:]...)
	if got := t.get(want[1]); !got.Made.Equal(base.Add(-2)) {
		t.Errorf("time came back as %v", got.Made)
	}
}

func countAndGroup(t *desk) {
	five(t)
	group := func(by, sum string, where []store.Cond, want ...store.Group) {
		t.Helper()
		got, err := t.d.GroupBy(t.ctx, spec.Name, where, by, sum)
		t.ok(err)
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("group by %s: %v, want %v", by, got, want)
		}
	}
	group("status", "due", nil, store.Group{Key: "done", N: 1, Sum: 5}, store.Group{Key: "new", N: 2, Sum: 4}, store.Group{Key: "open", N: 2, Sum: 6})
	group("owner", "", nil, store.Group{N: 2}, store.Group{Key: "li", N: 2}, store.Group{Key: "wang", N: 1})
	group("due", "due", []store.Cond{{Field: "tags", Op: store.Has, Value: []string{"x", "y"}}},
		store.Group{Key: int64(2), N: 1, Sum: 2}, store.Group{Key: int64(5), N: 1, Sum: 5})
	group("status", "", []store.Cond{{Field: "status", Op: store.Eq, Value: "gone"}})
}

// A city counts its money in fen: sums must stay exact.
func largeSums(t *desk) {
	a, b := doc("p"), doc("q")
	a.Due, b.Due = 1<<53, 1
	t.add(a, b)
	got, err := t.d.GroupBy(t.ctx, spec.Name, nil, "status", "due")
	t.ok(err)
	if len(got) != 1 || got[0].Sum != 1<<53+1 {
		t.Errorf("sum %v", got)
	}
}
