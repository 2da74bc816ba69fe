package jobs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules"
	"gatehouse/modules/housetest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type fixture struct {
	*housetest.House
	*Jobs
	t       *testing.T
	ctx     context.Context
	told    []string
	vendors []Candidate
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := housetest.New(t)
	h.Person("dispatcher", policy.Appointment{Role: "dispatcher", Place: housetest.District})
	h.Person("operator", policy.Appointment{Role: "operator", Place: housetest.District})
	h.Person("vm", policy.Appointment{Role: "vendor_manager", Place: housetest.District})
	f := &fixture{House: h, t: t, ctx: context.Background(), vendors: []Candidate{{"v1", "甲", 90, false}, {"v2", "乙", 90, true}, {"v3", "丙", 70, true}}}
	for _, v := range f.vendors {
		h.Person(v.ID, policy.Appointment{Role: "vendor", Place: housetest.District, Department: v.ID})
		h.Names.Put("department", v.ID, modules.Name{Hans: v.Name})
	}
	h.Offer("vendors", func(context.Context, modules.Visitor) ([]web.Option, error) { return nil, nil })
	h.Offer("service_classes", func(context.Context, modules.Visitor) ([]web.Option, error) { return nil, nil })
	m, err := New(f.ctx, h.House, f.asks())
	if err != nil {
		t.Fatal(err)
	}
	f.Jobs = m
	return f
}

// asks answers for orders and vendors.
func (f *fixture) asks() Asks {
	tell := func(what string) func(context.Context, string, string, string) error {
		return func(_ context.Context, order, _, x string) error {
			f.told = append(f.told, what+" "+order+" "+x)
			return nil
		}
	}
	return Asks{District: func() []string { return []string{housetest.District} },
		Order: func(_ context.Context, id string) (Order, error) {
			if !strings.HasPrefix(id, "o") {
				return Order{}, fault.Missing("order")
			}
			return Order{ID: id, No: "GD-" + id, Category: "905", Community: "hehua", Words: "下水道堵了", State: "triaged", Stream: modules.Social}, nil
		},
		Waiting: func(context.Context) ([]Order, error) { return nil, nil },
		Prove: func(_ context.Context, no, pin, _ string) (string, error) {
			if pin != "123456" {
				return "", fault.New(fault.NotFound, "track.wrong")
			}
			return strings.TrimPrefix(no, "GD-"), nil
		},
		Contact: func(context.Context, string) (string, string, error) { return "00013800001", "周", nil },
		Engage:  tell("engage"), Done: tell("done"),
		Disengage: func(_ context.Context, order, _ string) error {
			f.told = append(f.told, "disengage "+order)
			return nil
		},
		Candidates: func(context.Context, string, string) ([]Candidate, error) { return f.vendors, nil },
		Standard:   func(context.Context, string) (string, int64, bool, error) { return "BZ-1", 90, true, nil }}
}

