package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/web"
	"gatehouse/web/workbook"
)

// book knows what words in a table mean: names of places, units, categories.
type book struct {
	communities, units, categories map[string]string // plain name -> id
	said                           []saying          // what callers say, and the category it tells
	now                            time.Time
	key                            []byte
}

type saying struct{ word, category string }

// sayings are the words of callers that are long enough to tell something.
func sayings() (out []saying) {
	for _, c := range portal.Categories {
		for _, word := range strings.Fields(web.Simplified.T("category." + c.Code + ".words")) {
			if utf8.RuneCountInString(word) > 1 {
				out = append(out, saying{word, c.Code})
			}
		}
	}
	return out
}

// reader reads the rows of one table by its mapping.
type reader struct {
	*book
	t     *workbook.Table
	m     Mapping
	good  []orders.Past
	wrong []Wrong
	bad   int
	seen  map[string]int // key -> line of the file
}

// read looks at every row: what will become an order, and what is wrong where.
func (b *book) read(t *workbook.Table, m Mapping) *reader {
	r := &reader{book: b, t: t, m: m, seen: map[string]int{}}
	for i := range t.Rows {
		r.row(i)
	}
	return r
}

// row reads one row. All that is wrong with it is told at once.
func (r *reader) row(i int) {
	w := &line{reader: r, row: &r.t.Rows[i], index: i}
	p := orders.Past{Opened: w.day(r.m.Opened, true), Signed: w.day(r.m.Signed, false), Contacted: w.day(r.m.Contacted, false), Closed: w.day(r.m.Closed, false), Words: w.text(r.m.Words, 4000, true), Type: w.one(r.m.Type, types, "help", "intake.bad_type"),
		Category: w.category(), Community: w.one(r.m.Community, r.communities, "", "intake.no_community"), Place: w.text(r.m.Place, 200, false),
		Unit: w.one(r.m.Unit, r.units, "", "intake.no_unit"), Result: w.text(r.m.Result, 2000, false), Solved: w.one(r.m.Solved, solved, "", "intake.bad_solved"),
		Source: w.text(r.m.Number, 60, false), Phone: w.phone()}
	if g := w.one(r.m.Grade, grades, "", "intake.bad_grade"); g != "" {
		p.Grade, p.Graded = marks[g], true
	}
	if p.Opened.After(r.now) {
		w.bad(r.m.Opened, "intake.future")
	}
	p.Signed, p.Contacted, p.Closed = w.after(p.Opened, p.Signed, r.m.Signed), w.after(p.Opened, p.Contacted, r.m.Contacted), w.after(p.Opened, p.Closed, r.m.Closed)
	p.Key = r.keyOf(p)
	if first, twice := r.seen[p.Key]; twice && !w.wrongs {
		w.bad(r.m.Words, "intake.same_row", "row", first)
	}
	if w.wrongs {
		r.bad++
		return
	}
	r.seen[p.Key] = w.row.At
	r.good = append(r.good, p)
}

// after wants what followed an order to come after it, and not to be still to
// come; a table that knows the day alone means no midnight before it.
func (w *line) after(opened, at time.Time, column string) time.Time {
	switch {
	case at.IsZero():
	case at.After(w.now):
		w.bad(column, "intake.future")
	case at.Before(opened) && sameDay(at, opened):
		return opened
	case at.Before(opened):
		w.bad(column, "intake.closed_before")
	}
	return at
}

func sameDay(a, b time.Time) bool {
	return a.In(calendar.City).Format(time.DateOnly) == b.In(calendar.City).Format(time.DateOnly)
}

