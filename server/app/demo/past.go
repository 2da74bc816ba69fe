package demo

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// What residents called about in the ninety days before: the table that the
// old hotline kept, brought in by the portal's own import.
const (
	pastDays   = 90
	pastPerDay = 30
	pastSeed   = 81890
)

// topic is what is called about: how often, how, and what came of it.
type topic struct {
	category, kind string // the type as the table writes it
	weight         int
	words          []string // {p} is the place
	results        []string
}

var topics = []topic{
	{"101", "求助", 14, []string{"{p}门口的路灯不亮，老人晚上不敢出门。", "{p}旁边两盏路灯一闪一闪的，好几天了。", "{p}到公交站那段路没有灯，孩子放学看不见。"}, []string{"已更换灯泡，现场亮灯。", "线路受潮，已抢修恢复。"}},
	{"102", "求助", 9, []string{"{p}前面人行道塌了一块，绊倒过人。", "{p}路口有个大坑，下雨积水看不见。"}, []string{"已铺平，设了警示。", "已列入本周养护，现已修好。"}},
	{"103", "求助", 4, []string{"{p}旁边井盖翘起来了，骑车很危险。", "{p}后面井盖不见了，放了个树枝。"}, []string{"当日更换井盖。", "已加固并复位。"}},
	{"201", "求助", 8, []string{"{p}整栋没水，没看到通知。", "{p}水压太小，六楼上不了水。"}, []string{"水泵跳闸，已恢复供水。", "阀门已检修，水压正常。"}},
	{"202", "求助", 6, []string{"{p}半夜停电，家里有制氧机。", "{p}一开空调就跳闸，整个单元都这样。"}, []string{"变压器熔丝已更换，恢复供电。", "已扩容。"}},
	{"203", "求助", 3, []string{"{p}楼道里有煤气味。"}, []string{"接头松动，已紧固并测漏。"}},
	{"205", "求助", 3, []string{"{p}路边水管爆了，水冲到马路上。", "{p}地下冒水，越来越大。"}, []string{"两小时内止水，次日回填路面。"}},
	{"301", "投诉", 26, []string{"{p}的垃圾两天没清，味道很大。", "{p}楼下堆了装修垃圾，没人管。", "{p}垃圾分类点晚上就满，苍蝇多。"}, []string{"已清运，并加密到每日两次。", "已联系物业清走，责任人已提醒。"}},
	{"302", "投诉", 24, []string{"{p}旁边工地半夜还在打桩。", "{p}广场舞音响太大，孩子没法写作业。", "{p}楼上装修，中午也不停。"}, []string{"已到现场，责令停止夜间施工。", "已约定音量和时间，双方签字。"}},
	{"303", "投诉", 8, []string{"{p}下水道堵了，污水流到路上。", "{p}化粪池满了，一楼返臭。"}, []string{"已疏通清掏。", "管道已更换一段，恢复正常。"}},
	{"401", "投诉", 13, []string{"{p}电梯一个月坏了三次。", "{p}电梯关门夹人，物业说等配件。", "{p}电梯抖得厉害，老人不敢坐。"}, []string{"配件到货已更换，维保单位已约谈。", "已停用检修，次日恢复。"}},
	{"402", "投诉", 16, []string{"{p}物业涨了物业费，没有征求意见。", "{p}小区门禁坏了一个月，物业不修。", "{p}公共收益从来没公布过。"}, []string{"已督促物业公示，并恢复原价。", "物业已修复并公布收支。"}},
	{"403", "举报", 7, []string{"{p}顶楼有人搭阳光房。", "{p}一楼把绿地围起来盖小屋。"}, []string{"经查属实，已责令限期拆除。", "现场已拆除。"}},
	{"501", "投诉", 18, []string{"{p}消防通道天天停满车。", "{p}人行道上都是汽车，婴儿车走不过去。"}, []string{"已贴单并拖移两辆，加装隔离桩。", "已增加巡查。"}},
	{"502", "投诉", 12, []string{"{p}门口烧烤摊油烟熏人。", "{p}早市把路占了，公交车进不来。"}, []string{"已引导到疏导点经营。", "已清理，并约谈摊主。"}},
	{"601", "举报", 7, []string{"{p}旁边小超市卖过期牛奶。", "{p}外卖里吃出异物，店家不认。"}, []string{"已立案，商家已赔付。", "现场检查，责令整改。"}},
	{"602", "投诉", 8, []string{"{p}健身房关门，年卡不退。", "{p}买的电动车有问题，店家不肯换。"}, []string{"已调解退款。", "双方和解，商家更换电池。"}},
	{"701", "咨询", 10, []string{"换了工作，医保断了两个月能不能补？", "养老金资格认证不会用手机怎么办？"}, []string{"已告知补缴办法。", "已上门协助认证。"}},
	{"702", "咨询", 9, []string{"母亲满八十了，高龄津贴怎么领？", "想给残疾的弟弟申请轮椅，找谁？"}, []string{"已告知材料和窗口。", "已登记，由社区上门办理。"}},
	{"703", "咨询", 5, []string{"招聘会什么时候有？", "失业登记要带什么？"}, []string{"已告知时间地点。"}},
	{"801", "求助", 6, []string{"{p}邻居把鞋柜放楼道，想请居委会调解。", "居委会活动室周末能不能开门？"}, []string{"已调解，鞋柜移走。", "自下周起周六上午开放。"}},
	{"802", "咨询", 1, []string{"又有人上门登记信息，是正规的吗？"}, []string{"该事项没有准入，已告知可以不填。"}},
	{"901", "求助", 3, []string{"{p}想请人擦玻璃，多少钱？"}, []string{"已转签约服务商，当日完成。"}},
	{"905", "求助", 4, []string{"{p}厨房下水堵了，想找师傅。"}, []string{"已上门疏通，收费六十元。"}},
}

