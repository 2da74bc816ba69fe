package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

func TestR52Categories(t *testing.T) {
	t.Parallel()
	f := open(t)
	os, err := f.Options(f.ctx, portal.Visitor{Lang: "en"}, "categories")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, o := range os["categories"] {
		have[o.Value] = true
	}
	for _, code := range []string{"901", "902", "903", "904", "905", "906"} {
		if !have[code] {
			t.Error("no category", code)
		}
	}
}

func TestR53Counts(t *testing.T) {
	t.Parallel()
	f := open(t)
	for i := range 3 {
		f.file("op", "phone", func(in *Filing) { in.Words = fmt.Sprint("路灯", i) })
	}
	f.Pass(24 * time.Hour)
	f.file("op", "phone", func(in *Filing) { in.Words, in.Category = "要个钟点工", "904" })
	got, err := f.m.Counts(f.ctx)
	if err != nil {
		t.Fatal(err)
	}
	n := len(got.Days)
	if n != countDays || got.Days[n-2].N != 3 || got.Days[n-1].N != 1 || got.Years[0] != (Tally{"2026", 4}) {
		t.Errorf("%+v", got)
	}
	if code, body := f.Ask(f.App(), "", "/hotline/counts", ""); code != 200 || strings.Contains(body, "路灯0") {
		t.Error(code)
	}
}

// Each figure leads to as many receipts as it says, in their own order, and to
// nothing that anybody said.
func TestR53FiguresLeadToTheirOrders(t *testing.T) {
	t.Parallel()
	f := open(t)
	var receipts []string
	for i := range 3 {
		receipts = append(receipts, f.file("op", "phone", func(in *Filing) { in.Words = fmt.Sprint("路灯", i) }).PublicReceipt())
	}
	f.Pass(24 * time.Hour)
	f.file("op", "phone", func(in *Filing) { in.Words, in.Category = "要个钟点工", "904" })
	app := f.App()
	_, page := f.Ask(app, "", "/hotline/counts", "")
	links := regexp.MustCompile(`href="(/hotline/counts/orders[^"]+)"[^>]*>([0-9]+)<`).FindAllStringSubmatch(page, -1)
	if len(links) != countDays+1+2+2 { // days, the year, streams, categories
		t.Errorf("%d figures lead on", len(links))
	}
	for _, x := range links {
		at := html.UnescapeString(x[1])
		var got CountedPage
		code, body := f.Ask(app, "", "/api/v1"+at, "")
		if err := json.Unmarshal([]byte(body), &got); err != nil || code != 200 || fmt.Sprint(len(got.Orders)) != x[2] {
			t.Errorf("%s: %d, %d orders, not %s", at, code, len(got.Orders), x[2])
		}
		if !slices.IsSortedFunc(got.Orders, func(a, b CountedOrder) int { return strings.Compare(a.Receipt, b.Receipt) }) {
			t.Error("numbers can be counted off the list", at)
		}
		if code, body := f.Ask(app, "", at, ""); code != 200 || strings.Contains(body, "路灯0") || x[2] == "3" && !strings.Contains(body, receipts[0]) || strings.Contains(body, "GD-2026") || strings.Contains(body, "/orders/") {
			t.Error(at, code)
		}
	}
	slices.Sort(receipts)
	for query, want := range map[string]int{"": 422, "?day=x": 422, "?year=none": 422, "?stream=x": 422, "?category=x": 422, "?since=2026-13-01": 422, "?day=2026-03-09&after=x": 422,
		"?since=2026-03-09": 200, "?stream=none&year=2026": 200, "?day=2026-03-09&after=" + receipts[1]: 200} {
		if code, _ := f.Ask(app, "", "/hotline/counts/orders"+query, ""); code != want {
			t.Errorf("%s: %d, want %d", query, code, want)
		}
	}
	var rest CountedPage
	_, body := f.Ask(app, "", "/api/v1/hotline/counts/orders?day=2026-03-09&after="+receipts[1], "")
	if err := json.Unmarshal([]byte(body), &rest); err != nil || len(rest.Orders) != 1 || rest.Orders[0].Receipt != receipts[2] {
		t.Errorf("%v %+v", err, rest)
	}
}

