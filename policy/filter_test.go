package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/server/store"
)

// listed is rules with every difficulty a list can have.
const listed = `
fact, mine, filed_by
fact, decided, decided
fact, hidden, -
p, LI01, everyone, things.see, hidden, decided, deny, R1
p, LI02, finance, things.see, -, -, deny, R2
p, LI03, everyone, things.see, standing_in + mine, -, deny, R3
p, LI11, resident, things.see, mine, -, allow, R4
p, LI12, dept_clerk, things.see, -, decided, allow, R5
p, LI13, office_staff, things.see, -, -, allow, R6
p, LI14, committee_staff, things.see, decided, hidden, allow, R7
p, LI15, auditor, things.see, -, -, allow, R8
p, LI16, street_cadre, things.see, filed, -, allow, R9
p, LI17, signed_in, things.see, public, -, allow, R10
`

func listedSet(t testing.TB, module string) *Set {
	t.Helper()
	s, err := Load(map[string]string{"roles.csv": read(t, "roles.csv"), "things.csv": module})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func thingColumns(me string) Columns {
	eq := func(f string, v any) store.Cond { return store.Cond{Field: f, Op: store.Eq, Value: v} }
	ne := func(f string, v any) store.Cond { return store.Cond{Field: f, Op: store.Ne, Value: v} }
	return Columns{Department: "department", Place: "scope", District: "district",
		Facts: map[string]store.Cond{"mine": eq("filed_by", me), "decided": eq("decided", int64(1)), "hidden": eq("secret", "yes"),
			"filed": eq("shelf", "filed"), "public": eq("shelf", "public")},
		NotFacts: map[string]store.Cond{"mine": ne("filed_by", me), "decided": eq("decided", int64(0)), "hidden": ne("secret", "yes")}}
}

// row is one record: what the gate is told and what the store has extracted.
type row struct {
	department string
	places     []Place
	facts      []string
	x          map[string]any
}

func drawRow(t *rapid.T, x *Index, me string) row {
	r := row{department: rapid.SampledFrom([]string{"civil", "health"}).Draw(t, "department"), x: map[string]any{}}
	district := rapid.SampledFrom([]Place{"d1", "d2"}).Draw(t, "district")
	in := map[Place][]Place{"d1": {"c1", "c2", "c3", "s1", "d1"}, "d2": {"c4", "s3", "d2"}}[district]
	r.places = rapid.SliceOfNDistinct(rapid.SampledFrom(in), 1, 2, func(p Place) Place { return p }).Draw(t, "places")
	var scope []string
	for _, p := range r.places {
		for _, q := range x.Chain(p) {
			if q != "city" && q != district {
				scope = append(scope, q)
			}
		}
	}
	fact := func(name, column string, yes, no any) {
		if r.x[column] = no; rapid.Bool().Draw(t, name) {
			r.facts, r.x[column] = append(r.facts, name), yes
		}
	}
	fact("mine", "filed_by", me, "somebody")
	fact("decided", "decided", int64(1), int64(0))
	fact("hidden", "secret", "yes", "no")
	shelf := rapid.SampledFrom([]string{"draft", "filed", "public"}).Draw(t, "shelf")
	r.facts = append(r.facts, shelf)
	r.x["shelf"], r.x["department"], r.x["district"], r.x["scope"] = shelf, r.department, district, scope
	return r
}

// passes evaluates conditions as the store does.
func passes(x map[string]any, groups [][]store.Cond) bool {
	return slices.ContainsFunc(groups, func(g []store.Cond) bool {
		for _, c := range g {
			v, ok := x[c.Field], false
			switch c.Op {
			case store.Eq:
				ok = v == c.Value
			case store.Ne:
				ok = v != nil && v != c.Value
			case store.IsNil:
				ok = v == nil
			case store.Has:
				list, _ := v.([]string)
				ok = !slices.ContainsFunc(c.Value.([]string), func(s string) bool { return !slices.Contains(list, s) })
			default:
				panic(fmt.Sprint("operator ", c.Op))
			}
			if !ok {
				return false
			}
		}
		return true
	})
}

var anyRole = []string{"resident", "committee_staff", "committee_head", "street_cadre", "dept_clerk", "dept_head",
	"office_staff", "office_head", "conference", "finance", "auditor", "admin"}

func drawAppointment(t *rapid.T, label string) Appointment {
	a := Appointment{Role: rapid.SampledFrom(anyRole).Draw(t, label+" role"),
		Place: rapid.SampledFrom([]Place{"city", "d1", "d2", "s1", "s2", "s3", "c1", "c2", "c3", "c4", ""}).Draw(t, label+" place")}
	if rapid.Bool().Draw(t, label+" in a department") {
		a.Department = rapid.SampledFrom([]string{"civil", "health"}).Draw(t, label+" department")
	}
	if rapid.IntRange(0, 3).Draw(t, label+" from") == 0 {
		a.From = noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, label+" from")) * time.Hour)
	}
	if rapid.IntRange(0, 3).Draw(t, label+" until") == 0 {
		a.Until = noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, label+" until")) * time.Hour)
	}
	return a
}

