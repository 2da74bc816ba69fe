package app

import "testing"

// TestTour does what the README's "Five minutes" tells a stranger to do, with
// the same logins, titles and buttons. It is the one journey at a desk in ring 1.
func TestTour(t *testing.T) {
	t.Parallel()
	vs := visit(t, portalOf(t, lived))
	vs.allow = []string{"403"}
	tour := &tour{vs}
	tour.withoutMoney()
	tour.refusal()
	tour.payment()
	tour.active()
	tour.rating()
	tour.rectification()
	tour.withdrawal()
}

type tour struct{ *visitors }

const vaccinations, census = "疫苗接种提醒电话", "高龄老人居家状况普查"

// task opens one of the things that wait for somebody.
func (t *tour) task(login, title string) *visitor {
	t.Helper()
	v := t.as(login)
	v.open("/tasks")
	v.shot("tasks")
	v.press(title)
	return v
}

// 1: no money, no approval (R4).
func (t *tour) withoutMoney() {
	v := t.task("office", "电动车充电安全宣传")
	at := v.path()
	v.click("准入")
	v.sees("R4")
	v.shot("no-money")
	if v.path() != at {
		t.Errorf("the barred act leads to %s", v.path())
	}
}

// 2: a committee refuses, and anybody can check its slip.
func (t *tour) refusal() {
	v := t.as("guangming")
	v.open("/refusals")
	v.press("拒绝一项任务")
	v.fill("item", v.option("item", vaccinations), "ground", "no_money", "way", "call")
	v.shot("refuse")
	v.submit()
	v.sees("已拒绝")
	v.press("拒绝单")
	v.shot("slip")
	code := ask[string](v, `document.body.innerText.match(/JJ-[0-9]{4}-[0-9]+-[0-9A-F]+/)[0]`)
	u := t.as("")
	u.open("/verify")
	u.fill("code", code)
	u.submit()
	u.sees("文书属实", vaccinations)
}

// 3: claimed is not confirmed (R37).
func (t *tour) payment() {
	v := t.task("guangming", vaccinations)
	v.sees("部门说已拨付", "还没有到账")
	v.press("确认收到")
	v.sees("4,000.00", "凭证号")
	v.shot("confirm")
	v.submit()
	v.sees("已确认到账")
}

// 4: the committee confirms the powers, and the item comes into force there.
func (t *tour) active() {
	v := t.as("guangming")
	v.open("/items")
	v.press(vaccinations)
	v.sees("待生效")
	v.press("确认经费和权限到位")
	v.fill("powers_in", "true")
	v.submit()
	v.sees("有效")
	v.shot("active")
}

// 5: committees rate; a published round shows what came of it.
func (t *tour) rating() {
	v := t.task("guangming", "年下半年社区评议")
	for _, q := range []string{"effect", "money", "residents"} {
		v.fill(q, v.option(q, "较好"))
	}
	v.shot("ballot")
	v.press("提交评议")
	v.shot("voted")
	u := t.as("")
	u.open("/rounds")
	u.press("年上半年社区评议")
	u.sees("科普示范台账")
	u.shot("published")
}

// 6: the bureau reports, a committee says what it saw, the office decides.
func (t *tour) rectification() {
	v := t.task("civil-affairs", census)
	order := v.path()
	v.press("报告整改完成")
	v.fill("report", "已经催办财政，第二期经费下月拨付。")
	v.submit()
	v = t.as("hehua")
	v.open("/rectifications")
	v.press(census)
	v.press("说明本社区所见")
	v.fill("changed", "no", "note", "第二期经费仍然没有到账。")
	v.shot("witness")
	v.submit()
	v = t.as("office2")
	v.open("/rectifications")
	v.press(census)
	v.press("核查不通过")
	v.fill("finding", "经费仍没有到位，没有明显变化。")
	v.submit()
	v.sees("未通过")
	if v.path() != order {
		t.Errorf("another order: %s, not %s", v.path(), order)
	}
	v.shot("failed")
}

// 7: the portal itself proposes the withdrawal; one that is over shows the way.
func (t *tour) withdrawal() {
	t.Portal.Bus.Once(t.Context())
	v := t.as("office1")
	v.open("/withdrawals")
	v.press(census)
	v.sees("已提出")
	v.shot("proposed")
	v.press("通知部门陈述意见")
	v.submit()
	v.open("/withdrawals")
	v.press("科普示范台账")
	v.sees("已撤出")
	v.shot("withdrawn")
}
