//go:build bench

package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
)

// gates measures decisions as the engine asks for them.
func gates(ctx context.Context, o options, t *table) error {
	set, err := policy.Default()
	if err != nil {
		return err
	}
	type full struct {
		n int
		x *policy.Index
	}
	var all []full
	for _, n := range o.items {
		x, load, mb := filled(n)
		all = append(all, full{n, x})
		t.add("gate: loading the index", count(n), "items/s", float64(n)/load.Seconds())
		t.add("gate: memory of the index", count(n), "MB", mb)
	}
	for range o.rounds {
		for _, workers := range []int{1, 2} {
			for _, f := range all {
				if err := ctx.Err(); err != nil {
					return err
				}
				rate, err := decide(portal.NewGate(policy.NewGate(set, f.x)), f.x, f.n, workers)
				if err != nil {
					return err
				}
				t.add(fmt.Sprintf("gate: decide with look-up, %d goroutine(s)", workers), count(f.n), "decisions/s", rate)
			}
		}
	}
	return nil
}

// perCommunity items stand in force in each community, of 40 departments.
const perCommunity = 500

func filled(n int) (x *policy.Index, took time.Duration, mb float64) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x = policy.NewIndex()
	x.PutPlace("city", "")
	places := max(1, n/perCommunity)
	for c := range places {
		x.PutPlace(fmt.Sprint("d", c/50), "city")
		x.PutPlace(fmt.Sprint("s", c/10), fmt.Sprint("d", c/50))
		x.PutPlace(fmt.Sprint("c", c), fmt.Sprint("s", c/10))
	}
	for i := range 2000 {
		c := i % places
		x.PutPerson(policy.Person{ID: fmt.Sprint("committee", i), Appointments: []policy.Appointment{{Role: "committee_head", Place: fmt.Sprint("c", c)}}})
		x.PutPerson(policy.Person{ID: fmt.Sprint("head", i), Appointments: []policy.Appointment{{Role: "dept_head", Place: fmt.Sprint("d", c/50), Department: fmt.Sprint("dept", i%40)}}})
		x.PutPerson(policy.Person{ID: fmt.Sprint("office", i), Appointments: []policy.Appointment{{Role: "office_staff", Place: fmt.Sprint("d", c/50)}}})
	}
	start := time.Now()
	until := start.AddDate(1, 0, 0)
	for i := range n {
		x.PutInForce(fmt.Sprint("c", i/perCommunity), policy.InForce{Item: fmt.Sprint("item-", i), Department: fmt.Sprint("dept", i%40),
			Kinds: []string{"task"}, State: "active", Until: until})
	}
	took = time.Since(start)
	runtime.GC()
	runtime.ReadMemStats(&after)
	return x, took, (float64(after.HeapAlloc) - float64(before.HeapAlloc)) / 1e6
}

// decide asks for a second: what is in force there, then one of four acts. Half
// are allowed; the rest lack the role or meet a prohibition.
func decide(g lifecycle.Gate, x *policy.Index, n, workers int) (float64, error) {
	const each = 25_000
	var wg sync.WaitGroup
	errs := make([]error, workers)
	start := time.Now()
	for w := range workers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 7))
			for range each {
				if err := one(g, x, n, r, start); err != nil {
					errs[w] = err
					return
				}
			}
		})
	}
	wg.Wait()
	took := time.Since(start)
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return float64(workers*each) / took.Seconds(), nil
}

func one(g lifecycle.Gate, x *policy.Index, n int, r *rand.Rand, at time.Time) error {
	places := max(1, n/perCommunity)
	i := r.IntN(2000)
	c := i % places
	here, dept := fmt.Sprint("c", c), fmt.Sprint("dept", i%40)
	q := lifecycle.Question{Scope: lifecycle.Scope{Department: dept, Places: []string{here}}, At: at, Facts: []string{"filed"}}
	want := true
	switch r.IntN(4) {
	case 0:
		q.Act, q.Actor.ID = "application.submit", fmt.Sprint("head", i)
	case 1:
		q.Act, q.Actor.ID = "item.confirm", fmt.Sprint("committee", i)
	case 2:
		q.Act, q.Actor.ID, q.Facts, want = "application.approve", fmt.Sprint("office", i), []string{"filed", "no_money"}, false
	case 3:
		q.Act, q.Actor.ID, want = "item.confirm", fmt.Sprint("office", i), false
	}
	if n >= perCommunity && len(x.InForce(here, dept, at)) == 0 {
		return fmt.Errorf("nothing of %s in force in %s", dept, here)
	}
	if v := g.Decide(q); v.Allowed != want {
		return fmt.Errorf("%s by %s: allowed %v (%v)", q.Act, q.Actor.ID, v.Allowed, v.Err)
	}
	return nil
}
