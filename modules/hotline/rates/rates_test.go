package rates

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

type fixture struct {
	*portaltest.Portal
	*Rates
	t      *testing.T
	orders map[string][]orders.Measure // by month
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := portaltest.New(t)
	h.Person("hotline", policy.Appointment{Role: "hotline_head", Place: portaltest.District})
	h.Person("dispatcher", policy.Appointment{Role: "dispatcher", Place: portaltest.District})
	f := &fixture{Portal: h, t: t, orders: map[string][]orders.Measure{}}
	f.Rates = portaltest.Must(New(context.Background(), h.Portal, nil))
	f.measures = func(_ context.Context, month string, each func(orders.Measure) error) error {
		for _, o := range f.orders[month] {
			if err := each(o); err != nil {
				return err
			}
		}
		return nil
	}
	return f
}

func (f *fixture) act(by, name, id string, in any) (*Bulletin, error) {
	if id == "" {
		return f.Bulletins.Engine.Open(context.Background(), portaltest.As(by), name, in, lifecycle.Opts{})
	}
	return f.Bulletins.Engine.Act(context.Background(), portaltest.As(by), id, name, in, lifecycle.Opts{})
}

// good is an order handled well; n of them.
func good(unit string, n int) (out []orders.Measure) {
	for range n {
		out = append(out, orders.Measure{Unit: unit, Signed: true, Contacted: true, Closed: true, Solved: "solved", Graded: true, Grade: 100})
	}
	return out
}

func row(t *testing.T, b *Bulletin, unit string) Row {
	t.Helper()
	i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.Unit == unit })
	if i < 0 {
		t.Fatalf("%s is not in the bulletin", unit)
	}
	return b.Rows[i]
}

func TestR65Circular(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.orders["2026-02"] = append(good("fire", 20),
		orders.Measure{Unit: "fire", Late: true, Solved: "not", Graded: true, Grade: 0},
		orders.Measure{Unit: "fire", Open: true, Late: true},
		orders.Measure{Unit: "fire", Excluded: true, Late: true},
		orders.Measure{Unit: "fire", Contacted: true, Closed: true, Solved: "partly", Graded: true, Grade: 30, PolicyFlag: true},
		orders.Measure{Unit: "liuxi", Contacted: true, Closed: true, Solved: "unreached", ReturnedBy: []string{"fire"}})
	b, err := f.act("dispatcher", "draw", "", &drawForm{Month: "2026-02"})
	if err != nil {
		t.Fatal(err)
	}
	got := row(t, b, "fire")
	want := Row{Unit: "fire", Dispatched: 25, Returned: 1, Excluded: 1, Counted: 23, Signed: 20, Contacted: 21, OnTime: 21, Late: 2, Open: 1, Solved: 20, Partly: 1, Not: 1, Graded: 21, Grades: 2000, Dissatisfied: 1, Policy: 1,
		Closure: 9565, OnTimeRate: 9130, Response: 9130, Solve: 9318, Satisfy: 9524, Score: 9334, Rank: 1, Below: []string{"reply"}}
	if !got.same(want) {
		t.Errorf("\n%+v, want\n%+v", got, want)
	}
	t.Run("only a month that is over, once", func(t *testing.T) {
		for _, month := range []string{"2026-03", "2027-01", "x"} {
			if _, err := f.act("hotline", "draw", "", &drawForm{Month: month}); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", month, err)
			}
		}
		if _, err := f.act("hotline", "draw", "", &drawForm{Month: "2026-02"}); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	})
	t.Run("nobody sees it before it is out, everybody afterwards", func(t *testing.T) {
		app := f.App()
		at := "/bulletins/" + b.ID
		for _, by := range []string{"", "clerk.fire", "head.hehua"} {
			if code, _ := f.Ask(app, by, at, ""); code == 200 {
				t.Errorf("%q sees a draft", by)
			}
			if code, _ := f.Ask(app, by, at+"/rates.xlsx", ""); code == 200 {
				t.Errorf("%q takes a draft along", by)
			}
		}
		if _, err := f.act("dispatcher", "publish", b.ID, nil); !fault.Is(err, fault.Denied) {
			t.Error("the dispatcher published", err)
		}
		if _, err := f.act("hotline", "publish", b.ID, nil); err != nil {
			t.Fatal(err)
		}
		code, body := f.Ask(app, "", at, "")
		for _, want := range []string{"91.30%", "93.18%", "95.24%", "2026-02", "怎么算的", "不排名"} {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%d: the page lacks %s", code, want)
			}
		}
		if code, body := f.Ask(app, "", at+"/rates.xlsx", ""); code != 200 || !strings.HasPrefix(body, "PK") {
			t.Error(code)
		}
		if code, body := f.Ask(app, "", at+"/circular", ""); code != 200 || !strings.Contains(body, "91.30%") {
			t.Error("no circular on paper", code)
		}
	})
	t.Run("an appeal granted late corrects it in public", func(t *testing.T) {
		f.Bus.Once(context.Background())
		f.orders["2026-02"][20].Excluded = true
		f.orders["2026-02"] = append(f.orders["2026-02"], good("health", 20)...)
		for i := range f.orders["2026-02"][25:] {
			f.orders["2026-02"][25+i].Grade = 60
		}
		for i := range 3 {
			f.orders["2026-02"][i].Grade = 0
		}
		b, err := f.act("hotline", "correct", b.ID, &correctForm{Why: "复核小组同意不计考核"})
		if err != nil || b.Edition != 2 || row(t, b, "fire").Counted != 22 {
			t.Fatal(err, b)
		}
		if _, body := f.Ask(f.App(), "", "/bulletins/"+b.ID, ""); !strings.Contains(body, "复核小组同意不计考核") {
			t.Error("the reason is not public")
		}
		f.Bus.Once(context.Background())
		xs, err := f.Improvements.Engine.List(context.Background(), portaltest.As("hotline"), lifecycle.Find{})
		if err != nil || len(xs.Cases) != 2 || xs.Cases[0].Unit != "health" || xs.Cases[1].Unit != "fire" {
			t.Error("not each unit is told once", err, len(xs.Cases))
		}
	})
}

