package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/server/store"
)

// table is a declared collection with the statements that write it.
type table struct {
	spec                          store.Spec
	insert, update, reindex, read string
}

func newTable(s store.Spec) *table {
	cols, sets, old := "", "", ""
	for _, f := range s.Fields {
		cols += "," + column(f.Name)
		sets += "," + column(f.Name) + "=?"
		if f.Kind >= store.List {
			old += "," + column(f.Name)
		}
	}
	return &table{spec: s,
		insert:  "INSERT INTO " + quote(s.Name) + `(id,revision,changed,doc` + cols + `) VALUES(?,?,?,?` + strings.Repeat(",?", len(s.Fields)) + ")",
		update:  "UPDATE " + quote(s.Name) + ` SET revision=?,changed=?,doc=?` + sets + " WHERE n=?",
		reindex: "UPDATE " + quote(s.Name) + ` SET revision=revision` + sets + " WHERE n=?",
		read:    "SELECT n,revision" + old + " FROM " + quote(s.Name) + " WHERE id=?"}
}

// Names are checked by store.Spec.Check; quotes are for SQL's own words.
func quote(name string) string          { return `"` + name + `"` }
func column(field string) string        { return quote("x_" + field) }
func (t *table) side(f string) string   { return quote(t.spec.Name + "__list_" + f) }
func (t *table) words() string          { return quote(t.spec.Name + "__words") }
func (t *table) index(ix string) string { return t.spec.Name + "__ix_" + ix }
func (db *DB) table(coll string) (*table, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	if t, ok := db.tables[coll]; ok {
		return t, nil
	}
	return nil, fmt.Errorf("store: no collection %q is declared", coll)
}

// Ensure makes the table, its columns, side tables and indexes. An index that
// was declared differently before is made anew.
func (db *DB) Ensure(ctx context.Context, s store.Spec) error {
	if err := s.Check(); err != nil {
		return err
	}
	t := newTable(s)
	err := db.do(ctx, func(x *tx) error {
		for _, step := range []func(*tx) error{t.ensureTable, t.ensureColumns, t.ensureSides, t.ensureIndexes} {
			if err := step(x); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return wrap(ctx, "ensure "+s.Name, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.tables[s.Name] = t
	return nil
}

// ensureTable gives every row a number of its own: VACUUM renumbers rows that
// have none, and the word index would then point at strangers. The document
// comes last: what is filtered by then lies on the row's first page, where a
// long document in front would push it onto another.
func (t *table) ensureTable(x *tx) error {
	cols := ""
	for _, f := range t.spec.Fields {
		cols += column(f.Name) + kind(f) + ", "
	}
	q := "CREATE TABLE IF NOT EXISTS " + quote(t.spec.Name) + `(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
		revision INTEGER NOT NULL, changed INTEGER NOT NULL, ` + cols + `doc TEXT NOT NULL)`
	return x.define(q, "CREATE INDEX IF NOT EXISTS "+quote(t.spec.Name+"__changed")+" ON "+quote(t.spec.Name)+"(changed,id)")
}

// ensureColumns adds what the table did not have when it was made.
func (t *table) ensureColumns(x *tx) error {
	for _, f := range t.spec.Fields {
		var n int
		if err := x.row("SELECT count(*) FROM pragma_table_xinfo(?) WHERE name=?", []any{t.spec.Name, "x_" + f.Name}, &n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := x.define("ALTER TABLE " + quote(t.spec.Name) + " ADD COLUMN " + column(f.Name) + kind(f)); err != nil {
			return err
		}
	}
	return nil
}

func kind(f store.Field) string {
	if f.Kind == store.Int || f.Kind == store.Words {
		return " INTEGER"
	}
	return " TEXT"
}

func (t *table) ensureSides(x *tx) error {
	for _, f := range t.spec.Fields {
		var q string
		switch f.Kind {
		case store.List:
			q = "CREATE TABLE IF NOT EXISTS " + t.side(f.Name) + "(v TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY(v,id)) WITHOUT ROWID"
		case store.Words:
			// Go cuts the words, so the tokenizer has nothing to know but the space.
			q = "CREATE VIRTUAL TABLE IF NOT EXISTS " + t.words() + " USING fts5(w, content='', contentless_delete=1, tokenize='ascii')"
		default:
			continue
		}
		if err := x.define(q); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) ensureIndexes(x *tx) error {
	if err := t.dropStrangers(x); err != nil {
		return err
	}
	for _, ix := range t.spec.Indexes {
		name, q := t.index(ix.Name), t.indexSQL(ix)
		var old string
		if err := x.row("SELECT coalesce(max(sql),'') FROM sqlite_master WHERE type='index' AND name=?", []any{name}, &old); err != nil {
			return err
		}
		if old == q {
			continue
		}
		if err := x.define("DROP INDEX IF EXISTS "+quote(name), q); err != nil {
			return err
		}
	}
	return nil
}

// dropStrangers drops indexes that nobody declares any more: a unique one would go on refusing.
func (t *table) dropStrangers(x *tx) error {
	var names string
	const list = "SELECT coalesce(group_concat(name,' '),'') FROM sqlite_master WHERE type='index' AND tbl_name=? AND instr(name,?)=1"
	if err := x.row(list, []any{t.spec.Name, t.index("")}, &names); err != nil {
		return err
	}
	for _, name := range strings.Fields(names) {
		if slices.ContainsFunc(t.spec.Indexes, func(ix store.Index) bool { return t.index(ix.Name) == name }) {
			continue
		}
		if err := x.define("DROP INDEX " + quote(name)); err != nil {
			return err
		}
	}
	return nil
}

func (t *table) indexSQL(ix store.Index) string {
	var cols []string
	kind, dir := "UNIQUE INDEX ", ""
	for _, f := range ix.Fields {
		name := strings.TrimPrefix(f, "-")
		dir = map[bool]string{true: " DESC"}[name != f]
		cols = append(cols, column(name)+dir)
	}
	if !ix.Unique {
		kind, cols = "INDEX ", append(cols, "id"+dir)
	}
	return "CREATE " + kind + quote(t.index(ix.Name)) + " ON " + quote(t.spec.Name) + "(" + strings.Join(cols, ",") + ")"
}

// define runs statements that are used once.
func (t *tx) define(queries ...string) error {
	for _, q := range queries {
		if _, err := t.conn.ExecContext(context.Background(), q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}
