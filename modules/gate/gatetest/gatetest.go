// Package gatetest gives the tests of modules above the gate real items in the
// small portal of package portaltest.
package gatetest

import (
	"context"
	"fmt"
	"testing"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portaltest"
	"gatehouse/server/lifecycle"
)

// Gate is a test portal with items.
type Gate struct {
	*portaltest.Portal
	Items *items.Items
}

// New builds it.
func New(t testing.TB) *Gate {
	t.Helper()
	h := portaltest.New(t)
	m, err := items.New(context.Background(), h.Portal, items.Asks{})
	if err != nil {
		t.Fatal(err)
	}
	return &Gate{Portal: h, Items: m}
}

// Grant is work of a department in communities, without money, from the first
// day of the tests' clock for eleven months.
func Grant(department string, communities ...string) items.Grant {
	return items.Grant{Application: "application-of-" + department, ApplicationNo: "ZR-2026-00001", Title: "work of " + department, Department: department,
		Kinds: []string{"task"}, Nature: "long", Side: "government", Communities: communities, Start: portaltest.Start, End: portaltest.Start.AddDate(0, 11, 0)}
}

// Admit lets an item in; it waits for its money and its powers.
func (g *Gate) Admit(x items.Grant) *items.Item {
	g.T.Helper()
	it, err := g.Items.Resource.Engine.Open(context.Background(), lifecycle.System, "open", &x, lifecycle.Opts{})
	if err != nil {
		g.T.Fatal(err)
	}
	return it
}

// Active lets an item in that owes no money, and every committee confirms it.
func (g *Gate) Active(x items.Grant) *items.Item {
	g.T.Helper()
	it := g.Admit(x)
	for _, c := range x.Communities {
		g.Do(it.ID, "head."+c, "confirm", `{"community":"`+c+`","powers_in":true}`)
	}
	return g.Item(it.ID)
}

// Do does an act on an item, with its input as JSON.
func (g *Gate) Do(id, by, act, in string) {
	g.T.Helper()
	if _, err := g.Items.Resource.Perform(context.Background(), portaltest.As(by), id, act, []byte(in), lifecycle.Opts{}); err != nil {
		g.T.Fatalf("%s %s: %v", by, act, err)
	}
}

// Suspend has the office suspend an item in a community, "" everywhere.
func (g *Gate) Suspend(id, community string) {
	g.T.Helper()
	g.Do(id, "office.head", "suspend", `{"community":"`+community+`","reason":"a test"}`)
}

// Withdraw takes an item out of communities, as a withdrawal does, and lets
// everybody hear of it.
func (g *Gate) Withdraw(id string, communities ...string) {
	g.T.Helper()
	n := lifecycle.News{ID: fmt.Sprint("withdrawal of ", id, communities), Case: "withdrawal"}
	x := items.Holder{Item: id, Communities: communities, No: "TC-2026-00001"}
	for _, do := range []func(context.Context, lifecycle.News, items.Holder) error{g.Items.StartWithdrawal, g.Items.FinishWithdrawal} {
		if err := do(context.Background(), n, x); err != nil {
			g.T.Fatal(err)
		}
	}
	g.Bus.Once(context.Background())
}

// Item is an item as it is now.
func (g *Gate) Item(id string) *items.Item {
	g.T.Helper()
	it, err := g.Items.Resource.Engine.Get(context.Background(), lifecycle.System, id)
	if err != nil {
		g.T.Fatal(err)
	}
	return it
}
