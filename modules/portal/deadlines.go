package portal

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// OpenDeadline is a running deadline of a case. What names the case is empty
// for whoever may not see it.
type OpenDeadline struct {
	Noun, No, Title, Href string
	Deadline              lifecycle.Deadline
	Kept                  string // the value of the deadline's setting that the case keeps
}

// noDate sorts behind every due date: cases with no running deadline.
const noDate = "9999"

// Deadlines gives the running deadlines that come from a setting, looking at
// no more than most cases, those due first; looked is at how many.
func (d *Resource[T]) Deadlines(ctx context.Context, v Visitor, setting string, most int) (found []OpenDeadline, looked int, err error) {
	q := store.Query{Where: []store.Cond{{Field: "due", Op: store.Lt, Value: noDate}}, Sort: "due"}
	for looked < most {
		q.Limit = min(most-looked, store.MaxLimit)
		cs, err := d.Engine.Cases().Find(ctx, q)
		if err != nil {
			return nil, looked, fault.Wrap(err, "read the deadlines of %s", d.Plural())
		}
		for _, c := range cs {
			found = append(found, d.running(ctx, v, c, setting)...)
		}
		looked += len(cs)
		if len(cs) < q.Limit {
			break
		}
		last := d.Life(cs[len(cs)-1])
		next, _ := last.Next()
		q.After = &store.Cursor{ID: last.ID, Value: store.Stamp(next.Due)}
	}
	return found, looked, nil
}

// running gives the running deadlines of one case that come from a setting.
func (d *Resource[T]) running(ctx context.Context, v Visitor, c *T, setting string) (out []OpenDeadline) {
	l := d.Life(c)
	for _, dl := range l.Deadlines {
		if dl.Done != nil || dl.Setting != setting {
			continue
		}
		o := OpenDeadline{Noun: d.Noun(), Deadline: dl, Kept: l.Settings.Text(setting)}
		if d.Engine.Sees(ctx, v.Actor, c) {
			o.No, o.Title, o.Href = l.No, d.Engine.Table.Title(c), d.Href(c)
		}
		out = append(out, o)
	}
	return out
}
