package console

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/hotlinetest"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*hotlinetest.Hotline
	*Console
	t     *testing.T
	ctx   context.Context
	board string // number of the switchboard
}

func open(t *testing.T) *fixture {
	t.Helper()
	h, ctx := hotlinetest.New(t), context.Background()
	rings := portaltest.Must(calls.New(ctx, h.Portal.Portal))
	board := portaltest.CasesOf(t, rings.Boards).Do(nil, "admin", "connect", &calls.Plan{Name: "81890"})
	return &fixture{h, portaltest.Must(New(ctx, h.Portal.Portal, h.Orders, h.Knowledge, h.Dispatch, h.Gazetteer, rings)), t, ctx, board.No}
}

// ring lets a phone ring, and gives the id of the call.
func (f *fixture) ring(phone string) string {
	f.t.Helper()
	c, err := f.calls.Hear(f.ctx, f.board, calls.Report{Call: phone, Number: phone, RingingAt: f.Now().Format(time.RFC3339)})
	if err != nil {
		f.t.Fatal(err)
	}
	return c.ID
}

// call reads a call of op1's.
func (f *fixture) call(id string) *calls.Call {
	f.t.Helper()
	return portaltest.Must(f.calls.Own(f.ctx, portaltest.As("op1"), id))
}

func (f *fixture) draft1(by, call string) *Draft {
	f.t.Helper()
	d, err := f.start(f.ctx, portaltest.As(by), call)
	if err != nil {
		f.t.Fatal(err)
	}
	return d
}

