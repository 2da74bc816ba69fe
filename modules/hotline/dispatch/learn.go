package dispatch

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Ruling is a final ruling on an order that units disagreed about.
type Ruling struct {
	No        string `json:"no"` // of the order
	Category  string `json:"category"`
	Community string `json:"community"`
	Unit      string `json:"unit"`
	Reason    string `json:"reason"`
	By        string `json:"by"` // who ruled
}

// Learn lets a ruling propose a rule, so that the next such order goes to the
// right unit at once (R57). Where the rules say so already, or somebody is at
// it, there is nothing to learn.
func (m *Dispatch) Learn(ctx context.Context, n lifecycle.News, r Ruling) error {
	if s, ok := m.Suggest(r.Category, r.Community, m.Engine.Now()); ok && s.Unit == r.Unit {
		return nil
	}
	in := &Learned{Content: Content{Category: r.Category, Place: r.Community, Unit: r.Unit, Reason: cut(r.Reason, 500),
		Basis: web.Simplified.T("dispatch_rule.learned_basis", "no", r.No)}, Author: r.By, Order: n.Case, OrderNo: r.No}
	if m.check(&in.Content) != nil { // it went to somebody whom no rule may name
		return nil
	}
	waiting, err := m.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "slot", Op: store.Eq, Value: in.slot()}, {Field: "unit", Op: store.Eq, Value: r.Unit},
		{Field: "state", Op: store.In, Value: []string{proposed, draft, tested}}}})
	if err != nil || waiting > 0 {
		return fault.Wrap(err, "look for a proposal like that of %s", r.No)
	}
	_, err = m.Engine.Open(ctx, lifecycle.System, "propose", in, lifecycle.Opts{Key: n.Key()})
	return err
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// supersede ends the versions that a new one takes the place of.
func (m *Dispatch) supersede(ctx context.Context, n lifecycle.News, next Version) error {
	return m.Each(ctx, n, []store.Cond{{Field: "slot", Op: store.Eq, Value: next.Slot}, {Field: "state", Op: store.Eq, Value: inForce},
		{Field: "version", Op: store.Lt, Value: next.Version}}, "supersede", &Succession{By: next.No})
}
