package demo

import (
	"fmt"

	"gatehouse/server/lifecycle"
)

// wall is what became of the plaques that a community had when the rules began.
// Over all ten: 172 found = 89 removed + 61 moved to windows + 20 kept + 2 that
// still hang without permission.
type wall struct{ removed, moved, illegal int }

var walls = map[string]wall{
	"hehua": {9, 7, 0}, "shuangqiao": {9, 6, 0}, "yinxing": {8, 6, 0}, "guangming": {12, 7, 0}, "zhongxin": {11, 7, 1},
	"laochang": {8, 5, 0}, "tielu": {7, 5, 0}, "yugang": {8, 6, 0}, "xincheng": {10, 7, 1}, "songtao": {7, 5, 0},
}

// signs is what departments used to hang up, each at every door.
var signs = []struct{ department, text, window string }{
	{"civil-affairs", "社会救助服务点", "民政救助窗口"}, {"fire-rescue", "微型消防站", "消防安全窗口"}, {"city-management", "城市管理工作站", "城管便民窗口"},
	{"health", "健康教育基地", "卫生健康窗口"}, {"human-resources", "就业服务站", "就业社保窗口"}, {"housing", "住房保障咨询点", "住房保障窗口"},
	{"market", "食品安全工作站", "市场监管窗口"}, {"disabled", "残疾人之家", "助残服务窗口"},
}

// honours hung there for show; they went first.
var honours = []string{"先进社区", "示范点", "达标单位", "共建基地", "工作联系点", "宣传站", "监测点"}

// touch lives through the burden that one can touch: plaques, windows, ledgers
// and the list of stamps.
func (s *story) touch() {
	s.on(-257, s.stamps)
	for _, c := range communities {
		s.on(-256, func() { s.stocktake(c.code) })
		s.on(-248, func() { s.takeDown(c.code) })
		s.on(-240, func() { s.toWindows(c.code) })
	}
	s.newWindows()
	s.ledgerBooks()
}

func (s *story) stamps() {
	office, _ := s.Person("office1")
	head, _ := s.Person("office")
	if s.err == nil {
		s.err = s.Certificates(s.ctx, lifecycle.Actor{ID: office}, lifecycle.Actor{ID: head})
	}
}

func sign(c, what string, n int) string { return fmt.Sprintf("plaque %s %s %d", c, what, n) }

// foundSign records one plaque of the stocktaking.
func (s *story) foundSign(name, c, text, owner, department, position string) {
	in := fields{"community": c, "text": text, "owner": owner, "position": position, "launch": true}
	if department != "" {
		in["department"] = department
	}
	s.open(name, c+"2", "plaques", "find", in)
}

// stocktake records every plaque that hangs.
func (s *story) stocktake(c string) {
	s.foundSign(sign(c, "party", 0), c, "中国共产党江心区委员会社区党组织", "party", "", "outside")
	s.foundSign(sign(c, "committee", 0), c, "社区居民委员会", "committee", "", "outside")
	w := walls[c]
	for n := range w.removed {
		from := signs[n%len(signs)]
		s.foundSign(sign(c, "removed", n), c, honours[n%len(honours)], "department", from.department, [2]string{"outside", "inside"}[n%2])
	}
	for n := range w.moved {
		from := signs[n%len(signs)]
		s.foundSign(sign(c, "moved", n), c, from.text, "department", from.department, "outside")
	}
	for n := range w.illegal {
		s.foundSign(sign(c, "illegal", n), c, "合作示范门店", "department", "market", "outside")
	}
}

// takeDown removes what has to go: the first by the office's order, the others
// by the committee itself.
func (s *story) takeDown(c string) {
	for n := range walls[c].removed {
		if n == 0 {
			s.do(sign(c, "removed", n), "office1", "plaques", "order_removal", fields{"why": "门外只挂两块牌子。"})
		}
		s.do(sign(c, "removed", n), c, "plaques", "remove", nil)
	}
}

