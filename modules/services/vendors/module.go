package vendors

import (
	"context"
	"slices"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Vendors is the module.
type Vendors struct {
	*portal.Resource[Vendor]
	Scores    *portal.Resource[Score]
	Standards *portal.Resource[Standard]
}

// New opens the vendors, score entries and service standards.
func New(ctx context.Context, h *portal.Portal) (*Vendors, error) {
	m := &Vendors{}
	var err error
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	if m.Scores, err = portal.Declare(ctx, h, m.scores()); err != nil {
		return nil, err
	}
	if m.Standards, err = portal.Declare(ctx, h, m.standards()); err != nil {
		return nil, err
	}
	h.Offer("service_classes", func(_ context.Context, v portal.Visitor) (out []web.Option, err error) {
		for _, c := range classes() {
			out = append(out, web.Option{Value: c.Code, Text: v.Lang.T("category." + c.Code)})
		}
		return out, nil
	})
	h.Offer("vendors", m.joined)
	h.AddEmployer(portal.Employer{Of: m.employs, Options: func(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
		out, err := m.joined(ctx, v)
		for i := range out {
			out[i].Group = v.Lang.T("vendors.title")
		}
		return out, err
	}})
	m.Mirror(m.name)
	for _, e := range []*lifecycle.Event[Score, struct{}]{ScoreEntryEntered, ScoreEntryCancelled} {
		e.On(h.Bus, m.mark)
	}
	ServiceStandardEnforced.On(h.Bus, m.replace)
	h.Menu(portal.MenuEntry{Href: "/vendors", LabelKey: "vendors.title", Order: 14})
	for _, e := range []portal.MenuEntry{{Href: "/score_entries", LabelKey: "score_entries.title", Order: 71}, {Href: "/service_standards", LabelKey: "service_standards.title", Order: 72}} {
		e.Show = func(v portal.Visitor) bool {
			return h.Holds(v.Actor, "vendor_manager", "vendor", "office_staff", "auditor")
		}
		h.Menu(e)
	}
	return m, nil
}

// name lets pages say who a vendor is: its people hold their role in it as
// those of a department do in theirs.
func (m *Vendors) name(x *Vendor) {
	m.Names.Put("department", x.ID, portal.Name{Hans: x.Firm.Name, Href: m.Href(x)})
}

// joined offers the vendors of which somebody may say something.
func (m *Vendors) joined(ctx context.Context, _ portal.Visitor) (out []web.Option, err error) {
	vs, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: append([]string{"applied"}, known...)}}, Sort: "id", Limit: store.MaxLimit})
	for _, x := range vs {
		out = append(out, web.Option{Value: x.ID, Text: x.Firm.Name})
	}
	return out, fault.Wrap(err, "list the vendors")
}

// employs tells of a vendor where people may hold their role.
func (m *Vendors) employs(id string) (portal.Department, bool) {
	x, err := m.Engine.Cases().Get(context.Background(), id)
	if err != nil || slices.Contains([]string{"rejected", "left", "delisted"}, x.State) {
		return portal.Department{}, false
	}
	return portal.Department{Level: "district", Place: x.District}, true
}

// Candidate is a vendor that may be sent to a customer.
type Candidate struct {
	ID, Name string
	Score    int64
	Serves   bool // the community is one of its own
}

// Candidates gives the vendors of a class that may take a job now, by name.
func (m *Vendors) Candidates(ctx context.Context, class, community string) ([]Candidate, error) {
	vs, err := m.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: working}}, Sort: "id", Limit: store.MaxLimit})
	if err != nil {
		return nil, fault.Wrap(err, "find vendors of class %s", class)
	}
	var out []Candidate
	for _, x := range vs {
		if slices.Contains(x.Classes, class) && !x.lapsed(m.Clock()) {
			out = append(out, Candidate{x.ID, x.Firm.Name, x.Score, slices.Contains(x.Communities, community)})
		}
	}
	return out, nil
}

// StandardOf gives the standard in force for a class (R72), nil when there is none.
func (m *Vendors) StandardOf(ctx context.Context, class string) (*Standard, error) {
	ss, err := m.Standards.Engine.Cases().Find(ctx, store.Query{Where: inForce(class), Sort: "-id", Limit: 1})
	if err != nil || len(ss) == 0 {
		return nil, fault.Wrap(err, "find the standard of %s", class)
	}
	return ss[0], nil
}

func inForce(class string) []store.Cond {
	return []store.Cond{{Field: "class", Op: store.Eq, Value: class}, {Field: "state", Op: store.Eq, Value: "in_force"}}
}

// mark makes an entry's mark on its vendor, a void one once it is cancelled. The
// entry as it is now says which, so that late news undoes nothing. A vendor that
// has left or is delisted keeps its score.
func (m *Vendors) mark(ctx context.Context, n lifecycle.News, _ struct{}) error {
	s, err := m.Scores.Engine.Cases().Get(ctx, n.Case)
	if err != nil {
		return fault.Wrap(err, "read score entry %s", n.Case)
	}
	return m.After(ctx, n, s.Vendor, "score", &markForm{Entry: s.No, Points: s.Points, Up: s.up(), Ground: s.Ground, By: s.OpenedBy, Void: s.State == "cancelled"})
}

// Charge enters what a job charged over twice its quote; the vendor may appeal
// as against any entry.
func (m *Vendors) Charge(ctx context.Context, n lifecycle.News, vendor, job string) error {
	in := &Charge{Vendor: vendor, Points: int64(m.Settings().Int("ven.double_points")), Ground: "double_charge", Job: job}
	_, err := m.Scores.Engine.Open(ctx, lifecycle.System, "enter", in, lifecycle.Opts{Key: n.Key()})
	return err
}

// replace ends the standards that a new one takes the place of.
func (m *Vendors) replace(ctx context.Context, n lifecycle.News, p Enforced) error {
	older := append(inForce(p.Class), store.Cond{Field: "id", Op: store.Lt, Value: n.Case})
	return m.Standards.Each(ctx, n, older, "supersede", nil)
}
