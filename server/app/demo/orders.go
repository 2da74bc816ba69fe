package demo

import (
	"time"
)

// callBack are the people of the hotline who do not take calls.
var callBack = []person{
	{"callback1", "时雨", "热线回访员", "callback", district, ""},
	{"callback2", "应回", "热线回访员", "callback", district, ""},
	{"review", "公允", "考核复核小组组长", "review_panel", district, ""},
}

// call is one request as an operator takes it.
type call struct {
	words, category, kind, community, place, phone, name string
	needs                                                []string
	item                                                 string // the work item that caused it, by its key
}

// wait lets minutes pass between two acts of the same step.
func (s *story) wait(minutes int) {
	s.Set(s.Portal.Clock().Add(time.Duration(minutes) * time.Minute))
}

// take takes a call, sorts it, and sends it to a unit; unit "" leaves it sorted.
func (s *story) take(name string, c call, unit string) {
	in := fields{"words": c.words, "category": c.category, "type": c.kind, "community": c.community, "place": c.place, "phone": c.phone, "name": c.name}
	if c.needs != nil {
		in["needs"] = c.needs
	}
	s.open(name, "operator1", "orders", "take", in)
	s.wait(3)
	sort := fields{"category": c.category, "type": c.kind, "community": c.community}
	if c.item != "" {
		sort["item"] = s.ids["item of "+c.item]
	}
	s.do(name, "operator1", "orders", "triage", sort)
	if unit == "" {
		return
	}
	s.wait(4)
	s.do(name, "dispatcher", "orders", "dispatch", fields{"unit": unit, "basis": "按派单规则"})
}

// attend lets a unit sign, speak with the caller and begin.
func (s *story) attend(name, by, plan string) {
	s.wait(20)
	s.do(name, by, "orders", "sign", nil)
	s.wait(15)
	s.do(name, by, "orders", "contact", fields{"how": "phone", "note": "已说明安排"})
	s.wait(5)
	s.do(name, by, "orders", "begin", fields{"plan": plan})
}

// reply lets a unit reply, and the dispatcher accept the reply.
func (s *story) reply(name, by, text string) {
	s.do(name, by, "orders", "reply", fields{"text": text, "result": "done"})
	s.wait(10)
	s.do(name, "dispatcher", "orders", "accept_reply", nil)
}

func (s *story) calledBack(name, solved, grade, cause, comment string) {
	in := fields{"solved": solved, "grade": grade, "comment": comment}
	if cause != "" {
		in["cause"] = cause
	}
	s.do(name, "callback1", "orders", "evaluate", in)
	if s.err == nil && s.state == "evaluated" { // drawn by chance: the city must look the same each time
		s.do(name, "callback2", "orders", "second_call", fields{"found": "same"})
	}
}

// orders are the hotline's calls, one for every branch of its rules.
func (s *story) orders() {
	s.burstPipe()
	s.tugOfWar()
	s.hardCalls()
	s.slowUnits()
	s.plainCalls()
	s.openCalls()
	s.bulletins()
	s.vendors()
	s.jobs()
}

// bulletins: the month before last is published and one unit has answered; of
// last month the head has not read the figures yet.
func (s *story) bulletins() {
	month := func(back int) string {
		return time.Date(s.day.Year(), s.day.Month(), 1, 0, 0, 0, 0, s.day.Location()).AddDate(0, -back, 0).Format("2006-01")
	}
	s.on(-1, func() {
		s.open("bulletin before", "dispatcher", "bulletins", "draw", fields{"month": month(2)})
		s.do("bulletin before", "hotline", "bulletins", "publish", nil)
	})
	s.on(0, func() {
		s.open("bulletin", "dispatcher", "bulletins", "draw", fields{"month": month(1)})
	})
}

