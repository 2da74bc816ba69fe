package portaltest

import (
	"slices"
	"testing"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
)

// Must is for opening a module in a fixture: without it there is nothing to test.
func Must[M any](m M, err error) M {
	if err != nil {
		panic(err)
	}
	return m
}

// Cases are the cases of one kind in a test: what somebody does to one, who sees
// it, for whom it waits. A fixture embeds them or names them.
type Cases[T any] struct {
	t        testing.TB
	resource *portal.Resource[T]
}

// CasesOf gives the cases of a resource.
func CasesOf[T any](t testing.TB, r *portal.Resource[T]) Cases[T] { return Cases[T]{t, r} }

// Try does an act as somebody; on no case (nil) it is an opening act.
func (x Cases[T]) Try(c *T, by, act string, in any) (*T, error) {
	if c == nil {
		return x.resource.Engine.Open(x.t.Context(), As(by), act, in, lifecycle.Opts{})
	}
	return x.resource.Engine.Act(x.t.Context(), As(by), x.resource.Life(c).ID, act, in, lifecycle.Opts{})
}

// Do does what must not fail.
func (x Cases[T]) Do(c *T, by, act string, in any) *T {
	x.t.Helper()
	done, err := x.Try(c, by, act, in)
	if err != nil {
		x.t.Fatalf("%s %s: %v", by, act, err)
	}
	return done
}

// Get reads a case past the gate.
func (x Cases[T]) Get(id string) *T {
	x.t.Helper()
	c, err := x.resource.Engine.Cases().Get(x.t.Context(), id)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// Again reads a case as it is now.
func (x Cases[T]) Again(c *T) *T { x.t.Helper(); return x.Get(x.resource.Life(c).ID) }

// State is where a case is now.
func (x Cases[T]) State(c *T) string { x.t.Helper(); return x.resource.Life(x.Again(c)).State }

// Sees tells whether somebody may see the case.
func (x Cases[T]) Sees(person string, c *T) bool {
	return x.resource.Engine.Sees(x.t.Context(), As(person), c)
}

// Waits tells whether the case is among somebody's tasks.
func (x Cases[T]) Waits(person string, c *T) bool {
	x.t.Helper()
	ts, err := x.resource.Tasks(x.t.Context(), portal.Visitor{Actor: As(person)}, 100)
	if err != nil {
		x.t.Fatal(err)
	}
	return slices.ContainsFunc(ts, func(t portal.Task) bool { return t.No == x.resource.Life(c).No })
}
