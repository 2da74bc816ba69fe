package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"gatehouse/server/store"
)

// filters gives conditions that all hold.
func filters(q store.Query) []bson.D {
	out := conds(q.Where)
	var groups bson.A
	for _, g := range q.Any {
		groups = append(groups, and(conds(g)))
	}
	if len(groups) > 0 {
		out = append(out, bson.D{{Key: "$or", Value: groups}})
	}
	return out
}

func and(fs []bson.D) bson.D {
	switch len(fs) {
	case 0:
		return bson.D{}
	case 1:
		return fs[0]
	}
	return bson.D{{Key: "$and", Value: fs}}
}

func conds(cs []store.Cond) []bson.D {
	var out []bson.D
	for _, c := range cs {
		if c.Op == store.Matches {
			out = append(out, matches(path(c.Field), c.Value.(string))...)
			continue
		}
		out = append(out, is(path(c.Field), operators[c.Op], c))
	}
	return out
}

var operators = [...]string{store.Eq: "$eq", store.Ne: "$ne", store.Lt: "$lt", store.Lte: "$lte", store.Gt: "$gt", store.Gte: "$gte",
	store.In: "$in", store.IsNil: "$exists", store.Has: "$all", store.HasAny: "$in"}

func is(path, operator string, c store.Cond) bson.D {
	var v any = c.Value
	if c.Op == store.IsNil {
		v = false
	}
	return bson.D{{Key: path, Value: bson.D{{Key: operator, Value: v}}}}
}

// matches asks for the pairs of every run, which have an index, and checks
// runs of three and more runes in the text, because pairs know no order. A
// run holds letters and digits only, so it is its own regular expression.
func matches(path, text string) []bson.D {
	runs := store.Runs(text)
	if len(runs) == 0 {
		return []bson.D{{{Key: "_id", Value: bson.D{{Key: "$in", Value: bson.A{}}}}}}
	}
	var out []bson.D
	for _, run := range runs {
		switch n := len([]rune(run)); {
		case n == 1:
			out = append(out, bson.D{{Key: path, Value: bson.D{{Key: "$regex", Value: "^" + run}}}})
		default:
			out = append(out, bson.D{{Key: path, Value: bson.D{{Key: "$all", Value: store.Pairs(run)}}}})
			if n > 2 {
				out = append(out, bson.D{{Key: "w", Value: bson.D{{Key: "$regex", Value: run}}}})
			}
		}
	}
	return out
}

// behind gives the rows after the cursor. The plain bound beside the $or is
// what the index can use.
func behind(after *store.Cursor, by string, dir int) []bson.D {
	if after == nil {
		return nil
	}
	than := map[int]string{1: "$gt", -1: "$lt"}[dir]
	id := bson.D{{Key: "_id", Value: bson.D{{Key: than, Value: after.ID}}}}
	if by == "_id" {
		return []bson.D{id}
	}
	tie := bson.D{{Key: by, Value: after.Value}, {Key: "_id", Value: id[0].Value}}
	return []bson.D{
		{{Key: by, Value: bson.D{{Key: than + "e", Value: after.Value}}}},
		{{Key: "$or", Value: bson.A{bson.D{{Key: by, Value: bson.D{{Key: than, Value: after.Value}}}}, tie}}},
	}
}
