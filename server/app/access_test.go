package app

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// elsewhere is a district that no case of the demo city is about.
const elsewhere = "elsewhere"

// persona is somebody with one role, seen from one case: at its own place or
// department, or at another.
type persona struct {
	name string
	as   policy.Appointment
}

// personas of a case: every role, where the case is and where it is not.
func personas(p *site, sc lifecycle.Scope) []persona {
	own, street := "hehua", ""
	if len(sc.Places) > 0 {
		own = sc.Places[0]
	}
	if p.Directory.Level(own) == "community" {
		street = p.Directory.Street(own)
	} else {
		own, street = "hehua", "liuxi"
	}
	department := sc.Department
	if department == "" || department == "*" {
		department = "civil-affairs"
	}
	var out []persona
	add := func(role, where string, as policy.Appointment) {
		as.Role = role
		out = append(out, persona{role + " " + where, as})
	}
	for _, r := range p.Portal.Policy.Set().Roles() {
		switch {
		case r.Name == "everyone" || r.Name == "signed_in" || r.Name == "system": // not by appointment
		case r.Level == "community":
			add(r.Name, "own", policy.Appointment{Place: own})
			add(r.Name, "other", policy.Appointment{Place: "elsewhere-community"})
		case r.Level == "street":
			add(r.Name, "own", policy.Appointment{Place: street})
			add(r.Name, "other", policy.Appointment{Place: "elsewhere-street"})
		case r.Level == "department":
			add(r.Name, "own", policy.Appointment{Place: "jiangxin", Department: department})
			add(r.Name, "other", policy.Appointment{Place: "jiangxin", Department: "nobody's"})
		case r.Level == "city" || r.Name == "auditor":
			add(r.Name, "own", policy.Appointment{Place: "yunting"})
		default:
			add(r.Name, "own", policy.Appointment{Place: "jiangxin"})
			add(r.Name, "other", policy.Appointment{Place: elsewhere})
		}
	}
	return out
}

// TestAccess writes down who may do what to a case of every kind in every
// state, at the own place and at another, and compares it with the golden file.
func TestAccess(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	p.Portal.Index.PutPlace(elsewhere, "yunting")
	p.Portal.Index.PutPlace("elsewhere-street", elsewhere)
	p.Portal.Index.PutPlace("elsewhere-community", "elsewhere-street")
	var b strings.Builder
	for _, d := range inOrder(p) {
		matrix(t, p, &b, d)
	}
	golden(t, "testdata/access.golden", b.String())
	t.Logf("FIGURES access: %d cells of the matrix, each a persona and a case in a state", questions)
}

// questions counts the questions of the matrix.
var questions int

// inOrder gives every desk of the house by its name.
func inOrder(p *site) []portal.AnyResource {
	return slices.SortedFunc(slices.Values(p.Portal.Resources()), func(a, b portal.AnyResource) int { return strings.Compare(a.Plural(), b.Plural()) })
}

func matrix(t *testing.T, p *site, b *strings.Builder, d portal.AnyResource) {
	t.Helper()
	ctx := context.Background()
	fmt.Fprintf(b, "\n== %s ==\n", d.Plural())
	opening(p, b, d)
	for _, st := range d.Plan().States {
		id, sc, err := d.Sample(ctx, store.Cond{Field: "state", Op: store.Eq, Value: st.Name})
		if err != nil {
			t.Fatal(err)
		}
		imagined := ""
		if id == "" { // the demo city has none: another one, imagined in this state
			imagined = " (imagined)"
			if id, sc, err = d.Sample(ctx); err != nil || id == "" {
				t.Errorf("the demo city has no %s at all: %v", d.Noun(), err)
				return
			}
		}
		who := map[string][]string{} // what they may -> who
		note := func(name string, actor lifecycle.Actor) {
			questions++
			a, err := d.Access(ctx, actor, id, st.Name)
			if err != nil {
				t.Fatal(err)
			}
			what := said(a)
			who[what] = append(who[what], name)
		}
		note("anonymous", lifecycle.Actor{})
		for _, x := range personas(p, sc) {
			note(x.name, x.arrives(p))
		}
		fmt.Fprintf(b, "%s%s:\n", st.Name, imagined)
		for _, what := range slices.Sorted(maps.Keys(who)) {
			fmt.Fprintf(b, "    %s\n        %s\n", what, strings.Join(who[what], ", "))
		}
	}
}

// arrives makes the one persona of the city this one.
func (x persona) arrives(p *site) lifecycle.Actor {
	p.Portal.Index.PutPerson(policy.Person{ID: "persona", Appointments: []policy.Appointment{x.as}})
	return lifecycle.Actor{ID: "persona"}
}

