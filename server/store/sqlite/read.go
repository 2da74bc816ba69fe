package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gatehouse/server/store"
)

// maxStmts bounds how many read statements stay prepared.
const maxStmts = 400

// maxPages bounds how many groups' pages are merged; SQLite joins no more than 500.
const maxPages = 64

const rowColumns = "t.id,t.revision,t.changed,t.doc"

// Get reads one document; store.ErrNotFound.
func (db *DB) Get(ctx context.Context, coll, id string) (store.Row, error) {
	t, err := db.table(coll)
	if err != nil {
		return store.Row{}, err
	}
	r := store.Row{}
	q := "SELECT " + rowColumns + " FROM " + quote(t.spec.Name) + " t WHERE t.id=?"
	err = db.row(ctx, q, []any{id}, &r.ID, &r.Revision, &r.Changed, (*[]byte)(&r.Doc))
	if errors.Is(err, sql.ErrNoRows) {
		err = store.ErrNotFound
	}
	return r, wrap(ctx, "get "+coll+" "+id, err)
}

// Find reads one page.
func (db *DB) Find(ctx context.Context, coll string, q store.Query) ([]store.Row, error) {
	t, err := db.table(coll)
	if err != nil {
		return nil, err
	}
	if q, err = t.spec.Plain(q); err != nil {
		return nil, err
	}
	text, args, err := db.find(ctx, t, q)
	if err != nil {
		return nil, wrap(ctx, "find "+coll, err)
	}
	rows, err := db.rows(ctx, text, args)
	return rows, wrap(ctx, "find "+coll, err)
}

func (db *DB) find(ctx context.Context, t *table, q store.Query) (text string, args []any, err error) {
	if len(q.Where) == 0 && len(q.Any) > 0 && len(q.Any) <= maxPages {
		return db.merge(ctx, t, q)
	}
	b := db.query(ctx, t, q)
	if !b.gathers {
		return "SELECT " + rowColumns + " FROM " + b.from + b.page(q), b.args, b.err
	}
	text = "SELECT " + b.by + " AS v,t.id AS id FROM " + b.from + b.page(q)
	return t.fetch(text, q), append(b.args, q.Limit), b.err
}

// fetch reads the documents of a page of (id, v): what has to be sorted first
// is sorted without them.
func (t *table) fetch(page string, q store.Query) string {
	dir := ""
	if strings.HasPrefix(q.Sort, "-") {
		dir = " DESC"
	}
	return "SELECT " + rowColumns + " FROM (" + page + ") u CROSS JOIN " + quote(t.spec.Name) + " t ON t.id=u.id ORDER BY u.v" + dir + ",u.id" + dir + " LIMIT ?"
}

// merge answers a page of groups: a page of each, every one walking its own
// index in the order asked for, and of these the first rows. As one condition
// the groups could only be tried on row after row, through all the newest that
// are not for the reader's eyes. A list of values (In) never leads a page: it
// has no order.
func (db *DB) merge(ctx context.Context, t *table, q store.Query) (text string, args []any, err error) {
	var pages []string
	for _, g := range q.Any {
		one := q
		one.Where, one.Any = g, nil
		b := &query{db: db, ctx: ctx, table: t, paged: true}
		b.read(one)
		pages = append(pages, "SELECT * FROM (SELECT t.id AS id,"+b.by+" AS v FROM "+b.from+b.page(one)+")")
		if args = append(args, b.args...); b.err != nil {
			return "", nil, b.err
		}
	}
	return t.fetch(strings.Join(pages, " UNION "), q), append(args, q.Limit), nil
}

// page adds the cursor, the order and the limit.
func (b *query) page(q store.Query) string {
	by, dir, than := b.by, "", ">"
	if strings.HasPrefix(q.Sort, "-") {
		dir, than = " DESC", "<"
	}
	byID := strings.HasSuffix(by, ".id")
	if q.After != nil && byID {
		b.where = append(b.where, by+than+b.bind(q.After.ID))
	} else if q.After != nil {
		b.where = append(b.where, "("+by+",t.id)"+than+"("+b.bind(q.After.Value)+","+b.bind(q.After.ID)+")")
	}
	order := " ORDER BY " + by + dir
	if !byID {
		order += ",t.id" + dir
	}
	return b.filter() + order + " LIMIT " + b.bind(q.Limit)
}

// Count counts what Where and Any let through.
func (db *DB) Count(ctx context.Context, coll string, q store.Query) (int64, error) {
	t, err := db.table(coll)
	if err != nil {
		return 0, err
	}
	if q, err = t.spec.PlainFilter(q); err != nil {
		return 0, err
	}
	var n int64
	b := db.query(ctx, t, store.Query{Where: q.Where, Any: q.Any})
	text := "SELECT count(*) FROM " + b.from + b.filter()
	if side, v := t.alone(q); side != "" {
		text, b.args = "SELECT count(*) FROM "+side+" WHERE v=?", []any{v}
	}
	if err = b.err; err == nil {
		err = db.row(ctx, text, b.args, &n)
	}
	return n, wrap(ctx, "count "+coll, err)
}

