package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"gatehouse/server/app"
	"gatehouse/server/archive"
	"gatehouse/server/config"
)

// logger writes warnings and errors as text, or everything as JSON.
func logger(c config.Config) *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func backup(ctx context.Context, args []string) error {
	var out string
	c, err := read("backup", "data/portal", args, func(f *flag.FlagSet) {
		f.StringVar(&out, "out", "gatehouse-"+time.Now().Format("20060102-150405")+".tar.gz", "file to make; it must not be there yet")
	})
	if err != nil {
		return err
	}
	if err := there(c); err != nil {
		return err
	}
	m, err := app.Backup(ctx, c, out, logger(c))
	if err != nil {
		return err
	}
	return tell(m, out)
}

func restore(ctx context.Context, args []string) error {
	var in string
	c, err := read("restore", "data/portal", args, func(f *flag.FlagSet) {
		f.StringVar(&in, "in", "", "file that backup has made")
	})
	if err != nil {
		return err
	}
	if in == "" {
		return errors.New("name the file with --in")
	}
	m, err := app.Restore(ctx, c, in, logger(c))
	if err != nil {
		return err
	}
	return tell(m, place(c))
}

func move(ctx context.Context, args []string) error {
	var to string
	c, err := read("move", "data/portal", args, func(f *flag.FlagSet) {
		f.StringVar(&to, "to", "", "where to: a folder that does not exist, or mongodb://host:port/name")
	})
	if err != nil {
		return err
	}
	if to == "" {
		return errors.New("name the new store with --to")
	}
	if err := there(c); err != nil {
		return err
	}
	d := c
	d.Store, d.Data = "sqlite", to
	if strings.Contains(to, "://") {
		d.Store, d.Data = to, c.Data
	}
	if err := d.Check(); err != nil {
		return err
	}
	m, err := app.Move(ctx, c, d, logger(c))
	if err != nil {
		return err
	}
	return tell(m, place(d))
}

// there refuses an embedded store that is not there, before one is made.
func there(c config.Config) error {
	if _, err := os.Stat(c.File()); c.Store == "sqlite" && err != nil {
		return fmt.Errorf("there is no store in %s: name its folder with --data (the demo's is data/demo)", c.Data)
	}
	return nil
}

func place(c config.Config) string {
	if c.Store == "sqlite" {
		return c.Data
	}
	return c.Store
}

func tell(m archive.Manifest, where string) error {
	_, err := fmt.Printf("%s: %d rows in %d collections, %d files of %d bytes; counts and digests compared\n",
		where, m.Rows(), len(m.Collections), m.Files, m.Bytes)
	return err
}
