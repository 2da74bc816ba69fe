package app

import (
	"context"
	"errors"
	"fmt"

	"gatehouse/server/store"
)

// Rows are found by values that were worked out when they were saved. A newer
// version may ask for more, and a copy was worked out before the tree of places
// was there: then everything is gone through once more.

// indexed is the mark that remembers by what rows are found.
const indexed = "indexed"

// reindex goes through the collections whose fields an older version declared
// otherwise. It tells whether there was anything to find anew: what the modules
// have read before may lack it.
func (a *App) reindex(ctx context.Context) (anew bool, err error) {
	m, err := a.marks.Get(ctx, indexed)
	if errors.Is(err, store.ErrNotFound) {
		m, err = &mark{}, nil
	}
	if err != nil {
		return false, fmt.Errorf("read by what rows are found: %w", err)
	}
	fields := map[string]string{}
	var changed []string
	for _, name := range a.rows.Names() {
		if fields[name] = fmt.Sprint(a.rows.Fields(name)); fields[name] != m.Fields[name] {
			changed = append(changed, name)
		}
	}
	if len(changed) == 0 && len(fields) == len(m.Fields) {
		return false, nil
	}
	if anew, err = a.renew(ctx, changed); err != nil {
		return anew, err
	}
	save := a.marks.Update
	if m.ID == "" {
		m.ID, save = indexed, a.marks.Insert
	}
	m.Fields = fields
	var taken *store.UniqueError
	if err := save(ctx, m); err != nil && !errors.Is(err, store.ErrStale) && !errors.As(err, &taken) { // another process was first
		return anew, fmt.Errorf("remember by what rows are found: %w", err)
	}
	return anew, nil
}

// renew works out anew by what the rows of collections are found, and tells
// whether there were any.
func (a *App) renew(ctx context.Context, collections []string) (any bool, err error) {
	for _, name := range collections {
		n, err := a.rows.Renew(ctx, name)
		if err != nil {
			return any, fmt.Errorf("index %s: %w", name, err)
		}
		any = any || n > 0
	}
	return any, nil
}
