package orders

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/setting"
)

func TestR51OneNumber(t *testing.T) {
	t.Parallel()
	t.Run("R51 by phone, on the web without account, through a committee", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for channel, by := range map[string]string{"phone": "op", "web": "", "committee": "staff.hehua", "open311": "system"} {
			o := f.file(by, channel, func(in *Filing) { in.Consent, in.Words = "by_phone", "路灯坏了，"+channel })
			if o.State != "new" || o.Channel != channel || !strings.HasPrefix(o.No, "GD-2026-") || !f.waitsFor(o, "op") {
				t.Errorf("%s: %s %s", channel, o.State, o.Channel)
			}
		}
	})
	t.Run("R51 who may not take calls does not", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for by, channel := range map[string]string{"clerk.fire": "phone", "head.hehua": "phone", "op": "committee"} {
			in := lamp
			in.Channel, in.Consent = channel, "by_phone"
			if _, err := f.m.File(f.ctx, portaltest.As(by), in, FileOpts{}); err == nil {
				t.Errorf("%s filed by %s", by, channel)
			}
		}
	})
	t.Run("R51 a committee asks the resident first", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		app := f.App()
		code, body := f.Ask(app, "staff.hehua", "/api/v1/orders/new/file_for", `{"words":"王奶奶家没水"}`)
		if code != 422 || !strings.Contains(body, "agreed") {
			t.Error(code, body)
		}
	})
}

// Phone and name lie beside the order, never in it, nor in its history.
func TestContactLiesApart(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.to(f.file("op", "phone"), "closed")
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"12345678", "00012345678", "王奶奶"} {
		if strings.Contains(string(b), secret) {
			t.Errorf("the order tells %s", secret)
		}
	}
	c, err := f.m.card(f.ctx, o.Contact)
	if err != nil || c == nil || c.Phone != "00012345678" || c.Name != "王奶奶" || c.Forget == "" {
		t.Fatalf("%+v %v", c, err)
	}
	app := f.App()
	for _, who := range []string{"op", "clerk.fire", "chief", "auditor", "call"} {
		for _, path := range []string{"/orders/" + o.ID, "/api/v1/orders/" + o.ID, "/api/v1/orders", "/orders"} {
			if code, body := f.Ask(app, who, path, ""); code != 200 || strings.Contains(body, "00012345678") || strings.Contains(body, "王奶奶") {
				t.Errorf("%s reads it at %s (%d)", who, path, code)
			}
		}
	}
	f.Pass(time.Duration(181*24) * time.Hour)
	if n, err := f.m.Forget(f.ctx); err != nil || n != 1 {
		t.Errorf("forgot %d, %v", n, err)
	}
}

func TestReveal(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	o := f.to(f.file("op", "phone"), "signed")
	code, body := f.Ask(app, "clerk.fire", "/api/v1/orders/"+o.ID+"/reveal", `{"why":"contact"}`)
	if code != 200 || !strings.Contains(body, "00012345678") {
		t.Fatal(code, body)
	}
	e, ok := f.now(o.ID).Last("reveal")
	if !ok || e.By != "clerk.fire" || strings.Contains(e.Note, "0001") {
		t.Errorf("%+v", e)
	}
	if code, _ := f.Ask(app, "clerk.health", "/api/v1/orders/"+o.ID+"/reveal", `{"why":"contact"}`); code != 404 {
		t.Error("another department:", code)
	}
	secret := f.to(f.file("op", "phone", func(in *Filing) { in.Confidential, in.Words = true, "别告诉他们是我说的" }), "signed")
	_, err := f.act(secret, "clerk.fire", "reveal", &revealForm{Why: "contact"})
	portaltest.Refused(t, err, "OR63")
	f.must(f.act(secret, "op", "reveal", &revealForm{Why: "contact"}))
	closed := f.to(o, "closed")
	_, err = f.act(closed, "clerk.fire", "reveal", &revealForm{Why: "contact"})
	portaltest.Refused(t, err, "OR63")
}