func TestR54TheClosedLoop(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.to(f.file("op", "phone"), "closed")
	var acts []string
	for _, e := range o.History {
		acts = append(acts, e.Act)
	}
	if got := strings.Join(acts, " "); got != "take triage dispatch sign contact begin reply accept_reply evaluate" {
		t.Error(got)
	}
	if got := o.measure(); !got.Signed || !got.Contacted || !got.Closed || got.Solved != "solved" || got.Grade != 100 || got.Month != "2026-03" || got.Unit != "fire" {
		t.Errorf("%+v", got)
	}
	var streamed []Measure
	if err := f.m.Measures(f.ctx, "2026-03", func(x Measure) error { streamed = append(streamed, x); return nil }); err != nil || len(streamed) != 1 {
		t.Error(streamed, err)
	}
}

func TestR63CallBack(t *testing.T) {
	t.Parallel()
	bad := voiceForm{Solved: "not", Grade: "0", Cause: "handling", Comment: "灯又灭了。"}
	t.Run("R63 the next working day, never by the unit nor by who handled it", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "callback")
		if d, ok := o.Open("callback"); !ok || d.N != 1 || d.Unit != "wd" || !f.waitsFor(o, "call") {
			t.Errorf("%+v", d)
		}
		_, err := f.act(o, "clerk.fire", "evaluate", &bad)
		portaltest.Refused(t, err, "policy.role")
		_, err = f.act(o, "both", "evaluate", &bad)
		portaltest.Refused(t, err, "ORD1")
		if e := fault.As(err); e.Rule == "" || e.Fact != "party" && !strings.Contains(e.Fact, "party") {
			t.Errorf("rule %q, fact %q", e.Rule, e.Fact)
		}
		_, err = f.act(o, "op", "evaluate", &bad)
		portaltest.Refused(t, err, "policy.role")
	})
	t.Run("R63 the unit's own fault is done again; twice, then supervised", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "callback")
		_, err := f.act(o, "call", "evaluate", &voiceForm{Solved: "not", Grade: "30"})
		portaltest.Refused(t, err, "R63")
		for n := 1; n <= 3; n++ {
			o = f.must(f.act(o, "call", "evaluate", &bad))
			if d, ok := o.Open("handle"); o.State != "handling" || o.Redos != n || o.Supervised != (n > 2) || !ok || !d.From.Equal(f.Now()) {
				t.Fatalf("redo %d: %s %+v", n, o.State, o.Handling)
			}
			o = f.to(o, "callback")
		}
		if !f.waitsFor(o, "call") {
			t.Error("nobody calls back")
		}
		if got := f.to(o, "closed").measure(); got.Redos != 3 || got.Solved != "solved" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("R63 three tries at different times: not reached, and not satisfied", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "callback")
		for n := range 3 {
			if n > 0 {
				_, err := f.act(o, "call", "not_reached", nil)
				portaltest.Refused(t, err, "order.too_soon")
				f.Pass(3 * time.Hour)
			}
			o = f.must(f.act(o, "call", "not_reached", nil))
		}
		if o.State != "closed" || o.Solved != "unreached" || o.Graded || len(o.Tries) != 3 {
			t.Errorf("%s %+v", o.State, o.Outcome)
		}
		if o = f.must(f.own(o, "rate", &rateForm{Solved: "partly", Grade: "60"})); o.State != "closed" || o.Solved != "partly" || o.By != "caller" {
			t.Errorf("the caller rates it later: %+v", o.Outcome)
		}
	})
	t.Run("R63 what is about policy is closed and flagged", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.must(f.act(f.to(f.file("op", "phone"), "callback"), "call", "evaluate", &voiceForm{Solved: "solved", Grade: "0", Cause: "policy"}))
		if o.State != "closed" || !o.PolicyFlag || !o.measure().PolicyFlag {
			t.Errorf("%+v", o.Outcome)
		}
	})
	t.Run("R63 a second call by another person", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("op", "phone"), "callback")
		o.Settings["hot.second_pct"] = "50"
		for o.State != "evaluated" { // drawn by chance
			o = f.to(f.file("op", "phone", func(in *Filing) { in.Words = "路灯" + portal.NewKey() }), "callback")
			if err := f.m.Resource.Engine.Cases().Update(f.ctx, pct(o)); err != nil {
				t.Fatal(err)
			}
			o = f.must(f.act(o, "call", "evaluate", &voiceForm{Solved: "solved", Grade: "100"}))
		}
		_, err := f.act(o, "call", "second_call", &secondForm{Found: "same"})
		portaltest.Refused(t, err, "ORD13")
		if o = f.must(f.act(o, "call2", "second_call", &secondForm{Found: "other"})); o.State != "handling" || o.Redos != 1 {
			t.Error(o.State)
		}
	})
}

