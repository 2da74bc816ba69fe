package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// crowd is people of the demo city who do whatever comes to their minds.
type crowd struct {
	*testing.T
	*App
	*rand.Rand
	clock   *Clock
	ctx     context.Context
	desks   []portal.AnyResource
	inputs  map[string]fields   // schema of an act's input, by plural/act
	people  []string            // ids
	cases   map[string][]string // ids by plural
	log     bytes.Buffer
	ok, not int
	kinds   map[fault.Kind]int
	acts    map[string]bool // that were done at least once
}

// life is the part of a case that is checked.
type life struct {
	ID      string            `json:"id"`
	State   string            `json:"state"`
	History []lifecycle.Entry `json:"history"`
}

func gather(t *testing.T, seed uint64) *crowd {
	t.Helper()
	db, settings := copied(t, lived)
	c := &crowd{T: t, Rand: rand.New(rand.NewPCG(seed, 1)), clock: new(Clock), ctx: context.Background(), inputs: map[string]fields{},
		cases: map[string][]string{}, kinds: map[fault.Kind]int{}, acts: map[string]bool{}}
	c.clock.Set(today)
	log := slog.New(slog.NewTextHandler(&c.log, &slog.HandlerOptions{Level: slog.LevelError}))
	var err error
	if c.App, err = Build(c.ctx, db, settings, c.clock.Now, log); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	c.desks = c.Portal.Resources()
	for _, d := range c.desks {
		b, _ := json.Marshal(d.OpenAPI())
		var paths map[string]fields
		json.Unmarshal(b, &paths)
		for path, ops := range paths {
			post, _ := ops["post"].(fields)
			if body, ok := post["requestBody"].(fields); ok {
				c.inputs[d.Plural()+path[strings.LastIndex(path, "/"):]] = body["content"].(fields)["application/json"].(fields)["schema"].(fields)
			}
		}
		c.learn(d.Plural())
	}
	c.people = append(slices.Clone(c.cases["users"]), "system", "", "nobody")
	return c
}

// learn reads which cases there are.
func (c *crowd) learn(plural string) {
	rows, err := c.Portal.Store.Find(c.ctx, plural, store.Query{Sort: "-id", Limit: 300})
	if err != nil {
		c.Fatal(err)
	}
	c.cases[plural] = nil
	for _, r := range rows {
		c.cases[plural] = append(c.cases[plural], r.ID)
	}
}

func (c *crowd) read(plural, id string) (l life, doc fields, revision int64) {
	row, err := c.Portal.Store.Get(c.ctx, plural, id)
	if err != nil {
		c.Fatalf("%s %s: %v", plural, id, err)
	}
	json.Unmarshal(row.Doc, &l)
	json.Unmarshal(row.Doc, &doc)
	return l, doc, row.Revision
}

func pick[T any](c *crowd, xs []T) (x T) {
	if len(xs) == 0 {
		return x
	}
	return xs[c.IntN(len(xs))]
}

// step is one idea of somebody.
func (c *crowd) step() {
	if c.IntN(25) == 0 {
		c.clock.Set(c.clock.Now().Add(time.Duration(c.IntN(6*24)) * time.Hour))
		c.Portal.Bus.Once(c.ctx)
		return
	}
	d := pick(c, c.desks)
	for slices.Contains([]string{"users", "areas", "departments"}, d.Plural()) && c.IntN(15) > 0 { // or soon nobody is left
		d = pick(c, c.desks)
	}
	plan := d.Plan()
	id, before, doc, revision := "", life{}, fields(nil), int64(0)
	if len(c.cases[d.Plural()]) > 0 && c.IntN(6) > 0 {
		id = pick(c, c.cases[d.Plural()])
		before, doc, revision = c.read(d.Plural(), id)
	}
	fits := slices.DeleteFunc(slices.Clone(plan.Acts), func(a portal.PlanAct) bool {
		return a.Name == "register" || a.Name == "reset_password" || id == "" && len(a.From) > 0 || id != "" && !slices.Contains(a.From, before.State)
	})
	if len(fits) == 0 || c.IntN(12) == 0 {
		fits = slices.DeleteFunc(slices.Clone(plan.Acts), func(a portal.PlanAct) bool { return a.Name == "register" || a.Name == "reset_password" })
	}
	act := pick(c, fits)
	in, o := c.input(c.inputs[d.Plural()+"/"+act.Name], doc, 0), lifecycle.Opts{}
	if c.IntN(8) == 0 {
		o = lifecycle.Opts{Key: pick(c, []string{"", "k1", "k2"}), Revision: pick(c, []int64{0, revision, 1, 99})}
	}
	for _, by := range c.somebody(act, in, doc) {
		if k := c.try(d, plan, by, id, act, in, o, before, revision); k != fault.Denied && k != fault.NotFound && k != fault.Unauthenticated {
			return
		}
	}
}

