package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// ill is a store that takes nothing any more, or does not answer at all.
type ill struct {
	store.Driver
	readOnly, away atomic.Bool
}

var errIll = errors.New("the store is ill")

func (d *ill) writes() error {
	if d.readOnly.Load() || d.away.Load() {
		return errIll
	}
	return nil
}

func (d *ill) reads() error {
	if d.away.Load() {
		return errIll
	}
	return nil
}

func (d *ill) Insert(ctx context.Context, coll string, r store.Row) error {
	if err := d.writes(); err != nil {
		return err
	}
	return d.Driver.Insert(ctx, coll, r)
}

func (d *ill) InsertMany(ctx context.Context, coll string, rs []store.Row) error {
	if err := d.writes(); err != nil {
		return err
	}
	return d.Driver.InsertMany(ctx, coll, rs)
}

func (d *ill) Update(ctx context.Context, coll string, r store.Row) error {
	if err := d.writes(); err != nil {
		return err
	}
	return d.Driver.Update(ctx, coll, r)
}

func (d *ill) Delete(ctx context.Context, coll, id string, revision int64) error {
	if err := d.writes(); err != nil {
		return err
	}
	return d.Driver.Delete(ctx, coll, id, revision)
}

func (d *ill) Get(ctx context.Context, coll, id string) (store.Row, error) {
	if err := d.reads(); err != nil {
		return store.Row{}, err
	}
	return d.Driver.Get(ctx, coll, id)
}

func (d *ill) Find(ctx context.Context, coll string, q store.Query) ([]store.Row, error) {
	if err := d.reads(); err != nil {
		return nil, err
	}
	return d.Driver.Find(ctx, coll, q)
}

func (d *ill) Ping(ctx context.Context) error {
	if err := d.reads(); err != nil {
		return err
	}
	return d.Driver.Ping(ctx)
}

// TestStoreIll: while the store takes nothing what is kept can still be read,
// while it is away the portal says that it is not ready; nothing is half done,
// and what was sent again afterwards counts once.
func TestStoreIll(t *testing.T) {
	t.Parallel()
	db, c := copied(t, founded)
	d := &ill{Driver: db}
	p := launchOn(t, d, c)
	in, err := json.Marshal(p.form())
	if err != nil {
		t.Fatal(err)
	}
	draft := func() answer {
		return p.send(t, "POST", "/api/v1/applications", p.token(t, "health.clerk"), string(in), map[string]string{"Idempotency-Key": "once"})
	}
	count := func() int64 {
		n, err := p.Admission.Resource.Engine.Cases().Count(t.Context(), store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	p.token(t, "health.clerk")
	before := count()
	d.readOnly.Store(true)
	if a := draft(); a.status != 500 || strings.Contains(a.raw, "ill") || a.str("code") != "internal" {
		t.Errorf("a store that takes nothing: %d %s", a.status, a.raw)
	}
	if a := p.get(t, "", "/items"); a.status != 200 {
		t.Errorf("nothing can be read: %d", a.status)
	}
	d.away.Store(true)
	for path, want := range map[string]int{"/readyz": 503, "/healthz": 200} {
		if a := p.get(t, "", path); a.status != want {
			t.Errorf("%s while the store is away: %d", path, a.status)
		}
	}
	d.readOnly.Store(false)
	d.away.Store(false)
	if n := count(); n != before {
		t.Errorf("%d cases came from nothing", n-before)
	}
	for range 2 {
		if a := draft(); a.status != 201 {
			t.Errorf("after it is back: %d %s", a.status, a.raw)
		}
	}
	if n := count(); n != before+1 {
		t.Errorf("%d cases for one request", n-before)
	}
	if a := p.get(t, "", "/readyz"); a.status != 200 {
		t.Error("not ready again", a.raw)
	}
}

// TestSlowClients: hundreds who send a byte and then nothing keep nobody else
// waiting.
func TestSlowClients(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	host := strings.TrimPrefix(p.base, "http://")
	for range 400 {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		fmt.Fprint(c, "POST /api/v1/files?name=a HTTP/1.1\r\nHost: x\r\nContent-Le")
	}
	for range 20 {
		if a := p.get(t, "", "/items"); a.status != 200 {
			t.Fatal(a.status)
		}
	}
}

// TestVanishing: who goes away in the middle of a file leaves none behind.
func TestVanishing(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	host := strings.TrimPrefix(p.base, "http://")
	kept := func() int64 {
		n, err := p.Portal.Store.Count(t.Context(), "files", store.Query{})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := kept()
	for i := range 30 {
		c, err := net.Dial("tcp", host)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(c, "POST /api/v1/files?name=a.png HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n\x89PNG\r\n", host, p.token(t, "health.clerk"))
		if i%2 == 0 {
			c.(*net.TCPConn).SetLinger(0) // torn off
		}
		c.Close()
	}
	if a := p.get(t, "", "/items"); a.status != 200 {
		t.Error(a.status)
	}
	if n := kept(); n != before {
		t.Errorf("%d halves of files are kept", n-before)
	}
	c, err := net.Dial("tcp", host)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n", host)
	if res, err := http.ReadResponse(bufio.NewReader(c), nil); err != nil || res.StatusCode != 200 {
		t.Error(err)
	}
}

// TestClockSetBack: a machine whose clock is corrected by a day goes on; what
// was done stays done, and histories hold.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	p := portalOf(t, founded)
	a := p.bring(t, "submitted")
	p.clock.Set(p.clock.Now().Add(-26 * time.Hour))
	p.tokens = map[string]string{}
	p.Portal.Bus.Once(t.Context())
	if x := p.done(t, "office1", a.path("return"), fields{"gaps": "权限"}); x.str("state") != "returned" {
		t.Error(x.raw)
	}
	p.clock.Set(p.clock.Now().Add(48 * time.Hour))
	p.Portal.Bus.Once(t.Context())
	for _, d := range p.Portal.Resources() {
		if _, broken, err := lifecycle.Verify(t.Context(), p.Portal.Store, d.Plural()); broken != nil || err != nil {
			t.Error(broken, err)
		}
	}
}