// burstPipe: one pipe, four callers; each is called back.
func (s *story) burstPipe() {
	s.on(-5, func() {
		s.take("burst", call{words: "解放路菜场门口水管爆了，水喷得两米高，快来人！", category: "205", kind: "help", community: "guangming", place: "解放路菜场门口", phone: "00013800001", name: "高女士"}, "housing")
		for _, d := range []struct{ name, words, phone string }{
			{"burst 2", "菜场那边马路上都是水，自来水管破了。", "00013800002"}, {"burst 3", "解放路淹了，电瓶车过不去。", "00013800003"}, {"burst 4", "我家楼下爆管，没水烧饭了。", "00013800004"}} {
			s.open(d.name, "operator2", "orders", "take", fields{"words": d.words, "category": "205", "type": "help", "community": "guangming", "place": "解放路", "phone": d.phone})
			s.wait(1)
			if s.err == nil {
				s.do(d.name, "operator2", "orders", "merge", fields{"into": s.ids["burst"]})
			}
		}
		s.attend("burst", "housing", "抢修队已出发，先关阀门。")
		s.wait(50)
		s.reply("burst", "housing", "阀门十点二十关闭，爆裂的管段已更换，十一点恢复供水。")
	})
	s.on(-4, func() {
		s.calledBack("burst", "solved", "100", "", "来得很快。")
		s.calledBack("burst 2", "solved", "80", "", "")
		s.do("burst 3", "callback2", "orders", "not_reached", nil)
		s.calledBack("burst 4", "not", "30", "handling", "水是来了，可是一直发黄。")
	})
}

// tugOfWar: two units return an order; the head rules.
func (s *story) tugOfWar() {
	s.on(-8, func() {
		s.take("tug", call{words: "老厂路尽头那堆建筑垃圾放了一个多月，谁都不管，风一吹全是灰。", category: "301", kind: "complaint", community: "laochang", place: "老厂路尽头", phone: "00013800010", name: "金师傅"}, "city-management")
		s.wait(40)
		s.do("tug", "city-management", "orders", "return", fields{"reason": "wrong_place", "document": "《区环境卫生责任区划分》第六条", "belongs": "beitang", "text": "该处未移交市政道路，属街道自管。"})
		s.wait(30)
		s.do("tug", "dispatcher", "orders", "redispatch", fields{"unit": "beitang", "basis": "道路尚未移交，先由街道清理。"})
		s.wait(45)
		s.do("tug", "beitang", "orders", "return", fields{"reason": "overlapping_duty", "document": "《建筑垃圾管理规定》第四条", "belongs": "city-management", "text": "建筑垃圾的处置审批和执法都在城管部门。"})
	})
	s.on(-7, func() {
		s.do("tug", "hotline", "orders", "rule", fields{"unit": "city-management", "ground": "建筑垃圾无主堆放，由城管部门先行清运、再追责任人；道路是否移交不影响清运。"})
		s.attend("tug", "city-management", "明天上午调车清运。")
	})
	s.on(-6, func() { s.reply("tug", "city-management", "两车清完，现场装了摄像头和警示牌。") })
	s.on(-5, func() { s.calledBack("tug", "solved", "80", "", "清是清了，要是早点就好了。") })
}

// hardCalls: lift noise, nobody at home, done again twice.
func (s *story) hardCalls() {
	s.on(-7, func() {
		s.take("lift noise", call{words: "电梯机房半夜嗡嗡响，我家住顶楼，睡不着觉已经半年了。", category: "402", kind: "complaint", community: "xincheng", place: "新城花园 8 幢顶楼", phone: "00013800020", name: "唐先生"}, "housing")
		s.attend("lift noise", "housing", "请检测单位夜间测噪声。")
		s.do("lift noise", "housing", "orders", "pause", fields{"why": "parts", "note": "减振垫订货，五天到货"})
	})
	s.on(-3, func() {
		s.do("lift noise", "housing", "orders", "resume", nil)
		s.wait(5)
		s.do("lift noise", "housing", "orders", "extend", fields{"n": 10, "reason": "减振改造要业主签字，还差三户", "ground": "《物业管理条例》关于共用设施改造的规定"})
	})
	s.on(-9, func() {
		s.take("nobody", call{words: "公园健身器材的螺丝松了，孩子玩差点摔下来。", category: "899", kind: "help", community: "yinxing", place: "银杏小游园", phone: "00013800030"}, "liuxi")
		s.attend("nobody", "liuxi", "今天紧固。")
		s.reply("nobody", "liuxi", "全部器材已检查，松动的螺丝都拧紧了。")
		s.do("nobody", "callback2", "orders", "not_reached", nil)
		s.wait(150)
		s.do("nobody", "callback2", "orders", "not_reached", nil)
	})
	s.on(-8, func() { s.do("nobody", "callback2", "orders", "not_reached", nil) })
	s.on(-10, func() {
		s.take("again", call{words: "楼下烧烤店油烟直接排到我家窗口，投诉过好几回了。", category: "601", kind: "complaint", community: "zhongxin", place: "中心街 21 号", phone: "00013800040", name: "白女士"}, "market")
		s.attend("again", "market", "上门检查油烟净化器。")
		s.reply("again", "market", "已要求商户清洗净化器。")
		s.calledBack("again", "not", "0", "handling", "一点没变。")
	})
	for i, text := range []string{"商户加装了净化器。", "复查时净化器运转正常。"} {
		s.on(-9+i, func() {
			s.reply("again", "market", text)
			s.calledBack("again", "not", "0", "handling", "晚上不开净化器，还是呛人。")
		})
	}
}

