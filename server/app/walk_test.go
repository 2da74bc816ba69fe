package app

import (
	"slices"
	"strconv"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/calendar"
)

// walk is one piece of work on its way through the portal, done by clicking.
type walk struct {
	*visitors
	paths map[string]string // pages met, by the name the walk gives them
}

// day gives the day n working days from now, as a form takes it.
func (w *walk) day(n int) string {
	return w.Portal.Calendar().AddWorkdays(w.clock.Now(), n).In(calendar.City).Format(time.DateOnly)
}

var asked = []string{"guangming", "zhongxin", "hehua"}

// TestWalk takes one piece of work through the portal from its draft to its
// withdrawal, by clicking. From ring 2 on.
func TestWalk(t *testing.T) {
	t.Parallel()
	portaltest.FromRing(t, 2)
	w := &walk{visit(t, portalOf(t, founded)), map[string]string{}}
	w.withoutMoney()
	w.admit()
	w.fund()
	w.rate()
	w.rectify()
	w.leave()
}

// draft fills in the form of an application and saves it.
func (w *walk) draft(title string, where []string, more ...string) (path string) {
	w.Helper()
	v := w.as("health.clerk")
	v.open("/applications")
	v.press("起草准入申请")
	v.fill("title", title)
	v.until(`document.querySelector('.answer').innerText.includes('需要')`) // while typing
	v.fill("kinds", "task", "nature", "long", "purpose", "让独居老人每月有人上门量一次血压。", "side", "government", "basis", "《云汀市基层治理办法》第十二条",
		"why_not_self", "入户要有熟悉住户的人陪同。", "start", w.day(40), "frequency", "monthly", "steps", "1. 张贴告知；2. 陪同入户；3. 在签单上签字。",
		"hours", "8", "powers", "陪同入户时的现场建议权。", "delivery", "signoff", "acceptance", "每季度抽查签单。",
		"burden", "每月约八小时；不新增台账。", "contact", "杜小康 000-81890011")
	for _, c := range where {
		v.fill("communities", w.place(c))
	}
	v.fill(more...)
	v.shot("draft")
	v.press("保存草稿")
	v.sees(title, "草稿")
	return v.path()
}

// place gives the id that a form knows a community by: what its label says.
func (w *walk) place(code string) string { return code }

// consult takes a draft to where somebody decides; who reports reads the
// hurdles before.
func (w *walk) consult(path string, where []string, hurdles ...string) {
	w.Helper()
	act := func(login, act string, answers ...string) *visitor {
		w.Helper()
		return w.act(login, path, act, answers...)
	}
	act("health", "签字并提交")
	act("office1", "材料齐全，受理")
	for _, c := range where {
		act(c, "社区答复", "opinion", "agree", "hours", "8")
	}
	for _, street := range []string{"liuxi", "beitang"} { // R30: who has a community in it
		if slices.ContainsFunc(where, func(c string) bool { return w.Directory.Street(c) == street }) {
			act(street, "街道答复", "given", "yes", "arrangement", "街道统一安排，错开高峰。")
		}
	}
	act("finance", "核对经费", "funded", "yes", "note", "已列入年度预算。")
	v := w.as("office1")
	v.open(path)
	v.press("提出审查报告")
	for _, words := range hurdles {
		v.sees(words)
	}
	v.shot("hurdles")
	act("office1", "提出审查报告", "recommend", "approve", "text", "材料齐全，社区意见一致。")
}

// act does an act on a case: its page, the act's button, the form, sent.
func (w *walk) act(login, path, act string, answers ...string) *visitor {
	w.Helper()
	v := w.as(login)
	v.open(path)
	v.press(act)
	v.fill(answers...)
	v.shot("form")
	v.submit()
	if v.path() != path {
		v.shot("stayed")
		v.Fatalf("%s: %s ends at %s:\n%s", login, act, v.path(), v.text())
	}
	return v
}

// withoutMoney: R4, shown before anybody clicks.
func (w *walk) withoutMoney() {
	where := asked[:1]
	path := w.draft("流感疫苗接种点排队引导", where)
	w.consult(path, where, "照现在的材料不能准入", "没有写明经费", "R4")
	v := w.as("office")
	v.open(path)
	v.click("准入")
	v.shot("no-money")
	v.sees("R4")
	if v.path() != path {
		v.Errorf("a barred act leads to %s", v.path())
	}
	w.paths["unpaid"] = path
}

// admit takes good work of class B in, and its letter can be verified.
func (w *walk) admit() {
	path := w.draft("无偿献血宣传点值守", asked, "fund_source", "区级财政专项", "budget_line", "2130599", "price_basis", "工时 45 元/小时。",
		"instalments.0.due", w.day(20), "instalments.0.amount", "2000", "instalments.0.payee", "community")
	w.consult(path, asked)
	v := w.act("office", path, "准入")
	v.sees("已准入")
	v.shot("approved")
	v.press("准入通知书")
	v.shot("letter")
	code := ask[string](v, `document.querySelector('.letter-code, [data-code]')?.innerText || document.body.innerText.match(/ZR-[0-9]{4}-[0-9]+-[0-9A-F]+/)[0]`)
	u := w.as("")
	u.open("/verify")
	u.fill("code", code)
	u.submit()
	u.sees("文书属实", "无偿献血宣传点值守")
	u.shot("verified")
	v.open("/items")
	v.press("无偿献血宣传点值守")
	v.sees("待生效")
	v.shot("item-pending")
	w.paths["item"], w.paths["application"] = v.path(), path
}