func (f *fixture) match(order, wish string) *Job {
	f.t.Helper()
	j, err := f.Desk.Engine.Open(f.ctx, housetest.As("dispatcher"), "match", &matchForm{Order: order, Wish: wish}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.Bus.Once(f.ctx)
	return j
}

func (f *fixture) act(by, id, name string, in any) (*Job, error) {
	j, err := f.Desk.Engine.Act(f.ctx, housetest.As(by), id, name, in, lifecycle.Opts{})
	f.Bus.Once(f.ctx)
	return j, err
}

func (f *fixture) must(by, id, name string, in any) *Job {
	f.t.Helper()
	j, err := f.act(by, id, name, in)
	if err != nil {
		f.t.Fatalf("%s %s: %v", by, name, err)
	}
	return j
}

// agreed is a job whose price the customer has agreed to.
func (f *fixture) agreed(order string, quoted schema.Fen) *Job {
	f.t.Helper()
	j := f.match(order, "v1")
	f.must("v1", j.ID, "accept", nil)
	f.must("v1", j.ID, "quote", &quoteForm{Quote: quoted, When: "明天上午"})
	return f.must("operator", j.ID, "agree_for", &agreeForm{How: "phone"})
}

var proofOfWork = []schema.File{{Name: "a.png", Hash: "0", Type: "image/png", Size: 1}}

func names(j *Job) string {
	var out []string
	for _, x := range j.Turn {
		out = append(out, x.Vendor+":"+x.Why)
	}
	return strings.Join(out, " ")
}

func TestR70Turn(t *testing.T) {
	t.Parallel()
	f := open(t)
	t.Run("the wish first, then who serves the community with a good score, then by turns", func(t *testing.T) {
		if got := names(f.match("o1", "v3")); got != "v3:wish v2:near v1:turn" {
			t.Error(got)
		}
		f.Pass(time.Minute)
		if got := names(f.match("o2", "")); got != "v2:near v1:turn v3:turn" { // v3 had the last job
			t.Error(got)
		}
	})
	t.Run("who declines or stays silent passes it on, and the order goes back at last", func(t *testing.T) {
		j := f.match("o3", "v1")
		j = f.must("v1", j.ID, "decline", &whyForm{Why: "太远"})
		if j.State != "offered" || j.Vendor == "v1" {
			t.Fatal(j.State, j.Vendor)
		}
		if _, err := f.act("v1", j.ID, "accept", nil); !fault.Is(err, fault.NotFound) {
			t.Error("it is not its job any more", err)
		}
		for range 2 {
			f.Pass(61 * time.Minute)
			f.Bus.Once(f.ctx)
		}
		j, err := f.Desk.Engine.Cases().Get(f.ctx, j.ID)
		if err != nil || j.State != "unmatched" || !slices.Contains(f.told, "disengage o3") {
			t.Error(err, j.State, f.told)
		}
	})
	t.Run("only a social request that waits", func(t *testing.T) {
		if _, err := f.Desk.Engine.Open(f.ctx, housetest.As("dispatcher"), "match", &matchForm{Order: "x"}, lifecycle.Opts{}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		f.vendors = nil
		if _, err := f.Desk.Engine.Open(f.ctx, housetest.As("dispatcher"), "match", &matchForm{Order: "o9"}, lifecycle.Opts{}); fault.As(err).Code != "job.nobody" {
			t.Error(err)
		}
	})
}

func TestR70QuotedBefore(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	f.must("v1", j.ID, "accept", nil)
	if _, err := f.act("v1", j.ID, "quote", &quoteForm{When: "明天"}); !fault.Is(err, fault.Invalid) {
		t.Error("a quote without a price", err)
	}
	if _, err := f.act("v1", j.ID, "finish", &doneForm{Report: "x", After: proofOfWork}); err == nil {
		t.Error("done before it was quoted")
	}
	f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天上午"})
	if _, err := f.act("v1", j.ID, "agree_for", &agreeForm{How: "phone"}); err == nil {
		t.Error("a vendor agrees for its customer")
	}
	f.must("operator", j.ID, "agree_for", &agreeForm{How: "phone"})
	for field, in := range map[string]*doneForm{"after": {Report: "x", Charged: 8000}, "extra": {Report: "x", Charged: 9000, After: proofOfWork}} {
		if _, err := f.act("v1", j.ID, "finish", in); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	j = f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 9000, Extra: "多换一根管", After: proofOfWork})
	if j.Quote != 8000 || j.Charged != 9000 || j.Warranty == nil || !slices.Contains(f.told, "done o1 通了") {
		t.Errorf("%+v %v", j, f.told)
	}
}

func TestR70Customer(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	f.must("v1", j.ID, "accept", nil)
	f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天上午"})
	app := f.App(f.Module())
	post := func(path, pin, more string) (int, string) {
		return f.Ask(app, "", path, "no=GD-o1&pin="+pin+more)
	}
	if code, body := post("/visits", "000000", ""); code != 404 || strings.Contains(body, "80.00") {
		t.Error("a wrong PIN", code)
	}
	if code, body := post("/visits", "123456", ""); code != 200 || !strings.Contains(body, "80.00") || !strings.Contains(body, "明天上午") || !strings.Contains(body, "/visits/agree") {
		t.Error(code)
	}
	for _, act := range []string{"finish", "settle", "free"} {
		if code, _ := post("/visits/"+act, "123456", "&why=x"); code != 404 {
			t.Errorf("a customer may %s: %d", act, code)
		}
	}
	if code, _ := post("/visits/agree", "000000", ""); code != 404 {
		t.Error("agreed with a wrong PIN", code)
	}
	if code, body := post("/visits/agree", "123456", ""); code != 200 || !strings.Contains(body, "已同意") {
		t.Error(code)
	}
	f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 8000, After: proofOfWork})
	if code, _ := post("/visits/revisit", "123456", "&why=又堵了"); code != 200 {
		t.Error(code)
	}
	if _, err := f.act("v1", j.ID, "finish", &doneForm{Report: "再通", Charged: 100, After: proofOfWork}); !fault.Is(err, fault.Invalid) {
		t.Error("charged under warranty", err)
	}
	f.must("v1", j.ID, "finish", &doneForm{Report: "再通", After: proofOfWork})
	f.Pass(91 * 24 * time.Hour)
	if code, body := post("/visits/revisit", "123456", "&why=又堵了"); code != 403 || !strings.Contains(body, "保修期") {
		t.Error("after the warranty", code)
	}
	if code, _ := post("/visits/dispute", "123456", "&why=柜门坏了"); code != 200 {
		t.Error(code)
	}
}

