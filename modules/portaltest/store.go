package portaltest

import (
	"context"
	"encoding/json"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// flaky is a store that fails when the test wants it to.
type flaky struct {
	store.Driver
	h *Portal
}

func (f flaky) fails(collection string) error {
	if f.h.Fails == nil {
		return nil
	}
	return f.h.Fails(collection)
}

func (f flaky) Insert(ctx context.Context, coll string, r store.Row) error {
	if err := f.fails(coll); err != nil {
		return err
	}
	return f.Driver.Insert(ctx, coll, r)
}

func (f flaky) Update(ctx context.Context, coll string, r store.Row) error {
	if err := f.fails(coll); err != nil {
		return err
	}
	return f.Driver.Update(ctx, coll, r)
}

func (f flaky) Get(ctx context.Context, coll, id string) (store.Row, error) {
	if err := f.fails(coll); err != nil {
		return store.Row{}, err
	}
	return f.Driver.Get(ctx, coll, id)
}

func (f flaky) Find(ctx context.Context, coll string, q store.Query) ([]store.Row, error) {
	if err := f.fails(coll); err != nil {
		return nil, err
	}
	return f.Driver.Find(ctx, coll, q)
}

func (f flaky) GroupBy(ctx context.Context, coll string, where []store.Cond, by, sum string) ([]store.Group, error) {
	if err := f.fails(coll); err != nil {
		return nil, err
	}
	return f.Driver.GroupBy(ctx, coll, where, by, sum)
}

// Send does an act as a person, with its input as a program would send it; id ""
// opens a case.
func (h *Portal) Send(d portal.AnyResource, by, id, act string, in any) (portal.Done, error) {
	h.T.Helper()
	b, err := json.Marshal(in)
	if err != nil {
		h.T.Fatal(err)
	}
	if in == nil {
		b = nil
	}
	return d.Perform(context.Background(), As(by), id, act, b, lifecycle.Opts{})
}

// Sent is Send that must not fail; it gives the case's id.
func (h *Portal) Sent(d portal.AnyResource, by, id, act string, in any) string {
	h.T.Helper()
	x, err := h.Send(d, by, id, act, in)
	if err != nil {
		h.T.Fatalf("%s %s: %v", by, act, err)
	}
	return x.ID
}
