package demo

// tell lives through the 23 work items of the demo city, one for every branch
// of the rules. Days are working days from the demo day.
func (s *story) tell() {
	s.on(-258, s.landmarks)
	s.elderlyCensus()
	s.fireSurvey()
	s.readingRooms()
	s.sanitationAppraisal()
	s.appQuota()
	s.investmentLeads()
	s.jobFair()
	s.bloodPressure()
	s.healthStation()
	s.typhoonShelter()
	s.travelSurvey()
	s.disabilityAids()
	s.scienceLedger()
	s.money()
	s.liftOpinions()
	s.legalClinic()
	s.foodRounds()
	s.vaccinationCalls()
	s.rubbishPatrol()
	s.emptyFlats()
	s.bookCorners()
	s.responsibilityLetter()
	s.readingAward()
	s.chargingTalks()
	s.phoneCall()
	s.propertyManagers()
	s.rounds()
	s.touch()
	s.runningAtLaunch()
	s.pastOrders()
	s.dispatchRules()
	s.orders()
	s.knowledge()
	s.assistance()
}

var task = []string{"task"}

// 1: active in ten communities; instalment 2 is overdue beyond grace: refusals
// and a rectification order.
func (s *story) elderlyCensus() {
	w := work{key: "elderly", department: "civil-affairs", title: "高龄老人居家状况普查", kinds: []string{"survey", "task"}, where: all(), filed: -150, start: -117, hours: 16, more: fields{"meetings": 1, "groups": 1},
		instalments: []part{{-130, 6000}, {-16, 6000}}}
	s.enter(w)
	for i, c := range []string{"guangming", "zhongxin", "hehua"} {
		s.on(-5+i, func() {
			s.open("refusal elderly "+c, c, "refusals", "issue", fields{"community": c, "item": s.ids[w.item()], "ground": "no_money", "way": "call",
				"demanded_on": s.date(-6 + i), "evidence": "第二期经费至今没有到账，仍来电催报名册。"})
		})
	}
	s.on(-5, func() {
		s.open("order elderly", "office1", "rectifications", "draft", fields{"item": s.ids[w.item()], "grounds": []string{"money"}, "communities": all(),
			"measures": "十五日内把第二期经费拨到每个社区账户，并书面说明延误原因。"})
	})
	s.on(-4, func() { s.do("order elderly", "office", "rectifications", "issue", nil) })
}

// 2: active, well rated.
func (s *story) fireSurvey() {
	s.enter(work{key: "fire", department: "fire-rescue", title: "消防安全入户排查", kinds: task, where: []string{"hehua", "shuangqiao", "guangming"}, filed: -190, start: -158, hours: 12, more: fields{"inspections": 1, "groups": 1},
		instalments: []part{{-170, 4800}}})
}

// 3: admitted on the condition that the plaque hangs at the window, not outside.
func (s *story) readingRooms() {
	s.admit(work{key: "reading rooms", department: "culture", title: "社区图书室挂牌", kinds: []string{"plaque"}, where: []string{"hehua", "songtao"}, filed: -40, start: 4, hours: 4,
		instalments: []part{{2, 3000}}, more: fields{"plaque": "outside"},
		decision: fields{"conditions": "门外只挂两块牌子；图书室牌子挂在服务窗口。", "plaque": "window"}})
}

// 4: ordered in a chat group without admission. Somebody reports it without a
// name, and it comes to a circular; when it happens again, a committee refuses,
// and the refusal reports it by itself.
func (s *story) sanitationAppraisal() {
	s.chatGroupOrder()
	s.on(-7, func() {
		s.open("refusal sanitation", "yugang", "refusals", "issue", fields{"community": "yugang", "department": "city-management", "title": "卫生评比排名",
			"ground": "not_admitted", "way": "chat", "kind": "appraisal", "demanded_on": s.date(-7), "evidence": "群聊截图：“今晚八点前各社区交评比表，排名通报。”"})
	})
	s.on(-5, func() {
		s.do("refusal sanitation", "city-management", "refusals", "dispute", fields{"reason": "只是工作提醒，不是评比。"})
	})
	s.on(-3, func() {
		s.do("refusal sanitation", "office1", "refusals", "rule", fields{"outcome": "uphold", "reason": "聊天记录要求排名通报，属于未经准入的评比考核。"})
	})
}

