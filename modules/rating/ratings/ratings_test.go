package ratings

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

type fixture struct {
	*portaltest.Portal
	*Ratings
	t       *testing.T
	ctx     context.Context
	rated   []Rated
	overdue map[string]bool
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), overdue: map[string]bool{}, rated: []Rated{
		{ID: "survey", Title: "消防安全排查", Department: "fire", Communities: []string{"hehua", "guangming", "yugang"}},
		{ID: "clinic", Title: "义诊", Department: "health", Communities: []string{"hehua"}}}}
	m, err := New(f.ctx, f.Portal.Portal, Asks{
		Rated:      func(ctx context.Context, district string, from, to time.Time) ([]Rated, error) { return f.rated, nil },
		Households: func(string) int64 { return 1000 },
		MoneyOverdue: func(ctx context.Context, item string) (bool, error) {
			if item == "" {
				return false, errors.New("no item")
			}
			return f.overdue[item], nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Ratings = m
	return f
}

func (f *fixture) try(r *Round, by, act string, in any) error {
	_, err := f.Rounds.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, in, lifecycle.Opts{})
	return err
}

func (f *fixture) do(r *Round, by, act string, in any) *Round {
	f.t.Helper()
	r, err := f.Rounds.Engine.Act(f.ctx, portaltest.As(by), r.ID, act, in, lifecycle.Opts{})
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	return f.fresh(r)
}

func (f *fixture) fresh(r *Round) *Round {
	f.t.Helper()
	r, err := f.Rounds.Engine.Cases().Get(f.ctx, r.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fixture) planned() *Round {
	f.t.Helper()
	r, err := f.Rounds.Engine.Open(f.ctx, portaltest.As("office.a"), "plan", &planForm{District: portaltest.District,
		Plan: Plan{Title: "上半年评议", From: "2026-01-01", To: "2026-03-01", Closes: "2026-03-20"}}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	return r
}

func (f *fixture) opened() *Round {
	f.t.Helper()
	return f.do(f.planned(), "office.head", "open", nil)
}

func ballot(r *Round, item, community, effect, money, residents string) *castForm {
	return &castForm{Round: r.ID, Item: item, Community: community, gradesForm: gradesForm{Effect: effect, Money: money, Residents: residents, Text: community + "的理由"}}
}

func (f *fixture) cast(by string, in *castForm) (*Ballot, error) {
	return f.Ballots.Engine.Open(f.ctx, portaltest.As(by), "cast", in, lifecycle.Opts{})
}

func (f *fixture) vote(r *Round, item, community, effect, money, residents string) *Ballot {
	f.t.Helper()
	b, err := f.cast("head."+community, ballot(r, item, community, effect, money, residents))
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

// shown brings a round to where the departments see their results.
func (f *fixture) shown(r *Round) *Round {
	f.t.Helper()
	return f.do(f.closed(r), "office.a", "preview", nil)
}

// settled lets the time for objections pass.
func (f *fixture) settled(r *Round) *Round {
	f.t.Helper()
	f.Workdays(6)
	return f.do(r, "office.head", "settle", nil)
}

func (f *fixture) closed(r *Round) *Round { f.t.Helper(); return f.do(r, "office.a", "close", nil) }

func TestRules(t *testing.T) {
	t.Run("R44 a round is planned, opened, cast, closed, computed, published", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		for _, c := range []string{"hehua", "guangming", "yugang"} {
			f.vote(r, "survey", c, "85", "100", "70")
		}
		r = f.closed(r)
		if r.State != "computed" {
			t.Fatal(r.State)
		}
		x, _ := r.result("survey")
		if x.Effect != 850 || x.Money != 1000 || x.Residents != 700 || x.Total != 820 || !x.Enough || len(x.Triggers) > 0 {
			t.Fatalf("%+v", x)
		}
		at0 := f.Now()
		r = f.do(f.settled(f.do(r, "office.a", "preview", nil)), "office.head", "publish", nil)
		total, residents, at, ok := f.Score(f.ctx, "survey")
		if r.State != "published" || total != 820 || residents != 700 || !at.Equal(at0) || !ok || f.RoundOf(f.ctx, "survey") != r.No {
			t.Fatal(r.State, total, residents, at, ok)
		}
	})
	t.Run("R9 what works in communities is on the list, and an empty list opens nothing", func(t *testing.T) {
		f := open(t)
		f.rated = nil
		portaltest.Refused(t, f.try(f.planned(), "office.head", "open", nil), "round.nothing_to_rate")
	})
	t.Run("R9 a department or a street never casts", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		for _, who := range []string{"head.fire", "clerk.fire", "street.liuxi", "office.head", "staff.hehua", "auditor", ""} {
			if _, err := f.cast(who, ballot(r, "survey", "hehua", "100", "100", "100")); err == nil {
				t.Errorf("%q has cast", who)
			}
		}
	})
	t.Run("R9 not for another community", func(t *testing.T) {
		f := open(t)
		_, err := f.cast("head.guangming", ballot(f.opened(), "survey", "hehua", "0", "0", "0"))
		portaltest.Refused(t, err, "BL10")
	})
	t.Run("R9 not for an item that does not work there", func(t *testing.T) {
		f := open(t)
		_, err := f.cast("head.guangming", ballot(f.opened(), "clinic", "guangming", "0", "0", "0"))
		portaltest.Refused(t, err, "BLD2")
	})
	t.Run("R9 once, and amended while the round is open", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		b := f.vote(r, "survey", "hehua", "0", "0", "0")
		_, err := f.cast("head.hehua", ballot(r, "survey", "hehua", "100", "100", "100"))
		portaltest.Refused(t, err, "BLD3")
		amend := func() error {
			_, err := f.Ballots.Engine.Act(f.ctx, portaltest.As("head.hehua"), b.ID, "amend", &gradesForm{Effect: "70", Money: "70", Residents: "70"}, lifecycle.Opts{})
			return err
		}
		if err := amend(); err != nil {
			t.Fatal(err)
		}
		if r = f.closed(r); r.Results[0].Effect != 700 {
			t.Fatalf("%+v", r.Results[0])
		}
		portaltest.Refused(t, amend(), "BLD1")
	})
	t.Run("R9 not after the close, by hand or by the day", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		f.closed(r)
		_, err := f.cast("head.hehua", ballot(r, "survey", "hehua", "0", "0", "0"))
		portaltest.Refused(t, err, "BLD1")
		g := open(t)
		r = g.opened()
		if d, _ := r.Open("close"); d.Sum(g.Calendar()).Due != d.Due || schema.DateOf(d.Due, city) != r.Closes {
			t.Errorf("the deadline and its sum: %+v", d)
		}
		g.Pass(r.end().Sub(g.Now()) + time.Second)
		if r = g.fresh(r); r.State != "computed" {
			t.Fatal("the closing day has passed:", r.State)
		}
		_, err = g.cast("head.hehua", ballot(r, "survey", "hehua", "0", "0", "0"))
		portaltest.Refused(t, err, "BLD1")
	})
	t.Run("grades outside the scale", func(t *testing.T) {
		f := open(t)
		_, err := f.cast("head.hehua", ballot(f.opened(), "survey", "hehua", "99", "1000", "70"))
		if e := fault.As(err); e.Kind != fault.Invalid || len(e.Fields) != 2 {
			t.Fatal(err)
		}
	})
	t.Run("R45 overdue money triggers whatever the grades say", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		for _, c := range []string{"hehua", "guangming", "yugang"} {
			f.vote(r, "survey", c, "100", "100", "100")
		}
		f.overdue["survey"] = true
		x, _ := f.closed(r).result("survey")
		if !x.Unpaid || x.Money != 0 || x.Total != 800 || !slices.Equal(x.Triggers, []string{"money"}) {
			t.Fatalf("%+v", x)
		}
		if got := f.Triggers(f.ctx, "survey"); !slices.Equal(got, []string{"money"}) {
			t.Fatal(got)
		}
	})
	t.Run("R47 too few answers trigger nothing but the money", func(t *testing.T) {
		f := open(t)
		r := f.opened()
		f.vote(r, "survey", "hehua", "0", "0", "0")
		f.overdue["clinic"] = true
		r = f.closed(r)
		survey, _ := r.result("survey")
		clinic, _ := r.result("clinic")
		if survey.Enough || len(survey.Triggers) > 0 || survey.Warning || !slices.Equal(clinic.Triggers, []string{"money"}) {
			t.Fatalf("%+v %+v", survey, clinic)
		}
		if _, _, _, ok := f.Score(f.ctx, "survey"); ok {
			t.Error("a score of too few")
		}
	})
	t.Run("four eyes: who planned does not publish", func(t *testing.T) {
		f := open(t)
		r, err := f.Rounds.Engine.Open(f.ctx, portaltest.As("office.head"), "plan", &planForm{District: portaltest.District,
			Plan: Plan{Title: "评议", From: "2026-01-01", To: "2026-03-01", Closes: "2026-03-20"}}, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		f.do(r, "office.head", "open", nil)
		portaltest.Refused(t, f.try(f.settled(f.shown(r)), "office.head", "publish", nil), "ROD1")
	})
	t.Run("R48 a department objects to its own result and is answered before it is published", func(t *testing.T) {
		f := open(t)
		r := f.closed(f.opened())
		portaltest.Refused(t, f.try(r, "head.fire", "object", &objectForm{Item: "survey", Text: "x"}), "lifecycle.state")
		r = f.do(r, "office.a", "preview", nil)
		portaltest.Refused(t, f.try(r, "office.head", "settle", nil), "ROD4")
		portaltest.Refused(t, f.try(r, "office.a", "answer", &answerForm{Item: "survey", Answer: "x"}), "ROD3")
		portaltest.Refused(t, f.try(r, "head.health", "object", &objectForm{Item: "survey", Text: "x"}), "RO19")
		portaltest.Refused(t, f.try(r, "clerk.fire", "object", &objectForm{Item: "survey", Text: "x"}), "RO19")
		f.do(r, "head.fire", "object", &objectForm{Item: "survey", Text: "经费已到"})
		portaltest.Refused(t, f.try(r, "head.fire", "object", &objectForm{Item: "survey", Text: "再说"}), "round.already_objected")
		f.Workdays(6)
		portaltest.Refused(t, f.try(r, "head.health", "object", &objectForm{Item: "clinic", Text: "迟了"}), "ROD5")
		portaltest.Refused(t, f.try(r, "office.head", "settle", nil), "ROD2")
		f.do(r, "office.a", "answer", &answerForm{Item: "survey", Answer: "已核实"})
		f.do(f.do(r, "office.head", "settle", nil), "office.head", "publish", nil)
	})
	t.Run("dates that run backwards", func(t *testing.T) {
		for _, p := range []Plan{{Title: "x", From: "2026-02-01", To: "2026-01-01", Closes: "2026-03-01"}, {Title: "x", From: "2026-02-01", To: "2026-03-01", Closes: "2026-01-01"},
			{Title: "x", From: "2026-02-01", To: "2026-03-01", Closes: "2027-03-11"}} {
			if order(p, portaltest.Start) == nil {
				t.Error(p)
			}
		}
		if err := order(Plan{Title: "x", From: "2026-02-01", To: "2026-03-01", Closes: "2027-03-10"}, portaltest.Start); err != nil {
			t.Error(err)
		}
		f := open(t)
		r := f.planned()
		f.Pass(20 * 24 * time.Hour)
		portaltest.Refused(t, f.try(r, "office.head", "open", nil), "round.closing_day_passed")
	})
}

