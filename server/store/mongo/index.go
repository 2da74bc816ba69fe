package mongo

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"gatehouse/server/store"
)

// index is a wanted index. Names of our own begin with "_", which no declared name does.
type index struct {
	name   string
	keys   bson.D
	exists bson.D // a unique index holds only rows that have all its fields
}

func indexes(s store.Spec) []index {
	out := []index{{name: "_changed", keys: bson.D{{Key: "t", Value: 1}, {Key: "_id", Value: 1}}}}
	for _, f := range s.Fields {
		switch f.Kind {
		case store.List:
			out = append(out, index{name: "_list_" + f.Name, keys: bson.D{{Key: path(f.Name), Value: 1}, {Key: "_id", Value: -1}}})
		case store.Words:
			out = append(out, index{name: "_words", keys: bson.D{{Key: path(f.Name), Value: 1}}})
		}
	}
	for _, ix := range s.Indexes {
		out = append(out, declared(ix))
	}
	return out
}

func declared(ix store.Index) index {
	out, dir := index{name: ix.Name}, 1
	for _, f := range ix.Fields {
		name := strings.TrimPrefix(f, "-")
		dir = direction(f)
		out.keys = append(out.keys, bson.E{Key: path(name), Value: dir})
		if ix.Unique {
			out.exists = append(out.exists, bson.E{Key: path(name), Value: bson.D{{Key: "$exists", Value: true}}})
		}
	}
	if !ix.Unique {
		out.keys = append(out.keys, bson.E{Key: "_id", Value: dir})
	}
	return out
}

// path is where an extracted field, or the id, lies in a stored row.
func path(field string) string {
	if field == "id" {
		return "_id"
	}
	return "x." + field
}

func direction(field string) int {
	if strings.HasPrefix(field, "-") {
		return -1
	}
	return 1
}

// obsolete tells whether an index of the database must go before the wanted ones are made.
func obsolete(have mongo.IndexSpecification, want []index) bool {
	unique := have.Unique != nil && *have.Unique
	for _, w := range want {
		if w.name == have.Name {
			return unique != (w.exists != nil) || !sameKeys(have.KeysDocument, w.keys)
		}
	}
	return unique && have.Name != "_id_"
}

func sameKeys(have bson.Raw, want bson.D) bool {
	es, err := have.Elements()
	if err != nil || len(es) != len(want) {
		return false
	}
	for i, e := range es {
		n, ok := e.Value().AsInt64OK()
		if e.Key() != want[i].Key || !ok || n != int64(want[i].Value.(int)) {
			return false
		}
	}
	return true
}

func create(ctx context.Context, c *mongo.Collection, want []index) error {
	var models []mongo.IndexModel
	for _, w := range want {
		o := options.Index().SetName(w.name)
		if w.exists != nil {
			o.SetUnique(true).SetPartialFilterExpression(w.exists)
		}
		models = append(models, mongo.IndexModel{Keys: w.keys, Options: o})
	}
	_, err := c.Indexes().CreateMany(ctx, models)
	return err
}
