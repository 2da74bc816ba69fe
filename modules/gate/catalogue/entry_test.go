package catalogue

import (
	"context"
	"slices"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
)

var ctx = context.Background()

func open(t *testing.T) (*portaltest.Portal, *Catalogue) {
	t.Helper()
	h := portaltest.New(t)
	c, err := New(ctx, h.Portal, Asks{District: func() []string { return []string{portaltest.District} }})
	if err != nil {
		t.Fatal(err)
	}
	return h, c
}

func wording(list, code, title string) *Wording {
	w := &Wording{List: list, Code: code, Title: title, Basis: "某法的规定", Role: "assist"}
	if bars(list) {
		w.Role = "none"
	}
	return w
}

func (c *Catalogue) must(t *testing.T, who, id, act string, in any) *Entry {
	t.Helper()
	var e *Entry
	var err error
	if id == "" {
		e, err = c.Resource.Engine.Open(ctx, portaltest.As(who), act, in, lifecycle.Opts{})
	} else {
		e, err = c.Resource.Engine.Act(ctx, portaltest.As(who), id, act, in, lifecycle.Opts{})
	}
	if err != nil {
		t.Fatalf("%s by %s: %v", act, who, err)
	}
	return e
}

func (c *Catalogue) refused(t *testing.T, who, id, act string, in any, want string) {
	t.Helper()
	var err error
	if id == "" {
		_, err = c.Resource.Engine.Open(ctx, portaltest.As(who), act, in, lifecycle.Opts{})
	} else {
		_, err = c.Resource.Engine.Act(ctx, portaltest.As(who), id, act, in, lifecycle.Opts{})
	}
	portaltest.Refused(t, err, want)
}

func (c *Catalogue) published(t *testing.T, w *Wording) *Entry {
	t.Helper()
	e := c.must(t, "office.a", "", "draft", w)
	c.must(t, "office.a", e.ID, "open_comment", &Comment{})
	return c.must(t, "conference", e.ID, "publish", &Approval{Document: "联席会议纪要〔2026〕1号", Year: 2026})
}

func TestLife(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	verdict := func(title string) string { return c.Check(title, nil, "", h.Now()).Verdict }
	w := wording(Assistance, "XZ-90", "协助办理老年优待证")
	w.Keywords, w.Department = "老年优待证", "civil-affairs"
	e := c.must(t, "clerk.civil-affairs", "", "propose", w)

	t.Run("R33 a proposal counts for nothing", func(t *testing.T) {
		if got := verdict("老年优待证办理"); got != NeedsAdmission {
			t.Errorf("verdict %s", got)
		}
		c.refused(t, "clerk.fire", "", "propose", w, "policy.role")
		none := *w
		none.Department = ""
		c.refused(t, "clerk.fire", "", "propose", &none, "invalid")
	})
	t.Run("a draft is seen by its makers only", func(t *testing.T) {
		for who, want := range map[string]bool{"clerk.civil-affairs": true, "head.civil-affairs": true, "office.b": true, "conference": true,
			"auditor": true, "clerk.fire": false, "head.hehua": false, "": false} {
			_, err := c.Resource.Engine.Get(ctx, portaltest.As(who), e.ID)
			p, listErr := c.Resource.Engine.List(ctx, portaltest.As(who), lifecycle.Find{})
			if (err == nil) != want || listErr != nil || (len(p.Cases) == 1) != want {
				t.Errorf("%q: get %v, list %d %v", who, err, len(p.Cases), listErr)
			}
		}
	})
	t.Run("only the office drafts", func(t *testing.T) {
		w.TitleEn = "Help with senior cards"
		c.refused(t, "clerk.civil-affairs", e.ID, "amend", w, "policy.role")
		c.must(t, "office.a", e.ID, "amend", w)
	})
	c.must(t, "office.b", e.ID, "open_comment", &Comment{Until: "2026-03-20"})
	t.Run("R33 nobody else publishes, and not before the comment period is over", func(t *testing.T) {
		in := &Approval{Document: "联席会议纪要〔2026〕7号", Year: 2026}
		c.refused(t, "conference", e.ID, "publish", in, "END2")
		h.Pass(12 * 24 * time.Hour)
		c.refused(t, "office.head", e.ID, "publish", in, "policy.role")
		c.refused(t, "conference", e.ID, "publish", &Approval{Document: "x", Year: 2025}, "invalid")
		c.must(t, "conference", e.ID, "publish", in)
	})
	t.Run("R2 in force, it exempts, and is never edited", func(t *testing.T) {
		if v := c.Check("协助办理老年优待证", nil, "", h.Now()); v.Verdict != MustAssist || v.Rule != "R2" || v.Cited.ID != e.ID {
			t.Errorf("verdict %+v", v)
		}
		c.refused(t, "office.a", e.ID, "amend", w, "lifecycle.state")
		list, title, inForce, err := c.Entry(ctx, e.ID)
		if list != Assistance || title != "XZ-90 协助办理老年优待证" || !inForce || err != nil {
			t.Error(list, title, inForce, err)
		}
	})
	c.refused(t, "office.a", e.ID, "repeal", &Ending{Document: "x"}, "policy.role")
	at := h.Now()
	h.Pass(time.Hour)
	c.must(t, "conference", e.ID, "repeal", &Ending{Document: "联席会议纪要〔2026〕9号", Reason: "已由市级统一办理"})
	if got := verdict("老年优待证办理"); got != NeedsAdmission {
		t.Errorf("after repeal: %s", got)
	}
	if v := c.Check("老年优待证办理", nil, "", at); v.Verdict != MustAssist {
		t.Errorf("a case decided before the repeal: %s", v.Verdict)
	}
	if _, _, inForce, err := c.Entry(ctx, e.ID); inForce || err != nil {
		t.Error("still in force", err)
	}
}

