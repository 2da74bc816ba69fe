package app

import (
	"context"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"gatehouse/modules/portaltest"
)

// TestRefusalOnAPhone: a committee head refuses on the way, with mistakes. It is
// the one journey on a phone in ring 1.
func TestRefusalOnAPhone(t *testing.T) {
	t.Parallel()
	vs := visit(t, portalOf(t, lived))
	vs.allow = []string{"422", "403"}
	v := vs.as("hehua")
	v.width(phone)
	v.open("/refusals/new/issue")

	t.Run("what was typed stays after an error", func(t *testing.T) {
		v.on(t)
		v.fill("title", "楼道红黑榜", "evidence", "群里说今晚八点前交。", "way", "chat")
		v.submit()
		v.sees("为什么拒绝")
		if got := v.code(); got != 422 {
			t.Errorf("status %d", got)
		}
		if v.value("title") != "楼道红黑榜" || v.value("way") != "chat" || v.value("evidence") != "群里说今晚八点前交。" {
			t.Error("what was typed is lost")
		}
		if !ask[bool](v, `document.activeElement.matches('[data-error-summary]')`) {
			t.Error("the errors do not have the focus")
		}
		v.shot("error")
	})

	t.Run("R7 the wrong ground is refused with rule and remedy", func(t *testing.T) {
		v.on(t)
		v.fill("item", v.option("item", "法律咨询服务窗口"), "ground", "not_admitted")
		v.submit()
		if got := v.code(); got != 403 {
			t.Errorf("status %d", got)
		}
		v.sees("依据", "R3", "事实", "怎么办")
		if v.value("title") != "楼道红黑榜" || v.value("ground") != "not_admitted" {
			t.Error("what was typed is lost")
		}
		v.shot("wrong-ground")
	})

	t.Run("two clicks make one refusal", func(t *testing.T) {
		v.on(t)
		v.fill("item", "", "department", v.option("department", "区城管局"), "kind", "appraisal")
		at := ask[[]float64](v, find, "拒绝一项任务")
		v.leaves(func() {
			v.do(chromedp.MouseClickXY(at[0], at[1]), chromedp.MouseClickXY(at[0], at[1]))
		})
		v.sees("已拒绝", "楼道红黑榜")
		v.open("/refusals")
		if n := ask[int](v, `[...document.querySelectorAll('main a')].filter(a => a.innerText.includes('楼道红黑榜')).length`); n != 1 {
			t.Errorf("%d refusals", n)
		}
		v.shot("list")
	})
}

// TestWithoutJavaScript: everything works without a script.
// From ring 2 on.
func TestWithoutJavaScript(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	vs := visit(t, portalOf(t, lived))
	vs.allow = []string{"422"}
	v := vs.as("health")
	if _, err := chromedp.Call(v.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	v.open("/applications")
	v.press("起草准入申请")
	v.fill("title", "冬季爱心衣物发放点", "start", "2027-03-01", "end", "2027-02-01", "purpose", "把捐来的衣物发给需要的人。")
	v.press("保存草稿")
	v.sees("结束日期")
	if v.code() != 422 || v.value("purpose") != "把捐来的衣物发给需要的人。" {
		t.Errorf("status %d, purpose %q", v.code(), v.value("purpose"))
	}
	v.shot("error")
	v.fill("end", "2027-12-31", "kinds", "task", "nature", "temporary", "communities", "hehua", "steps", "摆一张桌子，登记领取。", "contact", "白芷")
	v.press("保存草稿")
	v.sees("冬季爱心衣物发放点", "草稿")
	v.press("签字并提交")
	v.press("签字并提交")
	v.sees("待受理")
	v.shot("filed")
}

// TestR44HouseholdOnAPhone: a resident scans the slip, in large text, and is
// heard once.
// From ring 2 on.
func TestR44HouseholdOnAPhone(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	p := portalOf(t, lived)
	vs := visit(t, p)
	vs.allow = []string{"422", "403"}
	rs, err := p.Ratings.Rounds.Engine.Cases().Find(context.Background(), newest("state", "open"))
	if err != nil || len(rs) == 0 {
		t.Fatal("no open round", err)
	}
	codes, err := p.Ratings.Codes(context.Background(), rs[0].ID)
	if err != nil || len(codes) < 10 {
		t.Fatal("no household codes", err)
	}
	v := vs.as("")
	v.width(phone)
	v.open("/vote")
	v.fill("code", "1234")
	v.submit()
	v.sees("找不到这个评议码", "核对 16 位数字")
	v.open("/r/" + codes[9] + "?via=qr")
	v.sees("消防安全入户排查", "法律咨询服务窗口")
	v.press("提交评议")
	v.sees("请至少评一项")
	v.fill("answers.0.grade", "85")
	v.shot("paper")
	v.press("提交评议")
	v.sees("您的评议已计入")
	v.open("/r/" + codes[9])
	v.sees("这户的评议已计入", "每户只评一次")
	v.shot("counted")
}

// on lets a subtest hear what goes wrong.
func (v *visitor) on(t *testing.T) {
	outer := v.TB
	v.TB = t
	t.Cleanup(func() { v.TB = outer })
}

// code is the status of the page last loaded.
func (v *visitor) code() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.status
}
