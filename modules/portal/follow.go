package portal

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Each does an act on each of the cases that meet the conditions, because
// something happened elsewhere: once for each news. A case that has gone its
// own way meanwhile is left alone.
func (d *Resource[T]) Each(ctx context.Context, n lifecycle.News, where []store.Cond, act string, in any) error {
	return d.Engine.Cases().Each(ctx, where, func(c *T) error {
		return d.After(ctx, n, d.Life(c).ID, act, in)
	})
}

// After does an act on a case because something happened elsewhere.
func (d *Resource[T]) After(ctx context.Context, n lifecycle.News, id, act string, in any) error {
	_, err := d.Engine.Act(ctx, lifecycle.System, id, act, in, lifecycle.Opts{Key: n.Key()})
	if fault.Is(err, fault.Conflict) && fault.As(err).Code != "lifecycle.stale" { // who lost a race tries again
		return nil
	}
	return err
}

// mostOffered cases stand in a form.
const mostOffered = 200

// Choose lets forms choose among cases by this name: those of the visitor's
// departments and communities that meet the conditions, by number and title.
func (d *Resource[T]) Choose(from string, where ...store.Cond) {
	d.Offer(from, func(ctx context.Context, v Visitor) ([]web.Option, error) {
		q := store.Query{Where: where, Sort: "-id", Limit: mostOffered}
		if own := d.Own(v, "dept_"); len(own) > 0 {
			q.Any = append(q.Any, []store.Cond{{Field: "department", Op: store.In, Value: own}})
		}
		if own := d.Own(v, "committee_"); len(own) > 0 {
			q.Any = append(q.Any, []store.Cond{{Field: "scope", Op: store.HasAny, Value: own}})
		}
		if len(q.Any) == 0 {
			return nil, nil
		}
		cs, err := d.Engine.Cases().Find(ctx, q)
		if err != nil {
			return nil, fault.Wrap(err, "list %s", d.Plural())
		}
		out := make([]web.Option, len(cs))
		for i, c := range cs {
			out[i] = web.Option{Value: d.Life(c).ID, Text: d.Life(c).No + " " + d.Engine.Table.Title(c)}
			if sc := d.Engine.Table.Scope(c); len(sc.Places) == 1 {
				out[i].Group = d.Names.Place(v.Lang, sc.Places[0])
			}
		}
		return out, nil
	})
}