func TestR66BelowTheFloor(t *testing.T) {
	t.Parallel()
	f := open(t)
	late := good("fire", 20)
	for i := range late[:3] {
		late[i].Closed, late[i].Late = false, true
	}
	bad := good("liuxi", 20)
	for i := range bad[:4] {
		bad[i].Grade = 0
	}
	few := good("health", 19)
	few[0].Closed, few[1].Closed = false, false
	f.orders["2026-02"] = slices.Concat(late, bad, few, good("culture", 20))
	b, err := f.act("hotline", "draw", "", &drawForm{Month: "2026-02"})
	if err != nil {
		t.Fatal(err)
	}
	if b, err = f.act("hotline", "publish", b.ID, nil); err != nil {
		t.Fatal(err)
	}
	for unit, want := range map[string]string{"fire": "[reply]", "liuxi": "[satisfaction]", "health": "[]", "culture": "[]"} {
		if got := fmt.Sprint(row(t, b, unit).Below); got != want {
			t.Errorf("%s: %s, want %s", unit, got, want)
		}
	}
	for range 2 { // told twice is told once
		f.Bus.Once(context.Background())
	}
	ctx := context.Background()
	xs, err := f.Improvements.Engine.List(ctx, portaltest.As("hotline"), lifecycle.Find{})
	if err != nil || len(xs.Cases) != 2 {
		t.Fatal(err, len(xs.Cases))
	}
	do := func(by, id, act string, in any) error {
		_, err := f.Improvements.Engine.Act(ctx, portaltest.As(by), id, act, in, lifecycle.Opts{})
		return err
	}
	for _, x := range xs.Cases {
		own, other := "clerk.fire", "street.liuxi"
		if x.Unit == "liuxi" {
			own, other = other, own
		}
		if err := do(other, x.ID, "answer", &answerForm{Answer: "x"}); !fault.Is(err, fault.NotFound) {
			t.Errorf("%s answers for %s: %v", other, x.Unit, err)
		}
		if err := do(own, x.ID, "answer", &answerForm{Answer: "增加夜间值守"}); err != nil {
			t.Error(err)
		}
		if err := do(own, x.ID, "accept", nil); !fault.Is(err, fault.Denied) {
			t.Error("a unit accepts its own answer", err)
		}
	}
	if err := do("hotline", xs.Cases[0].ID, "send_back", &remarkForm{Remark: "没有说明原因"}); err != nil {
		t.Error(err)
	}
	if err := do("hotline", xs.Cases[1].ID, "accept", nil); err != nil {
		t.Error(err)
	}
	f.Workdays(12)
	f.Bus.Once(ctx)
	x, err := f.Improvements.Engine.Get(ctx, portaltest.As("hotline"), xs.Cases[0].ID)
	if err != nil || !x.Late || x.State != "told" {
		t.Error(err, x)
	}
}