// toWindows gives each body that stays a window, and its plaque hangs there.
func (s *story) toWindows(c string) {
	for n := range walls[c].moved {
		from, name := signs[n%len(signs)], sign(c, "moved", n)
		s.window(fmt.Sprintf("window %s %d", c, n), c, from.window, from.department, 4+2*(n%3))
		s.do(name, from.department, "plaques", "regularise", fields{"position": "window", "window": s.ids[fmt.Sprintf("window %s %d", c, n)], "reason": "服务照常，牌子改挂窗口。"})
		s.hangUp(name, c)
	}
}

// window is proposed by its department and opened by the committee.
func (s *story) window(name, c, title, department string, hours int, items ...string) {
	in := fields{"community": c, "name": title, "department": department, "staff": "部门派驻一人", "hours_a_week": hours, "times": "周二、周四上午"}
	if len(items) > 0 {
		in["items"] = items
	}
	s.open(name, department, "windows", "propose", in)
	s.do(name, c, "windows", "open", nil)
}

// hangUp: both agree, the committee confirms.
func (s *story) hangUp(name, c string) {
	s.do(name, "civil", "plaques", "agree_civil", nil)
	s.do(name, "office2", "plaques", "agree_office", nil)
	s.do(name, c, "plaques", "hang", fields{"at": "window"})
}

// asked requests a plaque at a window.
func (s *story) asked(name, c, text, department, window, item string) {
	s.open(name, department, "plaques", "request", fields{"community": c, "text": text, "owner": "department", "department": department,
		"position": "window", "window": s.ids[window], "item": item, "reason": "方便居民认窗口。"})
}

// newWindows: those that came by admission, in every state.
func (s *story) newWindows() {
	s.on(-145, func() { // the legal clinic, two hours a week
		for _, c := range []string{"hehua", "guangming", "xincheng"} {
			s.window("window legal "+c, c, "法律咨询窗口", "justice", 2, s.ids["item of legal"])
			s.asked("plaque legal "+c, c, "公共法律服务窗口", "justice", "window legal "+c, s.ids["item of legal"])
			s.hangUp("plaque legal "+c, c)
		}
	})
	s.on(-60, func() {
		s.do("plaque legal guangming", "beitang", "plaques", "inspect", fields{"result": "ok"})
		s.do("plaque legal xincheng", "wanghai", "plaques", "inspect", fields{"result": "remove", "note": "牌面开裂，换新后再挂。"})
		s.do("window legal xincheng", "xincheng", "windows", "pause", fields{"why": "律师休假两周。"})
	})
	s.on(-198, func() { // goes with its item
		s.window("window science", "hehua", "科普服务窗口", "science", 3, s.ids["item of science"])
		s.asked("plaque science", "hehua", "科普服务窗口", "science", "window science", s.ids["item of science"])
		s.hangUp("plaque science", "hehua")
	})
	s.on(-20, func() {
		for _, c := range []string{"hehua", "songtao"} { // wait for the money of the reading rooms
			s.open("window reading "+c, "culture", "windows", "propose", fields{"community": c, "name": "图书借阅窗口", "department": "culture", "staff": "图书管理员一名", "hours_a_week": 10,
				"items": []string{s.ids["item of reading rooms"]}})
			s.asked("plaque reading "+c, c, "社区图书室", "culture", "window reading "+c, s.ids["item of reading rooms"])
			s.do("plaque reading "+c, "civil", "plaques", "agree_civil", nil)
		}
		s.do("plaque reading hehua", "office2", "plaques", "agree_office", nil)
		for _, c := range []string{"tielu", "laochang", "shuangqiao"} {
			s.window("window aids "+c, c, "辅具登记窗口", "disabled", 2, s.ids["item of aids"])
			s.asked("plaque aids "+c, c, "辅助器具服务点", "disabled", "window aids "+c, s.ids["item of aids"])
		}
		s.do("plaque aids tielu", "office2", "plaques", "agree_office", nil)
		s.do("plaque aids laochang", "office2", "plaques", "decline", fields{"why": "助残窗口已有一块牌子，请合用。"})
	})
}

