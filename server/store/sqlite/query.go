package sqlite

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gatehouse/server/store"
)

// narrow is how many rows list values may have to be gathered up front: at a
// million rows that many cost about as much as to walk to a page of a list
// twice as wide.
const narrow = 4000

// wordy is how many times more rows a search may gather: it needs their numbers
// alone.
const wordy = 5

// query collects SQL and its values while a store.Query is read.
type query struct {
	db      *DB
	ctx     context.Context
	table   *table
	from    string
	by      string // the column of the order
	where   []string
	args    []any
	paged   bool // one of the pages that are merged
	gathers bool // rows come from a gathered list, not in the order of the page
	stay    bool // the conditions now read only filter: SQLite may not start from them
	tries   bool // rows come one by one, or few: words may be looked up row by row
	found   map[string]rowids
	widths  map[string]bool // of the lists and searches that were counted
	err     error
}

func (db *DB) query(ctx context.Context, t *table, q store.Query) *query {
	b := &query{db: db, ctx: ctx, table: t}
	b.read(q)
	return b
}

func (b *query) read(q store.Query) {
	b.by, b.from = name(strings.TrimPrefix(q.Sort, "-")), quote(b.table.spec.Name)+" t"
	b.tries = q.Limit > 0 && (b.by == "t.id" || slices.ContainsFunc(q.Where, b.few))
	for _, c := range b.drive(q) {
		b.where = append(b.where, b.cond(c))
	}
	var groups []string
	b.stay = q.Limit > 0 // starting from several groups would lose the order and sort all their rows
	for _, g := range q.Any {
		var all []string
		for _, c := range g {
			all = append(all, b.cond(c))
		}
		groups = append(groups, "("+strings.Join(all, " AND ")+")")
	}
	if len(groups) > 0 {
		b.where = append(b.where, "("+strings.Join(groups, " OR ")+")")
	}
}

// drive makes a side table the driver where SQLite, which keeps no figures
// about values, would choose badly, and gives the conditions that remain.
//
// A page in the order of ids walks along one value: newest first stays flat at
// a million rows. Otherwise a narrow list is gathered first. Words and unique
// values lead to fewer rows, so with them the choice is SQLite's.
func (b *query) drive(q store.Query) []store.Cond {
	at := -1
	if !slices.ContainsFunc(q.Where, b.pointed) {
		at = b.driver(q.Where)
	}
	if at < 0 {
		return q.Where
	}
	c := q.Where[at]
	side, values := b.table.side(c.Field), c.Value.([]string)
	if b.by == "t.id" && len(values) == 1 {
		b.by = "l.id"
		b.where = append(b.where, "l.v="+b.bind(values[0]))
	} else {
		b.gathers = true
		side = "(SELECT DISTINCT id FROM " + side + " WHERE v IN " + b.list(values) + ")"
	}
	b.from = side + " l CROSS JOIN " + quote(b.table.spec.Name) + " t ON t.id=l.id"
	return slices.Delete(slices.Clone(q.Where), at, at+1)
}

// driver finds the list condition to start from, a narrow one before one that
// can only be walked; -1 when there is none.
func (b *query) driver(where []store.Cond) int {
	walk, lists := -1, 0
	for i, c := range where {
		vs, _ := c.Value.([]string)
		if c.Op != store.HasAny && (c.Op != store.Has || len(vs) > 1) {
			continue
		}
		lists++
		if b.by == "t.id" && len(vs) == 1 && walk < 0 {
			walk = i
		}
	}
	if lists == 0 || lists == 1 && walk >= 0 {
		return walk
	}
	if i := slices.IndexFunc(where, b.few); i >= 0 {
		return i
	}
	return walk
}

// few tells a narrow list.
func (b *query) few(c store.Cond) bool {
	vs, _ := c.Value.([]string)
	return (c.Op == store.HasAny || c.Op == store.Has && len(vs) == 1) && !b.wide(c.Field, vs)
}

// pointed tells conditions that SQLite answers best from their own index.
func (b *query) pointed(c store.Cond) bool {
	if c.Op == store.Matches {
		return !b.find(phrases(c.Value.(string))).common
	}
	return (c.Op == store.Eq || c.Op == store.In) && b.table.unique(c.Field)
}

