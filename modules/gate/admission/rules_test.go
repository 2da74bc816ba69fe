package admission

import (
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/portaltest"
)

func TestR20RoutineWorkNeedsNoApplication(t *testing.T) {
	t.Parallel()
	f := open(t)
	in := good()
	in.Title = "常规体检通知"
	a := f.open("clerk.fire", in)
	portaltest.Refused(t, f.try(a, "head.fire", "submit", nil), "APD16")
	in.Title = "新的消防演练检查"
	f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
}

func TestR8MoneyPowersAndStaffMoveWithAFunction(t *testing.T) {
	t.Parallel()
	f := open(t)
	in := good()
	in.Transferred = true
	if got := gaps(&Application{Content: in.Content}); !slices.Equal(got, []string{"staff"}) {
		t.Errorf("gaps %v", got)
	}
	portaltest.Refused(t, f.try(f.proposed(in), "office.head", "approve", &approveForm{}), "APD17")
	in.Staff = "每社区一名专职人员，编制随转"
	a := f.do(f.proposed(in), "office.head", "approve", &approveForm{})
	if g, ok, err := f.Grant(f.ctx, a.ID); err != nil || !ok || g.Staff != in.Staff {
		t.Errorf("the staff do not move: %+v %v", g, err)
	}
	in.Powers = ""
	portaltest.Refused(t, f.try(f.proposed(in), "office.head", "approve", &approveForm{}), "APD10")
	in = good()
	in.Staff = "一名联络员" // sent, not transferred: nothing hangs on it
	a = f.do(f.proposed(in), "office.head", "approve", &approveForm{})
	if g, _, _ := f.Grant(f.ctx, a.ID); g.Staff != "" {
		t.Error("staff that is merely sent is demanded")
	}
}

func TestR21OnlyTheLeadingGroupOverrides(t *testing.T) {
	t.Parallel()
	f := open(t)
	in := good()
	in.Title = "招商引资任务"
	a := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
	if a.State != "rejected" || a.Decision.Rule != "R21" || a.Decision.Entry != "FM-01" {
		t.Fatalf("%s %+v", a.State, a.Decision)
	}
	for _, by := range []string{"office.a", "office.head", "head.fire", "finance", "street.liuxi"} {
		if f.try(a, by, "override", &overrideForm{Minutes: "x"}) == nil {
			t.Errorf("%s let it past the negative list", by)
		}
	}
	if a = f.do(a, "conference", "override", &overrideForm{Minutes: "领导小组纪要2号"}); a.State != "submitted" || a.Overridden == "" {
		t.Errorf("%s %+v", a.State, a)
	}
}

func TestR142TakenBackIsRefusedAndCited(t *testing.T) {
	t.Parallel()
	f := open(t)
	in := good()
	in.Title = "上级收回的鉴定"
	a := f.do(f.open("clerk.fire", in), "head.fire", "submit", nil)
	if a.State != "rejected" || a.Decision.Rule != "R142" || a.Decision.Entry != "SH-01" || a.Decision.Reason != "收回事项" {
		t.Errorf("%s %+v", a.State, a.Decision)
	}
}

func TestR27TheShortFormOnThePage(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	code, body := f.Ask(app, "head.hehua", "/applications/new/request", "")
	if code != 200 || strings.Count(body, `name="title"`) != 1 || strings.Contains(body, `name="fund_source"`) || strings.Contains(body, `name="powers"`) {
		t.Fatalf("%d: the form is not the short one", code)
	}
	if code, body := f.Ask(app, "head.hehua", "/applications/new/request", "department=health&title=每月义诊&communities=hehua&purpose=老人多"); code != 303 {
		t.Fatalf("%d %s", code, body)
	}
	if code, body := f.Ask(app, "clerk.health", "/api/v1/applications?limit=5", ""); code != 200 || !strings.Contains(body, `每月义诊`) {
		t.Errorf("%d %s", code, body)
	}
}

func TestR30StreetsConsentAndArrange(t *testing.T) {
	t.Parallel()
	f := open(t)
	a := f.open("clerk.fire", good())
	f.do(a, "head.fire", "submit", nil)
	a = f.do(a, "office.a", "accept", nil)
	if keys := f.waits(a); !slices.Contains(keys, "street_cadre@liuxi") || !slices.Contains(keys, "street_cadre@beitang") {
		t.Errorf("waits for %v", keys)
	}
	say := func(street, given string) *consentForm {
		return &consentForm{Street: street, Given: given, Arrangement: "与巡查合并"}
	}
	for by, street := range map[string]string{"street.beitang": "liuxi", "street.wanghai": "wanghai", "office.head": "liuxi", "head.hehua": "liuxi", "head.fire": "liuxi"} {
		if f.try(a, by, "consent", say(street, "yes")) == nil {
			t.Errorf("%s spoke for %s", by, street)
		}
	}
	f.do(a, "street.liuxi", "consent", say("liuxi", "yes"))
	f.do(a, "street.beitang", "consent", say("beitang", "no"))
	for _, c := range a.Communities {
		f.do(a, "head."+c, "answer", &answerForm{Community: c, Opinion: "agree"})
	}
	f.do(a, "finance", "check_money", &financeForm{Funded: "yes"})
	a = f.do(a, "office.a", "propose", &reportForm{Recommend: "approve", Text: "可以"})
	portaltest.Refused(t, f.try(a, "office.head", "approve", &approveForm{}), "APD18")
	f.do(a, "street.beitang", "consent", say("beitang", "yes")) // it thinks again
	f.do(a, "office.head", "approve", &approveForm{})
}

func TestR30SilenceIsNoConsentAndTheCityMayDoWithout(t *testing.T) {
	t.Parallel()
	f := open(t)
	a := &Application{Content: good().Content}
	if !f.withheld(a) || len(f.streets(a)) != 2 {
		t.Error("silence counts as consent")
	}
	a.OnRequest = true
	if f.withheld(a) {
		t.Error("what the community itself asks for needs no street")
	}
	a.OnRequest, a.Settings = false, map[string]string{"adm.street_consent": "not_needed"}
	if f.withheld(a) || len(f.streets(a)) != 0 {
		t.Error("the setting does not count")
	}
}
