package app

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/server/app/demo"
)

// hear opens a stream as a person and gives its lines.
func (p *site) hear(t *testing.T, login, after string) (<-chan string, func()) {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(stop)
	r, _ := http.NewRequestWithContext(ctx, "GET", p.base+"/live", nil)
	if login != "" {
		r.Header.Set("Authorization", "Bearer "+p.token(t, login))
	}
	if after != "" {
		r.Header.Set("Last-Event-ID", after)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	if login == "" {
		if res.StatusCode != http.StatusNoContent {
			t.Errorf("nobody hears: %d", res.StatusCode)
		}
		return nil, stop
	}
	if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/event-stream") || res.Header.Get("Cache-Control") != "no-store" || res.Header.Get("Etag") != "" {
		t.Fatalf("%s: %d %v", login, res.StatusCode, res.Header)
	}
	lines := make(chan string, 100)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(res.Body); s.Scan(); {
			if s.Text() != "" {
				lines <- s.Text()
			}
		}
	}()
	if first := <-lines; !strings.HasPrefix(first, "retry:") {
		t.Fatal(first)
	}
	return lines, stop
}

// What changes is heard by those who may see it, as a topic and a number and
// nothing else; whoever comes back hears what was missed.
func TestLive(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	p.Portal.Topic("test", "landmark.amend") // dispatchers may, operators may not
	p.hear(t, "", "")
	dispatcher, gone := p.hear(t, "dispatcher", "")
	operator, _ := p.hear(t, "operator1", "")
	p.Portal.Live.Tell("test", 2, "hehua")
	p.Portal.Live.Tell("unknown", 1)
	id, data := <-dispatcher, <-dispatcher
	if !strings.HasPrefix(id, "id: ") || data != `data: {"topic":"test","new":2}` {
		t.Fatal(id, data)
	}
	gone()
	p.Portal.Live.Tell("test", 1, "hehua")
	again, _ := p.hear(t, "dispatcher", strings.TrimPrefix(id, "id: "))
	if <-again; <-again != `data: {"topic":"test","new":1}` {
		t.Error("what was missed is not heard")
	}
	lost, _ := p.hear(t, "dispatcher", "another-1")
	if <-lost; <-lost != `data: {"topic":"*","new":0}` {
		t.Error("a stream from another time does not say so")
	}
	select {
	case line := <-operator:
		t.Errorf("the operator heard %q", line)
	default:
	}
	// Signed out, nothing is heard any more.
	a := p.send(t, "POST", "/api/v1/session", "", `{"login":"operator2","password":"`+demo.Password+`"}`, nil)
	p.tokens["once"] = a.str("token")
	once, _ := p.hear(t, "once", "")
	p.send(t, "DELETE", "/api/v1/session", p.tokens["once"], "", nil)
	for range once {
	}
}

// A server with open streams stops at once.
func TestLiveStops(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	lines, _ := p.hear(t, "dispatcher", "")
	p.Portal.Live.Close()
	if err := p.Fiber.Shutdown(); err != nil {
		t.Error(err)
	}
	for range lines {
	}
	if p.Portal.Live.Listeners() != 0 {
		t.Error("somebody still listens")
	}
}
