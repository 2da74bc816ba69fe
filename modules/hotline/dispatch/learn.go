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
	No, Category, Community, Unit string
	Reason                        string
	By                            string // who ruled
}

// onRuled lets a ruling propose a rule, so that the next such order goes to the
// right unit at once (R57). Where the rules say so already, or somebody is at
// it, there is nothing to learn.
func (m *Dispatch) onRuled(ctx context.Context, ev lifecycle.News) error {
	if m.asks.Ruling == nil {
		return nil
	}
	r, ok, err := m.asks.Ruling(ctx, ev.Case)
	if err != nil || !ok {
		return err
	}
	if unit, _, _, found := m.Suggest(r.Category, r.Community, m.Resource.Engine.Now()); found && unit == r.Unit {
		return nil
	}
	in := &Learned{Content: Content{Category: r.Category, Place: r.Community, Unit: r.Unit, Reason: cut(r.Reason, 500),
		Basis: web.Simplified.T("dispatch_rule.learned_basis", "no", r.No)}, Author: r.By, Order: ev.Case, OrderNo: r.No}
	if m.check(&in.Content) != nil { // it went to somebody whom no rule may name
		return nil
	}
	waiting, err := m.Resource.Engine.Cases().Count(ctx, store.Query{Where: []store.Cond{{Field: "slot", Op: store.Eq, Value: in.slot()}, {Field: "unit", Op: store.Eq, Value: r.Unit},
		{Field: "state", Op: store.In, Value: []string{proposed, draft, tested}}}})
	if err != nil || waiting > 0 {
		return fault.Wrap(err, "look for a proposal like that of %s", r.No)
	}
	_, err = m.Resource.Engine.Open(ctx, lifecycle.System, "propose", in, lifecycle.Opts{Key: "event:" + ev.ID})
	return err
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

// onEnforced ends the version that the new one takes the place of.
func (m *Dispatch) onEnforced(ctx context.Context, ev lifecycle.News) error {
	cases := m.Resource.Engine.Cases()
	next, err := cases.Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read rule %s", ev.Case)
	}
	old, err := cases.Find(ctx, store.Query{Where: []store.Cond{{Field: "slot", Op: store.Eq, Value: next.slot()}, {Field: "state", Op: store.Eq, Value: inForce},
		{Field: "version", Op: store.Lt, Value: next.Version}}, Sort: "id", Limit: store.MaxLimit})
	if err != nil {
		return fault.Wrap(err, "read the versions before %s", next.No)
	}
	for _, r := range old {
		_, err := m.Resource.Engine.Act(ctx, lifecycle.System, r.ID, "supersede", &Succession{By: next.No}, lifecycle.Opts{Key: "event:" + ev.ID})
		if err != nil && !fault.Is(err, fault.Conflict) { // conflict: it was ended meanwhile
			return err
		}
	}
	return nil
}
