package app

import (
	"bytes"
	"context"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/server/config"
)

// embedded opens a portal on a data folder as the command line does.
func embedded(t *testing.T, c config.Config, do func(*App)) error {
	t.Helper()
	return with(t.Context(), c, silent, func(a *App, _ *Clock) error { do(a); return nil })
}

// number takes a whole block of numbers, as sixteen cases would.
func number(t *testing.T, a *App) string {
	t.Helper()
	no := ""
	for range 16 {
		var err error
		if no, err = a.numbers.Next(context.Background(), "ZR", time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
	}
	return no
}

// TestAStoreWasThere: where there was a store no new one is made in its place,
// and nobody is asked to set up a city.
func TestAStoreWasThere(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(c config.Config) error{
		"the file is gone":      func(c config.Config) error { return os.Remove(c.File()) },
		"the file is empty":     func(c config.Config) error { return os.WriteFile(c.File(), nil, 0o600) },
		"only files are left":   func(c config.Config) error { os.Remove(markerFile(c)); return os.Remove(c.File()) },
		"the file is another's": nil,
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "data")}
			if err := embedded(t, c, func(a *App) {
				if _, err := a.Portal.Files.Keep(t.Context(), "x", "file", "a.txt", []byte("evidence"), 1<<20); err != nil {
					t.Fatal(err)
				}
			}); err != nil {
				t.Fatal(err)
			}
			for _, f := range []string{"-wal", "-shm"} {
				os.Remove(c.File() + f)
			}
			if harm == nil {
				other := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "other")}
				if err := embedded(t, other, func(*App) {}); err != nil {
					t.Fatal(err)
				}
				harm = func(c config.Config) error { return os.Rename(other.File(), c.File()) }
			}
			if err := harm(c); err != nil {
				t.Fatal(err)
			}
			err := embedded(t, c, func(a *App) { t.Errorf("it serves; set-up code %q", a.People.SetupCode()) })
			if err == nil || !strings.Contains(err.Error(), "backup") {
				t.Errorf("it says %v", err)
			}
		})
	}
	c := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "data")}
	for range 2 { // an empty portal that nobody has set up may be started again
		if err := embedded(t, c, func(*App) {}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNumbersNeverTwice: when the store goes back to an older state, numbers
// that may have been given are not given again, and verify names them.
func TestNumbersNeverTwice(t *testing.T) {
	t.Parallel()
	c := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "data")}
	var first, last, next string
	if err := embedded(t, c, func(a *App) { first = number(t, a) }); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(c.File())
	if err != nil {
		t.Fatal(err)
	}
	if err := embedded(t, c, func(a *App) { number(t, a); last = number(t, a) }); err != nil {
		t.Fatal(err)
	}
	if first != "ZR-2026-00016" || last != "ZR-2026-00048" {
		t.Fatal(first, last)
	}
	for _, f := range []string{"-wal", "-shm"} {
		os.Remove(c.File() + f)
	}
	if err := os.WriteFile(c.File(), old, 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func() string {
		var out bytes.Buffer
		if err := Verify(t.Context(), c, &out, silent); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if said := verify(); !strings.Contains(said, "GAP: the numbers ZR-2026-00017 to 00048") {
		t.Errorf("verify says %s", said)
	}
	if err := embedded(t, c, func(a *App) { next = number(t, a) }); err != nil {
		t.Fatal(err)
	}
	if next != "ZR-2026-00064" {
		t.Errorf("after 00048 came %s", next)
	}
	if said := verify(); strings.Count(said, "GAP") != 1 || !strings.Contains(said, "ZR-2026-00017 to 00048") {
		t.Errorf("afterwards verify says %s", said)
	}
}

// TestReadyMeansItCanKeep: with its file or its folder gone the portal is not
// ready and says so in words, and what was typed comes back.
func TestReadyMeansItCanKeep(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(c config.Config) error{
		"the file is deleted":   func(c config.Config) error { return os.Remove(c.File()) },
		"the folder is deleted": func(c config.Config) error { return os.RemoveAll(filepath.Join(c.Data, "files")) },
		"the folder is replaced": func(c config.Config) error {
			at := filepath.Join(c.Data, "files")
			if err := os.Rename(at, at+".old"); err != nil {
				return err
			}
			return os.MkdirAll(filepath.Join(at, "coming"), 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := config.Config{Store: "sqlite", Data: filepath.Join(t.TempDir(), "data")}
			err := embedded(t, c, func(a *App) {
				ask := func(method, path, body string) (int, string) {
					r := httptest.NewRequest(method, path, strings.NewReader(body))
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					res, err := a.Fiber.Test(r, -1)
					if err != nil {
						t.Fatal(err)
					}
					var b bytes.Buffer
					b.ReadFrom(res.Body)
					return res.StatusCode, b.String()
				}
				for range 50 { // a storm of probes keeps little
					if code, body := ask("GET", "/readyz", ""); code != 200 {
						t.Fatal(code, body)
					}
				}
				if m, err := a.marks.Get(t.Context(), "ready"); err != nil || m.Revision > 2 {
					t.Errorf("the probes kept %v, %v", m, err)
				}
				if err := harm(c); err != nil {
					t.Fatal(err)
				}
				a.health.probed = time.Now().Add(-probeEvery)
				if code, body := ask("GET", "/readyz", ""); code != 503 || strings.Contains(body, "ready") {
					t.Errorf("ready: %d %s", code, body)
				}
				if strings.HasPrefix(name, "the file") {
					form := "code=" + a.People.SetupCode() + "&city_code=yunting&city_name_hans=%E4%BA%91%E6%B1%80&district_code=binhe&district_name_hans=%E6%BB%A8%E6%B2%B3&name=Li&login=li&new_password=correct-horse-battery"
					if code, body := ask("POST", "/setup", form); code != 503 || !strings.Contains(body, "云汀") || !strings.Contains(body, "磁盘") {
						t.Errorf("a form: %d %.300s", code, body)
					}
				}
			})
			if err != nil && name != "the file is deleted" {
				t.Error(err)
			}
		})
	}
}