// keyOf tells a row again: by its number in the old system, or by what it says.
// Only the portal can make it, because it may hide a telephone number.
func (b *book) keyOf(p orders.Past) string {
	mac := hmac.New(sha256.New, b.key)
	said := []string{"number", p.Source}
	if p.Source == "" {
		said = []string{"row", p.Opened.UTC().Format(time.RFC3339), p.Words, p.Community, p.Place, p.Phone}
	}
	mac.Write([]byte("past order\x00" + strings.Join(said, "\x00")))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// line is a row being read.
type line struct {
	*reader
	row    *workbook.Row
	index  int
	wrongs bool
}

func (w *line) bad(column, code string, args ...any) {
	x := Wrong{Row: w.row.At, Column: column, Value: few(w.cell(column), 40), Code: code, index: w.index}
	for i := 0; i+1 < len(args); i += 2 {
		if x.Args == nil {
			x.Args = map[string]any{}
		}
		x.Args[args[i].(string)] = args[i+1]
	}
	w.wrongs = true
	w.wrong = append(w.wrong, x)
}

func (w *line) cell(name string) string {
	if i := column(w.t, name); i >= 0 {
		return w.row.Cells[i]
	}
	return ""
}

// value is a cell's text; a formula and what was cut off are no values.
func (w *line) value(name string) (string, bool) {
	i := column(w.t, name)
	switch {
	case i < 0:
		return "", true
	case slices.Contains(w.row.Formulas, i):
		w.bad(name, "intake.formula")
		return "", false
	case slices.Contains(w.row.Cut, i):
		w.bad(name, "intake.too_long", "max", workbook.MostText)
		return "", false
	}
	return w.row.Cells[i], true
}

func (w *line) text(name string, most int, needed bool) string {
	s, ok := w.value(name)
	switch {
	case !ok:
	case s == "" && needed:
		w.bad(name, "intake.empty")
	case utf8.RuneCountInString(s) > most:
		w.bad(name, "intake.too_long", "max", most)
		return ""
	}
	return s
}

func (w *line) day(name string, needed bool) time.Time {
	s := w.text(name, 60, needed)
	if s == "" {
		return time.Time{}
	}
	at, ok := w.t.Moment(s, calendar.City)
	if !ok {
		w.bad(name, "intake.bad_day")
	}
	return at
}

// one finds what a name stands for; a cell left empty stands for the usual.
func (w *line) one(name string, known map[string]string, usual, code string) string {
	s, ok := w.value(name)
	if !ok || s == "" {
		return usual
	}
	if id, ok := known[plain(s)]; ok {
		return id
	}
	w.bad(name, code)
	return usual
}

// category takes what the table says, or guesses by the words that callers use.
func (w *line) category() string {
	if s, _ := w.value(w.m.Category); s != "" {
		return w.one(w.m.Category, w.categories, "", "intake.no_category")
	}
	said := w.cell(w.m.Words)
	for _, x := range w.said {
		if strings.Contains(said, x.word) {
			return x.category
		}
	}
	return elsewhere
}

const elsewhere = "899" // what no category says

// phone takes the digits of a number; one that a program has rounded is lost.
func (w *line) phone() string {
	s, ok := w.value(w.m.Phone)
	if !ok || s == "" {
		return ""
	}
	if workbook.Rounded(s) {
		w.bad(w.m.Phone, "intake.rounded")
		return ""
	}
	digits := strings.TrimPrefix(strings.NewReplacer(" ", "", "-", "", "(", "", ")", "", "（", "", "）", "", "+86", "").Replace(s), "+")
	if strings.Trim(digits, "0123456789") != "" || len(digits) < 5 || len(digits) > 15 {
		w.bad(w.m.Phone, "intake.bad_phone")
		return ""
	}
	return digits
}

func few(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// What tables call types, outcomes and grades.
var (
	types = map[string]string{"咨询": "consult", "求助": "help", "投诉": "complaint", "举报": "report", "建议": "suggestion", "表扬": "praise", "感谢": "praise", "意见建议": "suggestion", "投诉举报": "complaint",
		"咨询类": "consult", "求助类": "help", "投诉类": "complaint", "举报类": "report", "建议类": "suggestion", "表扬类": "praise", "諮詢": "consult", "投訴": "complaint", "舉報": "report", "建議": "suggestion", "表揚": "praise",
		"consult": "consult", "enquiry": "consult", "help": "help", "complaint": "complaint", "report": "report", "suggestion": "suggestion", "praise": "praise"}
	solved = map[string]string{"是": "solved", "已解决": "solved", "解决": "solved", "已办结": "solved", "部分解决": "partly", "否": "not", "未解决": "not", "没有解决": "not", "未联系上": "unreached", "无法联系": "unreached",
		"yes": "solved", "solved": "solved", "partly": "partly", "no": "not", "notsolved": "not", "unreached": "unreached"}
	grades = map[string]string{"非常满意": "100", "很满意": "100", "满意": "80", "是": "80", "基本满意": "60", "一般": "60", "不满意": "30", "否": "30", "非常不满意": "0", "很不满意": "0",
		"100": "100", "80": "80", "60": "60", "30": "30", "0": "0", "5": "100", "4": "80", "3": "60", "2": "30", "1": "0", "verysatisfied": "100", "satisfied": "80", "fair": "60", "dissatisfied": "30", "verydissatisfied": "0"}
	marks = map[string]int64{"100": 100, "80": 80, "60": 60, "30": 30, "0": 0}
)
