package app

import (
	"cmp"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"gatehouse/modules/portaltest"
)

// everybody is each kind of user, by who they are in the demo city; the first
// four see most of what there is.
var everybody = []string{"", "guangming", "civil-affairs", "office", "hehua2", "fire.clerk", "office1", "beitang", "finance", "conference", "auditor", "admin", "emergency"}

// seen is what a page shows of itself.
type seen struct {
	H1    int      `json:"h1"`
	Keys  []string `json:"keys"`  // words that were never translated
	Links []string `json:"links"` // paths of this portal
	Bare  []string `json:"bare"`  // figures that lead to nothing, nor does the row that they stand in
}

// glance opens all that is folded in the page's main part first.
const glance = `() => {
  document.querySelectorAll('main details').forEach(d => { d.open = true; });
  const links = [...document.querySelectorAll('a[href]')].map(a => new URL(a.href));
  return {
    h1: document.querySelectorAll('h1').length,
    keys: document.body.innerText.match(/\b[a-z]+\.[a-z_]+(\.[a-z_]+)+\b/g) || [],
    bare: [...document.querySelectorAll('main td.num, main .figure b, main .bar-value')]
      .filter(e => /[1-9]/.test(e.textContent) && !e.closest('a') && !e.querySelector('a') && !e.closest('.letter, [aria-hidden]') &&
        !e.closest('tr')?.querySelector('th a') && !/^(合计|总计)/.test(e.closest('tr')?.querySelector('th')?.innerText))
      .map(e => (e.dataset.l || e.closest('tr, li, .bars').innerText).trim().slice(0, 40) + ': ' + e.innerText.trim()),
    links: links.filter(u => u.origin === location.origin).map(u => u.pathname + u.search),
  };
}`

// tooWide names what stands out of the page at the side.
const tooWide = `() => {
  const w = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= w) return '';
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > w + 1);
  return out.slice(0, 3).map(e => e.tagName + '.' + e.className + ' ' + e.textContent.slice(0, 30)).join(' | ') || 'the page';
}`

// TestEveryPage looks at every kind of page the demo city offers to each kind
// of user. Ring 1 looks at some pages of four, ring 2 at 45 of everybody, ring 3
// at 150 if there are so many.
func TestEveryPage(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	who, pages := portaltest.Sized(everybody[:4], everybody, everybody), portaltest.Sized(15, 45, 150)
	for _, login := range who {
		t.Run(cmp.Or(login, "nobody"), func(t *testing.T) {
			t.Parallel()
			vs := visit(t, p)
			most := pages
			if login == "" {
				most *= 2
			}
			vs.as(login).crawl("/tasks", most)
		})
	}
}

// TestEveryLanguage looks at the main pages in the two other languages: ring 1
// at five in each, ring 2 at 25, ring 3 at 100.
func TestEveryLanguage(t *testing.T) {
	t.Parallel()
	p := portalOf(t, lived)
	for _, c := range []struct{ word, lang string }{{"繁體", "zh-Hant"}, {"English", "en"}} {
		t.Run(c.lang, func(t *testing.T) {
			t.Parallel()
			v := visit(t, p).as("office1")
			v.open("/tasks")
			v.press(c.word)
			if got := ask[string](v, `document.documentElement.lang`); got != c.lang {
				t.Fatalf("the page is in %s", got)
			}
			v.crawl("/tasks", portaltest.Sized(5, 25, 100))
			v.open("/lifecycles") // where every heading is the portal's own word and nobody's name
			if han := ask[string](v, `(document.querySelector('.menu').innerText + [...document.querySelectorAll('h1, h2, th, button:not([lang])')].map(e => e.innerText).join(' '))`); c.lang == "en" && regexp.MustCompile(`\p{Han}`).MatchString(han) {
				t.Errorf("English at %s: %s", v.path(), han)
			}
		})
	}
}

