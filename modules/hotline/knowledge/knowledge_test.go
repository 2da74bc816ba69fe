package knowledge

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type fixture struct {
	*portaltest.Portal
	*Knowledge
	t        *testing.T
	ctx      context.Context
	answered map[string]Answered
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{Portal: portaltest.New(t), t: t, ctx: context.Background(), answered: map[string]Answered{}}
	for id, role := range map[string]string{"operator": "operator", "dispatcher": "dispatcher", "chief": "hotline_head"} {
		f.Person(id, policy.Appointment{Role: role, Place: portaltest.District})
	}
	m, err := New(f.ctx, f.Portal.Portal)
	if err != nil {
		t.Fatal(err)
	}
	m.Answer.Fill(func(_ context.Context, order string) (string, error) { return f.answered[order].Answer, nil })
	f.Knowledge = m
	return f
}

var lift = Content{Title: "电梯坏了找谁", Question: "电梯坏了怎么办？电梯困人打什么电话？", Answer: "先按轿厢里的警铃，再打物业维保电话。困人时打 96333。", Category: "401", Owner: "fire"}

func (f *fixture) draft(by string, in Content) (*Article, error) {
	return f.Resource.Engine.Open(f.ctx, portaltest.As(by), "draft", &in, lifecycle.Opts{})
}

func (f *fixture) act(a *Article, by, act string, in any) (*Article, error) {
	return f.Resource.Engine.Act(f.ctx, portaltest.As(by), a.ID, act, in, lifecycle.Opts{})
}

func (f *fixture) must(a *Article, err error) *Article {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
	return a
}

func (f *fixture) published(in Content) *Article {
	f.t.Helper()
	a := f.must(f.draft("operator", in))
	return f.must(f.act(a, "chief", "publish", nil))
}

func (f *fixture) again(a *Article) *Article {
	f.t.Helper()
	return f.must(f.Resource.Engine.Cases().Get(f.ctx, a.ID))
}

func (f *fixture) waits(person string) int {
	f.t.Helper()
	ts, err := f.Resource.Tasks(f.ctx, portal.Visitor{Actor: portaltest.As(person), Lang: "zh-Hans"}, 20)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(ts)
}

func (f *fixture) answer(order string, x Answered) {
	f.t.Helper()
	f.answered[order] = x
	if err := f.Learn(f.ctx, lifecycle.News{ID: order + ":2", Case: order}, x); err != nil {
		f.t.Fatal(err)
	}
}

// An article falls due by itself, and its owner puts it right.
func TestLife(t *testing.T) {
	t.Parallel()
	f := open(t)
	a := f.must(f.draft("operator", lift))
	if f.waits("head.fire") != 1 || f.waits("head.health") != 0 {
		t.Error("a draft waits for its owner")
	}
	a = f.must(f.act(a, "head.fire", "publish", nil))
	if d, ok := a.Open("review"); !ok || d.N != 180 || f.waits("head.fire") != 0 {
		t.Fatalf("%+v", a.Deadlines)
	}
	f.Pass(181 * 24 * time.Hour)
	a = f.again(a)
	fs, err := f.Search(f.ctx, "电梯", "", 10)
	if a.State != reviewDue || f.waits("head.fire") != 1 || err != nil || len(fs) != 1 || !fs[0].Stale {
		t.Fatalf("%s %+v", a.State, fs)
	}
	a = f.must(f.act(a, "head.fire", "confirm", &Until{}))
	if a.State != published || f.waits("head.fire") != 0 {
		t.Error(a.State)
	}
	f.Pass(time.Hour)
	_, err = f.act(a, "head.fire", "confirm", &Until{Until: "2026-01-01"})
	if e := fault.As(err); err == nil || e.Fields[0].Code != "article.until_past" {
		t.Error(err)
	}
	_, err = f.act(a, "head.fire", "confirm", &Until{Until: "2036-01-01"})
	if e := fault.As(err); err == nil || e.Fields[0].Code != "article.until_far" {
		t.Error(err)
	}
	a = f.must(f.act(a, "head.fire", "confirm", &Until{Until: "2026-12-31"}))
	if d, _ := a.Open("review"); d.Due.Format(time.DateOnly) != "2026-12-31" {
		t.Error(d.Due)
	}
	a = f.must(f.act(a, "chief", "retire", &Reason{Reason: "并入另一条。"}))
	if fs, _ := f.Search(f.ctx, "电梯", "", 10); len(fs) != 0 || a.State != retired {
		t.Error("a retired article is found")
	}
	f.Pass(400 * 24 * time.Hour)
	if f.again(a).State != retired {
		t.Error("a retired article falls due")
	}
}

