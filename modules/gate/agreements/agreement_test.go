package agreements

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// duty is an item called on by an entry, as the items would tell of it.
type duty struct {
	department, entry string
	communities       []string
}

type fixture struct {
	*portaltest.Portal
	*Agreements
	t      *testing.T
	ctx    context.Context
	duties map[string]duty
	listed map[string]string // entry -> list
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), duties: map[string]duty{},
		listed: map[string]string{"lift": "assistance", "vaccine": "assistance", "census": "assistance", "elect": "statutory"}}
	m, err := New(f.ctx, f.Portal.Portal, Asks{
		Entry: func(_ context.Context, id string) (string, string, bool, error) {
			if f.listed[id] == "" {
				return "", "", false, fault.Missing("entry")
			}
			return f.listed[id], "XZ " + id, true, nil
		},
		Listed: func(id, list string, _ time.Time) bool { return f.listed[id] == list },
		Street: func(c string) string {
			for s, cs := range portaltest.Streets {
				if strings.Contains(strings.Join(cs, " "), c) {
					return s
				}
			}
			return ""
		},
		Duty: func(_ context.Context, item string) (string, string, []string, time.Time, error) {
			d := f.duties[item]
			return d.department, d.entry, d.communities, f.Portal.Now(), nil
		},
		Standing: func(_ context.Context, department, community string) (out []string, _ error) {
			for _, d := range f.duties {
				if department == "" || d.department == department {
					out = append(out, d.entry)
				}
			}
			return out, nil
		}})
	if err != nil {
		t.Fatal(err)
	}
	f.Agreements = m
	for _, from := range []string{"catalogue_assistance", "street_communities"} {
		f.Offer(from, func(context.Context, portal.Visitor) ([]web.Option, error) {
			return []web.Option{{Value: "lift", Text: "加装电梯"}, {Value: "hehua", Text: "荷花"}}, nil
		})
	}
	return f
}

// call lets a department call on an entry, as an item's opening tells it.
func (f *fixture) call(item, department, entry string, communities ...string) {
	f.t.Helper()
	f.duties[item] = duty{department, entry, communities}
	if err := f.called(f.ctx, lifecycle.News{ID: "e-" + item, Case: item}); err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) the(state, community string) *Agreement {
	f.t.Helper()
	as, err := f.Agreements.Resource.Engine.Cases().Find(f.ctx, store.Query{Sort: "id", Limit: 10, Where: []store.Cond{{Field: "state", Op: store.Eq, Value: state},
		{Field: "scope", Op: store.Has, Value: []string{community}}}})
	if err != nil || len(as) != 1 {
		f.t.Fatalf("%d agreements %s in %s: %v", len(as), state, community, err)
	}
	return as[0]
}

func (f *fixture) try(a *Agreement, by, act string, in any) (*Agreement, error) {
	return f.Agreements.Resource.Engine.Act(f.ctx, portaltest.As(by), a.ID, act, in, lifecycle.Opts{})
}

func (f *fixture) do(a *Agreement, by, act string, in any) *Agreement {
	f.t.Helper()
	a, err := f.try(a, by, act, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
	f.Bus.Once(f.ctx)
	return a
}

func line(entry string, fen int64) Line {
	l := Line{Entry: entry, Paid: "quarterly", Powers: "可以进楼宣传"}
	if l.Money = 100; fen == 0 {
		l.Money, l.Paid = 0, "none"
	}
	return l
}

func (f *fixture) draft(by, department, community string, year int64, entries ...string) (*Agreement, error) {
	in := &draftForm{Department: department, Community: community, Year: year}
	for _, e := range entries {
		in.Lines = append(in.Lines, line(e, 1))
	}
	return f.Agreements.Resource.Engine.Open(f.ctx, portaltest.As(by), "draft", in, lifecycle.Opts{})
}

func (f *fixture) tasks(person string) int {
	f.t.Helper()
	ts, err := f.Agreements.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As(person)}, 10)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(ts)
}

// years lets time go by until a moment in the city.
func (f *fixture) until(day string) {
	f.t.Helper()
	at, err := time.ParseInLocation(time.DateOnly, day, calendar.City)
	if err != nil {
		f.t.Fatal(err)
	}
	f.Pass(at.Sub(f.Portal.Now()))
	for range 4 { // one act a case and tick, and then what they tell
		f.Bus.Once(f.ctx)
	}
}