func TestFourEyes(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	h.Person("both", appointment("office_staff"), appointment("conference"))
	e := c.must(t, "both", "", "draft", wording(Statutory, "FZ-90", "组织楼栋协商"))
	c.must(t, "office.a", e.ID, "open_comment", &Comment{})
	c.refused(t, "both", e.ID, "publish", &Approval{Document: "x", Year: 2026}, "END1")
	c.must(t, "office.a", e.ID, "revise", &Reason{Reason: "名称不清"})
	c.must(t, "office.a", e.ID, "drop", &Reason{Reason: "与现有条目重复"})
	p := c.must(t, "clerk.fire", "", "propose", &Wording{List: Assistance, Code: "XZ-91", Title: "协助检查消火栓", Basis: "b", Role: "assist", Department: "fire"})
	c.must(t, "clerk.fire", p.ID, "drop", &Reason{Reason: "不再需要"})
	d := c.must(t, "office.a", "", "draft", &Wording{List: Assistance, Code: "XZ-92", Title: "协助检查消火栓", Basis: "b", Role: "assist", Department: "fire"})
	c.refused(t, "clerk.fire", d.ID, "drop", &Reason{Reason: "r"}, "policy.facts")
}

func TestSuccession(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	old := c.published(t, wording(Assistance, "XZ-93", "协助发放老年餐券"))
	w := wording(Assistance, "XZ-93", "协助发放老年助餐补贴")
	again := c.must(t, "office.a", "", "draft", w)
	c.must(t, "office.a", again.ID, "open_comment", &Comment{})
	t.Run("a code is never used again in silence", func(t *testing.T) {
		c.refused(t, "conference", again.ID, "publish", &Approval{Document: "x", Year: 2026}, "entry.unique_slot")
	})
	wrong := *w
	wrong.List, wrong.Replaces = Statutory, old.ID
	c.refused(t, "office.a", "", "draft", &wrong, "invalid")
	w.Replaces = old.ID
	next := c.published(t, w)
	if next.Version != 2 {
		t.Errorf("version %d", next.Version)
	}
	replaced, err := c.Resource.Engine.Cases().Get(ctx, old.ID)
	if err != nil || replaced.State != "superseded" || replaced.Successor != next.ID || replaced.EndDocument == "" {
		t.Errorf("%+v %v", replaced, err)
	}
	if v := c.Check("协助发放老年餐券", nil, "", h.Now()); v.Cited != nil && v.Cited.ID == old.ID {
		t.Error("the superseded entry still counts")
	}
	late := c.must(t, "office.a", again.ID, "revise", &Reason{Reason: "r"})
	if late.State != "draft" {
		t.Error(late.State)
	}
}

