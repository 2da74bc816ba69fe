//go:build bench

// Command bench measures the portal: the real policy, the real engine, the
// real pages, on a SQLite file on disk with durable commits.
//
//	go run -tags bench ./scripts/bench                                     everything, small: 10,000 cases
//	go run -tags bench ./scripts/bench -size 10000,1000000 -rounds 5       what the README's figures come from
//	go run -tags bench ./scripts/bench -what gate                          one part: gate, file, list, verify, books, overlap, round, orders
//
// The first run with a size founds a city (4 districts, 200 communities, 40
// departments) and fills it with that many applications through the same
// extraction and indexes as in the portal; the file stays in the folder of
// -cache, for later runs. A million cases take some 6 GB and some minutes.
//
// What the rows of the table mean:
//
//	gate     decisions a second, with the look-up of what is in force, at so many items in force
//	file     applications drafted and submitted (two acts, each durable before it is answered)
//	         through the engine, and through HTTP as JSON; ms of one application, both acts
//	list     milliseconds of one request on a kept connection: pages as HTML and as JSON, by who looks
//	act      milliseconds of one act on a case that is there, and of a new application
//	count    milliseconds of a question to the store alone, without gate and page
//	verify   histories walked a second, as "server verify" does it
//	books    milliseconds of a balance and a page of the books, at so many entries
//	round    milliseconds of counting a round of so many households, beside loading an answer of each
//	overlap  milliseconds of the duplicate-burden check, among so many items in force
//	orders   orders filed a second, each durable; the operators' pages among so many orders; and the
//	         milliseconds that 200 residents and 30 operators wait when they come at once (rush)
//	disk     fsyncs a second of the folder, for comparing machines: durable rates follow it
//
// Each figure is the median of the rounds, with the lowest and the highest
// beside it. Of times, a round's figure is the median of its requests, and p99
// the median of the rounds' 99th percentiles. The last column is the ratio to
// the first row of the same figure; for times, 1.0 says that the size does not
// matter. Rounds go through all
// sizes in turn, so a noisy neighbour hits them alike: trust ratios before
// absolutes, and run it on a quiet machine.
//
// The tag keeps it out of what go test ./... compiles; scripts/check vets it.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
)

type options struct {
	sizes, items []int
	what         []string
	rounds       int
	requests     int    // of one kind in a round
	files        int    // applications of one kind in a round
	cache        string // folder of the seeded files
	only         string // part of the names of lists
	profile      string // file for a CPU profile
	explain      bool
}

func main() {
	o, err := read(os.Args[1:])
	if err != nil {
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	slog.SetLogLoggerLevel(slog.LevelError)
	t := &table{}
	err = run(ctx, o, t)
	t.print(os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func read(args []string) (o options, err error) {
	dir, _ := os.UserCacheDir()
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	sizes := f.String("size", "10000", "numbers of cases, comma-separated")
	items := f.String("items", "1000,100000,1000000", "numbers of items in force for the gate")
	what := f.String("what", "gate,file,list,verify,books,overlap", "parts to run")
	f.IntVar(&o.rounds, "rounds", 3, "rounds; the median counts")
	f.IntVar(&o.requests, "requests", 200, "requests of one kind in a round")
	f.IntVar(&o.files, "files", 1000, "applications filed of one kind in a round")
	f.StringVar(&o.cache, "cache", filepath.Join(dir, "gatehouse-bench"), "folder that keeps the seeded files")
	f.StringVar(&o.only, "only", "", "of the lists, those with this in their names")
	f.StringVar(&o.profile, "profile", "", "file to write a CPU profile to, for go tool pprof")
	f.BoolVar(&o.explain, "v", false, "say on the way what is being done")
	if err = f.Parse(args); err != nil {
		return o, err
	}
	o.what = strings.Split(*what, ",")
	if o.sizes, err = numbers(*sizes); err == nil {
		o.items, err = numbers(*items)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
	}
	return o, err
}

func numbers(s string) (out []int, err error) {
	for _, w := range strings.Split(s, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(w))
		if err != nil || n < 1 {
			return nil, fmt.Errorf("%q is no size", w)
		}
		out = append(out, n)
	}
	return out, nil
}

// part is one kind of measuring.
type part struct {
	name string
	run  func(context.Context, options, *table) error
}

var parts = []part{{"gate", gates}, {"file", files}, {"list", lists}, {"verify", verifies}, {"books", accounts}, {"overlap", overlaps}, {"round", rounds}, {"orders", hotlines}}

func run(ctx context.Context, o options, t *table) error {
	if err := os.MkdirAll(o.cache, 0o700); err != nil {
		return err
	}
	if o.profile != "" {
		f, err := os.Create(o.profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	for _, w := range o.what {
		if !slices.ContainsFunc(parts, func(p part) bool { return p.name == w }) {
			return fmt.Errorf("no part is called %q", w)
		}
	}
	for _, p := range parts {
		if slices.Contains(o.what, p.name) {
			if err := p.run(ctx, o, t); err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
		}
	}
	return nil
}

func (o options) say(format string, args ...any) {
	if o.explain {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}