func TestR32(t *testing.T) {
	t.Parallel()
	t.Run("R32 what a department calls on is asked for and signed by both", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		f.call("i1", "health", "vaccine", "hehua", "guangming")
		a := f.the("due", "hehua")
		if d, ok := a.Open(signBy); !ok || d.N != 20 || d.Rule != "R32" || a.Year != 2026 || !a.wants("vaccine") {
			t.Fatalf("%+v", a)
		}
		if f.tasks("clerk.health") != 2 || f.tasks("clerk.fire") != 0 {
			t.Error("it is the department's task, in each community")
		}
		a = f.do(a, "clerk.health", "offer", &offerForm{[]Line{line("vaccine", 1)}})
		if f.tasks("head.hehua") != 1 || f.tasks("clerk.health") != 1 {
			t.Error("an offer waits for the committee")
		}
		a = f.do(a, "head.hehua", "send_back", &wishForm{"经费太少"})
		a = f.do(a, "clerk.health", "offer", &offerForm{[]Line{line("vaccine", 1)}})
		if a.Wish != "" {
			t.Error("the wish stays after a new offer")
		}
		a = f.do(a, "head.hehua", "agree", nil)
		if _, err := f.try(a, "clerk.health", "sign", nil); err == nil {
			t.Error("a clerk signed for the department")
		}
		a = f.do(a, "head.health", "sign", nil)
		if _, runs := a.Open(signBy); runs || a.State != "signed" {
			t.Errorf("%s %+v", a.State, a.Deadlines)
		}
		got, err := f.Agreed(f.ctx, []string{"vaccine", "elect", ""}, []string{"hehua", "guangming", "yinxing"}, f.Portal.Now())
		if err != nil || len(got) != 3 || got[0].State != "signed" || got[1].State != "due" || got[2].State != "" {
			t.Errorf("%+v %v", got, err)
		}
	})
	t.Run("R32 silence is overdue, lapses with the year and is asked for again", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		f.call("i1", "health", "vaccine", "hehua")
		f.Workdays(21)
		if a := f.the("due", "hehua"); !a.Overdue {
			t.Error("nobody says that it is late")
		}
		if got, _ := f.Agreed(f.ctx, []string{"vaccine"}, []string{"hehua"}, f.Portal.Now()); len(got) != 1 || !got[0].Late {
			t.Errorf("%+v", got)
		}
		f.until("2027-01-02")
		f.the("lapsed", "hehua")
		if a := f.the("due", "hehua"); a.Year != 2027 || a.Overdue || !a.wants("vaccine") {
			t.Errorf("%+v", a)
		}
	})
	t.Run("R32 a signed agreement ends with its year and the next is due", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a, err := f.draft("clerk.health", "health", "hehua", 2026, "vaccine", "lift")
		if err != nil {
			t.Fatal(err)
		}
		f.do(f.do(a, "head.hehua", "agree", nil), "head.health", "sign", nil)
		f.listed["lift"] = "negative" // no longer on the list
		f.until("2027-01-02")
		f.the("ended", "hehua")
		next := f.the("due", "hehua")
		if next.Year != 2027 || len(next.Wanted) != 1 || next.Wanted[0].Entry != "vaccine" {
			t.Errorf("%+v", next)
		}
		if d, _ := next.Open(signBy); d.Due.Before(begins(2027).AddDate(0, 0, 20)) {
			t.Errorf("due %s", d.Due)
		}
	})
	t.Run("R32 next year's agreement may be signed before", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for _, year := range []int64{2026, 2027} {
			a, err := f.draft("clerk.health", "health", "hehua", year, "vaccine")
			if err != nil {
				t.Fatal(err)
			}
			f.do(f.do(a, "head.hehua", "agree", nil), "head.health", "sign", nil)
		}
		f.until("2027-01-02")
		if a := f.the("signed", "hehua"); a.Year != 2027 {
			t.Errorf("%+v", a)
		}
		if f.tasks("clerk.health") != 0 {
			t.Error("asked for twice")
		}
	})
	t.Run("R32 the street's agreement covers what departments call on", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		f.call("i1", "health", "vaccine", "hehua")
		f.call("i2", "health", "lift", "hehua")
		if a := f.the("due", "hehua"); len(a.Wanted) != 2 {
			t.Fatalf("two cases for one department: %+v", a.Wanted)
		}
		s, err := f.Agreements.Resource.Engine.Open(f.ctx, portaltest.As("street.liuxi"), "draft_street",
			&streetForm{Community: "hehua", Year: 2026, Lines: []Line{line("vaccine", 1), line("lift", 0)}}, lifecycle.Opts{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.try(s, "head.health", "sign", nil); err == nil {
			t.Error("a department signed the street's agreement")
		}
		f.do(f.do(s, "head.hehua", "agree", nil), "street.liuxi", "sign", nil)
		f.the("covered", "hehua")
		f.call("i3", "fire", "lift", "hehua")
		if f.tasks("clerk.fire") != 0 {
			t.Error("asked for what is agreed")
		}
	})
}

