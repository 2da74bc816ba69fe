package demo

import (
	"fmt"
	"strings"

	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
)

// Password opens every account of the demo city.
const Password = "yunting-2026"

type name struct{ hans, hant, en string }

type community struct {
	code, street string
	name
	households int
}

var streets = []struct {
	code string
	name
}{
	{"liuxi", name{"柳溪街道", "柳溪街道", "Liuxi Street"}},
	{"beitang", name{"北塘街道", "北塘街道", "Beitang Street"}},
	{"wanghai", name{"望海街道", "望海街道", "Wanghai Street"}},
}

var communities = []community{
	{"hehua", "liuxi", name{"荷花社区", "荷花社區", "Hehua"}, 2140},
	{"shuangqiao", "liuxi", name{"双桥社区", "雙橋社區", "Shuangqiao"}, 1860},
	{"yinxing", "liuxi", name{"银杏社区", "銀杏社區", "Yinxing"}, 1320},
	{"guangming", "beitang", name{"光明社区", "光明社區", "Guangming"}, 2780},
	{"zhongxin", "beitang", name{"中心社区", "中心社區", "Zhongxin"}, 2460},
	{"laochang", "beitang", name{"老厂社区", "老廠社區", "Laochang"}, 1090},
	{"tielu", "beitang", name{"铁路社区", "鐵路社區", "Tielu"}, 980},
	{"yugang", "wanghai", name{"渔港社区", "漁港社區", "Yugang"}, 1540},
	{"xincheng", "wanghai", name{"新城社区", "新城社區", "Xincheng"}, 2930},
	{"songtao", "wanghai", name{"松涛社区", "松濤社區", "Songtao"}, 1210},
}

// all are the codes of all communities.
func all() []string {
	out := make([]string, len(communities))
	for i, c := range communities {
		out[i] = c.code
	}
	return out
}

const city, district = "yunting", "jiangxin"

var departments = []struct {
	code, level, kind string
	name
	head string
}{
	{"civil-affairs", "district", "functional", name{"区民政局", "區民政局", "Civil Affairs Bureau"}, "沈砚"},
	{"fire-rescue", "district", "functional", name{"区消防救援局", "區消防救援局", "Fire Rescue Bureau"}, "贺征"},
	{"culture", "district", "functional", name{"区文旅局", "區文旅局", "Culture and Tourism Bureau"}, "林画"},
	{"city-management", "district", "functional", name{"区城管局", "區城管局", "City Management Bureau"}, "高朗"},
	{"health", "district", "functional", name{"区卫健局", "區衛健局", "Health Bureau"}, "白芷"},
	{"human-resources", "district", "functional", name{"区人社局", "區人社局", "Human Resources Bureau"}, "方启"},
	{"housing", "district", "functional", name{"区住建局", "區住建局", "Housing Bureau"}, "梁筑"},
	{"market", "district", "functional", name{"区市场监管局", "區市場監管局", "Market Regulation Bureau"}, "秦衡"},
	{"justice", "district", "functional", name{"区司法局", "區司法局", "Justice Bureau"}, "陆明"},
	{"disabled", "district", "functional", name{"区残联", "區殘聯", "Disabled Persons' Federation"}, "苏和"},
	{"science", "district", "functional", name{"区科协", "區科協", "Science Association"}, "严知"},
	{"statistics", "city", "functional", name{"市统计局", "市統計局", "City Statistics Bureau"}, "甘数"},
	{"finance", "district", "finance", name{"区财政局", "區財政局", "Finance Bureau"}, ""},
	{"access-office", "district", "office", name{"区社区准入办", "區社區准入辦", "Community Gatekeeping Office"}, ""},
}

// person is one sign-in of the demo city.
type person struct {
	login, name, post, role, place, department string
}

var heads = []string{"周芳", "吴静", "郑兰", "王敏", "冯桥", "陈厂", "褚铁", "卫港", "蒋新", "韩松"}
var clerks = []string{"杨青", "朱荷", "秦叶", "尤光", "许中", "何工", "吕轨", "施渔", "张城", "孔涛"}

var streetNames = []string{"柳江", "北辰", "海青"}

