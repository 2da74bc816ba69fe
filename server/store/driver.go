// Package store keeps the portal's documents: typed collections above one
// small driver contract, so that nothing higher up knows SQL or BSON.
//
// One aggregate is one document, saved against its revision. Everything that
// is queried is a value that Go extracted from the document when it was saved
// (Row.X); nothing is queried inside the document. That one idea makes the
// SQLite and the MongoDB adapter equal.
package store

import (
	"context"
	"encoding/json"
	"errors"
)

// ErrNotFound says there is no document with that id.
var ErrNotFound = errors.New("store: not found")

// ErrStale says another writer saved the document meanwhile.
var ErrStale = errors.New("store: revision changed meanwhile")

// UniqueError says which unique index ("id" for the primary key) refused a write.
type UniqueError struct{ Collection, Index string }

func (e *UniqueError) Error() string { return "store: " + e.Collection + ": not unique: " + e.Index }

// Kind is the kind of an extracted field.
type Kind int

const (
	Text  Kind = iota // string
	Int               // int64
	List              // []string, a short list of tags; conditions Has and HasAny
	Words             // string, searched by the runs of its letters and digits; condition Matches. At most one a collection.
)

// Field declares one extracted value. A nil value is left out of unique
// indexes; sort fields are never nil.
type Field struct {
	Name string
	Kind Kind
}

// Index declares an index over extracted fields; a leading "-" descends.
// Every non-unique index ends with the id, the tie-breaker of its order.
type Index struct {
	Name   string
	Fields []string
	Unique bool
}

// Spec declares a collection.
type Spec struct {
	Name    string
	Fields  []Field
	Indexes []Index
}

// Row is what adapters store: the JSON document and its extracted values.
type Row struct {
	ID       string
	Revision int64
	Changed  int64          // unix milliseconds of the write, set by the adapter
	X        map[string]any // nil on rows that were read
	Doc      json.RawMessage
}

// Op compares an extracted field with a value.
type Op int

const (
	Eq Op = iota
	Ne    // other values, and no value
	Lt
	Lte
	Gt
	Gte
	In      // value []string or []int64, never empty
	IsNil   // no value
	Has     // List field holds all of value []string, never empty
	HasAny  // List field holds any of value []string, never empty
	Matches // Words field holds every run of letters and digits of value string; a value without any matches nothing
)

// Cond is one condition on an extracted field, or on "id". Values may be of
// named string and integer types; a nil value is refused, see IsNil.
type Cond struct {
	Field string
	Op    Op
	Value any
}

// Query asks for one page of a collection.
type Query struct {
	Where []Cond   // all hold
	Any   [][]Cond // and, when not empty, all conditions of at least one group hold
	Sort  string   // one declared Text or Int field or "id" ("" too), "-" descends; ties are broken by id in the same direction
	Limit int      // 1 to MaxLimit
	After *Cursor  // the last row of the page before
}

// MaxLimit bounds every page.
const MaxLimit = 1000

// Cursor points behind a row in the order of a query: its sort value and id.
type Cursor struct {
	Value any
	ID    string
}

// Group is one line of a grouped count.
type Group struct {
	Key    any
	N, Sum int64
}

// Driver is what an adapter implements; storetest holds its promises.
type Driver interface {
	// Ensure makes the collection, its columns and indexes; it may be repeated. Indexes declared
	// differently before are made anew, unique ones declared no more are dropped.
	Ensure(ctx context.Context, s Spec) error
	// Insert adds a document; *UniqueError.
	Insert(ctx context.Context, coll string, r Row) error
	// InsertMany adds documents in as few durable commits as the engine can; *UniqueError stops it,
	// and rows of the same call may or may not stay.
	InsertMany(ctx context.Context, coll string, rs []Row) error
	// Update replaces the document whose stored revision is r.Revision-1; ErrStale, ErrNotFound, *UniqueError.
	Update(ctx context.Context, coll string, r Row) error
	// Reindex replaces the extracted values of documents, and nothing else, where they still
	// stand at the revision they carry; what somebody has saved or deleted since is left alone. *UniqueError.
	Reindex(ctx context.Context, coll string, rs []Row) error
	// Delete removes the document at this revision; ErrStale, ErrNotFound.
	Delete(ctx context.Context, coll, id string, revision int64) error
	// Get reads one document; ErrNotFound.
	Get(ctx context.Context, coll, id string) (Row, error)
	// Find reads one page. Find, Count and GroupBy refuse what Spec.Plain refuses: unknown fields,
	// nil values, empty lists and groups, no limit.
	Find(ctx context.Context, coll string, q Query) ([]Row, error)
	// Count counts what Where and Any of q let through; the rest of q is not looked at.
	Count(ctx context.Context, coll string, q Query) (int64, error)
	// GroupBy counts, and sums the Int field sum ("" for none), by the values of a Text or Int field,
	// in their order, nil first.
	GroupBy(ctx context.Context, coll string, where []Cond, by, sum string) ([]Group, error)
	// Changes gives documents written at or after since (unix milliseconds), oldest first, at least once.
	Changes(ctx context.Context, coll string, since int64, limit int) ([]Row, error)
	// Collections names every collection that lies in the store, declared or not, in their order.
	Collections(ctx context.Context) ([]string, error)
	// Shared tells whether other processes may write to the same store.
	Shared() bool
	// Ping asks whether the store answers.
	Ping(ctx context.Context) error
	Close() error
}
