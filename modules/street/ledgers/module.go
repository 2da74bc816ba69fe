package ledgers

import (
	"context"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Ledgers is the module.
type Ledgers struct {
	*portal.Resource[Ledger]
	items *items.Items
}

// New opens the ledgers.
func New(ctx context.Context, h *portal.Portal, its *items.Items) (m *Ledgers, err error) {
	m = &Ledgers{items: its}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	h.Offer("ledgers_in_use", m.inUse)
	h.Menu(portal.MenuEntry{Href: "/ledgers", LabelKey: "ledgers.title", Order: 86})
	return m, nil
}

// MinutesPerMonth counts what the ledgers in use cost a community a month, in
// minutes.
func (m *Ledgers) MinutesPerMonth(ctx context.Context, community string) (int64, error) {
	_, minutes, err := m.load(ctx, community)
	return minutes, err
}

// load counts a community's ledgers in use and their minutes a month. A ledger
// lies in many communities, so its minutes cannot be grouped by one field: the
// community's own ledgers are read, page by page.
func (m *Ledgers) load(ctx context.Context, community string) (n int, minutes int64, err error) {
	var year int64
	where := []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}, {Field: "in_use", Op: store.Eq, Value: "yes"}}
	err = m.Engine.Cases().Each(ctx, where, func(l *Ledger) error {
		n, year = n+1, year+l.yearly()
		return nil
	})
	return n, monthly(year), fault.Wrap(err, "read the ledgers of %s", community)
}

// InUse counts the ledgers in use, community by community.
func (m *Ledgers) InUse(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := m.Engine.Cases().Each(ctx, []store.Cond{{Field: "in_use", Op: store.Eq, Value: "yes"}}, func(l *Ledger) error {
		for _, c := range l.Communities {
			out[c]++
		}
		return nil
	})
	return out, fault.Wrap(err, "read the ledgers in use")
}

// most are offered to be merged into.
const most = 200

func (m *Ledgers) inUse(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	ls, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "registered"}}, Sort: "-id", Limit: most})
	if err != nil {
		return nil, fault.Wrap(err, "list ledgers in use")
	}
	out := make([]web.Option, len(ls))
	for i, l := range ls {
		out[i] = web.Option{Value: l.ID, Text: l.No + " " + l.Name, Group: m.Names.Department(v.Lang, l.Department)}
	}
	return out, nil
}

// redact: the office and the auditor see who said what; everybody else does not.
func (m *Ledgers) redact(v portal.Visitor, l *Ledger) {
	if !m.Holds(v.Actor, "office_staff", "auditor") {
		l.nameless(l.Settings.Int("eval.min_committees"))
	}
}
