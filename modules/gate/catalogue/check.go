package catalogue

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/server/store"
	"gatehouse/web"
)

// The verdicts, and what each means to a department.
const (
	Never          = "never"           // R21, R142: may not enter; the entry is cited
	MustAssist     = "must_assist"     // R2: a listed duty, no application needed; the entry is cited
	Routine        = "routine"         // R20: admitted for the year, no application of its own
	NeedsAdmission = "needs_admission" // R3: anything else
	Unclear        = "unclear"         // R3: something similar is listed; without more, it needs admission
)

// Thresholds of a score, which runs from 0 to 100.
//
// A title that contains keywords or clauses of an entry scores 40 and, by the
// share of the title they cover, up to 60 more: half covered is Strong. A
// title that is only similar scores the share of bigrams in common, and below
// nearlySame that is never enough to exempt: 税法宣传 is not 宪法宣传. Long
// titles must not hide what is forbidden: a keyword of four characters or more
// of the negative or the taken-back list scores at least barredAnywhere,
// wherever it stands. Exemptions are given less easily than a request for
// admission: what is in doubt is Unclear.
const (
	Strong         = 70
	Weak           = 35
	nearlySame     = 85
	barredAnywhere = 80
	wholeInside    = 80 // the title is a part of four characters or more of an entry's wording
	vagueInside    = 50 // the same, but short, or on a list that forbids
)

// MaxTitle is how many characters of a title are looked at; a longer one is refused.
const MaxTitle = 200

const maxMatches = 5

// Kinds are the six kinds of work that need admission (R3).
var Kinds = []string{"organisation", "task", "appraisal", "plaque", "ledger", "survey"}

// markers are words by which a title shows that it brings something new,
// which a listed duty does not cover unless the entry says the word itself (R3, R20).
var markers = []struct {
	kind  string
	words []string
}{
	{"survey", []string{"调查", "普查", "摸底", "摸排", "排查", "统计", "问卷", "采集", "清查", "核查", "巡查", "入户", "survey", "census"}},
	{"appraisal", []string{"评比", "考核", "考评", "评选", "达标", "验收", "检查", "督查", "督导", "排名", "创建", "指标", "任务数", "打卡", "签到", "责任书", "appraisal", "ranking", "quota"}},
	{"plaque", []string{"挂牌", "牌匾", "授牌", "标牌", "铭牌", "plaque"}},
	{"ledger", []string{"台账", "建档", "档案", "报表", "填报", "app", "小程序", "公众号", "ledger"}},
	{"organisation", []string{"工作站", "服务站", "设立", "成立", "组建"}},
	{"task", []string{"培训", "training"}},
}

// Match is an entry that a title resembles.
type Match struct {
	ID    string
	Score int
	Entry *Entry
	new   string // what the title brings beyond the entry: a marker word or a kind
}

// Verdict is what the lists say about a title.
type Verdict struct {
	Verdict string
	Rule    string
	Cited   *Match // the entry the verdict stands on, if any
	New     string // why a listed duty does not exempt: a word of the title, or "t:check.kind.survey"
	Matches []Match
}

// Check tells what the lists in force at a moment say about a title. kinds may
// be empty; words of the title show them too. department is who asks, "" when
// nobody in particular: a routine entry of another department does not serve it.
func (c *Catalogue) Check(title string, kinds []string, department string, at time.Time) Verdict {
	return judge(c.index.inForce(at), title, kinds, department)
}

func judge(cards []*card, title string, kinds []string, department string) Verdict {
	q := newPhrase(title)
	v := Verdict{Verdict: NeedsAdmission, Rule: "R3"}
	for _, c := range cards {
		if s := score(q, c); s >= Weak {
			v.Matches = append(v.Matches, Match{ID: c.ID, Score: s, Entry: c.Entry, new: beyond(fold(title), kinds, c)})
		}
	}
	slices.SortStableFunc(v.Matches, func(a, b Match) int { return b.Score - a.Score })
	v.decide(department, marked(fold(title), kinds))
	if len(v.Matches) > maxMatches {
		v.Matches = v.Matches[:maxMatches]
	}
	return v
}