func pct(o *Order) *Order { o.Settings["hot.second_pct"] = "50"; return o }

func TestTheCallersOwnActs(t *testing.T) {
	t.Parallel()
	t.Run("not solved is believed, within the time to come back", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("", "web"), "closed")
		if o = f.must(f.own(o, "not_solved", &sayForm{Text: "还是不亮。"})); o.State != "handling" || o.Redos != 1 || o.ClosedAt != nil {
			t.Fatalf("%s %+v", o.State, o.Outcome)
		}
		o = f.to(o, "closed")
		f.Pass(31 * 24 * time.Hour)
		_, err := f.own(o, "not_solved", &sayForm{Text: "又坏了。"})
		portaltest.Refused(t, err, "ORD15")
	})
	t.Run("rated once", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.must(f.own(f.to(f.file("", "web"), "callback"), "rate", &rateForm{Solved: "solved", Grade: "80"}))
		_, err := f.own(o, "rate", &rateForm{Solved: "solved", Grade: "100"})
		portaltest.Refused(t, err, "ORD14")
	})
	t.Run("escalated to the head, once until settled", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.must(f.own(f.to(f.file("", "web"), "handling"), "escalate", &sayForm{Text: "拖了很久了。"}))
		_, err := f.own(o, "escalate", &sayForm{Text: "再说一次。"})
		portaltest.Refused(t, err, "ORD16")
		if !f.waitsFor(o, "chief") {
			t.Error("the head is not asked")
		}
		f.must(f.act(o, "chief", "settle_escalation", &sayForm{Text: "明天一定修好。"}))
	})
	t.Run("without number and PIN it is not there", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("", "web"), "callback")
		for _, who := range []string{"", "staff.hehua", "head.hehua", "clerk.health"} {
			_, err := f.act(o, who, "rate", &rateForm{Solved: "solved", Grade: "100"})
			if !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", who, err)
			}
		}
	})
	t.Run("the unit does not answer for the caller", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		o := f.to(f.file("", "web"), "callback")
		_, err := f.m.Resource.Engine.Act(portal.Prove(f.ctx, o.ID), portaltest.As("clerk.fire"), o.ID, "rate", &rateForm{Solved: "solved", Grade: "100"}, lifecycle.Opts{})
		portaltest.Refused(t, err, "ORD3")
	})
}

// A wrong PIN tells nothing, not even whether the number exists.
func TestTrack(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	o := f.to(f.file("", "web"), "dispatched")
	ask := func(no, pin string) (int, string) {
		return f.Ask(app, "", "/api/v1/track", fmt.Sprintf(`{"no":%q,"pin":%q}`, no, pin))
	}
	code, body := ask(" gd 2026 "+o.No[8:], f.m.PIN(o.ID))
	if code != 200 || !strings.Contains(body, "dispatched") || strings.Contains(body, "1234") {
		t.Fatal(code, body)
	}
	_, wrong := ask(o.No, "x")
	_, absent := ask("GD-2026-99999", "x")
	if wrong != absent || !strings.Contains(wrong, "track.wrong") {
		t.Errorf("tells which exists:\n%s\n%s", wrong, absent)
	}
	for range wrongOfPair.N {
		ask(o.No, "000000")
		ask("GD-2026-88888", "000000")
	}
	_, wrong = ask(o.No, f.m.PIN(o.ID))
	_, absent = ask("GD-2026-88888", "1")
	if wrong != absent || !strings.Contains(wrong, "too_often") {
		t.Errorf("the lock tells which exists:\n%s\n%s", wrong, absent)
	}
	f.Pass(wrongOfPair.Per)
	if code, body := f.Ask(app, "", "/track", "no="+o.No+"&pin="+f.m.PIN(o.ID)); code != 200 || !strings.Contains(body, "fire") || !strings.Contains(body, "路灯") || strings.Contains(body, "clerk.fire") {
		t.Error(code)
	}
}

