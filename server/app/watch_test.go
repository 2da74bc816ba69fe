package app

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/server/config"
	"gatehouse/server/store/sqlite"
)

// TestRequestLog: each answer carries a number that its line in the log names;
// no line holds an address's ids, codes or queries.
func TestRequestLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	a, err := Build(t.Context(), portalOf(t, founded).rows.Driver, config.Config{}, time.Now, slog.New(slog.NewJSONHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	get := func(path string) *http.Response {
		t.Helper()
		r, err := a.Fiber.Test(httptest.NewRequest("GET", path, nil), -1)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for path, route := range map[string]string{
		"/healthz": `"/healthz"`, "/applications/0191-secret?code=4711": `"/applications/:id"`, "/no/such/4711/page": `"none"`,
	} {
		log.Reset()
		r := get(path)
		line := log.String()
		if id := r.Header.Get("X-Request-Id"); len(id) != 16 || !strings.Contains(line, id) || !strings.Contains(line, `"route":`+route) {
			t.Errorf("%s: number %q, log %s", path, id, line)
		}
		if strings.Contains(line, "4711") || strings.Contains(line, "secret") {
			t.Errorf("%s: the log tells too much: %s", path, line)
		}
	}
}

// TestReadiness: a process that stops, or whose rounds stand still, is not ready.
func TestReadiness(t *testing.T) {
	t.Parallel()
	db, err := sqlite.Memory()
	if err != nil {
		t.Fatal(err)
	}
	a, err := Build(t.Context(), db, config.Config{}, time.Now, silent)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.Close)
	ready := func() int {
		t.Helper()
		r, err := a.Fiber.Test(httptest.NewRequest("GET", "/readyz", nil), -1)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode
	}
	a.Portal.Bus.Once(context.Background())
	a.round(time.Millisecond)
	if got := ready(); got != 200 {
		t.Errorf("at work: %d", got)
	}
	a.health.beat.Store(time.Now().Add(-2 * stale).UnixNano())
	if got := ready(); got != 503 {
		t.Errorf("with its rounds standing still: %d", got)
	}
	a.round(time.Millisecond)
	a.health.stopping.Store(true)
	if got := ready(); got != 503 {
		t.Errorf("while it stops: %d", got)
	}
	a.health.stopping.Store(false)
	db.Close()
	if got := ready(); got != 503 {
		t.Errorf("without its store: %d", got)
	}
}
