package catalogue

import (
	"strings"
	"testing"
	"time"

	"gatehouse/server/store"
	"gatehouse/web"
)

// seedCards are the embedded lists as if all were in force.
func seedCards() []*card {
	x := index{byID: map[string]*card{}}
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, w := range seedLines() {
		e := &Entry{Wording: w, PublishedAt: &at, Edition: 2026, Version: 1}
		e.Meta = store.Meta{ID: w.Code, Revision: 1}
		x.put(e)
	}
	return x.inForce(at.AddDate(0, 6, 0))
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	cards := seedCards()
	for _, c := range []struct {
		title   string
		kinds   string
		verdict string
		rule    string
		cites   string
	}{
		// R21: the negative list, also hidden in a long title, also beside a listed duty.
		{"招商线索摸排", "", Never, "R21", "FM-01"},
		{"招商引资任务", "", Never, "R21", "FM-01"},
		{"關於下達招商引資任務的通知", "", Never, "R21", "FM-01"},
		{"关于开展2026年度消防安全宣传、养老服务、招商引资线索报送和老旧小区改造等重点工作的通知", "", Never, "R21", "FM-01"},
		{"协助税务部门开展协税护税", "", Never, "R21", "FM-02"},
		{"社区经济创收指标", "", Never, "R21", "FM-03"},
		{"占道经营整治", "", Never, "R21", "FM-07"},
		{"拆迁拆违包干", "", Never, "R21", "FM-05"},
		// R142: what a higher department took back.
		{"违法建筑的认定和处罚", "", Never, "R142", "SH-01"},
		{"餐饮食品抽检", "", Never, "R142", "SH-05"},
		{"請社區開展房屋安全鑑定", "", Never, "R142", "SH-06"},
		{"特种设备的安全检查", "appraisal", Never, "R142", "SH-03"},
		// R2: listed duties.
		{"协助办理高龄津贴", "", MustAssist, "R2", "XZ-05"},
		{"協助辦理高齡津貼", "", MustAssist, "R2", "XZ-05"},
		{"协助办理高龄津贴", "task", MustAssist, "R2", "XZ-05"},
		{"高龄津贴发放工作", "", MustAssist, "R2", "XZ-05"},
		{"人民调解", "", MustAssist, "R2", "FZ-06"},
		{"邻里纠纷调解", "", MustAssist, "R2", "FZ-06"},
		{"居民委员会换届选举", "", MustAssist, "R2", "FZ-08"},
		{"消防安全宣传", "", MustAssist, "R2", "FZ-17"},
		{"关于开展２０２６年第一季度反诈宣传的通知", "", MustAssist, "R2", "XZ-31"},
		{"第八次全国人口普查", "survey", MustAssist, "R2", "XZ-43"},
		{"兵役登记", "", MustAssist, "R2", "XZ-14"},
		{"业主大会成立", "", MustAssist, "R2", "FZ-26"},
		// R20: the admitted routine.
		{"春季就业招聘会", "", Routine, "R20", "ZR-05"},
		{"社区义诊", "", Routine, "R20", "ZR-01"},
		{"公益电影放映", "", Routine, "R20", "ZR-03"},
		// R20 and R3: something new on top of what is listed.
		{"公益电影放映满意度问卷", "", NeedsAdmission, "R20", "ZR-03"},
		{"社区义诊", "ledger", NeedsAdmission, "R20", "ZR-01"},
		{"高龄津贴普查", "", NeedsAdmission, "R3", "XZ-05"},
		{"高龄津贴", "survey", NeedsAdmission, "R3", "XZ-05"},
		{"反诈宣传App下载指标", "", NeedsAdmission, "R3", ""},
		{"高龄津贴入户核查", "", NeedsAdmission, "R3", "XZ-05"},
		{"apply for the old-age allowance app", "", NeedsAdmission, "R3", ""},
		{"Happy applause", "", NeedsAdmission, "R3", ""},
		{"Help with applications for medical relief", "", MustAssist, "R2", "XZ-04"},
		{"消防安全责任书", "", NeedsAdmission, "R3", ""},
		{"垃圾分类宣传考核", "", NeedsAdmission, "R3", "FZ-16"},
		// R3: what no list has.
		{"消防安全入户排查", "", NeedsAdmission, "R3", ""},
		{"住户出行调查", "", NeedsAdmission, "R3", ""},
		{"图书室挂牌", "", NeedsAdmission, "R3", ""},
		{"模范社区读书奖评选", "", NeedsAdmission, "R3", ""},
		{"Health app install quota", "", NeedsAdmission, "R3", ""},
		{"招商银行便民服务点", "", Unclear, "R3", ""},
		{"税法宣传进社区", "", Unclear, "R3", ""},
		{"篮球比赛", "", NeedsAdmission, "R3", ""},
		{"", "", NeedsAdmission, "R3", ""},
		{"！？……", "", NeedsAdmission, "R3", ""},
		// In doubt the title is shown what is similar and asked to apply.
		{"独居老人冬季上门探访", "", Unclear, "R3", ""},
		{"低保对象参加义务劳动", "", NeedsAdmission, "R3", ""},
		{"高龄津贴领取人员集中学习新时代文明实践要求", "", Unclear, "R3", ""},
		{"城市管理", "", Unclear, "R3", ""},
	} {
		v := judge(cards, c.title, strings.Fields(c.kinds), "")
		cites := ""
		if v.Cited != nil {
			cites = v.Cited.Entry.Code
		}
		if v.Verdict != c.verdict || v.Rule != c.rule || cites != c.cites {
			t.Errorf("%s %s: %s %s %s, want %s %s %s", c.title, c.kinds, v.Verdict, v.Rule, cites, c.verdict, c.rule, c.cites)
			for _, m := range v.Matches {
				t.Logf("    %d %s %s (new %q)", m.Score, m.Entry.Code, m.Entry.Title, m.new)
			}
		}
		for _, l := range web.Langs {
			if s := v.Sentence(l); strings.HasPrefix(s, "check.") {
				t.Errorf("%s: no sentence in %s: %s", c.title, l, s)
			}
		}
	}
}

