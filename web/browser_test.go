package web

import (
	"context"
	"fmt"
	"sync"
	"testing"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// listen collects what a page must never cause: console errors, exceptions,
// reports of the content security policy.
func listen(t *testing.T, ctx context.Context) func() []string {
	var mu sync.Mutex
	var bad []string
	add := func(s string) { mu.Lock(); bad = append(bad, s); mu.Unlock() }
	err := chromedp.Listen(ctx, func(ev any) {
		switch e := ev.(type) {
		case *runtime.EventConsoleAPICalled:
			if e.Type == "error" {
				add(fmt.Sprintf("console: %s", e.Args[0].Value))
			}
		case *runtime.EventExceptionThrown:
			add(fmt.Sprintf("exception: %+v", e.ExceptionDetails))
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == "error" {
				add("log: " + e.Entry.Text + " " + e.Entry.URL)
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() []string { mu.Lock(); defer mu.Unlock(); return bad }
}
