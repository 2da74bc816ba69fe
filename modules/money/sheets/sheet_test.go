package sheets

import (
	"context"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/money/books"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

type fixture struct {
	*gatetest.Gate
	*Sheets
	t            *testing.T
	ctx          context.Context
	fire, bought string   // items in Hehua and Guangming: paid by sheet, bought by contract
	paid         []string // by events
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Gate: gatetest.New(t), t: t, ctx: context.Background()}
	for delivery, id := range map[string]*string{"signoff": &f.fire, "contract": &f.bought} {
		g := gatetest.Grant("fire", "hehua", "guangming")
		g.Application, g.Title, g.Delivery = delivery, "消防排查", delivery
		*id = f.Active(g).ID
	}
	bs, err := books.New(f.ctx, f.Portal.Portal, f.Items)
	if err != nil {
		t.Fatal(err)
	}
	if f.Sheets, err = New(f.ctx, f.Portal.Portal, f.Items, bs); err != nil {
		t.Fatal(err)
	}
	Paid.On(f.Gate.Bus, func(_ context.Context, n lifecycle.News, x books.Movement) error {
		f.paid = append(f.paid, n.Ref)
		if x.Amount != 35000 || x.To != books.Held("community", "hehua", f.fire) {
			t.Errorf("moved %+v", x)
		}
		return nil
	})
	return f
}

func (f *fixture) perform(by, id, act string, in any) (string, error) {
	d, err := f.Send(f.Resource, by, id, act, in)
	return d.ID, err
}

func (f *fixture) do(by, id, act string, in any) string {
	f.t.Helper()
	return f.Sent(f.Resource, by, id, act, in)
}

func (f *fixture) get(id string) *Sheet {
	f.t.Helper()
	s, err := f.Resource.Engine.Get(f.ctx, lifecycle.System, id)
	if err != nil {
		f.t.Fatal(err)
	}
	return s
}

var (
	done  = map[string]any{"done": 100, "done_by": "杨青", "evidence": "入户记录第1至100号"}
	why   = map[string]any{"reason": "原因"}
	money = map[string]any{"voucher": "V1", "paid_on": "2026-03-09"}
)

// order is what the department asks; with changes some of it.
func (f *fixture) order(with ...any) map[string]any {
	in := map[string]any{"item": f.fire, "community": "hehua", "task": "入户排查", "quantity": 120, "unit": "户", "price": 350, "by": "2026-03-31"}
	for i := 0; i < len(with); i += 2 {
		in[with[i].(string)] = with[i+1]
	}
	return in
}

func (f *fixture) signed() string {
	id := f.do("clerk.fire", "", "issue", f.order())
	f.do("staff.hehua", id, "accept", nil)
	f.do("staff.hehua", id, "perform", done)
	return f.do("head.hehua", id, "sign", nil)
}

func TestR5PaidBySheet(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.signed()
	if s := f.get(id); s.Amount != 35000 || s.Department != "fire" || s.State != "signed" {
		t.Fatalf("%+v", s)
	}
	f.do("clerk.fire", id, "admit", nil)
	if _, err := f.perform("clerk.fire", id, "claim", map[string]any{"voucher": "V1", "paid_on": "2026-03-10"}); !fault.Is(err, fault.Invalid) {
		t.Error("paid tomorrow:", err)
	}
	f.do("clerk.fire", id, "claim", money)
	if f.get(id).State != "claimed" || len(f.paid) > 0 {
		t.Error("R37: claimed counts as paid")
	}
	for _, who := range []string{"clerk.fire", "head.fire", "staff.hehua", "head.guangming", "office.head", "finance", ""} {
		if _, err := f.perform(who, id, "confirm", nil); err == nil {
			t.Errorf("R37: %q confirmed", who)
		}
	}
	f.do("head.hehua", id, "deny", why)
	f.do("clerk.fire", id, "claim", money)
	f.do("head.hehua", id, "confirm", nil)
	if s := f.get(id); s.State != "paid" || len(f.paid) != 1 || f.paid[0] != "hehua" {
		t.Errorf("%+v %v", s, f.paid)
	}
}

func TestR5SilenceDoesNotHoldUpTheMoney(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.signed()
	f.Workdays(5)
	if s := f.get(id); s.State != "payable" {
		t.Fatal(s.State)
	}
	if dl, ok := f.get(id).Open("pay"); !ok || dl.N != 10 {
		t.Error("no deadline to pay", dl)
	}
}

