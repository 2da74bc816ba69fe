package ratings

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/server/store"
)

// R44 R45 R47: whatever the ballots, the result is what exact fractions give.
func TestResultEqualsAnIndependentComputation(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		grade := rapid.SampledFrom([]int{100, 85, 70, 50, 0})
		votes := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Grades {
			return Grades{grade.Draw(t, "effect"), grade.Draw(t, "money"), grade.Draw(t, "residents")}
		}), 0, 12).Draw(t, "votes")
		w := rapid.IntRange(0, 100).Draw(t, "weight of effect")
		m := rapid.IntRange(0, 100-w).Draw(t, "weight of money")
		x := terms{effect: w, money: m, residents: 100 - w - m, min: rapid.IntRange(1, 10).Draw(t, "min"), lowTotal: rapid.IntRange(0, 100).Draw(t, "low"),
			lowResidents: rapid.IntRange(0, 100).Draw(t, "low residents"), warning: 100, all: rapid.Bool().Draw(t, "all"), gate: rapid.Bool().Draw(t, "gate")}
		unpaid := rapid.Bool().Draw(t, "unpaid")
		got := tally("x", votes, nil, unpaid, x)
		effect, money, residents := exact(votes, func(g Grades) int { return g.Effect }), exact(votes, func(g Grades) int { return g.Money }), exact(votes, func(g Grades) int { return g.Residents })
		if unpaid && x.gate {
			money = 0
		}
		total := halfUp(big.NewRat(int64(w*effect+m*money+(100-w-m)*residents), 100))
		if got.Effect != effect || got.Money != money || got.Residents != residents || got.Total != total || got.Enough != (len(votes) >= x.min) {
			t.Fatalf("%+v, want %d %d %d %d", got, effect, money, residents, total)
		}
		has := func(g string) bool { return slices.Contains(got.Triggers, g) }
		switch {
		case unpaid && x.gate && !has("money"):
			t.Fatal("R45 the money does not trigger")
		case !got.Enough && (has("effect") || has("residents") || has("total") || got.Warning):
			t.Fatal("R47 too few answers trigger")
		case !x.all && got.Enough && has("residents") != (residents < 10*x.lowResidents):
			t.Fatal("R10 residents dissatisfied")
		case !x.all && got.Enough && has("total") != (total < 10*x.lowTotal):
			t.Fatal("R10 the total is low")
		case x.all && has("effect") && !(has("money") && has("residents")):
			t.Fatal("all grounds are asked for, not each gives one")
		}
	})
}

func exact(votes []Grades, of func(Grades) int) int {
	if len(votes) == 0 {
		return 0
	}
	sum := new(big.Rat)
	for _, v := range votes {
		sum.Add(sum, big.NewRat(int64(of(v)), 1))
	}
	return halfUp(sum.Mul(sum, big.NewRat(10, int64(len(votes)))))
}

func halfUp(r *big.Rat) int {
	r = new(big.Rat).Add(r, big.NewRat(1, 2))
	return int(new(big.Int).Div(r.Num(), r.Denom()).Int64())
}

