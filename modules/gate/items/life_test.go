package items

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

func TestHolds(t *testing.T) {
	t.Parallel()
	t.Run("R6 a refusal suspends its community's part, the office's ruling brings it back", func(t *testing.T) {
		f := house(t)
		it := f.running()
		news := &holdNews{Communities: []string{"hehua"}, By: "j1", No: "JJ-1"}
		it = f.do(it, "system", "suspend_part", news)
		want(t, it, active, suspended, active)
		if f.inForce("hehua") != suspended || f.inForce("guangming") != active || it.done("suspend_part") != 1 {
			t.Error("the index or the listeners do not know")
		}
		want(t, f.do(it, "system", "resume_part", news), active, active, active)
	})
	t.Run("R6 when every part is refused the item is suspended", func(t *testing.T) {
		f := house(t)
		it := f.running()
		it = f.do(it, "system", "suspend_part", &holdNews{By: "j1"})
		want(t, it, suspended, suspended, suspended)
	})
	t.Run("R6 the committee that confirms takes its refusal back, not before the money is in", func(t *testing.T) {
		f := house(t)
		it := f.running()
		it = f.pay(it, "hehua", 1, "none")
		it = f.do(it, "system", "suspend_part", &holdNews{Communities: []string{"hehua"}, By: "j1"})
		portaltest.Refused(t, f.try(it, "head.hehua", "confirm", &confirmForm{Community: "hehua", PowersIn: true}), "ITD3")
		it = f.pay(it, "hehua", 1, "confirmed")
		it = f.do(it, "head.hehua", "confirm", &confirmForm{Community: "hehua", PowersIn: true})
		want(t, it, active, active, active)
		want(t, f.do(it, "system", "resume_part", &holdNews{By: "j1"}), active, active, active)
	})
	t.Run("the office suspends one community or all; a committee's word does not lift that", func(t *testing.T) {
		f := house(t)
		it := f.running()
		it = f.do(it, "office.a", "suspend", &stopForm{Community: "hehua", Reason: "核查"})
		want(t, it, active, suspended, active)
		it = f.do(it, "office.a", "suspend", &stopForm{Reason: "核查"})
		want(t, it, suspended, suspended, suspended)
		it = f.do(it, "system", "suspend_part", &holdNews{Communities: []string{"hehua"}, By: "j1"})
		it = f.do(it, "head.hehua", "confirm", &confirmForm{Community: "hehua", PowersIn: true})
		want(t, it, suspended, suspended, suspended)
		want(t, f.do(it, "office.b", "resume", &stopForm{Reason: "查清"}), active, active, active)
		portaltest.Refused(t, f.try(it, "office.b", "resume", &stopForm{Reason: "再来"}), "policy.facts")
		portaltest.Refused(t, f.try(it, "head.fire", "suspend", &stopForm{Reason: "不想做"}), "policy.role")
	})
	t.Run("R10 R11 rectifying, then withdrawn from one community, then from all", func(t *testing.T) {
		f := house(t)
		it := f.running()
		it = f.do(it, "system", "rectify", &holdNews{By: "z1"})
		want(t, it, "rectifying", active, active)
		if f.inForce("hehua") != "rectifying" {
			t.Error("the index does not know")
		}
		want(t, f.do(it, "system", "restore", &holdNews{By: "z1"}), active, active, active)
		one := &holdNews{Communities: []string{"hehua"}, By: "t1"}
		want(t, f.do(it, "system", "start_withdrawal", one), active, suspended, active)
		it = f.do(it, "system", "finish_withdrawal", one)
		want(t, it, active, withdrawn, active)
		if f.inForce("hehua") != "" {
			t.Error("what has left is not in force")
		}
		it = f.do(it, "system", "start_withdrawal", &holdNews{By: "t2"})
		want(t, it, "withdrawing", withdrawn, suspended)
		want(t, f.do(it, "system", "cancel_withdrawal", &holdNews{By: "t2"}), active, withdrawn, active)
		f.do(it, "system", "start_withdrawal", &holdNews{By: "t3"})
		it = f.do(it, "system", "finish_withdrawal", &holdNews{By: "t3"})
		want(t, it, withdrawn, withdrawn, withdrawn)
		if f.heard("withdrawn", "hehua") != 1 || f.heard("withdrawn", "") != 1 {
			t.Error("the listeners do not know")
		}
	})
	t.Run("R23 what a department sends is noted by the committee, under its own dispatch", func(t *testing.T) {
		f := house(t)
		it := f.running()
		it = f.do(it, "staff.hehua", "note_staff", &staffForm{Community: "hehua", What: "两名协管员"})
		if len(it.part("hehua").Pooled) != 1 {
			t.Error("nothing noted")
		}
		portaltest.Refused(t, f.try(it, "clerk.fire", "note_staff", &staffForm{Community: "hehua", What: "x"}), "policy.role")
		portaltest.Refused(t, f.try(it, "staff.guangming", "note_staff", &staffForm{Community: "hehua", What: "x"}), "policy.role")
	})
}