// TestWrongPINsShutNobodyOut: whoever guesses at an order's PIN gets few tries
// from one place and from a hundred; its caller, from elsewhere, is let in.
func TestWrongPINsShutNobodyOut(t *testing.T) {
	t.Parallel()
	f := open(t)
	o, ctx := f.file("", "web"), context.Background()
	made := 0
	try := func(pin, address string) error {
		_, err := f.m.Prove(ctx, o.No, pin, address)
		return err
	}
	for i := range 100 {
		for range 30 {
			if err := try("000000", fmt.Sprintf("2001:db8:%x::%x", i, made)); fault.As(err).Code == "track.wrong" {
				made++
			}
		}
	}
	if made > wrongOfNumber.N+wrongOfPair.N+100 {
		t.Errorf("%d guesses were made", made)
	}
	if err := try(f.m.PIN(o.ID), "2001:db8:0::1"); fault.As(err).Code != "track.too_often" {
		t.Errorf("the guesser with the right one: %v", err)
	}
	if err := try(f.m.PIN(o.ID), "192.0.2.1"); err != nil {
		t.Errorf("the caller: %v", err)
	}
}

func TestDoor(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	t.Run("words are enough", func(t *testing.T) {
		code, body := f.Ask(app, "", "/orders/new/file", "words=楼道灯坏了")
		if code != 201 || !strings.Contains(body, "GD-2026-") {
			t.Fatal(code, body)
		}
	})
	t.Run("what was typed comes back", func(t *testing.T) {
		code, body := f.Ask(app, "", "/orders/new/file", "words=楼道灯坏了&phone=abc&category=101&place=三号楼")
		if code != 422 || !strings.Contains(body, "楼道灯坏了") || !strings.Contains(body, "三号楼") || !strings.Contains(body, "order") {
			t.Fatal(code, body)
		}
	})
	t.Run("wild text is refused or absorbed", func(t *testing.T) {
		for words, want := range map[string]int{strings.Repeat("坏", 4001): 422, strings.Repeat("坏", 4000): 201, "😀🚰💧": 201, "a%00b": 422, "": 422, "<script>alert(1)</script>": 201} {
			code, body := f.Ask(app, "", "/orders/new/file", "words="+words)
			if code != want || strings.Contains(body, "<script>alert") {
				t.Errorf("%.20s: %d, want %d", words, code, want)
			}
		}
	})
	t.Run("the page stands in every state of the form", func(t *testing.T) {
		if code, body := f.Ask(app, "", "/hotline", ""); code != 200 || !strings.Contains(body, "119") {
			t.Error(code)
		}
	})
}

