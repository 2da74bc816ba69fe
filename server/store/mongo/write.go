package mongo

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"gatehouse/server/store"
)

// chunk is how many rows InsertMany sends at once.
const chunk = 1000

// ErrUnknown says that the connection broke during a write and that another
// writer has saved since, so nobody can tell whether this write was done.
var ErrUnknown = errors.New("store: the outcome of the write is unknown")

// stored is a row as it lies in the database.
type stored struct {
	ID string        `bson:"_id"`
	V  int64         `bson:"v"`
	T  int64         `bson:"t"`
	O  bson.ObjectID `bson:"o"` // the number of the write that left the row so
	X  bson.D        `bson:"x"`
	W  string        `bson:"w,omitempty"` // runs of the Words field, with spaces
	D  bson.D        `bson:"d"`
}

func encode(s store.Spec, r store.Row) (*stored, error) {
	values, err := s.Values(r)
	if err != nil {
		return nil, err
	}
	d, err := fromJSON(r.Doc)
	if err != nil {
		return nil, fmt.Errorf("store: encode %s %s: %w", s.Name, r.ID, err)
	}
	m := &stored{ID: r.ID, V: r.Revision, T: time.Now().UnixMilli(), O: bson.NewObjectID(), X: bson.D{}, D: d}
	for i, f := range s.Fields {
		v := values[i]
		if v == nil {
			continue // an absent field lies outside unique indexes
		}
		if f.Kind == store.Words {
			text := v.(string)
			grams := store.Grams(text)
			slices.Sort(grams)
			m.W, v = strings.Join(store.Runs(text), " "), slices.Compact(grams)
		}
		m.X = append(m.X, bson.E{Key: f.Name, Value: v})
	}
	return m, nil
}

// Insert adds a document; *store.UniqueError.
func (db *DB) Insert(ctx context.Context, coll string, r store.Row) error {
	s, c, err := db.spec(coll)
	if err != nil {
		return err
	}
	m, err := encode(s, r)
	if err != nil {
		return err
	}
	return db.insert(ctx, c, s, m, false)
}

// insert adds one row; maybe says that an earlier try may have added it already.
func (db *DB) insert(ctx context.Context, c *mongo.Collection, s store.Spec, m *stored, maybe bool) error {
	for n := 1; ; n++ {
		_, err := c.InsertOne(ctx, m)
		if err == nil {
			return nil
		}
		if mongo.IsDuplicateKeyError(err) && maybe {
			if now, e := db.standing(ctx, c, m.ID); e == nil && now.O == m.O {
				return nil
			}
		}
		maybe = maybe || lost(err)
		if n == tries || !lost(err) && !passing(err) || pause(ctx, n) != nil {
			return refused(s, "insert "+s.Name+" "+m.ID, err)
		}
	}
}

// InsertMany adds documents, a thousand a message. Rows before a refused one stay.
func (db *DB) InsertMany(ctx context.Context, coll string, rs []store.Row) error {
	s, c, err := db.spec(coll)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rs, chunk) {
		ms := make([]*stored, len(part))
		for i, r := range part {
			if ms[i], err = encode(s, r); err != nil {
				return err
			}
		}
		_, err := c.InsertMany(ctx, ms)
		if err != nil && (lost(err) || passing(err)) {
			err = db.each(ctx, c, s, ms)
		}
		if err != nil {
			return refused(s, "insert into "+coll, err)
		}
	}
	return nil
}

// each adds what a broken message has left out.
func (db *DB) each(ctx context.Context, c *mongo.Collection, s store.Spec, ms []*stored) error {
	for _, m := range ms {
		if err := db.insert(ctx, c, s, m, true); err != nil {
			return err
		}
	}
	return nil
}

