package policy

import (
	"fmt"
	"runtime"
	"testing"
	"time"
	"unsafe"
)

func unsafeString(b []byte) string { return unsafe.String(&b[0], len(b)) }

// city has n admitted items, 500 a community, and 20,000 people in office.
func city(n int) *Index {
	x := NewIndex()
	x.PutPlace("city", "")
	for c := range max(1, n/500) {
		x.PutPlace(fmt.Sprint("d", c/120), "city")
		x.PutPlace(fmt.Sprint("s", c/12), fmt.Sprint("d", c/120))
		x.PutPlace(fmt.Sprint("c", c), fmt.Sprint("s", c/12))
	}
	for i := range n {
		x.PutInForce(fmt.Sprint("c", i/500), InForce{Item: fmt.Sprint("item-", i), Department: fmt.Sprint("dept", i%50),
			Kinds: []string{"task"}, State: "active", Until: noon.Add(time.Hour)})
	}
	for i := range 20000 {
		x.PutPerson(Person{ID: fmt.Sprint("p", i), Appointments: []Appointment{{Role: "dept_clerk", Place: "d0", Department: fmt.Sprint("dept", i%50)}}})
	}
	return x
}

func BenchmarkDecide(b *testing.B) {
	s := small(b)
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		start := time.Now()
		x := city(n)
		took := time.Since(start)
		runtime.GC()
		runtime.ReadMemStats(&after)
		g := NewGate(s, x)
		ids, places := [64]string{}, [64][]Place{}
		for i := range ids {
			ids[i], places[i] = fmt.Sprint("p", i), []Place{fmt.Sprint("c", i%max(1, n/500))}
		}
		for name, decide := range map[string]func(Question) Verdict{"casbin": g.Decide, "masks": g.Preview} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					k := i % 64
					dept := x.person(ids[k]).Appointments[0].Department
					facts := []string{"funded"}
					if len(x.InForce(places[k][0], dept, noon)) > 0 {
						facts = append(facts, "in_force")
					}
					if v := decide(Question{Act: "orders.start", Person: ids[k], Department: dept, Places: places[k], Facts: facts, At: noon}); v.Err != nil && v.Err.Code != "policy.role" {
						b.Fatal(v.Err)
					}
				}
				b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB")
				b.ReportMetric(took.Seconds(), "s-load")
			})
		}
		b.Run(fmt.Sprintf("in-force/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				x.InForce(places[i%64][0], "dept7", noon)
			}
		})
		b.Run(fmt.Sprintf("put/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				x.PutInForce("c0", InForce{Item: "item-7", Department: "dept7", Kinds: []string{"task"}, State: "suspended"})
			}
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	g := NewGate(listedSet(b, listed), town())
	cols := thingColumns("wang")
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := g.Filter("wang", "", "things.see", noon, cols); err != nil {
			b.Fatal(err)
		}
	}
}
