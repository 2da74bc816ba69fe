package demo

// unitsOf are the units of the whole district by category, as its duty list
// has them; what is missing is the dispatcher's to decide.
var unitsOf = []struct{ category, unit, basis string }{
	{"101", "city-management", "市政照明养护分工表"},
	{"102", "city-management", "市政道路养护分工表"},
	{"103", "city-management", "窨井盖管理职责清单第二条"},
	{"201", "housing", "供水服务监管职责清单"},
	{"202", "housing", "居民用电服务协调机制"},
	{"203", "housing", "城镇燃气监管职责清单"},
	{"204", "housing", "供热服务监管职责清单"},
	{"205", "housing", "供水管网抢修联动办法"},
	{"301", "city-management", "环境卫生管理职责清单"},
	{"302", "city-management", "社会生活噪声分工意见"},
	{"303", "city-management", "排水管网养护分工表"},
	{"401", "market", "电梯安全监管职责清单"},
	{"402", "housing", "物业管理职责清单"},
	{"403", "city-management", "违法建设查处分工意见"},
	{"501", "city-management", "人行道违停执法分工意见"},
	{"502", "city-management", "流动摊点管理分工意见"},
	{"601", "market", "食品安全监管职责清单"},
	{"602", "market", "消费者权益保护职责清单"},
	{"701", "human-resources", "社会保险经办职责清单"},
	{"702", "civil-affairs", "养老助残服务职责清单"},
	{"703", "human-resources", "就业服务职责清单"},
	{"802", "access-office", "社区事项准入办法"},
}

// dispatchRules: what every category's unit is, what is different on one
// street, and one rule each that waits, was superseded and was dropped.
func (s *story) dispatchRules() {
	rule := func(name, category, place, unit, basis, reason string) {
		s.open(name, "dispatcher", "dispatch_rules", "draft", fields{"category": category, "place": place, "unit": unit, "basis": basis, "reason": reason})
	}
	enforce := func(name string) {
		s.do(name, "dispatcher", "dispatch_rules", "test", nil)
		s.do(name, "hotline", "dispatch_rules", "enforce", nil)
	}
	s.on(-100, func() {
		for _, u := range unitsOf {
			rule("rule "+u.category, u.category, district, u.unit, u.basis, "")
			enforce("rule " + u.category)
		}
		for _, st := range streets {
			rule("rule 801 "+st.code, "801", st.code, st.code, "街道指导居委会工作职责", "")
			enforce("rule 801 " + st.code)
		}
	})
	s.on(-60, func() {
		rule("rule noise", "302", "laochang", "beitang", "北塘街道与城管局会商纪要〔2号〕", "老厂社区的广场舞和麻将馆多为楼栋之间的事，由街道先调解，调解不成再请城管执法。")
		enforce("rule noise")
	})
	s.on(-30, func() {
		rule("rule stalls", "502", "wanghai", "wanghai", "渔港早市疏导点移交协议", "疏导点已交街道管理。")
		enforce("rule stalls")
		rule("rule lift", "401", district, "housing", "住宅电梯维保联席会议纪要", "困人以外的报修先由物业主管部门督促。")
		s.do("rule lift", "hotline", "dispatch_rules", "drop", fields{"reason": "电梯安全仍由市场监管部门牵头，不宜拆开。"})
	})
	s.on(-3, func() {
		rule("rule rubbish", "301", "yugang", "wanghai", "渔港片区环卫外包合同", "渔港后巷的清运由街道外包队承担。")
		s.do("rule rubbish", "dispatcher", "dispatch_rules", "test", nil)
		rule("rule sewage", "303", "tielu", "housing", "三供一业移交清单", "铁路宿舍区管网尚未移交，由产权单位所属的住建系统协调。")
	})
}