func TestR55TheClockRunsFromDispatch(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.to(f.file("op", "phone"), "dispatched")
	d, ok := o.Open("handle")
	if !ok || d.N != 7 || d.Unit != "d" || !d.From.Equal(f.Now()) || d.Rule != "R58" {
		t.Fatalf("%+v", d)
	}
	f.Pass(48 * time.Hour)
	signed := f.must(f.act(o, "clerk.fire", "sign", nil))
	if again, _ := signed.Open("handle"); !again.Due.Equal(d.Due) {
		t.Error("signing late moved the limit")
	}
	if signed.InTime.Signed {
		t.Error("signed after two days counts as in time")
	}
}

func TestR58ByUrgency(t *testing.T) {
	t.Parallel()
	check(t, "beijing", []clock{{"emergency", "complaint", "h", 2, "R58"}, {"utility", "complaint", "h", 24, "R58"}, {"ordinary", "consult", "d", 7, "R58"}, {"complex", "praise", "d", 15, "R58"}})
}

func TestR59ByType(t *testing.T) {
	t.Parallel()
	check(t, "workdays", []clock{{"ordinary", "consult", "wd", 2, "R59"}, {"complex", "help", "wd", 5, "R59"}, {"utility", "complaint", "wd", 5, "R59"}, {"emergency", "consult", "h", 2, "R58"}})
	o := &Order{Sorted: Sorted{Class: "ordinary"}}
	v := setting.Defaults()
	v["hot.model"] = "workdays"
	if l := o.signing(v); l.unit != "wd" || l.setting != "hot.sign_wd" {
		t.Errorf("sign: %+v", l)
	}
}

func TestR60SameDayThreeAndThirteen(t *testing.T) {
	t.Parallel()
	check(t, "thirteen", []clock{{"emergency", "help", "", 0, "R60"}, {"ordinary", "consult", "wd", 3, "R60"}, {"ordinary", "help", "wd", 3, "R60"},
		{"ordinary", "complaint", "wd", 13, "R60"}, {"complex", "suggestion", "wd", 13, "R60"}, {"utility", "report", "wd", 13, "R60"}})
}

type clock struct {
	class, kind, unit string
	n                 int
	rule              string
}

func check(t *testing.T, model string, want []clock) {
	t.Helper()
	v := setting.Defaults()
	v["hot.model"] = model
	for _, w := range want {
		o := &Order{Sorted: Sorted{Class: w.class, Type: w.kind}}
		l := o.closing(v)
		n := 0
		if l.setting != "" {
			n = v.Int(l.setting)
		}
		if l.unit != w.unit || n != w.n || l.rule != w.rule || l.today != (w.unit == "") {
			t.Errorf("%s %s %s: %+v", model, w.class, w.kind, l)
		}
	}
}

// The lamp of R59 is yellow when most of the time is used, red afterwards.
func TestR59Lamp(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.to(f.file("op", "phone"), "signed")
	for after, want := range map[time.Duration]string{0: "green", 156 * time.Hour: "yellow", 8 * 24 * time.Hour: "red"} {
		if got := o.lamp(f.Now().Add(after)); got != want {
			t.Errorf("after %v: %s, want %s", after, got, want)
		}
	}
}