// Update replaces a document; store.ErrStale, store.ErrNotFound, *store.UniqueError, ErrUnknown.
func (db *DB) Update(ctx context.Context, coll string, r store.Row) error {
	s, c, err := db.spec(coll)
	if err != nil {
		return err
	}
	m, err := encode(s, r)
	if err != nil {
		return err
	}
	act, maybe := "update "+coll+" "+r.ID, false
	for n := 1; ; n++ {
		res, err := c.ReplaceOne(ctx, at(r.ID, r.Revision-1), m)
		if err == nil && res.MatchedCount == 1 {
			return nil
		}
		if err == nil {
			return wrap(act, db.outcome(ctx, c, m, maybe))
		}
		maybe = maybe || lost(err)
		if n == tries || !lost(err) && !passing(err) || pause(ctx, n) != nil {
			return refused(s, act, err)
		}
	}
}

// Reindex replaces what documents are found by, where they stand as they were read; *store.UniqueError.
func (db *DB) Reindex(ctx context.Context, coll string, rs []store.Row) error {
	s, c, err := db.spec(coll)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(rs, chunk) {
		ms := make([]mongo.WriteModel, len(part))
		for i, r := range part {
			m, err := encode(s, r)
			if err != nil {
				return err
			}
			ms[i] = mongo.NewUpdateOneModel().SetFilter(at(r.ID, r.Revision)).
				SetUpdate(bson.D{{Key: "$set", Value: bson.D{{Key: "x", Value: m.X}, {Key: "w", Value: m.W}}}})
		}
		for n := 1; ; n++ { // it may be done twice
			_, err := c.BulkWrite(ctx, ms)
			if err == nil {
				break
			}
			if n == tries || !lost(err) && !passing(err) || pause(ctx, n) != nil {
				return refused(s, "reindex "+coll, err)
			}
		}
	}
	return nil
}

// outcome says why no row stood at the guarded revision. After a lost answer
// it may be our own write that moved it.
func (db *DB) outcome(ctx context.Context, c *mongo.Collection, m *stored, maybe bool) error {
	now, err := db.standing(ctx, c, m.ID)
	switch {
	case err != nil:
		return err
	case maybe && now.O == m.O:
		return nil
	case maybe && now.V > m.V:
		return ErrUnknown
	}
	return store.ErrStale
}

// Delete removes a document; store.ErrStale, store.ErrNotFound.
func (db *DB) Delete(ctx context.Context, coll, id string, revision int64) error {
	s, c, err := db.spec(coll)
	if err != nil {
		return err
	}
	act, maybe := "delete "+coll+" "+id, false
	for n := 1; ; n++ {
		res, err := c.DeleteOne(ctx, at(id, revision))
		if err == nil && res.DeletedCount == 1 {
			return nil
		}
		if err == nil {
			_, err = db.standing(ctx, c, id)
			if maybe && errors.Is(err, store.ErrNotFound) {
				return nil // it is gone, which is what was asked for
			}
			if err == nil {
				err = store.ErrStale
			}
			return wrap(act, err)
		}
		maybe = maybe || lost(err)
		if n == tries || !lost(err) && !passing(err) || pause(ctx, n) != nil {
			return refused(s, act, err)
		}
	}
}

func at(id string, revision int64) bson.D {
	return bson.D{{Key: "_id", Value: id}, {Key: "v", Value: revision}}
}

// head is what tells whose write a row is.
type head struct {
	V int64         `bson:"v"`
	O bson.ObjectID `bson:"o"`
}

func (db *DB) standing(ctx context.Context, c *mongo.Collection, id string) (h head, err error) {
	err = c.FindOne(ctx, bson.D{{Key: "_id", Value: id}}).Decode(&h)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = store.ErrNotFound
	}
	return h, err
}

// duplicate finds the index in the server's message; a value, which comes
// behind it, cannot be taken for it.
var duplicate = regexp.MustCompile(`E11000 duplicate key error.*? index: ([^ ]+)`)

func refused(s store.Spec, act string, err error) error {
	var u *store.UniqueError
	if !mongo.IsDuplicateKeyError(err) || errors.As(err, &u) {
		return wrap(act, err)
	}
	if found := duplicate.FindStringSubmatch(err.Error()); found != nil {
		name := strings.TrimSuffix(found[1], "_")
		if name == "_id" {
			return &store.UniqueError{Collection: s.Name, Index: "id"}
		}
		return &store.UniqueError{Collection: s.Name, Index: found[1]}
	}
	return wrap(act, err)
}