// crawl follows the links from a path, every kind of page once and of cases two.
func (v *visitor) crawl(from string, most int) {
	v.Helper()
	queue, kinds, n := []string{from, "/", "/verify", "/lifecycles"}, map[string]int{}, 0
	for ; len(queue) > 0 && n < most; queue = queue[1:] {
		path := queue[0]
		kind, limit := kindOf(path)
		if kinds[kind] >= limit || skipped(path) {
			continue
		}
		kinds[kind]++
		n++
		queue = append(queue, v.look(path).Links...)
	}
	v.Logf("%d pages", n)
}

// look checks one page at both widths, first at the one the last page ended with.
func (v *visitor) look(path string) seen {
	v.Helper()
	v.open(path)
	s := ask[seen](v, "("+glance+")()")
	if status := v.code(); status != 200 {
		v.Errorf("%q: %s answers %d", v.login, path, status)
	}
	if s.H1 != 1 {
		v.Errorf("%q: %s has %d h1", v.login, path, s.H1)
	}
	if len(s.Keys) > 0 {
		v.Errorf("%q: %s shows %q", v.login, path, slices.Compact(s.Keys))
	}
	if v.login == "" { // every figure on a public page leads to the entries behind it
		v.leads(path, s.Bare)
	}
	for i := range 2 {
		if wide := ask[string](v, "("+tooWide+")()"); wide != "" {
			v.shot("wide")
			v.Errorf("%q: %s is too wide at %d: %s", v.login, path, v.wide, wide)
		}
		v.axe(path)
		if i == 0 {
			v.width(desk + phone - v.wide)
		}
	}
	return s
}

// entries are pages that list what a figure is made of: there the way ends. So
// it does at what an application asks and an item was granted, which list their
// instalments themselves.
var entries = regexp.MustCompile(`^/(burden/[^/]+/items|surplus/jobs|hotline/counts/orders|bulletins/[^/]+/entries|books\?account=|applications/|items/)`)

// leads reports figures that lead to no entries; a rank is read off the table
// that it stands in, and so is a sum.
func (v *visitor) leads(path string, bare []string) {
	v.Helper()
	for _, f := range bare {
		if !entries.MatchString(path) && !strings.HasPrefix(f, "名次: ") {
			v.Errorf("%s: %s leads to nothing", path, f)
		}
	}
}

// axe asks axe-core, where GATEHOUSE_AXE names its file.
func (v *visitor) axe(path string) {
	file := os.Getenv("GATEHOUSE_AXE")
	if file == "" {
		return
	}
	js, err := os.ReadFile(file)
	if err != nil {
		v.Fatal(err)
	}
	ask[int](v, string(js)+";0")
	const run = `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
	  .then(r => r.violations.map(x => x.id + ': ' + x.nodes[0].html).join('\n'))`
	got, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](run, chromedp.EvalAwaitPromise))
	if err != nil {
		v.Fatal(err)
	}
	if got != "" {
		v.Errorf("%q: %s:\n%s", v.login, path, got)
	}
}

var byName = regexp.MustCompile(`^(/burden|/areas|/departments|/catalogue/editions)/[^/*]+`)

var caseID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// kindOf gives what kind of page a path is: without the case's id and without
// what is asked for, and how many of them are enough.
func kindOf(path string) (string, int) {
	u, err := url.Parse(path)
	if err != nil {
		return path, 0
	}
	var asked []string
	for k := range u.Query() {
		asked = append(asked, k)
	}
	slices.Sort(asked)
	kind := byName.ReplaceAllString(caseID.ReplaceAllString(u.Path, "*"), "$1/*")
	if kind != u.Path && len(asked) == 0 && strings.HasSuffix(kind, "/*") {
		return kind, 2
	}
	return kind + "?" + strings.Join(asked, "&"), 1
}

// skipped are paths that are no pages.
func skipped(path string) bool {
	return slices.ContainsFunc([]string{"/api/", "/static/", "/signin", "/openapi"}, func(p string) bool { return strings.HasPrefix(path, p) }) ||
		strings.Contains(path, ".csv") || strings.Contains(path, ".xlsx") || strings.Contains(path, "format=")
}
