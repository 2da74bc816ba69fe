package policy

import (
	"os"
	"strings"
	"testing"
	"time"

	"gatehouse/server/fault"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// small gives the rules of roles.csv and of the made-up module orders.
func small(t testing.TB) *Set {
	t.Helper()
	s, err := Load(map[string]string{"roles.csv": read(t, "roles.csv"), "orders.csv": read(t, "testdata/orders.csv")})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// town has one city, two districts, three streets and four communities.
func town() *Index {
	x := NewIndex()
	x.PutPlace("city", "")
	for id, parent := range map[string]string{"d1": "city", "d2": "city", "s1": "d1", "s2": "d1", "s3": "d2", "c1": "s1", "c2": "s1", "c3": "s2", "c4": "s3"} {
		x.PutPlace(id, parent)
	}
	put := func(id string, as ...Appointment) { x.PutPerson(Person{ID: id, Appointments: as}) }
	put("wang", Appointment{Role: "dept_clerk", Place: "d1", Department: "civil"})
	put("zhao", Appointment{Role: "dept_head", Place: "d1", Department: "civil"})
	put("li", Appointment{Role: "office_staff", Place: "d1"})
	put("sun", Appointment{Role: "office_head", Place: "d1"})
	put("mei", Appointment{Role: "committee_head", Place: "c1"})
	put("hua", Appointment{Role: "resident", Place: "c1"})
	put("aud", Appointment{Role: "auditor", Place: "city"}, Appointment{Role: "dept_clerk", Place: "d1", Department: "civil"})
	put("two", Appointment{Role: "dept_head", Place: "d1", Department: "health"}, Appointment{Role: "dept_clerk", Place: "d1", Department: "civil"})
	put("old", Appointment{Role: "office_staff", Place: "d1", Until: noon})
	put("new", Appointment{Role: "office_staff", Place: "d1", From: noon})
	put("fake", Appointment{Role: "system", Place: "city"}, Appointment{Role: "nonsense", Place: "city"})
	x.PutPerson(Person{ID: "sus", Suspended: true, Appointments: []Appointment{{Role: "office_staff", Place: "d1"}}})
	x.PutPerson(Person{ID: "dep", StandIns: []StandIn{
		{For: "sun", Roles: []string{"office_head"}, Until: noon.Add(time.Hour)}, {For: "zhao", Roles: []string{"dept_clerk"}},
		{For: "wang", Roles: []string{"dept_head"}}, {For: "sus", Roles: []string{"office_staff"}}, {For: "li", Roles: []string{"office_staff"}, From: noon.Add(1)}}})
	x.PutPerson(Person{ID: "far", StandIns: []StandIn{{For: "dep", Roles: []string{"office_head"}}}})
	return x
}

func TestDecide(t *testing.T) {
	t.Parallel()
	g := NewGate(small(t), town())
	c1 := []Place{"c1"}
	for _, c := range []struct {
		name string
		q    Question
		want string // deciding line and, for refusals, fault code
	}{
		{"admitted and funded work starts", Question{Act: "orders.start", Person: "wang", Department: "civil", Places: c1, Facts: []string{"in_force", "funded"}}, "OR02"},
		{"R6 no money, no work", Question{Act: "orders.start", Person: "wang", Department: "civil", Places: c1, Facts: []string{"in_force"}}, "OD02 denied policy.OD02 R6 fact.orders.funded"},
		{"R3 not admitted", Question{Act: "orders.start", Person: "wang", Department: "civil", Places: c1, Facts: []string{"funded"}}, "OR02 denied policy.facts R3 fact.orders.in_force"},
		{"blocked by a decision", Question{Act: "orders.sign", Person: "zhao", Department: "civil", Places: c1, Facts: []string{"decided"}}, "OR03 denied policy.facts R18 fact.orders.decided"},
		{"another department", Question{Act: "orders.sign", Person: "zhao", Department: "health", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"another district", Question{Act: "orders.sign", Person: "zhao", Department: "civil", Places: []Place{"c4"}}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"one of several places is enough", Question{Act: "orders.sign", Person: "zhao", Department: "civil", Places: []Place{"c4", "c3"}}, "OR03"},
		{"an empty department fits nobody", Question{Act: "orders.sign", Person: "zhao", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"any department asked by name", Question{Act: "orders.sign", Person: "zhao", Department: AnyDepartment, Places: c1}, "OR03"},
		{"an unknown place fits nobody", Question{Act: "orders.reject", Person: "li", Places: []Place{"moon"}}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"no places is anywhere", Question{Act: "orders.reject", Person: "li"}, "OR04"},
		{"a clerk does not sign", Question{Act: "orders.sign", Person: "wang", Department: "civil", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"a head does what staff do", Question{Act: "orders.reject", Person: "sun", Places: c1}, "OR04"},
		{"role and department come from one appointment", Question{Act: "orders.sign", Person: "two", Department: "civil", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"four eyes", Question{Act: "orders.approve", Person: "sun", Places: c1, Facts: []string{"own_filing"}}, "OD01 denied policy.OD01 R12 fact.orders.own_filing"},
		{"an appointment ends at its minute", Question{Act: "orders.reject", Person: "old", Places: c1}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"and begins at its minute", Question{Act: "orders.reject", Person: "new", Places: c1}, "OR04"},
		{"nobody is appointed to be the system", Question{Act: "orders.lapse", Person: "fake", Places: c1}, "OR11 denied policy.role R16 fact.policy.no_such_role"},
		{"the system is the system", Question{Act: "orders.lapse", Person: "system"}, "OR11"},
		{"the system is nobody else", Question{Act: "orders.set_alias", Person: "system"}, "OR10 denied policy.role  fact.policy.no_such_role"},
		{"anonymous reads what is public", Question{Act: "orders.browse"}, "OR01"},
		{"anonymous is asked to sign in", Question{Act: "orders.see", Places: c1}, "OR07 unauthenticated policy.sign_in  fact.policy.signed_out"},
		{"signing in would not help", Question{Act: "orders.lapse"}, "OR11 denied policy.role R16 fact.policy.no_such_role"},
		{"an unknown person holds nothing", Question{Act: "orders.set_alias", Person: "ghost"}, "OR10 denied policy.role  fact.policy.no_such_role"},
		{"suspended reads what is public", Question{Act: "orders.browse", Person: "sus"}, "OR01"},
		{"suspended keeps the own account", Question{Act: "orders.set_alias", Person: "sus"}, "OR10"},
		{"suspended does nothing else", Question{Act: "orders.see", Person: "sus", Places: c1}, "GT01 denied policy.GT01  fact.policy.suspended"},
		{"an auditor sees", Question{Act: "orders.see", Person: "aud", Places: c1}, "OR12"},
		{"an auditor changes nothing, whatever else they hold", Question{Act: "orders.start", Person: "aud", Department: "civil", Places: c1, Facts: []string{"in_force", "funded"}}, "GT02 denied policy.GT02  "},
		{"a stand-in signs for the head's clerk part only", Question{Act: "orders.sign", Person: "dep", For: "zhao", Department: "civil", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"a stand-in has the granted part", Question{Act: "orders.see", Person: "dep", For: "zhao", Department: "civil", Places: c1}, "OR07"},
		{"a stand-in has no more than the principal", Question{Act: "orders.sign", Person: "dep", For: "wang", Department: "civil", Places: c1}, "OR03 denied policy.role R18 fact.policy.no_such_role"},
		{"a stand-in rejects", Question{Act: "orders.reject", Person: "dep", For: "sun", Places: c1}, "OR04"},
		{"R4 a stand-in does not approve", Question{Act: "orders.approve", Person: "dep", For: "sun", Places: c1}, "OD03 denied policy.OD03 R4, R5 fact.policy.standing_in"},
		{"not before the grant begins", Question{Act: "orders.reject", Person: "dep", For: "li", Places: c1}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"not after it ends", Question{Act: "orders.reject", Person: "dep", For: "sun", Places: c1, At: noon.Add(time.Hour)}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"not for a suspended principal", Question{Act: "orders.reject", Person: "dep", For: "sus", Places: c1}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"no chain of stand-ins", Question{Act: "orders.reject", Person: "far", For: "dep", Places: c1}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"not without a grant", Question{Act: "orders.reject", Person: "hua", For: "li", Places: c1}, "OR04 denied policy.role R17 fact.policy.no_such_role"},
		{"an unknown act is our mistake", Question{Act: "orders.explode", Person: "li"}, " internal policy.unknown_act  "},
		{"an unknown fact is our mistake", Question{Act: "orders.see", Person: "li", Facts: []string{"funny"}}, " internal policy.unknown_fact  "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.q.At.IsZero() {
				c.q.At = noon
			}
			v, p := g.Decide(c.q), g.Preview(c.q)
			if got := tell(v); got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if tell(p) != tell(v) {
				t.Errorf("preview %q, decision %q", tell(p), tell(v))
			}
		})
	}
}

func tell(v Verdict) string {
	if v.Allowed != (v.Err == nil) {
		return "verdict and fault disagree"
	}
	if v.Allowed {
		return v.Line
	}
	return strings.Join([]string{v.Line, v.Err.Kind.String(), v.Err.Code, v.Err.Rule, v.Err.Fact}, " ")
}

func TestRefusalNamesWhatIsNeeded(t *testing.T) {
	t.Parallel()
	g := NewGate(small(t), town())
	v := g.Decide(Question{Act: "orders.see", Person: "zhao", Department: "health", Places: []Place{"c1"}, At: noon})
	if !v.ByRole || v.Role != "resident" && v.Role != "dept_clerk" {
		t.Errorf("ByRole %v Role %q", v.ByRole, v.Role)
	}
	if got := strings.Join(v.Err.Args["role"].([]string), " "); got != "t:role.resident t:role.committee_staff t:role.dept_clerk t:role.office_staff t:role.auditor" {
		t.Errorf("roles %s", got)
	}
	v = g.Decide(Question{Act: "orders.approve", Person: "sun", Places: []Place{"c1"}, Facts: []string{"decided", "own_review"}, At: noon})
	if v.ByRole || strings.Join(v.Err.Args["blocking"].([]string), " ") != "t:fact.orders.decided t:fact.orders.own_review" {
		t.Errorf("by role %v, args %v", v.ByRole, v.Err.Args)
	}
	if v.Err.Kind != fault.Denied || v.Err.Remedy != "policy.facts.remedy" || v.Rule != "R17 second reader" {
		t.Errorf("%+v", v.Err)
	}
}

func TestDefaultLoads(t *testing.T) {
	t.Parallel()
	s, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Hash()) != 16 || len(s.Roles()) < 17 {
		t.Errorf("hash %q, %d roles", s.Hash(), len(s.Roles()))
	}
}
