// Package metrics counts what the portal does, for whoever runs it. It counts
// by route, outcome and policy line, never by person, place or case.
package metrics

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics are the counts of one process.
type Metrics struct {
	registry  *prometheus.Registry
	requests  *prometheus.HistogramVec
	decisions *prometheus.CounterVec
	rounds    prometheus.Histogram
	errs      prometheus.Counter
}

// New starts counting.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "gatehouse_request_seconds", Help: "Time to answer a request.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 20}}, []string{"method", "route", "status"}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "gatehouse_gate_decisions_total",
			Help: "Decisions of the gate, those behind buttons included."}, []string{"allowed"}),
		rounds: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "gatehouse_clock_round_seconds",
			Help: "Time of one round of events and deadlines.", Buckets: []float64{.01, .05, .1, .5, 1, 5, 15, 60}}),
		errs: prometheus.NewCounter(prometheus.CounterOpts{Name: "gatehouse_logged_errors_total", Help: "Errors written to the log."}),
	}
	m.registry.MustRegister(m.requests, m.decisions, m.rounds, m.errs, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Request counts an answered request. route is its pattern, never its path.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// Decision counts a decision of the gate.
func (m *Metrics) Decision(allowed bool) {
	m.decisions.WithLabelValues(strconv.FormatBool(allowed)).Inc()
}

// Round counts one round of events and deadlines.
func (m *Metrics) Round(took time.Duration) { m.rounds.Observe(took.Seconds()) }

// Log counts the errors that pass through a logger.
func (m *Metrics) Log(l *slog.Logger) *slog.Logger { return slog.New(counting{l.Handler(), m.errs}) }

type counting struct {
	slog.Handler
	errs prometheus.Counter
}

func (c counting) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		c.errs.Inc()
	}
	return c.Handler.Handle(ctx, r)
}

func (c counting) WithAttrs(as []slog.Attr) slog.Handler {
	return counting{c.Handler.WithAttrs(as), c.errs}
}

func (c counting) WithGroup(name string) slog.Handler {
	return counting{c.Handler.WithGroup(name), c.errs}
}

// Serve answers GET /metrics on an address of its own, which is not for the
// public, until ctx ends.
func (m *Metrics) Serve(ctx context.Context, addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("listen for metrics on %s: %w", addr, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	s := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second}
	go func() { <-ctx.Done(); s.Close() }()
	if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

// Handler answers with the counts.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}
