// Package app builds the portal: it is the only package that names modules and
// store adapters, and so the one place to see what the product is made of.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/policy"
	"gatehouse/server/archive"
	"gatehouse/server/calendar"
	"gatehouse/server/config"
	"gatehouse/server/conns"
	"gatehouse/server/lifecycle"
	"gatehouse/server/live"
	"gatehouse/server/metrics"
	"gatehouse/server/setting"
	"gatehouse/server/sso"
	"gatehouse/server/store"
	"gatehouse/server/store/mongo"
	"gatehouse/server/store/sqlite"
	"gatehouse/web"
)

// App is the portal, built and ready to serve.
type App struct {
	*Modules
	Portal *portal.Portal
	Fiber  *fiber.App
	rows   *store.Catalog
	marks  *store.Collection[mark]
	lease  *lifecycle.Lease // of the rounds of events and deadlines
	log    *slog.Logger
	stop   context.CancelFunc

	proxies []string // trusted
	numbers *lifecycle.Numbers
	marker  *marker // of an embedded store
	metrics *metrics.Metrics
	health  health
}

// Connect opens the store that the configuration names.
func Connect(ctx context.Context, c config.Config) (store.Driver, error) {
	if c.Store != "sqlite" {
		return mongo.Open(ctx, c.Store)
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, fmt.Errorf("make the data folder: %w", err)
	}
	return sqlite.Open(c.File())
}

// Build makes the portal on a store. now is its clock.
func Build(ctx context.Context, d store.Driver, c config.Config, now func() time.Time, log *slog.Logger) (*App, error) {
	a, err := unmarked(ctx, d, c, now, log)
	if err == nil && c.Store == "sqlite" {
		if err = a.mark(ctx, c); err != nil {
			a.Close()
			return nil, err
		}
	}
	return a, err
}

// unmarked is Build of a store that is copied from or into.
func unmarked(ctx context.Context, d store.Driver, c config.Config, now func() time.Time, log *slog.Logger) (*App, error) {
	if err := archive.Whole(ctx, d); err != nil {
		return nil, err
	}
	a, err := build(ctx, d, c, now, log)
	if err != nil {
		return nil, err
	}
	anew, err := a.reindex(ctx)
	if err == nil && !anew {
		return a, nil
	}
	a.Close()
	if err != nil {
		return nil, err
	}
	return build(ctx, d, c, now, log)
}

func build(ctx context.Context, d store.Driver, c config.Config, now func() time.Time, log *slog.Logger) (*App, error) {
	if err := web.Translations(); err != nil {
		return nil, err
	}
	set, err := policy.Default()
	if err != nil {
		return nil, err
	}
	rows := store.NewCatalog(d)
	key, err := signingKey(ctx, rows)
	if err != nil {
		return nil, err
	}
	numbers, err := lifecycle.NewNumbers(ctx, rows)
	if err != nil {
		return nil, err
	}
	index := policy.NewIndex()
	g := policy.NewGate(set, index)
	cal := calendar.Default()
	counts := metrics.New()
	log = counts.Log(log)
	a := &App{rows: rows, log: log, metrics: counts, proxies: c.Proxies, numbers: numbers}
	kept, err := keep(ctx, rows, c, key, now)
	if err != nil {
		return nil, err
	}
	h := &portal.Portal{Index: index, Policy: g, Names: portal.NewNames(), Files: kept, Signing: key, Live: live.New(), Secure: c.Secure(), Origin: c.Origin(), Public: c.Public(),
		Deps: lifecycle.Deps{Store: rows, Gate: counted{portal.NewGate(g), counts}, Places: index, Bus: lifecycle.NewBus(log), Numbers: numbers,
			Calendar: func() *calendar.Calendar { return cal }, Settings: a.settings, Clock: now}}
	if c.SSO.Issuer != "" {
		h.SSO = sso.New(c.SSO, c.Origin()+"/signin/callback")
	}
	a.Portal = h
	if rows.Shared() {
		if a.lease, err = lifecycle.NewLease(ctx, rows, "rounds", leaseLife); err != nil {
			return nil, err
		}
	}
	if a.marks, err = store.Open(ctx, rows, store.Spec{Name: "marks"}, func(*mark) map[string]any { return nil }); err != nil {
		return nil, err
	}
	if a.Modules, err = open(ctx, h); err != nil {
		return nil, err
	}
	if err := h.Check(); err != nil {
		return nil, err
	}
	ctx, a.stop = context.WithCancel(ctx)
	if err := h.LoadAll(ctx); err != nil {
		return nil, err
	}
	for _, m := range slices.Concat(h.Modules(), a.all) {
		if m.Load != nil {
			if err := m.Load(ctx); err != nil {
				return nil, fmt.Errorf("load %s: %w", m.Name, err)
			}
		}
	}
	a.Fiber = a.http(c, set.Hash())
	return a, nil
}

// settings gives what the city has chosen. The modules are opened with it
// before the one that knows is there; until then nothing is chosen.
func (a *App) settings() setting.Values {
	if a.Modules == nil {
		return setting.Defaults()
	}
	return a.Modules.Settings.Values(a.Portal.Clock())
}

const (
	roundEvery = 5 * time.Second
	leaseLife  = 30 * time.Second // several rounds, so that a slow one loses nothing
)

// round is told of every round of events and deadlines.
func (a *App) round(took time.Duration) {
	a.health.beat.Store(time.Now().UnixNano())
	a.metrics.Round(took)
}

// Serve answers requests and does what deadlines demand until ctx ends, then
// finishes what it has accepted. From then on it is not ready, and new
// connections are refused.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	work, done := context.WithCancel(ctx)
	defer done()
	idle := make(chan struct{})
	go func() {
		a.Portal.Bus.Run(work, lifecycle.Rounds{Every: roundEvery, Lease: a.lease, Done: a.round, Clock: a.Portal.Clock})
		close(idle)
	}()
	swept := make(chan struct{})
	go func() { a.sweep(work); close(swept) }()
	sealed := make(chan struct{})
	go func() { a.Digests.Run(work, a.log); close(sealed) }()
	failed := make(chan error, 1)
	go func() { failed <- a.Fiber.Listener(conns.Listen(l, conns.Config{Proxies: a.proxies, Log: a.log})) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	a.health.stopping.Store(true)
	a.Portal.Live.Close() // an open stream would keep the server waiting
	err := a.Fiber.ShutdownWithTimeout(10 * time.Second)
	done()
	<-idle
	<-swept
	<-sealed
	return err
}

// Close ends what Build has started; the store stays open.
func (a *App) Close() { a.stop() }

// secret is a key of the house, kept in the store so that all its processes share it.
type secret struct {
	store.Meta
	Key []byte `json:"key"`
}

// signingKey gives the key that signs tokens; the first process ever makes it.
func signingKey(ctx context.Context, d store.Driver) ([]byte, error) {
	secrets, err := store.Open(ctx, d, store.Spec{Name: "secrets"}, func(*secret) map[string]any { return nil })
	if err != nil {
		return nil, err
	}
	fresh := make([]byte, 32)
	rand.Read(fresh)
	err = secrets.Insert(ctx, &secret{Meta: store.Meta{ID: "signing"}, Key: fresh})
	var taken *store.UniqueError
	if err != nil && !errors.As(err, &taken) {
		return nil, fmt.Errorf("make the signing key: %w", err)
	}
	s, err := secrets.Get(ctx, "signing")
	if err != nil {
		return nil, fmt.Errorf("read the signing key: %w", err)
	}
	return s.Key, nil
}
