package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"gatehouse/server/store"
)

// chunk is how many rows of InsertMany share one turn of the writer.
const chunk = 1000

// Insert adds a document; *store.UniqueError.
func (db *DB) Insert(ctx context.Context, coll string, r store.Row) error {
	return db.InsertMany(ctx, coll, []store.Row{r})
}

// InsertMany adds documents, a thousand a commit; each thousand is added whole or not at all.
func (db *DB) InsertMany(ctx context.Context, coll string, rs []store.Row) error {
	t, err := db.table(coll)
	if err != nil {
		return err
	}
	return db.many(ctx, t, "insert", rs, t.add)
}

// many does the same to rows, a thousand a commit.
func (db *DB) many(ctx context.Context, t *table, act string, rs []store.Row, f func(*tx, store.Row, []any) error) (err error) {
	for part := range slices.Chunk(rs, chunk) {
		values := make([][]any, len(part))
		for i, r := range part {
			if values[i], err = t.spec.Values(r); err != nil {
				return err
			}
		}
		err := db.do(ctx, func(x *tx) error {
			for i, r := range part {
				if err := f(x, r, values[i]); err != nil {
					return t.refused(act+" "+t.spec.Name+" "+r.ID, err)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *table) add(x *tx, r store.Row, values []any) error {
	res, err := x.exec(t.insert, append([]any{r.ID, r.Revision, time.Now().UnixMilli(), string(r.Doc)}, t.stored(values)...)...)
	if err != nil {
		return err
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	return t.sides(x, n, r.ID, values, make([]sql.NullString, len(values)))
}

// stored gives the columns' values: a list as JSON, words as their hash, both
// only to see at the next update whether they have changed.
func (t *table) stored(values []any) []any {
	out := slices.Clone(values)
	for i, f := range t.spec.Fields {
		switch v := values[i].(type) {
		case []string:
			b, _ := json.Marshal(v) // strings always encode
			out[i] = string(b)
		case string:
			if f.Kind == store.Words {
				h := fnv.New64a()
				h.Write([]byte(v))
				out[i] = int64(h.Sum64())
			}
		}
	}
	return out
}

// sides brings the side tables and the word index in line; old holds the columns before.
func (t *table) sides(x *tx, n int64, id string, values []any, old []sql.NullString) error {
	now := t.stored(values)
	for i, f := range t.spec.Fields {
		if f.Kind < store.List || now[i] == nil && !old[i].Valid || old[i].Valid && fmt.Sprint(now[i]) == old[i].String {
			continue
		}
		var err error
		if f.Kind == store.List {
			list, _ := values[i].([]string)
			err = t.relist(x, f.Name, id, list, old[i].String)
		} else {
			text, _ := values[i].(string)
			_, err = x.exec("INSERT OR REPLACE INTO "+t.words()+"(rowid,w) VALUES(?,?)", n, strings.Join(store.Grams(text), " "))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (t *table) relist(x *tx, field, id string, list []string, old string) error {
	var before []string
	if old != "" {
		if err := json.Unmarshal([]byte(old), &before); err != nil {
			return err
		}
	}
	for _, v := range before {
		if slices.Contains(list, v) {
			continue
		}
		if _, err := x.exec("DELETE FROM "+t.side(field)+" WHERE v=? AND id=?", v, id); err != nil {
			return err
		}
	}
	for _, v := range list {
		if slices.Contains(before, v) {
			continue
		}
		if _, err := x.exec("INSERT INTO "+t.side(field)+"(v,id) VALUES(?,?)", v, id); err != nil {
			return err
		}
	}
	return nil
}

// Update replaces a document; store.ErrStale, store.ErrNotFound, *store.UniqueError.
func (db *DB) Update(ctx context.Context, coll string, r store.Row) error {
	t, err := db.table(coll)
	if err != nil {
		return err
	}
	values, err := t.spec.Values(r)
	if err != nil {
		return err
	}
	return db.do(ctx, func(x *tx) error {
		n, old, err := t.guard(x, r.ID, r.Revision-1)
		if err != nil {
			return t.refused("update "+coll+" "+r.ID, err)
		}
		args := append([]any{r.Revision, time.Now().UnixMilli(), string(r.Doc)}, t.stored(values)...)
		if _, err := x.exec(t.update, append(args, n)...); err != nil {
			return t.refused("update "+coll+" "+r.ID, err)
		}
		return t.refused("update "+coll+" "+r.ID, t.sides(x, n, r.ID, values, old))
	})
}

// Reindex replaces what documents are found by, where they stand as they were read; *store.UniqueError.
func (db *DB) Reindex(ctx context.Context, coll string, rs []store.Row) error {
	t, err := db.table(coll)
	if err != nil || len(t.spec.Fields) == 0 {
		return err
	}
	return db.many(ctx, t, "reindex", rs, func(x *tx, r store.Row, values []any) error {
		n, old, err := t.guard(x, r.ID, r.Revision)
		if errors.Is(err, store.ErrStale) || errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err == nil {
			_, err = x.exec(t.reindex, append(t.stored(values), n)...)
		}
		if err != nil {
			return err
		}
		return t.sides(x, n, r.ID, values, old)
	})
}

// Delete removes a document; store.ErrStale, store.ErrNotFound.
func (db *DB) Delete(ctx context.Context, coll, id string, revision int64) error {
	t, err := db.table(coll)
	if err != nil {
		return err
	}
	return db.do(ctx, func(x *tx) error {
		n, old, err := t.guard(x, id, revision)
		if err == nil {
			_, err = x.exec("DELETE FROM "+quote(coll)+" WHERE n=?", n)
		}
		if err != nil {
			return t.refused("delete "+coll+" "+id, err)
		}
		for i, f := range t.spec.Fields {
			if f.Kind == store.List {
				err = errors.Join(err, t.relist(x, f.Name, id, nil, old[i].String))
			}
			if f.Kind == store.Words {
				_, e := x.exec("DELETE FROM "+t.words()+" WHERE rowid=?", n)
				err = errors.Join(err, e)
			}
		}
		return t.refused("delete "+coll+" "+id, err)
	})
}

// guard reads the row's number and its list and word columns when it stands
// at this revision. Only the writer calls it, so nothing changes in between.
func (t *table) guard(x *tx, id string, revision int64) (n int64, old []sql.NullString, err error) {
	var stands int64
	old = make([]sql.NullString, len(t.spec.Fields))
	into := []any{&n, &stands}
	for i, f := range t.spec.Fields {
		if f.Kind >= store.List {
			into = append(into, &old[i])
		}
	}
	if err := x.row(t.read, []any{id}, into...); errors.Is(err, sql.ErrNoRows) {
		return 0, nil, store.ErrNotFound
	} else if err != nil {
		return 0, nil, err
	}
	if stands != revision {
		return 0, nil, store.ErrStale
	}
	return n, old, nil
}

// refused names the act and turns SQLite's unique error into ours. SQLite
// names the columns, never a value, so no user text can mislead it.
func (t *table) refused(act string, err error) error {
	var se *sqlite.Error
	if err == nil {
		return nil
	}
	if !errors.As(err, &se) || se.Code() != lib.SQLITE_CONSTRAINT_UNIQUE {
		return fmt.Errorf("store: %s: %w", act, err)
	}
	_, columns, _ := strings.Cut(se.Error(), "UNIQUE constraint failed: ")
	columns, _, _ = strings.Cut(columns, " (")
	for _, ix := range t.spec.Indexes {
		var names []string
		for _, f := range ix.Fields {
			names = append(names, t.spec.Name+".x_"+strings.TrimPrefix(f, "-"))
		}
		if ix.Unique && strings.Join(names, ", ") == columns {
			return &store.UniqueError{Collection: t.spec.Name, Index: ix.Name}
		}
	}
	if columns == t.spec.Name+".id" {
		return &store.UniqueError{Collection: t.spec.Name, Index: "id"}
	}
	return fmt.Errorf("store: %s: %w", act, err)
}