func TestTriggers(t *testing.T) {
	t.Parallel()
	v := setting.Defaults()
	for _, c := range []struct {
		name, mode string
		vote       Grades
		n          int
		unpaid     bool
		want       []string
		warning    bool
	}{
		{"good", "any", Grades{100, 100, 100}, 3, false, nil, false},
		{"R10 little effect", "any", Grades{50, 100, 100}, 3, false, []string{"effect"}, false},
		{"R10 residents dissatisfied", "any", Grades{100, 100, 50}, 3, false, []string{"residents"}, false},
		{"R10 all of it", "any", Grades{0, 0, 0}, 3, true, []string{"effect", "money", "residents", "total"}, false},
		{"60 to 75 is a warning", "any", Grades{70, 70, 70}, 3, false, nil, true},
		{"low money grades alone only lower the total", "any", Grades{85, 0, 85}, 3, false, nil, true},
		{"R47 two are not enough", "any", Grades{0, 0, 0}, 2, false, nil, false},
		{"R45 two are enough for the money", "any", Grades{100, 100, 100}, 2, true, []string{"money"}, false},
		{"all grounds wanted, one there", "all", Grades{50, 100, 100}, 3, false, nil, false},
		{"all grounds wanted, all there", "all", Grades{50, 50, 50}, 3, true, []string{"effect", "money", "residents", "total"}, false},
		{"R45 all grounds wanted, money missing", "all", Grades{100, 100, 100}, 3, true, []string{"money"}, false},
	} {
		v["eval.trigger_mode"] = c.mode
		votes := make([]Grades, c.n)
		for i := range votes {
			votes[i] = c.vote
		}
		if got := tally("x", votes, nil, c.unpaid, termsOf(v)); !slices.Equal(got.Triggers, c.want) || got.Warning != c.warning {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// R9: a ballot loses the race against the closing. Whoever was let in counts,
// whoever was not has no ballot.
func TestCastingAgainstClosing(t *testing.T) {
	for range 5 {
		f := open(t)
		all := []string{"hehua", "shuangqiao", "yinxing", "guangming", "zhongxin", "laochang", "tielu", "yugang", "xincheng", "songtao"}
		f.rated = []Rated{{ID: "survey", Title: "排查", Department: "fire", Communities: all}}
		r := f.opened()
		var wg sync.WaitGroup
		var mu sync.Mutex
		cast := 0
		for _, c := range all {
			wg.Go(func() {
				_, err := f.cast("head."+c, ballot(r, "survey", c, "70", "70", "70"))
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					cast++
				} else if fault.As(err).Line != "BLD1" {
					t.Error(err)
				}
			})
		}
		wg.Go(func() {
			if err := f.try(r, "office.a", "close", nil); err != nil {
				t.Error(err)
			}
		})
		wg.Wait()
		f.Bus.Once(f.ctx)
		stored, err := f.count(f.ctx, store.Cond{Field: "round", Op: store.Eq, Value: r.ID})
		if err != nil {
			t.Fatal(err)
		}
		if x := f.fresh(r); x.State != "computed" || x.Results[0].N != cast || stored != cast {
			t.Fatalf("%s: %d cast, %d stored, %d counted", x.State, cast, stored, x.Results[0].N)
		}
	}
}

// Two delegates of one committee press the button at the same moment.
func TestCastingTwiceAtOnce(t *testing.T) {
	f := open(t)
	r := f.opened()
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = f.cast("head.hehua", ballot(r, "survey", "hehua", "70", "70", "70")) })
	}
	wg.Wait()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		} else if e := fault.As(err); e.Line != "BLD3" && e.Code != "ballot.unique_once" {
			t.Error(err)
		}
	}
	if n != 1 {
		t.Errorf("%d ballots", n)
	}
}

// A ballot let in before the closing and saved after the counting is counted.
func TestBallotSavedLate(t *testing.T) {
	f := open(t)
	r := f.opened()
	late := f.vote(r, "survey", "hehua", "85", "85", "85")
	if err := f.Ballots.Engine.Cases().Delete(f.ctx, late); err != nil {
		t.Fatal(err)
	}
	if r = f.closed(r); r.Results[0].N != 0 {
		t.Fatal(r.Results[0].N)
	}
	if err := f.Ballots.Engine.Cases().Insert(f.ctx, late); err != nil {
		t.Fatal(err)
	}
	if err := f.onBallot(f.ctx, lifecycle.News{ID: late.ID + ":1", Case: late.ID}); err != nil {
		t.Fatal(err)
	}
	if r = f.fresh(r); r.Results[0].N != 1 || r.State != "computed" {
		t.Fatalf("%s %+v", r.State, r.Results[0])
	}
}

// A committee that still saw the round open stands before a shut door.
func TestShutDoor(t *testing.T) {
	f := open(t)
	r := f.opened()
	b := f.vote(r, "survey", "hehua", "85", "85", "85")
	if err := f.lock(f.ctx, r.ID); err != nil {
		t.Fatal(err)
	}
	_, err := f.cast("head.guangming", ballot(r, "survey", "guangming", "85", "85", "85"))
	portaltest.Refused(t, err, "BLD1")
	_, err = f.Ballots.Engine.Act(f.ctx, portaltest.As("head.hehua"), b.ID, "amend", &gradesForm{Effect: "0", Money: "0", Residents: "0"}, lifecycle.Opts{})
	portaltest.Refused(t, err, "ballot.round_closed")
	if x := f.closed(r); x.Results[0].N != 1 || x.Results[0].Effect != 850 {
		t.Errorf("%+v", x.Results[0])
	}
}

