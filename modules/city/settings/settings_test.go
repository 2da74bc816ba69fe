package settings

import (
	"context"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
)

type fixture struct {
	*portaltest.Portal
	*Settings
	portaltest.Cases[Change]
}

var ctx = context.Background()

func open(t *testing.T) fixture {
	t.Helper()
	h := portaltest.New(t)
	m := portaltest.Must(New(ctx, h.Portal))
	m.Rehearsal.Fill(func(context.Context, string, string) ([]Rated, int, error) { return nil, 0, nil })
	return fixture{h, m, portaltest.CasesOf(t, m.Resource)}
}

// to is a change of one setting from a day on.
func to(key, value string, from schema.Date, also ...Pair) Proposal {
	return Proposal{Key: key, Value: value, Also: also, From: from, Document: "江准联〔2026〕9号", Reason: "运行一年后调整"}
}

func (f fixture) propose(in Proposal) (*Change, error) { return f.Try(nil, "admin", "propose", &in) }

// agreed is a change that the conference has confirmed.
func (f fixture) agreed(in Proposal) *Change {
	f.T.Helper()
	return f.Do(f.Do(nil, "admin", "propose", &in), "conference", "confirm", nil)
}

func TestLife(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.agreed(to("adm.decide_wd", "12", "2026-03-12"))
	if c.State != confirmed || f.Values(f.Now()).Int("adm.decide_wd") != 15 {
		t.Fatalf("%s before its day, %d", c.State, f.Values(f.Now()).Int("adm.decide_wd"))
	}
	if len(c.Was) != 1 || c.Was[0].Value != "15" {
		t.Errorf("was %v", c.Was)
	}
	day := time.Date(2026, 3, 11, 16, 0, 0, 0, time.UTC) // the 12th begins in the city
	if f.Values(day.Add(-time.Nanosecond)).Int("adm.decide_wd") != 15 || f.Values(day).Int("adm.decide_wd") != 12 {
		t.Error("it does not hold from the first moment of its day")
	}
	f.Pass(3 * 24 * time.Hour)
	if got := f.State(c); got != inForce {
		t.Fatalf("%s on its day", got)
	}
	later := f.agreed(to("adm.decide_wd", "10", "2026-03-12"))
	if later.State != inForce || f.State(c) != superseded {
		t.Errorf("%s, before it %s", later.State, f.State(c))
	}
	if f.Values(f.Now()).Int("adm.decide_wd") != 10 || f.Values(day).Int("adm.decide_wd") != 12 {
		t.Error("the past was rewritten")
	}
	f.memory.known, f.memory.turns = nil, nil
	if err := f.LoadAll(t.Context()); err != nil || f.Values(f.Now()).Int("adm.decide_wd") != 10 || f.Values(day).Int("adm.decide_wd") != 12 {
		t.Errorf("after a restart: %v", err)
	}
}