// somebody is at times anybody at all, then those whose act it could be.
func (c *crowd) somebody(act portal.PlanAct, in any, doc fields) []lifecycle.Actor {
	var out []lifecycle.Actor
	if c.IntN(4) == 0 {
		out = append(out, lifecycle.Actor{ID: pick(c, c.people), For: pick(c, []string{"", "", "", pick(c, c.people)})})
	}
	if act.On != "" {
		out = append(out, lifecycle.System)
	}
	logins := []string{"office", "office1", "office2", "conference", "finance", "emergency", "liuxi", "beitang", "wanghai", "admin"}
	typed, _ := in.(fields)
	for _, m := range []fields{doc, typed} {
		for _, k := range []string{"department", "community"} {
			if s, _ := m[k].(string); s != "" {
				logins = append(logins, s)
			}
		}
		if cs, _ := m["communities"].([]any); len(cs) > 0 {
			s, _ := cs[c.IntN(len(cs))].(string)
			logins = append(logins, s)
		}
	}
	c.Shuffle(len(logins), func(i, j int) { logins[i], logins[j] = logins[j], logins[i] })
	for _, login := range logins {
		if id, ok := c.People.ID(login); ok {
			out = append(out, lifecycle.Actor{ID: id})
		}
	}
	return out
}

// try lets one person do it and gives the kind of the fault, 99 for none.
func (c *crowd) try(d portal.AnyResource, plan portal.Plan, by lifecycle.Actor, id string, act portal.PlanAct, in any, o lifecycle.Opts, before life, revision int64) fault.Kind {
	var body []byte
	if in != nil {
		body, _ = json.Marshal(in)
	}
	what := fmt.Sprintf("%s %s %s by %v: %.300s", act.Name, d.Noun(), id, by, body)
	defer func() {
		if p := recover(); p != nil {
			c.Fatalf("%s: panic %v", what, p)
		}
	}()
	done, err := d.Perform(c.ctx, by, id, act.Name, body, o)
	if err != nil {
		k := fault.As(err).Kind
		if c.kinds[k]++; k == fault.Internal {
			c.Errorf("%s: %v", what, err)
		}
		c.not++
		if id != "" {
			if row, err := c.Portal.Store.Get(c.ctx, d.Plural(), id); err != nil || row.Revision != revision {
				c.Errorf("%s: refused (%v) and saved", what, err)
			}
		}
		return fault.As(err).Kind
	}
	c.ok++
	c.acts[d.Noun()+"."+act.Name] = true
	after, _, _ := c.read(d.Plural(), done.ID)
	if id == "" {
		before = life{}
		c.cases[d.Plural()] = append(c.cases[d.Plural()], done.ID)
		for _, x := range c.desks { // what followed from it
			c.learn(x.Plural())
		}
	}
	state := before.State
	for _, e := range after.History[min(len(before.History), len(after.History)):] {
		if !allows(plan, e) || e.From != state {
			c.Errorf("%s: the table knows no %s from %q to %q (was %q)", what, e.Act, e.From, e.To, state)
		}
		state = e.To
	}
	if state != after.State {
		c.Errorf("%s: is %q, the history ends in %q", what, after.State, state)
	}
	return 99
}

// allows tells whether an entry is a way of the table.
func allows(plan portal.Plan, e lifecycle.Entry) bool {
	return slices.ContainsFunc(plan.Acts, func(a portal.PlanAct) bool {
		from := e.From == "" && len(a.From) == 0 || slices.Contains(a.From, e.From)
		to := len(a.To) == 0 && e.To == e.From || slices.Contains(a.To, e.To)
		return a.Name == e.Act && from && to
	})
}

