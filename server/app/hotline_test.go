package app

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/portaltest"
)

// line is a hotline at work: its people, and a resident's phone.
type line struct{ *visitors }

func hotline(t *testing.T) *line {
	l := &line{visit(t, portalOf(t, lived))}
	l.allow = []string{"422", "403", "409"}
	return l
}

// acts does one act of an order by its page.
func (l *line) acts(login, order, label string, pairs ...string) *visitor {
	l.Helper()
	v := l.as(login)
	v.open(order)
	v.press(label)
	v.fill(pairs...)
	v.submit()
	if ask[bool](v, `Boolean(document.querySelector('[data-error-summary], .refusal'))`) {
		v.shot("refused")
		l.Fatalf("%s cannot %s: %s", login, label, v.text())
	}
	return v
}

// keys presses one key with others held down.
func (v *visitor) keys(key string, held ...chromedp.KeyOption) {
	v.Helper()
	v.do(chromedp.KeyEvent(key, held...))
}

var (
	alt  = chromedp.KeyModifiers(chromedp.ModifierAlt)
	ctrl = chromedp.KeyModifiers(chromedp.ModifierCtrl)
)

// ring reports a call as a telephone system does, signed with the key that the
// administrator reads once.
func (l *line) ring(call, number string) {
	l.Helper()
	boards, err := l.Calls.Boards.Engine.Cases().Find(l.Context(), newest("state", "connected"))
	if err != nil || len(boards) == 0 {
		l.Fatal("no switchboard", err)
	}
	v := l.as("admin")
	v.open("/switchboards/" + boards[0].ID)
	key := ask[string](v, `[...document.querySelectorAll('main dd')].map(e => e.innerText.trim()).find(s => /^[0-9A-Za-z_-]{40,}$/.test(s))`)
	now := l.Portal.Clock()
	body := fmt.Sprintf(`{"call":%q,"line":"81890","number":%q,"ringing_at":%q}`, call, number, now.Format("2006-01-02T15:04:05Z07:00"))
	a := l.send(l, "POST", "/api/v1/calls", "", body, map[string]string{"X-Gatehouse-Switchboard": boards[0].No,
		"X-Gatehouse-Signature": fmt.Sprintf("t=%d,v1=%x", now.Unix(), calls.Seal(key, now.Unix(), []byte(body)))})
	if a.status != 200 {
		l.Fatalf("the call is not taken: %d %s", a.status, a.raw)
	}
}

// order finds an order's page by its number.
func (l *line) order(no string) string {
	l.Helper()
	o, err := l.Orders.Resource.Engine.Cases().Find(l.Context(), newest("no", no))
	if err != nil || len(o) != 1 {
		l.Fatalf("order %s: %v", no, err)
	}
	return "/orders/" + o[0].ID
}

// TestR51Console: a call rings, and the order is written and filed by keyboard
// alone; what was typed outlives the browser.
// From ring 2 on.
func TestR51Console(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	l := hotline(t)
	v := l.as("operator3")
	v.open("/console")
	l.ring("call-1", "00013800777")
	v.until(`Boolean(document.querySelector('#ringing button'))`) // without asking
	v.shot("rings")
	v.leaves(func() { v.keys("a", alt) })
	if got := ask[string](v, `document.activeElement.name`); got != "words" {
		t.Errorf("the cursor stands in %q", got)
	}
	v.typed("荷花市场门口窨井盖没了，晚上很危险")
	v.until(`document.querySelector('#save-state').innerText === '已保存'`)

	t.Run("a browser that dies takes nothing along", func(t *testing.T) {
		if err := chromedp.Cancel(v.ctx); err != nil {
			t.Fatal(err)
		}
		delete(l.byName, "operator3")
		v = l.as("operator3")
		v.open("/console")
		if got := v.value("words"); got != "荷花市场门口窨井盖没了，晚上很危险" {
			t.Errorf("the words are %q", got)
		}
	})
	t.Run("another operator sees nothing of it", func(t *testing.T) {
		u := l.as("operator4")
		u.open("/console")
		if strings.Contains(u.text(), "窨井盖没了") {
			t.Error("a draft is another's")
		}
	})
	ask[bool](v, `document.getElementById('draft-lookup').focus() || true`)
	v.typed("hhsc")
	v.until(`document.getElementById('places-part').innerText.includes('荷花路 18 号')`)
	v.keys("4", alt)
	v.keys("1", alt)
	if v.value("community") != "hehua" || v.value("place") != "荷花路 18 号 荷花市场" || v.value("category") != "103" {
		t.Fatalf("picked %q, %q and %q", v.value("community"), v.value("place"), v.value("category"))
	}
	v.until(`document.querySelector('#help-part').innerText.includes('区城管局')`) // the unit, and by which rule
	v.shot("picked")
	v.leaves(func() { v.keys(kb.Enter, ctrl) })
	v.sees("已登记", "GD-", "查询密码")
	v.shot("filed")
	no := ask[string](v, `document.querySelector('main').innerText.match(/GD-[0-9]{4}-[0-9]+/)[0]`)
	pin := ask[string](v, `document.querySelector('main .panel').innerText.match(/\b[0-9]{6}\b/)[0]`)
	u := l.as("")
	u.width(phone)
	u.open("/track")
	u.fill("no", no, "pin", pin)
	u.submit()
	u.sees("窨井盖没了", "您打来电话")
}