// ledgerBook is one thing to fill in.
func (s *story) ledgerBook(name, by, act, kind, title, department, frequency string, minutes int, where []string, item string) {
	in := fields{"kind": kind, "name": title, "department": department, "communities": where, "fields": "楼栋、门牌、姓名、情况", "frequency": frequency, "minutes": minutes, "medium": "electronic"}
	if item != "" {
		in["item"] = item
	}
	s.open(name, by, "ledgers", act, in)
}

// hear asks the committees, and they all answer.
func (s *story) hear(name string, say string, where []string) {
	s.do(name, "office1", "ledgers", "ask", nil)
	for i, c := range where {
		in := fields{"community": c, "say": say}
		if i%3 == 1 {
			in["note"] = "和别的表重复，不如合用。"
		}
		s.do(name, c, "ledgers", "consult", in)
	}
}

// ledgerBooks: one kept, one merged, one retired, one being asked about, one
// requested, one refused.
func (s *story) ledgerBooks() {
	aids, science := []string{"laochang", "tielu", "shuangqiao"}, []string{"hehua", "zhongxin", "songtao"}
	s.on(-196, func() {
		s.ledgerBook("ledger aids", "disabled", "request", "ledger", "辅助器具需求台账", "disabled", "monthly", 40, aids, s.ids["item of aids"])
		s.hear("ledger aids", "keep", aids)
		s.do("ledger aids", "office1", "ledgers", "open", nil)
		s.ledgerBook("ledger science", "science", "request", "ledger", "科普示范台账", "science", "weekly", 50, science, s.ids["item of science"])
		s.hear("ledger science", "keep", science)
		s.do("ledger science", "office1", "ledgers", "open", nil)
	})
	s.on(-100, func() {
		s.ledgerBook("ledger elderly", "office1", "record", "ledger", "高龄老人情况台账", "civil-affairs", "monthly", 60, all(), "")
		s.hear("ledger elderly", "keep", all())
		s.do("ledger elderly", "office1", "ledgers", "open", nil)
		s.ledgerBook("ledger report", "office1", "record", "form", "高龄老人月报表", "civil-affairs", "monthly", 45, all(), "")
		s.hear("ledger report", "merge", all())
		s.do("ledger report", "office1", "ledgers", "merge", fields{"into": s.ids["ledger elderly"], "reason": "同一批老人，一次填报，各处共用。"})
		s.ledgerBook("ledger group", "office1", "record", "group", "消防巡查工作群", "fire-rescue", "daily", 6, []string{"hehua", "shuangqiao", "guangming"}, "")
	})
	s.on(-18, func() {
		s.hear("ledger science", "drop", science)
		s.do("ledger science", "office1", "ledgers", "retire", fields{"reason": "事项已撤出，台账停用。"})
	})
	s.on(-3, func() {
		s.ledgerBook("ledger rubbish", "office1", "record", "app", "垃圾分类打卡应用", "city-management", "daily", 10, []string{"zhongxin", "yugang", "songtao"}, "")
		s.do("ledger rubbish", "office1", "ledgers", "ask", nil)
		s.do("ledger rubbish", "yugang", "ledgers", "consult", fields{"community": "yugang", "say": "drop", "note": "打卡只为截图。"})
		s.ledgerBook("ledger books", "culture", "request", "form", "书香活动统计表", "culture", "weekly", 30, []string{"hehua", "songtao"}, "")
		s.do("ledger books", "office1", "ledgers", "refuse", fields{"reason": "没有经过准入，不得新设。"})
		s.ledgerBook("ledger vaccination", "health.clerk", "request", "ledger", "接种提醒电话记录", "health", "weekly", 20, []string{"guangming", "zhongxin"}, s.ids["item of vaccination"])
	})
}
