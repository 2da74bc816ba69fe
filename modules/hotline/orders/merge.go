package orders

import (
	"slices"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// merge makes an order follow another about the same thing. It keeps its
// caller, its number and its PIN, and its caller is called back all the same.
func (m *Orders) merge(o *Order, in *mergeForm, s *lifecycle.Step) error {
	main, err := m.byNo(s.Ctx, plainNo(in.Into))
	if err != nil {
		return err
	}
	if main == nil {
		if main, err = m.Resource.Engine.Get(s.Ctx, s.Actor, in.Into); err != nil {
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
