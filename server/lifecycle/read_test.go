package lifecycle_test

import (
	"context"
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

func titles(ps []*permit) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.Title)
	}
	slices.Sort(out)
	return out
}

func TestListsShowWhatMayBeSeen(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.draft("draft")
	h.filed("filed")
	h.must(office, h.filed("granted").ID, "decide", &decideForm{Grant: "yes"})
	h.must(office, h.filed("refused").ID, "decide", &decideForm{Grant: "no"})
	for _, c := range []struct {
		who  lifecycle.Actor
		want []string
	}{
		{maker, []string{"draft", "filed", "granted", "refused"}},
		{office, []string{"filed", "granted", "refused"}},
		{stranger, []string{"granted"}},
		{lifecycle.Actor{}, nil},
	} {
		page, err := h.List(ctx, c.who, lifecycle.Find{})
		if got := titles(page.Cases); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q sees %v (%v), want %v", c.who.ID, got, err, c.want)
		}
		for _, p := range page.Cases {
			if !h.Sees(ctx, c.who, p) {
				t.Errorf("%q is listed %s and may not see it", c.who.ID, p.Title)
			}
		}
	}
}

// A search reads numbers and titles, and shows nobody more than a list does.
func TestSearch(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.draft("荷花社区电梯")
	filed := h.filed("电梯，荷花")
	h.filed("古树")
	h.filed("接着 GD-2026-00001 办")
	for _, c := range []struct {
		who   lifecycle.Actor
		words string
		want  []string
	}{
		{maker, "电梯", []string{"电梯，荷花", "荷花社区电梯"}},
		{maker, "荷花 电梯", []string{"电梯，荷花", "荷花社区电梯"}},
		{maker, "社区电梯", []string{"荷花社区电梯"}},
		{office, "电梯", []string{"电梯，荷花"}},
		{office, filed.No, []string{"电梯，荷花"}},
		{office, " " + strings.ToLower(filed.No), []string{"电梯，荷花"}},
		{office, filed.No[:len(filed.No)-1] + "99999", nil},
		{office, "gd-2026-00001", []string{"接着 GD-2026-00001 办"}}, // the number of another kind of case
		{office, "梯电", nil},
		{office, "……", nil},
		{office, `" OR w:*`, nil},
		{stranger, "电梯", nil},
	} {
		page, err := h.List(ctx, c.who, lifecycle.Find{Words: c.words})
		if got := titles(page.Cases); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q finds by %q %v (%v), want %v", c.who.ID, c.words, got, err, c.want)
		}
	}
}

func TestPagesGiveEachCaseOnce(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	for i := range 23 {
		h.filed(string(rune('a' + i)))
	}
	for _, sort := range []string{"", "id", "no", "-no", "due", "-due", "state"} {
		var all []string
		after := ""
		for range 10 {
			page, err := h.List(ctx, maker, lifecycle.Find{Sort: sort, Limit: 5, After: after})
			if err != nil {
				t.Fatal(sort, err)
			}
			all = append(all, titles(page.Cases)...)
			if after = page.Next; after == "" {
				break
			}
		}
		slices.Sort(all)
		if len(all) != 23 || len(slices.Compact(all)) != 23 {
			t.Errorf("sorted by %q: %d cases", sort, len(all))
		}
	}
}

func TestMadeUpCursors(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.draft("t")
	for _, text := range []string{"\x00", "{}", "[]", `["a"]`, `[1,null]`, `["",null]`, `["a",5]`, `["a","x"]`, `["a",1e99]`, `["a",{}]`, `["a/b",null]`, `[null,null]`, `["a",true]`} {
		_, err := h.List(ctx, maker, lifecycle.Find{After: base64.RawURLEncoding.EncodeToString([]byte(text))})
		wants(t, err, fault.Invalid, "invalid")
	}
	for _, text := range []string{`["a",null]`, `["a",5]`, "[\"a\",\"\\u0000\"]", `["a"]`} {
		_, err := h.List(ctx, maker, lifecycle.Find{Sort: "due", After: base64.RawURLEncoding.EncodeToString([]byte(text))})
		wants(t, err, fault.Invalid, "invalid")
	}
	for _, raw := range []string{"%%%", "=", "ä", "a b"} {
		_, err := h.List(ctx, maker, lifecycle.Find{After: raw})
		e := wants(t, err, fault.Invalid, "invalid")
		if e.Fields[0].Name != "after" {
			t.Errorf("names %+v", e.Fields)
		}
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	h.draft("mine")
	late := h.filed("late")
	h.set(monday.AddDate(0, 0, -7))
	h.filed("early")
	h.set(monday)
	h.must(office, h.filed("done").ID, "decide", &decideForm{Grant: "yes"})
	got, err := h.Tasks(ctx, office, 10)
	if err != nil || len(got) != 2 || got[0].Title != "early" || got[1].ID != late.ID {
		t.Errorf("office has %v (%v)", titles(got), err)
	}
	if got, err := h.Tasks(ctx, maker, 10); err != nil || len(got) != 0 {
		t.Errorf("maker has %v (%v)", titles(got), err)
	}
	sc := lifecycle.Scope{Department: "fire", Places: []string{"hehua"}}
	for role, want := range map[string]string{"dept_clerk": "dept_clerk@fire", "committee_head": "committee_head@hehua",
		"street_cadre": "street_cadre@liuxi", "office_staff": "office_staff@jiangxin"} {
		if got := h.Assignees(role, sc); !slices.Equal(got, []string{want}) {
			t.Errorf("turn of %s is %v", role, got)
		}
	}
}

func TestOffers(t *testing.T) {
	t.Parallel()
	h, ctx := build(t), context.Background()
	p := h.filed("t")
	h.gate.deny["permit.mark"] = "PED3"
	got, err := h.Offers(ctx, office, p)
	if err != nil || len(got) != 2 || got[0].Act != "mark" || got[0].Refused == nil || got[1].Act != "decide" || got[1].Refused != nil || !got[1].Input {
		t.Errorf("offers %+v", got)
	}
	if got, err := h.Offers(ctx, stranger, p); len(got) != 0 || err != nil {
		t.Errorf("a stranger is offered %+v", got)
	}
	if !h.MayOpen(maker, "draft") || h.MayOpen(stranger, "draft") {
		t.Error("MayOpen")
	}
}

// FuzzCursor: a cursor that somebody made up is refused as a wrong input, or
// leads somewhere in the list.
func FuzzCursor(f *testing.F) {
	for _, s := range []string{`["a",null]`, `["a","b"]`, `["a",1]`, `["a",1e99]`, "[]", "{}", `["\u0000",null]`, `["a",{"$gt":""}]`} {
		f.Add(s, "")
		f.Add(s, "due")
	}
	h := build(f)
	h.draft("t")
	f.Fuzz(func(t *testing.T, text, sort string) {
		if sort != "due" {
			sort = ""
		}
		_, err := h.List(context.Background(), maker, lifecycle.Find{Sort: sort, After: base64.RawURLEncoding.EncodeToString([]byte(text))})
		if err != nil && !fault.Is(err, fault.Invalid) {
			t.Fatal(err)
		}
	})
}
