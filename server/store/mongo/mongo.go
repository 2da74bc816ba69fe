// Package mongo keeps the portal's documents in MongoDB, the engine for more
// than one machine.
//
// A row is stored as {_id, v, t, o, x, w, d}: its id, its revision, the
// milliseconds of the write, the number of that write, the extracted values,
// the text of the Words field and the document. Everything is read from the
// primary and written with majority.
package mongo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/connstring"

	"gatehouse/server/store"
)

// DB is a connected database.
type DB struct {
	client *mongo.Client
	db     *mongo.Database
	mu     sync.RWMutex
	specs  map[string]store.Spec
}

var _ store.Driver = (*DB)(nil)

// Open connects to the database named in the path of uri, "gatehouse" when it
// names none, and waits until the primary answers.
func Open(ctx context.Context, uri string) (*DB, error) {
	cs, err := connstring.ParseAndValidate(uri)
	if err != nil {
		return nil, fmt.Errorf("store: read the address of MongoDB: %w", err)
	}
	o := options.Client().ApplyURI(uri).SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Local()).SetWriteConcern(writeconcern.Majority())
	if cs.ServerSelectionTimeout == 0 {
		o.SetServerSelectionTimeout(5 * time.Second)
	}
	client, err := mongo.Connect(o)
	if err != nil {
		return nil, fmt.Errorf("store: connect to MongoDB: %w", err)
	}
	name := cs.Database
	if name == "" {
		name = "gatehouse"
	}
	db := &DB{client: client, db: client.Database(name), specs: map[string]store.Spec{}}
	if err := db.Ping(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// Shared is true: other machines may write to the same database.
func (db *DB) Shared() bool { return true }

// Ping asks whether the primary answers.
func (db *DB) Ping(ctx context.Context) error {
	return wrap("ping", db.client.Ping(ctx, readpref.Primary()))
}

// Close ends the connections.
func (db *DB) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return wrap("close", db.client.Disconnect(ctx))
}

func wrap(act string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("store: %s: %w", act, err)
}

func (db *DB) spec(coll string) (store.Spec, *mongo.Collection, error) {
	db.mu.RLock()
	defer db.mu.RUnlock()
	s, ok := db.specs[coll]
	if !ok {
		return s, nil, fmt.Errorf("store: no collection %q is declared", coll)
	}
	return s, db.db.Collection(coll), nil
}

// Ensure makes the indexes. One that was declared differently before is made
// anew, and a unique one that nobody declares any more is dropped.
func (db *DB) Ensure(ctx context.Context, s store.Spec) error {
	if err := s.Check(); err != nil {
		return err
	}
	c := db.db.Collection(s.Name)
	have, err := c.Indexes().ListSpecifications(ctx)
	if err != nil {
		return wrap("list indexes of "+s.Name, err)
	}
	want := indexes(s)
	for _, h := range have {
		if !obsolete(h, want) {
			continue
		}
		if err := c.Indexes().DropOne(ctx, h.Name); err != nil {
			return wrap("drop index "+s.Name+" "+h.Name, err)
		}
	}
	if err := again(ctx, func() error { return create(ctx, c, want) }); err != nil {
		return wrap("ensure "+s.Name, err)
	}
	err = again(ctx, func() error {
		_, err := db.db.Collection(names).UpdateOne(ctx, bson.D{{Key: "_id", Value: s.Name}},
			bson.D{{Key: "$set", Value: bson.D{{Key: "declared", Value: true}}}}, options.UpdateOne().SetUpsert(true))
		return err
	})
	if err != nil {
		return wrap("note the collection "+s.Name, err)
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	db.specs[s.Name] = s
	return nil
}

// names is the collection of the collections' names: not every server that
// speaks the protocol lists its own, and not every account may ask.
const names = "collections__names"