// A case keeps the values it opened with; the next one has the new ones.
func TestCasesKeepTheirValues(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Resource.Engine.Settings = func() setting.Values { return f.Values(f.Now()) }
	old, err := f.propose(to("rect.days", "20", "2026-03-09"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Try(old, "conference", "confirm", nil); err != nil {
		t.Fatal(err)
	}
	next, err := f.propose(to("rect.days", "25", "2026-03-09"))
	if err != nil {
		t.Fatal(err)
	}
	if old.Settings.Int("rect.days") != 30 || next.Settings.Int("rect.days") != 20 {
		t.Errorf("kept %d and %d", old.Settings.Int("rect.days"), next.Settings.Int("rect.days"))
	}
}

func TestWhoMay(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Person("both", policy.Appointment{Role: "admin", Place: portaltest.City}, policy.Appointment{Role: "conference", Place: portaltest.District})
	f.Person("office.admin", policy.Appointment{Role: "admin", Place: portaltest.City}, policy.Appointment{Role: "office_staff", Place: portaltest.District})
	in := to("adm.decide_wd", "12", "2026-03-20")
	for person, want := range map[string]string{"office.head": "policy.role", "office.admin": "CHD2", "head.fire": "policy.role", "conference": "policy.role", "auditor": "GT02", "": "policy.sign_in"} {
		again := in
		_, err := f.Resource.Engine.Open(ctx, portaltest.As(person), "propose", &again, lifecycle.Opts{})
		portaltest.Refused(t, err, want)
	}
	own, err := f.Resource.Engine.Open(ctx, portaltest.As("both"), "propose", &in, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Try(own, "both", "confirm", nil)
	portaltest.Refused(t, err, "CHD1")
	_, err = f.Try(own, "head.hehua", "confirm", nil)
	portaltest.Refused(t, err, "not_found") // what nobody has confirmed is not public
	if _, err = f.Try(own, "conference", "confirm", nil); err != nil {
		t.Fatal(err)
	}
	if _, err = f.Resource.Engine.Get(ctx, portaltest.As(""), own.ID); err != nil {
		t.Error("what will hold is public:", err)
	}
	_, err = f.Try(own, "conference", "withdraw", &Reason{"x"})
	portaltest.Refused(t, err, "policy.role")
}

func TestWithdrawnAndDeclined(t *testing.T) {
	t.Parallel()
	f := open(t)
	c := f.agreed(to("adm.decide_wd", "12", "2026-03-12"))
	if _, err := f.Try(c, "admin", "withdraw", &Reason{"再议"}); err != nil {
		t.Fatal(err)
	}
	f.Pass(5 * 24 * time.Hour)
	if f.State(c) != "withdrawn" || f.Values(f.Now()).Int("adm.decide_wd") != 15 {
		t.Error("a withdrawn change came into force")
	}
	d, err := f.propose(to("adm.decide_wd", "12", "2026-03-20"))
	if err != nil {
		t.Fatal(err)
	}
	if d, err = f.Try(d, "conference", "decline", &Reason{"不需要"}); err != nil || d.State != "declined" {
		t.Errorf("%v %v", d, err)
	}
	e := f.agreed(to("adm.decide_wd", "12", "2026-03-14"))
	_, err = f.Try(e, "admin", "withdraw", &Reason{"x"})
	portaltest.Refused(t, err, "CHD3")
	g := f.agreed(to("adm.decide_wd", "11", "2026-03-20"))
	f.Settings.Resource.Engine.Clock = func() time.Time { return f.Now().AddDate(0, 0, 9) } // its day has come, the portal has not looked yet
	_, err = f.Try(g, "admin", "withdraw", &Reason{"x"})
	portaltest.Refused(t, err, "CHD3")
}

func TestWrongValues(t *testing.T) {
	t.Parallel()
	f := open(t)
	for name, c := range map[string]struct {
		in   Proposal
		want string
	}{
		"unknown":         {to("adm.lead", "1", "2026-03-20"), "value=setting.unknown"},
		"out of range":    {to("adm.decide_wd", "99", "2026-03-20"), "value=setting.out_of_range"},
		"silence":         {to("adm.deemed", "approved", "2026-03-20"), "value=setting.not_option"},
		"yesterday":       {to("adm.decide_wd", "12", "2026-03-08"), "effective_from=change.past"},
		"no change":       {to("adm.decide_wd", "15", "2026-03-20"), "value=change.same"},
		"one weight":      {to("eval.weight_effect", "50", "2026-03-20"), "value=setting.weights"},
		"three weights":   {to("eval.weight_effect", "50", "2026-03-20", Pair{"eval.weight_money", "15"}, Pair{"eval.weight_residents", "40"}), "value=setting.weights"},
		"beside is wrong": {to("eval.weight_effect", "50", "2026-03-20", Pair{"eval.weight_money", "101"}), "also.0.value=setting.out_of_range"},
		"named twice":     {to("rect.days", "20", "2026-03-20", Pair{"rect.days", "21"}), "also.0.key=change.twice"},
		"warning below":   {to("eval.trigger_total", "80", "2026-03-20"), "value=setting.warn_below_trigger"},
	} {
		_, err := f.propose(c.in)
		got := ""
		for _, x := range fault.As(err).Fields {
			got += x.Name + "=" + x.Code
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestValuesThatChangeTogether(t *testing.T) {
	t.Parallel()
	f := open(t)
	w := f.agreed(to("eval.weight_effect", "50", "2026-03-09", Pair{"eval.weight_money", "10"}))
	if v := f.Values(f.Now()); v.Int("eval.weight_effect") != 50 || v.Int("eval.weight_money") != 10 || v.Check() != nil {
		t.Errorf("%v", v.Check())
	}
	f.Pass(time.Minute)
	// Half of it is changed again: the other half still holds.
	f.agreed(to("eval.weight_effect", "45", "2026-03-09", Pair{"eval.weight_residents", "45"}))
	if f.State(w) != inForce {
		t.Error("superseded while its second value holds")
	}
	f.Pass(time.Minute)
	f.agreed(to("eval.weight_money", "20", "2026-03-09", Pair{"eval.weight_residents", "35"}))
	if f.State(w) != superseded {
		t.Error("in force though nothing of it holds")
	}
	// What fits today may not fit what is confirmed for later.
	f.agreed(to("adm.lead_wd", "21", "2026-03-20"))
	_, err := f.propose(to("adm.decide_wd", "20", "2026-03-12"))
	if e := fault.As(err); len(e.Fields) != 1 || e.Fields[0].Code != "setting.shorter_than" {
		t.Errorf("%v %+v", err, e.Fields)
	}
	// Two that fit by themselves and not together: the first confirmed wins.
	a, errA := f.propose(to("rect.days", "20", "2026-03-30", Pair{"eval.warn_total", "61"}))
	b, errB := f.propose(to("eval.trigger_total", "62", "2026-03-30"))
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if _, err := f.Try(a, "conference", "confirm", nil); err != nil {
		t.Fatal(err)
	}
	_, err = f.Try(b, "conference", "confirm", nil)
	portaltest.Refused(t, err, "change.no_longer_fits")
}

func TestOptionsInWords(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"联席会议": "conference", "Joint conference": "conference", "聯席會議": "conference", "conference": "conference", "nobody": "nobody"} {
		if got := option("gate.body", in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	if got := option("gate.classA", "组织机构、挂牌"); got != "organisation plaque" {
		t.Error(got)
	}
}

// The module's own routes stand before those of the changes.
func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	code, body := f.Ask(app, "admin", "/settings/new/propose", "key=adm.decide_wd&value=99&effective_from=2026-03-12&document=keep-me&reason=why&_key=a")
	if code != 422 || !strings.Contains(body, "keep-me") || !strings.Contains(body, "应在 5 至 30 之间") {
		t.Errorf("%d %.300s", code, body)
	}
	code, body = f.Ask(app, "office.a", "/api/v1/settings", `{"key":"adm.decide_wd","value":"12","effective_from":"2026-03-12","document":"d","reason":"r"}`)
	if code != 403 || !strings.Contains(body, `"line":"CH20"`) || !strings.Contains(body, `"remedy"`) {
		t.Errorf("%d %s", code, body)
	}
	f.agreed(to("adm.decide_wd", "12", "2026-03-12"))
	hidden, err := f.propose(to("rect.days", "20", "2026-03-12"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		person, path string
		status       int
		want, never  string
	}{
		{"", "/settings", 200, "12 个工作日 · 2026年3月12日", hidden.No},
		{"admin", "/settings", 200, hidden.No, ""},
		{"", "/settings?at=2026-03-12", 200, "<b>12 个工作日</b>", ""},
		{"", "/settings?at=tomorrow", 422, "", ""},
		{"", "/settings?key=adm.decide_wd", 200, "待生效", ""},
		{"", "/settings?key=nothing", 422, "", ""},
		{"", "/settings?state=confirmed", 200, "adm.decide_wd = 12", ""},
		{"admin", "/settings/about?key=adm.decide_wd&value=99", 200, "应在 5 至 30 之间", ""},
		{"", "/api/v1/settings/values?at=2026-03-12", 200, `"document":"江准联〔2026〕9号"`, ""},
		{"", "/api/v1/settings", 200, `"next":""`, `"rect.days"`},
		{"clerk.fire", "/settings/rehearsal?key=adm.decide_wd&value=9", 403, "", ""},
		{"auditor", "/settings/rehearsal?key=plaque.outside&value=3", 200, "没有在办事项取决于这个参数", ""},
		{"admin", "/settings/rehearsal?key=eval.weight_effect&value=50", 200, "三项权重之和应为 100，现为 110", ""},
		{"admin", "/settings/rehearsal?key=adm.decide_wd&value=x", 422, "请填写 5 至 30 的整数", ""},
		{"admin", "/api/v1/settings/rehearsal", 422, "", ""},
	} {
		code, body := f.Ask(app, c.person, c.path, "")
		if code != c.status || !strings.Contains(body, c.want) || c.never != "" && strings.Contains(body, c.never) {
			t.Errorf("%s as %q: %d, want %d with %q without %q\n%.2000s", c.path, c.person, code, c.status, c.want, c.never, body)
		}
	}
}
