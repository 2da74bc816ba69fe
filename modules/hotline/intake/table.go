package intake

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web/workbook"
)

// kept is a table beside its batch; its rows lie in parts, because one
// document could not hold them all.
type kept struct {
	store.Meta
	By    string         `json:"by"`
	Name  string         `json:"name"`
	At    time.Time      `json:"at"`
	Table workbook.Table `json:"table"` // without its rows
	Rows  int            `json:"rows"`
	Parts int            `json:"parts"`
}

type part struct {
	store.Meta
	Rows []workbook.Row `json:"rows"`
}

// tables keeps what was read until its batch is done with.
type tables struct {
	tables *store.Collection[kept]
	parts  *store.Collection[part]
}

// partBytes is how much of a table lies in one document.
const partBytes = 400 << 10

func openTables(ctx context.Context, d store.Driver) (*tables, error) {
	t := &tables{}
	var err error
	if t.tables, err = store.Open(ctx, d, store.Spec{Name: "intake_tables"}, func(*kept) map[string]any { return nil }); err != nil {
		return nil, err
	}
	t.parts, err = store.Open(ctx, d, store.Spec{Name: "intake_rows"}, func(*part) map[string]any { return nil })
	return t, err
}

func partID(key string, n int) string { return fmt.Sprintf("%s.%04d", key, n) }

// keep stores a table and gives the key to it, which nobody can guess.
func (t *tables) keep(ctx context.Context, by, name string, x *workbook.Table, now time.Time) (string, error) {
	b := make([]byte, 16)
	rand.Read(b)
	k := &kept{Meta: store.Meta{ID: hex.EncodeToString(b)}, By: by, Name: name, At: now, Table: workbook.Table{Head: x.Head, From04: x.From04}, Rows: len(x.Rows)}
	var ps []*part
	var rows []workbook.Row
	size := 0
	flush := func() {
		if len(rows) > 0 {
			ps = append(ps, &part{Meta: store.Meta{ID: partID(k.ID, len(ps))}, Rows: rows})
			rows, size = nil, 0
		}
	}
	for _, r := range x.Rows {
		line, err := json.Marshal(r)
		if err != nil {
			return "", fault.Wrap(err, "keep a table")
		}
		if size+len(line) > partBytes {
			flush()
		}
		rows, size = append(rows, r), size+len(line)
	}
	flush()
	k.Parts = len(ps)
	err := t.tables.Insert(ctx, k)
	if err == nil {
		err = t.parts.InsertMany(ctx, ps)
	}
	return k.ID, fault.Wrap(err, "keep a table")
}

func (t *tables) head(ctx context.Context, key string) (*kept, error) {
	k, err := t.tables.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, fault.New(fault.Conflict, "batch.table_gone")
	}
	return k, fault.Wrap(err, "read a table")
}

// read gives the whole table.
func (t *tables) read(ctx context.Context, key string) (*workbook.Table, error) {
	k, err := t.head(ctx, key)
	if err != nil {
		return nil, err
	}
	x := k.Table
	for n := range k.Parts {
		p, err := t.parts.Get(ctx, partID(key, n))
		if errors.Is(err, store.ErrNotFound) {
			return nil, fault.New(fault.Conflict, "batch.table_gone")
		}
		if err != nil {
			return nil, fault.Wrap(err, "read a table")
		}
		x.Rows = append(x.Rows, p.Rows...)
	}
	return &x, nil
}

// forget deletes a table; one that is gone already is forgotten.
func (t *tables) forget(ctx context.Context, key string) error {
	k, err := t.tables.Get(ctx, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fault.Wrap(err, "forget a table")
	}
	for n := range k.Parts {
		p, err := t.parts.Get(ctx, partID(key, n))
		if err == nil {
			err = t.parts.Delete(ctx, p)
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return fault.Wrap(err, "forget a table")
		}
	}
	if err = t.tables.Delete(ctx, k); errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return fault.Wrap(err, "forget a table")
}

// sweep forgets tables that no batch has come to hold.
func (t *tables) sweep(ctx context.Context, before time.Time) error {
	var old []string
	if err := t.tables.Each(ctx, nil, func(k *kept) error {
		if k.At.Before(before) {
			old = append(old, k.ID)
		}
		return nil
	}); err != nil {
		return fault.Wrap(err, "sweep tables")
	}
	for _, key := range old {
		if err := t.forget(ctx, key); err != nil {
			return err
		}
	}
	return nil
}