// 5: a pure target passed down, without a fen: refused.
func (s *story) appQuota() {
	w := work{key: "app", department: "health", title: "健康应用安装推广", kinds: task, where: []string{"guangming", "zhongxin", "xincheng"}, filed: -30, start: 3, hours: 20,
		more: fields{"fund_source": "", "powers": "", "burden": ""}}
	s.file(w)
	s.on(-27, func() {
		s.do("app", "office", "applications", "reject", fields{"reason": "没有经费和权限，只是把安装数量分摊给社区。", "rule": "R4"})
	})
}

// 6: on the negative list: refused by itself.
func (s *story) investmentLeads() {
	s.file(work{key: "investment", department: "market", title: "招商引资线索任务", kinds: task, where: []string{"xincheng"}, filed: -12, start: 22, hours: 8, instalments: []part{{20, 1000}}})
}

// 7: temporary, paid in full, ended.
func (s *story) jobFair() {
	s.enter(work{key: "job fair", department: "human-resources", title: "春风招聘会报名服务", kinds: task, nature: "temporary", where: []string{"zhongxin", "xincheng", "laochang"}, filed: -170, start: -138, end: -101, hours: 10,
		instalments: []part{{-150, 2000}}})
}

// 8: the community itself asked for it: the short way in.
func (s *story) bloodPressure() {
	where := []string{"yinxing"}
	s.on(-60, func() {
		s.open("blood pressure", "yinxing", "applications", "request", fields{"department": "health", "title": "每月义诊量血压", "communities": where, "purpose": "老人多，走不动，请医生来社区。"})
	})
	s.on(-57, func() {
		s.do("blood pressure", "health.clerk", "applications", "edit", fields{"title": "每月义诊量血压", "kinds": task, "nature": "long", "purpose": "老人多，走不动，请医生来社区。",
			"communities": where, "start": s.date(-40), "steps": "社区提供场地和桌椅。", "contact": "杜小康 000-81890011"})
	})
	s.on(-56, func() { s.do("blood pressure", "health", "applications", "submit", nil) })
	s.on(-55, func() { s.do("blood pressure", "office1", "applications", "accept", nil) })
	s.on(-54, func() {
		s.do("blood pressure", "yinxing", "applications", "answer", fields{"community": "yinxing", "opinion": "agree", "hours": 2, "residents_opinion": "居民代表一致赞成。"})
	})
	s.on(-52, func() {
		s.do("blood pressure", "office2", "applications", "propose", fields{"recommend": "approve", "text": "社区主动邀请，简易程序。"})
	})
	w := work{key: "blood pressure", department: "health", where: where, filed: -56}
	s.on(-51, func() { s.decide(w) })
	s.begin(w, -50, where...)
}

// 9: a health station: an organisation, so the joint conference decides; its
// report lies before the conference.
func (s *story) healthStation() {
	w := work{key: "health station", department: "health", title: "新城社区卫生服务站进驻", kinds: []string{"organisation"}, where: []string{"xincheng"}, filed: -11, start: 22, hours: 6, instalments: []part{{20, 20000}}}
	s.file(w)
	s.consult(w)
}

// 10: a typhoon: no application, filed after the fact.
func (s *story) typhoonShelter() {
	where := []string{"yugang", "songtao", "xincheng"}
	s.on(-4, func() {
		s.open("typhoon", "emergency", "emergencies", "declare", fields{"event": "台风“海葵”转移安置", "document": "江应急〔" + s.date(-4)[:4] + "〕17号", "declared_by": "区应急指挥部",
			"department": "civil-affairs", "communities": where, "start": s.date(-4), "end": s.days(6), "tasks": "开放避灾点，转移危旧房居民，每两小时报一次人数。"})
	})
	s.on(-3, func() { s.do("typhoon", "civil-affairs", "emergencies", "begin", nil) })
	s.on(-1, func() {
		s.do("typhoon", "civil-affairs", "emergencies", "file", fields{"done": "安置居民 412 人，无伤亡。", "spent": 3860000, "people": 26})
	})
}

