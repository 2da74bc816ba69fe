package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/gate/emergencies"
	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/modules/services/vendors"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
)

type fixture struct {
	*portaltest.Portal
	*Jobs
	portaltest.Cases[Job]
	handled portaltest.Cases[orders.Order]
	t       *testing.T
	ctx     context.Context
	ids     map[string]string       // of the vendors, by their people
	filed   map[string]orders.Filed // orders, by what the test calls them
	phone   string                  // of their callers
}

func open(t *testing.T) *fixture {
	t.Helper()
	g, ctx := gatetest.New(t), context.Background()
	h := g.Portal
	for id, role := range map[string]string{"dispatcher": "dispatcher", "operator": "operator", "vm": "vendor_manager", "vm2": "vendor_manager"} {
		h.Person(id, policy.Appointment{Role: role, Place: portaltest.District})
	}
	rules, articles := portaltest.Must(dispatch.New(ctx, h.Portal)), portaltest.Must(knowledge.New(ctx, h.Portal))
	help := portaltest.Must(emergencies.New(ctx, h.Portal, nil))
	os := portaltest.Must(orders.New(ctx, h.Portal, rules, articles, help, g.Items))
	vs := portaltest.Must(vendors.New(ctx, h.Portal))
	m := portaltest.Must(New(ctx, h.Portal, os, vs))
	f := &fixture{h, m, portaltest.CasesOf(t, m.Resource), portaltest.CasesOf(t, os.Resource), t, ctx, map[string]string{}, map[string]orders.Filed{}, "00013800001"}
	standards := portaltest.CasesOf(t, vs.Standards)
	standards.Do(standards.Do(nil, "vm", "draft", &vendors.Promise{Class: "905", Title: "通下水", Text: "先报价。", Warranty: 90}), "vm2", "enforce", nil)
	f.join("v1", "guangming", 10)
	f.join("v2", "hehua", 10)
	f.join("v3", "hehua", 30)
	return f
}

// join lets a vendor join that has lost some points.
func (f *fixture) join(by, community string, points int64) {
	f.t.Helper()
	firms, scores := portaltest.CasesOf(f.t, f.vendors.Resource), portaltest.CasesOf(f.t, f.vendors.Scores)
	x := firms.Do(nil, "vm", "apply", &vendors.Firm{Name: by, Licence: "91330299MA0000001", Classes: []string{"905"}, Communities: []string{community}, Agreed: true,
		Papers: vendors.Papers{LicenceEnd: "2030-01-01", Insurance: "责任险", InsuranceTo: "2030-01-01", Prices: "通下水 80 元", Phone: "00081890"}})
	firms.Do(firms.Do(x, "vm", "vet", nil), "vm2", "confirm", nil)
	scores.Do(nil, "vm", "enter", &vendors.Charge{Vendor: x.ID, Points: points, Ground: "late", Text: "属实"})
	f.Person(by, policy.Appointment{Role: "vendor", Place: portaltest.District, Department: x.ID})
	f.ids[by] = x.ID
}

// firm lets somebody do something about a vendor.
func (f *fixture) firm(by, vendor, act, in string) {
	f.t.Helper()
	if _, err := f.vendors.Perform(f.ctx, portaltest.As(by), f.ids[vendor], act, []byte(in), lifecycle.Opts{}); err != nil {
		f.t.Fatalf("%s %s: %v", by, act, err)
	}
}

// out suspends vendors: they get no new jobs.
func (f *fixture) out(vendors ...string) {
	f.t.Helper()
	for _, v := range vendors {
		f.firm("vm", v, "suspend", `{"reason":"查处中"}`)
	}
}

// who is whose vendor an id stands for.
func (f *fixture) who(id string) string {
	for by, x := range f.ids {
		if x == id {
			return by
		}
	}
	return id
}

// order gives the id of an order of somebody whose drain is blocked.
func (f *fixture) order(name string) string {
	f.t.Helper()
	if f.filed[name].ID == "" {
		f.filed[name] = f.file(name, "905")
	}
	return f.filed[name].ID
}