func TestRoutineOfAnotherDepartment(t *testing.T) {
	t.Parallel()
	cards := seedCards()
	for _, c := range cards {
		if c.Code == "ZR-01" {
			c.Department = "health"
		}
	}
	for department, want := range map[string]string{"": Routine, "health": Routine, "fire": NeedsAdmission} {
		if v := judge(cards, "社区义诊", nil, department); v.Verdict != want {
			t.Errorf("asked by %q: %s, want %s (R20)", department, v.Verdict, want)
		}
	}
}

// Every entry is found by its own title, in both scripts, and by each of its keywords.
func TestEveryEntryFindsItself(t *testing.T) {
	t.Parallel()
	cards := seedCards()
	for _, c := range cards {
		for _, title := range append(c.words(), c.Title, c.TitleHant, strings.ToUpper(c.TitleEn)) {
			v := judge(cards, title, nil, "")
			found := false
			for _, m := range v.Matches {
				found = found || m.ID == c.ID && m.Score >= Strong
			}
			if !found || v.Verdict == Unclear {
				t.Errorf("%s by %q: %s", c.Code, title, v.Verdict)
			}
			if bars(c.List) && v.Verdict != Never {
				t.Errorf("%s by %q: %s, want never", c.Code, title, v.Verdict)
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"臺帳檢查": "台账检查", "ＡＰＰ　下載": "app　下载", "調查統計": "调查统计", "高齡津貼": "高龄津贴"} {
		if got := fold(in); got != want {
			t.Errorf("fold(%s) = %s, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{"关于开展2026年度义诊工作的通知": "义诊", "二〇二六年第一季度普法": "普法", "App下载，打卡": "app 下载 打卡", "the app": "app"} {
		if got := newPhrase(in).text; got != want {
			t.Errorf("phrase of %s = %q, want %q", in, got, want)
		}
	}
}

func FuzzJudge(f *testing.F) {
	cards := seedCards()
	f.Add("招商引资任务")
	f.Add("app\xff 义诊")
	f.Fuzz(func(t *testing.T, title string) {
		a, b := judge(cards, title, nil, ""), judge(cards, title, nil, "")
		if a.Verdict != b.Verdict || len(a.Matches) != len(b.Matches) || len(a.Matches) > maxMatches {
			t.Fatalf("%q: %v and %v", title, a, b)
		}
		for _, m := range a.Matches {
			if m.Score < Weak || m.Score > 100 {
				t.Fatalf("%q scores %d", title, m.Score)
			}
		}
		if strings.Contains(title, "招商引资") && a.Verdict != Never {
			t.Fatalf("%q: %s", title, a.Verdict)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	cards := seedCards()
	for b.Loop() {
		judge(cards, "关于开展2026年度消防安全宣传、养老服务和老旧小区改造等重点工作的通知", nil, "")
	}
}
