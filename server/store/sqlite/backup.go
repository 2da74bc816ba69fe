package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
)

// Backup writes a compact copy of one moment to path while reads and writes
// go on. The copy has its name only when it is whole and on the disk; an
// existing file is refused.
func (db *DB) Backup(ctx context.Context, path string) error { return Snapshot(ctx, db.path, path) }

// Snapshot is Backup of a file that another process may have open.
func Snapshot(ctx context.Context, from, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return wrap(ctx, "back up to "+path, os.ErrExist)
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return wrap(ctx, "back up to "+path, err)
	}
	err := private(part, os.O_EXCL)
	if err == nil {
		err = vacuum(ctx, from, part)
	}
	if err == nil {
		err = syncPath(part)
	}
	if err == nil {
		err = os.Link(part, path) // unlike Rename, never on top of another file
	}
	if err == nil {
		err = syncPath(filepath.Dir(path))
	}
	return wrap(ctx, "back up to "+path, errors.Join(err, remove(part)))
}

func vacuum(ctx context.Context, from, to string) error {
	if _, err := os.Stat(from); err != nil { // SQLite would make an empty one
		return err
	}
	from, err := filepath.Abs(from) // an address of a file takes no other
	if err != nil {
		return err
	}
	c, err := sql.Open("sqlite", dsn(from, "busy_timeout(10000)"))
	if err != nil {
		return err
	}
	_, err = c.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, c.Close())
}

func remove(path string) error {
	if err := os.Remove(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
