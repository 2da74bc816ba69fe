package demo

// Money that follows work: sheets of the fire survey, a special fund, what
// Hehua spent in the last quarter, and what the science ledger gave back.
func (s *story) money() {
	s.sheet("hehua", -120, 60, "paid")
	s.sheet("shuangqiao", -9, 45, "signed")
	s.sheet("guangming", -12, 200, "rejected")
	s.fund()
	s.hehuaSpends()
	s.scienceGivesBack()
}

// sheet orders household visits for the fire survey and takes them to a state.
func (s *story) sheet(community string, at int, visits int64, to string) {
	name, by := "sheet "+community, community
	s.on(at, func() {
		s.open(name, "fire.clerk", "sheets", "issue", fields{"item": s.ids["item of fire"], "community": community, "task": "陪同入户排查电动车充电和楼道堆物", "quantity": visits,
			"unit": "户", "price": 600, "by": s.date(at + 15)})
	})
	if to == "rejected" {
		s.on(at+1, func() {
			s.do(name, by, "sheets", "reject", fields{"reason": "本周人员都在换届选举，无法安排，请下月再约。"})
		})
		return
	}
	s.on(at+1, func() { s.do(name, by, "sheets", "accept", nil) })
	s.on(at+5, func() {
		s.do(name, by, "sheets", "perform", fields{"done": visits - 4, "done_by": "社区网格员", "evidence": "入户登记表一册，四户无人在家。",
			"photos": s.attach(by, "入户登记.csv", []byte("楼栋,户数,已入户\n1栋,12,11\n2栋,12,10\n3栋,16,15\n"))})
	})
	s.on(at+6, func() { s.do(name, by, "sheets", "sign", nil) })
	if to == "signed" {
		return
	}
	s.on(at+8, func() { s.do(name, "fire.clerk", "sheets", "admit", nil) })
	s.on(at+12, func() {
		s.do(name, "fire.clerk", "sheets", "claim", fields{"voucher": "XF" + s.date(at + 12)[2:4] + s.date(at + 12)[5:7], "paid_on": s.date(at + 12)})
	})
	s.on(at+14, func() { s.do(name, by, "sheets", "confirm", nil) })
}

// fund: of this year's fire campaign just over sixty per cent is with the
// grassroots; it cannot be closed before the year is over.
func (s *story) fund() {
	give := func(to, who string, yuan int) fields {
		return fields{"to": to, "who": who, "amount": yuan * 100}
	}
	s.on(-150, func() {
		s.open("campaign fire", "fire.clerk", "campaigns", "draft", fields{"name": "平安创建消防专项", "department": "fire-rescue", "year": s.day.Year(), "total": 100000_00,
			"allocations": []fields{give("department", "区消防救援局宣传", 30000), give("community", "十个社区微型消防站", 40000)}})
	})
	s.on(-146, func() { s.do("campaign fire", "finance", "campaigns", "approve", fields{"approval": "江财预12号"}) })
	s.on(-60, func() {
		s.do("campaign fire", "fire.clerk", "campaigns", "allocate", fields{"allocations": []fields{give("department", "区消防救援局宣传", 30000),
			give("community", "十个社区微型消防站", 40000), give("street", "三个街道夜巡补助", 22000)}})
	})
}

// hehuaSpends lets Hehua use what it received for two items.
func (s *story) hehuaSpends() {
	for i, u := range []struct {
		at             int
		item, category string
		yuan           int
		what           string
	}{
		{-95, "elderly", "labour", 1800, "入户登记员补贴"}, {-88, "elderly", "printing", 260, "登记表印刷"}, {-82, "fire", "materials", 640, "灭火毯和警示贴"},
		{-75, "fire", "labour", 1200, "夜间巡查补贴"}, {-70, "elderly", "phone", 90, "电话回访话费"}, {-3, "fire", "printing", 150, "告知书印刷"},
	} {
		s.on(u.at, func() {
			s.open("use "+string(rune('1'+i)), "hehua", "uses", "record", fields{"account": "community:hehua:" + s.ids["item of "+u.item], "category": u.category,
				"amount": u.yuan * 100, "for": u.what, "receipt": "HH" + s.date(u.at)[5:7] + s.date(u.at)[8:], "spent_on": s.date(u.at)})
		})
	}
}

// scienceGivesBack: the withdrawn ledger's money comes back from three
// communities before the withdrawal is completed.
func (s *story) scienceGivesBack() {
	refund := func(community string) string {
		name := "refund " + community
		if s.err == nil && s.ids[name] == "" {
			s.ids[name], s.err = s.Refund(s.ctx, s.ids["item of science"], community)
		}
		return name
	}
	payBack := func(community string, at int) {
		s.on(at, func() {
			s.do(refund(community), community, "refunds", "pay_back", fields{"voucher": "TH" + s.date(at)[5:7] + s.date(at)[8:], "paid_on": s.date(at)})
		})
	}
	payBack("hehua", -36)
	payBack("zhongxin", -35)
	payBack("songtao", -35)
	s.on(-31, func() {
		for _, c := range []string{"hehua", "zhongxin", "songtao"} {
			s.do(refund(c), "finance", "refunds", "confirm", nil)
		}
	})
}
