package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// scriptsPage answers like a module would: a live list, a form that is refused
// once, a check while typing.
type scriptsPage struct{ posts atomic.Int32 }

func (s *scriptsPage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	const l = English
	p := Page{Lang: l, Title: "scripts", Path: "/js", Keys: true}
	switch r.URL.Path {
	case "/js":
		q := r.URL.Query().Get("q")
		spec := galleryForm(l, false)
		spec.Action, spec.Swap, spec.Checks = "/post", "gallery-f", map[string]Check{"title": {"/check", "same"}}
		p.Body = Join(Filters(l, FilterSpec{Action: "/js", Swap: "list", Live: true, Fields: []FilterField{{Name: "q", LabelKey: "gallery.item", Value: q}}}),
			"<div id=list data-announce='1 found'><p id=found>"+Text("found:"+q)+"</p>", Table{Rows: [][]Cell{{{HTML: "first", Href: "#filter-q"}}, {{HTML: "second", Href: "#filter-q"}}}}.HTML(l), "</div>", Form(l, spec),
			Form(l, FormSpec{ID: "slow", Action: "/slow", SubmitKey: "yes"}))
	case "/post":
		s.posts.Add(1)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(http.StatusUnprocessableEntity)
		spec := galleryForm(l, true)
		spec.Action, spec.Swap = "/post", "gallery-f"
		p.Body = Form(l, spec)
	case "/check":
		fmt.Fprint(w, "<div id=same><p>like: "+Text(r.URL.RawQuery)+"</p></div>")
		return
	case "/slow":
		s.posts.Add(1)
		time.Sleep(300 * time.Millisecond)
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		serveGallery(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", galleryPolicy)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if err := Render(w, p); err != nil {
		panic(err)
	}
}

func TestScriptsInABrowser(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("SKIPPED, NO SCRIPT RAN IN A BROWSER: there is no chromium")
	}
	page := new(scriptsPage)
	srv := httptest.NewServer(page)
	defer srv.Close()
	ctx, faults, done := galleryBrowser(t)
	defer done()
	do := func(steps ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, steps...); err != nil {
			t.Fatal(err)
		}
	}
	do(chromedp.Navigate(srv.URL+"/js"), chromedp.WaitReady("#filter-q"))

	do(chromedp.SendKeys("#filter-q", "lift"))
	until(t, ctx, `document.getElementById('found').textContent === 'found:lift'`)
	until(t, ctx, `document.activeElement.id === 'filter-q' && location.search === '?q=lift' && document.getElementById('live').textContent === '1 found'`)
	do(chromedp.NavigateBack())
	until(t, ctx, `document.getElementById('found').textContent === 'found:'`)

	do(chromedp.SendKeys("#gallery-f-password", "hunter2"), chromedp.SendKeys("#gallery-f-title", "x"))
	until(t, ctx, `document.getElementById('same').textContent.includes('like: ')`)
	until(t, ctx, `!document.getElementById('same').textContent.includes('hunter2')`)

	do(chromedp.Click("[data-add-row]"))
	until(t, ctx, `document.activeElement.name === 'instalments.3.amount' && document.activeElement.id === 'gallery-f-instalments-3-amount' && document.querySelector('label[for=gallery-f-instalments-3-amount]') !== null`)

	do(chromedp.SendKeys("#gallery-f-title", kb.Enter))
	until(t, ctx, `document.activeElement.matches('[data-error-summary]') && document.querySelectorAll('#gallery-f').length === 1`)

	// Keys stay letters while somebody types, and move elsewhere (rule 28).
	do(chromedp.Focus("#list a"))
	key(t, ctx, "/")
	until(t, ctx, `document.activeElement.id === 'filter-q' && document.activeElement.value === 'lift'`)
	key(t, ctx, "j")
	until(t, ctx, `document.activeElement.value.includes('j') && document.getElementById('found').textContent.includes('j')`)
	do(chromedp.Focus("#list a"))
	key(t, ctx, "j")
	until(t, ctx, `document.activeElement.textContent === 'second'`)

	before := page.posts.Load()
	until(t, ctx, `(b => { b.click(); b.click(); b.click(); return true; })(document.querySelector('#slow button'))`)
	time.Sleep(500 * time.Millisecond)
	if got := page.posts.Load() - before; got != 1 {
		t.Errorf("three clicks posted %d times", got)
	}
	for _, bad := range faults() {
		if !strings.Contains(bad, "422") {
			t.Error(bad)
		}
	}
}

// key presses a key as a keyboard does: one event that types the letter unless
// a script took it.
func key(t *testing.T, ctx context.Context, k string) {
	t.Helper()
	for _, p := range []input.DispatchKeyEventParams{{Type: input.DispatchKeyEventTypeKeyDown, Key: k, Text: k}, {Type: input.DispatchKeyEventTypeKeyUp, Key: k}} {
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, p); err != nil {
			t.Fatal(err)
		}
	}
}

// until waits for a condition of the page.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](js, chromedp.WithPollingTimeout(5*time.Second))); err != nil {
		at, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + ' ' + document.activeElement.outerHTML.slice(0, 200) + ' ' + document.activeElement.value`))
		t.Fatalf("%s: %v, at %s", js, err, at)
	}
}