// said puts what somebody may do in one line; an act that a deny line stops
// names the line.
func said(a portal.Access) string {
	if !a.Sees {
		return "-"
	}
	out := append([]string{"see"}, a.May...)
	for _, act := range slices.Sorted(maps.Keys(a.Barred)) {
		out = append(out, act+"("+a.Barred[act]+")")
	}
	return strings.Join(out, " ")
}

// opening writes who may open cases of this kind.
func opening(p *site, b *strings.Builder, d portal.AnyResource) {
	for _, a := range d.Plan().Acts {
		if len(a.From) > 0 {
			continue
		}
		var who []string
		for _, x := range personas(p, lifecycle.Scope{}) {
			if role, own := strings.CutSuffix(x.name, " own"); own && d.MayOpen(x.arrives(p), a.Name) {
				who = append(who, role)
			}
		}
		fmt.Fprintf(b, "open by %s: %s\n", a.Name, strings.Join(who, ", "))
	}
}

// TestRoutes writes down what every route that only reads answers to each kind
// of demo user. Ids are those of a case of Hehua and Civil Affairs where there
// is one.
func TestRoutes(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	logins := []string{"", "hehua", "tielu", "liuxi", "wanghai", "civil-affairs", "justice", "office", "office1", "conference", "finance", "emergency", "wuye", "operator1", "dispatcher", "hotline", "callback1", "review", "auditor", "admin"}
	var b strings.Builder
	for _, path := range readable(t, p) {
		by := map[int][]string{}
		for _, login := range logins {
			a := p.get(t, login, path.real)
			if a.status >= 500 {
				t.Errorf("%s as %q: %d %s", path.real, login, a.status, a.raw)
			}
			by[a.status] = append(by[a.status], name(login))
		}
		fmt.Fprintf(&b, "%s\n", path.pattern)
		for _, status := range slices.Sorted(maps.Keys(by)) {
			fmt.Fprintf(&b, "    %d %s\n", status, strings.Join(by[status], " "))
		}
	}
	golden(t, "testdata/routes.golden", b.String())
}

func name(login string) string {
	if login == "" {
		return "anonymous"
	}
	return login
}

type route struct{ pattern, real string }

// readable gives the GET routes of the API, with an id filled in where one is asked for.
func readable(t *testing.T, p *site) []route {
	t.Helper()
	samples := samples(t, p)
	var out []route
	for _, r := range p.Fiber.GetRoutes(true) {
		if r.Method != fiber.MethodGet || !strings.HasPrefix(r.Path, "/api/v1/") || strings.Contains(r.Path, ":act") {
			continue
		}
		real := r.Path
		if i := strings.Index(real, "/:id"); i >= 0 {
			real = real[:i] + "/" + samples[strings.Split(real, "/")[3]]
		}
		real = strings.ReplaceAll(real, ":year", "2026")
		if x := (route{r.Path, real}); !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b route) int { return strings.Compare(a.pattern, b.pattern) })
	return out
}

// samples gives a case of each kind, of Hehua and Civil Affairs where there is one.
func samples(t *testing.T, p *site) map[string]string {
	t.Helper()
	out := map[string]string{}
	hehua := store.Cond{Field: "scope", Op: store.Has, Value: []string{"hehua"}}
	for _, d := range p.Portal.Resources() {
		for _, where := range [][]store.Cond{{hehua, {Field: "department", Op: store.Eq, Value: "civil-affairs"}}, {hehua}, nil} {
			id, _, err := d.Sample(context.Background(), where...)
			if err != nil {
				t.Fatal(err)
			}
			if id != "" {
				out[d.Plural()] = id
				break
			}
		}
	}
	return out
}

// golden compares with a file, or writes it anew.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	a, b := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%s line %d changed; read the difference, then run with -update\nwant %q\ngot  %q", file, i+1, at(a, i), at(b, i))
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// TestNoLeak: whoever may not see a case gets the same answer as for one that
// is not there.
func TestNoLeak(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	all := samples(t, p)
	for _, plural := range []string{p.Funding.Resource.Plural(), p.Rectification.Resource.Plural()} {
		id := all[plural]
		there := p.get(t, "songtao", "/api/v1/"+plural+"/"+id)
		not := p.get(t, "songtao", "/api/v1/"+plural+"/00000000-0000-7000-8000-000000000000")
		if plural == "rectifications" && there.status == http.StatusOK {
			continue // Songtao is one of its communities
		}
		if there.status != http.StatusNotFound || strings.ReplaceAll(there.raw, id, "") != strings.ReplaceAll(not.raw, "00000000-0000-7000-8000-000000000000", "") {
			t.Errorf("%s: %d %s\nnot there: %d %s", plural, there.status, there.raw, not.status, not.raw)
		}
	}
}
