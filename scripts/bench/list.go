//go:build bench

package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// look is one kind of request; rows is how many cases its JSON must hold.
type look struct {
	name, path, login string
	rows              int
}

// sized is a city of a size being looked at.
type sized struct {
	*city
	n  int
	db *sqlite.DB
	s  *server
}

// lists measures how pages, acts and counts grow with the number of cases.
func lists(ctx context.Context, o options, t *table) error {
	var all []*sized
	defer func() {
		for _, z := range all {
			z.s.stop()
			z.Close()
			z.db.Close()
		}
	}()
	for _, n := range o.sizes {
		c, db, err := seeded(ctx, o, n, t)
		if err != nil {
			return err
		}
		s, err := c.serve()
		if err != nil {
			return err
		}
		all = append(all, &sized{c, n, db, s})
	}
	for r := range o.rounds {
		o.say("round %d of lists", r+1)
		for _, z := range all {
			if err := z.round(ctx, o, t); err != nil {
				return fmt.Errorf("%d cases: %w", z.n, err)
			}
		}
	}
	return nil
}

func (z *sized) round(ctx context.Context, o options, t *table) error {
	id, err := z.some(ctx, "submitted")
	if err != nil {
		return err
	}
	for _, l := range z.looks(id) {
		if !strings.Contains(l.name, o.only) {
			continue
		}
		for _, way := range []struct{ name, prefix string }{{"HTML", ""}, {"JSON", "/api/v1"}} {
			if err := z.look(ctx, o, t, l, way.name, way.prefix); err != nil {
				return err
			}
		}
	}
	if o.only != "" {
		return nil
	}
	if err := z.counts(ctx, o, t); err != nil {
		return err
	}
	return z.acts(ctx, o, t)
}

// looks: who looks at what.
func (z *sized) looks(id string) []look {
	busy, usual := "head."+department(0, 0), "head."+department(1, 3)
	deep := base64.RawURLEncoding.EncodeToString([]byte(`["` + newSeeder(z.n).id(z.n/2, time.Now().AddDate(-4, 0, 0)) + `",null]`))
	return []look{
		{"list: applications, anonymous", "/applications", "", 20},
		{"list: applications, office of a district", "/applications", "office", 20},
		{"list: applications, a usual department", "/applications", usual, 20},
		{"list: applications, the busiest department", "/applications", busy, 20},
		{"list: applications, a usual committee", "/applications", "usual", 20},
		{"list: applications, the busiest committee", "/applications", "busy", 20},
		{"list: applications, auditor of the city", "/applications", "auditor", 20},
		{"list: office, from the middle", "/applications?after=" + deep, "office", 20},
		{"list: office, state submitted", "/applications?state=submitted", "office", 1},
		{"list: office, state rejected", "/applications?state=rejected", "office", 20},
		{"list: office, one department", "/applications?department=" + department(0, 5), "office", 20},
		{"list: office, one community", "/applications?place=" + community(0, 7), "office", 20},
		{"list: office, one community, proposed", "/applications?state=proposed&place=" + community(0, 7), "office", 0},
		{"list: anonymous, state draft (none)", "/applications?state=draft", "", 0},
		{"list: tasks, office of a district", "/tasks", "office", 1},
		{"list: tasks, a usual department", "/tasks", usual, 1},
		{"list: tasks, the busiest department", "/tasks", busy, 1},
		{"list: tasks, a usual committee", "/tasks", "usual", 0},
		{"list: tasks, the busiest committee", "/tasks", "busy", 1},
		{"list: one application", "/applications/" + id, "office", 0},
	}
}

func (z *sized) look(ctx context.Context, o options, t *table, l look, name, prefix string) error {
	ds := make([]time.Duration, 0, o.requests)
	for i := range o.requests + 5 {
		if err := ctx.Err(); err != nil {
			return err
		}
		start := time.Now()
		b, err := z.s.ask("GET", prefix+l.path, l.login, nil, http.StatusOK)
		took := time.Since(start)
		if err != nil {
			return err
		}
		if i == 0 && prefix != "" {
			if err := enough(l, b); err != nil {
				return err
			}
		}
		if i >= 5 { // the first ones prepare statements and sign in
			ds = append(ds, took)
		}
		if len(ds) >= 5 && time.Since(start)*time.Duration(o.requests) > 5*time.Minute {
			break // so slow that a few say it
		}
	}
	t.times(l.name+", "+name, count(z.n), ds)
	return nil
}

