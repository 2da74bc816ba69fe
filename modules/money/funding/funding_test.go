package funding_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/money/moneytest"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

type fixture struct {
	*moneytest.Money
	ctx context.Context
	t   testing.TB
}

func house(t testing.TB) fixture {
	t.Helper()
	return fixture{moneytest.New(t), context.Background(), t}
}

// item is a long-term item in two communities; the second instalment goes to the street.
func (f fixture) item() *items.Item {
	f.t.Helper()
	return f.Admit(moneytest.Grant([]items.Instalment{{Amount: 100000, Payee: "community"}, {Amount: 50000, Payee: "street"}}, "hehua", "guangming"))
}

func (f fixture) claim(by, item, community string, n, amount int64, more ...string) (portal.Done, error) {
	paid := "2026-03-09"
	if len(more) > 0 {
		paid = more[0]
	}
	return f.Send(f.Payments, by, "", "claim", map[string]any{"item": item, "community": community, "instalment": n, "amount": amount, "voucher": "V1", "paid_on": paid})
}

func (f fixture) claimed(item, community string, n, amount int64) portal.Done {
	f.t.Helper()
	p, err := f.claim("clerk.fire", item, community, n, amount)
	f.must(err)
	return p
}

func (f fixture) pay(by, id, do string, in map[string]any) error {
	_, err := f.Send(f.Payments, by, id, do, in)
	return err
}

// act does something with the item.
func (f fixture) act(by, id, do string, in map[string]any) error {
	_, err := f.Send(f.Items.Resource, by, id, do, in)
	return err
}

func (f fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// money is the state of an instalment in the item, and of its part.
func (f fixture) money(item, community string, n int) (money, part string) {
	f.t.Helper()
	for _, p := range f.Item(item).Parts {
		if p.Community == community {
			return p.Money[n-1].State, p.State
		}
	}
	f.t.Fatalf("no part in %s", community)
	return "", ""
}

func (f fixture) wants(item, money, part string) {
	f.t.Helper()
	if m, p := f.money(item, "hehua", 1); m != money || p != part {
		f.t.Fatalf("money is %s and the part %s, want %s and %s", m, p, money, part)
	}
}

var (
	yes     = map[string]any{"community": "hehua", "powers_in": true}
	because = map[string]any{"reason": "没有收到"}
)

func TestClaimedIsNotConfirmed(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 1, 100000)
	f.wants(it.ID, "claimed", "pending")
	start := func(by string) error { return f.act(by, it.ID, "confirm", yes) }
	portaltest.Refused(t, start("head.hehua"), "ITD4") // R37
	for _, who := range []string{"clerk.fire", "head.fire", "office.head", "finance", "street.liuxi", "staff.hehua", "auditor", "head.guangming", ""} {
		if f.pay(who, p.ID, "confirm", nil) == nil {
			t.Errorf("R37: %q confirmed", who)
		}
	}
	f.Workdays(6) // silence changes nothing
	f.wants(it.ID, "claimed", "pending")
	f.must(f.pay("head.hehua", p.ID, "confirm", nil))
	f.wants(it.ID, "confirmed", "pending")
	f.must(start("head.hehua"))
	f.wants(it.ID, "confirmed", "active")
}

func TestDispute(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 1, 100000)
	f.must(f.pay("head.hehua", p.ID, "dispute", because))
	f.wants(it.ID, "disputed", "pending")
	finding := map[string]any{"decision": "void", "note": "退回"}
	portaltest.Refused(t, f.pay("office.head", p.ID, "reconcile", finding), "policy.role")
	f.must(f.pay("finance", p.ID, "reconcile", finding))
	f.wants(it.ID, "none", "pending")
	p = f.claimed(it.ID, "hehua", 1, 100000) // void makes room
	f.must(f.pay("head.hehua", p.ID, "dispute", because))
	f.must(f.pay("finance", p.ID, "reconcile", map[string]any{"decision": "confirm", "note": "在账上"}))
	f.wants(it.ID, "confirmed", "pending")
}

func TestVoid(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 1, 100000)
	portaltest.Refused(t, f.pay("clerk.fire", p.ID, "void", because), "policy.role")
	f.must(f.pay("head.fire", p.ID, "void", because))
	f.wants(it.ID, "none", "pending")
	p = f.claimed(it.ID, "hehua", 1, 100000)
	f.must(f.pay("head.hehua", p.ID, "confirm", nil))
	if err := f.pay("head.fire", p.ID, "void", because); !fault.Is(err, fault.Conflict) {
		t.Error("a confirmed payment was voided:", err)
	}
}

