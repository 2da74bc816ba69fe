package demo

import (
	"fmt"
	"strings"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// assistance: what the assistance list asks of communities all year is agreed
// on. Hehua has signed with Civil Affairs and with its street, Shuangqiao has
// sent an offer back, Yinxing was asked for help and nobody has offered
// anything in time (R32).
func (s *story) assistance() {
	terms := func(code string, yuan int, paid, powers string) fields {
		return fields{"entry": s.entry(code), "money": yuan * 100, "paid": paid, "powers": powers}
	}
	allowance := func() []fields {
		return []fields{terms("XZ-05", 4800, "half_yearly", "可以核对高龄老人名册，可以要求区民政局五日内更正错漏。"),
			terms("XZ-06", 7200, "quarterly", "可以安排探访，可以调配区民政局派来的养老服务员。")}
	}
	draft := func(name, community string, at int) {
		s.on(at, func() {
			s.open(name, "civil-affairs", "agreements", "draft", fields{"department": "civil-affairs", "community": community, "year": s.day.Year(), "lines": allowance()})
		})
	}
	sign := func(name, committee, government string, at int) {
		s.on(at, func() { s.do(name, committee, "agreements", "agree", nil) })
		s.on(at+1, func() { s.do(name, government, "agreements", "sign", nil) })
	}
	draft("agreement hehua", "hehua", -48)
	sign("agreement hehua", "hehua", "civil-affairs", -46)
	draft("agreement shuangqiao", "shuangqiao", -20)
	s.on(-18, func() {
		s.do("agreement shuangqiao", "shuangqiao", "agreements", "send_back", fields{"wish": "双桥老人多，经费请按实际人数算；派来的养老服务员要写明每周到岗几天。"})
	})
	s.on(-47, func() {
		s.open("agreement street", "liuxi", "agreements", "draft_street", fields{"community": "hehua", "year": s.day.Year(), "lines": []fields{
			terms("XZ-32", 3600, "in_advance", "可以劝导清理楼道杂物，劝导无效的报街道处理。"), terms("XZ-38", 0, "none", "可以按已签订的服务单安排桶边引导。")}})
	})
	sign("agreement street", "hehua", "liuxi", -45)
	s.on(-30, func() {
		start := max(s.date(-30), s.day.Format("2006")+"-01-01")
		s.open("duty blood", "health.clerk", "items", "call_duty", fields{"department": "health", "entry": s.entry("XZ-23"), "communities": []string{"yinxing"},
			"asked": "在社区宣传栏张贴无偿献血通知，提前三天告知居民采血车的时间和地点。", "start": start, "end": s.days(150)})
	})
}

// entry finds an entry of the item lists by its code.
func (s *story) entry(code string) string {
	if s.err != nil {
		return ""
	}
	person, _ := s.Person("office1")
	os, err := s.Portal.Options(s.ctx, portal.Visitor{Actor: lifecycle.Actor{ID: person}, Lang: web.Simplified}, "catalogue_assistance")
	if err != nil {
		s.err = err
		return ""
	}
	for _, o := range os["catalogue_assistance"] {
		if strings.HasPrefix(o.Text, code+" ") {
			return o.Value
		}
	}
	s.err = fmt.Errorf("no entry %s on %s", code, s.Portal.Clock().Format(time.DateOnly))
	return ""
}
