package demo

// runningAtLaunch: the regime starts; what ran before is listed. One thing has
// left, another has still to apply or to leave.
func (s *story) runningAtLaunch() {
	const launch = -110
	s.on(launch-4, func() {
		s.open("launch", "admin", "settings", "propose", fields{"key": "adm.launch", "value": s.date(launch), "effective_from": s.date(launch - 2), "document": "江准领导小组〔" + s.date(launch)[:4] + "〕3号", "reason": "准入制度启用",
			"also": []fields{{"key": "adm.transition_days", "value": "180"}}})
	})
	s.on(launch-3, func() { s.do("launch", "conference", "settings", "confirm", nil) })
	found := func(name, by, department, title, kind string, where []string, hours int) {
		s.open(name, by, "carryovers", "register", fields{"department": department, "title": title, "kinds": []string{kind}, "communities": where,
			"since": s.date(-240), "hours": hours, "evidence": "社区台账和部门通知可查。"})
	}
	s.on(launch+6, func() {
		found("old photos", "office1", "culture", "文明劝导拍照上传", "task", []string{"hehua", "zhongxin"}, 9)
		found("old rounds", "yugang2", "market", "食品摊点情况周报", "ledger", []string{"yugang"}, 7)
	})
	s.on(launch+9, func() {
		for _, c := range []string{"hehua", "zhongxin"} {
			s.do("old photos", c, "carryovers", "leave", fields{"community": c, "note": "部门书面通知停止。"})
		}
	})
}