// TestManyTabs: a browser opens six connections to one address. Eight tabs that
// all listen for news still leave it one, because they share a stream.
// From ring 2 on.
func TestManyTabs(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	l := hotline(t)
	first := l.as("operator5")
	first.open("/console")
	for range 7 {
		ctx, stop := chromedp.NewContext(first.ctx)
		t.Cleanup(stop)
		tab := &visitor{visitors: l.visitors, login: first.login, ctx: ctx, in: true, wide: desk}
		if err := chromedp.Listen(ctx, tab.hear); err != nil {
			t.Fatal(err)
		}
		tab.open("/console")
	}
	l.ring("call-tabs", "00013800888")
	first.until(`Boolean(document.querySelector('#ringing button'))`)
}

// typed types as a keyboard with an input method does, where the cursor stands.
func (v *visitor) typed(text string) {
	v.Helper()
	if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: text}); err != nil {
		v.Fatal(err)
	}
}

// file sends a request from a resident's phone, and gives its number and PIN.
func (l *line) file(words, place string) (no, pin string) {
	l.Helper()
	v := l.tab("")
	v.width(phone)
	v.open("/hotline")
	v.fill("words", words, "place", place, "community", "hehua", "phone", "000138"+strconv.Itoa(10000+len(words)))
	v.press("提交")
	v.sees("收到了", "查询密码")
	v.shot("thanks")
	return ask[string](v, `document.querySelector('main').innerText.match(/GD-[0-9]{4}-[0-9]+/)[0]`), ask[string](v, `document.querySelector('.figures-row').innerText.match(/\b[0-9]{6}\b/)[0]`)
}

// track opens a resident's own page of an order.
func (l *line) track(no, pin string) *visitor {
	l.Helper()
	v := l.tab("")
	v.width(phone)
	v.open("/track")
	v.fill("no", no, "pin", pin)
	v.submit()
	return v
}

// unfold opens what a page keeps folded.
func (v *visitor) unfold(text string) {
	v.Helper()
	if !ask[bool](v, `text => { const d = [...document.querySelectorAll('main details')].find(d => d.querySelector('summary').innerText.trim() === text); return d && (d.open = true) }`, text) {
		v.Fatalf("%s: nothing is folded under %q", v.path(), text)
	}
}

