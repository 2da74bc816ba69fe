package calendar

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gatehouse/server/fault"
)

// file makes a file of 2027 with these days.
func file(days string) string {
	return `{"year":2027,"source":"通知〔2026〕1号","published":"2026-11-20","days":[` + days + `]}`
}

const (
	newYear = `{"date":"2027-01-01","kind":"holiday","name":"calendar.new_year"}`
	worked  = `{"date":"2027-01-03","kind":"makeup"}` // a Sunday
)

// wrongs lists a fault's fields as "name=code".
func wrongs(t *testing.T, err error) []string {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want an invalid-input fault", err)
	}
	var out []string
	for _, f := range fault.As(err).Fields {
		out = append(out, f.Name+"="+strings.TrimPrefix(f.Code, "calendar."))
	}
	return out
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat(newYear+",", maxDays+1), ",")
	for _, c := range []struct{ name, file, want string }{
		{"empty", ``, "=not_object"},
		{"list", `[]`, "=not_object"},
		{"null", `null`, "=not_object"},
		{"cut off", file(newYear)[:90], "days=wrong_value"},
		{"no end", strings.TrimSuffix(file(newYear), "}"), "=not_object"},
		{"two objects", file(newYear) + file(newYear), "=not_object"},
		{"unknown key", strings.Replace(file(newYear), `"year"`, `"jahr"`, 1), "jahr=unknown_key"},
		{"key in capitals", strings.Replace(file(newYear), `"year"`, `"Year"`, 1), "Year=unknown_key"},
		{"key twice", strings.Replace(file(newYear), `"source"`, `"year":2027,"source"`, 1), "year=double_key"},
		{"year in words", strings.Replace(file(newYear), `2027`, `"2027"`, 1), "year=wrong_value"},
		{"no year", `{}`, "year=wrong_year source=wrong_source published=wrong_date days=wrong_days"},
		{"far year", strings.Replace(file(newYear), `2027`, `2101`, 1), "year=wrong_year"},
		{"no source", strings.Replace(file(newYear), `通知〔2026〕1号`, ` `, 1), "source=wrong_source"},
		{"published", strings.Replace(file(newYear), `2026-11-20`, `2026-11-31`, 1), "published=wrong_date"},
		{"no days", file(``), "days=wrong_days"},
		{"too many days", file(many), "days=wrong_days"},
		{"day not an object", file(`"2027-01-01"`), "days.0=not_object"},
		{"day's unknown key", file(`{"day":"2027-01-01"}`), "days.0.day=unknown_key"},
		{"no such date", file(`{"date":"2027-02-29","kind":"holiday","name":"calendar.new_year"}`), "days.0.date=wrong_date"},
		{"short date", file(`{"date":"2027-1-1","kind":"holiday","name":"calendar.new_year"}`), "days.0.date=wrong_date"},
		{"other year", file(`{"date":"2028-01-01","kind":"holiday","name":"calendar.new_year"}`), "days.0.date=outside_year"},
		{"before the holiday", file(`{"date":"2026-12-24","kind":"holiday","name":"calendar.new_year"}`), "days.0.date=outside_year"},
		{"kind", file(`{"date":"2027-01-01","kind":"work"}`), "days.0.kind=unknown_kind"},
		{"name", file(`{"date":"2027-01-01","kind":"holiday","name":"calendar.yule"}`), "days.0.name=unknown_name"},
		{"no name", file(`{"date":"2027-01-01","kind":"holiday"}`), "days.0.name=unknown_name"},
		{"makeup named", file(`{"date":"2027-01-03","kind":"makeup","name":"calendar.new_year"}`), "days.0.name=unknown_name"},
		{"makeup on a weekday", file(newYear + `,{"date":"2027-01-04","kind":"makeup"}`), "days.1.date=makeup_on_weekday"},
		{"same day twice", file(newYear + "," + newYear), "days=double_day"},
		{"off and worked", file(worked + `,{"date":"2027-01-03","kind":"holiday","name":"calendar.new_year"}`), "days=double_day"},
		{"all at once", file(`{"date":"x","kind":"holiday"},{"date":"2027-01-01","kind":"x"}`), "days.0.date=wrong_date days.1.kind=unknown_kind"},
		{"too long", file(newYear) + strings.Repeat(" ", maxFile), "=too_long"},
	} {
		cal, err := Load([]byte(c.file))
		if got := strings.Join(wrongs(t, err), " "); got != c.want || cal != nil {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLoadNamesTheFile(t *testing.T) {
	t.Parallel()
	_, err := Load([]byte(file(newYear)), []byte(file(worked)))
	if got := wrongs(t, err); !slices.Equal(got, []string{"files.1.year=double_year"}) {
		t.Errorf("same year twice: %v", got)
	}
	_, err = Load([]byte(`x`), []byte(`y`))
	if got := wrongs(t, err); !slices.Equal(got, []string{"files.0=not_object", "files.1=not_object"}) {
		t.Errorf("two broken files: %v", got)
	}
}

// 2029-01-01 is a Monday: its notice may take the Saturday before with it.
func TestNoticeReachesIntoDecember(t *testing.T) {
	t.Parallel()
	c, err := Load([]byte(`{"year":2029,"source":"s","published":"2028-11-01","days":[
		{"date":"2028-12-30","kind":"makeup"},{"date":"2029-01-01","kind":"holiday","name":"calendar.new_year"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Workdays(city(t, "2028-12-29"), city(t, "2029-01-02")); got != 2 {
		t.Errorf("%d working days, want 2", got)
	}
	if c.Published(2028) {
		t.Error("two days in December do not publish 2028")
	}
}

func TestLoadOfNothingKnowsWeekends(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil || c.Published(2026) {
		t.Fatal("weekends only:", err)
	}
	if got := c.Day(city(t, "2026-02-17")); got.Kind != Work {
		t.Errorf("a Tuesday: %+v", got)
	}
}

// A new notice moves deadlines; the calendar it came into stays as it was.
func TestWithReplacesAYear(t *testing.T) {
	t.Parallel()
	old := Default()
	next, err := old.With([]byte(file(newYear + "," + worked)))
	if err != nil {
		t.Fatal(err)
	}
	from := city(t, "2026-12-31")
	if a, b := cityDate(old.AddWorkdays(from, 1)), cityDate(next.AddWorkdays(from, 1)); a != "2027-01-01" || b != "2027-01-03" {
		t.Errorf("old %s, new %s", a, b)
	}
	if old.Published(2027) || !next.Published(2027) || !next.Published(2026) || next.Version() == old.Version() {
		t.Error("a new notice is a new calendar beside the old one")
	}
	again, err := next.With([]byte(file(newYear)))
	if err != nil || again.IsWorkday(city(t, "2027-01-03")) {
		t.Errorf("the corrected notice replaces its year: %v", err)
	}
	if _, err := old.With([]byte(`{`)); err == nil {
		t.Error("a broken file was taken")
	}
}

func TestVersionIsOfTheDataNotItsLayout(t *testing.T) {
	t.Parallel()
	var files [][]byte
	for _, year := range []string{"2026", "2025"} { // the other way round
		raw, err := data.ReadFile("data/" + year + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var tight bytes.Buffer
		if err := json.Compact(&tight, raw); err != nil {
			t.Fatal(err)
		}
		files = append(files, tight.Bytes())
	}
	same, err := Load(files...)
	if err != nil || same.Version() != Default().Version() || len(same.Version()) != 12 {
		t.Errorf("version %v, want %s (%v)", same, Default().Version(), err)
	}
	less, err := Load(files[0])
	if err != nil || less.Version() == Default().Version() {
		t.Errorf("other data, same version (%v)", err)
	}
}

// Every name and every fault of this package has its line in three languages.
func TestEveryWordIsTranslated(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../web/locale/calendar.psv")
	if err != nil {
		t.Fatal(err)
	}
	lines := map[string]bool{}
	for line := range strings.Lines(string(raw)) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if len(cells) != 4 || slices.Contains(cells, "") || lines[cells[0]] {
			t.Errorf("bad line %q", line)
		}
		lines[cells[0]] = true
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, kind := range []Kind{Work, Weekend, Holiday, Makeup} {
		used["calendar."+string(kind)] = true
	}
	for _, name := range sources {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, part := range strings.Split(string(text), `"`) {
			if strings.HasPrefix(part, "calendar.") {
				used[part] = true
			}
		}
	}
	for key := range used {
		if !lines[key] {
			t.Errorf("%s has no translation", key)
		}
		delete(lines, key)
	}
	for key := range lines {
		t.Errorf("%s is translated and never used", key)
	}
}

// FuzzLoad: whatever an operator uploads, Load answers with a fault that names
// a field or with a calendar that counts.
func FuzzLoad(f *testing.F) {
	for _, year := range []int{2025, 2026} {
		raw, err := data.ReadFile(fmt.Sprintf("data/%d.json", year))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(file(newYear + "," + worked)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		c, err := Load(raw)
		if err != nil {
			if len(wrongs(t, err)) == 0 {
				t.Fatal("a fault without a field")
			}
			return
		}
		from := endOf(c.listed[0].number - 3)
		for _, n := range []int{0, 1, 7, 300} {
			due := c.AddWorkdays(from, n)
			if !due.Equal(naive(c, from, n)) || c.Workdays(from, due) != n {
				t.Fatalf("%d working days from %v end %v", n, from, due)
			}
		}
	})
}
