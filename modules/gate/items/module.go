package items

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Entry is one of the item lists that a department may call on without an
// application: a statutory duty, assistance (R2), or routine work of the year,
// which is one department's own (R20).
type Entry struct {
	ID, Title  string
	Department string // whose routine work it is; "" for anybody's
}

// Asks is what items needs of other modules, in plain types. All but Grant and
// CityBureau may be nil while the module they ask is not there.
type Asks struct {
	// Grant gives what the decision on an application lets in; false when it lets nothing in.
	Grant func(ctx context.Context, application string) (Grant, bool, error)
	// CityBureau tells whether a department is the city's (R12).
	CityBureau func(department string) bool
	// Entry reads an entry that may be called on; an empty one when none is in
	// force. Beyond gives what a text asks for that the entry does not cover.
	Entry  func(ctx context.Context, id string, at time.Time) Entry
	Beyond func(id, text string) string
	// Before gives a department's work of before the launch in a community, of these kinds (R26).
	Before func(ctx context.Context, community, department string, kinds []string) (Before, bool, error)
	// Agreed tells how far this year's agreements on entries of the assistance
	// list are in communities (R32); entries that need none are left out.
	Agreed func(ctx context.Context, entries, communities []string, at time.Time) ([]Agreed, error)
	// Score gives the last score of an item; false when it has none.
	Score func(ctx context.Context, item string) (score int, ok bool)
	// Orders counts the hotline's orders that an item caused, and those whose
	// callers were not helped or dissatisfied. It changes no score.
	Orders func(ctx context.Context, item string) (n, unhappy int, err error)
	// Voices gives the two scores of an item in its newest published round.
	Voices func(ctx context.Context, item string) (Voices, bool)
	// Refusal, Rectification and Withdrawal tell what one is about; item "" is
	// about none, no communities is all of them.
	Refusal       func(ctx context.Context, id string) (item string, communities []string, no string, err error)
	Rectification func(ctx context.Context, id string) (item string, communities []string, no string, err error)
	Withdrawal    func(ctx context.Context, id string) (item string, communities []string, no string, err error)
}

// Items is the module.
type Items struct {
	Asks
	Resource *portal.Resource[Item]

	mu      sync.Mutex
	seen    map[string]int64              // revision of the item that the index knows
	of      map[string]string             // item -> application
	carried map[string]map[string]carried // community -> item -> what it asks there
}

// New opens the desk of items.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Items, error) {
	m := &Items{Asks: asks, seen: map[string]int64{}, of: map[string]string{}, carried: map[string]map[string]carried{}}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Engine.Cases().OnSave(m.learn)
	m.dress()
	m.listen()
	h.Offer("own_items", m.ownItems)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/items", LabelKey: "items.title", Order: 10})
	h.Menu(portal.MenuEntry{Href: "/annual", LabelKey: "annual.menu", Order: 11})
	h.Menu(portal.MenuEntry{Href: "/gate", LabelKey: "gate.title", Order: 12})
	return m, nil
}

// Module gives what the house serves and starts.
func (m *Items) Module() portal.Module {
	return portal.Module{Name: "items", Routes: m.Routes, Load: m.Load}
}

// Routes registers the gate (may this department do this here today?) and the
// list of what is lawfully due in a community.
func (m *Items) Routes(r fiber.Router) {
	r.Get("/gate", m.gatePage)
	r.Get("/api/v1/gate", m.gateAPI)
	r.Get("/annual", m.annualPage)
	r.Get("/annual.xlsx", m.annualSheet)
	r.Get("/api/v1/annual", m.annualPage)
	r.Get("/gate/due", m.duePage)
	r.Get("/api/v1/gate/due", m.dueAPI)
}

const poll = 2 * time.Second

// Load puts everything in force into the index and then follows what other
// processes change until ctx ends.
func (m *Items) Load(ctx context.Context) error {
	cases := m.Resource.Engine.Cases()
	go cases.Follow(ctx, poll, m.learn)
	return fault.Wrap(cases.Each(ctx, nil, func(it *Item) error { m.learn(it); return nil }), "read the items")
}

// ownItems are the items of the visitor's departments that money is still owed for.
func (m *Items) ownItems(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	var out []web.Option
	for _, d := range m.Resource.OwnDepartments(v, "dept_clerk") {
		its, err := m.ofDepartment(ctx, d.Value)
		if err != nil {
			return nil, err
		}
		for _, it := range its {
			if len(it.Instalments) > 0 {
				out = append(out, web.Option{Value: it.ID, Text: it.No + " " + it.Title, Group: d.Text})
			}
		}
	}
	return out, nil
}

// waits: a pending part waits for the department's money, then for its
// committee; an ending item for the department, then for the office.
func (m *Items) waits(it *Item) []string {
	sc := lifecycle.Scope{Department: it.Department, Places: it.Communities}
	turn := func(role string) []string { return m.Resource.Engine.Assignees(role, sc) }
	var out []string
	owed := false
	for _, p := range it.live() {
		switch {
		case it.State == "ended" || it.State == withdrawn:
		case p.Overdue, p.State == pending && short(it, p, m.Resource.Engine.Now()):
			owed = true
		case p.State == pending:
			out = append(out, "committee_head@"+p.Community)
		}
	}
	if it.Renewal != nil {
		out = append(out, turn("office_head")...)
	} else if it.State == "expiring" {
		out = append(out, turn("dept_head")...)
	}
	if owed {
		out = append(out, turn("dept_clerk")...)
	}
	return out
}