func TestWhoSees(t *testing.T) {
	f := open(t)
	r := f.opened()
	b := f.vote(r, "survey", "hehua", "0", "0", "0")
	t.Run("R48 a ballot is for its committee alone", func(t *testing.T) {
		for person, sees := range map[string]bool{"head.hehua": true, "staff.hehua": true, "office.a": false, "office.head": false, "auditor": false, "admin": false, "head.guangming": false,
			"street.liuxi": false, "head.fire": false, "clerk.fire": false, "conference": false, "": false} {
			_, err := f.Ballots.Engine.Get(f.ctx, portaltest.As(person), b.ID)
			p, lerr := f.Ballots.Engine.List(f.ctx, portaltest.As(person), lifecycle.Find{})
			if (err == nil) != sees || lerr != nil || (len(p.Cases) == 1) != sees {
				t.Errorf("%q: %v, lists %d, %v", person, err, len(p.Cases), lerr)
			}
		}
	})
	see := func(person string, r *Round) *Round {
		r = f.fresh(r)
		f.redact(portal.Visitor{Actor: portaltest.As(person)}, r)
		return r
	}
	t.Run("R48 fewer than the minimum hide their scores; before publication a department sees its own only", func(t *testing.T) {
		r = f.closed(r)
		if x := see("clerk.fire", r).Results; len(x) != 0 {
			t.Errorf("before the preview: %+v", x)
		}
		r = f.do(r, "office.a", "preview", nil)
		if x := see("clerk.fire", r).Results; len(x) != 1 || !x[0].Hidden || x[0].Effect+x[0].Total != 0 || len(x[0].Reasons) > 0 {
			t.Errorf("%+v", x)
		}
		if x := see("clerk.culture", r).Results; len(x) != 0 {
			t.Errorf("%+v", x)
		}
		if x := see("head.hehua", r).Results; len(x) != 0 {
			t.Errorf("%+v", x)
		}
		if x := see("office.a", r).Results; len(x) != 2 || !x[0].Hidden || x[0].Effect != 0 || len(x[0].Reasons)+len(x[0].Receipts) > 0 {
			t.Errorf("%+v", x)
		}
	})
	t.Run("published to everybody, reasons to the department, names to nobody", func(t *testing.T) {
		r := f.opened()
		for _, c := range []string{"hehua", "guangming", "yugang"} {
			f.vote(r, "survey", c, "85", "85", "50")
		}
		f.do(f.settled(f.shown(r)), "office.head", "publish", nil)
		if x := see("", r); len(x.Results) != 2 || x.Results[0].Total != 710 || !x.Results[0].Warning && len(x.Results[0].Triggers) == 0 || len(x.Results[0].Reasons) > 0 || len(x.Finished) > 0 {
			t.Errorf("%+v", x.Results)
		}
		if x := see("clerk.fire", r).Results[0]; len(x.Reasons) != 3 {
			t.Errorf("%+v", x)
		}
	})
	if _, err := f.Rounds.Engine.Get(f.ctx, portaltest.As(""), f.planned().ID); err == nil {
		t.Error("a planned round is a draft")
	}
}

