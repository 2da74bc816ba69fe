package orders

import (
	"context"
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// merge makes an order follow another about the same thing. It keeps its
// caller, its number and its PIN, and its caller is called back all the same.
func (m *Orders) merge(o *Order, in *mergeForm, s *lifecycle.Step) error {
	main, err := m.byNo(s.Ctx, plainNo(in.Into))
	if err != nil {
		return err
	}
	if main == nil {
		if main, err = m.Engine.Get(s.Ctx, s.Actor, in.Into); err != nil {
			return fault.InvalidField("into", "order.no_such_order")
		}
	}
	switch {
	case main.ID == o.ID:
		return fault.InvalidField("into", "order.itself")
	case main.State == "merged" || !slices.Contains(unsettled, main.State):
		return fault.InvalidField("into", "order.not_open")
	}
	o.Main, o.MainNo = main.ID, main.No
	return nil
}

// followed lets the duplicates of an order follow it to the call-back.
func (m *Orders) followed(ctx context.Context, n lifecycle.News, _ struct{}) error {
	o, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil {
		return err
	}
	where := []store.Cond{{Field: "main", Op: store.Eq, Value: o.ID}, {Field: "state", Op: store.Eq, Value: "merged"}}
	return m.Each(ctx, n, where, "follow", &followForm{Unit: o.Unit, Text: o.told()})
}

// join lets a duplicate follow at once when its main order was faster.
func (m *Orders) join(ctx context.Context, n lifecycle.News, _ struct{}) error {
	o, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil || o.State != "merged" {
		return err
	}
	main, err := m.Engine.Get(ctx, lifecycle.System, o.Main)
	if err != nil || !slices.Contains([]string{"callback", "evaluated", "closed", "answered", "not_accepted"}, main.State) {
		return err
	}
	n.Case = main.ID
	return m.followed(ctx, n, struct{}{})
}

// told is the answer that stands.
func (o *Order) told() string {
	switch {
	case len(o.Replies) > 0:
		return o.Replies[len(o.Replies)-1].Text
	case o.Answer != "":
		return o.Answer
	}
	return o.WhereToGo
}