// decide: what forbids comes before what exempts, and what exempts must cover
// everything the title brings.
func (v *Verdict) decide(department string, marked bool) {
	if m := v.strongest(func(m *Match) bool { return bars(m.Entry.List) }); m != nil {
		v.cite(Never, m)
		return
	}
	var short *Match
	m := v.strongest(func(m *Match) bool {
		if bars(m.Entry.List) {
			return false
		}
		if m.new != "" || m.Entry.List == Admission && department != "" && m.Entry.Department != "" && m.Entry.Department != department {
			if short == nil {
				short = m
			}
			return false
		}
		return true
	})
	switch {
	case m != nil && m.Entry.List == Admission:
		v.cite(Routine, m)
	case m != nil:
		v.cite(MustAssist, m)
	case short != nil:
		v.New = short.new
		v.cite(NeedsAdmission, short)
		v.Rule = "R3"
		if short.Entry.List == Admission {
			v.Rule = "R20"
		}
	case len(v.Matches) > 0 && !marked:
		v.Verdict = Unclear
	}
}

func (v *Verdict) cite(verdict string, m *Match) {
	v.Verdict, v.Rule, v.Cited = verdict, ruleOf[m.Entry.List], m
}

func (v *Verdict) strongest(f func(*Match) bool) *Match {
	for i := range v.Matches {
		if m := v.Matches[i]; m.Score >= Strong && f(&m) {
			return &m
		}
	}
	return nil
}

func bars(list string) bool { return list == Negative || list == TakenBack }

// score compares a title with one entry.
func score(q phrase, c *card) int {
	if q.n == 0 {
		return 0
	}
	best := contained(q, c)
	inside := vagueInside
	if q.n >= 4 && !bars(c.List) {
		inside = wholeInside
	}
	for _, set := range [][]phrase{c.titles, c.keywords} {
		for _, p := range set {
			if _, _, ok := p.find(q); ok && q.n > 1 && p.text != q.text {
				best = max(best, inside)
			}
			best = max(best, similar(q, p, c.List))
		}
	}
	return min(best, 100)
}

func similar(q, p phrase, list string) int {
	s := q.alike(p)
	if s < nearlySame && !bars(list) {
		return min(s, Strong-1)
	}
	return s
}

// contained scores what of the title the entry's own words cover.
func contained(q phrase, c *card) int {
	covered, longest := make([]bool, len(q.text)), 0
	for _, set := range [][]phrase{c.keywords, c.clauses} {
		for _, p := range set {
			from, to, ok := q.find(p)
			if !ok {
				continue
			}
			longest = max(longest, p.n)
			for i := from; i < to; i++ {
				covered[i] = true
			}
		}
	}
	if longest == 0 {
		return 0
	}
	all, hit := 0, 0
	for i := range covered {
		if q.text[i] == ' ' {
			continue
		}
		all++
		if covered[i] {
			hit++
		}
	}
	s := 40 + 60*hit/all
	if bars(c.List) && longest >= 4 {
		s = max(s, barredAnywhere)
	}
	return s
}

// beyond names what the title or the kinds bring that the entry does not speak of.
func beyond(title string, kinds []string, c *card) string {
	for _, m := range markers {
		said := false
		for _, w := range m.words {
			here := says(c.text, w)
			said = said || here
			if !here && says(title, w) {
				return w
			}
		}
		if !said && m.kind != "task" && slices.Contains(kinds, m.kind) {
			return "t:check.kind." + m.kind
		}
	}
	return ""
}

// marked tells whether a title or its kinds show something that always applies.
func marked(title string, kinds []string) bool {
	if slices.ContainsFunc(kinds, func(k string) bool { return k != "task" }) {
		return true
	}
	for _, m := range markers {
		if slices.ContainsFunc(m.words, func(w string) bool { return says(title, w) }) {
			return true
		}
	}
	return false
}

// says tells whether a folded text has the word; one of Latin letters must be
// whole, or "apply" would ask for an app.
func says(text, w string) bool {
	i := strings.Index(text, w)
	if i < 0 || w[0] >= utf8.RuneSelf {
		return i >= 0
	}
	return slices.ContainsFunc(store.Runs(text), func(run string) bool { return slices.Contains(scripts(run), w) })
}

// Sentence says the verdict in plain words.
func (v Verdict) Sentence(l web.Lang) string {
	if v.Cited == nil {
		return l.T("check.sentence." + v.Verdict)
	}
	key := "check.sentence." + v.Verdict
	switch {
	case v.Verdict == Never && v.Cited.Entry.List == TakenBack:
		key += "_taken_back"
	case v.Verdict == NeedsAdmission && v.New != "":
		key += "_new"
	case v.Verdict == NeedsAdmission:
		key += "_other"
	}
	return l.T(key, "entry", v.Cited.Entry.Cite(l), "new", v.New)
}