func TestEditions(t *testing.T) {
	t.Parallel()
	h, c := open(t)
	stays := c.published(t, wording(Statutory, "FZ-91", "组织居民议事"))
	goes := c.published(t, wording(Assistance, "XZ-94", "协助发放购物卡"))
	c.must(t, "conference", goes.ID, "repeal", &Ending{Document: "纪要〔2026〕2号"})
	coming := wording(Negative, "FM-90", "直播带货销售任务")
	coming.ValidFrom = "2027-01-01"
	e := c.must(t, "office.a", "", "draft", coming)
	c.must(t, "office.a", e.ID, "open_comment", &Comment{})
	c.must(t, "conference", e.ID, "publish", &Approval{Document: "纪要〔2026〕3号", Year: 2027})
	short := wording(Admission, "ZR-90", "夏日消暑点")
	short.ValidUntil = "2026-09-30"
	c.published(t, short)

	codes := func(es []*Entry) (out []string) {
		for _, e := range es {
			out = append(out, e.Code)
		}
		return out
	}
	for _, x := range []struct {
		year                int
		all, added, removed []string
	}{
		{2025, nil, nil, nil},
		{2026, []string{"FZ-91", "XZ-94", "ZR-90"}, []string{"FZ-91", "XZ-94", "ZR-90"}, nil},
		{2027, []string{"FZ-91", "FM-90"}, []string{"FM-90"}, []string{"XZ-94", "ZR-90"}},
		{2028, []string{"FZ-91", "FM-90"}, nil, nil},
	} {
		ed := c.Edition(x.year)
		if !slices.Equal(codes(ed.Entries), x.all) || !slices.Equal(codes(ed.Added), x.added) || !slices.Equal(codes(ed.Removed), x.removed) {
			t.Errorf("%d: %v, added %v, removed %v", x.year, codes(ed.Entries), codes(ed.Added), codes(ed.Removed))
		}
	}
	in := func(y int, m time.Month) time.Time { return time.Date(y, m, 5, 4, 0, 0, 0, time.UTC) }
	for _, x := range []struct {
		title string
		at    time.Time
		want  string
	}{
		{"直播带货销售任务", in(2026, 12), NeedsAdmission}, {"直播带货销售任务", in(2027, 1), Never},
		{"夏日消暑点", in(2026, 8), Routine}, {"夏日消暑点", in(2026, 10), NeedsAdmission},
	} {
		if v := c.Check(x.title, nil, "", x.at); v.Verdict != x.want {
			t.Errorf("%s at %s: %s, want %s", x.title, x.at, v.Verdict, x.want)
		}
	}
	// What ends next year stays in this year's edition.
	h.Pass(320 * 24 * time.Hour)
	c.must(t, "conference", stays.ID, "repeal", &Ending{Document: "纪要〔2027〕1号"})
	if got := codes(c.Edition(2026).Entries); !slices.Equal(got, []string{"FZ-91", "XZ-94", "ZR-90"}) {
		t.Errorf("the closed edition changed: %v", got)
	}
}

func TestWrongWording(t *testing.T) {
	t.Parallel()
	_, c := open(t)
	for name, f := range map[string]func(*Wording){
		"code":        func(w *Wording) { w.Code = "xz 1" },
		"valid_until": func(w *Wording) { w.ValidFrom, w.ValidUntil = "2026-05-01", "2026-04-30" },
		"department":  func(w *Wording) { w.Department = "nobody" },
		"role":        func(w *Wording) { w.List = Negative },
		"replaces":    func(w *Wording) { w.Replaces = "no-such-entry" },
	} {
		w := wording(Assistance, "XZ-95", "协助一件事")
		f(w)
		c.refused(t, "office.a", "", "draft", w, "invalid")
		_, err := c.Resource.Engine.Open(ctx, portaltest.As("office.a"), "draft", w, lifecycle.Opts{})
		if got := fieldOf(err); got != name {
			t.Errorf("%s: field %q", name, got)
		}
	}
	e := c.must(t, "office.a", "", "draft", wording(Assistance, "XZ-95", "协助一件事"))
	c.refused(t, "office.a", e.ID, "open_comment", &Comment{Until: schema.Date("2026-03-08")}, "invalid")
}