// TestBurstPipe: one pipe, three callers, one job, and each is asked whether it
// was solved (R54, R55, R63).
// From ring 2 on.
func TestBurstPipe(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	l := hotline(t)
	no, pin := l.file("荷花桥边水管爆了，水漫到马路上。", "荷花桥")
	no2, pin2 := l.file("荷花桥那里爆管，家里没水。", "荷花桥旁")
	no3, pin3 := l.file("马路全是水，荷花桥过不去了。", "荷花桥下")
	main := l.order(no)
	triage := []string{"category", "205", "type", "help", "class", "utility", "community", "hehua"}
	l.acts("operator1", main, "分类", triage...)
	for _, n := range []string{no2, no3} {
		l.acts("operator1", l.order(n), "并入重复工单", "into", no)
	}
	l.acts("dispatcher", main, "派单", "unit", "housing").shot("dispatched")
	for _, n := range []string{no2, no3} {
		v := l.as("dispatcher")
		v.open(l.order(n))
		v.sees(no)
	}
	u := l.as("housing")
	u.width(phone)
	u.open("/tasks")
	u.sees("荷花桥边水管爆了")
	u.shot("unit-tasks")
	l.acts("housing", main, "签收")
	l.acts("housing", main, "联系来电人", "how", "phone", "note", "马上到")
	if v := l.as("housing"); strings.Contains(v.text(), "登记回访结果") {
		t.Error("the unit is offered to say it is solved")
	}
	l.acts("housing", main, "答复办理结果", "text", "已关阀换管，四点恢复供水。", "result", "done").shot("replied")
	l.acts("dispatcher", main, "审核通过")
	l.Portal.Bus.Once(t.Context()) // the merged ones follow
	for _, x := range [][2]string{{no, pin}, {no2, pin2}, {no3, pin3}} {
		v := l.track(x[0], x[1])
		v.sees("已关阀换管，四点恢复供水。")
		v.shot("answered")
	}

	t.Run("R63 each caller is asked", func(t *testing.T) {
		v := l.track(no2, pin2)
		v.on(t)
		v.press("评价")
		v.fill("solved", "solved", "grade", "100")
		v.submit()
		v.sees("谢谢")
		v.shot("rated")
		l.acts("callback1", main, "登记回访结果", "solved", "solved", "grade", "80")
	})
	t.Run("R63 one who says it is not solved gets it done again", func(t *testing.T) {
		v := l.track(no3, pin3)
		v.on(t)
		v.unfold("没有解决")
		v.fill("text", "水还是黄的。")
		v.leaves(func() { ask[bool](v, `document.querySelector('main details[open] form button').click() || true`) })
		v.sees("退回重办")
		v.shot("again")
	})
	t.Run("R63 what one says does not count for another", func(t *testing.T) {
		v := l.as("hotline")
		v.on(t)
		for n, state := range map[string]string{no2: "已办结", no: ""} {
			v.open(l.order(n))
			v.sees(state)
		}
	})
}

// TestReturnTugOfWar: two units give an order back; the head's ruling ends it,
// and becomes a rule (R56, R57).
// From ring 2 on.
func TestReturnTugOfWar(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	l := hotline(t)
	no, pin := l.file("荷花路尽头一堆装修垃圾，没人收。", "荷花路尽头")
	at := l.order(no)
	l.acts("dispatcher", at, "分类", "category", "301", "type", "help", "class", "ordinary", "community", "hehua")
	l.acts("dispatcher", at, "派单", "unit", "city-management")
	l.acts("city-management", at, "申请退单", "reason", "wrong_place", "document", "《责任区划分》第六条", "belongs", "liuxi").shot("returned")
	l.acts("dispatcher", at, "改派", "unit", "liuxi", "basis", "先由街道清理")

	t.Run("R56 who gave it back once does not see it as its own any more", func(t *testing.T) {
		v := l.as("city-management")
		v.on(t)
		v.open("/tasks")
		if strings.Contains(v.text(), "荷花路尽头") {
			t.Error("it is still among the tasks")
		}
	})
	l.acts("liuxi", at, "申请退单", "reason", "overlapping_duty", "document", "《建筑垃圾管理规定》第四条", "belongs", "city-management")
	v := l.acts("hotline", at, "终审定责", "unit", "liuxi", "ground", "荷花路尽头没有移交市政，由街道清运，再追责任人。")
	v.sees("柳溪街道")
	v.shot("ruled")

	t.Run("R57 after the ruling it stays", func(t *testing.T) {
		v := l.as("liuxi")
		v.on(t)
		v.open(at)
		v.click("申请退单")
		v.sees("R57")
		v.shot("barred")
	})
	t.Run("R57 the ruling becomes a dispatch rule", func(t *testing.T) {
		l.Portal.Bus.Once(t.Context())
		v := l.as("dispatcher")
		v.on(t)
		v.open("/dispatch_rules")
		v.sees("垃圾清运 · 荷花社区 → 柳溪街道", "裁定提出")
		v.shot("rule")
	})
	t.Run("the resident reads whose it is and why", func(t *testing.T) {
		v := l.track(no, pin)
		v.on(t)
		v.sees("热线主管定由柳溪街道办理")
		v.shot("track")
	})
}