func TestFloods(t *testing.T) {
	t.Parallel()
	t.Run("the same words of one caller in a day are one order", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		in := lamp
		in.Channel = "web"
		var mu sync.Mutex
		ids := map[string]bool{}
		var wg sync.WaitGroup
		for range 8 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				done, err := f.m.File(f.ctx, portaltest.As(""), in, FileOpts{})
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				ids[done.ID] = true
				mu.Unlock()
			}()
		}
		wg.Wait()
		if len(ids) != 1 {
			t.Errorf("%d orders", len(ids))
		}
		f.Pass(24 * time.Hour)
		if done, err := f.m.File(f.ctx, portaltest.As(""), in, FileOpts{}); err != nil || ids[done.ID] {
			t.Error("the next day it is another", err)
		}
		in.Phone = "00099998888"
		if done, err := f.m.File(f.ctx, portaltest.As(""), in, FileOpts{}); err != nil || ids[done.ID] || done.Again {
			t.Error("another caller's is another", err)
		}
	})
	t.Run("many of one caller are refused, not the operator's", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for i := range 20 {
			f.file("", "web", func(in *Filing) { in.Words = fmt.Sprint("第", i, "件") })
		}
		in := lamp
		in.Channel = "web"
		_, err := f.m.File(f.ctx, portaltest.As(""), in, FileOpts{})
		portaltest.Refused(t, err, "order.flood")
		f.file("op", "phone")
	})
	t.Run("a number of another system is one order", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.file("", "import", func(in *Filing) { in.Source = "OLD-1" })
		f.Pass(48 * time.Hour)
		if b := f.file("", "import", func(in *Filing) { in.Source, in.Words = "OLD-1", "改过的话" }); b.ID != a.ID || b.Words != lamp.Words {
			t.Error("imported twice")
		}
	})
}

func TestR69Streams(t *testing.T) {
	t.Parallel()
	f := open(t)
	for category, want := range map[string]string{"101": "administrative", "904": "social", "": "administrative"} {
		o := f.file("op", "phone", func(in *Filing) { in.Category, in.Words = category, "类别"+category })
		if o.Stream != want || o.queue() != want {
			t.Errorf("%s: %s", category, o.Stream)
		}
	}
	p, err := f.m.Resource.Engine.List(f.ctx, portaltest.As("op"), lifecycle.Find{Where: eq("queue", "social")})
	if err != nil || len(p.Cases) != 1 {
		t.Error(len(p.Cases), err)
	}
}

func TestVendorsJob(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.file("op", "phone", func(in *Filing) { in.Category = "905" })
	if err := f.m.Engage(f.ctx, o.ID, "FW-1", "v1"); err != nil {
		t.Fatal(err)
	}
	if err := f.m.Engage(f.ctx, o.ID, "FW-1", "v2"); err != nil || f.now(o.ID).Vendor != "v2" {
		t.Fatal("the next vendor of the same job", err)
	}
	for what, err := range map[string]error{"engage": f.m.Engage(f.ctx, o.ID, "FW-2", "v3"), "disengage": f.m.Disengage(f.ctx, o.ID, "FW-2"), "done": f.m.JobDone(f.ctx, o.ID, "FW-2", "x")} {
		if fault.As(err).Code != "order.another_hand" {
			t.Errorf("another job may %s: %v", what, err)
		}
	}
	if err := f.m.JobDone(f.ctx, o.ID, "FW-1", "水管修好，收费80元。"); err != nil {
		t.Fatal(err)
	}
	o = f.now(o.ID)
	if o.State != "callback" || o.DueMonth != "" || o.told() != "水管修好，收费80元。" {
		t.Errorf("%s %+v", o.State, o.Handling)
	}
	if o = f.must(f.own(o, "not_solved", &sayForm{Text: "还漏。"})); o.State != "triaged" {
		t.Error(o.State)
	}
}

func TestR73OneQueue(t *testing.T) {
	t.Parallel()
	f := openWith(t, disasters{"hehua": true})
	for channel, category := range map[string]string{"phone": "904", "web": "101", "social_media": "303"} {
		by := map[string]string{"phone": "op"}[channel]
		o := f.file(by, channel, func(in *Filing) { in.Category, in.Words = category, "台风，"+channel })
		if o.queue() != "disaster" {
			t.Errorf("%s falls into %s", channel, o.queue())
		}
		for _, hand := range []string{"op", "disp", "call"} {
			if !f.waitsFor(o, hand) {
				t.Errorf("%s does not wait for %s", channel, hand)
			}
		}
	}
	if o := f.file("op", "phone", func(in *Filing) { in.Community = "yugang" }); o.Disaster || f.waitsFor(o, "call") {
		t.Error("elsewhere it is a day like others")
	}
}

