package lifecycle_test

import (
	"context"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// monday is when every test starts: 9 March 2026, 09:00 in the city.
var monday = time.Date(2026, 3, 9, 9, 0, 0, 0, calendar.City).UTC()

var (
	maker    = lifecycle.Actor{ID: "maker"}
	office   = lifecycle.Actor{ID: "office"}
	stranger = lifecycle.Actor{ID: "stranger"}
)

// permit is the case of these tests.
type permit struct {
	lifecycle.Case
	Title   string            `json:"title"`
	Fen     int64             `json:"fen"`
	Where   []string          `json:"where"`
	Reminds int               `json:"reminds,omitempty"`
	Marks   map[string]string `json:"marks,omitempty"`
}

type (
	draftForm struct {
		Title    string `json:"title" form:"text,required,max=80"`
		Password string `json:"password" form:"secret"`
	}
	decideForm struct {
		Grant string `json:"grant" form:"choice,required,of=yes no"`
	}
	markForm struct {
		Key string `json:"key" form:"text,required"`
	}
)

// What permits tell.
var (
	filed    = lifecycle.NewEvent[permit, struct{}]("permit.filed", nil)
	decided  = lifecycle.NewEvent("permit.decided", func(p *permit, _ *lifecycle.Step) verdict { return verdict{p.State} })
	reminded = lifecycle.NewEvent[permit, struct{}]("permit.reminded", nil)
)

type verdict struct {
	State string `json:"state"`
}

// permits is a table with every kind of act: it opens, stays, chooses, waits
// for a deadline, comes back and ends.
func permits() lifecycle.Table[permit] {
	return lifecycle.Table[permit]{
		Noun: "permit", Plural: "permits", Prefix: "XK",
		Title: func(p *permit) string { return p.Title },
		Scope: func(p *permit) lifecycle.Scope { return lifecycle.Scope{Department: "fire", Places: p.Where} },
		States: []lifecycle.State{
			{Name: "draft", Shelf: lifecycle.Draft},
			{Name: "filed", Shelf: lifecycle.Filed, Assignees: []string{"office_staff"}},
			{Name: "granted", Shelf: lifecycle.Public},
			{Name: "refused", Shelf: lifecycle.Filed},
			{Name: "lapsed", Shelf: lifecycle.Filed},
		},
		Personal: []string{"title", "marks"},
		AnonymiseOn: func(p *permit) time.Time {
			if p.State != "granted" {
				return time.Time{}
			}
			return p.ChangedAt.AddDate(0, 0, 100)
		},
		Acts: []lifecycle.Act[permit]{
			{Name: "draft", To: []string{"draft"}, Do: lifecycle.Fills("permit", func(p *permit, in *draftForm, s *lifecycle.Step) error {
				p.Title, p.Where = in.Title, []string{"hehua"}
				return nil
			})},
			{Name: "file", From: []string{"draft"}, To: []string{"filed"}, Emits: filed,
				Do:     lifecycle.Does(func(p *permit, s *lifecycle.Step) error { s.Until("lapse", "R19", s.Now.AddDate(0, 2, 0)); return nil }),
				Timers: []lifecycle.Timer{{Name: "decide", Setting: "adm.decide_wd", Unit: "wd", Rule: "R16"}}},
			{Name: "mark", From: []string{"filed"}, Do: lifecycle.Takes("permit_mark", mark)},
			{Name: "decide", From: []string{"filed"}, To: []string{"granted", "refused"}, Stops: []string{"*"}, Emits: decided,
				Do: lifecycle.Takes("permit_decide", decide)},
			{Name: "appeal", From: []string{"refused"}, To: []string{"filed"}, Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
				s.Start("decide", "R16", "adm.decide_wd", "wd", 5)
				return nil
			})},
			{Name: "remind", From: []string{"filed"}, On: "decide", Look: lifecycle.Hidden, Emits: reminded,
				Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
					p.Reminds++
					s.Start("decide", "R16", "adm.decide_wd", "wd", 5) // again and again
					return nil
				})},
			{Name: "lapse", From: []string{"filed"}, To: []string{"lapsed"}, On: "lapse", Look: lifecycle.Hidden, Stops: []string{"*"}},
			{Name: "ring", From: []string{"filed"}, Look: lifecycle.Hidden, Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
				s.Start("ring", "R55", "adm.decide_wd", "wh", 4)
				s.Start("wake", "R55", "adm.decide_wd", "h", 4)
				return nil
			})},
			{Name: "hold", From: []string{"filed"}, Look: lifecycle.Hidden, Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
				s.Pause("waiting for parts", "decide", "ring", "wake")
				return nil
			})},
			{Name: "go_on", From: []string{"filed"}, Look: lifecycle.Hidden, Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
				s.Resume("decide", "ring", "wake")
				return nil
			})},
			{Name: "nag", From: []string{"filed"}, On: "wake", Daytime: true, Look: lifecycle.Hidden,
				Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error { return mark(p, &markForm{"nagged"}, s) })},
			{Name: "remark", From: []string{"granted"}, Do: lifecycle.Takes("permit_mark", mark)},
			{Name: "fade", From: []string{"granted"}, Look: lifecycle.Hidden, Do: lifecycle.Does(func(p *permit, s *lifecycle.Step) error {
				p.Title, p.Marks = "", nil
				return nil
			})},
		},
	}
}

