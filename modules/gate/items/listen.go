package items

import (
	"context"

	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// What modules above bring about. Every act carries the news it follows from as
// its key, so that news which comes twice changes nothing twice.

// Admit opens the item that a decision lets in.
func (m *Items) Admit(ctx context.Context, n lifecycle.News, g Grant) error {
	_, err := m.Resource.Engine.Open(ctx, lifecycle.System, "open", &g, lifecycle.Opts{Key: n.Key()})
	return taken(err)
}

// Credit takes word of how far the payment of an instalment is: none, claimed,
// confirmed, disputed.
func (m *Items) Credit(ctx context.Context, n lifecycle.News, item, community string, instalment int64, state string) error {
	return m.follow(ctx, n, item, "credit", &moneyNews{Community: community, Instalment: instalment, State: state})
}

// Holder is a case that holds an item, or lets it go again, in communities; none
// is all of them.
type Holder struct {
	Item        string
	Communities []string
	No          string // of the case
}

// Suspend and Resume follow a refusal, Rectify and Restore a rectification
// order; StartWithdrawal, FinishWithdrawal and CancelWithdrawal a withdrawal.
func (m *Items) Suspend(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "suspend_part", x)
}

// Resume ends what Suspend began.
func (m *Items) Resume(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "resume_part", x)
}

// Rectify marks an item that is under an order.
func (m *Items) Rectify(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "rectify", x)
}

// Restore ends what Rectify began.
func (m *Items) Restore(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "restore", x)
}

// StartWithdrawal stops an item that has to leave.
func (m *Items) StartWithdrawal(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "start_withdrawal", x)
}

// FinishWithdrawal takes it out of the communities.
func (m *Items) FinishWithdrawal(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "finish_withdrawal", x)
}

// CancelWithdrawal lets it stay.
func (m *Items) CancelWithdrawal(ctx context.Context, n lifecycle.News, x Holder) error {
	return m.held(ctx, n, "cancel_withdrawal", x)
}

func (m *Items) held(ctx context.Context, n lifecycle.News, act string, x Holder) error {
	if x.Item == "" {
		return nil
	}
	return m.follow(ctx, n, x.Item, act, &holdNews{Communities: x.Communities, By: n.Case, No: x.No})
}

func (m *Items) follow(ctx context.Context, n lifecycle.News, item, act string, in any) error {
	_, err := m.Resource.Engine.Act(ctx, lifecycle.System, item, act, in, lifecycle.Opts{Key: n.Key()})
	return taken(err)
}

// taken: the news has been taken when it was done before, the item was opened
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

type about = func(ctx context.Context, id string) (item string, communities []string, no string, err error)

// listen hears what modules above tell by name, as long as they do not call down.
func (m *Items) listen() {
	on := m.Resource.Bus.OnName
	on("application.approved", m.approved)
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

func (m *Items) news(act string, ask about) func(context.Context, lifecycle.News) error {
	return func(ctx context.Context, n lifecycle.News) error {
		item, communities, no, err := ask(ctx, n.Case)
		if err != nil {
			return err
		}
		return m.held(ctx, n, act, Holder{item, communities, no})
	}
}

func (m *Items) approved(ctx context.Context, n lifecycle.News) error {
	g, ok, err := m.Grant(ctx, n.Case)
	if err != nil || !ok {
		return err
	}
	return m.Admit(ctx, n, g)
}