func TestStreetKeepsTheAccount(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 2, 50000)
	portaltest.Refused(t, f.pay("head.hehua", p.ID, "confirm", nil), "policy.facts")
	if err := f.pay("street.beitang", p.ID, "confirm", nil); !fault.Is(err, fault.NotFound) {
		t.Error("another street:", err)
	}
	tasks, err := f.Payments.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As("street.liuxi")}, 5)
	if err != nil || len(tasks) != 1 || tasks[0].Deadline.Name != "receipt" || tasks[0].Deadline.N != 5 {
		t.Errorf("it does not wait for the street: %+v %v", tasks, err)
	}
	f.must(f.pay("street.liuxi", p.ID, "confirm", nil))
}

func TestClaimIsExact(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	for name, c := range map[string]struct {
		by, item, community string
		n, amount           int64
		paid, want          string
	}{
		"too little":         {"clerk.fire", it.ID, "hehua", 1, 99999, "2026-03-09", "R34"},
		"too much":           {"clerk.fire", it.ID, "hehua", 1, 100001, "2026-03-09", "R34"},
		"no such instalment": {"clerk.fire", it.ID, "hehua", 3, 100000, "2026-03-09", "invalid"},
		"another community":  {"clerk.fire", it.ID, "yinxing", 1, 100000, "2026-03-09", "invalid"},
		"paid tomorrow":      {"clerk.fire", it.ID, "hehua", 1, 100000, "2026-03-10", "invalid"},
		"no such item":       {"clerk.fire", "nothing", "hehua", 1, 100000, "2026-03-09", "invalid"},
		"another department": {"clerk.health", it.ID, "hehua", 1, 100000, "2026-03-09", "policy.role"},
		"the committee":      {"head.hehua", it.ID, "hehua", 1, 100000, "2026-03-09", "policy.role"},
	} {
		_, err := f.claim(c.by, c.item, c.community, c.n, c.amount, c.paid)
		t.Run(name, func(t *testing.T) { portaltest.Refused(t, err, c.want) })
	}
	_, err := f.claim("clerk.fire", it.ID, "hehua", 1, 5)
	if x := fault.As(err); len(x.Fields) != 1 || x.Fields[0].Args["owed"] != schema.Fen(100000) {
		t.Errorf("it does not name what is owed: %+v", x)
	}
	if got := f.Item(it.ID); got.Revision > it.Revision {
		t.Errorf("a refused claim wrote on the item: revision %d, was %d", got.Revision, it.Revision)
	}
}

