package spending

import (
	"context"

	"gatehouse/modules/gate/items"
	"gatehouse/server/lifecycle"
)

// Listen hears of withdrawals by name, as long as they do not call ClaimBack and
// Keep themselves; about tells what one is about.
func (m *Spending) Listen(about func(ctx context.Context, id string) (item string, communities []string, no string, err error)) {
	back := func(ctx context.Context, n lifecycle.News) error {
		item, from, no, err := about(ctx, n.Case)
		if err != nil {
			return err
		}
		return m.ClaimBack(ctx, n, items.Holder{Item: item, Communities: from, No: no})
	}
	m.Bus.OnName("withdrawal.decided", back)
	m.Bus.OnName("withdrawal.completed", back)
	m.Bus.OnName("withdrawal.cancelled", m.Keep)
}
