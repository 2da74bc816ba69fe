package mongo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"gatehouse/server/store"
)

// found is what is read of a stored row.
type found struct {
	ID string   `bson:"_id"`
	V  int64    `bson:"v"`
	T  int64    `bson:"t"`
	D  bson.Raw `bson:"d"`
}

var parts = bson.D{{Key: "v", Value: 1}, {Key: "t", Value: 1}, {Key: "d", Value: 1}}

func (f found) row() (store.Row, error) {
	doc, err := toJSON(f.D)
	if err != nil {
		return store.Row{}, fmt.Errorf("decode %s: %w", f.ID, err)
	}
	return store.Row{ID: f.ID, Revision: f.V, Changed: f.T, Doc: doc}, nil
}

// Get reads one document; store.ErrNotFound.
func (db *DB) Get(ctx context.Context, coll, id string) (store.Row, error) {
	_, c, err := db.spec(coll)
	if err != nil {
		return store.Row{}, err
	}
	var f found
	err = c.FindOne(ctx, bson.D{{Key: "_id", Value: id}}, options.FindOne().SetProjection(parts)).Decode(&f)
	if errors.Is(err, mongo.ErrNoDocuments) {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Row{}, wrap("get "+coll+" "+id, err)
	}
	r, err := f.row()
	return r, wrap("get "+coll, err)
}

// Find reads one page.
func (db *DB) Find(ctx context.Context, coll string, q store.Query) ([]store.Row, error) {
	s, c, err := db.spec(coll)
	if err != nil {
		return nil, err
	}
	if q, err = s.Plain(q); err != nil {
		return nil, err
	}
	by, dir := path(strings.TrimPrefix(q.Sort, "-")), direction(q.Sort)
	sort := bson.D{{Key: by, Value: dir}}
	if by != "_id" {
		sort = append(sort, bson.E{Key: "_id", Value: dir})
	}
	f := and(append(filters(q), behind(q.After, by, dir)...))
	rows, err := page(ctx, c, f, sort, q.Limit)
	return rows, wrap("find "+coll, err)
}

func page(ctx context.Context, c *mongo.Collection, filter, sort bson.D, limit int) ([]store.Row, error) {
	cur, err := c.Find(ctx, filter, options.Find().SetSort(sort).SetLimit(int64(limit)).SetProjection(parts))
	if err != nil {
		return nil, err
	}
	var fs []found
	if err := cur.All(ctx, &fs); err != nil {
		return nil, err
	}
	var out []store.Row
	for _, f := range fs {
		r, err := f.row()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Count counts what Where and Any let through.
func (db *DB) Count(ctx context.Context, coll string, q store.Query) (int64, error) {
	s, c, err := db.spec(coll)
	if err != nil {
		return 0, err
	}
	if q, err = s.PlainFilter(q); err != nil {
		return 0, err
	}
	n, err := c.CountDocuments(ctx, and(filters(q)))
	return n, wrap("count "+coll, err)
}

// GroupBy counts and sums by the values of a field, in the order of the values, nil first.
func (db *DB) GroupBy(ctx context.Context, coll string, where []store.Cond, by, sum string) ([]store.Group, error) {
	s, c, err := db.spec(coll)
	if err != nil {
		return nil, err
	}
	if where, err = s.PlainGroup(where, by, sum); err != nil {
		return nil, err
	}
	var of any = int64(0)
	if sum != "" {
		of = "$" + path(sum)
	}
	cur, err := c.Aggregate(ctx, mongo.Pipeline{
		{{Key: "$match", Value: and(filters(store.Query{Where: where}))}},
		{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$" + path(by)},
			{Key: "n", Value: bson.D{{Key: "$sum", Value: 1}}}, {Key: "s", Value: bson.D{{Key: "$sum", Value: of}}}}}},
		{{Key: "$sort", Value: bson.D{{Key: "_id", Value: 1}}}}})
	if err != nil {
		return nil, wrap("group "+coll, err)
	}
	var gs []struct {
		Key any   `bson:"_id"`
		N   int64 `bson:"n"`
		S   int64 `bson:"s"`
	}
	if err := cur.All(ctx, &gs); err != nil {
		return nil, wrap("group "+coll, err)
	}
	var out []store.Group
	for _, g := range gs {
		if n, ok := g.Key.(int32); ok {
			g.Key = int64(n)
		}
		out = append(out, store.Group{Key: g.Key, N: g.N, Sum: g.S})
	}
	return out, nil
}

// Changes gives documents written at or after since, oldest first. It needs
// clocks that differ less than the overlap its caller asks with.
func (db *DB) Changes(ctx context.Context, coll string, since int64, limit int) ([]store.Row, error) {
	_, c, err := db.spec(coll)
	if err != nil {
		return nil, err
	}
	if limit < 1 {
		return nil, fmt.Errorf("store: changes of %s: limit %d", coll, limit)
	}
	sort := bson.D{{Key: "t", Value: 1}, {Key: "_id", Value: 1}}
	rows, err := page(ctx, c, bson.D{{Key: "t", Value: bson.D{{Key: "$gte", Value: since}}}}, sort, limit)
	return rows, wrap("changes of "+coll, err)
}

// Collections names what was ever declared in this database.
func (db *DB) Collections(ctx context.Context) ([]string, error) {
	var all []struct {
		Name string `bson:"_id"`
	}
	cur, err := db.db.Collection(names).Find(ctx, bson.D{}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}))
	if err == nil {
		err = cur.All(ctx, &all)
	}
	if err != nil {
		return nil, wrap("list the collections", err)
	}
	out := make([]string, len(all))
	for i, c := range all {
		out[i] = c.Name
	}
	return out, nil
}