// 11: a city bureau reaches for communities: blocked, handed to the district, in consultation.
func (s *story) travelSurvey() {
	w := work{key: "travel", department: "statistics", title: "居民出行入户调查", kinds: []string{"survey"}, where: []string{"guangming", "yugang", "hehua"}, filed: -3, start: 33, end: 70, nature: "temporary", hours: 9,
		instalments: []part{{30, 2500}}, more: fields{"data_fields": "出行次数、方式、时间；不记姓名", "data_keeper": "市统计局", "data_deleted": s.days(400)}}
	s.on(-14, func() { s.open("travel", "statistics", "applications", "draft", s.form(w)) })
	s.on(-8, func() { s.do("travel", "statistics", "applications", "forward", fields{"department": "civil-affairs"}) })
	s.on(-3, func() { s.do("travel", "civil-affairs", "applications", "submit", nil) })
	s.on(-2, func() { s.do("travel", "office1", "applications", "accept", nil) })
	s.on(-1, func() {
		s.do("travel", "guangming", "applications", "answer", fields{"community": "guangming", "opinion": "agree_if", "hours": 12, "conditions": "与消防排查合并入户。"})
	})
}

// 12: near the end of its term, to be renewed.
func (s *story) disabilityAids() {
	s.enter(work{key: "aids", department: "disabled", title: "辅助器具需求登记", kinds: []string{"survey", "ledger"}, where: []string{"laochang", "tielu", "shuangqiao"}, filed: -250, start: -217, end: 44, hours: 5,
		instalments: []part{{-230, 1800}}, decision: fields{"plaque": "window"}})
}

// 13: rated low, did not rectify, forced out; its department is barred.
func (s *story) scienceLedger() {
	where := []string{"hehua", "zhongxin", "songtao"}
	w := work{key: "science", department: "science", title: "科普示范台账", kinds: []string{"ledger"}, where: where, filed: -235, start: -202, hours: 18, instalments: []part{{-215, 1500}}, decision: fields{"plaque": "window"}}
	s.enter(w)
	s.on(-76, func() {
		s.open("order science", "office1", "rectifications", "draft", fields{"item": s.ids[w.item()], "grounds": []string{"effect"}, "communities": where,
			"measures": "取消重复填报，只保留一张季度表；每次活动先与社区商定时间。"})
	})
	s.on(-75, func() { s.do("order science", "office", "rectifications", "issue", nil) })
	s.on(-70, func() {
		s.do("order science", "science", "rectifications", "file_plan", fields{"plan": "拟于下季度研究精简。"})
	})
	s.forcedOut(w)
}

// 14: active in four communities, refused in Laochang for want of powers.
func (s *story) liftOpinions() {
	where := []string{"guangming", "zhongxin", "hehua", "shuangqiao", "laochang"}
	w := work{key: "lift", department: "housing", title: "老楼加装电梯意见征集", kinds: task, where: where, filed: -90, start: -57, hours: 14, instalments: []part{{-70, 3600}}}
	s.enter(w)
	s.on(-18, func() {
		s.open("refusal lift", "laochang", "refusals", "issue", fields{"community": "laochang", "item": s.ids[w.item()], "ground": "no_powers", "way": "meeting",
			"demanded_on": s.date(-19), "evidence": "要求社区替部门裁定一楼住户补偿，没有这项权限。"})
	})
	s.on(-15, func() { s.do("refusal lift", "housing", "refusals", "acknowledge", nil) })
}

