package app

import (
	"context"
	"path/filepath"
	"time"

	"gatehouse/server/config"
	"gatehouse/server/files"
	"gatehouse/server/store"
	"gatehouse/server/store/mongo"
)

const sweepEvery = time.Hour

// keep opens the files of the house: in the database where there are several
// processes, beside the embedded store otherwise. Without a folder, as in a
// store in memory, they lie in memory too.
func keep(ctx context.Context, rows *store.Catalog, c config.Config, key []byte, now func() time.Time) (*files.Files, error) {
	k, err := keeper(rows.Driver, c)
	if err != nil {
		return nil, err
	}
	return files.New(ctx, rows, k, key, now)
}

func keeper(d store.Driver, c config.Config) (files.Keeper, error) {
	switch db, shared := d.(*mongo.DB); {
	case shared:
		return db.Files(), nil
	case c.Data == "":
		return files.NewMemory(), nil
	}
	return files.NewFolder(filepath.Join(c.Data, "files"))
}

// sweep lets personal data go whose time is over and removes files that no case
// names, now and every hour.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		a.anonymise(ctx)
		if n, err := a.Portal.Files.Sweep(ctx, a.named); err != nil && ctx.Err() == nil {
			a.log.Error("sweep files", "err", err)
		} else if n > 0 {
			a.log.Info("swept files that no case names", "n", n)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// named asks every desk about a file.
func (a *App) named(ctx context.Context, hash string) (bool, error) {
	for _, d := range a.Portal.Resources() {
		if yes, err := d.NamesFile(ctx, hash); yes || err != nil {
			return yes, err
		}
	}
	return false, nil
}
