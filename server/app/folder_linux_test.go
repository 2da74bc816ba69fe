package app

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A data folder that may only be read is said so at the start, at once and in
// words; nothing is served, nothing is changed.
func TestReadOnlyFolder(t *testing.T) {
	t.Parallel()
	bin, err := built()
	if err != nil {
		t.Fatal(err)
	}
	full := filepath.Join(t.TempDir(), "data")
	start(t, bin, full, nil).kill()
	empty := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(empty, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"a new folder": empty, "a folder with a portal": full} {
		locked(t, data)
		before := bytesUnder(t, data)
		ctx, done := context.WithTimeout(t.Context(), 30*time.Second)
		cmd := exec.CommandContext(ctx, bin, "serve", "--addr", "127.0.0.1:0", "--data", data)
		if os.Getuid() == 0 { // root may write everywhere
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		}
		out, err := cmd.CombinedOutput()
		done()
		if err == nil || ctx.Err() == context.DeadlineExceeded {
			t.Errorf("%s: it serves, or hangs: %v\n%s", name, err, out)
		}
		said := string(out)
		if !strings.Contains(said, "read-only") && !strings.Contains(said, "readonly") && !strings.Contains(said, "permission denied") && !strings.Contains(said, "unable to open") || strings.Contains(said, "goroutine") {
			t.Errorf("%s: it says %q", name, said)
		}
		if bytesUnder(t, data) != before {
			t.Errorf("%s: something was changed", name)
		}
	}
}

// locked lets others read a folder and nobody write it, and them reach it.
func locked(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.Chmod(path, 0o555)
		}
		return os.Chmod(path, 0o444)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(folder, 0o755) })
	for up := filepath.Dir(folder); up != filepath.Clean(os.TempDir()) && up != "/"; up = filepath.Dir(up) {
		if err := os.Chmod(up, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// bytesUnder is all that lies in a folder.
func bytesUnder(t *testing.T, folder string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out.WriteString(path)
		out.Write(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