func mark(p *permit, in *markForm, s *lifecycle.Step) error {
	if p.Marks == nil {
		p.Marks = map[string]string{}
	}
	p.Marks[in.Key] = s.Actor.ID
	s.Note("marked " + in.Key)
	return nil
}

func decide(p *permit, in *decideForm, s *lifecycle.Step) error {
	p.Fen = 1<<53 + 1 // a whole number that a float would not hold
	s.Ref = "hehua"
	if in.Grant == "no" {
		s.Go("refused")
	}
	return nil
}

// gate lets everybody do what its rules do not forbid, and remembers what it was asked.
type gate struct {
	mu    sync.Mutex
	asked []lifecycle.Question
	deny  map[string]string // act -> policy line
}

func (g *gate) Decide(q lifecycle.Question) lifecycle.Verdict {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, q)
	ok := true
	switch {
	case q.Act == "permit.see":
		ok = q.Actor == maker || q.Actor == lifecycle.System || slices.Contains(q.Facts, "public") ||
			slices.Contains(q.Facts, "filed") && q.Actor != stranger
	case q.Actor == stranger:
		return lifecycle.Verdict{ByRole: true, Err: fault.New(fault.Denied, "policy.role")}
	case g.deny[q.Act] != "":
		ok = false
	}
	if !ok {
		return lifecycle.Verdict{Err: fault.New(fault.Denied, "policy."+g.deny[q.Act])}
	}
	return lifecycle.Verdict{Allowed: true, Line: "PE01"}
}

func (g *gate) Filter(a lifecycle.Actor, _ string, _ time.Time) ([][]store.Cond, bool, error) {
	on := func(shelves ...string) [][]store.Cond {
		return [][]store.Cond{{{Field: "shelf", Op: store.In, Value: shelves}}}
	}
	switch a {
	case maker, lifecycle.System:
		return nil, true, nil
	case stranger:
		return on("public"), false, nil
	case lifecycle.Actor{}:
		return nil, false, nil
	}
	return on("filed", "public"), false, nil
}

func (g *gate) Departmental(role string) bool { return strings.HasPrefix(role, "dept_") }

func (g *gate) Keys(a lifecycle.Actor, _ time.Time) []string {
	if a == office {
		return []string{"office_staff@jiangxin"}
	}
	return nil
}

type places map[string][]string

func (p places) Chain(id string) []string { return p[id] }

// house is one process on a store.
type house struct {
	*lifecycle.Engine[permit]
	t    testing.TB
	gate *gate
	bus  *lifecycle.Bus
	mu   sync.Mutex
	at   time.Time
}

func memory(t testing.TB) store.Driver {
	t.Helper()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func build(t testing.TB) *house { t.Helper(); return process(t, memory(t)) }

// process builds a house on a store that may have others.
func process(t testing.TB, db store.Driver) *house {
	t.Helper()
	h := &house{t: t, gate: &gate{deny: map[string]string{}}, at: monday, bus: lifecycle.NewBus(slog.New(slog.NewTextHandler(io.Discard, nil)))}
	numbers, err := lifecycle.NewNumbers(context.Background(), db)
	if err != nil {
		t.Fatal(err)
	}
	cal := calendar.Default()
	h.Engine, err = lifecycle.New(context.Background(), permits(), lifecycle.Deps{Store: db, Gate: h.gate, Bus: h.bus, Numbers: numbers,
		Places:   places{"hehua": {"hehua", "liuxi", "jiangxin", "yunting"}},
		Calendar: func() *calendar.Calendar { return cal }, Settings: settings, Clock: h.clock})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (h *house) clock() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.at }

func (h *house) set(at time.Time) { h.mu.Lock(); defer h.mu.Unlock(); h.at = at }

func (h *house) draft(title string) *permit {
	h.t.Helper()
	p, err := h.Open(context.Background(), maker, "draft", &draftForm{Title: title}, lifecycle.Opts{})
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

func (h *house) filed(title string) *permit {
	h.t.Helper()
	return h.must(maker, h.draft(title).ID, "file", nil)
}

func (h *house) must(by lifecycle.Actor, id, act string, in any) *permit {
	h.t.Helper()
	p, err := h.Act(context.Background(), by, id, act, in, lifecycle.Opts{})
	if err != nil {
		h.t.Fatalf("%s: %v", act, err)
	}
	return p
}

// stored reads a permit past the gate.
func (h *house) stored(id string) *permit {
	h.t.Helper()
	p, err := h.Cases().Get(context.Background(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return p
}

// whole checks that every chain holds.
func (h *house) whole() {
	h.t.Helper()
	if _, b, err := lifecycle.Verify(context.Background(), h.Store, "permits"); b != nil || err != nil {
		h.t.Fatal(b, err)
	}
}

func wants(t testing.TB, err error, k fault.Kind, code string) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("was done, want %s %s", k, code)
	}
	e := fault.As(err)
	if e.Kind != k || e.Code != code {
		t.Fatalf("got %v, want %s %s", err, k, code)
	}
	return e
}

// settings are few, so that documents stay small; what is missing has its default.
func settings() setting.Values { return setting.Values{"adm.decide_wd": "15"} }