// 15: a window for legal advice, well rated.
func (s *story) legalClinic() {
	s.enter(work{key: "legal", department: "justice", title: "法律咨询服务窗口", kinds: task, where: []string{"hehua", "guangming", "xincheng"}, filed: -180, start: -148, hours: 8, instalments: []part{{-160, 2400}}, decision: fields{"plaque": "window"},
		more: fields{"delivery": "contract", "transferred": true, "staff": "每社区一名驻点法律顾问，每周二、五到岗，由社区安排接待。"}})
}

// 16: sent back with all its gaps at once.
func (s *story) foodRounds() {
	s.file(work{key: "food", department: "market", title: "食品安全志愿巡查", kinds: task, where: []string{"yinxing", "tielu"}, filed: -5, start: 30, hours: 10,
		more: fields{"powers": "", "acceptance": "", "burden": "", "fund_source": ""}})
	s.on(-2, func() {
		s.do("food", "office2", "applications", "return", fields{"gaps": "缺：移交的权限\n缺：经费来源和拨付安排\n缺：验收标准\n缺：负担一致性评估"})
	})
}

// 17: admitted, but the money is only said to be paid: not in force.
func (s *story) vaccinationCalls() {
	w := work{key: "vaccination", department: "health", title: "疫苗接种提醒电话", kinds: task, where: []string{"guangming", "zhongxin"}, filed: -34, start: 2, hours: 15, instalments: []part{{-2, 4000}, {60, 4000}}}
	s.admit(w)
	s.pay(w, 1, -3, "guangming")
}

// 18: rated between the lines: a warning.
func (s *story) rubbishPatrol() {
	s.enter(work{key: "rubbish", department: "city-management", title: "垃圾分类劝导巡查", kinds: task, where: []string{"zhongxin", "yugang", "songtao"}, filed: -185, start: -152, hours: 22, more: fields{"inspections": 2, "meetings": 1, "groups": 2}, instalments: []part{{-165, 5200}}})
}

// 19: asks the same households as 2 in the same month; lies before the office.
func (s *story) emptyFlats() {
	w := work{key: "flats", department: "housing", title: "空置房屋入户普查", kinds: []string{"survey"}, where: []string{"hehua", "shuangqiao", "guangming"}, filed: -9, start: 24, end: 60, nature: "temporary", hours: 12,
		instalments: []part{{22, 2000}}, more: fields{"data_fields": "房屋是否空置", "data_keeper": "区住建局", "data_deleted": s.days(365)}}
	s.file(w)
	s.on(-7, func() { s.do("flats", "office2", "applications", "accept", nil) })
	s.on(-5, func() {
		for _, c := range w.where {
			s.do("flats", c, "applications", "answer", fields{"community": c, "opinion": "agree_if", "hours": 12, "conditions": "与消防安全排查合并，一次入户。"})
		}
	})
}

// 20: a draft.
func (s *story) bookCorners() {
	s.on(-1, func() {
		s.open("books", "culture", "applications", "draft", fields{"department": "culture", "title": "图书漂流角", "purpose": "让家里的旧书流动起来。", "communities": []string{"songtao"}})
	})
}

// 21: a responsibility letter to communities: cannot even be signed.
func (s *story) responsibilityLetter() {
	s.on(-6, func() {
		s.open("letter", "fire.clerk", "applications", "draft", s.form(work{department: "fire-rescue", title: "消防工作责任书", kinds: task, where: all(), start: 40, hours: 6,
			instalments: []part{{35, 500}}, more: fields{"binds_committee": true}}))
	})
}

// 22: a separate appraisal of the committees: refused by itself.
func (s *story) readingAward() {
	s.file(work{key: "award", department: "culture", title: "书香社区评选", kinds: []string{"appraisal"}, where: []string{"hehua", "guangming"}, filed: -20, start: 14, hours: 10,
		instalments: []part{{12, 1000}}, more: fields{"rates_committee": true}})
}