func TestOverdue(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.open() // due 20 March; ten working days of grace end on 3 April
	f.pay(it, "guangming", 1, "confirmed")
	f.pay(it, "hehua", 1, "claimed")
	f.Pass(at("2026-04-03").Add(12 * time.Hour).Sub(f.Portal.Now()))
	if f.again(it).part("hehua").Overdue {
		t.Fatal("overdue within the grace")
	}
	state, in, days, err := f.Part(f.ctx, it.ID, "hehua")
	if err != nil || state != pending || in || days != 10 {
		t.Errorf("part: %s %v %d %v", state, in, days, err)
	}
	f.Pass(24 * 6 * time.Hour)
	it = f.again(it)
	if !it.part("hehua").Overdue || it.part("guangming").Overdue || it.done("money_overdue", "money_overdue_next") != 1 {
		t.Fatalf("R6 R37: a claim stops no clock: %+v, told %v", it.Parts, *f.told)
	}
	if late, err := f.Items.Overdue(f.ctx, it.ID); err != nil || !late {
		t.Error("R45: nobody is told", err)
	}
	it = f.pay(it, "hehua", 1, "confirmed")
	if it.part("hehua").Overdue {
		t.Error("paid and still overdue")
	}
	f.Pass(at("2026-07-20").Sub(f.Portal.Now())) // the second instalment, in both communities
	f.Pass(time.Minute)
	if n := f.again(it).done("money_overdue", "money_overdue_next"); n != 3 {
		t.Errorf("told %v", *f.told)
	}
}

func TestTerm(t *testing.T) {
	t.Parallel()
	longer := &renewalForm{End: "2027-12-31", Reason: "继续", Instalments: []Instalment{{Due: "2027-03-10", Amount: 7, Payee: "community"}}}
	expiring := func(t *testing.T) (fixture, *Item) {
		f := house(t)
		it := f.running()
		f.Pass(at("2027-01-25").Sub(f.Portal.Now()))
		it = f.again(it)
		want(t, it, "expiring", active, active)
		return f, it
	}
	t.Run("an item ends with its term, in the index at that minute", func(t *testing.T) {
		f, it := expiring(t)
		f.Pass(at("2027-03-01").Add(time.Second).Sub(f.Portal.Now()))
		it = f.again(it)
		if it.State != "ended" || f.inForce("hehua") != "" || f.heard("ended", "") != 1 {
			t.Errorf("%s", it.State)
		}
		if err := f.Engage(f.ctx, it.ID, "hehua", "", "x"); !fault.Is(err, fault.Conflict) {
			t.Error(err)
		}
	})
	t.Run("renewed by the office on the department head's request", func(t *testing.T) {
		f, it := expiring(t)
		portaltest.Refused(t, f.try(it, "office.head", "renew", &noteForm{}), "policy.facts")
		portaltest.Refused(t, f.try(it, "clerk.fire", "request_renewal", longer), "policy.role")
		portaltest.Refused(t, f.try(it, "head.fire", "request_renewal", &renewalForm{End: "2027-02-01", Reason: "x"}), "invalid")
		portaltest.Refused(t, f.try(it, "head.fire", "request_renewal", &renewalForm{End: "2028-06-01", Reason: "x"}), "invalid")
		f.do(it, "head.fire", "request_renewal", longer)
		it = f.do(it, "office.head", "renew", &noteForm{Note: "同意"})
		want(t, it, active, active, active)
		if it.Renewed != 1 || len(it.Instalments) != 3 || len(it.Parts[0].Money) != 3 || !it.End.Equal(lastMoment("2027-12-31")) {
			t.Errorf("%+v", it)
		}
	})
	t.Run("refused, it ends", func(t *testing.T) {
		f, it := expiring(t)
		f.do(it, "head.fire", "request_renewal", longer)
		it = f.do(it, "office.head", "refuse_renewal", &reasonForm{Reason: "作用不明显"})
		want(t, it, "expiring", active, active)
	})
	for line, spoil := range map[string]func(f fixture, it *Item, in *renewalForm){
		"ITD8": func(f fixture, it *Item, in *renewalForm) { f.scores[it.ID] = 69 },
		"ITD7": func(f fixture, it *Item, in *renewalForm) { in.Instalments = nil },
		"ITD6": func(f fixture, it *Item, in *renewalForm) {
			f.scores[it.ID] = 95 // R45: a high score does not pay
			f.pay(it, "hehua", 2, "disputed")
			f.Pass(time.Minute)
		},
	} {
		t.Run("no renewal by "+line, func(t *testing.T) {
			f, it := expiring(t)
			in := *longer
			spoil(f, it, &in)
			f.do(it, "head.fire", "request_renewal", &in)
			portaltest.Refused(t, f.try(it, "office.head", "renew", &noteForm{}), line)
		})
	}
	t.Run("a term shorter than the notice has no time of expiring", func(t *testing.T) {
		f := house(t)
		it := f.running(func(g *Grant) { g.Nature, g.End = "temporary", lastMoment("2026-04-10") })
		f.Pass(time.Hour)
		want(t, f.again(it), active, active, active)
	})
}

