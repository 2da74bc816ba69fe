package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"gatehouse/server/app/demo"
)

// A wide desk and the small phone of a committee.
const desk, phone = 1280, 390

// chrome is the one browser of all tests here; TestMain ends it.
var chrome = sync.OnceValues(func() (context.Context, error) {
	bin, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "gatehouse-browser")
	if err != nil {
		return nil, err
	}
	opts := []chromedp.ExecAllocatorOption{chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Headless,
		chromedp.ExecPath(bin), chromedp.UserDataDir(dir), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN"), chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost")}
	for _, f := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-default-apps",
		"disable-extensions", "disable-dev-shm-usage", "no-proxy-server", "force-prefers-reduced-motion", "hide-scrollbars"} {
		opts = append(opts, chromedp.Flag(f, true))
	}
	a, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, _ := chromedp.NewContext(a)
	atEnd(func() { chromedp.Cancel(ctx); stop(); os.RemoveAll(dir) })
	return ctx, chromedp.Do(ctx)
})

// visitors are the people of one test, each with a browser of their own, and
// what their pages complained of.
type visitors struct {
	*site
	testing.TB
	base   string
	byName map[string]*visitor
	shots  int
	mu     sync.Mutex
	bad    []string
	allow  []string // complaints that a test is about, such as the status 422
}

// visitor is a person in front of a page.
type visitor struct {
	*visitors
	login  string
	ctx    context.Context
	in     bool // signed in
	wide   int64
	status int // of the last page
}

// visit opens a test's browsers; a machine without chromium skips it, except
// where everything must run.
func visit(t testing.TB, p *site) *visitors {
	t.Helper()
	if _, err := chrome(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("no browser: %v", err)
		}
		t.Skipf("SKIPPED, NOTHING WAS SEEN IN A BROWSER: %v", err)
	}
	vs := &visitors{site: p, TB: t, base: p.base, byName: map[string]*visitor{}}
	t.Cleanup(func() {
		for _, bad := range vs.complaints() {
			t.Error(bad)
		}
	})
	return vs
}

func (vs *visitors) complaints() (out []string) {
	vs.mu.Lock()
	defer vs.mu.Unlock()
	for _, bad := range vs.bad {
		if !slices.ContainsFunc(vs.allow, func(s string) bool { return strings.Contains(bad, s) }) {
			out = append(out, bad)
		}
	}
	return out
}

// as gives the page of a person, "" of somebody unknown; the first time in a
// new browser at the sign-in form.
func (vs *visitors) as(login string) *visitor {
	vs.Helper()
	if v := vs.byName[login]; v != nil {
		return v
	}
	v := vs.tab(login)
	vs.byName[login] = v
	return v
}

func (vs *visitors) tab(login string) *visitor {
	vs.Helper()
	browser, err := chrome()
	if err != nil {
		vs.Fatal(err)
	}
	v := &visitor{visitors: vs, login: login}
	ctx, stop := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	v.ctx = ctx
	vs.Cleanup(stop)
	if err := chromedp.Listen(ctx, v.hear); err != nil {
		vs.Fatal(err)
	}
	v.width(desk)
	return v
}

// hear keeps what a page must never cause, and the status of each page.
func (v *visitor) hear(ev any) {
	say := func(s string) { v.bad = append(v.bad, v.login+": "+s) }
	v.mu.Lock()
	defer v.mu.Unlock()
	switch e := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" {
			say(fmt.Sprintf("console: %s", e.Args[0].Value))
		}
	case *runtime.EventExceptionThrown:
		say(fmt.Sprintf("exception: %+v", e.ExceptionDetails))
	case *cdplog.EventEntryAdded:
		if e.Entry.Level == "error" {
			say("log: " + e.Entry.Text + " " + e.Entry.URL)
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			v.status = int(e.Response.Status)
		}
	}
}

