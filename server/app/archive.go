package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gatehouse/modules/city/digests"
	"gatehouse/server/archive"
	"gatehouse/server/config"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/server/store/sqlite"
)

// Backup writes everything the portal keeps into an archive, which must not be
// there yet. On SQLite the portal may serve meanwhile: the archive is of one
// moment. On MongoDB it is of one moment only if no portal serves.
func Backup(ctx context.Context, c config.Config, out string, log *slog.Logger) (m archive.Manifest, err error) {
	from, closing, err := still(ctx, c, log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, closing()) }()
	if err := familiar(ctx, from); err != nil {
		return m, err
	}
	f, err := os.OpenFile(out, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return m, fmt.Errorf("make the archive: %w", err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	m, err = archive.Write(ctx, from, Version(), w)
	if err = errors.Join(err, w.Flush(), f.Sync(), f.Close()); err != nil {
		return m, errors.Join(err, os.Remove(out))
	}
	return m, nil
}

// still opens a portal as it is at this moment, while another process may go on
// writing to it.
func still(ctx context.Context, c config.Config, log *slog.Logger) (archive.Place, func() error, error) {
	if c.Store != "sqlite" {
		p, err := openPlace(ctx, c, log)
		return p.Place, p.close, err
	}
	dir, err := os.MkdirTemp(c.Data, "backup-")
	if err != nil {
		return archive.Place{}, nil, fmt.Errorf("make room for a copy in %s: %w", c.Data, err)
	}
	tidy := func() error { return os.RemoveAll(dir) }
	at := config.Config{Store: "sqlite", Data: dir}
	if err := sqlite.Snapshot(ctx, c.File(), at.File()); err != nil {
		return archive.Place{}, nil, errors.Join(err, tidy())
	}
	p, err := openPlace(ctx, at, log)
	if err != nil {
		return archive.Place{}, nil, errors.Join(err, tidy())
	}
	p.Files, err = files.NewFolder(filepath.Join(c.Data, "files"))
	return p.Place, func() error { return errors.Join(p.close(), tidy()) }, err
}

// place is a portal that nobody serves, opened to be copied.
type place struct {
	archive.Place
	app   *App
	close func() error
}

func openPlace(ctx context.Context, c config.Config, log *slog.Logger) (place, error) {
	d, err := Connect(ctx, c)
	if err != nil {
		return place{}, err
	}
	p, err := placeOn(ctx, d, c, new(Clock).Now, log)
	if err != nil {
		return p, errors.Join(err, d.Close())
	}
	p.close = func() error { p.app.Close(); return d.Close() }
	return p, nil
}

func placeOn(ctx context.Context, d store.Driver, c config.Config, now func() time.Time, log *slog.Logger) (place, error) {
	a, err := unmarked(ctx, d, c, now, log)
	if err != nil {
		return place{}, err
	}
	k, err := keeper(d, c)
	return place{Place: archive.Place{Rows: a.rows, Files: k}, app: a}, err
}

// familiar refuses a store with collections that this program does not know:
// they would be left behind.
func familiar(ctx context.Context, p archive.Place) error {
	strange, err := archive.Strangers(ctx, p)
	if err == nil && len(strange) > 0 {
		err = fmt.Errorf("the store holds what this version does not know and would lose: %s", strings.Join(strange, ", "))
	}
	return err
}

// Restore puts an archive into a new store and verifies what has arrived. The
// archive is read whole before anything is written.
func Restore(ctx context.Context, c config.Config, in string, log *slog.Logger) (archive.Manifest, error) {
	f, err := os.Open(in)
	if err != nil {
		return archive.Manifest{}, fmt.Errorf("open the archive: %w", err)
	}
	defer f.Close()
	if m, err := archive.Check(bufio.NewReaderSize(f, 1<<20)); err != nil {
		return m, err
	}
	return fill(ctx, c, log, func(to archive.Place) (archive.Manifest, error) {
		if _, err := f.Seek(0, 0); err != nil {
			return archive.Manifest{}, err
		}
		return archive.Restore(ctx, bufio.NewReaderSize(f, 1<<20), to)
	})
}

// Move copies a portal that nobody serves into a new store, of the same engine
// or the other one, and verifies what has arrived.
func Move(ctx context.Context, c, to config.Config, log *slog.Logger) (m archive.Manifest, err error) {
	from, err := openPlace(ctx, c, log)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, from.close()) }()
	if err := familiar(ctx, from.Place); err != nil {
		return m, err
	}
	return fill(ctx, to, log, func(to archive.Place) (archive.Manifest, error) { return archive.Move(ctx, from.Place, to) })
}