func (f *fixture) file(name, category string) orders.Filed {
	f.t.Helper()
	x, err := f.orders.File(f.ctx, portaltest.As("operator"), orders.Filing{Words: "下水道堵了，" + name, Type: "help", Category: category, Community: "hehua", Phone: f.phone, Name: "周", Known: orders.Known{Channel: "phone"}}, orders.FileOpts{})
	if err == nil {
		_, err = f.orders.Perform(f.ctx, portaltest.As("operator"), x.ID, "triage", []byte(`{"category":"`+category+`","type":"help","community":"hehua"}`), lifecycle.Opts{})
	}
	if err != nil {
		f.t.Fatal(err)
	}
	return x
}

// stands is what an order says of its job: its state, and who comes.
func (f *fixture) stands(order string) string {
	f.t.Helper()
	o := f.handled.Get(f.order(order))
	return strings.TrimSpace(o.State + " " + f.who(o.Vendor))
}

// claim is what the customer types.
func (f *fixture) claim(order string) string {
	f.order(order)
	return "no=" + f.filed[order].No + "&pin=" + f.filed[order].PIN
}

func (f *fixture) match(order, wish string) *Job {
	f.t.Helper()
	j := f.Do(nil, "dispatcher", "match", &matchForm{Order: f.order(order), Wish: f.ids[wish]})
	f.Bus.Once(f.ctx)
	return j
}