func TestR134Emergencies(t *testing.T) {
	t.Parallel()
	f := open(t)
	o, err := f.m.Resource.Engine.Open(f.ctx, portaltest.As("op"), "pass_on", &passForm{Line: "119", Words: "厨房着火了", Place: "幸福路3号楼"}, lifecycle.Opts{})
	if err != nil || o.State != "transferred" || o.Line != "119" {
		t.Fatal(err)
	}
	w := f.must(f.act(f.file("", "web"), "op", "transfer", &transferForm{Line: "110"}))
	for _, x := range []*Order{o, w} {
		for _, act := range []string{"triage", "dispatch", "merge"} {
			if _, err := f.act(x, "disp", act, nil); err == nil {
				t.Errorf("%s after it was passed on", act)
			}
		}
		if len(x.Deadlines) > 0 {
			if _, owed := x.Next(); owed {
				t.Error("something is owed")
			}
		}
	}
}

func TestDuplicates(t *testing.T) {
	t.Parallel()
	f := open(t)
	burst := func(n int) *Order {
		return f.file("op", "phone", func(in *Filing) {
			in.Words, in.Category, in.Type, in.Phone = fmt.Sprintf("解放路水管爆了，水喷得很高，%d", n), "205", "help", fmt.Sprint("0001000", 1000+n)
		})
	}
	first := burst(0)
	like, err := f.m.Like(f.ctx, portaltest.As("op"), "205", "hehua", "解放路那个水管爆了", "")
	if err != nil || len(like) != 1 || like[0].ID != first.ID {
		t.Fatal(like, err)
	}
	first = f.to(first, "handling")
	var rest []*Order
	for n := range 3 {
		o := burst(n + 1)
		_, err := f.act(o, "op", "merge", &mergeForm{Into: o.No})
		portaltest.Refused(t, err, "invalid")
		rest = append(rest, f.must(f.act(o, "op", "merge", &mergeForm{Into: first.No})))
	}
	f.to(first, "callback")
	for _, o := range rest {
		if o = f.now(o.ID); o.State != "callback" || !f.waitsFor(o, "call") || o.told() != "灯已换好。" {
			t.Errorf("%s: %s", o.No, o.State)
		}
	}
	o := f.must(f.act(f.now(rest[0].ID), "call", "evaluate", &voiceForm{Solved: "not", Grade: "0", Cause: "handling"}))
	if o.State != "handling" || o.Unit != "fire" || !f.sees("clerk.fire", o) {
		t.Errorf("what is not solved for one caller is done for that caller: %s %q", o.State, o.Unit)
	}
	if late := f.must(f.act(burst(9), "op", "triage", &triageForm{Category: "205", Type: "help", Community: "hehua"})); late.State == "triaged" {
		if _, err := f.act(late, "op", "merge", &mergeForm{Into: f.to(f.now(first.ID), "closed").No}); err == nil {
			t.Error("merged into what is closed")
		}
	}
}

func TestComplaintStaysAComplaint(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.file("op", "phone")
	_, err := f.act(o, "op", "triage", &triageForm{Category: "101", Type: "consult"})
	portaltest.Refused(t, err, "ORD11")
	_, err = f.act(o, "op", "retype", &retypeForm{Type: "consult", How: "没问"})
	portaltest.Refused(t, err, "ORD12")
	if o = f.must(f.act(o, "op", "retype", &retypeForm{Type: "consult", Agreed: true, How: "电话里同意。"})); o.Type != "consult" {
		t.Error(o.Type)
	}
}

func TestExclusion(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.must(f.act(f.to(f.file("op", "phone"), "closed"), "clerk.fire", "ask_exclusion", &excludeForm{Ground: "beyond_control", Text: "台风停工。"}))
	if o.State != "closed" || !f.waitsFor(o, "panel") {
		t.Error(o.State)
	}
	f.Person("sides", policy.Appointment{Role: "review_panel", Place: portaltest.District}, policy.Appointment{Role: "dept_clerk", Place: portaltest.District, Department: "fire"})
	_, err := f.act(o, "sides", "exclude", &refuseForm{Why: "x"})
	portaltest.Refused(t, err, "ORD4")
	if o = f.must(f.act(o, "panel", "exclude", &refuseForm{Why: "情况属实。"})); !o.measure().Excluded || o.State != "closed" {
		t.Errorf("%+v", o.Exclusion)
	}
	_, err = f.act(o, "clerk.fire", "ask_exclusion", &excludeForm{Ground: "repeat", Text: "x"})
	portaltest.Refused(t, err, "ORD17")
}

