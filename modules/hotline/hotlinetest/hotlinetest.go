// Package hotlinetest gives the tests of modules above the orders a hotline: the
// orders and all that they stand on, in the small portal of package portaltest.
//
// Its people are "op1" and "op2", operators; "dispatcher"; "chief", the head;
// "callback", who asks callers afterwards.
package hotlinetest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/modules/gate/emergencies"
	"gatehouse/modules/gate/gatetest"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portaltest"
	"gatehouse/policy"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Hotline is a test portal with a hotline.
type Hotline struct {
	*gatetest.Gate
	Gazetteer   *gazetteer.Gazetteer
	Dispatch    *dispatch.Dispatch
	Knowledge   *knowledge.Knowledge
	Emergencies *emergencies.Emergencies
	Orders      *orders.Orders
}

// New builds it.
func New(t testing.TB) *Hotline {
	t.Helper()
	g, ctx := gatetest.New(t), t.Context()
	h := &Hotline{Gate: g, Gazetteer: portaltest.Must(gazetteer.New(ctx, g.Portal.Portal)), Dispatch: portaltest.Must(dispatch.New(ctx, g.Portal.Portal)),
		Knowledge: portaltest.Must(knowledge.New(ctx, g.Portal.Portal)), Emergencies: portaltest.Must(emergencies.New(ctx, g.Portal.Portal, nil))}
	h.Orders = portaltest.Must(orders.New(ctx, g.Portal.Portal, h.Dispatch, h.Knowledge, h.Emergencies, g.Items))
	for id, role := range map[string]string{"op1": "operator", "op2": "operator", "dispatcher": "dispatcher", "chief": "hotline_head", "callback": "callback"} {
		h.Person(id, policy.Appointment{Role: role, Place: portaltest.District})
	}
	return h
}

// File files by a channel, as an operator or, for what comes from elsewhere, as
// the portal.
func (h *Hotline) File(by, channel string, in orders.Filing) *orders.Order {
	h.T.Helper()
	in.Channel = channel
	who := portaltest.As(by)
	if by == "" && channel != "web" {
		who = lifecycle.System
	}
	x, err := h.Orders.File(h.T.Context(), who, in, orders.FileOpts{})
	if err != nil {
		h.T.Fatal(err)
	}
	return h.Order(x.ID)
}

// Order reads an order past the gate.
func (h *Hotline) Order(id string) *orders.Order {
	h.T.Helper()
	return portaltest.CasesOf(h.T, h.Orders.Resource).Get(id)
}

// Newest is the order that was filed last, nil for none; all tells how many there are.
func (h *Hotline) Newest() (o *orders.Order, all int) {
	h.T.Helper()
	bs, err := h.Orders.Find(h.T.Context(), orders.Query{Limit: store.MaxLimit})
	if err != nil {
		h.T.Fatal(err)
	}
	if len(bs) == 0 {
		return nil, 0
	}
	return h.Order(slices.MaxFunc(bs, func(a, b orders.Brief) int { return strings.Compare(a.No, b.No) }).ID), len(bs)
}

// Put puts an order into the store as it is, past all acts, for tests of what is
// read of it.
func (h *Hotline) Put(o orders.Order) *orders.Order {
	h.T.Helper()
	if err := h.Orders.Engine.Cases().Insert(h.T.Context(), &o); err != nil {
		h.T.Fatal(err)
	}
	return &o
}

// Change changes an order in the store, past all acts.
func (h *Hotline) Change(id string, f func(*orders.Order)) {
	h.T.Helper()
	if _, err := h.Orders.Engine.Cases().Change(h.T.Context(), id, func(o *orders.Order) error { f(o); return nil }); err != nil {
		h.T.Fatal(err)
	}
}

// Act does an act on an order, its input as a form's fields by name.
func (h *Hotline) Act(o *orders.Order, by, act string, in map[string]any) *orders.Order {
	h.T.Helper()
	var body []byte
	if in != nil {
		body, _ = json.Marshal(in) // plain values
	}
	if _, err := h.Orders.Perform(h.T.Context(), portaltest.As(by), o.ID, act, body, lifecycle.Opts{}); err != nil {
		h.T.Fatalf("%s %s: %v", by, act, err)
	}
	return h.Order(o.ID)
}

// Dispatched is an order that a unit handles.
func (h *Hotline) Dispatched(o *orders.Order, unit string) *orders.Order {
	h.T.Helper()
	o = h.Act(o, "op1", "triage", map[string]any{"category": o.Category, "type": o.Type, "community": o.Community})
	return h.Act(o, "dispatcher", "dispatch", map[string]any{"unit": unit, "basis": "职责清单"})
}

// Rule puts a dispatch rule into force.
func (h *Hotline) Rule(in dispatch.Content) *dispatch.Rule {
	h.T.Helper()
	rules := portaltest.CasesOf(h.T, h.Dispatch.Resource)
	if in.Basis == "" {
		in.Basis = "职责清单"
	}
	r := rules.Do(nil, "dispatcher", "draft", &in)
	return rules.Do(rules.Do(r, "dispatcher", "test", nil), "chief", "enforce", nil)
}

// Article publishes what the hotline answers.
func (h *Hotline) Article(in knowledge.Content) *knowledge.Article {
	h.T.Helper()
	articles := portaltest.CasesOf(h.T, h.Knowledge.Resource)
	return articles.Do(articles.Do(nil, "op1", "draft", &in), "chief", "publish", nil)
}

// Landmark lists a landmark.
func (h *Hotline) Landmark(in gazetteer.Content) *gazetteer.Landmark {
	h.T.Helper()
	return portaltest.CasesOf(h.T, h.Gazetteer.Resource).Do(nil, "dispatcher", "add", &in)
}