var lanes = []string{"幸福里", "和平巷", "永安坊", "文昌里", "育才路", "海棠苑"}

// slow units close late more often, and their callers are less content.
var slow = map[string]int{"city-management": 12, "housing": 22, "market": 8, "human-resources": 5, "civil-affairs": 4, "liuxi": 6, "beitang": 18, "wanghai": 10}

// pastTable is the old hotline's table up to a moment, the same every time.
func pastTable(until time.Time) ([]byte, error) {
	r := rand.New(rand.NewPCG(pastSeed, 1))
	p := workbook.Page{Name: "历史工单", Head: []string{"工单编号", "来电时间", "诉求内容", "诉求类型", "诉求类别", "社区", "地址", "承办单位", "签收时间", "联系时间", "办结时间", "办理结果", "是否解决", "满意度", "联系电话"}}
	total := 0
	for _, t := range topics {
		total += t.weight
	}
	day := time.Date(until.Year(), until.Month(), until.Day(), 0, 0, 0, 0, calendar.City)
	for d := pastDays; d > 0; d-- {
		for n := range pastPerDay - 4 + r.IntN(9) {
			at := day.AddDate(0, 0, -d).Add(time.Duration(7*60+r.IntN(14*60)) * time.Minute)
			p.Rows = append(p.Rows, pastRow(r, pick(r, total), at, until, n))
		}
	}
	return workbook.Write(p)
}

func pick(r *rand.Rand, total int) topic {
	n := r.IntN(total)
	for _, t := range topics {
		if n -= t.weight; n < 0 {
			return t
		}
	}
	return topics[0]
}

func pastRow(r *rand.Rand, t topic, at, until time.Time, n int) []any {
	c := communities[r.IntN(len(communities))]
	place := fmt.Sprintf("%s%d号楼", lanes[r.IntN(len(lanes))], 1+r.IntN(18))
	unit, named := unitFor(t.category, c)
	signed := at.Add(time.Duration(5+r.IntN(80)) * time.Minute)
	contacted := signed.Add(time.Duration(10+r.IntN(300)) * time.Minute)
	closed := contacted.Add(spent(r, t.category))
	late := r.IntN(100) < slow[unit]
	if late {
		closed = closed.AddDate(0, 0, 8+r.IntN(8))
	}
	if closed.After(until) {
		closed = until.Add(-time.Duration(1+r.IntN(60)) * time.Minute)
	}
	if contacted.After(closed) {
		contacted = closed
	}
	if signed.After(contacted) {
		signed = contacted
	}
	solved, grade := verdict(r, slow[unit], late)
	write := func(x time.Time) string { return x.In(calendar.City).Format("2006-01-02 15:04") }
	return []any{fmt.Sprintf("JX%s%03d", at.Format("20060102"), n+1), write(at), strings.ReplaceAll(t.words[r.IntN(len(t.words))], "{p}", c.hans+place), t.kind, web.Simplified.T("category." + t.category),
		c.hans, place, named, write(signed), write(contacted), write(closed), t.results[r.IntN(len(t.results))], solved, grade, fmt.Sprintf("0008189%04d", r.IntN(1200))}
}

// spent is how long the work itself takes.
func spent(r *rand.Rand, category string) time.Duration {
	switch category {
	case "103", "205":
		return time.Duration(20+r.IntN(60)) * time.Minute
	case "201", "202", "203":
		return time.Duration(60+r.IntN(700)) * time.Minute
	case "402", "403":
		return time.Duration(24+r.IntN(260)) * time.Hour
	case "701", "702", "703", "802":
		return time.Duration(30+r.IntN(600)) * time.Minute
	}
	return time.Duration(4+r.IntN(130)) * time.Hour
}

func verdict(r *rand.Rand, slow int, late bool) (solved, grade string) {
	n := r.IntN(100)
	if late {
		n += 15
	}
	switch {
	case n < 8:
		return "未联系上", ""
	case n > 97-slow:
		return "否", []string{"不满意", "非常不满意"}[r.IntN(2)]
	case n > 90-slow:
		return "部分解决", "基本满意"
	}
	return "是", []string{"非常满意", "满意", "满意"}[r.IntN(3)]
}

// unitFor is who handled a category then: what its street does, or the
// district's department; social services were a vendor's. Rubbish behind the
// fishing harbour went to the street in the end, whatever the list said.
func unitFor(category string, c community) (id, named string) {
	if category == "801" || category == "301" && c.code == "yugang" {
		for _, s := range streets {
			if s.code == c.street {
				return s.code, s.hans
			}
		}
	}
	for _, u := range unitsOf {
		for _, d := range departments {
			if u.category == category && d.code == u.unit {
				return d.code, d.hans
			}
		}
	}
	return "", ""
}

// pastOrders brings the table in as any centre would: uploaded, checked, confirmed.
func (s *story) pastOrders() {
	s.on(-4, func() {
		if s.err != nil {
			return
		}
		b, err := pastTable(s.Portal.Clock())
		if err != nil {
			s.err = err
			return
		}
		id, columns, err := s.Bring(s.ctx, "hotline", "旧热线工单台账.xlsx", b)
		if err != nil {
			s.err = fmt.Errorf("past orders: %w", err)
			return
		}
		s.ids["past"] = id
		s.do("past", "hotline", "batches", "map", columns)
		s.do("past", "hotline", "batches", "confirm", nil)
	})
}
