package withdrawal

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Asks is what withdrawal needs of other modules, in plain types.
type Asks struct {
	// Brief tells what an item is.
	Brief func(ctx context.Context, item string) (department, title, state string, communities []string, err error)
	// Kinds gives the kinds of work an item was admitted as.
	Kinds func(ctx context.Context, item string) ([]string, error)
	// Order tells what a failed rectification order was about.
	Order func(ctx context.Context, id string) (item, no string, grounds, communities []string, err error)
	// Refunded tells how much money goes back and how much of it has arrived,
	// fen; nil when nobody keeps the books.
	Refunded func(ctx context.Context, withdrawal string) (due, arrived int64, err error)
	// Owed gives the fen that these communities have not given back, or nobody
	// has confirmed; nil when nobody keeps the books.
	Owed func(ctx context.Context, withdrawal string, communities []string) (int64, error)
	// Hanging counts the item's plaques that still hang in communities; nil when
	// nobody keeps a register of plaques.
	Hanging func(ctx context.Context, item string, communities []string) (int, error)
}

// Withdrawals is the module.
type Withdrawals struct {
	Asks
	Resource *portal.Resource[Withdrawal]
	bans     bans
}

// New opens the desk of withdrawals.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Withdrawals, error) {
	m := &Withdrawals{Asks: asks, bans: bans{of: map[string]held{}}}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Engine.Cases().OnSave(m.learn)
	d.Columns, d.Detail, d.Redact = m.columns(), m.detail, m.redact
	d.Filters = map[string]string{"item": "item"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Withdrawal) web.Values{"tick": m.startTick}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Withdrawal) ([]web.Option, error){"tick.community": m.mayTick}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Withdrawal) (*portal.Letter, error){"notice": m.notice, "decision": m.decision}
	h.Menu(portal.MenuEntry{Href: "/withdrawals", LabelKey: "withdrawals.title", Order: 80})
	h.Bus.OnName("rectification.failed", m.onFailed)
	return m, nil
}

// Module gives what the house serves and starts.
func (m *Withdrawals) Module() portal.Module {
	return portal.Module{Name: "withdrawal", Routes: func(fiber.Router) {}, Load: m.Load}
}

// onFailed proposes the withdrawal of work whose rectification has failed. One
// that is already running for the item stands for it.
func (m *Withdrawals) onFailed(ctx context.Context, ev lifecycle.News) error {
	item, no, grounds, communities, err := m.Order(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read order %s", ev.Case)
	}
	in := &failedForm{Order: ev.Case, No: no, Item: item, Grounds: grounds, Communities: communities}
	_, err = m.Resource.Engine.Open(ctx, lifecycle.System, "follow", in, lifecycle.Opts{Key: "event:" + ev.ID})
	if err != nil && fault.As(err).Code == "withdrawal.unique_running" {
		return nil
	}
	return err
}

// About tells what a withdrawal is about, for modules that hear of it.
func (m *Withdrawals) About(ctx context.Context, id string) (item string, communities []string, no string, err error) {
	w, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", nil, "", err
	}
	return w.Item, w.Communities, w.No, nil
}