// input makes an input of a schema: mostly what a person would type, drawing
// on the case at hand, sometimes nonsense.
func (c *crowd) input(schema, doc fields, depth int) any {
	if schema == nil {
		return nil
	}
	out := fields{}
	props := schema["properties"].(fields)
	required, _ := schema["required"].([]any)
	for _, name := range slices.Sorted(maps.Keys(props)) {
		if !slices.Contains(required, any(name)) && c.IntN(3) == 0 || c.IntN(150) == 0 {
			continue
		}
		if c.IntN(150) == 0 {
			out[name] = pick(c, wrongs(props[name].(fields))[:2])
			continue
		}
		out[name] = c.value(name, props[name].(fields), doc, depth)
	}
	return out
}

func (c *crowd) value(name string, schema, doc fields, depth int) any {
	if known, ok := doc[name]; ok && c.IntN(3) > 0 {
		if _, isList := known.([]any); isList == (schema["type"] == "array") {
			return known
		}
	}
	if enum, ok := schema["enum"].([]any); ok {
		return pick(c, enum)
	}
	switch schema["type"] {
	case "boolean":
		return c.IntN(3) > 0
	case "integer":
		return pick(c, []int64{0, 1, 1, 2, 8, 15, 100, 300000, 500000, 2026, 1 << 40})
	case "array":
		var out []any
		for range c.IntN(4) {
			if items := schema["items"].(fields); items["type"] == "object" {
				out = append(out, c.input(items, nil, depth+1))
			} else if v := c.value(strings.TrimSuffix(strings.TrimSuffix(name, "s"), "ie"), items, nil, depth+1); !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return out
	}
	if schema["format"] == "date" {
		return c.clock.Now().In(calendar.City).AddDate(0, 0, pick(c, []int{-200, -30, -1, 0, 0, 1, 7, 20, 60, 90, 300, 4000})).Format(time.DateOnly)
	}
	return c.word(name)
}

// word is a text for a field of that name.
func (c *crowd) word(name string) string {
	switch name {
	case "communit", "community":
		return pick(c, []string{"hehua", "shuangqiao", "yinxing", "guangming", "zhongxin", "laochang", "tielu", "yugang", "xincheng", "songtao"})
	case "department":
		return pick(c, c.cases["departments"])
	case "district":
		return "jiangxin"
	case "effect", "money", "residents":
		return pick(c, []string{"100", "85", "70", "50", "0", "1"})
	case "n":
		return strconv.Itoa(c.IntN(3))
	}
	for _, plural := range []string{name + "s", name} {
		if ids := c.cases[plural]; len(ids) > 0 {
			return pick(c, ids)
		}
	}
	return pick(c, []string{"文字", "文字", "文字", "x", "招商引资任务", "公益电影放映", "加装电梯协商", "<b>&'\"", "e\u0301", "👩‍👧", " 空格 ", strings.Repeat("长", 80)})
}

// Whatever people try: no case leaves its table, no history breaks, and the
// portal itself never fails. Ring 1 lets one crowd take a few hundred steps,
// ring 2 two of them 1500, ring 3 six as many as they can in a minute.
func TestCrowd(t *testing.T) {
	t.Parallel()
	most := portaltest.Sized(400, 1500, 1<<30)
	for n := range portaltest.Sized(1, 2, 6) {
		seed := uint64(n + 1)
		if s := os.Getenv("GATEHOUSE_SEED"); s != "" {
			seed, _ = strconv.ParseUint(s, 10, 64)
		}
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			c := gather(t, seed)
			for steps, end := 0, time.Now().Add(time.Minute); time.Now().Before(end) && steps < most && !t.Failed(); steps++ {
				c.step()
			}
			for range 5 {
				c.Portal.Bus.Once(c.ctx)
			}
			c.closing()
		})
	}
}

func (c *crowd) closing() {
	total := 0
	for _, d := range c.desks {
		n, broken, err := lifecycle.Verify(c.ctx, c.Portal.Store, d.Plural())
		if total += n; broken != nil || err != nil {
			c.Errorf("%v %v", broken, err)
		}
		if n, err := c.Portal.Store.Count(c.ctx, d.Plural(), store.Query{Where: []store.Cond{{Field: "pending", Op: store.Eq, Value: int64(1)}}}); n > 0 || err != nil {
			c.Errorf("%s: %d cases have events nobody takes: %v", d.Plural(), n, err)
		}
	}
	if s := c.log.String(); s != "" {
		c.Errorf("the portal complains:\n%.2000s", s)
	}
	c.Logf("%d done, %d refused %v, %d kinds of acts, %d cases verified", c.ok, c.not, c.kinds, len(c.acts), total)
	if c.ok < 20 {
		c.Errorf("only %d acts were done", c.ok)
	}
}