func TestR56Returning(t *testing.T) {
	t.Parallel()
	good := returnForm{Reason: "wrong_place", Document: "江府发〔2024〕8号第三条", Belongs: "health"}
	t.Run("R56 with a reason code and a document", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "dispatched")
		app := f.App()
		code, body := f.Ask(app, "clerk.fire", "/api/v1/orders/"+o.ID+"/return", `{"reason":"not_mine"}`)
		if code != 422 || !strings.Contains(body, "document") || !strings.Contains(body, "reason") {
			t.Error(code, body)
		}
		o = f.must(f.act(o, "clerk.fire", "return", &good))
		if o.State != "return_asked" || !f.waitsFor(o, "disp") {
			t.Error(o.State)
		}
	})
	t.Run("R56 inside the window, else the unit owns it", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "signed")
		f.Pass(5 * time.Hour)
		_, err := f.act(o, "clerk.fire", "return", &good)
		portaltest.Refused(t, err, "ORD7")
		if _, ok := f.now(o.ID).Last("own"); !ok {
			t.Error("nothing says that it is the unit's now")
		}
	})
	t.Run("R56 a unit returns once", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "dispatched")
		due, _ := o.Open("handle")
		o = f.must(f.act(o, "clerk.fire", "return", &good))
		f.Pass(time.Hour)
		o = f.must(f.act(o, "disp", "refuse_return", &groundForm{Ground: "职责清单写明归你单位。"}))
		if again, _ := o.Open("handle"); o.State != "dispatched" || !again.Due.Equal(due.Due) {
			t.Error("the clock of a refused return did not run on:", o.State)
		}
		_, err := f.act(o, "clerk.fire", "return", &good)
		portaltest.Refused(t, err, "ORD6")
	})
	t.Run("R56 the unit does not decide, and the next unit has its whole time", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.must(f.act(f.to(f.file("op", "phone"), "dispatched"), "clerk.fire", "return", &good))
		_, err := f.act(o, "both", "redispatch", &unitForm{Unit: "health"})
		portaltest.Refused(t, err, "ORD4")
		f.Pass(3 * time.Hour)
		o = f.must(f.act(o, "disp", "redispatch", &unitForm{Unit: "health", Basis: "属地在该单位。"}))
		if d, _ := o.Open("handle"); !d.From.Equal(f.Now()) || o.Unit != "health" || f.sees("clerk.fire", o) || !f.sees("clerk.health", o) {
			t.Errorf("%+v", o.Handling)
		}
		if got := o.measure(); len(got.ReturnedBy) != 1 || got.ReturnedBy[0] != "fire" || got.Unit != "health" {
			t.Errorf("%+v", got)
		}
	})
}

func TestR57FinalRuling(t *testing.T) {
	t.Parallel()
	f := open(t)
	var told []lifecycle.News
	Ruled.On(f.Bus, func(_ context.Context, ev lifecycle.News, _ dispatch.Ruling) error {
		told = append(told, ev)
		return nil
	})
	in := returnForm{Reason: "overlapping_duty", Document: "三定方案第五条"}
	o := f.must(f.act(f.to(f.file("op", "phone"), "dispatched"), "clerk.fire", "return", &in))
	o = f.must(f.act(o, "disp", "redispatch", &unitForm{Unit: "health"}))
	o = f.must(f.act(o, "clerk.health", "return", &in))
	if o.State != "ruling" || !f.waitsFor(o, "chief") || f.waitsFor(o, "disp") {
		t.Fatal("the second return is not the head's:", o.State)
	}
	_, err := f.act(o, "disp", "rule", &rulingForm{Unit: "fire", Ground: "x"})
	portaltest.Refused(t, err, "policy.role")
	o = f.must(f.act(o, "chief", "rule", &rulingForm{Unit: "fire", Ground: "路灯产权属消防。"}))
	if o.State != "dispatched" || o.Unit != "fire" || !o.Ruled || len(told) != 1 || told[0].Ref != "fire" {
		t.Fatalf("%+v %v", o.Handling, told)
	}
	_, err = f.act(o, "clerk.fire", "return", &in)
	portaltest.Refused(t, err, "ORD5")
	f.Pass(time.Hour)
	if got := f.now(o.ID).Shares(f.Now()); len(got) == 0 {
		t.Error("nobody's time")
	}
}

