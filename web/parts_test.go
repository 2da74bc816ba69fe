package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
	"time"

	"gatehouse/server/calendar"
	"gatehouse/server/fault"
)

func TestSay(t *testing.T) {
	t.Parallel()
	got := Say(English, galleryFault())
	want := Said{Title: "The work cannot start before the money is in.", Rule: "G1",
		RuleText: "Money moves with the task: a community may refuse work whose money has not arrived.",
		Fact:     "The second instalment of ¥6,000.00 was due on November 1, 2026 and has not been confirmed.",
		Remedy:   "Pay the second instalment of ¥6,000.00 first; once the community confirms it, work can start."}
	if got != want {
		t.Errorf("got %+v", got)
	}
	// A fault without words of its own still speaks, by its kind.
	bare := Say(Simplified, fault.New(fault.Conflict, "no.words.here"))
	if bare.Title != Simplified.T("fault.conflict") || bare.Remedy != Simplified.T("fault.conflict.remedy") {
		t.Errorf("got %+v", bare)
	}
}

func TestRefusedActShowsWhy(t *testing.T) {
	t.Parallel()
	s := string(Actions(English, []ActionItem{{LabelKey: "gallery.start", Href: "/go", Refused: galleryFault()}}))
	if strings.Contains(s, "/go") {
		t.Error("a refused act has a link")
	}
	for _, want := range []string{"Start work", "G1: Money moves", "was due on", "Pay the second"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in %s", want, s)
		}
	}
}

func TestRuleNumbersLeadToTheRules(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"R4": `<a href="/rules#R4">R4</a>`, "R10, R45": `<a href="/rules#R10">R10</a>, <a href="/rules#R45">R45</a>`,
		"G1": "G1", "R": "R", "R4x": "R4x", "": "", "<b>": "&lt;b&gt;", "R1, <b>": `<a href="/rules#R1">R1</a>, &lt;b&gt;`,
	} {
		if got := string(RuleLinks(rule)); got != want {
			t.Errorf("%q: %s, want %s", rule, got, want)
		}
	}
	s := string(Refusal(English, fault.New(fault.Denied, "gallery.money").OnRule("R4")))
	if !strings.Contains(s, `<dd><a href="/rules#R4">R4</a>: `) {
		t.Errorf("no link in %s", s)
	}
}

func TestLeft(t *testing.T) {
	t.Parallel()
	s := gallerySum() // four working days from the 19th, due Wednesday the 25th
	for _, c := range []struct {
		now  time.Time
		want string
		tone Tone
	}{
		{galleryNow.AddDate(0, 0, -14), "16 days left", Info}, // before it is counted at all
		{galleryNow.AddDate(0, 0, -4), "4 working days left", Info},
		{galleryNow.AddDate(0, 0, -2), "3 working days left", Info}, // Saturday: all three are ahead
		{galleryNow, "2 working days left", Warn},
		{galleryNow.AddDate(0, 0, 1), "1 working day left", Warn},
		{galleryNow.AddDate(0, 0, 2), "Due today", Warn},
		{galleryNow.AddDate(0, 0, 3), "1 day overdue", Bad},
	} {
		if got, tone := Left(English, c.now, s); got != c.want || tone != c.tone {
			t.Errorf("%s: %q %s, want %q %s", c.now, got, tone, c.want, c.tone)
		}
	}
	if got, _ := Left(Simplified, galleryNow, calendar.Sum{Due: galleryNow.AddDate(0, 0, 1), Unit: "d", Days: []calendar.Counted{{Day: calendar.Day{Date: "2026-11-24"}, Counts: true}}}); got != "剩 1 天" {
		t.Errorf("calendar days: %q", got)
	}
}

func TestDeadlineShowsItsSum(t *testing.T) {
	t.Parallel()
	s := text(fragment(t, Deadline(Simplified, galleryNow, "gallery.deadline", gallerySum())))
	for _, want := range []string{"剩 2 个工作日", "2026年11月25日", "数 4 个工作日", "2026年11月21日（星期六）", "周末", "2027 年的放假安排尚未公布", "7c1f02"} {
		if !strings.Contains(s, want) {
			t.Errorf("no %q in %s", want, s)
		}
	}
}

func TestQRHasItsQuietZone(t *testing.T) {
	t.Parallel()
	if s := string(QR(Simplified, "https://example.invalid/v/8K2M4Q")); !strings.Contains(s, `viewBox="-4 -4 37 37"`) || !strings.Contains(s, `d="M0 0h7v1h-7z`) {
		t.Errorf("got %.200s", s)
	}
	if QR(Simplified, strings.Repeat("x", 5000)) != "" {
		t.Error("a text too long for a code was drawn")
	}
}

func TestBarsStayInside(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, most int64
		want        string
	}{{5, 10, "50.0%"}, {20, 10, "100.0%"}, {-1, 10, "0%"}, {1, 0, "0%"}} {
		if got := percent(c.value, c.most); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.value, c.most, got, c.want)
		}
	}
}

func TestStatic(t *testing.T) {
	t.Parallel()
	for _, name := range append([]string{"app.css", "icon.svg"}, scripts...) {
		body, gz, kind, ok := Static(Asset(name))
		if !ok || len(body) == 0 || kind == "" {
			t.Errorf("%s is not served", name)
			continue
		}
		r, err := gzip.NewReader(bytes.NewReader(gz))
		if err != nil {
			t.Fatal(err)
		}
		if plain, _ := io.ReadAll(r); !bytes.Equal(plain, body) {
			t.Errorf("%s differs when unpacked", name)
		}
	}
	if _, _, _, ok := Static("/static/app.css"); ok {
		t.Error("a file is served without its hash")
	}
	check, _, _, _ := Static(Asset("check.js"))
	if !bytes.Contains(check, []byte("'./"+strings.TrimPrefix(Asset("swap.js"), "/static/")+"'")) {
		t.Error("check.js imports swap.js without its hash")
	}
}

// The base must read on Chrome 80: what came later drops rules or whole blocks.
func TestStylesFitOldPhones(t *testing.T) {
	t.Parallel()
	css, _, _, _ := Static(Asset("app.css"))
	for _, late := range []string{"@layer", ":has(", ":where(", ":is(", "&", "@container", "light-dark(", "inset:", "aspect-ratio", "margin-inline", "padding-inline", "http", "@import", "url("} {
		if bytes.Contains(css, []byte(late)) {
			t.Errorf("the styles use %s", late)
		}
	}
	if open, shut := bytes.Count(css, []byte("{")), bytes.Count(css, []byte("}")); open != shut {
		t.Errorf("%d braces open, %d close", open, shut)
	}
}