// slowUnits: one is reminded and supervised, one asks not to be counted.
func (s *story) slowUnits() {
	s.on(-9, func() {
		s.take("parking", call{words: "人行道上天天停满车，推婴儿车只能走马路中间。", category: "501", kind: "complaint", community: "zhongxin", place: "中心小学门口", phone: "00013800050"}, "city-management")
		s.wait(15)
		s.do("parking", "city-management", "orders", "sign", nil)
	})
	s.on(-10, func() {
		s.take("typhoon lamp", call{words: "堤边路灯全黑了，晚上散步看不见。", category: "101", kind: "help", community: "yugang", place: "渔港堤边", phone: "00013800051"}, "city-management")
		s.attend("typhoon lamp", "city-management", "巡查线路。")
	})
	s.on(-6, func() { s.reply("typhoon lamp", "city-management", "线路受潮，已更换。") })
	s.on(-5, func() {
		s.calledBack("typhoon lamp", "solved", "60", "", "等了好几天。")
		s.do("typhoon lamp", "city-management", "orders", "ask_exclusion", fields{"ground": "beyond_control", "text": "台风蓝色预警期间堤边禁止作业两天。"})
	})
}

// plainCalls end as most calls do.
func (s *story) plainCalls() {
	s.on(-6, func() {
		s.open("stove", "operator3", "orders", "pass_on", fields{"line": "119", "words": "厨房油锅着火了！", "place": "铁路新村 2 幢"})
		s.wait(10)
		s.open("praise", "operator3", "orders", "take", fields{"words": "荷花社区的朱干事陪我跑了三趟社保，一定要表扬。", "category": "801", "type": "praise", "community": "hehua", "phone": "00013800060", "name": "孙大爷"})
		s.do("praise", "operator3", "orders", "triage", fields{"category": "801", "type": "praise", "community": "hehua"})
		s.do("praise", "operator3", "orders", "answer", fields{"answer": "谢谢您，表扬已经转告荷花社区和本人。"})
		s.wait(10)
		s.open("court", "operator4", "orders", "take", fields{"words": "邻居欠我三万块不还，你们给我要回来。", "category": "899", "type": "help", "phone": "00013800061"})
		s.do("court", "operator4", "orders", "decline", fields{"why": "court", "where_to_go": "欠款纠纷可以到区人民法院起诉，或先打 12348 咨询法律援助，也可以找社区人民调解员。"})
		s.wait(10)
		s.open("pension", "operator1", "orders", "take", fields{"words": "我妈八十岁了，高龄津贴怎么领？", "category": "701", "type": "consult", "community": "songtao", "phone": "00013800062"})
		s.do("pension", "operator1", "orders", "triage", fields{"category": "701", "type": "consult", "community": "songtao"})
		s.do("pension", "operator1", "orders", "answer", fields{"answer": "本人或家属带身份证到社区窗口登记，次月起按月发到社保卡。"})
	})
	s.on(-5, func() {
		s.take("policy", call{words: "为什么高龄津贴只有八十岁以上才有？七十五岁的老人就不是老人吗？", category: "702", kind: "complaint", community: "guangming", phone: "00013800070", name: "魏阿姨"}, "civil-affairs")
		s.attend("policy", "civil-affairs", "说明政策依据。")
		s.reply("policy", "civil-affairs", "津贴年龄由市里的办法规定，意见已书面转报市民政局。")
		s.calledBack("policy", "solved", "0", "policy", "解释得清楚，可是我不同意这个规定。")
	})
	s.on(-4, func() {
		s.take("cantonese", call{words: "楼下嘅渠塞咗，成条街都系臭水，唔该快啲嚟睇下。", category: "303", kind: "help", community: "shuangqiao", place: "双桥里弄口", phone: "00013800080", name: "陈伯", needs: []string{"cantonese", "elder"}}, "liuxi")
		s.attend("cantonese", "liuxi", "请会讲粤语的同事联系，下午疏通。")
		s.reply("cantonese", "liuxi", "下水道已疏通，冲洗了路面。")
	})
	s.on(-3, func() { s.calledBack("cantonese", "solved", "100", "", "多谢晒。") })
	s.on(-4, func() {
		s.take("sight", call{words: "盲道上被人装了三根铁柱子，我撞了一下，膝盖青了。", category: "102", kind: "complaint", community: "xincheng", place: "新城地铁口", phone: "00013800081", name: "蓝先生", needs: []string{"sight"}}, "city-management")
		s.attend("sight", "city-management", "现场核实后拆除。")
		s.reply("sight", "city-management", "铁柱已拆除，盲道恢复。")
	})
	s.on(-3, func() { s.calledBack("sight", "solved", "100", "", "谢谢打电话告诉我。") })
}