func TestOthers(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, by := range []string{"clerk.health", "head.hehua", "auditor", "street.liuxi", "office.a", ""} {
		if _, err := f.draft(by, lift); err == nil {
			t.Errorf("%s wrote for the fire department", by)
		}
	}
	own := lift
	own.Owner = "liuxi"
	f.must(f.draft("street.liuxi", own))
	if _, err := f.draft("street.beitang", own); err == nil {
		t.Error("a street wrote for another")
	}
	a := f.must(f.draft("clerk.fire", lift))
	for _, by := range []string{"clerk.fire", "operator", "auditor"} {
		if _, err := f.act(a, by, "publish", nil); err == nil {
			t.Errorf("%s published", by)
		}
	}
	for _, by := range []string{"", "head.hehua", "clerk.health", "street.liuxi"} {
		_, err := f.act(a, by, "retire", &Reason{Reason: "x"})
		portaltest.Refused(t, err, "not_found")
	}
	a = f.must(f.act(a, "head.fire", "publish", nil))
	for _, by := range []string{"operator", "dispatcher", "head.health", "street.liuxi", "auditor", ""} {
		if _, err := f.act(a, by, "revise", &lift); err == nil {
			t.Errorf("%s revised", by)
		}
	}
	_, err := f.act(a, "head.fire", "leave", &Reason{Reason: "x"})
	portaltest.Refused(t, err, "KAD2")
	bad := lift
	bad.Category, bad.Owner = "999", "hehua"
	_, err = f.draft("chief", bad)
	if e := fault.As(err); err == nil || len(e.Fields) != 2 {
		t.Error(err)
	}
}

