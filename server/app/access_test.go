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

	"gatehouse/modules"
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
func personas(p *portal, sc lifecycle.Scope) []persona {
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
	for _, r := range []string{"committee_head", "committee_staff", "resident", "manager"} {
		add(r, "own", policy.Appointment{Place: own})
		add(r, "other", policy.Appointment{Place: "elsewhere-community"})
	}
	add("street_cadre", "own", policy.Appointment{Place: street})
	add("street_cadre", "other", policy.Appointment{Place: "elsewhere-street"})
	for _, r := range []string{"dept_head", "dept_clerk"} {
		add(r, "own", policy.Appointment{Place: "jiangxin", Department: department})
		add(r, "other", policy.Appointment{Place: "jiangxin", Department: "nobody's"})
	}
	for _, r := range []string{"office_head", "office_staff", "conference", "finance", "emergency_authority", "civil_affairs", "operator", "dispatcher", "hotline_head"} {
		add(r, "own", policy.Appointment{Place: "jiangxin"})
		add(r, "other", policy.Appointment{Place: elsewhere})
	}
	for _, r := range []string{"auditor", "admin"} {
		add(r, "own", policy.Appointment{Place: "yunting"})
	}
	return out
}

// TestAccess writes down who may do what to a case of every kind in every
// state, at the own place and at another, and compares it with the golden file.
func TestAccess(t *testing.T) {
	p := open2(t, pristine)
	p.House.Index.PutPlace(elsewhere, "yunting")
	p.House.Index.PutPlace("elsewhere-street", elsewhere)
	p.House.Index.PutPlace("elsewhere-community", "elsewhere-street")
	var b strings.Builder
	matrix(t, p, &b, p.Directory.Areas)
	matrix(t, p, &b, p.Directory.Departments)
	matrix(t, p, &b, p.People.Users)
	matrix(t, p, &b, p.Catalogue.Desk)
	matrix(t, p, &b, p.Admission.Desk)
	matrix(t, p, &b, p.Items.Desk)
	matrix(t, p, &b, p.Agreements.Desk)
	matrix(t, p, &b, p.Funding.Desk)
	matrix(t, p, &b, p.Sheets.Desk)
	matrix(t, p, &b, p.Contracts.Desk)
	matrix(t, p, &b, p.Spending.Uses)
	matrix(t, p, &b, p.Spending.Campaigns)
	matrix(t, p, &b, p.Spending.Refunds)
	matrix(t, p, &b, p.Emergencies.Desk)
	matrix(t, p, &b, p.Transition.Desk)
	matrix(t, p, &b, p.Refusals.Desk)
	matrix(t, p, &b, p.Ratings.Rounds)
	matrix(t, p, &b, p.Ratings.Ballots)
	matrix(t, p, &b, p.Ratings.Completions)
	matrix(t, p, &b, p.Rectification.Desk)
	matrix(t, p, &b, p.Withdrawals.Desk)
	matrix(t, p, &b, p.Supervision.Desk)
	matrix(t, p, &b, p.Bypass.Reports)
	matrix(t, p, &b, p.Bypass.Circulars)
	matrix(t, p, &b, p.Settings.Desk)
	matrix(t, p, &b, p.Plaques.Desk)
	matrix(t, p, &b, p.Windows.Desk)
	matrix(t, p, &b, p.Ledgers.Desk)
	matrix(t, p, &b, p.Certificates.Desk)
	matrix(t, p, &b, p.Orders.Desk)
	matrix(t, p, &b, p.Gazetteer.Desk)
	matrix(t, p, &b, p.Calls.Boards)
	matrix(t, p, &b, p.Console.Handovers)
	matrix(t, p, &b, p.Dispatch.Desk)
	matrix(t, p, &b, p.Knowledge.Desk)
	matrix(t, p, &b, p.Intake.Desk)
	golden(t, "testdata/access.golden", b.String())
}

func matrix[T any](t *testing.T, p *portal, b *strings.Builder, d *modules.Desk[T]) {
	t.Helper()
	ctx := context.Background()
	fmt.Fprintf(b, "\n== %s ==\n", d.Plural())
	opening(p, b, d)
	for _, st := range d.Engine.Table.States {
		cs, err := d.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: st.Name}}, Sort: "id", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if len(cs) == 0 {
			fmt.Fprintf(b, "%s: the demo city has none\n", st.Name)
			continue
		}
		c := cs[0]
		who := map[string][]string{} // what they may -> who
		note := func(name string, actor lifecycle.Actor) {
			what := allowed(ctx, d, actor, c)
			who[what] = append(who[what], name)
		}
		note("anonymous", lifecycle.Actor{})
		for _, x := range personas(p, d.Engine.Table.Scope(c)) {
			p.House.Index.PutPerson(policy.Person{ID: "persona", Appointments: []policy.Appointment{x.as}})
			note(x.name, lifecycle.Actor{ID: "persona"})
		}
		fmt.Fprintf(b, "%s:\n", st.Name)
		for _, what := range slices.Sorted(maps.Keys(who)) {
			fmt.Fprintf(b, "    %s\n        %s\n", what, strings.Join(who[what], ", "))
		}
	}
}

