package web

import (
	"bytes"
	"fmt"
	"go/scanner"
	"go/token"
	"html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/jba/templatecheck"
	"golang.org/x/net/html"

	"gatehouse/server/fault"
	"gatehouse/server/schema"
)

func render(t *testing.T, p Page) *html.Node {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, p); err != nil {
		t.Fatal(err)
	}
	doc, err := html.Parse(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func fragment(t *testing.T, x template.HTML) *html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(x)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// faultsOf lists what an accessible page under our policy must not have.
func faultsOf(doc *html.Node) (bad []string) {
	ids, labels, h1 := map[string]int{}, map[string]bool{}, 0
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if id := attr(n, "id"); id != "" {
			ids[id]++
		}
		if n.Data == "label" {
			labels[attr(n, "for")] = text(n) != ""
		}
		if n.Data == "h1" {
			h1++
		}
	}
	for id, n := range ids {
		if n > 1 {
			bad = append(bad, "id twice: "+id)
		}
	}
	if h1 != 1 {
		bad = append(bad, fmt.Sprint(h1, " h1"))
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				bad = append(bad, "inline "+a.Key+" on "+n.Data)
			}
		}
		for _, id := range strings.Fields(attr(n, "aria-describedby")) {
			if ids[id] == 0 {
				bad = append(bad, "no element "+id)
			}
		}
		if h, ok := strings.CutPrefix(attr(n, "href"), "#"); ok && n.Data == "a" && ids[h] == 0 {
			bad = append(bad, "no target #"+h)
		}
		switch n.Data {
		case "input", "select", "textarea":
			if attr(n, "type") != "hidden" && !labels[attr(n, "id")] {
				bad = append(bad, "no label: "+attr(n, "name"))
			}
		case "button", "a", "th", "h1", "h2", "h3", "summary":
			if text(n) == "" {
				bad = append(bad, "empty "+n.Data)
			}
		case "script":
			if attr(n, "src") == "" {
				bad = append(bad, "inline script")
			}
		case "style":
			bad = append(bad, "inline style")
		}
	}
	return bad
}

func TestEveryPageIsSound(t *testing.T) {
	t.Parallel()
	for _, l := range Langs {
		for name, p := range map[string]Page{"gallery": gallery(l, false), "errors": gallery(l, true), "letter": galleryLetter(l), "bare": {Lang: l, Title: "x"}} {
			doc := render(t, p)
			for _, bad := range faultsOf(doc) {
				t.Errorf("%s %s: %s", l, name, bad)
			}
			for n := range doc.Descendants() {
				if n.Type == html.ElementNode && n.Data == "html" && attr(n, "lang") != string(l) {
					t.Errorf("%s %s: lang %q", l, name, attr(n, "lang"))
				}
			}
		}
	}
}

func TestTemplatesFitThePage(t *testing.T) {
	t.Parallel()
	for l, set := range parse() { // its own, because drawing a page changes what is parsed
		for _, name := range []string{"page", "letter"} {
			if err := templatecheck.CheckHTML(set.Lookup(name), Page{}); err != nil {
				t.Errorf("%s %s: %v", l, name, err)
			}
		}
	}
}