// A rival vendor, a department and anybody else see nothing of a job; the
// vendor itself sees the phone, and that is written down.
func TestPrivate(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.agreed("o1", 8000)
	app := f.App(f.Module())
	for _, by := range []string{"", "v2", "clerk.fire", "head.hehua", "office.a"} {
		if code, _ := f.Ask(app, by, "/jobs/"+j.ID, ""); code == 200 {
			t.Errorf("%q sees it", by)
		}
		if code, body := f.Ask(app, by, "/jobs/"+j.ID+"/reveal", " "); code == 200 || strings.Contains(body, "00013800001") {
			t.Errorf("%q sees the phone", by)
		}
	}
	if code, body := f.Ask(app, "v1", "/jobs/"+j.ID+"/reveal", " "); code != 200 || !strings.Contains(body, "00013800001") {
		t.Error(code)
	}
	x, err := f.Desk.Engine.Cases().Get(f.ctx, j.ID)
	if err != nil || x.History[len(x.History)-1].Act != "reveal" {
		t.Error("the look is not on record")
	}
}

func TestR38Surplus(t *testing.T) {
	t.Parallel()
	f := open(t)
	fund, err := f.Funds.Engine.Open(f.ctx, housetest.As("vm"), "set_up", &Purse{Name: "独居老人", Who: "七十岁以上", Classes: []string{"905"}, Quota: 2, Cap: 10000}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	give := func(from string, fen schema.Fen) {
		t.Helper()
		if _, err := f.Funds.Engine.Act(f.ctx, housetest.As("vm"), fund.ID, "give", &Gift{From: from, Who: "x", Amount: fen, Voucher: "1"}, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
	}
	give("surplus", 15000)
	give("government", 5000)
	finish := func(j *Job, by string, fen schema.Fen) {
		t.Helper()
		f.must(by, j.ID, "finish", &doneForm{Report: "通了", Charged: fen, After: proofOfWork})
		if _, err := f.Desk.Engine.Act(f.ctx, lifecycle.System, j.ID, "close", nil, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
		f.Bus.Once(f.ctx)
	}
	finish(f.agreed("o1", 8000), "v1", 8000)
	free := func(order string) (*Job, error) {
		j := f.match(order, "v1")
		f.must("v1", j.ID, "accept", nil)
		if _, err := f.act("v1", j.ID, "free", &freeForm{Fund: fund.ID, Checked: "x"}); err == nil {
			t.Error("a vendor says who is served free")
		}
		_, err := f.act("dispatcher", j.ID, "free", &freeForm{Fund: fund.ID, Checked: "干事核实"})
		return j, err
	}
	j, err := free("o2")
	if err != nil {
		t.Fatal(err)
	}
	f.must("v1", j.ID, "quote", &quoteForm{When: "明天", Quote: 9000})
	f.must("operator", j.ID, "agree_for", &agreeForm{How: "phone"})
	finish(j, "v1", 9000)
	if _, err := free("o3"); err != nil {
		t.Fatal(err)
	}
	if _, err := free("o4"); fault.As(err).Code != "free_fund.used_up" {
		t.Error("more than the quota", err)
	}
	x, err := f.Funds.Engine.Cases().Get(f.ctx, fund.ID)
	if err != nil || x.Spent != 9000 || x.Reserved != 2 || x.left() != 20000-9000-10000 {
		t.Errorf("%+v left %d", x, x.left())
	}
	t.Run("R38 what paid services leave for free ones is shown, to anybody", func(t *testing.T) {
		qs, err := f.Surplus(f.ctx)
		if err != nil || fmt.Sprintf("%+v", qs[0]) != "{Quarter:"+string(modules.QuarterOf(f.Now()))+" Paid:1 Charged:8000 Surplus:15000 Other:5000 Free:1 Cost:9000}" {
			t.Errorf("%+v %v", qs, err)
		}
		if code, body := f.Ask(f.App(f.Module()), "", "/surplus", ""); code != 200 || !strings.Contains(body, "150.00") || !strings.Contains(body, "90.00") {
			t.Error(code)
		}
	})
}