func (v *visitor) do(steps ...chromedp.Action[chromedp.Void]) {
	v.Helper()
	ctx, stop := context.WithTimeout(v.ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, steps...); err != nil {
		v.Fatalf("%s: %v", v.login, err)
	}
}

// ask evaluates a condition or a value of the page.
func ask[T any](v *visitor, js string, args ...any) T {
	v.Helper()
	ctx, stop := context.WithTimeout(v.ctx, time.Minute)
	defer stop()
	x, err := chromedp.Run(ctx, chromedp.Evaluate[T](applied(js, args)))
	if err != nil {
		v.Fatalf("%s: %v: %s", v.login, err, js)
	}
	return x
}

// applied is a function's text called with arguments, or a text without any.
func applied(js string, args []any) string {
	if len(args) == 0 {
		return js
	}
	b, err := json.Marshal(args)
	if err != nil {
		panic(err)
	}
	return "(" + js + ")(..." + string(b) + ")"
}

func (v *visitor) width(w int64) {
	v.Helper()
	v.wide = w
	height := int64(900)
	if w == phone {
		height = 844
	}
	v.do(chromedp.EmulateViewport(w, height))
}

// open goes to an address; who is not signed in yet, or no more, does that first.
func (v *visitor) open(path string) {
	v.Helper()
	if v.login != "" && !v.in {
		v.turnTo("/signin?next=" + url.QueryEscape(path))
		v.signIn()
		return
	}
	v.turnTo(path)
}

func (v *visitor) turnTo(path string) {
	v.Helper()
	v.leaves(func() { v.do(chromedp.Navigate(v.base + path)) })
}

func (v *visitor) signIn() {
	v.Helper()
	v.fill("login", v.login, "password", demo.Password)
	v.press("登录")
	if v.in = !strings.HasPrefix(v.path(), "/signin"); !v.in {
		v.Fatalf("%s cannot sign in: %s", v.login, v.text())
	}
}

// wait lets n working days go by, after which nobody is signed in any more.
func (vs *visitors) wait(n int) {
	vs.pass(n)
	for _, v := range vs.byName {
		v.in = false
	}
}

func (v *visitor) path() string { v.Helper(); return ask[string](v, `location.pathname`) }

// text is what can be read on the page's main part.
func (v *visitor) text() string {
	v.Helper()
	return ask[string](v, `(document.querySelector('main') || document.body).innerText.replace(/\s*\n\s*/g, '\n')`)
}

// leaves waits until the page that do calls up has come.
func (v *visitor) leaves(do func()) {
	v.Helper()
	ask[bool](v, `window.before = true`)
	do()
	v.until(`!window.before && document.readyState === 'complete'`)
}

// until waits for a condition; while a page goes and another comes there is
// nothing to ask.
func (v *visitor) until(js string) {
	v.Helper()
	end := time.Now().Add(time.Minute)
	for time.Now().Before(end) {
		if ok, err := chromedp.Run(v.ctx, chromedp.Evaluate[bool](js)); err == nil && ok {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	v.shot("stuck")
	v.Fatalf("%s at %s: never %s\n%s", v.login, v.path(), js, v.text())
}

// sees checks that all these words can be read.
func (v *visitor) sees(words ...string) {
	v.Helper()
	text := v.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			v.shot("missing")
			v.Fatalf("%s at %s does not read %q:\n%s", v.login, v.path(), w, text)
		}
	}
}

// find gives the middle of what bears a text, scrolled into view: exactly this
// text before a longer one, the page's own before the frame's.
const find = `text => {
  const named = sel => {
    const all = [...document.querySelectorAll(sel)].filter(e => e.getClientRects().length);
    return all.find(e => e.innerText.trim() === text) || all.find(e => e.innerText.includes(text));
  };
  const e = named('main a, main button, main summary, main label') || named('a, button, summary');
  if (!e) return null;
  e.scrollIntoView({ block: 'center' });
  const r = e.getClientRects()[0];
  return [r.x + r.width / 2, r.y + r.height / 2];
}`