// One instalment is claimed once, however many click at the same moment.
func TestClaimOnce(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	var wg sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		wg.Go(func() { _, errs[i] = f.claim("clerk.fire", it.ID, "hehua", 1, 100000) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if fault.As(err).Code != "payment.unique_instalment" {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d claims of one instalment", won)
	}
}

// Money may come to a part that stands still for want of it, but not to one that has left.
func TestMoneyForWhatStandsStill(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	news := map[string]any{"communities": []string{"hehua"}, "by": "x", "no": "X-1"}
	f.must(f.act("system", it.ID, "suspend_part", news))
	f.claimed(it.ID, "hehua", 1, 100000)
	f.must(f.act("system", it.ID, "start_withdrawal", news))
	f.must(f.act("system", it.ID, "finish_withdrawal", news))
	_, err := f.claim("clerk.fire", it.ID, "hehua", 2, 50000)
	portaltest.Refused(t, err, "item.not_in_force")
}

// A person on both sides settles nothing (R37, never the applicant department).
func TestNobodyOnBothSides(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 1, 100000)
	both := func(id string, as policy.Appointment) {
		f.Person(id, as, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	}
	both("mixed", policy.Appointment{Role: "committee_head", Place: "hehua"})
	portaltest.Refused(t, f.pay("mixed", p.ID, "confirm", nil), "BFD2")
	f.must(f.pay("head.hehua", p.ID, "dispute", because))
	both("treasurer", policy.Appointment{Role: "finance", Place: portaltest.District})
	portaltest.Refused(t, f.pay("treasurer", p.ID, "reconcile", map[string]any{"decision": "confirm", "note": "x"}), "BFD2")
	f.Person("moved", policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	q, err := f.claim("moved", it.ID, "guangming", 1, 100000)
	f.must(err)
	f.Person("moved", policy.Appointment{Role: "committee_head", Place: "guangming"})
	portaltest.Refused(t, f.pay("moved", q.ID, "confirm", nil), "BFD1")
}

func TestWhoSees(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	p := f.claimed(it.ID, "hehua", 1, 100000)
	for who, sees := range map[string]bool{"clerk.fire": true, "head.fire": true, "staff.hehua": true, "head.hehua": true, "street.liuxi": true, "office.a": true, "finance": true,
		"auditor": true, "clerk.health": false, "head.guangming": false, "street.beitang": false, "conference": false, "admin": false, "": false} {
		_, err := f.Payments.Engine.Get(f.ctx, portaltest.As(who), p.ID)
		page, lerr := f.Payments.Engine.List(f.ctx, portaltest.As(who), lifecycle.Find{})
		if (err == nil) != sees || lerr != nil || (len(page.Cases) == 1) != sees {
			t.Errorf("%q: sees %v, lists %d (%v), want %v", who, err == nil, len(page.Cases), lerr, sees)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := house(t)
	app := f.App()
	it := f.item()
	code, body := f.Ask(app, "clerk.fire", "/payments/new/claim?item="+it.ID, "")
	if code != 200 || !strings.Contains(body, it.No) || !strings.Contains(body, "凭证号") {
		t.Errorf("the form of a claim: %d", code)
	}
	if !strings.Contains(body, `value="hehua"`) || strings.Contains(body, `value="yugang"`) {
		t.Error("the form offers communities that the item is not for, or not its own")
	}
	form := fmt.Sprintf("item=%s&community=hehua&instalment=1&amount=999.99&voucher=PZ-77&paid_on=2026-03-09", it.ID)
	if code, body = f.Ask(app, "clerk.fire", "/payments/new/claim", form); code != 422 || !strings.Contains(body, "这一期应付 ¥1,000.00") || !strings.Contains(body, "PZ-77") {
		t.Errorf("%d: typing is lost, or what is owed is not named", code)
	}
	code, body = f.Ask(app, "clerk.fire", "/api/v1/payments", fmt.Sprintf(`{"item":%q,"community":"hehua","instalment":1,"amount":100000,"voucher":"PZ-77","paid_on":"2026-03-09"}`, it.ID))
	if code != 201 {
		t.Fatalf("%d %s", code, body)
	}
	var p struct{ ID string }
	f.must(json.Unmarshal([]byte(body), &p))
	for path, want := range map[string]string{"/payments": "消防排查", "/payments/" + p.ID: "还没有到账", "/payments?item=" + it.ID: "BF-"} {
		if code, body := f.Ask(app, "head.hehua", path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d lacks %s", path, code, want)
		}
		_, body := f.Ask(app, "head.hehua", "/payments/"+p.ID+"/confirm", "")
		for _, what := range []string{"PZ-77", "¥1,000.00"} {
			if !strings.Contains(body, what) {
				t.Errorf("who confirms does not see %s", what)
			}
		}
	}
	code, body = f.Ask(app, "clerk.fire", "/api/v1/payments/"+p.ID+"/confirm", "{}")
	if code != 403 || !strings.Contains(body, `"rule":"R37"`) || !strings.Contains(body, `"remedy"`) {
		t.Errorf("R37: %d %s", code, body)
	}
	if code, _ = f.Ask(app, "head.hehua", "/payments/"+p.ID+"/receipt", ""); code != 404 {
		t.Errorf("a receipt before the money: %d", code)
	}
	f.must(f.pay("head.hehua", p.ID, "confirm", nil))
	if code, body = f.Ask(app, "clerk.fire", "/payments/"+p.ID+"/receipt", ""); code != 200 || !strings.Contains(body, "人民币壹仟元整") {
		t.Errorf("the receipt: %d", code)
	}
	if code, _ = f.Ask(app, "clerk.health", "/payments/"+p.ID, ""); code != 404 {
		t.Errorf("another department: %d", code)
	}
}

// An instalment that is claimed already is refused before the item hears of it.
func TestSecondClaimLeavesTheItem(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	f.claimed(it.ID, "hehua", 1, 100000)
	before := f.Item(it.ID).Revision
	_, err := f.claim("clerk.fire", it.ID, "hehua", 1, 100000)
	portaltest.Refused(t, err, "payment.unique_instalment")
	if f.Item(it.ID).Revision != before {
		t.Error("the item's record was written")
	}
}

// Word of a payment that comes late says nothing older than what is so: neither
// of the same payment nor of another that fills the instalment by now.
func TestLateWordDoesNotWin(t *testing.T) {
	t.Parallel()
	f := house(t)
	it := f.item()
	late := func(do func()) {
		t.Helper()
		down := true
		f.Fails = func(collection string) error {
			if down && collection == "items" {
				return errors.New("out of reach")
			}
			return nil
		}
		do()
		down = false
	}
	p := f.claimed(it.ID, "hehua", 1, 100000)
	late(func() { f.must(f.pay("head.fire", p.ID, "void", because)) })
	f.wants(it.ID, "claimed", "pending") // the item has not heard
	p = f.claimed(it.ID, "hehua", 1, 100000)
	f.must(f.pay("head.hehua", p.ID, "confirm", nil))
	f.wants(it.ID, "confirmed", "pending")
	for range 2 {
		f.Bus.Once(f.ctx)
		f.wants(it.ID, "confirmed", "pending")
	}
	q := f.claimed(it.ID, "guangming", 1, 100000)
	late(func() { f.must(f.pay("head.guangming", q.ID, "dispute", because)) })
	f.must(f.pay("finance", q.ID, "reconcile", map[string]any{"decision": "confirm", "note": "在账上"}))
	f.Bus.Once(f.ctx)
	if m, _ := f.money(it.ID, "guangming", 1); m != "confirmed" {
		t.Errorf("the money of Guangming is %s", m)
	}
}