func enough(l look, b []byte) error {
	var got struct{ Items []json.RawMessage }
	if strings.Contains(l.name, "one application") {
		return nil
	}
	if err := json.Unmarshal(b, &got); err != nil {
		return err
	}
	if len(got.Items) < l.rows {
		return fmt.Errorf("%s: %d cases, want %d", l.name, len(got.Items), l.rows)
	}
	return nil
}

// some gives a case in a state.
func (z *sized) some(ctx context.Context, state string) (string, error) {
	as, err := z.Admission.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "id", Limit: 1, Where: []store.Cond{
		{Field: "state", Op: store.Eq, Value: state}, {Field: "district", Op: store.Eq, Value: district(0)}}})
	if err != nil || len(as) == 0 {
		return "", fmt.Errorf("no case is %s: %w", state, err)
	}
	return as[0].ID, nil
}

// counts asks the store alone.
func (z *sized) counts(ctx context.Context, o options, t *table) error {
	cs := z.Admission.Resource.Engine.Cases()
	for _, x := range []struct {
		name string
		q    store.Query
	}{
		{"count: cases of a department", store.Query{Where: []store.Cond{{Field: "department", Op: store.Eq, Value: department(1, 3)}}}},
		{"count: cases of a state and a department", store.Query{Where: []store.Cond{{Field: "department", Op: store.Eq, Value: department(1, 3)}, {Field: "state", Op: store.Eq, Value: "submitted"}}}},
	} {
		var ds []time.Duration
		for range min(o.requests, 20) {
			start := time.Now()
			if _, err := cs.Count(ctx, x.q); err != nil {
				return err
			}
			ds = append(ds, time.Since(start))
		}
		t.times(x.name, count(z.n), ds)
	}
	return nil
}

// acts: a change of a case that is there, and a new application.
func (z *sized) acts(ctx context.Context, o options, t *table) error {
	e := z.Admission.Resource.Engine
	by := z.actor("head." + department(0, 0))
	drafts, err := e.Cases().Find(ctx, store.Query{Sort: "id", Limit: 20, Where: []store.Cond{
		{Field: "state", Op: store.Eq, Value: "draft"}, {Field: "department", Op: store.Eq, Value: department(0, 0)}}})
	if err != nil || len(drafts) == 0 {
		return fmt.Errorf("no drafts: %w", err)
	}
	var ds, fs []time.Duration
	for i := range o.requests {
		a := drafts[i%len(drafts)]
		in := a.Content
		in.Hours = int64(i % 100)
		start := time.Now()
		if _, err := e.Act(ctx, by, a.ID, "edit", &in, lifecycle.Opts{}); err != nil {
			return err
		}
		ds = append(ds, time.Since(start))
	}
	for i := range min(o.requests, 50) {
		start := time.Now()
		if err := z.file(ctx, i); err != nil {
			return err
		}
		fs = append(fs, time.Since(start))
	}
	t.times("act: edit a draft, engine", count(z.n), ds)
	t.times("act: draft + submit, engine", count(z.n), fs)
	return nil
}

// verifies walks the histories as "server verify" does.
func verifies(ctx context.Context, o options, t *table) error {
	for _, n := range o.sizes {
		c, db, err := seeded(ctx, o, n, t)
		if err != nil {
			return err
		}
		rounds := o.rounds
		if n > 100_000 {
			rounds = 1 // minutes each
		}
		for range rounds {
			start := time.Now()
			n, broken, err := lifecycle.Verify(ctx, db, "applications")
			if err != nil || broken != nil {
				return fmt.Errorf("broken %v: %w", broken, err)
			}
			t.add("verify: walk", count(o.sizesOf(n)), "histories/s", float64(n)/time.Since(start).Seconds())
		}
		c.Close()
		if err := db.Close(); err != nil {
			return err
		}
	}
	return nil
}

// sizesOf gives the size that a store with a few more cases was seeded with.
func (o options) sizesOf(n int) int {
	best := n
	for _, s := range o.sizes {
		if s <= n {
			best = s
		}
	}
	return best
}