func (f *fixture) act(by, id, name string, in any) (*Job, error) {
	j, err := f.Try(f.Get(id), by, name, in)
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

// close is what the portal does when the caller has been called back.
func (f *fixture) close(j *Job) {
	f.t.Helper()
	if _, err := f.Jobs.Engine.Act(f.ctx, lifecycle.System, j.ID, "close", nil, lifecycle.Opts{}); err != nil {
		f.t.Fatal(err)
	}
	f.Bus.Once(f.ctx)
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

func (f *fixture) names(j *Job) string {
	var out []string
	for _, x := range j.Turn {
		out = append(out, f.who(x.Vendor)+":"+x.Why)
	}
	return strings.Join(out, " ")
}

// A job stands on the list of its vendor's people, and of no other vendor's.
func TestTasks(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.match("o1", "v1")
	for by, want := range map[string]int{"v1": 1, "v2": 0} {
		if js, err := f.Jobs.Engine.Tasks(f.ctx, portaltest.As(by), 10); err != nil || len(js) != want {
			t.Error(by, len(js), err)
		}
	}
}

func TestR70Turn(t *testing.T) {
	t.Parallel()
	f := open(t)
	t.Run("the wish first, then who serves the community with a good score, then by turns", func(t *testing.T) {
		if got := f.names(f.match("o1", "v3")); got != "v3:wish v2:near v1:turn" {
			t.Error(got)
		}
		f.Pass(time.Minute)
		if got := f.names(f.match("o2", "")); got != "v2:near v1:turn v3:turn" { // v3 had the last job
			t.Error(got)
		}
	})
	t.Run("who declines or stays silent passes it on, and the order goes back at last", func(t *testing.T) {
		j := f.match("o3", "v1")
		j = f.must("v1", j.ID, "decline", &whyForm{Why: "太远"})
		if j.State != "offered" || f.who(j.Vendor) == "v1" {
			t.Fatal(j.State, j.Vendor)
		}
		if _, err := f.act("v1", j.ID, "accept", nil); !fault.Is(err, fault.NotFound) {
			t.Error("it is not its job any more", err)
		}
		for range 2 {
			f.Pass(61 * time.Minute)
			f.Bus.Once(f.ctx)
		}
		if f.State(j) != "unmatched" || f.stands("o3") != "triaged" {
			t.Error(f.State(j), f.stands("o3"))
		}
	})
	t.Run("only a social request that waits", func(t *testing.T) {
		for _, order := range []string{"x", f.file("路灯坏了", "101").ID, f.order("o3")} {
			if order == f.filed["o3"].ID { // it is on its way already
				f.match("o3", "")
			}
			if _, err := f.Try(nil, "dispatcher", "match", &matchForm{Order: order}); !fault.Is(err, fault.Invalid) {
				t.Error(order, err)
			}
		}
		if _, err := f.Try(nil, "dispatcher", "match", &matchForm{Order: f.file("保洁", "901").ID}); fault.As(err).Code != "job.nobody" {
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
	if j.Quote != 8000 || j.Charged != 9000 || j.Warranty == nil || f.stands("o1") != "callback v1" || f.handled.Get(f.order("o1")).Replies[0].Text != "通了" {
		t.Errorf("%+v %v", j, f.stands("o1"))
	}
}

func TestR70Customer(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	f.must("v1", j.ID, "accept", nil)
	f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天上午"})
	app := f.App()
	post := func(path, pin, more string) (int, string) {
		return f.Ask(app, "", path, "no="+f.filed["o1"].No+"&pin="+pin+more)
	}
	if code, body := post("/visits", "000000", ""); code != 404 || strings.Contains(body, "80.00") {
		t.Error("a wrong PIN", code)
	}
	if code, body := post("/visits", f.filed["o1"].PIN, ""); code != 200 || !strings.Contains(body, "80.00") || !strings.Contains(body, "明天上午") || !strings.Contains(body, "/visits/agree") {
		t.Error(code)
	}
	for _, act := range []string{"finish", "settle", "free"} {
		if code, _ := post("/visits/"+act, f.filed["o1"].PIN, "&why=x"); code != 404 {
			t.Errorf("a customer may %s: %d", act, code)
		}
	}
	if code, _ := post("/visits/agree", "000000", "&quote_no=1"); code != 404 {
		t.Error("agreed with a wrong PIN", code)
	}
	if code, body := post("/visits/agree", f.filed["o1"].PIN, "&quote_no=1"); code != 200 || !strings.Contains(body, "已同意") {
		t.Error(code)
	}
	f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 8000, After: proofOfWork})
	if code, _ := post("/visits/revisit", f.filed["o1"].PIN, "&why=又堵了"); code != 200 {
		t.Error(code)
	}
	if _, err := f.act("v1", j.ID, "finish", &doneForm{Report: "再通", Charged: 100, After: proofOfWork}); !fault.Is(err, fault.Invalid) {
		t.Error("charged under warranty", err)
	}
	f.must("v1", j.ID, "finish", &doneForm{Report: "再通", After: proofOfWork})
	f.Pass(91 * 24 * time.Hour)
	if code, body := post("/visits/revisit", f.filed["o1"].PIN, "&why=又堵了"); code != 403 || !strings.Contains(body, "保修期") {
		t.Error("after the warranty", code)
	}
	if code, _ := post("/visits/dispute", f.filed["o1"].PIN, "&why=柜门坏了"); code != 200 {
		t.Error(code)
	}
}

// A rival vendor, a department and anybody else see nothing of a job; the
// vendor itself sees the phone, and that is written down.
func TestPrivate(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.agreed("o1", 8000)
	app := f.App()
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
	if x := f.Get(j.ID); x.History[len(x.History)-1].Act != "reveal" {
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
		f.close(j)
	}
	finish(f.agreed("o1", 8000), "v1", 8000)
	if n, err := f.vendors.Scores.Engine.Cases().Count(f.ctx, store.Query{}); err != nil || n != 3 {
		t.Error("charged for what was quoted", n, err)
	}
	free := func(order string) (*Job, error) {
		j := f.match(order, "v1")
		f.must("v1", j.ID, "accept", nil)
		if _, err := f.act("v1", j.ID, "free", &freeForm{Fund: portal.Ref[Fund](fund.ID), Checked: "x"}); err == nil {
			t.Error("a vendor says who is served free")
		}
		_, err := f.act("dispatcher", j.ID, "free", &freeForm{Fund: portal.Ref[Fund](fund.ID), Checked: "干事核实"})
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
		app, quarter := f.App(), string(portal.QuarterOf(f.Now()))
		for kind, want := range map[string]schema.Fen{"paid": schema.Fen(qs[0].Charged), "free": schema.Fen(qs[0].Cost)} {
			var got CountedPage
			code, body := f.Ask(app, "", "/api/v1"+f.counted.Link("quarter", quarter, "kind", kind), "")
			if err := json.Unmarshal([]byte(body), &got); code != 200 || err != nil || len(got.Jobs) != 1 || got.Jobs[0].Paid != want || strings.Contains(body, "order") || strings.Contains(body, "vendor") {
				t.Errorf("%s jobs: %d %v %s", kind, code, err, body)
			}
			if code, body := f.Ask(app, "", f.counted.Link("quarter", quarter, "kind", kind), ""); code != 200 || !strings.Contains(body, got.Jobs[0].Receipt) || strings.Contains(body, "/jobs/") || strings.Contains(body, "/free_funds/") != (kind == "free") {
				t.Errorf("%s jobs: %d", kind, code)
			}
			if _, body := f.Ask(app, "vm", f.counted.Link("quarter", quarter, "kind", kind), ""); !strings.Contains(body, `href="/jobs/`) {
				t.Error("who may read a job is not led to it")
			}
			if code, body := f.Ask(app, "", "/api/v1"+f.counted.Link("quarter", quarter, "kind", kind, "after", got.Jobs[0].Receipt), ""); code != 200 || !strings.Contains(body, `"jobs":[]`) {
				t.Errorf("after the last: %d %s", code, body)
			}
		}
		for query, want := range map[string]int{"": 422, "?quarter=2026Q1": 422, "?quarter=x&kind=paid": 422, "?quarter=2026Q1&kind=x": 422, "?quarter=2026Q1&kind=paid&after=x": 422, "?quarter=2019Q1&kind=paid": 200} {
			if code, _ := f.Ask(app, "", "/surplus/jobs"+query, ""); code != want {
				t.Errorf("%s: %d, want %d", query, code, want)
			}
		}
		if code, body := f.Ask(f.App(), "", "/surplus", ""); code != 200 || !strings.Contains(body, "150.00") || !strings.Contains(body, "90.00") {
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
	return f.Get(j.ID)
}

// A vendor that takes a job and does not come does not keep it.
func TestR70Silent(t *testing.T) {
	t.Parallel()
	t.Run("no quote in time", func(t *testing.T) {
		f := open(t)
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		f.Pass(9 * time.Hour)
		if got := f.in(j); got.State != "offered" || f.who(got.Vendor) != "v2" || got.Turn[0].Said != "silent" {
			t.Error(got.State, got.Vendor, got.Turn)
		}
		if f.stands("o1") != "handling v2" {
			t.Error("the order still names the first", f.stands("o1"))
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
		if got.State != "offered" || f.who(got.Vendor) != "v2" || got.Quote != 0 || got.Late {
			t.Errorf("%+v", got)
		}
	})
	t.Run("nobody answers the quote", func(t *testing.T) {
		f := open(t)
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		f.must("v1", j.ID, "quote", &quoteForm{Quote: 8000, When: "明天"})
		f.Pass(10 * 24 * time.Hour)
		if got := f.in(j); got.State != "unmatched" || f.stands("o1") != "triaged" {
			t.Error(got.State, f.stands("o1"))
		}
	})
	t.Run("a vendor that is out passes its jobs on", func(t *testing.T) {
		f := open(t)
		offered, agreed := f.match("o1", "v1"), f.agreed("o2", 8000)
		f.out("v1")
		if got := f.in(offered); f.who(got.Vendor) != "v2" || got.Turn[0].Said != "gone" {
			t.Error(got.Vendor, got.Turn)
		}
		if got := f.in(agreed); f.who(got.Vendor) != "v1" || got.State != "agreed" {
			t.Error("what was agreed is still its own", got.Vendor, got.State)
		}
		f.firm("v2", "v2", "leave", `{"reason":"太严"}`)
		f.firm("vm", "v1", "propose_delist", `{"ground":"fraud","reason":"x"}`)
		f.firm("vm2", "v1", "delist", ``)
		if got := f.in(agreed); f.who(got.Vendor) != "v3" || got.State != "offered" {
			t.Error("one that has left is asked", got.Vendor, got.State)
		}
	})
	t.Run("who passed it on sees it no more", func(t *testing.T) {
		f := open(t)
		f.out("v2", "v3")
		j := f.match("o1", "v1")
		f.must("v1", j.ID, "accept", nil)
		if got := f.must("dispatcher", j.ID, "withdraw", &whyForm{Why: "x"}); got.State != "unmatched" {
			t.Fatal(got.State)
		}
		if code, body := f.Ask(f.App(), "v1", "/jobs/"+j.ID, ""); code != 404 {
			t.Error(code, body)
		}
	})
}

// An order has one job at a time, and a job one order that waits for it.
func TestR70OneJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	j := f.match("o1", "v1")
	var wg sync.WaitGroup
	won := make(chan error, 4)
	id := f.order("o3")
	for range 4 {
		wg.Go(func() {
			_, err := f.Try(nil, "operator", "match", &matchForm{Order: id})
			won <- err
		})
	}
	wg.Wait()
	close(won)
	n := 0
	for err := range won {
		if err == nil {
			n++
		}
	}
	if n != 1 {
		t.Error("vendors at one door:", n)
	}
	f.out("v2", "v3")
	f.must("v1", j.ID, "decline", &whyForm{Why: "远"})
	f.match("o1", "") // nobody took it: it may be tried again
	other := f.match("o2", "")
	if err := f.orders.Disengage(f.ctx, f.order("o2"), other.ID); err != nil {
		t.Fatal(err)
	}
	if err := f.orders.Engage(f.ctx, f.order("o2"), "another", "x"); err != nil {
		t.Fatal(err)
	}
	next := *other // the next vendor is asked at that very moment
	next.Vendor = f.ids["v2"]
	if err := f.engage(f.ctx, lifecycle.News{ID: "late", Case: other.ID}, &next); err != nil || f.in(other).State != "unmatched" {
		t.Error("the order went another way, the job goes on", err, f.State(other))
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
	app := f.App()
	if code, body := f.Ask(app, "", "/visits/agree", f.claim("o1")+"&quote_no=1"); code != 409 || !strings.Contains(body, "180.00") || !strings.Contains(body, `value="2"`) {
		t.Error(code)
	}
	if code, _ := f.Ask(app, "", "/visits/agree", f.claim("o1")); code != 422 {
		t.Error("agreed to nothing", code)
	}
	if code, _ := f.Ask(app, "", "/visits/agree", f.claim("o1")+"&quote_no=2"); code != 200 || f.in(j).State != "agreed" {
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
	if p, err := f.vendors.Scores.Engine.List(f.ctx, lifecycle.System, lifecycle.Find{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: f.ids["v1"]}}}); err != nil || len(p.Cases) != 2 || p.Cases[0].Ground != "double_charge" || p.Cases[0].Job != j.No {
		t.Error("charged over twice the quote, and nobody says so", err, len(p.Cases))
	}
	t.Run("a visit under warranty keeps the first report, and ends by itself", func(t *testing.T) {
		f.close(j)
		f.must("operator", j.ID, "revisit", &whyForm{Why: "又堵了"})
		got := f.must("v1", j.ID, "finish", &doneForm{Report: "再通", After: proofOfWork})
		if got.Report != "通了" || got.Visits[0].Report != "再通" || got.Charged != 17000 || len(f.handled.Get(f.order("o1")).Replies) != 1 {
			t.Errorf("%+v %v", got, f.stands("o1"))
		}
		f.Pass(8 * 24 * time.Hour)
		if got := f.in(j); got.State != "closed" {
			t.Error(got.State)
		}
		f.must("operator", j.ID, "revisit", &whyForm{Why: "又堵了"})
		if got := f.must("dispatcher", j.ID, "withdraw", &whyForm{Why: "不来"}); got.State != "disputed" || f.who(got.Vendor) != "v1" {
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
	free := &freeForm{Fund: portal.Ref[Fund](fund.ID), Checked: "干事核实"}
	state := func() string {
		t.Helper()
		x, err := f.Funds.Engine.Cases().Get(f.ctx, fund.ID)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(x.Held), len(x.Jobs), x.Spent, x.left())
	}
	t.Run("nobody takes it: the place is free again", func(t *testing.T) {
		f.out("v2", "v3")
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
		if code, body := f.Ask(f.App(), "", "/visits", f.claim("o2")); code != 200 || !strings.Contains(body, "30.00") {
			t.Error("the customer's own share is not said before", code)
		}
		f.must("operator", j.ID, "agree_for", &agreeForm{How: "phone"})
		f.must("v1", j.ID, "finish", &doneForm{Report: "通了", Charged: 13000, After: proofOfWork})
		for range 2 {
			if _, err := f.Jobs.Engine.Act(portal.Prove(f.ctx, j.ID), lifecycle.Actor{}, j.ID, "dispute", &whyForm{Why: "柜门坏了"}, lifecycle.Opts{}); err != nil {
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
