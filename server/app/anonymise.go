package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"gatehouse/server/config"
)

// A sweep takes so many cases of a kind at a time, and so often: ten thousand
// an hour, between which others come to write.
const (
	anonymisedAtOnce = 200
	fadings          = 50
)

// anonymise lets what is personal go where its time is over (ADR 0020). Where two
// processes do it at once, one of them finds it done.
func (a *App) anonymise(ctx context.Context) {
	for _, d := range a.Portal.Resources() {
		all := 0
		for range fadings {
			n, err := d.AnonymiseDue(ctx, anonymisedAtOnce)
			if err != nil && ctx.Err() == nil {
				a.log.Error("let what is personal go", "kind", d.Plural(), "err", err)
			}
			if all += n; n < anonymisedAtOnce {
				break
			}
		}
		if all > 0 {
			a.log.Info("let what is personal go", "kind", d.Plural(), "n", all)
		}
	}
}

// Retention says on out what personal data would go by then; it changes nothing.
func Retention(ctx context.Context, c config.Config, by time.Time, out io.Writer, log *slog.Logger) error {
	return with(ctx, c, log, func(a *App, _ *Clock) error { return a.retention(ctx, by, out) })
}

func (a *App) retention(ctx context.Context, by time.Time, out io.Writer) error {
	now := a.Portal.Clock()
	fmt.Fprintf(out, "%-16s %12s %18s\n", "what is personal", "due now", "due by "+by.In(now.Location()).Format(time.DateOnly))
	say := func(what string, count func(time.Time) (int64, error)) error {
		due, err := count(now)
		if err != nil {
			return err
		}
		later, err := count(by)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%-16s %12d %18d\n", what, due, later)
		return nil
	}
	for _, d := range a.Portal.Resources() {
		if !d.Anonymises() {
			continue
		}
		if err := say(d.Plural(), func(t time.Time) (int64, error) { return d.AnonymiseBy(ctx, t) }); err != nil {
			return err
		}
	}
	return say("callers' phones", func(t time.Time) (int64, error) { return a.Orders.Forgetting(ctx, t) })
}