// 23: everybody has spoken and nobody pays: the office's decision is next, and
// the gate stands in its way.
func (s *story) chargingTalks() {
	const key = "charging"
	w := work{department: "fire-rescue", title: "电动车充电安全宣传", kinds: task, where: []string{"hehua", "guangming"}, start: 34, hours: 6, more: fields{"fund_source": ""}}
	s.on(-12, func() { s.open(key, "fire.clerk", "applications", "draft", s.form(w)) })
	s.on(-10, func() { s.do(key, "fire-rescue", "applications", "submit", nil) })
	s.on(-9, func() { s.do(key, "office1", "applications", "accept", nil) })
	s.on(-7, func() {
		for _, c := range w.where {
			s.do(key, c, "applications", "answer", fields{"community": c, "opinion": "agree_if", "hours": 6, "conditions": "经费到社区账户后才开始。"})
		}
		s.do(key, "finance", "applications", "check_money", fields{"funded": "no", "note": "部门预算里没有这一项。"})
	})
	s.on(-3, func() {
		s.do(key, "office1", "applications", "propose", fields{"recommend": "approve", "text": "社区愿意配合，但申请没有写明经费。"})
	})
}

// chatGroupOrder climbs the ladder up to the circular.
func (s *story) chatGroupOrder() {
	s.on(-26, func() {
		s.open("report chat", nobody, "reports", "file", fields{"department": "city-management", "community": "yugang", "what": "群里要求各社区交卫生评比表并排名",
			"demanded_on": s.date(-27), "way": "chat", "evidence": "“今晚八点前各社区交评比表，没交的点名。”", "files": s.attach(nobody, "群聊截图.png", screenshot())})
	})
	s.on(-25, func() { s.do("report chat", "office1", "reports", "take", nil) })
	s.on(-24, func() {
		s.do("report chat", "office1", "reports", "substantiate", fields{"finding": "工作群聊天记录属实；该评比没有申请过准入。"})
	})
	s.on(-23, func() {
		s.do("report chat", "office1", "reports", "order", fields{"demand": "stop", "text": "停止对社区的卫生评比和排名，删除已收的评比表。"})
	})
	s.on(-16, func() {
		s.do("report chat", "office2", "reports", "send_letter", fields{"text": "责令停止后，评比仍在群里继续。请在期限内停止并书面报告。"})
	})
	s.on(-9, func() {
		s.open("circular chat", "office1", "circulars", "draft", fields{"report": s.ids["report chat"], "title": "关于未经准入开展卫生评比的通报", "period": s.date(-9)[:4] + "年" + s.date(-9)[5:7] + "月",
			"broken": "R7", "demand": "立即停止评比排名，不得再以群通知方式向社区派任务。", "audience": []string{"departments", "streets", "communities"}})
	})
	s.on(-8, func() { s.do("circular chat", "office", "circulars", "approve", nil) })
	s.on(-7, func() { s.do("circular chat", "office1", "circulars", "issue", nil) })
}

// phoneCall is a report nobody has looked at yet.
func (s *story) phoneCall() {
	s.on(-1, func() {
		s.open("report flats", nobody, "reports", "file", fields{"department": "housing", "community": "tielu", "what": "电话要求当天报空置房名单",
			"demanded_on": s.date(-1), "way": "call"})
	})
}

// propertyManagers answer to the committee of Guangming: one did, one did not.
func (s *story) propertyManagers() {
	s.on(-14, func() {
		s.open("note agency", "guangming", "notes", "issue", fields{"community": "guangming", "organisation": "安家房产中介光明店", "kind": "intermediary", "matter": "楼道内张贴出租广告",
			"facts": "三号楼到六号楼每层都有，物业清理后又贴。", "demand": "清除全部广告，保证不再张贴。"})
	})
	s.on(-8, func() {
		s.open("note lift", "guangming", "notes", "issue", fields{"community": "guangming", "organisation": "光明花园物业服务中心", "kind": "property", "matter": "三号楼电梯困人后无人答复",
			"demand": "说明原因，公示维保记录，留一个随时有人接的电话。"})
	})
	s.on(-4, func() {
		s.do("note lift", "wuye", "notes", "answer", fields{"answer": "门机已更换，维保记录贴在一楼大厅，值班电话 000-81890133 全天有人接。"})
	})
}
