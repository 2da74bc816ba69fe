package demo

import (
	"fmt"
	"slices"
)

// vendorPeople vet the firms; two, because nobody decides alone.
var vendorPeople = []person{
	{"vendors", "沙盟", "加盟企业管理员", "vendor_manager", district, ""},
	{"vendors2", "林约", "加盟企业管理员", "vendor_manager", district, ""},
}

// firms of the demo city; what became of them is told below.
var firms = []struct {
	login, name, class, boss, prices string
	where                            []string
}{
	{"firm1", "云汀管修队", "905", "罗通", "通下水 80 元/次\n换龙头 60 元/个（料另计）", []string{"hehua", "shuangqiao", "yinxing"}},
	{"firm2", "北塘水暖", "905", "段暖", "通下水 90 元/次\n上门费 30 元", []string{"guangming", "zhongxin", "laochang", "tielu"}},
	{"firm3", "望海管道", "905", "海平", "通下水 85 元/次", []string{"yugang", "xincheng", "songtao"}},
	{"firm4", "净家保洁", "901", "白洁", "日常保洁 45 元/小时\n擦玻璃 8 元/平方米", []string{"hehua", "guangming", "xincheng"}},
	{"firm5", "春燕保洁", "901", "燕春", "日常保洁 42 元/小时", []string{"zhongxin", "laochang", "tielu"}},
	{"firm6", "江心家政", "904", "江美", "钟点工 40 元/小时", []string{"xincheng", "songtao", "yugang"}},
	{"firm7", "顺达搬家", "903", "顺达", "小车 300 元/趟，三楼以上每层加 20 元", all()},
	{"firm8", "老厂搬运队", "903", "厂生", "小车 280 元/趟", []string{"laochang", "tielu"}},
	{"firm9", "康护陪护", "902", "康宁", "医院陪护 260 元/天", all()},
	{"firm10", "夕阳护理", "902", "夕红", "上门护理 120 元/次", []string{"hehua", "yinxing"}},
	{"firm11", "光明家电维修", "907", "电光", "上门检查 30 元，修不好不收", all()},
	{"firm12", "快修家电", "907", "快手", "上门检查 50 元", []string{"xincheng"}},
	{"firm13", "平安锁业", "908", "安锁", "开锁 100 元，夜间加 50 元", all()},
	{"firm14", "安居中介", "906", "居正", "租房按半月租金收一次", all()},
}

func (s *story) firm(i int) fields {
	f := firms[i]
	return fields{"name": f.name, "licence": fmt.Sprintf("91330299MA%07d", 2026000+i), "licence_end": s.date(400), "insurance": "服务责任险 100 万元", "insurance_end": s.date(20 + 23*i), "classes": []string{f.class}, "communities": f.where,
		"prices": f.prices, "phone": fmt.Sprintf("000-818902%02d", i), "agreed": true}
}

// vendors: fourteen firms; one warned, one suspended, one delisted for a forged
// licence, one left by itself, two on probation.
func (s *story) vendors() {
	s.on(-205, func() {
		for i, c := range []string{"901", "902", "903", "904", "905", "906", "907", "908"} {
			name := "standard " + c
			s.open(name, "vendors", "service_standards", "draft", fields{"class": c, "title": []string{"家庭保洁服务标准", "护理服务标准", "搬家服务标准", "钟点工服务标准", "户内管道维修标准", "房屋中介服务标准", "家电维修服务标准", "开锁服务标准"}[i],
				"text": "1. 着工作服、戴工牌，进门套鞋套。\n2. 先报价，居民同意再动手。\n3. 完工当面验收，拍照留存。\n4. 保修期内免费返工。", "warranty": []int{0, 0, 7, 0, 90, 0, 90, 30}[i]})
			s.do(name, "vendors2", "service_standards", "enforce", nil)
		}
	})
	s.on(-200, func() {
		for i, f := range firms {
			s.open(f.login, "vendors", "vendors", "apply", s.firm(i))
			s.do(f.login, "vendors", "vendors", "vet", nil)
			s.open("", "admin", "users", "register", fields{"login": f.login, "name": f.boss, "post": f.name + "负责人", "password": Password, "role": "vendor", "department": s.ids[f.login]})
		}
	})
	s.on(-170, func() {
		for _, f := range firms {
			if f.login != "firm6" && f.login != "firm12" {
				s.do(f.login, "vendors2", "vendors", "confirm", nil)
			}
		}
	})
	score := func(at int, login string, points int, ground, text string) {
		s.on(at, func() {
			s.open(fmt.Sprint("score ", login, at), "vendors", "score_entries", "enter", fields{"vendor": s.ids[login], "points": points, "ground": ground, "text": text})
		})
	}
	score(-90, "firm2", 12, "late", "三次迟到超过一小时，居民投诉属实。")
	score(-60, "firm2", 12, "poor_work", "下水道一周内又堵，返工两次。")
	score(-80, "firm8", 25, "overcharge", "收费比报价多一百二十元，没有说明。")
	score(-50, "firm8", 20, "rude", "与居民争吵，扬言不搬。")
	score(-40, "firm5", 8, "no_proof", "没有完工照片。")
	s.on(-38, func() {
		s.do(fmt.Sprint("score ", "firm5", -40), "firm5", "score_entries", "appeal", fields{"text": "照片当天已发给话务员，系统里没传上。"})
	})
	s.on(-35, func() {
		s.do(fmt.Sprint("score ", "firm5", -40), "office1", "score_entries", "cancel", fields{"text": "查到话务记录，照片确已发来，撤销扣分。"})
	})
	s.on(-70, func() {
		s.do("firm3", "firm3", "vendors", "leave", fields{"reason": "人手不够，标准太严，先退出。"})
	})
	s.on(-30, func() {
		s.do("firm14", "vendors", "vendors", "propose_delist", fields{"ground": "forged_licence", "reason": "市场监管局核实，执照编号系伪造。"})
		s.do("firm14", "vendors2", "vendors", "delist", nil)
	})
}

