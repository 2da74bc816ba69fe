package store

import (
	"fmt"
	"math"
	"reflect"
	"strings"
)

// maxValues bounds the list of one condition.
const maxValues = 10_000

// Plain checks a query and gives it with plain values: string, int64,
// []string or []int64. What a programmer may forget is refused rather than
// read as "everything": nil values, empty lists, empty groups, unknown fields.
func (s Spec) Plain(q Query) (Query, error) {
	var err error
	if q.Limit < 1 || q.Limit > MaxLimit {
		return q, fmt.Errorf("store: %s: limit %d is not 1 to %d", s.Name, q.Limit, MaxLimit)
	}
	if q.Sort == "" {
		q.Sort = "id"
	}
	name := strings.TrimPrefix(q.Sort, "-")
	f, ok := s.Field(name)
	if name != "id" && (!ok || f.Kind > Int) {
		return q, fmt.Errorf("store: %s: no text or integer field %q to sort by", s.Name, name)
	}
	if q.After != nil {
		after := *q.After
		if err := checkID(after.ID); err != nil {
			return q, fmt.Errorf("store: %s: cursor: %w", s.Name, err)
		}
		if name != "id" {
			if after.Value, err = one(f.Kind, after.Value); err != nil {
				return q, fmt.Errorf("store: %s: cursor of %s: %w", s.Name, name, err)
			}
		}
		q.After = &after
	}
	return s.PlainFilter(q)
}

// PlainFilter does what Plain does for Where and Any alone.
func (s Spec) PlainFilter(q Query) (Query, error) {
	var err error
	if q.Where, err = s.conds(q.Where); err != nil {
		return q, err
	}
	groups := make([][]Cond, len(q.Any))
	for i, g := range q.Any {
		if len(g) == 0 {
			return q, fmt.Errorf("store: %s: an empty group of conditions would let everything through", s.Name)
		}
		if groups[i], err = s.conds(g); err != nil {
			return q, err
		}
	}
	q.Any = groups
	return q, nil
}

// PlainGroup checks what GroupBy is asked for.
func (s Spec) PlainGroup(where []Cond, by, sum string) ([]Cond, error) {
	if f, ok := s.Field(by); !ok || f.Kind > Int {
		return nil, fmt.Errorf("store: %s: no text or integer field %q to group by", s.Name, by)
	}
	if f, ok := s.Field(sum); sum != "" && (!ok || f.Kind != Int) {
		return nil, fmt.Errorf("store: %s: no integer field %q to sum", s.Name, sum)
	}
	return s.conds(where)
}

func (s Spec) conds(cs []Cond) ([]Cond, error) {
	out := make([]Cond, len(cs))
	for i, c := range cs {
		f, ok := s.Field(c.Field)
		if c.Field == "id" {
			f, ok = Field{Name: "id", Kind: Text}, c.Op != IsNil
		}
		if !ok {
			return nil, fmt.Errorf("store: %s: no field %q for a condition", s.Name, c.Field)
		}
		v, err := condValue(f.Kind, c)
		if err != nil {
			return nil, fmt.Errorf("store: %s: condition on %s: %w", s.Name, c.Field, err)
		}
		out[i] = Cond{c.Field, c.Op, v}
	}
	return out, nil
}

func condValue(k Kind, c Cond) (any, error) {
	scalar := k == Text || k == Int
	switch {
	case c.Op == IsNil && k != Words:
		return nil, nil
	case scalar && c.Op >= Eq && c.Op <= Gte:
		return one(k, c.Value)
	case scalar && c.Op == In:
		return many(k, c.Value)
	case k == List && (c.Op == Has || c.Op == HasAny):
		return many(Text, c.Value)
	case k == Words && c.Op == Matches:
		return one(Text, c.Value)
	}
	return nil, fmt.Errorf("operator %d does not fit the kind of the field", c.Op)
}

func one(k Kind, v any) (any, error) {
	p, err := plain(k, v)
	if err == nil && p == nil {
		err = fmt.Errorf("no value")
	}
	return p, err
}

// many gives []string or []int64, without repeats and never empty.
func many(k Kind, v any) (any, error) {
	r := reflect.ValueOf(v)
	if v == nil || r.Kind() != reflect.Slice {
		return nil, fmt.Errorf("%T is not a list", v)
	}
	if r.Len() == 0 || r.Len() > maxValues {
		return nil, fmt.Errorf("list of %d values is not 1 to %d", r.Len(), maxValues)
	}
	if k == Int {
		return gather[int64](k, r)
	}
	return gather[string](k, r)
}

func gather[T string | int64](k Kind, r reflect.Value) (any, error) {
	out, seen := make([]T, 0, r.Len()), make(map[T]bool, r.Len())
	for i := range r.Len() {
		p, err := one(k, r.Index(i).Interface())
		if err != nil {
			return nil, err
		}
		if v := p.(T); !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out, nil
}

// plain gives nil, string, int64 or []string.
func plain(k Kind, v any) (any, error) {
	if v == nil {
		return nil, nil
	}
	r := reflect.ValueOf(v)
	switch {
	case k != Int && k != List && r.Kind() == reflect.String:
		// encoding/json mends broken UTF-8 in the same way, so both sides agree.
		return strings.ToValidUTF8(r.String(), "\uFFFD"), nil
	case k == Int && r.CanInt():
		return r.Int(), nil
	case k == Int && r.CanUint() && r.Uint() <= math.MaxInt64:
		return int64(r.Uint()), nil
	case k == Int && r.Kind() == reflect.Bool:
		if r.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case k == List && r.Kind() == reflect.Slice:
		if r.Len() == 0 {
			return nil, nil
		}
		return many(Text, v)
	}
	return nil, fmt.Errorf("%T does not fit the kind of the field", v)
}
