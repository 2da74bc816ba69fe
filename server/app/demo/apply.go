package demo

import (
	"maps"
	"slices"
)

// work describes an application that goes the whole way.
type work struct {
	key, department, title string
	kinds                  []string
	nature                 string // long unless said otherwise
	where                  []string
	filed                  int    // working days from the demo day
	start, end             int    // the same; end 0: open
	instalments            []part // for each community
	hours                  int
	steps                  string
	more                   fields // what else the form says, or says differently
	decision               fields // what the decision says
}

// part is an instalment: due n working days from the demo day, in yuan.
type part struct {
	due, yuan int
}

// form is the application as it is typed.
func (s *story) form(w work) fields {
	in := fields{"department": w.department, "title": w.title, "kinds": w.kinds, "nature": or(w.nature, "long"), "communities": w.where,
		"purpose": "把“" + w.title + "”做实，减少居民跑腿。", "side": "government", "basis": "《云汀市基层治理办法》第十二条",
		"why_not_self": "需要熟悉楼栋和住户的人陪同，部门人手不足以逐户走到。", "start": s.date(w.start), "frequency": "monthly",
		"steps": or(w.steps, "1. 提前三天张贴告知；2. 陪同入户；3. 在签单上签字。"), "hours": w.hours, "residents": 200 * len(w.where),
		"powers": "陪同入户时的现场建议权；对不合作的单位可直接报部门处理。", "staff": "每社区派驻一名联络员，由社区统一调配。",
		"fund_source": "区级财政专项", "budget_line": "2130599", "price_basis": "工时 45 元/小时，另计材料和通信费。", "delivery": "signoff",
		"acceptance": "每季度抽查签单，误差不超过百分之五。", "indicators": "覆盖率、居民满意率", "burden": "每月约需工时如上；不新增台账，不新增群。", "contact": "经办人 000-81890000"}
	if w.end != 0 {
		in["end"] = s.date(w.end)
	}
	var rows []fields
	for _, p := range w.instalments {
		rows = append(rows, fields{"due": s.date(p.due), "amount": p.yuan * 100, "payee": "community"})
	}
	if rows != nil {
		in["instalments"] = rows
	}
	maps.Copy(in, w.more)
	return in
}

// file drafts an application and signs it.
func (s *story) file(w work) {
	s.on(w.filed-3, func() { s.open(w.key, w.department, "applications", "draft", s.form(w)) })
	s.on(w.filed, func() { s.do(w.key, w.department, "applications", "submit", nil) })
}

// consult takes a filed application to where the committees have answered and
// finance has looked.
func (s *story) consult(w work) {
	s.on(w.filed+2, func() { s.do(w.key, "office1", "applications", "accept", nil) })
	s.on(w.filed+4, func() {
		for i, c := range w.where {
			opinion := fields{"community": c, "opinion": "agree", "hours": w.hours}
			if i%4 == 3 {
				opinion["opinion"], opinion["conditions"] = "agree_if", "经费须先到社区账户。"
			}
			s.do(w.key, c, "applications", "answer", opinion)
		}
		for _, street := range streetsOf(w.where) {
			s.do(w.key, street, "applications", "consent", fields{"street": street, "given": "yes", "arrangement": "街道同意，由社区办统一安排时间，与网格走访合并。"})
		}
		s.do(w.key, "finance", "applications", "check_money", fields{"funded": "yes", "note": "已列入年度预算。"})
	})
	s.on(w.filed+8, func() {
		s.do(w.key, "office2", "applications", "propose", fields{"recommend": "approve", "text": "材料齐全，社区意见一致，建议准入。"})
	})
}

// streetsOf are the streets of some communities, each once.
func streetsOf(where []string) []string {
	var out []string
	for _, c := range communities {
		if slices.Contains(where, c.code) && !slices.Contains(out, c.street) {
			out = append(out, c.street)
		}
	}
	return out
}

// admit takes an application all the way to an item.
func (s *story) admit(w work) {
	s.file(w)
	s.consult(w)
	s.on(w.filed+11, func() { s.decide(w) })
}

// decide admits: the joint conference for class A, the head of the office otherwise.
func (s *story) decide(w work) {
	in := fields{}
	maps.Copy(in, w.decision)
	by := "office"
	if s.classA(w) {
		by, in["minutes"] = "conference", "江准联纪要〔"+s.date(w.filed)[:4]+"〕"+s.date(w.filed)[5:7]+"号"
	}
	s.do(w.key, by, "applications", "approve", in)
	if s.err == nil {
		s.ids[w.item()], s.err = s.Item(s.ctx, s.ids[w.key])
	}
}

func (s *story) classA(w work) bool {
	if len(w.where) > s.Portal.Settings().Int("adm.classA_communities") {
		return true
	}
	for _, k := range w.kinds {
		if k == "organisation" || k == "plaque" || k == "appraisal" {
			return true
		}
	}
	return false
}

func (w work) item() string { return "item of " + w.key }

// pay lets the department pay the n-th instalment to some communities.
func (s *story) pay(w work, n, at int, where ...string) {
	s.on(at, func() {
		for _, c := range where {
			s.open(payment(w, n, c), w.department, "payments", "claim", fields{"item": s.ids[w.item()], "community": c, "instalment": n,
				"amount": w.instalments[n-1].yuan * 100, "voucher": "JX" + s.date(at)[2:4] + s.date(at)[5:7] + c[:2], "paid_on": s.date(at)})
		}
	})
}

// receive lets the committees confirm that the money has arrived.
func (s *story) receive(w work, n, at int, where ...string) {
	s.on(at, func() {
		for _, c := range where {
			s.do(payment(w, n, c), c, "payments", "confirm", nil)
		}
	})
}

func payment(w work, n int, community string) string {
	return w.key + " payment " + string(rune('0'+n)) + " " + community
}

// begin lets the committees confirm money, powers and staff, so that work is in force.
func (s *story) begin(w work, at int, where ...string) {
	s.on(at, func() {
		for _, c := range where {
			s.do(w.item(), c, "items", "confirm", fields{"community": c, "powers_in": true, "staff_in": w.more["transferred"] == true})
		}
	})
}

// enter takes work from the application to being in force everywhere, its
// first instalment paid and confirmed.
func (s *story) enter(w work) {
	s.admit(w)
	if len(w.instalments) > 0 {
		s.pay(w, 1, w.filed+14, w.where...)
		s.receive(w, 1, w.filed+17, w.where...)
	}
	s.begin(w, w.filed+20, w.where...)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
