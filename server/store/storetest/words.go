package storetest

import (
	"strings"

	"gatehouse/server/store"
)

func words(t *desk) {
	var os []*order
	for id, text := range map[string]string{
		"a": "三号楼电梯故障，请尽快处理",
		"b": "地下车库漏水维修",
		"c": "第36栋4单元 照明损坏 Room A12",
		"d": "维修漏水的水维",
		"e": "电 梯",
		"f": "二〇二六年 Ａ１２ 电梯",
		"g": "",
		"h": "13800138000",
		"i": "13801380003",
	} {
		o := doc(id)
		o.Title = text
		os = append(os, o)
	}
	t.add(os...)
	for _, c := range []struct{ search, want string }{
		{"电梯", "af"},
		{"梯", "aef"},
		{"电", "aef"},
		{"障", "a"},
		{"漏水维修", "b"},
		{"漏水 维修", "bd"},
		{"梯故障", "a"},
		{"第36栋4单元", "c"},
		{"room a12", "c"},
		{"ROOM", "c"},
		{"a12", "cf"},
		{"Ａ１２", "cf"},
		{"二〇二六", "f"},
		{"2", "cf"},
		{"13800138", "h"},
		{"1380", "hi"},
		{"电 梯", "aef"},
		{"电梯 漏水", ""},
		{"没有", ""},
		{`"电梯"`, "af"},
		{"电梯*", "af"},
		{"电梯 OR 漏水", ""},
		{"w:电梯", ""},
		{"", ""},
		{"！？。 ", ""},
	} {
		want := strings.Split(c.want, "")
		if c.want == "" {
			want = nil
		}
		match := []store.Cond{{Field: "title", Op: store.Matches, Value: c.search}}
		t.wantIDs("search "+c.search, store.Query{Where: match}, want...)
		t.wantIDs("search by time "+c.search, store.Query{Where: match, Sort: "made"}, want...)
	}
	t.wantIDs("search in a group", store.Query{Any: [][]store.Cond{{{Field: "title", Op: store.Matches, Value: "车库"}},
		{{Field: "id", Op: store.Eq, Value: "g"}}}}, "b", "g")
	t.wantIDs("newest first", store.Query{Sort: "-id", Limit: 1, Where: []store.Cond{{Field: "title", Op: store.Matches, Value: "电梯"}}}, "f")
}

func wordsFollow(t *desk) {
	o := doc("a")
	o.Title = "电梯故障"
	t.add(o)
	lift := store.Query{Where: []store.Cond{{Field: "title", Op: store.Matches, Value: "电梯"}}}
	for _, step := range []struct {
		text string
		want []string
	}{{"停车费", nil}, {"电梯", []string{"a"}}, {"", nil}, {"坏电梯", []string{"a"}}, {"坏电梯", []string{"a"}}} {
		_, err := t.c.Change(t.ctx, "a", func(o *order) error { o.Title = step.text; return nil })
		t.ok(err)
		t.wantIDs("after "+step.text, lift, step.want...)
	}
	t.ok(t.c.Delete(t.ctx, t.get("a")))
	t.ok(t.c.Insert(t.ctx, doc("b"))) // may get the number of the row that went
	t.wantIDs("deleted", lift)
}