// alone finds the one list value that is all a filter asks for: the side
// table can count it without its documents.
func (t *table) alone(q store.Query) (side, value string) {
	if len(q.Where) != 1 || len(q.Any) > 0 {
		return "", ""
	}
	c := q.Where[0]
	if vs, _ := c.Value.([]string); len(vs) == 1 && (c.Op == store.Has || c.Op == store.HasAny) {
		return t.side(c.Field), vs[0]
	}
	return "", ""
}

// GroupBy counts and sums by the values of a field, in the order of the values, nil first.
func (db *DB) GroupBy(ctx context.Context, coll string, where []store.Cond, by, sum string) ([]store.Group, error) {
	t, err := db.table(coll)
	if err != nil {
		return nil, err
	}
	if where, err = t.spec.PlainGroup(where, by, sum); err != nil {
		return nil, err
	}
	total := "0"
	if sum != "" {
		total = "coalesce(sum(" + name(sum) + "),0)"
	}
	b := db.query(ctx, t, store.Query{Where: where})
	if b.err != nil {
		return nil, wrap(ctx, "group "+coll, b.err)
	}
	var out []store.Group
	err = db.each(ctx, "SELECT "+name(by)+",count(*),"+total+" FROM "+b.from+b.filter()+" GROUP BY 1 ORDER BY 1", b.args, func(rs *sql.Rows) error {
		var g store.Group
		if err := rs.Scan(&g.Key, &g.N, &g.Sum); err != nil {
			return err
		}
		out = append(out, g)
		return nil
	})
	return out, wrap(ctx, "group "+coll, err)
}

// Changes gives documents written at or after since, oldest first.
func (db *DB) Changes(ctx context.Context, coll string, since int64, limit int) ([]store.Row, error) {
	t, err := db.table(coll)
	if err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("store: changes of %s: limit %d", coll, limit)
	}
	q := "SELECT " + rowColumns + " FROM " + quote(t.spec.Name) + " t WHERE t.changed>=? ORDER BY t.changed,t.id LIMIT ?"
	rows, err := db.rows(ctx, q, []any{since, limit})
	return rows, wrap(ctx, "changes of "+coll, err)
}

func (db *DB) rows(ctx context.Context, query string, args []any) ([]store.Row, error) {
	var out []store.Row
	err := db.each(ctx, query, args, func(rs *sql.Rows) error {
		var r store.Row
		if err := rs.Scan(&r.ID, &r.Revision, &r.Changed, (*[]byte)(&r.Doc)); err != nil {
			return err
		}
		out = append(out, r)
		return nil
	})
	return out, err
}

func (db *DB) each(ctx context.Context, query string, args []any, f func(*sql.Rows) error) error {
	rs, err := db.ask(ctx, query, args)
	if err != nil {
		return err
	}
	defer rs.Close()
	for rs.Next() {
		if err := f(rs); err != nil {
			return err
		}
	}
	return rs.Err()
}

// row reads one row; sql.ErrNoRows.
func (db *DB) row(ctx context.Context, query string, args []any, into ...any) error {
	err, found := sql.ErrNoRows, false
	e := db.each(ctx, query, args, func(rs *sql.Rows) error {
		if found {
			return nil
		}
		found, err = true, rs.Scan(into...)
		return err
	})
	if e != nil {
		return e
	}
	return err
}

// ask runs a read. The first texts stay prepared; the few that come after are
// run as they are.
func (db *DB) ask(ctx context.Context, query string, args []any) (*sql.Rows, error) {
	db.stmtMu.RLock()
	s, n := db.stmts[query], len(db.stmts)
	db.stmtMu.RUnlock()
	if s == nil && n >= maxStmts {
		return db.readers.QueryContext(ctx, query, args...)
	}
	if s == nil {
		made, err := db.readers.PrepareContext(ctx, query)
		if err != nil {
			return nil, err
		}
		s = db.keep(query, made)
	}
	return s.QueryContext(ctx, args...)
}

// keep stores a prepared statement, or gives the one that was faster.
func (db *DB) keep(query string, made *sql.Stmt) *sql.Stmt {
	db.stmtMu.Lock()
	defer db.stmtMu.Unlock()
	if s := db.stmts[query]; s != nil {
		made.Close() // nobody has used it
		return s
	}
	db.stmts[query] = made
	return made
}

// Collections names the tables of collections; "__" stands in the names of what belongs to one.
func (db *DB) Collections(ctx context.Context) ([]string, error) {
	rows, err := db.readers.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type='table' AND instr(name,'__')=0 AND name NOT LIKE 'sqlite%' ORDER BY name")
	if err != nil {
		return nil, wrap(ctx, "list the collections", err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, wrap(ctx, "list the collections", err)
		}
		out = append(out, name)
	}
	return out, wrap(ctx, "list the collections", rows.Err())
}