func TestObjection(t *testing.T) {
	t.Parallel()
	f := open(t)
	id := f.signed()
	f.do("clerk.fire", id, "object", why)
	f.Workdays(6) // the check that was objected to is over
	if s := f.get(id); s.State != "performed" || s.Amount != 0 || s.Objection == "" {
		t.Fatalf("%s %d", s.State, s.Amount)
	}
	f.do("staff.hehua", id, "perform", map[string]any{"done": 90, "done_by": "杨青", "evidence": "核对后"})
	f.do("head.hehua", id, "sign", nil)
	if s := f.get(id); s.Amount != 31500 || s.Objection != "" {
		t.Errorf("%+v", s)
	}
}

func TestR6OnlyWorkInForceIsOrdered(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Suspend(f.fire, "guangming")
	_, err := f.perform("clerk.fire", "", "issue", f.order("community", "guangming"))
	portaltest.Refused(t, err, "item.not_in_force")
	id := f.do("clerk.fire", "", "issue", f.order())
	f.Suspend(f.fire, "hehua")
	_, err = f.perform("staff.hehua", id, "accept", nil)
	portaltest.Refused(t, err, "R6")
	f.do("staff.hehua", id, "reject", why)
	if s := f.get(id); s.State != "rejected" || s.Rejection == "" {
		t.Errorf("%+v", s)
	}
}

func TestOrderIsExact(t *testing.T) {
	t.Parallel()
	f := open(t)
	before := f.Item(f.fire).Revision + f.Item(f.bought).Revision
	for name, c := range map[string]struct {
		by, want string
		in       map[string]any
	}{
		"an item bought by contract": {"clerk.fire", "invalid", f.order("item", f.bought)},
		"no such item":               {"clerk.fire", "invalid", f.order("item", "nothing")},
		"too late":                   {"clerk.fire", "invalid", f.order("by", "2026-03-08")},
		"for nothing":                {"clerk.fire", "invalid", f.order("price", 0)},
		"more than a sheet may cost": {"clerk.fire", "invalid", f.order("price", int64(schema.MaxMoney))},
		"another department":         {"clerk.health", "policy.role", f.order()},
		"the committee itself":       {"head.hehua", "policy.role", f.order()},
	} {
		_, err := f.perform(c.by, "", "issue", c.in)
		t.Run(name, func(t *testing.T) { portaltest.Refused(t, err, c.want) })
	}
	if n := f.Item(f.fire).Revision + f.Item(f.bought).Revision - before; n != 0 {
		t.Errorf("a refused order wrote on the item %d times", n)
	}
	id := f.do("clerk.fire", "", "issue", f.order())
	f.do("head.hehua", id, "accept", nil)
	_, err := f.perform("staff.hehua", id, "perform", map[string]any{"done": 121, "done_by": "x", "evidence": "x"})
	portaltest.Refused(t, err, "invalid")
	f.do("staff.hehua", id, "perform", done)
	_, err = f.perform("staff.hehua", id, "sign", nil)
	portaltest.Refused(t, err, "policy.role")
}

func TestNobodyOfThePayerSigns(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.Person("both", policy.Appointment{Role: "committee_head", Place: "hehua"}, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	id := f.do("clerk.fire", "", "issue", f.order())
	f.do("head.hehua", id, "accept", nil)
	f.do("head.hehua", id, "perform", done)
	_, err := f.perform("both", id, "sign", nil)
	portaltest.Refused(t, err, "SHD1")
}

// The amount is exact or refused, never wrapped around.
func TestTimesNeverOverflows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, p := rapid.Int64().Draw(t, "n"), rapid.Int64().Draw(t, "price")
		want := new(big.Int).Mul(big.NewInt(n), big.NewInt(p))
		fits := n >= 0 && p >= 0 && want.Cmp(big.NewInt(schema.MaxMoney)) <= 0
		got, ok := times(n, schema.Fen(p))
		if ok != fits || ok && int64(got) != want.Int64() {
			t.Fatalf("%d × %d = %d %v", n, p, got, ok)
		}
	})
	if _, ok := times(math.MaxInt64, math.MaxInt64); ok {
		t.Error("overflow")
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	id := f.signed()
	for path, want := range map[string]string{"": "350.00", "/paper": "叁佰伍拾元"} {
		if code, body := f.Ask(app, "head.hehua", "/sheets/"+id+path, ""); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: %d %v", path, code, strings.Contains(body, want))
		}
	}
	for _, who := range []string{"clerk.health", "head.guangming", ""} {
		if code, _ := f.Ask(app, who, "/api/v1/sheets/"+id, ""); code != 404 {
			t.Errorf("%q sees it: %d", who, code)
		}
	}
	if code, body := f.Ask(app, "clerk.fire", "/sheets/new/issue", "item="+f.fire+"&task=%E7%95%99%E4%BD%8F%E6%88%91"); code != 422 || !strings.Contains(body, "留住我") {
		t.Errorf("%d", code)
	}
}