// fill makes a new store and puts something into it.
func fill(ctx context.Context, c config.Config, log *slog.Logger, put func(archive.Place) (archive.Manifest, error)) (m archive.Manifest, err error) {
	if err := vacant(ctx, c); err != nil {
		return m, err
	}
	d, err := Connect(ctx, c)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	return fillOn(ctx, d, c, new(Clock).Now, log, put)
}

// fillOn puts something into a new store. Until that is done and verified the
// store is marked, and no portal serves it.
func fillOn(ctx context.Context, d store.Driver, c config.Config, now func() time.Time, log *slog.Logger, put func(archive.Place) (archive.Manifest, error)) (m archive.Manifest, err error) {
	to, err := placeOn(ctx, d, c, now, log)
	if err != nil {
		return m, err
	}
	done, err := archive.Begin(ctx, to.Place)
	if err == nil {
		m, err = put(to.Place)
	}
	to.app.Close()
	if err != nil {
		return m, err
	}
	// Only a portal that has read all of it knows by what a row is found: in
	// which street a community lies says another row.
	a, err := build(ctx, d, c, now, log)
	if err != nil {
		return m, err
	}
	defer a.Close()
	if _, err := a.renew(ctx, a.rows.Names()); err != nil {
		return m, err
	}
	if _, err := a.Verify(ctx, nil); err != nil {
		return m, err
	}
	return m, done(ctx)
}

// vacant refuses a store that holds anything.
func vacant(ctx context.Context, c config.Config) error {
	d, err := Connect(ctx, c)
	if err != nil {
		return err
	}
	names, err := d.Collections(ctx)
	if err = errors.Join(err, d.Close()); err == nil && len(names) > 0 {
		err = errors.New("the store to copy into is not new: give one that does not exist")
	}
	return err
}

// Verified is what a verification went through.
type Verified struct {
	Histories, Files            int
	Ballots, Households, Moneys int
	Counted                     int          // entries of the hotline's bulletins
	Digest                      *digests.Day // of the newest day
	Days                        int          // whose digests agree
}

// Verify walks every history and looks at every attached file, counts ballots,
// books and bulletins anew and makes the digest of each day; tell hears of each
// collection. It names the first thing that is broken.
func (a *App) Verify(ctx context.Context, tell func(plural string, v Verified)) (all Verified, err error) {
	for _, d := range a.Portal.Resources() {
		var v Verified
		var broken *lifecycle.Break
		if v.Histories, broken, err = lifecycle.Verify(ctx, a.Portal.Store, d.Plural()); err == nil && broken == nil {
			v.Files, broken, err = lifecycle.VerifyFiles(ctx, a.Portal.Store, d.Plural(), a.Portal.Files.Check)
		}
		if err != nil {
			return all, err
		}
		if broken != nil {
			return all, fmt.Errorf("broken: %s", broken)
		}
		all.Histories, all.Files = all.Histories+v.Histories, all.Files+v.Files
		if tell != nil {
			tell(d.Plural(), v)
		}
	}
	if all.Ballots, all.Households, err = a.Ratings.Verify(ctx); err != nil {
		return all, err
	}
	if all.Moneys, err = a.Books.Verify(ctx); err != nil {
		return all, err
	}
	if all.Counted, err = a.Rates.Verify(ctx); err != nil {
		return all, err
	}
	all.Digest, all.Days, err = a.Digests.Verify(ctx)
	return all, err
}
