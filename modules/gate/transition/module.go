package transition

import (
	"context"
	"slices"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what the transition needs of other modules, in plain types.
type Asks struct {
	// Verdict asks the item lists about a title.
	Verdict func(title string, kinds []string, department string, at time.Time) (verdict, rule, entry, entryTitle string)
	// Filed finds an application by its number; id "" is none.
	Filed func(ctx context.Context, no string) (id, department, state string, communities []string, err error)
	// Communities lists the communities below a place, District the places that stand for a district.
	Communities func(under string) []string
	District    func() []string
}

// Transition is the module.
type Transition struct {
	Asks
	Resource *portal.Resource[Carryover]
}

// New opens the desk of carry-overs.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Transition, error) {
	m := &Transition{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	for event, outcome := range map[string]string{"approved": "approved", "rejected": "rejected", "stopped": "rejected", "lapsed": "dropped", "withdrawn": "dropped"} {
		h.Bus.OnName("application."+event, m.hears(outcome))
	}
	h.Menu(portal.MenuEntry{Href: "/carryovers", LabelKey: "carryovers.title", Order: 57})
	return m, nil
}

// hears takes what became of an application to the work that asked by it.
func (m *Transition) hears(outcome string) func(context.Context, lifecycle.News) error {
	return func(ctx context.Context, ev lifecycle.News) error {
		cs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "id", Limit: 50, Where: []store.Cond{{Field: "application", Op: store.Eq, Value: ev.Case}}})
		if err != nil {
			return fault.Wrap(err, "find what runs by application %s", ev.Case)
		}
		for _, c := range cs {
			_, err := m.Resource.Engine.Act(ctx, lifecycle.System, c.ID, "decided", &decidedForm{Outcome: outcome}, lifecycle.Opts{Key: "event:" + ev.ID})
			if err != nil && !slices.Contains([]string{"lifecycle.key_reused", "lifecycle.state"}, fault.As(err).Code) {
				return err
			}
		}
		return nil
	}
}

// waits: in the window it waits for the department, afterwards for the
// committees where it still is, and for the office that sees to it.
func (m *Transition) waits(c *Carryover) []string {
	sc := lifecycle.Scope{Department: c.Department, Places: c.Communities}
	switch c.State {
	case "found":
		return m.Resource.Engine.Assignees("dept_clerk", sc)
	case "must_leave":
		out := m.Resource.Engine.Assignees("office_staff", sc)
		for _, x := range c.here() {
			out = append(out, "committee_head@"+x)
		}
		return out
	}
	return nil
}

// Standing is how a department's work of before the launch stands in a community.
type Standing struct {
	ID, No, Title, State string // found, kept, applied, must_leave
	Until                time.Time
}

// Stands tells how a department's carry-over of these kinds (none: any) stands
// in a community; one that must leave is told of only when no other may stay.
func (m *Transition) Stands(ctx context.Context, community, department string, kinds []string) (Standing, bool, error) {
	cs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 50, Where: []store.Cond{{Field: "department", Op: store.Eq, Value: department},
		{Field: "scope", Op: store.Has, Value: []string{community}}, {Field: "state", Op: store.In, Value: append([]string{"kept"}, running...)}}})
	if err != nil {
		return Standing{}, false, fault.Wrap(err, "list what ran in %s before", community)
	}
	var out Standing
	for _, c := range cs {
		if !slices.Contains(c.here(), community) || slices.ContainsFunc(kinds, func(k string) bool { return !slices.Contains(c.Kinds, k) }) {
			continue
		}
		if out.ID == "" || out.State == "must_leave" {
			out = Standing{ID: c.ID, No: c.No, Title: c.Title, State: c.State, Until: c.Until}
		}
	}
	return out, out.ID != "", nil
}

// Count is what ran in a community: things, and their hours a month.
type Count struct {
	Items int   `json:"items"`
	Hours int64 `json:"hours"`
}

// Then gives what ran in a community at the launch, and what of it is there
// now: what was admitted since counts as an item and no longer here.
func (m *Transition) Then(ctx context.Context, community string) (before, now Count, err error) {
	err = m.Resource.Engine.Cases().Each(ctx, []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}}, func(c *Carryover) error {
		if c.State == "struck" {
			return nil
		}
		before.Items, before.Hours = before.Items+1, before.Hours+c.Hours
		if c.State != "admitted" && slices.Contains(c.here(), community) {
			now.Items, now.Hours = now.Items+1, now.Hours+c.Hours
		}
		return nil
	})
	return before, now, fault.Wrap(err, "count what ran in %s before", community)
}

func (m *Transition) startLeave(ctx context.Context, v portal.Visitor, c *Carryover) web.Values {
	if own, _ := m.toLeave(ctx, v, c); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}