func (f *fixture) post(by, path string, pairs ...string) (int, string) {
	v := url.Values{"_": {"x"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return f.Ask(f.App(), by, path, v.Encode())
}

// Without any script: typed, looked up, picked, filed.
func TestDraft(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	mark := f.Landmark(gazetteer.Content{Name: "荷花市场", Community: "hehua", Place: "荷花路 18 号", Position: "29.871200, 121.543100"})
	f.Article(knowledge.Content{Title: "停水怎么办", Question: "水管爆了找谁？", Answer: "请先关总阀。", Category: "205", Owner: "fire"})
	rule := f.Rule(dispatch.Content{Category: "205", Place: "hehua", Unit: "fire", Reason: "管网属它"})
	before := f.File("op2", "phone", orders.Filing{Words: "以前的事", Type: "help", Phone: "138 0013 8000"})
	f.File("op2", "phone", orders.Filing{Words: "同一处爆管，水管", Type: "help", Category: "205", Community: "hehua"})
	call := f.ring("13800138000")
	if code, _ := f.post("op1", "/console/calls/"+call+"/take"); code != 303 {
		t.Fatal(code)
	}
	d := f.draft1("op1", call) // the one the call has opened
	at := "/console/drafts/" + d.ID
	f.post("op1", at, "words", "水管爆了\x00\n喷得很高", "lookup", "hhsc", "category", "205", "do", "save")
	code, body := f.Ask(app, "op1", "/console?draft="+d.ID, "")
	for _, want := range []string{"水管爆了\n喷得很高", "荷花市场", "138****8000", "以前的事", "停水怎么办", "205", before.No} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	if strings.Contains(body, "13800138000") {
		t.Error("the page shows the number")
	}
	f.post("op1", at, "words", "水管爆了", "lookup", "hhsc", "category", "205", "set", `{"community":"hehua","place":"荷花路 18 号 荷花市场","landmark":"`+mark.ID+`"}`)
	code, body = f.Ask(app, "op1", "/console?draft="+d.ID, "")
	for _, want := range []string{"同一处爆管", rule.No, "管网属它"} {
		if code != 200 || !strings.Contains(body, want) {
			t.Errorf("%d: the page lacks %s", code, want)
		}
	}
	for _, by := range []string{"op2", "dispatcher", "office.a", ""} {
		if code, body := f.Ask(app, by, "/console?draft="+d.ID, ""); code == 200 || strings.Contains(body, "水管爆了") {
			t.Errorf("%q reads another's draft: %d", by, code)
		}
		if code, _ := f.post(by, at, "words", "x", "do", "save"); code < 400 {
			t.Errorf("%q writes another's draft: %d", by, code)
		}
	}
	code, body = f.post("op1", at, "words", "水管爆了", "community", "nowhere", "do", "file")
	if code != 422 || !strings.Contains(body, "data-error-summary") || !strings.Contains(body, "水管爆了") {
		t.Errorf("%d: the typing is gone", code)
	}
	code, _ = f.post("op1", at, "words", "水管爆了", "lookup", "hhsc", "category", "205", "community", "hehua", "landmark", mark.ID, "do", "file")
	o, _ := f.Newest()
	phone, _, err := f.Orders.Contact(f.ctx, o.ID)
	if code != 303 || err != nil || phone != "13800138000" || o.Lat != 29871200 || o.Words != "水管爆了" || o.Channel != "phone" {
		t.Errorf("%d %v %+v %s", code, err, o.Said, phone)
	}
	if c := f.call(call); c.Outcome != calls.Filed || c.Order != o.No || c.Phone != "" {
		t.Errorf("%+v", c)
	}
	if code, _ := f.Ask(app, "op1", "/console?draft="+d.ID, ""); code != 404 {
		t.Error("the draft is still there", code)
	}
	for by, want := range map[string]bool{"op1": true, "op2": false} {
		if code, body := f.Ask(app, by, "/console?filed="+o.ID, ""); code != 200 || strings.Contains(body, f.Orders.PIN(o.ID)) != want {
			t.Errorf("%d: %s reads the caller's PIN: want %v", code, by, want)
		}
	}
}

func TestR134OneKey(t *testing.T) {
	t.Parallel()
	f := open(t)
	t.Run("R134 each number has its key, and nothing need be typed", func(t *testing.T) {
		for i, x := range lines {
			d := f.draft1("op1", "")
			_, body := f.Ask(f.App(), "op1", "/console?draft="+d.ID, "")
			if !strings.Contains(body, `value="pass:`+x.number+`" data-key="`+x.key+`"`) {
				t.Errorf("%s has no key", x.number)
			}
			if code, _ := f.post("op1", "/console/drafts/"+d.ID, "do", "pass:"+x.number); code != 303 {
				t.Error(code)
			}
			if o, all := f.Newest(); all != i+1 || o.State != "transferred" || o.Line != x.number || o.Words == "" {
				t.Errorf("%d orders, the last %s to %q: %q", all, o.State, o.Line, o.Words)
			}
		}
	})
	t.Run("R134 no other number", func(t *testing.T) {
		d := f.draft1("op1", "")
		f.post("op1", "/console/drafts/"+d.ID, "do", "pass:999")
		f.post("op2", "/console/drafts/"+d.ID, "do", "pass:110")
		if _, all := f.Newest(); all != len(lines) {
			t.Error(all)
		}
	})
}

func TestAnswerAndReveal(t *testing.T) {
	t.Parallel()
	f := open(t)
	call := f.ring("13800138000")
	f.post("op1", "/console/calls/"+call+"/take")
	d := f.draft1("op1", call)
	at := "/console/drafts/" + d.ID
	if code, _ := f.post("op1", at, "words", "怎么交水费", "do", "answer"); code != 422 {
		t.Error("answered without an answer", code)
	}
	code, body := f.post("op1", at, "words", "怎么交水费", "do", "reveal")
	if c := f.call(call); code != 200 || !strings.Contains(body, "13800138000") || len(c.Looks) != 1 || c.Looks[0].By != "op1" {
		t.Errorf("%d %+v", code, c.Looks)
	}
	f.post("op1", at, "words", "怎么交水费", "answer", "网上交。", "do", "answer")
	o, _ := f.Newest()
	if c := f.call(call); o.State != "answered" || o.Answer != "网上交。" || c.Outcome != calls.AtOnce || c.Order != o.No {
		t.Errorf("%s %q %+v", o.State, o.Answer, c)
	}
}

// Another window's newer typing is never written over, a second call never
// loses the first, and drafts are bounded.
func TestDraftsStay(t *testing.T) {
	t.Parallel()
	f := open(t)
	d := f.draft1("op1", "")
	by := portaltest.As("op1")
	keep := func(window, words string, revision int64) error {
		_, err := f.keep(f.ctx, by, d.ID, typed{fields: map[string]string{"words": words}, window: window, revision: revision})
		return err
	}
	if err := keep("a", "一", 1); err != nil {
		t.Fatal(err)
	}
	if err := keep("a", "二", 1); err != nil { // its answer was lost
		t.Error(err)
	}
	portaltest.Refused(t, keep("b", "三", 1), "console.other_window")
	for range mostDrafts - 1 {
		f.draft1("op1", "")
	}
	_, err := f.start(f.ctx, by, "")
	portaltest.Refused(t, err, "console.too_many")
	if code, _ := f.post("op1", "/console/drafts/"+d.ID, "words", strings.Repeat("字", 4001)); code != 422 {
		t.Error("4001 characters were kept", code)
	}
	f.Pass(8 * 24 * time.Hour)
	if err := f.sweep(f.ctx); err != nil {
		t.Fatal(err)
	}
	if left, _ := f.own(f.ctx, by); len(left) != 0 {
		t.Error("old drafts stay", len(left))
	}
}

func TestSeatsAndHandover(t *testing.T) {
	t.Parallel()
	f := open(t)
	for state, want := range map[string]int{"ready": 303, "break": 303, "gone": 422} {
		if code, _ := f.post("op1", "/console/seat", "state", state); code != want {
			t.Error(state, code)
		}
	}
	if code, _ := f.post("dispatcher", "/console/seat", "state", "ready"); code != 403 {
		t.Error("a dispatcher takes calls", code)
	}
	if ss, err := f.taken(f.ctx); err != nil || len(ss) != 1 {
		t.Error(ss, err)
	}
	x, err := f.Handovers.Engine.Open(f.ctx, portaltest.As("op1"), "write", &Told{Shift: "early", Notes: "停水到 18 时"}, lifecycle.Opts{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Handovers.Engine.Act(f.ctx, portaltest.As("op1"), x.ID, "take_over", nil, lifecycle.Opts{})
	portaltest.Refused(t, err, "HOD1")
	if _, err = f.Handovers.Engine.Act(f.ctx, portaltest.As("op2"), x.ID, "take_over", nil, lifecycle.Opts{}); err != nil {
		t.Error(err)
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{"荷花市场门口水管爆裂，喷水": "205", "門口路燈壞了": "101", "street lamp is dark": "101", "": "", "你好": ""} {
		got := Categories(words)
		if (len(got) == 0) != (want == "") || want != "" && got[0] != want {
			t.Errorf("%q: %v, want %s", words, got, want)
		}
	}
}