func TestR67Rank(t *testing.T) {
	t.Parallel()
	s := setting.Defaults()
	streets := func(u string) bool { return strings.HasPrefix(u, "s") }
	of := func(counts map[string]int, change func(*orders.Measure)) []Row {
		x := tally{}
		for unit, n := range counts {
			for i, o := range good(unit, n) {
				if change != nil && i == 0 {
					change(&o)
				}
				x.add(o)
			}
		}
		return x.rows(s, streets)
	}
	t.Run("equal scores share a rank, peers are ranked apart, few orders are not", func(t *testing.T) {
		var got []string
		for _, r := range of(map[string]int{"s1": 20, "s2": 30, "s3": 19, "d1": 25, "d2": 5}, nil) {
			got = append(got, fmt.Sprint(r.Unit, r.Rank))
		}
		if want := "s11 s21 s30 d11 d20"; strings.Join(got, " ") != want {
			t.Error(got)
		}
	})
	t.Run("weights", func(t *testing.T) {
		rs := of(map[string]int{"d1": 20}, func(o *orders.Measure) { o.Contacted = false })
		if rs[0].Response != 9500 || rs[0].Score != (30*9500+70*10000)/100 {
			t.Errorf("%+v", rs[0])
		}
	})
	t.Run("without an answer there is no score", func(t *testing.T) {
		x := tally{}
		for range 30 {
			x.add(orders.Measure{Unit: "d1", Contacted: true, Closed: true})
		}
		if r := x.rows(s, streets)[0]; r.Score != -1 || r.Rank != 0 || r.Solve != -1 || r.Satisfy != -1 {
			t.Errorf("%+v", r)
		}
	})
	t.Run("whatever the orders, rates stay between nothing and all", func(t *testing.T) {
		r := rand.New(rand.NewPCG(1, 2))
		for range 300 {
			x := tally{}
			for range r.IntN(80) {
				o := orders.Measure{Unit: fmt.Sprint("d", r.IntN(4)), Excluded: r.IntN(5) == 0, Contacted: r.IntN(2) == 0, Closed: r.IntN(2) == 0, Open: r.IntN(4) == 0, Solved: []string{"", "solved", "partly", "not", "unreached"}[r.IntN(5)],
					Graded: r.IntN(2) == 0, Grade: []int{100, 80, 60, 30, 0}[r.IntN(5)], PolicyFlag: r.IntN(6) == 0}
				if r.IntN(6) == 0 {
					o.ReturnedBy = []string{fmt.Sprint("d", r.IntN(4))}
				}
				x.add(o)
			}
			last := int64(10001)
			for _, row := range x.rows(s, streets) {
				if row.Counted != row.Dispatched-row.Returned-row.Excluded {
					t.Fatalf("%+v", row)
				}
				for _, bp := range []int64{row.Closure, row.OnTimeRate, row.Response, row.Solve, row.Satisfy, row.Score} {
					if bp < -1 || bp > 10000 {
						t.Fatalf("%+v", row)
					}
				}
				if row.Rank > 0 && row.Score > last {
					t.Fatalf("ranked behind a worse one: %+v", row)
				}
				if row.Rank > 0 {
					last = row.Score
				}
			}
		}
	})
}
