//go:build bench

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"gatehouse/modules/gate/admission"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// batch is how many cases share a durable commit while seeding.
const batch = 1000

// version names the seed's shape: raise it when the documents here change.
const version = 1

// seeded opens the city with n applications, and makes it first when it is not there.
func seeded(ctx context.Context, o options, n int, t *table) (*city, *sqlite.DB, error) {
	path := filepath.Join(o.cache, fmt.Sprintf("v%d-%d.db", version, n))
	if _, err := os.Stat(path); err != nil {
		if err := seed(ctx, o, path+".part", n, t); err != nil {
			return nil, nil, fmt.Errorf("seed %d cases: %w", n, err)
		}
		if err := errors.Join(os.Rename(path+".part", path), os.Remove(path+".part.lock")); err != nil {
			return nil, nil, err
		}
	}
	db, err := sqlite.Open(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := build(ctx, db)
	return c, db, err
}

func seed(ctx context.Context, o options, path string, n int, t *table) error {
	for _, end := range []string{"", "-wal", "-shm"} { // of a run that was cut short
		if err := os.RemoveAll(path + end); err != nil {
			return err
		}
	}
	db, err := sqlite.Open(path)
	if err != nil {
		return err
	}
	defer db.Close()
	c, err := build(ctx, db)
	if err != nil {
		return err
	}
	defer c.Close()
	made := make(chan []*admission.Application, 2)
	failed := make(chan error, 1)
	go func() { failed <- newSeeder(n).all(ctx, made) }()
	var busy time.Duration
	done := 0
	for as := range made {
		start := time.Now()
		if err := c.Admission.Resource.Engine.Cases().InsertMany(ctx, as); err != nil {
			return err
		}
		busy += time.Since(start)
		if done += len(as); done%50_000 == 0 {
			o.say("%d of %d cases, %.0f rows/s", done, n, float64(done)/busy.Seconds())
		}
	}
	t.add("seed: InsertMany, 1,000 a commit", count(n), "rows/s", float64(n)/busy.Seconds())
	return <-failed
}

// seeder makes applications as years of work would have left them: the oldest
// first, the newest 4 % still open, one department and one community far
// busier than the others.
type seeder struct {
	n        int
	rnd      *rand.Rand
	begin    time.Time
	step     time.Duration
	calendar *calendar.Calendar
	settings setting.Values
	rules    json.RawMessage // the settings as they are stored
}

func newSeeder(n int) *seeder {
	end := time.Now().UTC().Add(-time.Hour).Truncate(time.Millisecond)
	begin := end.AddDate(-8, 0, 0)
	s := &seeder{n: n, rnd: rand.New(rand.NewPCG(1, uint64(n))), begin: begin, step: end.Sub(begin) / time.Duration(n),
		calendar: calendar.Default(), settings: setting.Defaults()}
	s.rules, _ = json.Marshal(s.settings) // a map of strings always encodes
	return s
}

func (s *seeder) all(ctx context.Context, out chan<- []*admission.Application) error {
	defer close(out)
	for i := 0; i < s.n; i += batch {
		as := make([]*admission.Application, 0, batch)
		for k := i; k < min(i+batch, s.n); k++ {
			a := s.application(k)
			if err := s.seal(a); err != nil {
				return err
			}
			as = append(as, a)
		}
		if i == 0 {
			if err := holds(as[0]); err != nil {
				return err
			}
		}
		select {
		case out <- as:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (s *seeder) application(i int) *admission.Application {
	at := s.begin.Add(time.Duration(i) * s.step).Truncate(time.Microsecond)
	d, n := s.rnd.IntN(districts), s.rnd.IntN(departments)
	if s.rnd.IntN(10) == 0 {
		d, n = 0, 0
	}
	a := &admission.Application{Department: department(d, n), Content: s.content(i, d, at)}
	a.ID, a.Revision, a.No = s.id(i, at), 1, fmt.Sprintf("ZR-%d-S%07d", at.Year(), i)
	a.OpenedAt, a.ChangedAt, a.OpenedBy, a.Settings = at, at, "seed", s.settings
	a.Match = admission.Match{Verdict: "unclear"}
	s.live(a, i >= s.n-s.n/25, at)
	return a
}

// id is a UUID version 7 of that time, as the engine makes them.
func (s *seeder) id(i int, at time.Time) string {
	u := uuid.UUID{}
	t := at.UnixMilli()
	for k := range 6 {
		u[k] = byte(t >> (40 - 8*k))
	}
	for k := range 4 {
		u[9+k] = byte(i >> (24 - 8*k))
	}
	u[6], u[8] = 0x70, 0x80
	return u.String()
}

func (s *seeder) content(i, d int, at time.Time) admission.Content {
	c := admission.Content{Title: fmt.Sprintf("楼栋消防通道联合检查 %d", i), Kinds: []string{"task"}, Nature: "temporary", Side: "government",
		Purpose: "把楼栋消防通道的联合检查做实，减少居民跑腿。", Basis: "《基层治理办法》第十二条", WhyNotSelf: "需要熟悉楼栋和住户的人陪同，部门人手不足以逐户走到。",
		Start: day(at.AddDate(0, 3, 0)), End: day(at.AddDate(0, 6, 0)), Frequency: "monthly", Steps: "1. 提前三天张贴告知；2. 陪同入户；3. 在签单上签字。",
		Hours: 12, Residents: 400, Powers: "陪同入户时的现场建议权；对不合作的单位可直接报部门处理。", Staff: "每社区派驻一名联络员，由社区统一调配。",
		FundSource: "区级财政专项", BudgetLine: "2130599", PriceBasis: "工时 45 元/小时，另计材料和通信费。", Delivery: "signoff",
		Acceptance: "每季度抽查签单，误差不超过百分之五。", Indicators: "覆盖率、居民满意率", Burden: "每月约需工时如上；不新增台账，不新增群。", Contact: "经办人 000-81890000",
		Instalments: []admission.Instalment{{Due: day(at.AddDate(0, 3, 0)), Amount: 540_00, Payee: "community"}}}
	if d == 0 && s.rnd.IntN(4) == 0 {
		c.Communities = []string{community(0, 0)}
	}
	for range 1 + s.rnd.IntN(3) {
		if x := community(d, s.rnd.IntN(streets*communities)); len(c.Communities) == 0 || c.Communities[0] != x {
			c.Communities = append(c.Communities, x)
		}
	}
	return c
}

func day(t time.Time) schema.Date { return schema.Date(t.In(calendar.City).Format(time.DateOnly)) }

// live brings an application to where its age would have brought it.
func (s *seeder) live(a *admission.Application, open bool, at time.Time) {
	closed := map[int]string{0: "rejected", 1: "rejected", 2: "withdrawn", 3: "lapsed"}
	opened := map[int]string{0: "submitted", 1: "submitted", 2: "submitted", 3: "submitted", 4: "consulting", 5: "consulting", 6: "consulting", 7: "consulting",
		8: "consulting", 9: "review", 10: "review", 11: "review", 12: "proposed", 13: "proposed", 14: "returned", 15: "returned"}
	a.State = "approved"
	if open {
		a.State = "draft"
		if x, ok := opened[s.rnd.IntN(20)]; ok {
			a.State = x
		}
	} else if x, ok := closed[s.rnd.IntN(20)]; ok {
		a.State = x
	}
	switch a.State {
	case "submitted":
		a.Deadlines = s.deadlines(at, "complete", "R19", "adm.complete_wd", "wd")
	case "consulting":
		a.Deadlines = append(s.deadlines(at, "consult", "R17", "adm.consult_wd", "wd"), s.deadlines(at, "decide", "R16", "adm.decide_wd", "wd")...)
	case "returned":
		a.Gaps, a.Deadlines = []string{"缺少负担评估"}, s.deadlines(at, "lapse", "", "adm.lapse_days", "d")
	case "review", "proposed":
		a.Deadlines = s.deadlines(at, "decide", "R16", "adm.decide_wd", "wd")
	}
	switch a.State {
	case "review", "proposed", "approved", "rejected":
		for _, c := range a.Communities {
			a.Answers = append(a.Answers, admission.Answer{Community: c, Opinion: "agree", Hours: 12})
		}
		a.Finance = &admission.Finance{Funded: true, Note: "已列入年度预算。"}
	}
	switch a.State {
	case "approved":
		a.Decision = &admission.Decision{Outcome: "full", Communities: a.Communities, Plaque: "none"}
	case "rejected":
		a.Decision = &admission.Decision{Outcome: "rejected", Reason: "与居委会协助事项重复。"}
	}
}

func (s *seeder) deadlines(at time.Time, name, rule, key, unit string) []lifecycle.Deadline {
	n := s.settings.Int(key)
	sum := s.calendar.Sum(at, unit, n)
	return []lifecycle.Deadline{{Name: name, Rule: rule, Setting: key, Unit: unit, N: n, From: at, Due: sum.Due, Version: sum.Version}}
}

// seal gives the case its one history entry, linked as the engine links them.
func (s *seeder) seal(a *admission.Application) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	e := lifecycle.Entry{Seq: 1, At: a.OpenedAt, By: a.OpenedBy, Act: "draft", To: a.State, Note: "brought over from the paper files", Line: "AP20"}
	if e.Sum, err = s.digest(doc, "revision", "history", "outbox"); err != nil {
		return err
	}
	if doc, err = json.Marshal(e); err != nil {
		return err
	}
	if e.Hash, err = s.digest(doc); err != nil {
		return err
	}
	a.History = []lifecycle.Entry{e}
	return nil
}

// digest is the hash of a document in canonical form: keys in order, at every depth.
func (s *seeder) digest(doc []byte, without ...string) (string, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(doc, &m); err != nil {
		return "", err
	}
	for _, k := range without {
		delete(m, k)
	}
	for k, raw := range m {
		if k == "settings" { // the same in every case and in order already
			m[k] = s.rules
			continue
		}
		if raw[0] != '{' && raw[0] != '[' {
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			return "", err
		}
		b, err := json.Marshal(v)
		if err != nil {
			return "", err
		}
		m[k] = b
	}
	b, err := json.Marshal(m)
	if err != nil {
		return "", err
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:]), nil
}

// holds checks that the portal itself finds the history whole.
func holds(a *admission.Application) error {
	doc, err := json.Marshal(a)
	if err != nil {
		return err
	}
	broken, err := lifecycle.Check("applications", store.Row{ID: a.ID, Doc: doc})
	if err == nil && broken != nil {
		err = fmt.Errorf("%s", broken)
	}
	return err
}
