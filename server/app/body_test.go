package app

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

// reading is a portal that only reads bodies, at /large, /open and elsewhere.
func reading(known bool) (*bodies, *fiber.App) {
	in := &bodies{large: map[string]bool{"/large": true, "/open": true}, open: map[string]bool{"/open": true}, known: func(*fiber.Ctx) bool { return known },
		all: limit.NewBudget(bytesInFlight, bytesOfOne), strangers: limit.NewBudget(bytesOfStranger, bytesOfOne)}
	app := fiber.New(fiber.Config{StreamRequestBody: true, DisablePreParseMultipartForm: true, ReadTimeout: readTimeout, DisableStartupMessage: true,
		ErrorHandler: func(c *fiber.Ctx, err error) error {
			var f *fiber.Error
			if errors.As(err, &f) {
				return c.SendStatus(f.Code)
			}
			return c.SendStatus(map[fault.Kind]int{fault.Unauthenticated: 401, fault.Unavailable: 503}[fault.As(err).Kind])
		}})
	app.Use(in.read)
	app.Post("/*", func(c *fiber.Ctx) error { return c.SendString(fmt.Sprint(len(c.Body()))) })
	app.Handler()
	return in, app
}

// send sends a body piece by piece, with a pause after each, until somebody
// answers; it gives the status, the answer and how long it took.
func send(t *testing.T, app *fiber.App, path string, size, piece int, pause time.Duration) (status int, answer string, took time.Duration) {
	t.Helper()
	near, far := net.Pipe()
	done := make(chan struct{})
	go func() { app.Server().ServeConn(far); far.Close(); close(done) }()
	from, over := time.Now(), make(chan struct{})
	go func() {
		defer close(over)
		fmt.Fprintf(near, "POST %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n", path, size)
		for sent := 0; sent < size; sent += piece {
			if _, err := near.Write(bytes.Repeat([]byte("x"), min(piece, size-sent))); err != nil {
				return
			}
			time.Sleep(pause)
		}
	}()
	res, err := http.ReadResponse(bufio.NewReader(near), nil)
	took = time.Since(from)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := io.ReadAll(res.Body)
	near.Close()
	<-done
	<-over
	return res.StatusCode, string(b), took
}

// TestSlowSenders: a slow line that gets on passes, whatever it takes; a sender
// of a byte now and then, or of nothing, is cut soon.
func TestSlowSenders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		size, piece int
		pause       time.Duration
		want        int
		within      time.Duration
	}{
		{"2.6 MB at 20 kB/s", 2_600_000, 20_000, time.Second, 200, 3 * time.Minute},
		{"2.6 MB at 5 kB/s", 2_600_000, 5_000, time.Second, 200, 10 * time.Minute},
		{"a byte a second", 2_600_000, 1, time.Second, 408, 30 * time.Second},
		{"a byte every nine seconds", 20_000, 1, 9 * time.Second, 408, 30 * time.Second},
		{"a small form, a byte a second", 9_000, 1, time.Second, 408, 30 * time.Second},
		{"nothing after the beginning", 2_600_000, 20_000, time.Hour, 408, 15 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, app := reading(true)
				status, _, took := send(t, app, "/large", c.size, c.piece, c.pause)
				if status != c.want || took > c.within {
					t.Errorf("%d after %v", status, took)
				}
				if in.all.Scarce() || !in.all.Take("none", bytesOfOne) {
					t.Error("the budget is not given back")
				}
			})
		})
	}
}