// openCalls are what waits on the demo day.
func (s *story) openCalls() {
	s.on(-2, func() {
		s.take("survey", call{words: "消防排查一个月来了三趟，每趟都要填一样的表。", category: "802", kind: "complaint", community: "hehua", phone: "00013800090", item: "fire"}, "fire-rescue")
		s.take("toilets", call{words: "公厕没有无障碍扶手，老人上不了。", category: "899", kind: "suggestion", community: "songtao", place: "松涛公园", phone: "00013800091"}, "wanghai")
		s.attend("toilets", "wanghai", "量尺寸，订扶手。")
	})
	s.on(-1, func() {
		s.do("survey", "fire.clerk", "orders", "sign", nil)
		s.do("toilets", "wanghai", "orders", "reply", fields{"text": "两处扶手已装好。", "result": "done"})
		s.take("manhole", call{words: "幸福路井盖没了，晚上太危险。", category: "102", kind: "help", community: "hehua", place: "幸福路 3 号楼前", phone: "00013800092"}, "city-management")
		s.do("manhole", "city-management", "orders", "return", fields{"reason": "ownership_unclear", "document": "《城市井盖权属目录》", "belongs": "housing", "text": "井盖属小区内供水管线。"})
		s.wait(20)
		s.take("heating", call{words: "暖气管道沟塌了一块，冒热气。", category: "204", kind: "help", community: "tielu", phone: "00013800093"}, "housing")
		s.attend("heating", "housing", "围挡，今晚抢修。")
		s.reply("heating", "housing", "塌陷处已回填，管道无破损。")
	})
	s.on(0, func() {
		s.take("cleaner", call{words: "想找个钟点工，每周两次，打扫两小时。", category: "904", kind: "help", community: "xincheng", phone: "00013800094"}, "")
		s.open("web", nobody, "orders", "file", fields{"words": "楼道灯坏了好几天，老人上楼看不见。", "category": "101", "community": "guangming", "place": "光明花园 5 幢 2 单元"})
		s.open("elder", "hehua2", "orders", "file_for", fields{"words": "独居的王奶奶家燃气灶打不着火，她不会上网，请人来看看。", "category": "203", "community": "hehua", "phone": "00013800095", "name": "王奶奶", "agreed": "in_person", "needs": []string{"elder", "hearing"}})
	})
}
