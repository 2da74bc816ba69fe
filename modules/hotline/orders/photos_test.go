package orders

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"gatehouse/server/schema"
)

// A caller sees the own pictures and those of the answer that stands, by
// addresses that hold neither number nor PIN and end soon.
func TestTrackPhotos(t *testing.T) {
	t.Parallel()
	f := open(t)
	app := f.App()
	keep := func(name string) schema.File {
		t.Helper()
		x, err := f.Files.Keep(f.ctx, "", "files", name, []byte("楼栋,情况\n1栋,"+name+"\n"), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	own, bad, good, other := keep("现场.csv"), keep("没修好.csv"), keep("修好了.csv"), keep("别人的.csv")
	o := f.to(f.file("", "web"), "handling")
	_, err := f.m.Resource.Engine.Cases().Change(f.ctx, o.ID, func(o *Order) error {
		o.Said.Files = []schema.File{own}
		o.Replies = []Reply{{Unit: "fire", Text: "一", Files: []schema.File{bad}, Not: "没修好"}, {Unit: "fire", Text: "二", Files: []schema.File{good}}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	_, page := f.Ask(app, "", "/track", "no="+o.No+"&pin="+f.m.PIN(o.ID))
	links := regexp.MustCompile(`/track/files/[^"]+`).FindAllString(page, -1)
	if !strings.Contains(page, "现场.csv") || !strings.Contains(page, "修好了.csv") || strings.Contains(page, "没修好.csv") || len(links) == 0 {
		t.Fatal(links)
	}
	open := func(link string) int {
		code, _ := f.Ask(app, "", strings.ReplaceAll(link, "&amp;", "&"), "")
		return code
	}
	for _, l := range links {
		if strings.Contains(l, o.No) || strings.Contains(l, f.m.PIN(o.ID)) {
			t.Error("the address tells number or PIN", l)
		}
		if code := open(l); code != 200 {
			t.Errorf("%s: %d", l, code)
		}
	}
	if code := open(strings.Replace(links[0], own.Hash, other.Hash, 1)); code != 404 {
		t.Error("another file", code)
	}
	if code := open("/track/files/" + o.ID + "/" + own.Hash); code != 404 {
		t.Error("without a seal", code)
	}
	f.Pass(linkHolds + time.Second)
	if code := open(links[0]); code != 404 {
		t.Error("an old address holds", code)
	}
}