func TestPauses(t *testing.T) {
	t.Parallel()
	f := open(t)
	o := f.to(f.file("op", "phone"), "handling")
	was, _ := o.Open("handle")
	f.Pass(time.Hour)
	o = f.must(f.act(o, "clerk.fire", "pause", &pauseForm{Why: "parts", Note: "灯杆周五到"}))
	f.Pass(48 * time.Hour)
	o = f.must(f.act(o, "clerk.fire", "resume", nil))
	if d, _ := o.Open("handle"); !d.Due.Equal(was.Due.Add(48 * time.Hour)) {
		t.Errorf("due %v, was %v", d.Due, was.Due)
	}
	f.Pass(2 * time.Hour)
	shares := map[string]time.Duration{}
	for _, s := range f.now(o.ID).Shares(f.Now()) {
		shares[s.Party] += s.Time
	}
	if shares["others"] != 48*time.Hour || shares["unit"] != 3*time.Hour {
		t.Error(shares)
	}
	urgent := f.to(f.file("op", "phone", func(in *Filing) { in.Category, in.Words = "205", "爆管" }), "signed")
	_, err := f.act(urgent, "clerk.fire", "pause", &pauseForm{Why: "parts", Note: "x"})
	portaltest.Refused(t, err, "ORD10")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	o := f.to(f.file("op", "phone"), "signed")
	for _, q := range []string{"路灯", "幸福路", o.No} {
		if code, body := f.Ask(app, "op", "/api/v1/orders?q="+q, ""); code != 200 || !strings.Contains(body, o.ID) {
			t.Errorf("%s: %d", q, code)
		}
	}
	if code, body := f.Ask(app, "op", "/api/v1/orders/callers?q=345678", ""); code != 200 || !strings.Contains(body, o.ID) || strings.Contains(body, "345678") {
		t.Error(code, body)
	}
	for _, who := range []string{"clerk.fire", "", "street.liuxi"} {
		if code, _ := f.Ask(app, who, "/api/v1/orders/callers?q=345678", ""); code == 200 {
			t.Errorf("%q searches by phone", who)
		}
	}
	if bs, err := f.m.Earlier(f.ctx, portaltest.As("op"), "00012345678"); err != nil || len(bs) != 1 {
		t.Error(bs, err)
	}
	if bs, err := f.m.Find(context.Background(), Query{Categories: []string{"101"}, From: f.Now().Add(-time.Hour)}); err != nil || len(bs) != 1 || !bs[0].Public() {
		t.Error(bs, err)
	}
}

// What an admitted item caused is counted, for its page and its rating.
func TestOrdersOfAnItem(t *testing.T) {
	t.Parallel()
	f := open(t)
	for n := range 3 {
		o := f.file("op", "phone", func(in *Filing) { in.Words = fmt.Sprint("又来填表", n) })
		sort := sorted
		sort.Item = "item-1"
		o = f.must(f.act(o, "op", "triage", &sort))
		if n == 0 {
			f.must(f.act(f.to(o, "callback"), "call", "evaluate", &voiceForm{Solved: "not", Grade: "0", Cause: "beyond"}))
		}
	}
	if n, unhappy, err := f.m.Caused(f.ctx, "item-1", time.Time{}, time.Time{}); n != 3 || unhappy != 1 || err != nil {
		t.Error(n, unhappy, err)
	}
	if n, _, err := f.m.Caused(f.ctx, "item-1", f.Now().Add(time.Hour), time.Time{}); n != 0 || err != nil {
		t.Error(n, err)
	}
}
