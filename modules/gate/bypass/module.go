package bypass

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what a report needs of other modules, in plain types.
type Asks struct {
	// Refusal tells what a refusal was about and who refused.
	Refusal func(ctx context.Context, id string) (Demand, error)
}

// Demand is what a community refused, as the refusal tells it.
type Demand struct {
	No, Department, Community, Title, Way, Evidence string
	DemandedOn                                      string // 2006-01-02
	ByStreet                                        bool   // the street refused, not the committee
	By, For                                         string // who refused, and whom they stood in for
}

// Bypass is the module.
type Bypass struct {
	*portal.Portal
	Asks
	Reports   *portal.Resource[Report]
	Circulars *portal.Resource[Circular]
}

// New opens the desks of reports and circulars.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Bypass, error) {
	m := &Bypass{Portal: h, Asks: asks}
	var err error
	if m.Reports, err = portal.NewResource(ctx, h, m.reports()); err != nil {
		return nil, err
	}
	if m.Circulars, err = portal.NewResource(ctx, h, m.circulars()); err != nil {
		return nil, err
	}
	m.reportDesk()
	m.circularDesk()
	m.seal()
	h.Offer("reports_to_circulate", m.toCirculate)
	h.Offer("rules_broken", offerRules)
	h.Bus.OnName("refusal.bypassed", m.onBypass)
	h.Bus.OnName("circular.issued", m.onCircular)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/reports", LabelKey: "reports.title", Order: 42, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "auditor")
	}})
	h.Menu(portal.MenuEntry{Href: "/circulars", LabelKey: "circulars.title", Order: 44, Show: portal.Visitor.SignedIn})
	return m, nil
}

// Module gives the pages beside the desks.
func (m *Bypass) Module() portal.Module { return portal.Module{Name: "bypass", Routes: m.Routes} }

func (m *Bypass) reportDesk() {
	d := m.Reports
	d.Unplaced = true // the place of a report tells who reported
	d.Columns, d.Detail, d.Redact = m.columns(), m.detail, m.redact
	d.Initial = map[string]func(context.Context, portal.Visitor, *Report) web.Values{"file": m.start}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Report) (template.HTML, error){"file": m.beside}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Report) (*portal.Letter, error){"letter": m.letter, "summons": m.summons}
}

func (m *Bypass) circularDesk() {
	d := m.Circulars
	d.Unplaced = true
	d.Columns, d.Detail, d.Redact = m.circularColumns(), m.circularDetail, m.redactCircular
	d.Initial = map[string]func(context.Context, portal.Visitor, *Circular) web.Values{"edit": m.startEdit}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Circular) (*portal.Letter, error){"circular": m.circular}
}

// toCirculate are the reports whose departments still owe what was ordered.
func (m *Bypass) toCirculate(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	p, err := m.Reports.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: pressed}}, Limit: 100})
	if err != nil {
		return nil, err
	}
	var out []web.Option
	for _, r := range p.Cases {
		out = append(out, web.Option{Value: r.ID, Text: r.No + " " + r.What, Group: m.Names.Department(v.Lang, r.Department)})
	}
	return out, nil
}

func offerRules(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	row := schema.Of[Draft]("circular")
	f, _ := row.Field("broken")
	var out []web.Option
	for _, r := range f.Options {
		out = append(out, web.Option{Value: r, Text: portal.Rule(v.Lang, r)})
	}
	return out, nil
}

// start fills in what most reports have in common: the own community, today.
func (m *Bypass) start(ctx context.Context, v portal.Visitor, r *Report) web.Values {
	out := web.Values{"demanded_on": {string(schema.DateOf(m.Clock(), calendar.City))}}
	if own := m.OwnPlaces(v, "committee_staff"); len(own) == 1 {
		out["community"] = []string{own[0].Value}
	}
	return out
}

func (m *Bypass) startEdit(ctx context.Context, v portal.Visitor, c *Circular) web.Values {
	row, _ := m.Circulars.Engine.Table.Act("edit")
	return row.Do.Input.Values(&c.Draft)
}

// beside says, where it is decided, who will learn the reporter's name.
func (m *Bypass) beside(ctx context.Context, v portal.Visitor, r *Report) (template.HTML, error) {
	key := "report.nameless"
	if v.SignedIn() {
		key = "report.named"
	}
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T(key)
		h.Raw(`</p>`)
	}), nil
}

// home is the way in for whoever has no other.
func (m *Bypass) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	if m.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "conference", "finance", "emergency_authority", "civil_affairs", "auditor", "admin", "manager") {
		return "", nil
	}
	l := v.Lang
	return web.Section(l, "report.home", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("report.home_text")
		h.Raw(`</p>`)
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "act.report.file", Href: "/reports/new/file", Primary: true}, {LabelKey: "report.track", Href: "/reports/track"}}))
	})), nil
}