func TestR61MoreTime(t *testing.T) {
	t.Parallel()
	ask := extendForm{N: 7, Reason: "要换整根灯杆", Ground: "采购目录规定询价三天"}
	t.Run("R61 asked before the limit, granted by the centre, told to the caller", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "handling")
		was, _ := o.Open("handle")
		f.Pass(6 * 24 * time.Hour)
		o = f.must(f.act(o, "clerk.fire", "extend", &ask))
		if !f.waitsFor(o, "disp") {
			t.Error("the dispatcher is not asked")
		}
		_, err := f.act(o, "both", "grant_extension", &grantForm{Why: "x", Told: "page"})
		portaltest.Refused(t, err, "ORD4")
		o = f.must(f.act(o, "disp", "grant_extension", &grantForm{Why: "情况属实。", Told: "phone"}))
		d, _ := o.Open("handle")
		if !d.Due.After(was.Due) || d.Rule != "R61" || o.Extensions[0].Told != "phone" {
			t.Errorf("%+v", d)
		}
		_, err = f.act(o, "clerk.fire", "extend", &ask)
		portaltest.Refused(t, err, "ORD9")
	})
	t.Run("R61 what is granted ends later than what there was", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.must(f.act(f.to(f.file("op", "phone"), "handling"), "clerk.fire", "extend", &extendForm{N: 1, Reason: "x", Ground: "y"}))
		_, err := f.act(o, "disp", "grant_extension", &grantForm{Why: "x", Told: "page"})
		portaltest.Wrong(t, err, "order.no_longer")
	})
	t.Run("R61 not after the limit, and no longer than it", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "handling")
		_, err := f.act(o, "clerk.fire", "extend", &extendForm{N: 8, Reason: "x", Ground: "y"})
		portaltest.Refused(t, err, "invalid")
		f.Pass(8 * 24 * time.Hour)
		_, err = f.act(o, "clerk.fire", "extend", &ask)
		portaltest.Refused(t, err, "ORD8")
	})
}

func TestR62ReminderAndCriticism(t *testing.T) {
	t.Parallel()
	pass := func(f fixture, days int) { // tick by tick, as a running portal
		for range days * 4 {
			f.Pass(6 * time.Hour)
		}
	}
	t.Run("R62 the next day a reminder, copied to the leader, then supervision, then criticism", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "handling") // due at the end of Monday 16 March
		pass(f, 9)
		o = f.now(o.ID)
		e, ok := o.Last("remind")
		if !ok || !o.Late || !o.Reminded || o.Criticised || !f.waitsFor(o, "head.fire") {
			t.Fatalf("%+v", o.Handling)
		}
		if local := e.At.In(zone); local.Hour() < 8 || local.Hour() > 17 || local.Day() != 17 {
			t.Errorf("reminded at %v", local)
		}
		pass(f, 3)
		if o = f.now(o.ID); !o.Supervised || !f.waitsFor(o, "chief") {
			t.Error("not supervised")
		}
		pass(f, 6)
		o = f.now(o.ID)
		if !o.Criticised {
			t.Error("not criticised")
		}
		v := portal.Visitor{Actor: portaltest.As("chief"), Lang: "zh-Hans"}
		for _, name := range []string{"reminder", "criticism"} {
			if l, err := f.m.Letters[name](f.ctx, v, o); err != nil || l == nil || !strings.Contains(string(l.Body), o.No) {
				t.Error("no letter", err)
			}
		}
	})
	t.Run("R62 a reason keeps the criticism away", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "handling")
		_, err := f.act(o, "clerk.fire", "explain", &excuseForm{Excuse: "x"})
		portaltest.Refused(t, err, "order.not_late")
		pass(f, 9)
		f.must(f.act(o, "clerk.fire", "explain", &excuseForm{Excuse: "灯杆缺货，周五到。"}))
		pass(f, 10)
		if o = f.now(o.ID); o.Criticised || !o.Supervised {
			t.Errorf("%+v", o.Handling)
		}
	})
}

// Nobody is woken at night (wish: alerts in working hours only).
func TestR62AlertsInWorkingHours(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.file("op", "phone", func(in *Filing) { in.Category = "103" })
	f.Pass(9 * time.Hour) // 18:00
	o = f.to(o, "handling")
	for range 14 {
		f.Pass(time.Hour)
	}
	o = f.now(o.ID) // 08:00
	if !o.Late || o.Reminded {
		t.Errorf("late %v, reminded %v at 08:00", o.Late, o.Reminded)
	}
	f.Pass(time.Hour)
	if o = f.now(o.ID); !o.Reminded {
		t.Error("not reminded at 09:00")
	}
}
