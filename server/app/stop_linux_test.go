package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// comesFrom asks from one of this machine's addresses, each time anew.
func comesFrom(ip string) *http.Client {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}, Timeout: 5 * time.Second}
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			return d.DialContext(ctx, network, addr)
		}}}
}

// TestIdleConnections: more idle connections than the machine has descriptors
// end neither the process nor the visits of others, and when they are gone
// everything is as before.
func TestIdleConnections(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	for _, descriptors := range []int{400, 70} { // enough for the bounds, and too few even for them
		t.Run(fmt.Sprint(descriptors), func(t *testing.T) {
			p := startWith(t, filepath.Join(t.TempDir(), "data"), "sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$0" "$@"`, descriptors), bin)
			health := func(ip string) error {
				res, err := comesFrom(ip).Get(p.base + "/healthz")
				if err != nil {
					return err
				}
				res.Body.Close()
				if res.StatusCode != 200 {
					return fmt.Errorf("status %d", res.StatusCode)
				}
				return nil
			}
			var idle []net.Conn
			for range 3 * descriptors {
				c, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
				if err == nil {
					idle = append(idle, c)
				}
			}
			if descriptors > 100 {
				for range 5 {
					if err := health("127.0.0.2"); err != nil {
						t.Errorf("somebody else: %v", err)
					}
				}
			}
			for _, c := range idle {
				c.Close()
			}
			var last error
			for from := time.Now(); time.Since(from) < 20*time.Second; time.Sleep(100 * time.Millisecond) {
				if last = health("127.0.0.1"); last == nil {
					return
				}
			}
			t.Errorf("after they are gone: %v", last)
		})
	}
}
