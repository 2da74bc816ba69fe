package front

import (
	"strings"
	"testing"
	"time"

	"gatehouse/modules/portaltest"
)

// Whoever has found a hole, or cannot use a page, finds out what to do.
func TestStatements(t *testing.T) {
	h := portaltest.New(t)
	New(h.Portal, nil, nil, nil)
	app := h.App()
	for page, words := range map[string]string{"/security": "发现漏洞", "/accessibility": "WCAG 2.2"} {
		code, body := h.Ask(app, "", page, "")
		if code != 200 || !strings.Contains(body, words) || !strings.Contains(body, `href="/security"`) || !strings.Contains(body, `href="/accessibility"`) {
			t.Errorf("%s: %d, or no %s, or no way from the foot of the page", page, code, words)
		}
	}
	code, text := h.Ask(app, "", "/.well-known/security.txt", "")
	if code != 200 || !strings.Contains(text, "/security\n") {
		t.Fatal(code, text)
	}
	_, expires, _ := strings.Cut(text, "Expires: ")
	expires, _, _ = strings.Cut(expires, "\n")
	if at, err := time.Parse(time.RFC3339, expires); err != nil || at.Before(h.Now()) || at.After(h.Now().AddDate(1, 0, 0)) {
		t.Errorf("expires %q", expires)
	}
}

// Tasks are for somebody, and a code that no letter bears stands for nothing.
func TestNobodysTasks(t *testing.T) {
	h := portaltest.New(t)
	New(h.Portal, nil, nil, nil)
	app := h.App()
	for path, want := range map[string]int{"/api/v1/tasks": 401, "/api/v1/verify?code=ZR-2026-00001-0123456789": 404, "/tasks": 401} {
		if code, body := h.Ask(app, "", path, ""); code != want {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
}