// An answered enquiry proposes an update of its article, or begins one.
func TestR64(t *testing.T) {
	t.Parallel()
	t.Run("R64 an answered enquiry proposes an update of its article, once", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.published(lift)
		x := Answered{No: "GD-2026-00001", Article: Ref(a.ID), Category: "401", Unit: "fire", Answer: "请联系王女士 13800138000，新号码是 96333。"}
		for range 3 { // the event may come again
			f.answer("order-1", x)
		}
		a = f.again(a)
		if len(a.Proposals) != 1 || a.Proposals[0].No != "GD-2026-00001" || a.State != published || f.waits("head.fire") != 1 {
			t.Fatalf("%+v", a.Proposals)
		}
		for _, e := range a.History {
			for _, c := range e.Changes {
				if strings.Contains(string(c.New), "13800138000") {
					t.Error("the history holds a telephone number")
				}
			}
		}
		app := f.App()
		_, body := f.Ask(app, "head.fire", "/articles/"+a.ID, "")
		if !strings.Contains(body, "新号码是 96333") || strings.Contains(body, "13800138000") {
			t.Error("the owner reads the answer, without the number of a person")
		}
		if _, body = f.Ask(app, "", "/articles/"+a.ID, ""); strings.Contains(body, "新号码是") {
			t.Error("what was said to somebody is for the owner alone")
		}
		better := lift
		better.Answer = "困人时打 96333，二十四小时有人接。"
		a = f.must(f.act(a, "head.fire", "revise", &better))
		if len(a.Proposals) != 0 || f.waits("head.fire") != 0 || a.Answer != better.Answer {
			t.Errorf("%+v", a)
		}
		f.answer("order-1", x)
		if len(f.again(a).Proposals) != 0 {
			t.Error("an event that comes late proposes again")
		}
	})
	t.Run("R64 what the article says already is no news", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.published(lift)
		f.answer("order-1", Answered{No: "GD-2026-00001", Article: Ref(a.ID), Category: "401", Answer: "再打物业维保电话。 困人时打 96333。"})
		f.answer("order-2", Answered{No: "GD-2026-00002", Article: Ref(a.ID), Category: "401"})
		if len(f.again(a).Proposals) != 0 {
			t.Error("nothing new was said")
		}
	})
	t.Run("R64 the owner may leave it, with a reason", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.published(lift)
		f.answer("order-1", Answered{No: "GD-2026-00001", Article: Ref(a.ID), Category: "401", Answer: "别的说法。"})
		a = f.must(f.act(a, "head.fire", "leave", &Reason{Reason: "说法不同，意思一样。"}))
		if e, _ := a.Last("leave"); len(a.Proposals) != 0 || e.Note == "" {
			t.Errorf("%+v", a)
		}
	})
	t.Run("R64 an enquiry without an article begins one for its unit; the next joins it", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		for _, no := range []string{"1", "2", "3"} {
			f.answer("order-"+no, Answered{No: "GD-2026-0000" + no, Category: "703", Unit: "health", Answer: "每周三上午有招聘会。"})
			f.answer("order-"+no, f.answered["order-"+no])
		}
		p, err := f.Resource.Engine.List(f.ctx, portaltest.As("chief"), lifecycle.Find{})
		if err != nil || len(p.Cases) != 1 || p.Cases[0].State != draft || len(p.Cases[0].Proposals) != 3 || f.waits("head.health") != 1 {
			t.Fatalf("%v %+v", err, p.Cases)
		}
		a := p.Cases[0]
		_, err = f.act(a, "head.health", "publish", nil)
		portaltest.Refused(t, err, "KAD1")
		fair := Content{Title: "招聘会什么时候有", Question: "哪里有招聘会？", Answer: "每周三上午，区人力资源市场。", Category: "703", Owner: "health"}
		a = f.must(f.act(a, "clerk.health", "amend", &fair))
		a = f.must(f.act(a, "head.health", "publish", nil))
		if a.State != published || len(a.Proposals) != 0 {
			t.Errorf("%+v", a)
		}
		f.answer("order-9", Answered{No: "GD-2026-00009", Category: "703", Unit: "nobody", Answer: "线上也有。"})
		p, _ = f.Resource.Engine.List(f.ctx, portaltest.As("chief"), lifecycle.Find{})
		if len(p.Cases) != 2 || p.Cases[0].Owner != "" || f.waits("chief") != 1 {
			t.Errorf("an enquiry of nobody's waits for the head: %d", len(p.Cases))
		}
	})
	t.Run("R64 of a retired article nothing is asked", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.published(lift)
		a = f.must(f.act(a, "chief", "retire", &Reason{Reason: "x"}))
		f.answer("order-1", Answered{No: "GD-2026-00001", Article: Ref(a.ID), Category: "401", Answer: "别的。"})
		if len(f.again(a).Proposals) != 0 {
			t.Error("a retired article is asked to change")
		}
	})
	t.Run("R64 many enquiries do not grow without bound", func(t *testing.T) {
		t.Parallel()
		f := open(t)
		a := f.published(lift)
		for i := range mostProposals + 5 {
			f.answer("order-"+string(rune('A'+i)), Answered{No: "GD-2026-1" + string(rune('A'+i)), Article: Ref(a.ID), Category: "401", Answer: "别的。"})
		}
		if n := len(f.again(a).Proposals); n != mostProposals {
			t.Error(n)
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.published(lift)
	f.published(Content{Title: "老楼加装电梯怎么申请", Question: "想装电梯，要多少户同意？", Answer: "本单元三分之二以上同意，向住建部门申请。", Category: "401", Owner: "health"})
	f.published(Content{Title: "高龄津贴怎么领", Question: "八十岁以上老人有补贴吗？", Answer: "带身份证到社区登记，次月发放。", Category: "702", Owner: "civil-affairs"})
	f.must(f.draft("operator", Content{Title: "电梯草稿", Question: "x", Answer: "x", Category: "401", Owner: "fire"}))
	for _, c := range []struct{ words, category, first string }{
		{"电梯", "", "老楼加装电梯怎么申请"}, // both say it; the newer first
		{"困人", "", "电梯坏了找谁"},
		{"津贴", "", "高龄津贴怎么领"},
		{"我家老人八十岁了有什么补贴", "", "高龄津贴怎么领"},
		{"楼上想装个电梯要几户同意", "", "老楼加装电梯怎么申请"},
		{"elevator", "", "老楼加装电梯怎么申请"},
		{"電梯", "", "老楼加装电梯怎么申请"},
		{"电梯", "702", ""},
		{"", "702", "高龄津贴怎么领"},
		{"！？", "", ""},
		{"猫", "", ""},
	} {
		fs, err := f.Search(f.ctx, c.words, c.category, 5)
		first := ""
		if len(fs) > 0 {
			first = fs[0].Title
		}
		if err != nil || first != c.first {
			t.Errorf("%q in %q: %q %v, want %q", c.words, c.category, first, err, c.first)
		}
	}
	if fs, _ := f.Search(f.ctx, "", "", 1); len(fs) != 1 {
		t.Error("the limit holds", len(fs))
	}
}

func TestUsed(t *testing.T) {
	t.Parallel()
	f := open(t)
	a := f.published(lift)
	for range 3 {
		if err := f.Used(f.ctx, a.ID); err != nil {
			t.Fatal(err)
		}
	}
	u, err := f.usedSoFar(f.ctx, a.ID)
	if err != nil || u.N != 3 || f.again(a).Revision != a.Revision {
		t.Errorf("%+v %v: a use changes no article", u, err)
	}
	portaltest.Refused(t, f.Used(f.ctx, "nothing"), "not_found")
}

func TestPages(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	a := f.published(lift)
	d := f.must(f.draft("clerk.fire", Content{Title: "草稿里的话", Question: "x", Answer: "x", Category: "401", Owner: "fire"}))
	for _, c := range []struct {
		who, path, form string
		want            int
		has             string
	}{
		{"", "/knowledge", "", 200, "96333"},
		{"", "/knowledge?q=" + url.QueryEscape("困人"), "", 200, "96333"},
		{"", "/knowledge?q=" + url.QueryEscape("没有的东西"), "", 200, "没有找到"},
		{"", "/knowledge?category=401", "", 200, "96333"},
		{"", "/knowledge?category=x", "", 422, ""},
		{"", "/knowledge?q=" + strings.Repeat("a", 81), "", 422, ""},
		{"", "/knowledge?after=nonsense", "", 422, ""},
		{"", "/api/v1/knowledge?q=" + url.QueryEscape("困人"), "", 200, `"review_due":false`},
		{"", "/articles/" + a.ID, "", 200, "96333"},
		{"", "/articles/" + d.ID, "", 404, ""},
		{"operator", "/articles/" + d.ID, "", 200, "草稿里的话"},
		{"head.fire", "/articles/" + a.ID + "/revise", "", 200, "96333"},
		{"operator", "/articles/new/draft", url.Values{"title": {"写了一半"}}.Encode(), 422, "写了一半"},
	} {
		code, body := f.Ask(app, c.who, c.path, c.form)
		if code != c.want || !strings.Contains(body, c.has) {
			t.Errorf("%s %s: %d, want %d with %q", c.who, c.path, code, c.want, c.has)
		}
		if strings.HasPrefix(c.path, "/knowledge") && strings.Contains(body, "草稿里的话") {
			t.Errorf("%s shows a draft", c.path)
		}
	}
}
