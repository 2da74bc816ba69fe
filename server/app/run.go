package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"gatehouse/server/config"
)

// What the command line asks for takes a configuration, not an App: whoever
// names that type compiles the desks of all modules once more.

// Run serves the portal until ctx ends; an empty one says on out how to set it up.
func Run(ctx context.Context, c config.Config, out io.Writer, log *slog.Logger) error {
	return with(ctx, c, log, func(a *App, _ *Clock) error {
		if code := a.People.SetupCode(); code != "" {
			fmt.Fprintln(out, "The portal is empty. Set it up in the browser with this code:", code)
		}
		return a.listen(ctx, c, out)
	})
}

// RunDemo serves the demo city, which it loads first into an empty store, and
// says on out who can sign in.
func RunDemo(ctx context.Context, c config.Config, out io.Writer, log *slog.Logger) error {
	return with(ctx, c, log, func(a *App, clock *Clock) error {
		people, err := a.Demo(ctx, clock, time.Now())
		if err != nil {
			return fmt.Errorf("load the demo city: %w", err)
		}
		fmt.Fprint(out, people)
		return a.listen(ctx, c, out)
	})
}

// Verify checks every history and every file and counts them on out.
func Verify(ctx context.Context, c config.Config, out io.Writer, log *slog.Logger) error {
	return with(ctx, c, log, func(a *App, _ *Clock) error {
		say := func(plural string, v Verified) {
			fmt.Fprintf(out, "%-16s %7d histories hold, %5d files\n", plural, v.Histories, v.Files)
		}
		all, err := a.Verify(ctx, say)
		if err != nil {
			return err
		}
		say("all", all)
		fmt.Fprintf(out, "%d ballots and %d households each count once\n", all.Ballots, all.Households)
		fmt.Fprintf(out, "%d movements of money agree with the accounts\n", all.Moneys)
		fmt.Fprintf(out, "%d entries come to the figures of the bulletins\n", all.Counted)
		gaps, err := a.gaps(ctx)
		if err != nil {
			return err
		}
		for _, g := range gaps {
			fmt.Fprintf(out, "GAP: the numbers %s may have been given, and the store knows nothing of them: it went back to an older state\n", g)
		}
		fmt.Fprintf(out, "%d days agree with their digests; the newest is\n%s %s\n", all.Days, all.Digest.ID, all.Digest.Digest)
		return nil
	})
}

// with opens the store, builds the portal, and closes both afterwards.
func with(ctx context.Context, c config.Config, log *slog.Logger, f func(*App, *Clock) error) error {
	if err := present(c); err != nil {
		return err
	}
	d, err := Connect(ctx, c)
	if err != nil {
		return err
	}
	defer d.Close()
	clock := new(Clock)
	a, err := Build(ctx, d, c, clock.Now, log)
	if err != nil {
		return err
	}
	defer a.Close()
	return f(a, clock)
}

func (a *App) listen(ctx context.Context, c config.Config, out io.Writer) error {
	l, err := net.Listen("tcp", c.Addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Addr, err)
	}
	if c.Metrics != "" {
		go func() {
			if err := a.metrics.Serve(ctx, c.Metrics); err != nil {
				a.log.Error("serve the counts", "error", err)
			}
		}()
	}
	fmt.Fprintf(out, "Gatehouse · 社区准入门户   http://%s/\n", l.Addr())
	return a.Serve(ctx, l)
}