// opening writes who may open cases of this kind.
func opening[T any](p *portal, b *strings.Builder, d *modules.Desk[T]) {
	for _, a := range d.Engine.Table.Acts {
		if len(a.From) > 0 {
			continue
		}
		var who []string
		for _, x := range personas(p, lifecycle.Scope{}) {
			p.House.Index.PutPerson(policy.Person{ID: "persona", Appointments: []policy.Appointment{x.as}})
			if strings.HasSuffix(x.name, " own") && d.Engine.MayOpen(lifecycle.Actor{ID: "persona"}, a.Name) {
				who = append(who, strings.TrimSuffix(x.name, " own"))
			}
		}
		fmt.Fprintf(b, "open by %s: %s\n", a.Name, strings.Join(who, ", "))
	}
}

// allowed lists what the gate lets somebody do with a case in its state; an act
// that a deny line stops names the line.
func allowed[T any](ctx context.Context, d *modules.Desk[T], actor lifecycle.Actor, c *T) string {
	if !d.Engine.Sees(ctx, actor, c) {
		return "-"
	}
	out := []string{"see"}
	for _, a := range d.Engine.Table.Acts {
		if !slices.Contains(a.From, d.Life(c).State) {
			continue
		}
		switch v := d.Engine.Verdict(ctx, actor, c, a.Name); {
		case v.Allowed:
			out = append(out, a.Name)
		case !v.ByRole:
			out = append(out, a.Name+"("+v.Line+")")
		}
	}
	return strings.Join(out, " ")
}

// TestRoutes writes down what every route that only reads answers to each kind
// of demo user. Ids are those of a case of Hehua and Civil Affairs where there
// is one.
func TestRoutes(t *testing.T) {
	p := open2(t, pristine)
	logins := []string{"", "hehua", "tielu", "liuxi", "wanghai", "civil-affairs", "justice", "office", "office1", "conference", "finance", "emergency", "wuye", "operator1", "dispatcher", "hotline", "auditor", "admin"}
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
func readable(t *testing.T, p *portal) []route {
	t.Helper()
	samples := map[string]string{}
	sample(p, samples, p.Directory.Areas)
	sample(p, samples, p.Directory.Departments)
	sample(p, samples, p.People.Users)
	sample(p, samples, p.Catalogue.Desk)
	sample(p, samples, p.Admission.Desk)
	sample(p, samples, p.Items.Desk)
	sample(p, samples, p.Agreements.Desk)
	sample(p, samples, p.Funding.Desk)
	sample(p, samples, p.Sheets.Desk)
	sample(p, samples, p.Contracts.Desk)
	sample(p, samples, p.Spending.Uses)
	sample(p, samples, p.Spending.Campaigns)
	sample(p, samples, p.Spending.Refunds)
	sample(p, samples, p.Emergencies.Desk)
	sample(p, samples, p.Refusals.Desk)
	sample(p, samples, p.Ratings.Rounds)
	sample(p, samples, p.Ratings.Ballots)
	sample(p, samples, p.Ratings.Completions)
	sample(p, samples, p.Rectification.Desk)
	sample(p, samples, p.Withdrawals.Desk)
	sample(p, samples, p.Supervision.Desk)
	sample(p, samples, p.Bypass.Reports)
	sample(p, samples, p.Bypass.Circulars)
	sample(p, samples, p.Settings.Desk)
	sample(p, samples, p.Plaques.Desk)
	sample(p, samples, p.Windows.Desk)
	sample(p, samples, p.Ledgers.Desk)
	sample(p, samples, p.Certificates.Desk)
	sample(p, samples, p.Gazetteer.Desk)
	sample(p, samples, p.Calls.Boards)
	sample(p, samples, p.Console.Handovers)
	sample(p, samples, p.Dispatch.Desk)
	sample(p, samples, p.Knowledge.Desk)
	sample(p, samples, p.Intake.Desk)
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

func sample[T any](p *portal, into map[string]string, d *modules.Desk[T]) {
	ctx := context.Background()
	for _, where := range [][]store.Cond{{{Field: "scope", Op: store.Has, Value: []string{"hehua"}}, {Field: "department", Op: store.Eq, Value: "civil-affairs"}},
		{{Field: "scope", Op: store.Has, Value: []string{"hehua"}}}, nil} {
		cs, err := d.Engine.Cases().Find(ctx, store.Query{Where: where, Sort: "id", Limit: 1})
		if err == nil && len(cs) > 0 {
			into[d.Plural()] = d.Life(cs[0]).ID
			return
		}
	}
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
	p := open2(t, pristine)
	samples := map[string]string{}
	sample(p, samples, p.Funding.Desk)
	sample(p, samples, p.Rectification.Desk)
	for plural, id := range samples {
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
