package portal

import (
	"slices"
	"time"

	"gatehouse/policy"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// gate lets the engines ask package policy.
type gate struct{ p *policy.Gate }

// NewGate makes the engines' gate of the policy's.
func NewGate(p *policy.Gate) lifecycle.Gate { return gate{p} }

func (g gate) Decide(q lifecycle.Question) lifecycle.Verdict {
	v := g.p.Decide(policy.Question{Act: q.Act, Person: q.Actor.ID, For: q.Actor.For, Department: q.Scope.Department,
		Places: q.Scope.Places, Facts: q.Facts, At: q.At})
	return lifecycle.Verdict{Allowed: v.Allowed, Line: v.Line, ByRole: v.ByRole,
		ByFacts: v.Err != nil && v.Err.Code == "policy.facts", Err: v.Err}
}

// proven is the fact that a request carries the proof of being somebody's. No
// list is made by it: each case is proven by itself.
const proven = "proven"

// never holds for no case.
var never = store.Cond{Field: "id", Op: store.Eq, Value: "no case"}

// columns are the fields that every case is listed by.
var columns = policy.Columns{Department: "department", Place: "scope", District: "district",
	Facts: map[string]store.Cond{
		string(lifecycle.Draft):  {Field: "shelf", Op: store.Eq, Value: string(lifecycle.Draft)},
		string(lifecycle.Filed):  {Field: "shelf", Op: store.In, Value: []string{string(lifecycle.Filed), string(lifecycle.Public)}},
		string(lifecycle.Public): {Field: "shelf", Op: store.Eq, Value: string(lifecycle.Public)},
		proven:                   never,
	},
	NotFacts: map[string]store.Cond{
		string(lifecycle.Draft): {Field: "shelf", Op: store.In, Value: []string{string(lifecycle.Filed), string(lifecycle.Public)}},
	}}

func (g gate) Filter(a lifecycle.Actor, act string, at time.Time) ([][]store.Cond, bool, error) {
	groups, all, err := g.p.Filter(a.ID, a.For, act, at, columns)
	groups = slices.DeleteFunc(groups, func(g []store.Cond) bool { return slices.Contains(g, never) })
	return groups, all, err
}

func (g gate) Departmental(role string) bool { return g.p.Departmental(role) }

func (g gate) Keys(a lifecycle.Actor, at time.Time) []string { return g.p.Keys(a.ID, a.For, at) }