// click clicks with the mouse on what bears a text.
func (v *visitor) click(text string, opts ...chromedp.MouseOption) {
	v.Helper()
	at := ask[[]float64](v, find, text)
	if at == nil {
		v.shot("missing")
		v.Fatalf("%s at %s: nothing to click is called %q:\n%s", v.login, v.path(), text, v.text())
	}
	v.do(chromedp.MouseClickXY(at[0], at[1], opts...))
}

// press clicks on what leads to another page.
func (v *visitor) press(text string) {
	v.Helper()
	v.leaves(func() { v.click(text) })
}

// submit clicks on the button of the page's own form.
func (v *visitor) submit() {
	v.Helper()
	const button = `(() => {
	  const b = [...document.querySelectorAll('main form button')].find(b => b.type === 'submit' && b.getClientRects().length);
	  b.scrollIntoView({ block: 'center' });
	  const r = b.getBoundingClientRect();
	  return [r.x + r.width / 2, r.y + r.height / 2];
	})()`
	at := ask[[]float64](v, button)
	v.leaves(func() { v.do(chromedp.MouseClickXY(at[0], at[1])) })
}

// control gives the kind of a field; choices are brought into view and give
// their place.
const control = `(name, value) => {
  const named = [...document.getElementsByName(name)];
  const e = named.find(e => ['radio', 'checkbox'].includes(e.type) ? e.value === value : e.type !== 'hidden');
  if (!e) return null;
  e.scrollIntoView({ block: 'center' });
  if (e.type === 'radio' || e.type === 'checkbox') {
    const r = (e.labels[0] || e).getBoundingClientRect();
    return { kind: e.type, x: r.x + 10, y: r.y + r.height / 2, on: e.checked };
  }
  if (e.tagName === 'SELECT' || e.type === 'date') {
    e.value = value;
    e.dispatchEvent(new Event('input', { bubbles: true }));
    e.dispatchEvent(new Event('change', { bubbles: true }));
    return { kind: 'set', on: e.value === value };
  }
  e.focus(); e.select();
  return { kind: 'type' };
}`

// fill answers fields, given as name and value in turn: typed, chosen, ticked.
func (v *visitor) fill(pairs ...string) {
	v.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		c := ask[*struct {
			Kind string
			X, Y float64
			On   bool
		}](v, control, name, value)
		switch {
		case c == nil || c.Kind == "set" && !c.On:
			v.shot("missing")
			v.Fatalf("%s at %s: no field %s takes %q", v.login, v.path(), name, value)
		case c.Kind == "type" && value == "":
			v.do(chromedp.KeyEvent(kb.Delete))
		case c.Kind == "type":
			if _, err := chromedp.Call(v.ctx, input.InsertText, input.InsertTextParams{Text: value}); err != nil {
				v.Fatal(err)
			}
		case c.Kind != "set" && !c.On:
			v.do(chromedp.MouseClickXY(c.X, c.Y))
		}
	}
}

// value gives what a field holds.
func (v *visitor) value(name string) string {
	v.Helper()
	return ask[string](v, `name => { const all = [...document.getElementsByName(name)]; return (all.find(e => e.checked) || all.find(e => !['radio', 'checkbox'].includes(e.type)))?.value ?? '' }`, name)
}

// shot keeps a picture of the whole page in the folder GATEHOUSE_SHOTS.
func (v *visitor) shot(name string) {
	dir := os.Getenv("GATEHOUSE_SHOTS")
	if dir == "" {
		return
	}
	v.shots++
	b, err := chromedp.Run(v.ctx, chromedp.FullScreenshot(100))
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%02d-%s.png", strings.TrimPrefix(strings.ReplaceAll(v.Name(), "/", "-"), "Test"), v.shots, name)), b, 0o644)
	}
	if err != nil {
		v.Log(err)
	}
}
