package refusals

import (
	"context"
	"html/template"
	"slices"
	"strings"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Refusals is the module.
type Refusals struct {
	Asks
	Resource *portal.Resource[Refusal]
}

// New opens the desk of refusals.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Refusals, error) {
	m := &Refusals{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns, d.Detail, d.Above = m.columns(), m.detail, m.above
	d.Filters = map[string]string{"ground": "ground", "bypass": "bypass"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Refusal) web.Values{"issue": m.startIssue, "issue_street": m.startStreet}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Refusal) (template.HTML, error){"issue": m.explain, "issue_street": m.explain}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Refusal) (*portal.Letter, error){"slip": m.slip, "decision": m.decision}
	h.Offer("refusable_items", m.items)
	h.Offer("street_communities", m.streetCommunities)
	h.Offer("refusal_grounds", offerGrounds)
	h.Home(m.home)
	h.Bus.OnName("item.activated", m.activated)
	h.Menu(portal.MenuEntry{Href: "/refusals", LabelKey: "refusals.title", Order: 40, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "committee_staff", "street_cadre", "dept_clerk", "office_staff", "auditor")
	}})
	return m, nil
}

// About tells other modules which item a refusal suspends, and where; the item
// is "" when the refusal leaves every item alone.
func (m *Refusals) About(ctx context.Context, id string) (item string, communities []string, no string, err error) {
	r, err := m.Resource.Engine.Get(ctx, lifecycle.System, id)
	if err != nil {
		return "", nil, "", err
	}
	if !r.stops() {
		return "", nil, r.No, nil
	}
	return r.Item, []string{r.Community}, r.No, nil
}

// activated settles the refusals of an item in the community whose committee has
// now confirmed its money and powers: what they were about is there.
func (m *Refusals) activated(ctx context.Context, ev lifecycle.News) error {
	if ev.Ref == "" {
		return nil
	}
	rs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Sort: "-id", Limit: 200, Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{ev.Ref}},
		{Field: "state", Op: store.In, Value: []string{"issued", "acknowledged", "upheld"}}}})
	if err != nil {
		return fault.Wrap(err, "list refusals in %s", ev.Ref)
	}
	for _, r := range rs {
		if r.Item != ev.Case || r.Community != ev.Ref || !r.stops() {
			continue
		}
		_, err := m.Resource.Engine.Act(ctx, lifecycle.System, r.ID, "settle", nil, lifecycle.Opts{Key: "event:" + ev.ID})
		if err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}

// items offers the items of the visitor's communities, those of one department
// together.
func (m *Refusals) items(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	places := m.Resource.OwnPlaces(v, "committee_staff")
	if len(places) == 0 {
		places = m.ofStreets(v)
	}
	var out []web.Option
	for _, p := range places {
		ids, err := m.Items(ctx, p.Value)
		if err != nil {
			return nil, fault.Wrap(err, "list items of %s", p.Value)
		}
		for _, id := range ids {
			if slices.ContainsFunc(out, func(o web.Option) bool { return o.Value == id }) {
				continue
			}
			department, title, _, _, err := m.Brief(ctx, id)
			if err != nil {
				return nil, fault.Wrap(err, "read item %s", id)
			}
			out = append(out, web.Option{Value: id, Text: title, Group: m.Resource.Names.Department(v.Lang, department)})
		}
	}
	slices.SortStableFunc(out, func(a, b web.Option) int { return strings.Compare(a.Group, b.Group) })
	return out, nil
}

// offerGrounds gives the grounds in plain words, each with its rule.
func offerGrounds(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	out := make([]web.Option, len(grounds))
	for i, g := range grounds {
		rule := (&Refusal{Demand: Demand{Ground: g}}).rule()
		out[i] = web.Option{Value: g, Text: v.Lang.T("refusal.ground_rule", "ground", "t:refusal.ground."+g, "rule", rule)}
	}
	return out, nil
}

func (m *Refusals) streetCommunities(ctx context.Context, v portal.Visitor) ([]web.Option, error) {
	return m.ofStreets(v), nil
}

// ofStreets are the communities of the streets whose cadre the visitor is.
func (m *Refusals) ofStreets(v portal.Visitor) []web.Option {
	var out []web.Option
	for _, s := range m.Resource.OwnPlaces(v, "street_cadre") {
		for _, c := range m.Communities(s.Value) {
			out = append(out, web.Option{Value: c, Text: m.Resource.Names.Place(v.Lang, c)})
		}
	}
	return out
}