func TestR32Refusals(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.call("i1", "health", "vaccine", "hehua")
	due := f.the("due", "hehua")
	_, err := f.try(due, "head.health", "drop", &reasonForm{"不想签"})
	portaltest.Refused(t, err, "XYD2")
	_, err = f.try(due, "clerk.health", "offer", &offerForm{[]Line{line("lift", 1)}})
	wants(t, err, "agreement.wanted_missing")
	delete(f.duties, "i1")
	if a := f.do(due, "head.health", "drop", &reasonForm{"工作已结束"}); a.State != "dropped" {
		t.Error(a.State)
	}
	for name, c := range map[string]struct {
		by, department, code string
		year                 int64
		entries              []string
	}{
		"another year":       {"clerk.health", "health", "agreement.bad_year", 2028, []string{"vaccine"}},
		"a year gone by":     {"clerk.health", "health", "agreement.bad_year", 2025, []string{"vaccine"}},
		"not assistance":     {"clerk.health", "health", "agreement.not_listed", 2026, []string{"elect"}},
		"no such entry":      {"clerk.health", "health", "agreement.not_listed", 2026, []string{"moon"}},
		"twice":              {"clerk.health", "health", "agreement.twice", 2026, []string{"vaccine", "vaccine"}},
		"another department": {"clerk.fire", "health", "policy.role", 2026, []string{"vaccine"}},
		"a committee":        {"head.hehua", "health", "policy.role", 2026, []string{"vaccine"}},
	} {
		_, err := f.draft(c.by, c.department, "hehua", c.year, c.entries...)
		t.Run(name, func(t *testing.T) { wants(t, err, c.code) })
	}
	a, err := f.draft("clerk.health", "health", "hehua", 2026, "vaccine")
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.draft("clerk.fire", "fire", "hehua", 2026, "vaccine")
	wants(t, err, "agreement.agreed_elsewhere")
	for _, by := range []string{"head.guangming", "staff.hehua", "street.liuxi", "head.health"} {
		if _, err := f.try(a, by, "agree", nil); err == nil {
			t.Errorf("%s agreed for Hehua", by)
		}
	}
	f.Person("both", policy.Appointment{Role: "committee_head", Place: "hehua"}, policy.Appointment{Role: "dept_head", Place: portaltest.District, Department: "health"})
	a = f.do(a, "both", "agree", nil)
	_, err = f.try(a, "both", "sign", nil)
	portaltest.Refused(t, err, "XYD1")
	bad := line("lift", 1)
	bad.Paid = "none"
	_, err = f.Agreements.Resource.Engine.Open(f.ctx, portaltest.As("clerk.health"), "draft", &draftForm{Department: "health", Community: "hehua", Year: 2026, Lines: []Line{bad}}, lifecycle.Opts{})
	wants(t, err, "agreement.money_and_when")
}

// wants a fault by its code or the code of one of its fields.
func wants(t *testing.T, err error, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("was done, want %s", code)
	}
	e := fault.As(err)
	for _, x := range e.Fields {
		if x.Code == code {
			return
		}
	}
	if e.Code != code {
		t.Fatalf("%v %+v, want %s", err, e.Fields, code)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	f.call("i1", "health", "vaccine", "hehua")
	a := f.the("due", "hehua")
	at := "/agreements/" + a.ID
	if code, _ := f.Ask(app, "", at, ""); code != 404 {
		t.Errorf("an unsigned agreement is public: %d", code)
	}
	if code, _ := f.Ask(app, "clerk.fire", at, ""); code != 404 {
		t.Errorf("another department sees it: %d", code)
	}
	code, body := f.Ask(app, "clerk.health", at+"/offer", "")
	if code != 200 || !strings.Contains(body, "lines.0.entry") {
		t.Errorf("%d: the form does not start with what is wanted", code)
	}
	code, body = f.Ask(app, "clerk.health", at+"/offer", "lines.0.entry=vaccine&lines.0.money=1200&lines.0.paid=none&lines.0.powers=%E7%95%99%E4%BD%8F%E6%88%91")
	if code != 422 || !strings.Contains(body, "留住我") {
		t.Errorf("%d: typing is lost", code)
	}
	a = f.do(a, "clerk.health", "offer", &offerForm{[]Line{line("vaccine", 1)}})
	a = f.do(f.do(a, "head.hehua", "agree", nil), "head.health", "sign", nil)
	e, _ := a.Last("sign")
	code, body = f.Ask(app, "", at+"/paper", "")
	for _, want := range []string{a.No, "XZ vaccine", "可以进楼宣传", f.Agreements.Resource.Code(a, e), "¥1.00"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the paper lacks %s", code, want)
		}
	}
	if code, body := f.Ask(app, "", "/api/v1/agreements?year=2026", ""); code != 200 || !strings.Contains(body, a.No) {
		t.Errorf("%d", code)
	}
	f.call("i2", "health", "lift", "guangming")
	if home, err := f.home(f.ctx, portal.Visitor{Actor: portaltest.As("head.guangming"), Lang: web.English}); err != nil || !strings.Contains(string(home), "<b>1</b>") {
		t.Errorf("%s %v", home, err)
	}
	if home, _ := f.home(f.ctx, portal.Visitor{Actor: portaltest.As("clerk.fire"), Lang: web.English}); home != "" {
		t.Errorf("%s", home)
	}
}