// jobs: paid ones, free ones out of a fund, a dispute, a visit under warranty,
// one that nobody took, and those under way on the demo day.
func (s *story) jobs() {
	s.on(-150, func() {
		s.open("free fund", "vendors", "free_funds", "set_up", fields{"name": "独居老人免费服务资金", "who": "七十岁以上独居老人，由社区干事电话核实。", "classes": []string{"901", "905", "907", "908"}, "quota": 60, "cap": 200_00})
		s.do("free fund", "vendors", "free_funds", "give", fields{"from": "government", "who": "区民政局", "amount": 40000_00, "voucher": "MZ2026-017"})
		s.do("free fund", "vendors", "free_funds", "give", fields{"from": "donation", "who": "云汀银行", "amount": 14000_00, "voucher": "JZ2026-003"})
	})
	s.on(-75, func() {
		s.do("free fund", "vendors", "free_funds", "give", fields{"from": "surplus", "who": "加盟企业服务结余", "amount": 6000_00, "voucher": "JY2026-02"})
	})
	calls := []struct{ words, category, community, vendor string }{
		{"厨房下水道堵了，水漫出来。", "905", "hehua", "firm1"}, {"水龙头关不紧，滴了三天。", "905", "shuangqiao", "firm1"}, {"家里要大扫除，三室一厅。", "901", "guangming", "firm4"},
		{"冰箱不制冷了。", "907", "tielu", "firm11"}, {"钥匙锁在屋里了。", "908", "zhongxin", "firm13"}, {"搬到对面楼去，东西不多。", "903", "hehua", "firm7"},
		{"老人住院要陪护三天。", "902", "yinxing", "firm9"}, {"擦玻璃，一百平方米。", "901", "xincheng", "firm4"}, {"洗衣机漏水。", "907", "yugang", "firm11"},
		{"卫生间地漏返味。", "905", "yinxing", "firm1"}, {"保洁两小时。", "901", "laochang", "firm5"}, {"换门锁芯。", "908", "songtao", "firm13"},
	}
	for i, c := range calls {
		for round := range 2 {
			at, name, charged := -84+5*i-round*60+round, fmt.Sprint("job ", i, "-", round), 60+10*i
			free := (i+round)%4 == 0 && slices.Contains([]string{"901", "905", "907", "908"}, c.category)
			s.on(at, func() {
				s.take("order of "+name, call{words: c.words, category: c.category, kind: "help", community: c.community, place: "第 " + fmt.Sprint(i+1) + " 幢", phone: fmt.Sprintf("000139%05d", 100*round+i), name: "住户"}, "")
				s.open(name, "dispatcher", "jobs", "match", fields{"order": s.ids["order of "+name], "wish": s.ids[c.vendor]})
				s.Portal.Bus.Once(s.ctx)
				s.do(name, c.vendor, "jobs", "accept", nil)
				if free {
					s.do(name, "dispatcher", "jobs", "free", fields{"fund": s.ids["free fund"], "checked": "社区干事电话核实：独居，七十六岁。"})
				}
				s.do(name, c.vendor, "jobs", "quote", fields{"quote": charged * 100, "rule": "按价目表", "when": "当天下午"})
				s.do(name, "operator1", "jobs", "agree_for", fields{"how": "phone"})
				s.wait(180)
				s.do(name, c.vendor, "jobs", "finish", fields{"report": "已修好，当面试过。", "charged": charged * 100, "after": s.attach(c.vendor, "完工.png", workDone())})
				s.Portal.Bus.Once(s.ctx)
			})
			s.on(at+1, func() { s.calledBack("order of "+name, "solved", []string{"100", "80"}[i%2], "", "") })
		}
	}
	s.on(-6, func() {
		s.do("job 5-0", "callback2", "jobs", "dispute", fields{"why": "柜门磕坏了一块，企业不认。"})
	})
	s.on(-4, func() {
		s.do("job 5-0", "vendors", "jobs", "settle", fields{"why": "企业赔偿八十元，居民认可。"})
	})
	s.on(-1, func() {
		s.take("order of kettle", call{words: "热水壶座子坏了，能不能上门看看？", category: "907", kind: "help", community: "xincheng", place: "新城家园 3 幢", phone: "00013900901", name: "毛女士"}, "")
		s.open("job kettle", "dispatcher", "jobs", "match", fields{"order": s.ids["order of kettle"]})
		s.take("order of sink", call{words: "洗碗池下面漏水，橱柜都泡了。", category: "905", kind: "help", community: "hehua", place: "荷花苑 6 幢 201", phone: "00013900902", name: "方阿姨"}, "")
		s.open("job sink", "dispatcher", "jobs", "match", fields{"order": s.ids["order of sink"]})
		s.Portal.Bus.Once(s.ctx)
		s.do("job sink", "firm1", "jobs", "accept", nil)
		s.do("job sink", "firm1", "jobs", "quote", fields{"quote": 160_00, "rule": "换软管两根 60 元，工费 100 元", "when": "明天上午"})
	})
}