func TestLayout(t *testing.T) {
	t.Parallel()
	p := gallery(Simplified, true)
	p.Elder, p.Theme = true, "dark"
	var b bytes.Buffer
	if err := Render(&b, p); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<html lang="zh-Hans" data-elder="1" data-theme="dark">`, `<title>有误：`, `href="tel:12345"`, `href="#main"`, `name="elder" value="0"`,
		`name="_csrf" value="token"`, `name="next" value="/gallery"`, `aria-current="page"`, `nonce="n0nce"`, `action="/signout"`, Asset("app.css"),
	} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the page has no %s", want)
		}
	}
	b.Reset()
	if err := Render(&b, Page{Title: "x"}); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, `href="/signin"`) || strings.Contains(s, "/signout") || strings.Contains(s, "data-theme") || strings.Contains(s, `id="menu"`) {
		t.Error("a stranger's page is wrong")
	}
}

const hostile = `<script>alert(1)</script>"' onload=x`

func TestEveryPartEscapes(t *testing.T) {
	t.Parallel()
	l, now := English, galleryNow
	x := Text(hostile)
	f := fault.New(fault.Denied, hostile, "a", hostile).OnRule(hostile)
	f.Fact = hostile
	sum := gallerySum()
	sum.Version, sum.Days[0].Name, sum.Days[0].Date, sum.Days[0].Source = hostile, hostile, hostile, hostile
	form := galleryForm(l, true)
	form.Values = Values{"title": {hostile}, "why": {hostile}, "total": {hostile}, "street": {hostile}, "where": {hostile}, "instalments.0.note": {hostile}}
	form.Errors = append(form.Errors, fault.Field{Name: hostile, Code: hostile})
	form.Action, form.CSRF, form.Hidden, form.Swap = hostile, hostile, map[string]string{hostile: hostile}, hostile
	form.Options = map[string][]Option{"communities": {{hostile, hostile, hostile}}, "streets": {{hostile, hostile, hostile}, {}, {}, {}, {}, {}}}
	form.Checks = map[string]Check{"title": {hostile, hostile}}
	page := Page{Lang: l, Title: hostile, Heading: hostile, Person: hostile, Place: hostile, Path: hostile, CSRF: hostile, Nonce: hostile, Theme: hostile,
		Menu: []MenuItem{{Href: hostile, LabelKey: hostile}}, Notice: &Notice{Tone: Tone(hostile), Text: hostile}, Crumbs: []Crumb{{hostile, hostile}}}
	var b bytes.Buffer
	if err := Render(&b, page); err != nil {
		t.Fatal(err)
	}
	for name, part := range map[string]template.HTML{
		"tag": Tag(l, Tone(hostile), hostile), "text": x, "link": Link(hostile, hostile), "button": Button(l, ButtonSpec{LabelKey: hostile, Name: hostile, Value: hostile}),
		"button link": Button(l, ButtonSpec{LabelKey: hostile, Href: hostile}), "summary": Summary(l, Pair{hostile, x}), "section": Section(l, hostile, x), "panel": Panel(l, Tone(hostile), hostile, x),
		"details": Details(l, hostile, x), "paragraphs": Paragraphs(hostile), "translated": Translated(l, hostile), "answer": Answer(hostile), "when": When(l, now, now),
		"table": Table{CaptionKey: hostile, Head: []Col{{Key: hostile}, {Key: hostile}}, Rows: [][]Cell{{{HTML: x, Href: hostile}, {HTML: x}}}}.HTML(l), "empty": Table{EmptyKey: hostile}.HTML(l),
		"acts": Actions(l, []ActionItem{{LabelKey: hostile, Href: hostile}, {LabelKey: hostile, Refused: f}}), "refusal": Refusal(l, f), "form": Form(l, form), "pager": Pager(l, hostile, hostile, 1),
		"timeline": Timeline(l, now, []Event{{now, hostile, hostile, hostile, hostile, "b", x}}), "tasks": Tasks(l, []TaskRow{{hostile, hostile, hostile, hostile, Tone(hostile), hostile}}),
		"deadline": Deadline(l, now, hostile, sum), "meter": Meter(l, hostile, 1, 2, Tone(hostile), hostile, hostile),
		"bars": BarChart(l, hostile, []Bar{{Label: hostile, Value: 1, Text: hostile, Tone: Tone(hostile)}}), "trend": Trend(l, hostile, []Bar{{Label: hostile, Value: 1, Text: hostile, Tone: Tone(hostile)}}), "qr": QR(l, hostile),
		"figures": Figures(l, []Figure{{hostile, hostile, hostile, Tone(hostile)}}), "filters": Filters(l, FilterSpec{hostile, []FilterField{{hostile, hostile, hostile, nil}, {hostile, hostile, hostile, []Option{{hostile, hostile, hostile}}}}, hostile, true}),
		"letter": Letter(l, LetterSpec{hostile, hostile, hostile, hostile, x, hostile, now, hostile, hostile}), "page": template.HTML(b.String()),
	} {
		for n := range fragment(t, part).Descendants() {
			if n.Type == html.ElementNode && n.Data == "script" && attr(n, "src") == "" || has(n, "onload") {
				t.Errorf("%s lets a stranger's markup through: %s", name, part)
			}
		}
	}
}

func TestAddressesCannotRunScripts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"/a?b=c:d", "/a?b=c:d"}, {"#x:y", "#x:y"}, {"?q=a:b", "?q=a:b"}, {"tel:12345", "tel:12345"}, {"https://a.example/", "https://a.example/"},
		{"javascript:alert(1)", "#"}, {"JavaScript:alert(1)", "#"}, {"java\nscript:alert(1)", "#"}, {" javascript:alert(1)", "#"}, {"data:text/html,x", "#"},
	} {
		if got := safeHref(c.in); got != c.want {
			t.Errorf("safeHref(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestNoChineseOutsideWords(t *testing.T) {
	t.Parallel()
	sources, _ := filepath.Glob("*.go")
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var s scanner.Scanner
		s.Init(token.NewFileSet().AddFile(name, -1, len(src)), src, nil, 0)
		for _, tok, lit := s.Scan(); tok != token.EOF; _, tok, lit = s.Scan() {
			if (tok == token.STRING || tok == token.CHAR) && strings.ContainsFunc(lit, isHan) {
				t.Errorf("%s: %s", name, lit)
			}
		}
	}
	for _, files := range []fs.FS{templateFiles, staticFiles} {
		fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
			if err == nil && !e.IsDir() {
				if b, _ := fs.ReadFile(files, path); bytes.ContainsFunc(b, isHan) {
					t.Errorf("%s has Chinese words", path)
				}
			}
			return err
		})
	}
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

