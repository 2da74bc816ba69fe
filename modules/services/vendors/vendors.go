// Package vendors keeps the firms that serve residents for the hotline
// (加盟企业, R71), what is expected of them (服务标准, R72), and why their
// score is what it is.
//
// Words: a vendor serves some classes of service (categories 901 to 908) in
// some communities. Its score starts at 100; a score entry (计分) takes points
// off or gives them back, with its ground. A service standard says what is owed
// to every customer of a class.
//
// The life of a vendor: applied → vetted, on probation → active. Its score
// alone makes it warned, or suspended for a term. Delisting is proposed, by a
// person or by a score far down or a grave entry, decided by another person,
// and holds for a term; who was delisted may apply again after it. A vendor may
// leave at any time. What it says of its papers counts once the manager has
// seen them.
package vendors

import (
	"context"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Asks is what the vendors need of other modules, in plain types.
type Asks struct {
	// District gives the districts of the city.
	District func() []string
	// Charged tells of a job that was done: whose it was, its number, and
	// whether it charged over twice what it had quoted.
	Charged func(ctx context.Context, job string) (vendor, no string, double bool, err error)
}

// Vendors is the module.
type Vendors struct {
	Resource  *portal.Resource[Vendor]
	Scores    *portal.Resource[Score]
	Standards *portal.Resource[Standard]
	h         *portal.Portal
	asks      Asks
}

var zone = calendar.City

// New opens the desks of vendors, score entries and service standards.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Vendors, error) {
	m := &Vendors{h: h, asks: asks}
	var err error
	if m.Resource, err = portal.NewResource(ctx, h, m.table()); err != nil {
		return nil, err
	}
	if m.Scores, err = portal.NewResource(ctx, h, m.scores()); err != nil {
		return nil, err
	}
	if m.Standards, err = portal.NewResource(ctx, h, m.standards()); err != nil {
		return nil, err
	}
	m.dress()
	m.offer()
	m.Resource.Engine.Cases().OnSave(m.name)
	h.Bus.OnName("score_entry.entered", m.scored(false))
	h.Bus.OnName("score_entry.cancelled", m.scored(true))
	h.Bus.OnName("service_standard.enforced", m.replace)
	h.Bus.OnName("job.done", m.charged)
	h.Menu(portal.MenuEntry{Href: "/vendors", LabelKey: "vendors.title", Order: 14})
	for _, e := range []portal.MenuEntry{{Href: "/score_entries", LabelKey: "score_entries.title", Order: 71}, {Href: "/service_standards", LabelKey: "service_standards.title", Order: 72}} {
		e.Show = func(v portal.Visitor) bool {
			return h.Holds(v.Actor, "vendor_manager", "vendor", "office_staff", "auditor")
		}
		h.Menu(e)
	}
	return m, nil
}

// Module gives what the house starts: the vendors' names.
func (m *Vendors) Module() portal.Module {
	return portal.Module{Name: "vendors", Routes: none, Load: func(ctx context.Context) error {
		if err := m.Resource.Engine.Cases().Each(ctx, nil, func(x *Vendor) error { m.name(x); return nil }); err != nil {
			return fault.Wrap(err, "read the vendors")
		}
		go m.Resource.Engine.Cases().Follow(ctx, 5*time.Second, m.name)
		return nil
	}}
}

// name lets pages say who a vendor is: its people hold their role in it as
// those of a department do in theirs.
func (m *Vendors) name(x *Vendor) {
	m.h.Names.Put("department", x.ID, portal.Name{Hans: x.Firm.Name, Href: "/vendors/" + x.ID})
}

func (m *Vendors) district() string {
	if ds := m.asks.District(); len(ds) > 0 {
		return ds[0]
	}
	return ""
}

// Seat gives the district of a vendor, for its people's appointments.
func (m *Vendors) Seat(ctx context.Context, id string) (string, bool) {
	x, err := m.Resource.Engine.Cases().Get(ctx, id)
	if err != nil || slices.Contains([]string{"rejected", "left", "delisted"}, x.State) {
		return "", false
	}
	return x.District, true
}

