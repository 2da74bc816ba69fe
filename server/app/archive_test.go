package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/server/app/demo"
	"gatehouse/server/archive"
	"gatehouse/server/config"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

// TestBackupWhileServing: a portal at work is put into one file, the file into
// a new store, and that into another; everybody signs in there as before.
func TestBackupWhileServing(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	c := config.Config{Store: "sqlite", Data: filepath.Join(data, "portal")}
	found(t, c.Data)
	d, err := Connect(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Move(ctx, c, config.Config{Store: "sqlite", Data: filepath.Join(data, "stolen")}, silent); err == nil {
		t.Error("a portal was moved while another process had it open")
	}
	file := filepath.Join(data, "portal.tar.gz")
	m, err := Backup(ctx, c, file, silent)
	if err != nil || m.Rows() < 100 {
		t.Fatalf("%+v %v", m, err)
	}
	if _, err := Backup(ctx, c, file, silent); !errors.Is(err, os.ErrExist) {
		t.Errorf("an archive was written over: %v", err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	restored := config.Config{Store: "sqlite", Data: filepath.Join(data, "restored")}
	back, err := Restore(ctx, restored, file, silent)
	if err != nil {
		t.Fatal(err)
	}
	alike(t, m, back)
	if _, err := Restore(ctx, restored, file, silent); err == nil {
		t.Error("restored on top of a portal")
	}
	moved := config.Config{Store: "sqlite", Data: filepath.Join(data, "moved")}
	if uri := os.Getenv("GATEHOUSE_TEST_MONGO"); uri != "" {
		moved = config.Config{Store: strings.TrimSuffix(uri, "/") + fmt.Sprintf("/moved%d", time.Now().UnixNano()), Data: data}
	}
	there, err := Move(ctx, restored, moved, silent)
	if err != nil {
		t.Fatal(err)
	}
	there.Collections["rosters"] = m.Collections["rosters"] // a portal that starts counts its people anew
	alike(t, m, there)
	if left, _ := filepath.Glob(filepath.Join(c.Data, "backup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	open, err := Connect(ctx, moved)
	if err != nil {
		t.Fatal(err)
	}
	p, err := launchWith(open, func(*portal) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	p.clock.Reset()
	if a := p.send(t, "POST", "/api/v1/session", "", fmt.Sprintf(`{"login":"office","password":%q}`, demo.Password), nil); a.status != 201 {
		t.Errorf("sign-in after the move: %d %s", a.status, a.raw)
	}
}

// alike compares what two copies hold.
func alike(t *testing.T, want, got archive.Manifest) {
	t.Helper()
	for name, w := range want.Collections {
		if got.Collections[name] != w {
			t.Errorf("%s: %+v, want %+v", name, got.Collections[name], w)
		}
	}
}

// TestCutCopies: a copy that was cut short is refused by whoever would serve it,
// and a cut archive writes nothing.
func TestCutCopies(t *testing.T) {
	ctx, data := t.Context(), t.TempDir()
	c := config.Config{Store: "sqlite", Data: filepath.Join(data, "half")}
	cut := filepath.Join(data, "cut.tar.gz")
	if err := os.WriteFile(cut, []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(ctx, c, cut, silent); err == nil {
		t.Error("no archive was restored")
	}
	if _, err := os.Stat(c.File()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a store was made: %v", err)
	}
	power := errors.New("the power went")
	_, err := fill(ctx, c, silent, func(archive.Place) (archive.Manifest, error) { return archive.Manifest{}, power })
	if !errors.Is(err, power) {
		t.Fatal(err)
	}
	d, err := Connect(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if _, err := Build(ctx, d, c, new(Clock).Now, silent); !errors.Is(err, archive.ErrHalf) {
		t.Errorf("half a copy is served: %v", err)
	}
}