func TestRoutineIsCalledOn(t *testing.T) {
	t.Parallel()
	f := house(t)
	it, err := f.Resource.Engine.Open(f.ctx, portaltest.As("clerk.fire"), "call_duty", &dutyForm{Department: "fire", Entry: "ZR-01", Communities: []string{"hehua"}, Asked: "组织演练", Start: "2026-03-09", End: "2026-06-30"}, lifecycle.Opts{})
	if err != nil || it.Application != "" || it.Title != "消防演练" || f.inForce("hehua") != active {
		t.Errorf("R20: %+v %v", it, err)
	}
}

func TestDuty(t *testing.T) {
	t.Parallel()
	f := house(t)
	in := dutyForm{Department: "fire", Entry: "XZ-01", Communities: []string{"hehua"}, Asked: "核对名单", Start: "2026-03-09", End: "2026-06-30"}
	call := func(by string, in dutyForm) (*Item, error) {
		return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "call_duty", &in, lifecycle.Opts{})
	}
	it, err := call("clerk.fire", in)
	if err != nil {
		t.Fatal("R2:", err)
	}
	want(t, it, active, active)
	if f.inForce("hehua") != active || it.Entry != "XZ-01" || it.Application != "" {
		t.Errorf("R2: %+v", it)
	}
	gone, fresh, none, long, other, city, routine := in, in, in, in, in, in, in
	gone.Entry = "XZ-99"
	fresh.Asked = "核对名单，另设台账逐户登记"
	none.Entry = ""
	routine.Department, routine.Entry = "health", "ZR-01"
	long.End = "2028-01-01"
	other.Department = "health"
	city.Department = "statistics"
	for name, c := range map[string]struct {
		by   string
		in   dutyForm
		want string
	}{
		"R2 an entry that is not in force": {"clerk.fire", gone, "ITD2"}, "R20 something new": {"clerk.fire", fresh, "R20"}, "R2 no entry": {"clerk.fire", none, "ITD2"}, "R20 another department's routine work": {"clerk.health", routine, "ITD11"},
		"longer than a term": {"clerk.fire", long, "invalid"}, "another department": {"clerk.fire", other, "policy.role"},
		"R12 a city bureau": {"clerk.statistics", city, "ITD1"}, "a committee": {"head.hehua", in, "policy.role"},
	} {
		_, err := call(c.by, c.in)
		t.Run(name, func(t *testing.T) { portaltest.Refused(t, err, c.want) })
	}
}

// The index is advice, the record is law: whoever wins, no act that needs the
// item in force comes after its suspension.
func TestSuspensionAgainstEngage(t *testing.T) {
	t.Parallel()
	f := house(t)
	engaged := 0
	for item := range 10 {
		it := f.running(func(g *Grant) { g.Application = fmt.Sprint("a", item) })
		for range 10 {
			it = f.race(it)
		}
		engaged += engagedOnlyWhileActive(t, it)
	}
	t.Logf("%d of 300 came before the suspension", engaged)
	if _, b, err := lifecycle.Verify(f.ctx, f.Store, "items"); err != nil || b != nil {
		t.Error(b, err)
	}
}

// race lets three engage one part while the office suspends it.
func (f fixture) race(it *Item) *Item {
	f.t.Helper()
	var wg sync.WaitGroup
	done := make([]error, 3)
	for i := range done {
		wg.Go(func() { done[i] = f.Engage(f.ctx, it.ID, "hehua", "", "ballot") })
	}
	wg.Go(func() {
		if err := f.try(it, "office.a", "suspend", &stopForm{Community: "hehua", Reason: "核查"}); err != nil {
			f.t.Error(err)
		}
	})
	wg.Wait()
	if err := f.Engage(f.ctx, it.ID, "hehua", "", "late"); !fault.Is(err, fault.Conflict) {
		f.t.Fatalf("engaged after the suspension: %v", err)
	}
	for _, err := range done {
		if err != nil && fault.As(err).Code != "item.not_in_force" {
			f.t.Fatal(err)
		}
	}
	return f.do(it, "office.a", "resume", &stopForm{Community: "hehua", Reason: "完"})
}