// Candidate is a vendor that may be sent to a customer.
type Candidate struct {
	ID, Name string
	Score    int64
	Serves   bool // the community is one of its own
}

// Candidates gives the vendors of a class that may take a job now, by name.
func (m *Vendors) Candidates(ctx context.Context, class, community string) ([]Candidate, error) {
	vs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: working}}, Sort: "id", Limit: store.MaxLimit})
	if err != nil {
		return nil, fault.Wrap(err, "find vendors of class %s", class)
	}
	var out []Candidate
	for _, x := range vs {
		if slices.Contains(x.Classes, class) && !x.lapsed(m.h.Clock()) {
			out = append(out, Candidate{x.ID, x.Firm.Name, x.Score, slices.Contains(x.Communities, community)})
		}
	}
	return out, nil
}

// Standard gives the standard in force for a class (R72): how long its work is
// warranted, and its number.
func (m *Vendors) Standard(ctx context.Context, class string) (no string, warrantyDays int64, ok bool, err error) {
	s, err := m.standard(ctx, class)
	if err != nil || s == nil {
		return "", 0, false, err
	}
	return s.No, s.Warranty, true, nil
}

func (m *Vendors) standard(ctx context.Context, class string) (*Standard, error) {
	ss, err := m.Standards.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "class", Op: store.Eq, Value: class}, {Field: "state", Op: store.Eq, Value: "in_force"}}, Sort: "-id", Limit: 1})
	if err != nil || len(ss) == 0 {
		return nil, fault.Wrap(err, "find the standard of %s", class)
	}
	return ss[0], nil
}

// scored makes an entry's mark, or a void one of it, once for each event.
func (m *Vendors) scored(void bool) func(context.Context, lifecycle.News) error {
	return func(ctx context.Context, ev lifecycle.News) error { return m.mark(ctx, ev, void) }
}

func (m *Vendors) mark(ctx context.Context, ev lifecycle.News, void bool) error {
	s, err := m.Scores.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read score entry %s", ev.Case)
	}
	in := &markForm{Entry: s.No, Points: s.Points, Up: s.up(), Ground: s.Ground, By: s.OpenedBy, Void: void}
	_, err = m.Resource.Engine.Act(ctx, lifecycle.System, s.Vendor, "score", in, lifecycle.Opts{Key: "event:" + ev.ID})
	if fault.Is(err, fault.Conflict) { // it has left or is delisted: its score stands still
		return nil
	}
	return err
}

// charged enters what a job charged over twice its quote; the vendor may appeal
// as against any entry.
func (m *Vendors) charged(ctx context.Context, ev lifecycle.News) error {
	vendor, no, double, err := m.asks.Charged(ctx, ev.Case)
	if err != nil || !double {
		return err
	}
	in := &Charge{Vendor: vendor, Points: int64(m.h.Settings().Int("ven.double_points")), Ground: "double_charge", Job: no}
	_, err = m.Scores.Engine.Open(ctx, lifecycle.System, "enter", in, lifecycle.Opts{Key: "event:" + ev.ID})
	return err
}

// replace ends the standard that a new one takes the place of.
func (m *Vendors) replace(ctx context.Context, ev lifecycle.News) error {
	fresh, err := m.Standards.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return fault.Wrap(err, "read standard %s", ev.Case)
	}
	ss, err := m.Standards.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "class", Op: store.Eq, Value: fresh.Class}, {Field: "state", Op: store.Eq, Value: "in_force"}}, Sort: "id", Limit: 100})
	if err != nil {
		return fault.Wrap(err, "find older standards")
	}
	for _, s := range ss {
		if s.ID < fresh.ID {
			if _, err := m.Standards.Engine.Act(ctx, lifecycle.System, s.ID, "supersede", nil, lifecycle.Opts{Key: "event:" + ev.ID}); err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
		}
	}
	return nil
}
