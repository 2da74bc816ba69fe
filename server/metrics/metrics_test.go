package metrics

import (
	"errors"
	"io"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestCounts(t *testing.T) {
	t.Parallel()
	m := New()
	m.Request("GET", "/applications/:id", 200, 7*time.Millisecond)
	m.Request("GET", "/applications/:id", 200, 9*time.Second)
	m.Decision(true)
	m.Decision(false)
	m.Round(time.Second)
	l := m.Log(slog.New(slog.NewTextHandler(io.Discard, nil)))
	l.Info("all well")
	l.With("a", 1).WithGroup("g").Error("not well", "err", errors.New("x"))
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, want := range []string{
		`gatehouse_request_seconds_count{method="GET",route="/applications/:id",status="200"} 2`,
		`gatehouse_request_seconds_bucket{method="GET",route="/applications/:id",status="200",le="0.01"} 1`,
		`gatehouse_gate_decisions_total{allowed="false"} 1`,
		"gatehouse_clock_round_seconds_count 1", "gatehouse_logged_errors_total 1", "go_goroutines",
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("no %q in\n%s", want, w.Body.String())
		}
	}
}
