// Command server is the portal's command line.
//
//	go run ./server              an empty portal, with first-run set-up
//	go run ./server demo         the portal with the demo city
//	go run ./server verify       walk the store and name the first broken link
//	go run ./server backup       everything in one file, while the portal serves
//	go run ./server restore      that file in a new store
//	go run ./server move         from one store to another, SQLite or MongoDB
//	go run ./server retention    what personal data is due to be deleted
//	go run ./server version
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"gatehouse/server/app"
	"gatehouse/server/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:]))
}

const usage = `gatehouse, a community portal with department-entry gatekeeping

  gatehouse [serve] [flags]   serve the portal
  gatehouse demo [flags]      load the demo city and serve it
  gatehouse verify [flags]    check every history and name the first broken link
  gatehouse backup --out F    put everything into one file, also while the portal serves
  gatehouse restore --in F    put that file into a new store
  gatehouse move --to …       copy a stopped portal into a new store of either engine
  gatehouse retention [--days N] say what personal data goes by itself by then
  gatehouse version

Flags of each command: gatehouse serve -h
`

func run(ctx context.Context, args []string) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	commands := map[string]func(context.Context, []string) error{"serve": serve, "demo": demo, "verify": verify, "backup": backup, "restore": restore, "move": move, "retention": retention,
		"version": func(context.Context, []string) error { fmt.Println("gatehouse", app.Version()); return nil }}
	f := commands[name]
	if f == nil {
		fmt.Fprint(os.Stderr, usage)
		return 2
	}
	switch err := f(ctx, args); {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errTold):
		return 2
	default:
		fmt.Fprintln(os.Stderr, "gatehouse:", err)
		return 1
	}
}

var errTold = errors.New("already told")

func read(name, data string, args []string, more ...func(*flag.FlagSet)) (config.Config, error) {
	c, err := config.Read(name, data, args, os.Stderr, more...)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		err = errTold
	}
	return c, err
}

func serve(ctx context.Context, args []string) error {
	c, err := read("serve", "data/portal", args)
	if err != nil {
		return err
	}
	return app.Run(ctx, c, os.Stdout, logger(c))
}

func demo(ctx context.Context, args []string) error {
	c, err := read("demo", "data/demo", args)
	if err != nil {
		return err
	}
	return app.RunDemo(ctx, c, os.Stdout, logger(c))
}

func retention(ctx context.Context, args []string) error {
	days := 0
	c, err := read("retention", "data/portal", args, func(f *flag.FlagSet) { f.IntVar(&days, "days", 30, "days to look ahead") })
	if err != nil {
		return err
	}
	if err := there(c); err != nil {
		return err
	}
	return app.Retention(ctx, c, time.Now().AddDate(0, 0, days), os.Stdout, logger(c))
}

func verify(ctx context.Context, args []string) error {
	c, err := read("verify", "data/portal", args)
	if err != nil {
		return err
	}
	if err := there(c); err != nil {
		return err
	}
	return app.Verify(ctx, c, os.Stdout, logger(c))
}
