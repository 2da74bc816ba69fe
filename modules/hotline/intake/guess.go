package intake

import (
	"reflect"
	"strings"
)

// names are what columns are called in the tables that centres keep, by the
// field of Mapping; the more telling first.
var names = map[string][]string{
	"Opened":    {"反映时间", "受理时间", "来电时间", "登记时间", "诉求时间", "创建时间", "受理日期", "日期", "时间", "opened", "received", "created", "date"},
	"Words":     {"诉求内容", "反映内容", "来电内容", "工单内容", "问题描述", "内容", "描述", "事项", "words", "description", "content", "request"},
	"Type":      {"诉求类型", "工单类型", "诉求性质", "类型", "性质", "type"},
	"Category":  {"诉求类别", "问题类别", "事项分类", "类别", "分类", "category"},
	"Community": {"所属社区", "社区", "居委会", "community"},
	"Place":     {"详细地址", "事发地址", "地址", "地点", "位置", "address", "place", "location"},
	"Unit":      {"承办单位", "办理单位", "责任单位", "主办单位", "承办部门", "unit", "department", "handledby"},
	"Signed":    {"签收时间", "接单时间", "signed"},
	"Contacted": {"首次联系时间", "联系时间", "contacted"},
	"Closed":    {"办结时间", "完成时间", "结案时间", "办结日期", "closed", "finished", "completed"},
	"Result":    {"办理结果", "处理结果", "答复内容", "办理情况", "结果", "答复", "result", "reply", "answer"},
	"Solved":    {"是否解决", "解决情况", "解决", "solved", "resolved"},
	"Grade":     {"满意度", "满意情况", "是否满意", "评价", "satisfaction", "grade", "rating"},
	"Number":    {"工单编号", "工单号", "流水号", "受理编号", "编号", "单号", "number", "no", "id"},
	"Phone":     {"联系电话", "来电号码", "电话号码", "手机", "电话", "phone", "tel", "mobile"},
}

// order in which fields choose: who asks for something special comes first.
var order = []string{"Opened", "Signed", "Contacted", "Closed", "Number", "Phone", "Words", "Result", "Category", "Type", "Community", "Place", "Unit", "Solved", "Grade"}

// guess maps columns by their names: one that is called so, then one whose
// name holds the word. No column is taken twice.
func guess(head []string) Mapping {
	var m Mapping
	taken := map[string]bool{}
	v := reflect.ValueOf(&m).Elem()
	for _, exact := range []bool{true, false} {
		for _, field := range order {
			if f := v.FieldByName(field); f.String() == "" {
				f.SetString(pick(head, names[field], exact, taken))
			}
		}
	}
	return m
}

func pick(head, words []string, exact bool, taken map[string]bool) string {
	for _, w := range words {
		for _, h := range head {
			p := plain(h)
			if taken[h] || p != w && (exact || len(w) < 3 || !strings.Contains(p, w)) {
				continue
			}
			taken[h] = true
			return h
		}
	}
	return ""
}

// traditional forms in the names of columns.
var simple = strings.NewReplacer("時", "时", "間", "间", "來", "来", "電", "电", "話", "话", "號", "号", "碼", "码", "類", "类", "別", "别", "區", "区", "內", "内", "訴", "诉",
	"單", "单", "辦", "办", "結", "结", "處", "处", "答覆", "答复", "詳", "详", "細", "细", "責", "责", "門", "门", "滿", "满", "評", "评", "價", "价", "編", "编", "屬", "属", "點", "点",
	"問", "问", "題", "题", "創", "创", "決", "决", "況", "况", "聯", "联", "繫", "系", "機", "机", "完", "完", "發", "发", "記", "记", "錄", "录", "應", "应", "對", "对", "護", "护", "業", "业", "簽", "签")

// plain is a word without spaces, case, traditional forms and marks.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" _-*（）()：:\n\t／/·", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
	return simple.Replace(s)
}