func TestTheRoundWaitsForWhoHasNotRated(t *testing.T) {
	f := open(t)
	r := f.opened()
	tasks := func(who string) int {
		cs, err := f.Rounds.Engine.Tasks(f.ctx, portaltest.As(who), 10)
		if err != nil {
			t.Fatal(err)
		}
		return len(cs)
	}
	f.vote(r, "survey", "hehua", "85", "85", "85")
	if tasks("head.hehua") != 1 || tasks("head.tielu") != 0 {
		t.Error("hehua has one ballot left, tielu none")
	}
	f.vote(r, "clinic", "hehua", "85", "85", "85")
	if tasks("head.hehua") != 0 || tasks("head.yugang") != 1 {
		t.Error("hehua is done, yugang is not", f.fresh(r).Finished)
	}
}

func TestPages(t *testing.T) {
	f := open(t)
	app := f.App()
	r := f.opened()
	code, body := f.Ask(app, "head.hehua", "/rounds/"+r.ID, "")
	if code != 200 || strings.Count(body, `action="/ballots/new/cast"`) != 2 || !strings.Contains(body, "很好（100 分）") {
		t.Errorf("the casting page: %d %s", code, body)
	}
	if _, body = f.Ask(app, "head.fire", "/rounds/"+r.ID, ""); strings.Contains(body, "/ballots/new/cast") {
		t.Error("a department is offered a ballot")
	}
	post := "round=" + r.ID + "&item=survey&community=hehua&effect=85&money=100&text=%E7%95%99%E4%BD%8F%E6%88%91"
	code, body = f.Ask(app, "head.hehua", "/ballots/new/cast", post)
	if code != 422 || !strings.Contains(body, "留住我") || !strings.Contains(body, "ballot-residents-error") {
		t.Errorf("a grade is missing: %d", code)
	}
	if code, _ = f.Ask(app, "head.hehua", "/ballots/new/cast", post+"&residents=70"); code != 303 {
		t.Errorf("cast: %d", code)
	}
	code, body = f.Ask(app, "head.hehua", "/api/v1/ballots", `{"round":"`+r.ID+`","item":"survey","community":"hehua","effect":"85","money":"85","residents":"85"}`)
	if code != 403 || !strings.Contains(body, `"rule":"R9"`) || !strings.Contains(body, `"remedy"`) || !strings.Contains(body, `"fact"`) {
		t.Errorf("twice: %d %s", code, body)
	}
	f.shown(r)
	for _, who := range []string{"office.a", "clerk.fire"} {
		if code, body = f.Ask(app, who, "/rounds/"+r.ID, ""); code != 200 || !strings.Contains(body, "评议单位不足") {
			t.Errorf("%s: %d", who, code)
		}
	}
	if code, _ = f.Ask(app, "clerk.fire", "/ballots?round="+r.ID, ""); code != 200 {
		t.Errorf("an empty list: %d", code)
	}
}

func TestEndOfDay(t *testing.T) {
	if got := endOf(schema.Date("2026-03-20")); !got.Equal(time.Date(2026, 3, 20, 15, 59, 59, 999999000, time.UTC)) {
		t.Error(got)
	}
}