var usedKey = regexp.MustCompile("(?:\\bT\\(|\\bt |\\bor\\([^,]+, |pagerLink\\(h, \\w+, \"\\w+\", |line\\(|Details\\(\\w+, |word := |word = )\"([a-z_]+(?:\\.[a-z_]+)*)\"")

func TestEveryUsedKeyIsKnown(t *testing.T) {
	t.Parallel()
	names, _ := filepath.Glob("*.go")
	more, _ := filepath.Glob("templates/*.html")
	seen := 0
	for _, name := range append(names, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range usedKey.FindAllStringSubmatch(string(b), -1) {
			seen++
			if !Known(m[1]) {
				t.Errorf("%s: key %q has no translation", name, m[1])
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d keys found: the pattern no longer fits the code", seen)
	}
	for _, k := range []fault.Kind{fault.Internal, fault.Invalid, fault.Unauthenticated, fault.Denied, fault.NotFound, fault.Conflict} {
		if !Known("fault."+k.String()) || !Known("fault."+k.String()+".remedy") {
			t.Errorf("fault %s has no words", k)
		}
	}
	for _, k := range []schema.Kind{schema.Text, schema.LongText, schema.Number, schema.Money, schema.Day, schema.Choice, schema.Choices, schema.Check, schema.Secret, schema.Rows} {
		if !Known("schema.kind_" + string(k)) {
			t.Errorf("kind %s has no words", k)
		}
	}
}

func BenchmarkRenderList(b *testing.B) {
	tab := Table{Head: []Col{{Key: "none"}, {Key: "yes"}, {Key: "no"}, {Key: "none", Num: true}}}
	for range 50 {
		tab.Rows = append(tab.Rows, []Cell{{HTML: "A-1", Href: "/a/1"}, {HTML: Text("x < y")}, {HTML: Tag(English, Good, "yes")}, {HTML: Text(Yuan(123456))}})
	}
	for b.Loop() {
		var w bytes.Buffer
		if err := Render(&w, Page{Lang: English, Title: "x", Body: tab.HTML(English)}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTranslate(b *testing.B) {
	for b.Loop() {
		English.T("schema.too_long", "max", 80)
	}
}