func people() []person {
	ps := []person{
		{"office", "孟准", "准入办主任", "office_head", district, ""},
		{"office1", "欧阳审", "准入办审查员", "office_staff", district, ""},
		{"office2", "司徒核", "准入办审查员", "office_staff", district, ""},
		{"conference", "上官议", "联席会议秘书", "conference", district, ""},
		{"finance", "钱谷", "财政局审核员", "finance", district, ""},
		{"civil", "江怀民", "民政局基层政权科科长", "civil_affairs", district, ""},
		{"finance2", "金算", "财政局审核员", "finance", district, ""},
		{"emergency", "应急", "区应急指挥部值班长", "emergency_authority", district, ""},
		{"auditor", "明鉴", "审计局审计员", "auditor", city, ""},
	}
	ps = append(ps, person{"wuye", "温守", "光明花园物业项目经理", "manager", "guangming", ""})
	for i, c := range communities {
		ps = append(ps, person{c.code, heads[i], c.hans + "居委会主任", "committee_head", c.code, ""},
			person{c.code + "2", clerks[i], c.hans + "居委会干事", "committee_staff", c.code, ""})
	}
	for i, st := range streets {
		ps = append(ps, person{st.code, streetNames[i], st.hans + "社区办干部", "street_cadre", st.code, ""})
	}
	for _, d := range departments {
		if d.head == "" {
			continue
		}
		at := district
		if d.level == "city" {
			at = city
		}
		ps = append(ps, person{d.code, d.head, d.hans + "负责人", "dept_head", at, d.code})
	}
	ps = append(append(append(ps, hotlinePeople...), callBack...), vendorPeople...)
	return append(ps, person{"fire.clerk", "雷小安", "区消防救援局经办人", "dept_clerk", district, "fire-rescue"},
		person{"health.clerk", "杜小康", "区卫健局经办人", "dept_clerk", district, "health"})
}

// found builds the city: places, departments, people, item lists.
func (s *story) found() {
	s.open("", "", "areas", "found", fields{"code": city, "level": "city", "name_hans": "云汀市", "name_hant": "雲汀市", "name_en": "Yunting City"})
	s.open("", "", "areas", "found", fields{"code": district, "level": "district", "parent": city, "name_hans": "江心区", "name_hant": "江心區", "name_en": "Jiangxin District"})
	s.open("", "", "users", "register", fields{"login": "admin", "name": "管理员", "post": "系统管理员", "password": Password, "role": "admin", "place": city})
	for _, st := range streets {
		s.open("", "admin", "areas", "found", fields{"code": st.code, "level": "street", "parent": district, "name_hans": st.hans, "name_hant": st.hant, "name_en": st.en})
	}
	for i, c := range communities {
		s.open("", "admin", "areas", "found", fields{"code": c.code, "level": "community", "parent": c.street, "name_hans": c.hans, "name_hant": c.hant, "name_en": c.en,
			"households": c.households, "residents": c.households * 26 / 10, "members": 5 + c.households/1000, "phone": fmt.Sprintf("000-8189%04d", 101+i), "hours": "08:30–17:30", "term_until": s.days(900)})
	}
	for _, d := range departments {
		in := fields{"code": d.code, "level": d.level, "kind": d.kind, "place": district, "name_hans": d.hans, "name_hant": d.hant, "name_en": d.en}
		if d.level == "city" {
			in["place"] = city
		}
		s.open("", "admin", "departments", "found", in)
	}
	for _, p := range people() {
		in := fields{"login": p.login, "name": p.name, "post": p.post, "password": Password, "role": p.role, "place": p.place}
		if p.department != "" {
			in["department"] = p.department
		}
		s.open("", "admin", "users", "register", in)
	}
	if s.err == nil {
		s.err = s.lists()
	}
}

func (s *story) lists() error {
	office, _ := s.Person("office1")
	conference, _ := s.Person("conference")
	year := s.Portal.Clock().In(calendar.City).Year()
	return s.Seed(s.ctx, lifecycle.Actor{ID: office}, lifecycle.Actor{ID: conference}, year, fmt.Sprintf("江准联〔%d〕1号", year))
}

// SignIns lists who can sign in, for the console.
func SignIns() string {
	listed := append([]person{{login: "admin", name: "管理员", post: "系统管理员"}}, people()...)
	for _, f := range firms {
		listed = append(listed, person{login: f.login, name: f.boss, post: f.name + "负责人"})
	}
	var b strings.Builder
	fmt.Fprintf(&b, "Demo city Yunting · 云汀市. Password of every account: %s\n", Password)
	for _, p := range listed {
		fmt.Fprintf(&b, "  %-16s %s · %s\n", p.login, p.name, p.post)
	}
	return b.String()
}