func drawPeople(t *rapid.T, x *Index) (ids []string) {
	ids = []string{"p0", "p1", "p2"}
	for _, id := range ids {
		p := Person{ID: id, Suspended: rapid.IntRange(0, 9).Draw(t, id+" suspended") == 0}
		for i := range rapid.IntRange(0, 3).Draw(t, id+" appointments") {
			p.Appointments = append(p.Appointments, drawAppointment(t, fmt.Sprint(id, " ", i)))
		}
		for range rapid.IntRange(0, 2).Draw(t, id+" grants") {
			p.StandIns = append(p.StandIns, StandIn{For: rapid.SampledFrom(ids).Draw(t, id+" for"),
				Roles: rapid.SliceOfN(rapid.SampledFrom(anyRole), 1, 3).Draw(t, id+" granted")})
		}
		x.PutPerson(p)
	}
	return ids
}

func TestFilterAgreesWithDecide(t *testing.T) {
	t.Parallel()
	s := listedSet(t, listed)
	seen, hidden, refused := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		x := town()
		ids := drawPeople(t, x)
		g := NewGate(s, x)
		me := rapid.SampledFrom(append(ids, "", "ghost", "system")).Draw(t, "person")
		standFor := rapid.SampledFrom(append(ids, "", "", "")).Draw(t, "for")
		groups, all, err := g.Filter(me, standFor, "things.see", noon, thingColumns(me))
		if err != nil { // only a denied role held below a district has no opposite
			if !strings.Contains(err.Error(), "LI02: role finance is held at") {
				t.Fatal(err)
			}
			refused++
			return
		}
		for range 20 {
			r := drawRow(t, x, me)
			v := g.Preview(Question{Act: "things.see", Person: me, For: standFor, Department: r.department, Places: r.places, Facts: r.facts, At: noon})
			if in := all || passes(r.x, groups); in != v.Allowed {
				t.Fatalf("listed %v, decided %v by %s: %+v\n%v", in, v.Allowed, v.Line, r, groups)
			}
			if v.Allowed {
				seen++
			} else {
				hidden++
			}
		}
	})
	if t.Logf("%d rows seen, %d hidden, %d filters refused", seen, hidden, refused); seen == 0 || hidden == 0 {
		t.Error("the property looked at nothing")
	}
}

func TestFilterWords(t *testing.T) {
	t.Parallel()
	g := NewGate(small(t), town())
	cols := Columns{Department: "department", Place: "scope", District: "district",
		Facts: map[string]store.Cond{"own_filing": {Field: "filed_by", Op: store.Eq, Value: "me"}, "decided": {Field: "decided", Op: store.Eq, Value: int64(1)}}}
	for _, c := range []struct{ person, standFor, want string }{
		{"hua", "", "[[{scope 8 [c1]} {filed_by 0 me}]] false"},
		{"wang", "", "[[{department 0 civil} {district 0 d1}]] false"},
		{"li", "", "[[{district 0 d1}]] false"},
		{"mei", "", "[[{scope 8 [c1]} {decided 0 1}]] false"},
		{"aud", "", "[] true"},
		{"sus", "", "[] false"},
		{"", "", "[] false"},
		{"dep", "zhao", "[[{department 0 civil} {district 0 d1}]] false"},
		{"dep", "sus", "[] false"},
	} {
		groups, all, err := g.Filter(c.person, c.standFor, "orders.see", noon, cols)
		if got := fmt.Sprint(groups, all); err != nil || got != c.want {
			t.Errorf("%s for %q: got %s %v, want %s", c.person, c.standFor, got, err, c.want)
		}
	}
}

// A filter that would leak or cannot say what a line says is refused, for everybody alike.
func TestFilterFailsClosed(t *testing.T) {
	t.Parallel()
	x := town()
	x.PutPerson(Person{ID: "fin", Appointments: []Appointment{{Role: "finance", Place: "c1"}, {Role: "office_staff", Place: "d1"}}})
	g := NewGate(listedSet(t, listed), x)
	for _, c := range []struct {
		name, person, act string
		change            func(c *Columns)
		want              string
	}{
		{"no column", "li", "things.see", func(c *Columns) { delete(c.Facts, "filed") }, "LI16: fact filed has no column"},
		{"no opposite column", "ghost", "things.see", func(c *Columns) { delete(c.NotFacts, "hidden") }, "LI01: fact hidden has no column"},
		{"another column than declared", "li", "things.see", func(c *Columns) { c.Facts["decided"] = store.Cond{Field: "closed"} }, "LI01: fact decided is in column decided, not in closed"},
		{"denied role without opposite", "fin", "things.see", func(*Columns) {}, "LI02: role finance is held at [c1], which has no opposite"},
		{"unknown action", "li", "things.list", func(*Columns) {}, "unknown action"},
	} {
		cols := thingColumns(c.person)
		c.change(&cols)
		_, all, err := g.Filter(c.person, "", c.act, noon, cols)
		if err == nil || all || err.Error() != "policy: filter "+c.act+": "+c.want {
			t.Errorf("%s: %v, %v", c.name, all, err)
		}
	}
}
