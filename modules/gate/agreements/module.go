package agreements

import (
	"context"
	"html/template"
	"slices"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what agreements needs of other modules, in plain types.
type Asks struct {
	// Entry gives the list and the title of an entry of the item lists, and
	// whether it is in force now; not found when there is none.
	Entry func(ctx context.Context, id string) (list, title string, inForce bool, err error)
	// Listed is Entry from memory, for pages.
	Listed func(id, list string, at time.Time) bool
	// Street gives the street of a community.
	Street func(community string) string
	// Duty tells by which entry an item is called on, "" for none, where and from when.
	Duty func(ctx context.Context, item string) (department, entry string, communities []string, start time.Time, err error)
	// Standing lists the entries that items of a department ("" any) in a community stand on now.
	Standing func(ctx context.Context, department, community string) (entries []string, err error)
}

// Agreements is the module.
type Agreements struct {
	Asks
	Resource *portal.Resource[Agreement]
}

// New opens the desk of agreements.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Agreements, error) {
	m := &Agreements{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	m.dress()
	h.Bus.OnName("item.opened", m.called)
	h.Bus.OnName("agreement.signed", m.covered)
	h.Bus.OnName("agreement.ended", m.yearOver)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/agreements", LabelKey: "agreements.title", Order: 47, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "dept_clerk", "committee_staff", "street_cadre", "office_staff", "auditor")
	}})
	return m, nil
}

// facts: whose case it is, who signed for the committee, and whether a
// department still calls on what it would drop.
func (m *Agreements) facts(a *Agreement, s *lifecycle.Step) ([]string, error) {
	out := []string{
		lifecycle.When(a.Side == byDepartment, "by_department"),
		lifecycle.When(a.Side == byStreet, "by_street"),
		lifecycle.When(s.Act == "sign" && s.Did("agree"), "own_signature"),
	}
	if s.Act == "drop" {
		entries, err := m.Standing(s.Ctx, a.Department, a.Community)
		if err != nil {
			return nil, err
		}
		out = append(out, lifecycle.When(slices.ContainsFunc(entries, a.wants), "called_on"))
	}
	return out, nil
}

// waits: the government side drafts, the committee agrees, the head of the
// government side signs.
func (m *Agreements) waits(a *Agreement) []string {
	sc := m.Resource.Engine.Table.Scope(a)
	government := func(role string) []string {
		if a.Side == byStreet {
			role = "street_cadre"
		}
		return m.Resource.Engine.Assignees(role, sc)
	}
	switch a.State {
	case "due", "sent_back":
		return government("dept_clerk")
	case "offered":
		return []string{"committee_head@" + a.Community}
	case "agreed":
		return government("dept_head")
	}
	return nil
}

// title names the year and the first entry, and how many more there are.
func title(a *Agreement) string {
	var titles []string
	for _, t := range a.Terms {
		titles = append(titles, t.Title)
	}
	if len(titles) == 0 {
		for _, w := range a.Wanted {
			titles = append(titles, w.Title)
		}
	}
	out := strconv.FormatInt(a.Year, 10)
	if len(titles) > 0 {
		out += " " + titles[0]
	}
	if len(titles) > 1 {
		out += " +" + strconv.Itoa(len(titles)-1)
	}
	return out
}

// assistance gives the title of an entry when it stands on the assistance list now.
func (m *Agreements) assistance(ctx context.Context, entry string) (title string, ok bool, err error) {
	list, title, inForce, err := m.Entry(ctx, entry)
	if fault.Is(err, fault.NotFound) {
		return "", false, nil
	}
	return title, err == nil && inForce && list == "assistance", err
}

// most cases are about the entries of one form or one page.
const most = 200

// about finds the cases in some states that are about any of these entries.
func (m *Agreements) about(ctx context.Context, covers, states []string) ([]*Agreement, error) {
	if len(covers) == 0 {
		return nil, nil
	}
	as, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "id", Limit: most, Where: []store.Cond{
		{Field: "covers", Op: store.HasAny, Value: covers}, {Field: "state", Op: store.In, Value: states}}})
	return as, fault.Wrap(err, "find agreements on %v", covers)
}

// home tells a committee and the office how many agreements of the year are
// not signed, and how many of them are late.
func (m *Agreements) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	if !m.Resource.Holds(v.Actor, "committee_staff", "street_cadre", "office_staff") {
		return "", nil
	}
	page, err := m.Resource.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: []string{"due", "offered", "sent_back", "agreed"}}}, Limit: 100})
	if err != nil || len(page.Cases) == 0 {
		return "", err
	}
	late := 0
	for _, a := range page.Cases {
		if a.Overdue {
			late++
		}
	}
	figures := []web.Figure{{Value: portal.Count(int64(len(page.Cases))), LabelKey: "agreements.home_open", Href: "/agreements"}}
	if late > 0 {
		figures = append(figures, web.Figure{Value: portal.Count(int64(late)), LabelKey: "agreements.home_late", Href: "/agreements", Tone: web.Bad})
	}
	return web.Figures(v.Lang, figures), nil
}
