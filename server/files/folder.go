package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
)

// Folder keeps files on a disk: the bytes of hash abcd… lie in ab/abcd….
type Folder struct {
	at string
	is os.FileInfo // the folder that was opened
}

// NewFolder keeps files in a folder that it makes.
func NewFolder(at string) (*Folder, error) {
	if err := os.MkdirAll(filepath.Join(at, "coming"), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	is, err := os.Stat(at)
	if err != nil {
		return nil, fmt.Errorf("look at the folder of files: %w", err)
	}
	return &Folder{at, is}, nil
}

// there gives an error once the folder is not the one that was opened.
func (d *Folder) there() error {
	now, err := os.Stat(d.at)
	if err == nil && !os.SameFile(now, d.is) {
		err = fmt.Errorf("%s is another folder than the one that was opened", d.at)
	}
	if err != nil {
		return fault.Unkept(fmt.Errorf("files: %w", err))
	}
	return nil
}

// Probe keeps something for a moment, as Put would.
func (d *Folder) Probe() error {
	if err := d.there(); err != nil {
		return err
	}
	coming, err := d.write([]byte("probe"))
	return errors.Join(unkept(err), discard(coming))
}

// unkept tells of bytes that nothing is wrong with but that there is no room
// for them.
func unkept(err error) error {
	for _, e := range []error{syscall.ENOSPC, syscall.EROFS, syscall.EIO, fs.ErrPermission, fs.ErrNotExist} {
		if errors.Is(err, e) {
			return fault.Unkept(err)
		}
	}
	return err
}

var plainHash = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (d *Folder) path(hash string) (string, error) {
	if !plainHash.MatchString(hash) {
		return "", fmt.Errorf("files: %q is no hash", hash)
	}
	return filepath.Join(d.at, hash[:2], hash), nil
}

// Put writes beside, makes it durable, and only then gives it its name, so that
// under a hash there is always a whole file.
func (d *Folder) Put(ctx context.Context, hash string, b []byte) error {
	path, err := d.path(hash)
	if err != nil {
		return err
	}
	if err := d.there(); err != nil {
		return err
	}
	return unkept(d.put(path, b))
}

func (d *Folder) put(path string, b []byte) error {
	if _, err := os.Stat(path); err == nil {
		return flush(filepath.Dir(path)) // whoever wrote it may not have come so far
	}
	if err := d.dir(filepath.Dir(path)); err != nil {
		return err
	}
	coming, err := d.write(b)
	if err != nil {
		return errors.Join(err, discard(coming))
	}
	if err := os.Rename(coming, path); err != nil {
		return errors.Join(err, discard(coming))
	}
	return flush(filepath.Dir(path))
}

func discard(path string) error {
	if path == "" {
		return nil
	}
	return os.Remove(path)
}

// dir makes a folder whose own name survives a crash.
func (d *Folder) dir(path string) error {
	err := os.Mkdir(path, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return flush(d.at)
}

func (d *Folder) write(b []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Join(d.at, "coming"), "*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	return f.Name(), errors.Join(err, f.Close())
}

// flush makes the names in a folder durable.
func flush(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// Get reads a file.
func (d *Folder) Get(ctx context.Context, hash string) ([]byte, error) {
	path, err := d.path(hash)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, store.ErrNotFound
	}
	return b, err
}

// Delete removes a file.
func (d *Folder) Delete(ctx context.Context, hash string) error {
	path, err := d.path(hash)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Tidy removes what was never given its name.
func (d *Folder) Tidy(ctx context.Context, before time.Time) error {
	es, err := os.ReadDir(filepath.Join(d.at, "coming"))
	if err != nil {
		return err
	}
	for _, e := range es {
		i, err := e.Info()
		if err == nil && i.ModTime().Before(before) {
			err = os.Remove(filepath.Join(d.at, "coming", e.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