func engagedOnlyWhileActive(t *testing.T, it *Item) (n int) {
	t.Helper()
	standing := true
	for _, e := range it.History {
		switch e.Act {
		case "suspend", "resume":
			standing = e.Act == "resume"
		case "engage":
			if n++; !standing {
				t.Fatalf("entry %d engaged a suspended item", e.Seq)
			}
		}
	}
	return n
}

func TestEngageTwiceIsOnce(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.running()
	for range 2 {
		if err := f.Engage(f.ctx, it.ID, "hehua", "k", "x"); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(f.again(it).History); n != len(it.History)+1 {
		t.Errorf("%d entries", n-len(it.History))
	}
	if err := f.Engage(f.ctx, it.ID, "yinxing", "", "x"); !fault.Is(err, fault.Conflict) {
		t.Error("not there:", err)
	}
}

func TestRated(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.running()
	f.open(func(g *Grant) { g.Application = "a2" }) // pending: nothing to rate
	rated := func(from, to string) []RatedItem {
		rs, err := f.Rated(f.ctx, portaltest.District, at(from), at(to))
		if err != nil {
			t.Fatal(err)
		}
		return rs
	}
	if rs := rated("2026-01-01", "2026-07-01"); len(rs) != 1 || rs[0].ID != it.ID || len(rs[0].Communities) != 2 {
		t.Errorf("R9: %+v", rs)
	}
	if rs := rated("2025-01-01", "2025-07-01"); len(rs) != 0 {
		t.Errorf("before it began: %+v", rs)
	}
	if rs := rated("2027-04-01", "2027-07-01"); len(rs) != 0 {
		t.Errorf("after it ended: %+v", rs)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.running()
	f.Index.DropInForce("hehua", it.ID)
	f.Items.seen = map[string]int64{}
	if err := f.Load(f.ctx); err != nil || f.inForce("hehua") != active {
		t.Error("not in the index after a start", err)
	}
	old := *it
	old.State = "ended"
	f.learn(&old) // the same save, told late
	if f.inForce("hehua") != active {
		t.Error("an old save won")
	}
	n, err := f.Resource.Engine.Cases().Count(f.ctx, store.Query{})
	if err != nil || n != 1 {
		t.Error(n, err)
	}
}

// News may come twice, late, and about nothing.
func TestNews(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.running()
	about := it.ID
	hear := f.news("suspend_part", func(ctx context.Context, id string) (string, []string, string, error) {
		return about, []string{"hehua"}, "JJ-1", nil
	})
	tell := func(id string) {
		t.Helper()
		if err := hear(f.ctx, lifecycle.News{ID: id, Case: "j1", Ref: "hehua"}); err != nil {
			t.Fatal(err)
		}
	}
	tell("j1:1")
	tell("j1:1")
	it = f.again(it)
	want(t, it, active, suspended, active)
	if n := len(it.Parts[0].Holds); n != 1 || it.Parts[0].Holds[0].No != "JJ-1" {
		t.Errorf("%+v", it.Parts[0].Holds)
	}
	f.Pass(at("2027-03-02").Sub(f.Portal.Now()))
	for range 4 { // the clock does one thing a tick: two instalments, the notice, the end
		f.Pass(time.Second)
	}
	tell("j1:9") // the item has ended meanwhile
	about = ""
	tell("j2:1") // a refusal of work that nobody admitted
	if it = f.again(it); it.State != "ended" {
		t.Error(it.State)
	}
}

// What a page shows of a deadline is when the portal acts.
func TestDeadlinesShowTheirSums(t *testing.T) {
	t.Parallel()
	f := house(t)
	for i, start := range []time.Time{portaltest.Start, at("2026-09-01"), at("2028-01-05")} {
		it := f.open(func(g *Grant) {
			g.Application, g.Start, g.End = fmt.Sprint("a", i), start, start.AddDate(1, 0, 0).Add(-time.Nanosecond)
			g.End = lastMoment(schema.DateOf(g.End, cityZone))
		})
		if len(it.Deadlines) != 3 {
			t.Fatalf("%+v", it.Deadlines)
		}
		for _, d := range it.Deadlines {
			if sum := d.Sum(f.Portal.Calendar()); !sum.Due.Equal(d.Due) {
				t.Errorf("%s: the sum says %v, the portal acts at %v", d.Name, sum.Due, d.Due)
			}
		}
	}
}