// What a department saw in the preview is what is published.
func TestMoneyIsAskedForOnce(t *testing.T) {
	f := open(t)
	r := f.shown(f.opened())
	f.overdue["survey"] = true
	if r = f.do(f.settled(r), "office.head", "publish", nil); r.Results[0].Unpaid {
		t.Error("the result changed behind the department's back")
	}
}

// R48: programs get no more than people.
func TestAPIHidesToo(t *testing.T) {
	f := open(t)
	app := f.App()
	r := f.opened()
	f.vote(r, "survey", "hehua", "85", "85", "85")
	f.shown(r)
	grade := regexp.MustCompile(`:\s*850\b`)
	if row, err := f.Store.Get(f.ctx, "rounds", r.ID); err != nil || !grade.Match(row.Doc) || !strings.Contains(string(row.Doc), "hehua的理由") {
		t.Fatal("the single ballot does not stand in the result as it is kept", err)
	}
	for _, path := range []string{"/api/v1/rounds", "/api/v1/rounds/" + r.ID} {
		for who, sees := range map[string]bool{"office.a": false, "clerk.fire": false, "head.hehua": false, "auditor": false} {
			code, body := f.Ask(app, who, path, "")
			if code != 200 || grade.MatchString(body) != sees || strings.Contains(body, "hehua的理由") != sees {
				t.Errorf("%s %s: %d sees the single ballot", who, path, code)
			}
		}
	}
}

func TestTheNewestRoundSpeaks(t *testing.T) {
	f := open(t)
	f.rated = append(f.rated, Rated{ID: "nowhere", Title: "未落地", Department: "fire"})
	round := func(closes schema.Date, grade string) *Round {
		r, err := f.Rounds.Engine.Open(f.ctx, portaltest.As("office.a"), "plan", &planForm{District: portaltest.District,
			Plan: Plan{Title: "评议", From: "2026-01-01", To: "2026-03-01", Closes: closes}}, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		r = f.do(r, "office.head", "open", nil)
		for _, c := range []string{"hehua", "guangming", "yugang"} {
			f.vote(r, "survey", c, grade, grade, grade)
		}
		return f.closed(r)
	}
	newer := round("2026-03-20", "100")
	round("2026-03-12", "50")
	total, _, _, _ := f.Score(f.ctx, "survey")
	if total != 1000 || f.RoundOf(f.ctx, "survey") != newer.No || len(f.Triggers(f.ctx, "survey")) > 0 {
		t.Error(total, f.RoundOf(f.ctx, "survey"))
	}
	if _, there := newer.item("nowhere"); there {
		t.Error("an item that works nowhere is rated")
	}
	if f.RoundOf(f.ctx, "nowhere") != "" {
		t.Error("a round of what was never rated")
	}
}

// R45 R48: of too few answers the number stays, and that the money is missing.
func TestHide(t *testing.T) {
	t.Parallel()
	x := tally("x", []Grades{{0, 0, 0}}, nil, true, termsOf(setting.Defaults()))
	x.Reasons = []string{"y"}
	x.hide()
	if !x.Unpaid || !slices.Equal(x.Triggers, []string{"money"}) || x.N != 1 || x.Effect+x.Money+x.Residents+x.Total != 0 || x.Reasons != nil {
		t.Errorf("%+v", x)
	}
}

func TestWhatMayBeObjectedTo(t *testing.T) {
	f := open(t)
	r := f.shown(f.opened())
	v := portal.Visitor{Actor: portaltest.As("head.fire")}
	if os, _ := f.objectItems(f.ctx, v, r); len(os) != 1 || os[0].Value != "survey" {
		t.Error(os)
	}
	r = f.do(r, "head.fire", "object", &objectForm{Item: "survey", Text: "x"})
	if os, _ := f.objectItems(f.ctx, v, r); len(os) != 0 {
		t.Error(os)
	}
	if os, _ := f.answerItems(f.ctx, v, r); len(os) != 1 {
		t.Error(os)
	}
}
