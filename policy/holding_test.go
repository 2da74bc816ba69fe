package policy

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// ask is one question about roles; the answer is compared as a set.
type where struct {
	department string
	places     []Place
}

func drawWhere(t *rapid.T) where {
	return where{rapid.SampledFrom([]string{"civil", "health", "", AnyDepartment}).Draw(t, "department"),
		rapid.SliceOfN(rapid.SampledFrom([]Place{"city", "d1", "d2", "s1", "s3", "c1", "c2", "c3", "c4", "moon"}), 0, 2).Draw(t, "places")}
}

func subset(small, big []string) bool {
	return !slices.ContainsFunc(small, func(s string) bool { return !slices.Contains(big, s) })
}

// Roles are worked out here a second time, straight from the words of the
// rule: one appointment gives a role, alone, or none does.
func plainRoles(x *Index, p Person, w where, at time.Time) []string {
	out := []string{"everyone", "signed_in"}
	includes := map[string]string{"committee_head": "committee_staff", "dept_head": "dept_clerk", "office_head": "office_staff"}
	for _, a := range p.Appointments {
		if at.Before(a.From) || !a.Until.IsZero() && !at.Before(a.Until) {
			continue
		}
		near := len(w.places) == 0
		for _, place := range w.places {
			near = near || slices.Contains(x.Chain(place), a.Place)
		}
		fits := !strings.HasPrefix(a.Role, "dept_") || a.Department != "" && (w.department == AnyDepartment || w.department == a.Department)
		if near && fits {
			out = append(out, a.Role)
			if r := includes[a.Role]; r != "" {
				out = append(out, r)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Two appointments never add up to a third role, place or department.
func TestAppointmentsNeverAddUp(t *testing.T) {
	t.Parallel()
	s := small(t)
	rapid.Check(t, func(t *rapid.T) {
		x := town()
		p := Person{ID: "p"}
		for i := range rapid.IntRange(0, 4).Draw(t, "appointments") {
			p.Appointments = append(p.Appointments, drawAppointment(t, fmt.Sprint(i)))
		}
		x.PutPerson(p)
		w, g := drawWhere(t), NewGate(s, x)
		all := g.Roles("p", "", w.department, w.places, noon)
		slices.Sort(all)
		if want := plainRoles(x, p, w, noon); !slices.Equal(all, want) {
			t.Fatalf("%+v at %+v: %v, want %v", p.Appointments, w, all, want)
		}
		var alone []string
		for _, a := range p.Appointments {
			x.PutPerson(Person{ID: "p", Appointments: []Appointment{a}})
			alone = append(alone, g.Roles("p", "", w.department, w.places, noon)...)
		}
		if !subset(all, append(alone, "everyone", "signed_in")) {
			t.Fatalf("together %v, alone %v", all, alone)
		}
	})
}

func TestStandInNeverExceedsPrincipal(t *testing.T) {
	t.Parallel()
	s := small(t)
	rapid.Check(t, func(t *rapid.T) {
		x := town()
		drawPeople(t, x)
		w, g := drawWhere(t), NewGate(s, x)
		acting := g.Roles("p0", "p1", w.department, w.places, noon)
		if !subset(acting, g.Roles("p1", "", w.department, w.places, noon)) {
			t.Fatalf("p0 for p1 has %v, p1 has %v", acting, g.Roles("p1", "", w.department, w.places, noon))
		}
		if !subset(g.Keys("p0", "p1", noon), append(g.Keys("p1", "", noon), keysOfSuspended(g, x, "p1")...)) {
			t.Fatal("more keys than the principal")
		}
		granted := []string{"everyone", "signed_in"}
		for _, grant := range x.person("p0").StandIns {
			if grant.For == "p1" {
				granted = append(granted, s.roleNames(s.closeNames(grant.Roles))...)
			}
		}
		if !subset(acting, granted) {
			t.Fatalf("acting %v, granted %v", acting, granted)
		}
	})
}

// keysOfSuspended: a suspended principal has no keys and lends none.
func keysOfSuspended(g *Gate, x *Index, id string) []string {
	if x.person(id).Suspended && len(g.Keys(id, "", noon)) != 0 {
		return []string{"a suspended person has keys"}
	}
	return nil
}

func (s *Set) closeNames(roles []string) (mask uint64) {
	for _, r := range roles {
		mask |= s.bit[r]
	}
	return s.close(mask)
}

// Taking anything away from a person enlarges nothing.
func TestRemovingEnlargesNothing(t *testing.T) {
	t.Parallel()
	s := small(t)
	rapid.Check(t, func(t *rapid.T) {
		x := town()
		drawPeople(t, x)
		w, g := drawWhere(t), NewGate(s, x)
		standFor := rapid.SampledFrom([]string{"", "p1", "p2"}).Draw(t, "for")
		before := g.Roles("p0", standFor, w.department, w.places, noon)
		keys := g.Keys("p0", standFor, noon)
		victim := *x.person(rapid.SampledFrom([]string{"p0", "p1", "p2"}).Draw(t, "victim"))
		switch {
		case len(victim.Appointments) > 0 && rapid.Bool().Draw(t, "appointment"):
			i := rapid.IntRange(0, len(victim.Appointments)-1).Draw(t, "which")
			victim.Appointments = slices.Delete(slices.Clone(victim.Appointments), i, i+1)
		case len(victim.StandIns) > 0:
			i := rapid.IntRange(0, len(victim.StandIns)-1).Draw(t, "which")
			victim.StandIns = slices.Delete(slices.Clone(victim.StandIns), i, i+1)
		default:
			victim.Suspended = true
		}
		x.PutPerson(victim)
		if after := g.Roles("p0", standFor, w.department, w.places, noon); !subset(after, before) {
			t.Fatalf("before %v, after %v", before, after)
		}
		if after := g.Keys("p0", standFor, noon); !subset(after, keys) {
			t.Fatalf("keys before %v, after %v", keys, after)
		}
	})
}

// An appointment, a grant and an admission begin and end exactly at their moment.
func TestExpiryFlipsExactly(t *testing.T) {
	t.Parallel()
	s := small(t)
	rapid.Check(t, func(t *rapid.T) {
		from := noon.Add(time.Duration(rapid.Int64Range(-1e15, 1e15).Draw(t, "from")))
		until := from.Add(time.Duration(rapid.Int64Range(1, 1e15).Draw(t, "length")))
		x := town()
		x.PutPerson(Person{ID: "a", Appointments: []Appointment{{Role: "office_staff", Place: "d1", From: from, Until: until}}})
		x.PutPerson(Person{ID: "b", StandIns: []StandIn{{For: "li", Roles: []string{"office_staff"}, From: from, Until: until}}})
		x.PutInForce("c1", InForce{Item: "i", Department: "civil", From: from, Until: until, State: "active"})
		g := NewGate(s, x)
		for _, c := range []struct {
			at   time.Time
			want bool
		}{{from.Add(-1), false}, {from, true}, {until.Add(-1), true}, {until, false}} {
			q := Question{Act: "orders.reject", Person: "a", Places: []Place{"c1"}, At: c.at}
			if got := g.Preview(q).Allowed; got != c.want {
				t.Fatalf("appointment at %v of [%v, %v): %v", c.at, from, until, got)
			}
			q.Person, q.For = "b", "li"
			if got := g.Preview(q).Allowed; got != c.want {
				t.Fatalf("grant at %v: %v", c.at, got)
			}
			if got := len(x.InForce("c1", "civil", c.at)) == 1; got != c.want {
				t.Fatalf("admission at %v: %v", c.at, got)
			}
			if got := len(g.Keys("a", "", c.at)) == 1; got != c.want {
				t.Fatalf("keys at %v: %v", c.at, got)
			}
		}
	})
}

func TestKeysAndAreas(t *testing.T) {
	t.Parallel()
	x := town()
	g := NewGate(small(t), x)
	for _, c := range []struct{ person, standFor, want string }{
		{"wang", "", "dept_clerk@civil"},
		{"zhao", "", "dept_clerk@civil dept_head@civil"},
		{"li", "", "office_staff@d1"},
		{"mei", "", "committee_head@c1 committee_staff@c1"},
		{"two", "", "dept_clerk@civil dept_clerk@health dept_head@health"},
		{"dep", "zhao", "dept_clerk@civil"},
		{"dep", "", ""}, {"sus", "", ""}, {"fake", "", ""}, {"old", "", ""}, {"", "", ""}, {"system", "", ""},
	} {
		if got := strings.Join(g.Keys(c.person, c.standFor, noon), " "); got != c.want {
			t.Errorf("keys of %s for %q: %s, want %s", c.person, c.standFor, got, c.want)
		}
	}
	x.PutPerson(Person{ID: "many", Appointments: []Appointment{{Role: "committee_head", Place: "c2"}, {Role: "committee_staff", Place: "c1"},
		{Role: "committee_staff", Place: "c1"}, {Role: "resident", Place: "c4"}, {Role: "committee_staff", Place: "c3", Until: noon}}})
	if got := strings.Join(g.Areas("many", "committee_staff", noon), " "); got != "c1 c2" {
		t.Errorf("areas %s", got)
	}
	if got := strings.Join(x.Chain("c4"), " "); got != "c4 s3 d2 city" {
		t.Errorf("chain %s", got)
	}
	x.PutPlace("l1", "l2")
	x.PutPlace("l2", "l1")
	if got := strings.Join(x.Chain("l1"), " "); got != "l1 l2" || x.within("l1", "city") {
		t.Errorf("chain of a loop %s", got)
	}
}

// A web server may reuse the bytes of its strings: what was put stays as it was.
func TestPutCopies(t *testing.T) {
	t.Parallel()
	buf := []byte("office_staffd1c1civil")
	at := func(i, j int) string { return unsafeString(buf[i:j]) }
	x := NewIndex()
	x.PutPlace("d1", "")
	x.PutPlace(at(14, 16), at(12, 14))
	x.PutPerson(Person{ID: at(0, 3), Appointments: []Appointment{{Role: at(0, 12), Place: at(12, 14), Department: at(16, 21)}},
		StandIns: []StandIn{{For: at(16, 18), Roles: []string{at(0, 12)}}}})
	x.PutInForce(at(14, 16), InForce{Item: at(0, 5), Department: at(16, 21), Kinds: []string{at(1, 4)}, State: at(0, 6)})
	for i := range buf {
		buf[i] = 'x'
	}
	p := x.person("off")
	got := fmt.Sprint(*p, x.Chain("c1"), x.InForce("c1", "civil", noon))
	want := "{off false [{office_staff d1 civil 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC}] " +
		"[{ci [office_staff] 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC}]} [c1 d1] " +
		"[{offic civil [ffi] 0001-01-01 00:00:00 +0000 UTC 0001-01-01 00:00:00 +0000 UTC office}]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestInForce(t *testing.T) {
	t.Parallel()
	x := NewIndex()
	put := func(item, dept, state string) {
		x.PutInForce("c1", InForce{Item: item, Department: dept, State: state})
	}
	put("i1", "civil", "active")
	put("i2", "health", "active")
	put("i3", "civil", "active")
	put("i1", "civil", "suspended") // replaces
	put("i2", "civil", "active")    // moves to another department
	put("i4", "", "active")
	names := func(department string) string {
		var out []string
		for _, f := range x.InForce("c1", department, noon) {
			out = append(out, f.Item+":"+f.State)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	for department, want := range map[string]string{"civil": "i1:suspended i2:active i3:active", "health": "", "": "",
		AnyDepartment: "i1:suspended i2:active i3:active i4:active"} {
		if got := names(department); got != want {
			t.Errorf("%q: %s, want %s", department, got, want)
		}
	}
	x.DropInForce("c1", "i1")
	x.DropInForce("c1", "nothing")
	x.DropInForce("c9", "i1")
	if got := names("civil"); got != "i2:active i3:active" {
		t.Errorf("after drop: %s", got)
	}
	if x.InForce("c9", "civil", noon) != nil {
		t.Error("an unknown community has items")
	}
}

// Readers and writers at once: run with -race. Whatever a reader sees is whole.
func TestReadersBesideWriters(t *testing.T) {
	t.Parallel()
	x := town()
	g := NewGate(small(t), x)
	stop := make(chan struct{})
	var readers, writers sync.WaitGroup
	for n := range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				v := g.Decide(Question{Act: "orders.reject", Person: "flip", Places: []Place{"c1"}, At: noon})
				if v.Allowed && v.Line != "OR04" || !v.Allowed && v.Err.Code != "policy.role" {
					t.Errorf("reader %d: %+v", n, v)
					return
				}
				for _, f := range x.InForce("c1", "civil", noon) {
					if f.Item == "" || f.State == "" {
						t.Errorf("half an item %+v", f)
						return
					}
				}
				g.Keys("flip", "", noon)
				x.Chain("c9")
			}
		})
	}
	for n := range 2 {
		writers.Go(func() {
			for i := range 400 {
				x.PutPerson(Person{ID: "flip", Appointments: []Appointment{{Role: []string{"office_staff", "resident"}[i%2], Place: "d1"}}})
				x.PutInForce("c1", InForce{Item: fmt.Sprint("i", n, i%20), Department: "civil", State: "active"})
				x.DropInForce("c1", fmt.Sprint("i", n, (i+10)%20))
				x.PutPlace("c9", []Place{"s1", "s3"}[i%2])
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	if got := len(x.InForce("c1", "civil", noon)); got == 0 || got > 40 {
		t.Errorf("%d items in the end", got)
	}
}