// TestWhoMaySend: who is not signed in sends small bodies, and large ones only
// where strangers send files; what is refused is refused before it is read.
func TestWhoMaySend(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		known bool
		path  string
		size  int
		want  int
	}{
		{false, "/large", 31 << 20, 401},
		{false, "/else", 1 << 20, 401},
		{false, "/else", 31 << 20, 413},
		{false, "/else", 100 << 10, 200},
		{false, "/open", 31 << 20, 200},
		{false, "/open", 33 << 20, 413},
		{true, "/large", 31 << 20, 200},
		{true, "/large", 33 << 20, 413},
		{true, "/else", 1 << 20, 200},
		{true, "/else", 3 << 20, 413},
		{true, "/else", 0, 200},
	} {
		t.Run(fmt.Sprint(c.known, c.path, c.size), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				in, app := reading(c.known)
				// Whoever is refused needs a minute for each piece: nobody waits for the second.
				pause := time.Duration(0)
				if c.want != 200 {
					pause = time.Minute
				}
				status, answer, took := send(t, app, c.path, c.size, 1<<20, pause)
				if status != c.want || c.want == 200 && answer != fmt.Sprint(c.size) || took > time.Second {
					t.Errorf("%d %s after %v, want %d", status, answer, took, c.want)
				}
				if !in.all.Take("none", bytesOfOne) || !in.strangers.Take("none", bytesOfOne) {
					t.Error("the budget is not given back")
				}
			})
		})
	}
}

// TestBytesInFlight: when what is being read has used the budget up, the next
// is asked to wait; strangers cannot use up what is for those signed in.
func TestBytesInFlight(t *testing.T) {
	t.Parallel()
	in, app := reading(false)
	in.strangers.Take("others", bytesOfOne)
	in.strangers.Take("more", bytesOfStranger-bytesOfOne)
	if status, _, _ := send(t, app, "/open", 1<<20, 1<<20, 0); status != 503 {
		t.Errorf("a stranger beside others: %d", status)
	}
	if status, _, _ := send(t, app, "/else", 1000, 1000, 0); status != 200 {
		t.Errorf("a small form of a stranger: %d", status)
	}
	in.known = func(*fiber.Ctx) bool { return true }
	if status, _, _ := send(t, app, "/large", 1<<20, 1<<20, 0); status != 200 {
		t.Errorf("somebody signed in: %d", status)
	}
}

// TestStrangersInTheDoor: forty strangers who send 31 MB where one has to be
// signed in get their answer at once and cost no memory, with whatever they
// show in place of a session. It runs beside no other test, as it reads the
// memory of all.
func TestStrangersInTheDoor(t *testing.T) {
	p := portalOf(t, founded)
	host := strings.TrimPrefix(p.base, "http://")
	var peak atomic.Uint64
	stop := make(chan struct{})
	var watch, all sync.WaitGroup
	watch.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
		}
	})
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	junk := make([]byte, 64<<10)
	heads := []string{"", "Authorization: Bearer x.y.z\r\n", "Cookie: gatehouse=x.y.z\r\n", "Expect: 100-continue\r\n"}
	for i := range 40 {
		all.Go(func() {
			c, err := net.Dial("tcp", host)
			if err != nil {
				t.Error(err)
				return
			}
			defer c.Close()
			path, kind := "/api/v1/files?name=a.png", "application/octet-stream"
			if i%2 == 0 {
				path, kind = "/payments/new/claim", "multipart/form-data; boundary=x"
			}
			fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: %s\r\nContent-Length: %d\r\n\r\n", path, host, heads[i%len(heads)], kind, 31<<20)
			go func() {
				for range (31 << 20) / len(junk) {
					if _, err := c.Write(junk); err != nil {
						return
					}
				}
			}()
			c.SetReadDeadline(time.Now().Add(20 * time.Second))
			r := bufio.NewReader(c)
			res, err := http.ReadResponse(r, nil)
			if err == nil && res.StatusCode == 100 {
				res, err = http.ReadResponse(r, nil)
			}
			if err != nil || res.StatusCode != 401 {
				t.Errorf("%s: %v %v", path, err, res)
			}
		})
	}
	all.Wait()
	close(stop)
	watch.Wait()
	// Reading them would take 1.2 GB and more; other tests take some meanwhile.
	if grew := int64(peak.Load()) - int64(before.HeapInuse); grew > 400<<20 {
		t.Errorf("forty strangers cost %d MB", grew>>20)
	}
}
