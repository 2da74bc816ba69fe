package catalogue

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"gatehouse/server/store"
)

var codePattern = regexp.MustCompile(`^[A-Z0-9]{1,6}(-[A-Z0-9]{1,6}){0,2}$`)

//go:embed data/variants.txt
var variantsFile string

// variants maps traditional characters to simplified ones: those of the
// entries the portal brings along, and some that titles use beside them.
var variants = sync.OnceValue(func() map[rune]rune {
	m := map[rune]rune{}
	for _, line := range strings.Split(variantsFile, "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		for _, pair := range strings.Fields(line) {
			r := []rune(pair)
			m[r[0]] = r[1]
		}
	}
	for _, l := range seedLines() {
		hans, hant := []rune(l.Title), []rune(l.TitleHant)
		for i := range min(len(hans), len(hant)) {
			if hans[i] != hant[i] {
				m[hant[i]] = hans[i]
			}
		}
	}
	return m
})

// fold makes writings of the same words equal: full-width and half-width,
// upper and lower case, traditional and simplified.
func fold(s string) string {
	v := variants()
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		if x, ok := v[r]; ok {
			return x
		}
		return unicode.ToLower(r)
	}, s)
}

var (
	// dates say when, not what.
	dates = regexp.MustCompile(`(20\d\d|[一二三四五六七八九〇零]{4})年度?|第[一二三四1-4]季度|[上下]半年|\d+月份?|\d+日`)
	// filler stands in any title and says nothing about the matter.
	filler = regexp.MustCompile(`关于|开展|进一步|扎实|深入|切实|全面|协助|配合|做好|加强|推进|落实|办理|全市|全区|全县|我市|我区|各街道|各社区|进社区|社区|辖区|工作方案|工作计划|工作通知|方案|通知`)
	// tail is the word for work where nothing follows it.
	tail = regexp.MustCompile(`工作(\s|$)`)
)

// phrase is a piece of text made ready to compare.
type phrase struct {
	text  string // its runs, apart by spaces
	n     int    // weight: one a Chinese character, one a word of another script
	grams map[string]bool
}

var smallWords = map[string]bool{"the": true, "of": true, "for": true, "and": true, "to": true, "in": true, "a": true, "an": true, "on": true, "with": true}

func newPhrase(s string) phrase {
	s = strings.ReplaceAll(fold(s), "的", "")
	s = dates.ReplaceAllString(s, " ")
	s = tail.ReplaceAllString(filler.ReplaceAllString(s, " "), " ")
	p := phrase{grams: map[string]bool{}}
	var runs []string
	for _, run := range store.Runs(s) {
		for _, part := range scripts(run) {
			han := unicode.Is(unicode.Han, []rune(part)[0])
			if !han && smallWords[part] {
				continue
			}
			runs = append(runs, part)
			if !han {
				p.n++
				p.grams[part] = true
				continue
			}
			p.n += len([]rune(part))
			for _, g := range store.Grams(part) {
				p.grams[g] = true
			}
		}
	}
	p.text = strings.Join(runs, " ")
	return p
}

// scripts cuts a run where Chinese meets another script.
func scripts(run string) []string {
	var out []string
	rs := []rune(run)
	from := 0
	for i := 1; i <= len(rs); i++ {
		if i == len(rs) || unicode.Is(unicode.Han, rs[i]) != unicode.Is(unicode.Han, rs[i-1]) {
			out = append(out, string(rs[from:i]))
			from = i
		}
	}
	return out
}

// chinese tells whether a phrase is counted by characters.
func (p phrase) chinese() bool {
	for _, r := range p.text {
		return unicode.Is(unicode.Han, r)
	}
	return false
}

// find gives where q occurs in p, from and to in bytes; words of other scripts
// must be whole.
func (p phrase) find(q phrase) (from, to int, ok bool) {
	if q.text == "" {
		return 0, 0, false
	}
	if !q.chinese() {
		i := strings.Index(" "+p.text+" ", " "+q.text+" ")
		return i, i + len(q.text), i >= 0
	}
	i := strings.Index(p.text, q.text)
	return i, i + len(q.text), i >= 0
}

// alike is the share of bigrams two phrases have in common, in percent (Dice).
func (p phrase) alike(q phrase) int {
	if len(p.grams) == 0 || len(q.grams) == 0 {
		return 0
	}
	few, many := p.grams, q.grams
	if len(few) > len(many) {
		few, many = many, few
	}
	n := 0
	for g := range few {
		if many[g] {
			n++
		}
	}
	return 200 * n / (len(few) + len(many))
}
