package items

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

type about = func(ctx context.Context, id string) (item string, communities []string, no string, err error)

// listen hears what other modules tell. Every act carries the event's id as
// its key, so an event that comes twice changes nothing twice.
func (m *Items) listen() {
	on := m.Resource.Bus.On
	on("application.approved", m.approved)
	for _, e := range []string{"payment.claimed", "payment.confirmed", "payment.disputed", "payment.voided"} {
		on(e, m.paid)
	}
	news := func(event, act string, ask about) {
		if ask != nil {
			on(event, m.news(act, ask))
		}
	}
	news("refusal.issued", "suspend_part", m.Refusal)
	news("refusal.overturned", "resume_part", m.Refusal)
	news("refusal.withdrawn", "resume_part", m.Refusal)
	news("rectification.issued", "rectify", m.Rectification)
	news("rectification.passed", "restore", m.Rectification)
	news("rectification.cancelled", "restore", m.Rectification)
	news("withdrawal.decided", "start_withdrawal", m.Withdrawal)
	news("withdrawal.completed", "finish_withdrawal", m.Withdrawal)
	news("withdrawal.cancelled", "cancel_withdrawal", m.Withdrawal)
}

// news takes word of a case about an item and does the act with it.
func (m *Items) news(act string, ask about) lifecycle.Handler {
	return func(ctx context.Context, ev lifecycle.Event) error {
		item, communities, no, err := ask(ctx, ev.Case)
		if err != nil || item == "" {
			return err
		}
		return m.do(ctx, ev, item, act, &holdNews{Communities: communities, By: ev.Case, No: no})
	}
}

func (m *Items) approved(ctx context.Context, ev lifecycle.Event) error {
	g, ok, err := m.Grant(ctx, ev.Case)
	if err != nil || !ok {
		return err
	}
	_, err = m.Resource.Engine.Open(ctx, lifecycle.System, "open", &g, lifecycle.Opts{Key: "event:" + ev.ID})
	return taken(err)
}

func (m *Items) paid(ctx context.Context, ev lifecycle.Event) error {
	item, community, n, state, err := m.Payment(ctx, ev.Case)
	if err != nil {
		return err
	}
	return m.do(ctx, ev, item, "credit", &moneyNews{Community: community, Instalment: int64(n), State: state})
}

func (m *Items) do(ctx context.Context, ev lifecycle.Event, item, act string, in any) error {
	_, err := m.Resource.Engine.Act(ctx, lifecycle.System, item, act, in, lifecycle.Opts{Key: "event:" + ev.ID})
	return taken(err)
}

// taken: the event has been taken when it was done before, the item was opened
// by it before, or the item has ended meanwhile and nothing is left to change.
func taken(err error) error {
	if err == nil {
		return nil
	}
	switch fault.As(err).Code {
	case "lifecycle.key_reused", "lifecycle.state", "item.unique_application":
		return nil
	}
	return err
}
