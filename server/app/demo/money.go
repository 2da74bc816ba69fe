package demo

import "maps"

// Money that follows work: sheets of the fire survey, a special fund, what
// Hehua spent in the last quarter, and what the science ledger gave back.
func (s *story) money() {
	s.sheet("hehua", -120, 60, "paid")
	s.sheet("shuangqiao", -9, 45, "signed")
	s.sheet("guangming", -12, 200, "rejected")
	s.lawyers()
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

// lawyers: the legal window is bought from a law firm. The first half-year is
// accepted by every committee, the second one by Hehua alone so far, and a firm
// that two committees did not want was let go.
func (s *story) lawyers() {
	where := []string{"hehua", "guangming", "xincheng"}
	contract := func(name, firm string, at, from, until int) {
		s.on(at, func() {
			s.open(name, "justice", "contracts", "draft", fields{"item": s.ids["item of legal"], "communities": where, "provider": firm, "scope": "每周二、五上午驻点，接待居民法律咨询，疑难问题三日内回复。",
				"price": 36000_00, "start": s.date(from), "end": s.date(until), "standard": "每次到岗有签到；咨询登记齐全；居民满意率九成以上。"})
		})
	}
	each := func(name, act string, more fields, who ...string) {
		for _, c := range who {
			in := fields{"community": c}
			maps.Copy(in, more)
			s.do(name, c, "contracts", act, in)
		}
	}
	good := fields{"note": "到岗准时，登记齐全，居民反映好。"}
	contract("contract first", "云汀正平律师事务所", -149, -147, -40)
	s.on(-148, func() { each("contract first", "consent", nil, where...) })
	s.on(-147, func() { s.do("contract first", "justice", "contracts", "start", nil) })
	s.on(-38, func() { each("contract first", "accept", good, where...) })
	s.on(-36, func() { s.do("contract first", "justice", "contracts", "close", nil) })
	contract("contract other", "江心速裁咨询公司", -45, -39, 80)
	s.on(-44, func() {
		each("contract other", "consent", nil, "hehua")
		each("contract other", "withhold", fields{"wish": "该公司没有执业律师，请换一家。"}, "guangming", "xincheng")
	})
	s.on(-42, func() {
		s.do("contract other", "justice", "contracts", "terminate", fields{"reason": "两个社区不同意，另行比选。"})
	})
	contract("contract second", "云汀正平律师事务所", -41, -39, 80)
	s.on(-40, func() { each("contract second", "consent", nil, where...) })
	s.on(-39, func() { s.do("contract second", "justice", "contracts", "start", nil) })
	s.on(-2, func() { each("contract second", "accept", good, "hehua") })
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
