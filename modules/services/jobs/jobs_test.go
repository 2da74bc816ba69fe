package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

type fixture struct {
	*portaltest.Portal
	*Jobs
	t       *testing.T
	ctx     context.Context
	told    []string
	vendors []Candidate
	busy    map[string]bool // orders that went another way
}

func open(t *testing.T) *fixture {
	t.Helper()
	h := portaltest.New(t)
	h.Person("dispatcher", policy.Appointment{Role: "dispatcher", Place: portaltest.District})
	h.Person("operator", policy.Appointment{Role: "operator", Place: portaltest.District})
	h.Person("vm", policy.Appointment{Role: "vendor_manager", Place: portaltest.District})
	f := &fixture{Portal: h, t: t, ctx: context.Background(), vendors: []Candidate{{"v1", "甲", 90, false}, {"v2", "乙", 90, true}, {"v3", "丙", 70, true}}}
	for _, v := range f.vendors {
		h.Person(v.ID, policy.Appointment{Role: "vendor", Place: portaltest.District, Department: v.ID})
		h.Names.Put("department", v.ID, portal.Name{Hans: v.Name})
	}
	h.Offer("vendors", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	h.Offer("service_classes", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	m, err := New(f.ctx, h.Portal, f.asks())
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
	return Asks{District: func() []string { return []string{portaltest.District} },
		Order: func(_ context.Context, id string) (Order, error) {
			if !strings.HasPrefix(id, "o") {
				return Order{}, fault.Missing("order")
			}
			return Order{ID: id, No: "GD-" + id, Category: "905", Community: "hehua", Words: "下水道堵了", State: "triaged", Stream: portal.Social}, nil
		},
		Waiting: func(context.Context) ([]Order, error) { return nil, nil },
		Prove: func(_ context.Context, no, pin, _ string) (string, error) {
			if pin != "123456" {
				return "", fault.New(fault.NotFound, "track.wrong")
			}
			return strings.TrimPrefix(no, "GD-"), nil
		},
		Contact: func(context.Context, string) (string, string, error) { return "00013800001", "周", nil },
		Engage: func(ctx context.Context, order, job, vendor string) error {
			if f.busy[order] {
				return fault.New(fault.Conflict, "order.another_hand")
			}
			return tell("engage")(ctx, order, job, vendor)
		},
		Done: tell("done"),
		Disengage: func(_ context.Context, order, _ string) error {
			f.told = append(f.told, "disengage "+order)
			return nil
		},
		Candidates: func(context.Context, string, string) ([]Candidate, error) { return f.vendors, nil },
		Standard:   func(context.Context, string) (string, int64, bool, error) { return "BZ-1", 90, true, nil }}
}

func (f *fixture) match(order, wish string) *Job {
	f.t.Helper()
	j, err := f.Resource.Engine.Open(f.ctx, portaltest.As("dispatcher"), "match", &matchForm{Order: order, Wish: wish}, lifecycle.Opts{})
	if err != nil {
		f.t.Fatal(err)
	}
	f.Bus.Once(f.ctx)
	return j
}

func (f *fixture) act(by, id, name string, in any) (*Job, error) {
	j, err := f.Resource.Engine.Act(f.ctx, portaltest.As(by), id, name, in, lifecycle.Opts{})
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

// A job stands on the list of its vendor's people, and of no other vendor's.
func TestTasks(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.match("o1", "v1")
	for by, want := range map[string]int{"v1": 1, "v2": 0} {
		if js, err := f.Resource.Engine.Tasks(f.ctx, portaltest.As(by), 10); err != nil || len(js) != want {
			t.Error(by, len(js), err)
		}
	}
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
		j, err := f.Resource.Engine.Cases().Get(f.ctx, j.ID)
		if err != nil || j.State != "unmatched" || !slices.Contains(f.told, "disengage o3") {
			t.Error(err, j.State, f.told)
		}
	})
	t.Run("only a social request that waits", func(t *testing.T) {
		if _, err := f.Resource.Engine.Open(f.ctx, portaltest.As("dispatcher"), "match", &matchForm{Order: "x"}, lifecycle.Opts{}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		f.vendors = nil
		if _, err := f.Resource.Engine.Open(f.ctx, portaltest.As("dispatcher"), "match", &matchForm{Order: "o9"}, lifecycle.Opts{}); fault.As(err).Code != "job.nobody" {
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
	if code, _ := post("/visits/agree", "000000", "&quote_no=1"); code != 404 {
		t.Error("agreed with a wrong PIN", code)
	}
	if code, body := post("/visits/agree", "123456", "&quote_no=1"); code != 200 || !strings.Contains(body, "已同意") {
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
	x, err := f.Resource.Engine.Cases().Get(f.ctx, j.ID)
	if err != nil || x.History[len(x.History)-1].Act != "reveal" {
		t.Error("the look is not on record")
	}
}

func TestR38Surplus(t *testing.T) {
	t.Parallel()
	f := open(t)
	fund, err := f.Funds.Engine.Open(f.ctx, portaltest.As("vm"), "set_up", &Purse{Name: "独居老人", Who: "七十岁以上", Classes: []string{"905"}, Quota: 2, Cap: 10000}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	give := func(from string, fen schema.Fen) {
		t.Helper()
		if _, err := f.Funds.Engine.Act(f.ctx, portaltest.As("vm"), fund.ID, "give", &Gift{From: from, Who: "x", Amount: fen, Voucher: "1"}, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
	}
	give("surplus", 15000)
	give("government", 5000)
	finish := func(j *Job, by string, fen schema.Fen) {
		t.Helper()
		f.must(by, j.ID, "finish", &doneForm{Report: "通了", Charged: fen, After: proofOfWork})
		if _, err := f.Resource.Engine.Act(f.ctx, lifecycle.System, j.ID, "close", nil, lifecycle.Opts{}); err != nil {
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
	if err != nil || x.Spent != 9000 || len(x.Held) != 1 || x.left() != 20000-9000-10000 {
		t.Errorf("%+v left %d", x, x.left())
	}
	t.Run("R38 what paid services leave for free ones is shown, to anybody", func(t *testing.T) {
		qs, err := f.Surplus(f.ctx)
		if err != nil || fmt.Sprintf("%+v", qs[0]) != "{Quarter:"+string(portal.QuarterOf(f.Now()))+" Paid:1 Charged:8000 Surplus:15000 Other:5000 Free:1 Cost:9000}" {
			t.Errorf("%+v %v", qs, err)
		}
		app, quarter := f.App(f.Module()), string(portal.QuarterOf(f.Now()))
		for kind, want := range map[string]schema.Fen{"paid": schema.Fen(qs[0].Charged), "free": schema.Fen(qs[0].Cost)} {
			var got CountedPage
			code, body := f.Ask(app, "", "/api/v1"+behind(quarter, kind, ""), "")
			if err := json.Unmarshal([]byte(body), &got); code != 200 || err != nil || len(got.Jobs) != 1 || got.Jobs[0].Paid != want || strings.Contains(body, "order") || strings.Contains(body, "vendor") {
				t.Errorf("%s jobs: %d %v %s", kind, code, err, body)
			}
			if code, body := f.Ask(app, "", behind(quarter, kind, ""), ""); code != 200 || !strings.Contains(body, got.Jobs[0].Receipt) || strings.Contains(body, "/jobs/") || strings.Contains(body, "/free_funds/") != (kind == "free") {
				t.Errorf("%s jobs: %d", kind, code)
			}
			if _, body := f.Ask(app, "vm", behind(quarter, kind, ""), ""); !strings.Contains(body, `href="/jobs/`) {
				t.Error("who may read a job is not led to it")
			}
			if code, body := f.Ask(app, "", "/api/v1"+behind(quarter, kind, got.Jobs[0].Receipt), ""); code != 200 || !strings.Contains(body, `"jobs":[]`) {
				t.Errorf("after the last: %d %s", code, body)
			}
		}
		for query, want := range map[string]int{"": 422, "?quarter=2026Q1": 422, "?quarter=x&kind=paid": 422, "?quarter=2026Q1&kind=x": 422, "?quarter=2026Q1&kind=paid&after=x": 422, "?quarter=2019Q1&kind=paid": 200} {
			if code, _ := f.Ask(app, "", "/surplus/jobs"+query, ""); code != want {
				t.Errorf("%s: %d, want %d", query, code, want)
			}
		}
		if code, body := f.Ask(f.App(f.Module()), "", "/surplus", ""); code != 200 || !strings.Contains(body, "150.00") || !strings.Contains(body, "90.00") {
			t.Error(code)
		}
	})
}

// in reads the job as it stands.
func (f *fixture) in(j *Job) *Job {
	f.t.Helper()
	for range 3 {
		f.Bus.Once(f.ctx)
	}
	x, err := f.Resource.Engine.Cases().Get(f.ctx, j.ID)
	if err != nil {
		f.t.Fatal(err)
	}
	return x
}

// A vendor that takes a job and does not come does not keep it.
func TestR70Silent(t *testing.T) {
	t.Parallel()
	t.Run("no quote in time", func(t *testing.T) {
		f := open(t)
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		f.Pass(9 * time.Hour)
		if got := f.in(j); got.State != "offered" || got.Vendor != "v2" || got.Turn[0].Said != "silent" {
			t.Error(got.State, got.Vendor, got.Turn)
		}
		if f.told[len(f.told)-1] != "engage o1 v2" {
			t.Error("the order still names the first", f.told)
		}
	})
	t.Run("not done in time: the centre is told, and takes it back", func(t *testing.T) {
		f := open(t)
		j := f.agreed("o1", 8000)
		f.Pass(30 * 24 * time.Hour)
		got := f.in(j)
		if !got.Late || !slices.ContainsFunc(f.waits(got), func(k string) bool { return strings.HasPrefix(k, "dispatcher@") }) {
			t.Error(got.Late, f.waits(got))
		}
		if _, err := f.act("v1", j.ID, "withdraw", &whyForm{Why: "x"}); err == nil {
			t.Error("a vendor takes it from itself without saying so")
		}
		got = f.must("dispatcher", j.ID, "withdraw", &whyForm{Why: "电话不接"})
		if got.State != "offered" || got.Vendor != "v2" || got.Quote != 0 || got.Late {
			t.Errorf("%+v", got)
		}
	})
	t.Run("nobody answers the quote", func(t *testing.T) {
		f := open(t)
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天"})
		f.Pass(10 * 24 * time.Hour)
		if got := f.in(j); got.State != "unmatched" || !slices.Contains(f.told, "disengage o1") {
			t.Error(got.State, f.told)
		}
	})
	t.Run("a vendor that is out passes its jobs on", func(t *testing.T) {
		f := open(t)
		offered, agreed := f.match("o1", "v1"), f.agreed("o2", 8000)
		f.vendors = f.vendors[1:] // v1 is suspended
		if err := f.dropped("offered", "accepted", "quoted")(f.ctx, lifecycle.News{ID: "e1", Case: "v1"}); err != nil {
			t.Fatal(err)
		}
		if got := f.in(offered); got.Vendor != "v2" || got.Turn[0].Said != "gone" {
			t.Error(got.Vendor, got.Turn)
		}
		if got := f.in(agreed); got.Vendor != "v1" || got.State != "agreed" {
			t.Error("what was agreed is still its own", got.Vendor, got.State)
		}
		f.vendors = f.vendors[1:] // v2 has left too
		if err := f.dropped(live...)(f.ctx, lifecycle.News{ID: "e2", Case: "v1"}); err != nil {
			t.Fatal(err)
		}
		if got := f.in(agreed); got.Vendor != "v3" || got.State != "offered" {
			t.Error("one that has left is asked", got.Vendor, got.State)
		}
	})
	t.Run("who passed it on sees it no more", func(t *testing.T) {
		f := open(t)
		f.vendors = f.vendors[:1]
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		if got := f.must("dispatcher", j.ID, "withdraw", &whyForm{Why: "x"}); got.State != "unmatched" {
			t.Fatal(got.State)
		}
		if code, body := f.Ask(f.App(f.Module()), "v1", "/jobs/"+j.ID, ""); code != 404 {
			t.Error(code, body)
		}
	})
}

// An order has one job at a time, and a job one order that waits for it.
func TestR70OneJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	_, err := f.Resource.Engine.Open(f.ctx, portaltest.As("operator"), "match", &matchForm{Order: "o1"}, lifecycle.Opts{})
	if fault.As(err).Code != "job.unique_order_live" {
		t.Error("two vendors at one door", err)
	}
	f.vendors = f.vendors[:1]
	f.must("v1", j.ID, "decline", &whyForm{Why: "远"})
	f.match("o1", "") // nobody took it: it may be tried again
	f.busy = map[string]bool{"o2": true}
	if got := f.in(f.match("o2", "")); got.State != "unmatched" {
		t.Error("the order went another way, the job goes on", got.State)
	}
}

// A customer's yes is to the quote they have read.
func TestR70QuotedAnew(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	f.must("v1", j.ID, "accept", nil)
	f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天"})
	f.must("v1", j.ID, "quote", &quoteForm{Quote: 18000, When: "明天"})
	app := f.App(f.Module())
	if code, body := f.Ask(app, "", "/visits/agree", "no=GD-o1&pin=123456&quote_no=1"); code != 409 || !strings.Contains(body, "180.00") || !strings.Contains(body, `value="2"`) {
		t.Error(code)
	}
	if code, _ := f.Ask(app, "", "/visits/agree", "no=GD-o1&pin=123456"); code != 422 {
		t.Error("agreed to nothing", code)
	}
	if code, _ := f.Ask(app, "", "/visits/agree", "no=GD-o1&pin=123456&quote_no=2"); code != 200 || f.in(j).State != "agreed" {
		t.Error(code)
	}
}

func TestR70Proof(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.agreed("o1", 8000)
	table := []schema.File{{Name: "a.csv", Hash: "1", Type: "text/csv", Size: 1}}
	for field, in := range map[string]*doneForm{"after": {Report: "x", After: table}, "before": {Report: "x", Before: table, After: proofOfWork}} {
		if _, err := f.act("v1", j.ID, "finish", in); !fault.Is(err, fault.Invalid) || fault.As(err).Fields[0].Name != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 17000, Extra: "换管", After: proofOfWork})
	if vendor, no, double, err := f.Double(f.ctx, j.ID); vendor != "v1" || no != j.No || !double || err != nil {
		t.Error(vendor, no, double, err)
	}
	t.Run("a visit under warranty keeps the first report, and ends by itself", func(t *testing.T) {
		if _, err := f.Resource.Engine.Act(f.ctx, lifecycle.System, j.ID, "close", nil, lifecycle.Opts{}); err != nil {
			t.Fatal(err)
		}
		f.must("operator", j.ID, "revisit", &whyForm{Why: "又堵了"})
		told := len(f.told)
		got := f.must("v1", j.ID, "finish", &doneForm{Report: "再通", After: proofOfWork})
		if got.Report != "通了" || got.Visits[0].Report != "再通" || got.Charged != 17000 || len(f.told) != told {
			t.Errorf("%+v %v", got, f.told)
		}
		f.Pass(8 * 24 * time.Hour)
		if got := f.in(j); got.State != "closed" {
			t.Error(got.State)
		}
		f.must("operator", j.ID, "revisit", &whyForm{Why: "又堵了"})
		if got := f.must("dispatcher", j.ID, "withdraw", &whyForm{Why: "不来"}); got.State != "disputed" || got.Vendor != "v1" {
			t.Error("another vendor owes that warranty", got.State, got.Vendor)
		}
	})
}

// What a fund keeps for a job it pays once, or gets back.
func TestR38Held(t *testing.T) {
	t.Parallel()
	f := open(t)
	fund, err := f.Funds.Engine.Open(f.ctx, portaltest.As("vm"), "set_up", &Purse{Name: "独居老人", Who: "七十岁以上", Classes: []string{"905"}, Quota: 5, Cap: 10000}, lifecycle.Opts{})
	if err == nil {
		_, err = f.Funds.Engine.Act(f.ctx, portaltest.As("vm"), fund.ID, "give", &Gift{From: "donation", Who: "x", Amount: 50000, Voucher: "1"}, lifecycle.Opts{})
	}
	if err != nil {
		t.Fatal(err)
	}
	free := &freeForm{Fund: fund.ID, Checked: "干事核实"}
	state := func() string {
		t.Helper()
		x, err := f.Funds.Engine.Cases().Get(f.ctx, fund.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(x.Held), len(x.Jobs), x.Spent, x.left())
	}
	t.Run("nobody takes it: the place is free again", func(t *testing.T) {
		f.vendors = f.vendors[:1]
		j := f.match("o1", "v1")
		f.must("dispatcher", j.ID, "free", free)
		if got := state(); got != "1 0 0 40000" {
			t.Error(got)
		}
		if _, err := f.act("dispatcher", j.ID, "free", free); fault.As(err).Code != "job.free_already" {
			t.Error(err)
		}
		f.must("v1", j.ID, "decline", &whyForm{Why: "远"})
		if got := state(); got != "0 0 0 50000" {
			t.Error(got)
		}
	})
	t.Run("disputed, it is paid when that is settled, and never twice", func(t *testing.T) {
		j := f.match("o2", "v1")
		f.must("dispatcher", j.ID, "free", free)
		f.must("v1", j.ID, "accept", nil)
		f.must("v1", j.ID, "quote", &quoteForm{Quote: 13000, When: "明天"})
		if code, body := f.Ask(f.App(f.Module()), "", "/visits", "no=GD-o2&pin=123456"); code != 200 || !strings.Contains(body, "30.00") {
			t.Error("the customer's own share is not said before", code)
		}
		f.must("operator", j.ID, "agree_for", &agreeForm{How: "phone"})
		f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 13000, After: proofOfWork})
		for range 2 {
			if _, err := f.Resource.Engine.Act(prove(f.ctx, "o2"), lifecycle.Actor{}, j.ID, "dispute", &whyForm{Why: "柜门坏了"}, lifecycle.Opts{}); err != nil {
				t.Fatal(err)
			}
			f.must("vm", j.ID, "settle", &whyForm{Why: "赔了"})
			if got := state(); got != "0 1 10000 40000" {
				t.Error(got)
			}
		}
		if qs, err := f.Surplus(f.ctx); err != nil || qs[0].Cost != 10000 {
			t.Errorf("%+v %v", qs, err)
		}
	})
}