// fund: claimed is not received (R37); a committee says no meanwhile (R6).
func (w *walk) fund() {
	v := w.as("health.clerk")
	for i, c := range asked {
		v.open("/payments")
		v.press("报告已拨付")
		v.fill("item", v.option("item", "无偿献血宣传点值守"), "community", w.place(c), "instalment", "1", "amount", "2000",
			"voucher", "JX2611"+strconv.Itoa(i), "paid_on", w.day(0))
		v.shot("claim")
		v.submit()
		v.sees("部门说已拨付")
		w.paths["payment "+c] = v.path()
	}
	v.open(w.paths["item"])
	v.sees("待生效")
	v.shot("item-claimed")

	c := w.as("guangming")
	c.width(phone)
	c.open("/refusals/new/issue")
	c.fill("item", c.option("item", "无偿献血宣传点值守"), "ground", "no_money", "way", "call")
	c.shot("refuse")
	c.submit()
	c.sees("已拒绝")
	c.shot("refused")
	c.press("拒绝单")
	c.shot("slip")
	c.width(desk)

	for _, login := range asked {
		w.act(login, w.paths["payment "+login], "确认收到").sees("已确认到账")
		v := w.act(login, w.paths["item"], "确认经费和权限到位", "powers_in", "true")
		v.shot("confirmed")
	}
	v.open(w.paths["item"])
	v.sees("有效")
	v.shot("item-active")
}

// rate: a round in which the committees say what they think of it (R9).
func (w *walk) rate() {
	w.wait(45)
	v := w.as("office1")
	v.open("/rounds")
	v.press("筹备一轮评议")
	v.fill("district", v.option("district", "江心区"), "title", "下半年社区评议", "from", today.Format(time.DateOnly), "to", w.day(5), "closes", w.day(3))
	v.shot("plan")
	v.submit()
	round := v.path()
	w.act("office", round, "开始评议").sees("评议中")
	for _, c := range asked {
		v := w.as(c)
		v.width(phone)
		v.open(round)
		v.shot("ballot")
		for _, q := range []string{"effect", "money", "residents"} {
			v.fill(q, v.option(q, "较差"))
		}
		v.fill("text", "来得少，签单常常补签。")
		v.press("提交评议")
		v.shot("voted")
		v.width(desk)
	}
	w.act("office1", round, "结束评议")
	w.as("office1").open(round) // the portal counts by itself
	w.as("office1").sees("已统计", "总分过低")
	w.act("office1", round, "送部门预览").sees("部门预览")
	w.wait(8) // the departments have their time to object (R48)
	w.act("office", round, "结果定稿").sees("已定稿")
	v = w.act("office", round, "公布结果")
	v.sees("已公布")
	v.shot("published")
	w.as("").open(round)
	w.as("").sees("无偿献血宣传点值守")
	w.paths["round"] = round
}

// rectify: a low score is an order (R10), and silence is failure (R11).
func (w *walk) rectify() {
	v := w.as("office1")
	v.open(w.paths["round"])
	v.press("起草整改令")
	v.fill("measures", "每月按签单上门，不得补签。")
	v.shot("order")
	v.submit()
	order := v.path()
	w.act("office", order, "签发整改令").sees("已签发")
	w.wait(30)
	v.open(order)
	v.sees("未通过")
	v.shot("failed")
}

// leave: what does not change leaves, after it was heard (R11, R49).
func (w *walk) leave() {
	v := w.as("office1")
	v.open("/withdrawals")
	v.press("无偿献血宣传点值守")
	path := v.path()
	v.sees("已提出")
	v.shot("withdrawal")
	w.act("office1", path, "通知部门陈述意见")
	w.act("health", path, "陈述意见", "statement", "人手不足，请再给一个季度。")
	w.act("conference", path, "决定撤出", "decision", "期满没有明显变化。", "minutes", "江准联纪要9号").sees("已决定")
	w.act("office1", path, "开始撤出")
	for _, e := range []string{"plaques", "ledgers", "staff", "equipment"} {
		w.act("guangming", path, "办结一项交接", "entry", e, "note", "已交接")
	}
	for _, c := range asked { // what was not spent goes back first
		v := w.as(c)
		v.open("/refunds?withdrawal=" + path[len("/withdrawals/"):])
		v.press("无偿献血宣传点值守")
		w.act(c, v.path(), "报告已退回", "voucher", "TH-"+c, "paid_on", w.day(0))
		w.act("finance", v.path(), "确认退回")
	}
	for _, e := range []string{"plaques", "ledgers", "staff", "equipment", "money", "data"} {
		w.act("office1", path, "办结一项交接", "entry", e, "note", "已结清")
	}
	v = w.act("office", path, "确认撤出完毕")
	v.shot("completed")
	v.open(w.paths["item"])
	v.sees("已撤出")
	v.shot("item-withdrawn")
}

// option gives the value of a field's answer whose words begin so.
func (v *visitor) option(name, words string) string {
	v.Helper()
	got := ask[string](v, `(name, words) => {
	  for (const e of document.getElementsByName(name)) {
	    for (const o of e.options || [e]) if ((o.text || o.labels?.[0]?.innerText || '').includes(words)) return o.value;
	  }
	  return '';
	}`, name, words)
	if got == "" {
		v.shot("missing")
		v.Fatalf("%s at %s: %s offers no %q:\n%s", v.login, v.path(), name, words, v.text())
	}
	return got
}