func (b *query) filter() string {
	if len(b.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(b.where, " AND ")
}

func (b *query) bind(v any) string {
	b.args = append(b.args, v)
	return "?"
}

func (b *query) cond(c store.Cond) string {
	col := name(c.Field)
	if b.stay || b.paged && c.Op == store.In && !b.table.unique(c.Field) {
		col = "+" + col
	}
	switch c.Op {
	case store.IsNil:
		return col + " IS NULL"
	case store.In:
		return col + " IN " + b.list(c.Value)
	case store.Has:
		var all []string
		for _, v := range c.Value.([]string) {
			all = append(all, b.listed(c.Field, []string{v}))
		}
		return strings.Join(all, " AND ")
	case store.HasAny:
		return b.listed(c.Field, c.Value.([]string))
	case store.Matches:
		return b.matches(c.Value.(string))
	}
	op := [...]string{store.Eq: "=", store.Ne: " IS NOT ", store.Lt: "<", store.Lte: "<=", store.Gt: ">", store.Gte: ">="}[c.Op]
	return col + op + b.bind(c.Value)
}

func name(field string) string {
	if field == "id" {
		return "t.id"
	}
	return "t." + column(field)
}

// list binds values, filled up to a power of two: few texts, so that prepared statements are found again.
func (b *query) list(values any) string {
	var vs []any
	switch values := values.(type) {
	case []string:
		for _, v := range values {
			vs = append(vs, v)
		}
	case []int64:
		for _, v := range values {
			vs = append(vs, v)
		}
	}
	n := 1
	for n < len(vs) {
		n *= 2
	}
	for len(vs) < n {
		vs = append(vs, vs[0])
	}
	b.args = append(b.args, vs...)
	return "(?" + strings.Repeat(",?", n-1) + ")"
}

// listed asks for rows with one of the values. A narrow list is gathered from
// the side table; of a wide one each candidate row is looked up, so that a
// page ends after a few rows.
func (b *query) listed(field string, values []string) string {
	side := b.table.side(field)
	if b.wide(field, values) {
		return "EXISTS(SELECT 1 FROM " + side + " l WHERE l.v IN " + b.list(values) + " AND l.id=t.id)"
	}
	return "t.id IN (SELECT l.id FROM " + side + " l WHERE l.v IN " + b.list(values) + ")"
}

func (b *query) wide(field string, values []string) bool {
	p := &query{}
	return b.atLeast(b.db.narrow, "SELECT 1 FROM "+b.table.side(field)+" WHERE v IN "+p.list(values), p.args)
}

// rowids are the rows in which words stand, as JSON; common when they are so
// many that a page is reached sooner by trying row after row.
type rowids struct {
	json   string
	common bool
}

// find looks words up, once.
func (b *query) find(words string) rowids {
	if r, known := b.found[words]; known || words == "" {
		return r
	}
	var r rowids
	if !b.tries { // all rows are wanted anyway
		return r
	}
	most := wordy * b.db.narrow
	var n int
	q := "SELECT count(*),json_group_array(rowid) FROM (SELECT rowid FROM " + b.table.words() + " WHERE w MATCH ? LIMIT ?)"
	if err := b.db.row(b.ctx, q, []any{words, most}, &n, &r.json); err != nil && b.err == nil {
		b.err = err
	}
	if r.common = n == most; r.common {
		r.json = ""
	}
	if b.found == nil {
		b.found = map[string]rowids{}
	}
	b.found[words] = r
	return r
}

// atLeast counts rows, but never more than it takes to know.
func (b *query) atLeast(most int, rows string, args []any) bool {
	key := fmt.Sprint(rows, args)
	if w, known := b.widths[key]; known {
		return w
	}
	var n int
	if err := b.db.row(b.ctx, "SELECT count(*) FROM ("+rows+" LIMIT ?)", append(args, most), &n); err != nil && b.err == nil {
		b.err = err
	}
	if b.widths == nil {
		b.widths = map[string]bool{}
	}
	b.widths[key] = n >= most
	return n >= most
}

// phrases asks for each run of the text as one phrase of pairs, or as a prefix
// when it is one rune; "" when there is nothing to look for.
func phrases(text string) string {
	var all []string
	for _, run := range store.Runs(text) {
		pairs := store.Pairs(run)
		phrase := `"` + strings.Join(pairs, " ") + `"`
		if len(pairs) == 1 && len([]rune(run)) == 1 {
			phrase += " *"
		}
		all = append(all, phrase)
	}
	return strings.Join(all, " AND ")
}

func (b *query) matches(text string) string {
	words := phrases(text)
	switch {
	case words == "":
		return "0"
	case b.find(words).common:
		return "EXISTS(SELECT 1 FROM " + b.table.words() + " w WHERE w.w MATCH " + b.bind(words) + " AND w.rowid=t.n)"
	case !b.tries:
		return "t.n IN (SELECT rowid FROM " + b.table.words() + " WHERE w MATCH " + b.bind(words) + ")"
	}
	b.gathers = true
	return "t.n IN (SELECT value FROM json_each(" + b.bind(b.find(words).json) + "))"
}

func (t *table) unique(field string) bool {
	return field == "id" || slices.ContainsFunc(t.spec.Indexes, func(ix store.Index) bool {
		return ix.Unique && ix.Fields[0] == field
	})
}
