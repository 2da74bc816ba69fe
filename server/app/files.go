package app

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"github.com/valyala/fasthttp"

	"gatehouse/server/config"
	"gatehouse/server/files"
	"gatehouse/server/store"
	"gatehouse/server/store/mongo"
)

const (
	uploadLimit   = 32 << 20 // bytes of a form with files; each file has its own limit
	uploadTimeout = 2 * time.Minute
	sweepEvery    = time.Hour
)

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

// uploads gives a request with files more room and more time than any other.
// It is asked before the body is read.
func (a *App) uploads() func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
	large := fasthttp.RequestConfig{ReadTimeout: uploadTimeout, MaxRequestBodySize: uploadLimit}
	takes := map[string]bool{} // plural/new/act and plural/*/act
	for _, d := range a.Portal.Resources() {
		first := true
		for _, act := range d.Plan().Acts {
			at := "/*/"
			if len(act.From) == 0 {
				at = "/new/"
			}
			if act.Files && !act.Hidden {
				takes[d.Plural()+at+act.Name] = true
			}
			if first && len(act.From) == 0 && !act.Hidden {
				takes[d.Plural()], first = act.Files, false
			}
		}
	}
	own := map[string]bool{"/api/v1/files": true}
	for _, m := range append(a.Portal.Modules(), a.all...) {
		for _, path := range m.Uploads {
			own[path] = true
		}
	}
	return func(h *fasthttp.RequestHeader) fasthttp.RequestConfig {
		if !h.IsPost() {
			return fasthttp.RequestConfig{}
		}
		path, _, _ := strings.Cut(string(h.RequestURI()), "?")
		form := strings.HasPrefix(strings.ToLower(string(h.ContentType())), "multipart/form-data")
		if own[path] || form && takes[shape(path)] {
			return large
		}
		return fasthttp.RequestConfig{}
	}
}

// shape is a path with the id of a case left out.
func shape(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	if len(parts) == 3 && parts[1] != "new" {
		parts[1] = "*"
	}
	return strings.Join(parts, "/")
}
