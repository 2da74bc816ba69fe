package ledgers

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Ledgers is the module.
type Ledgers struct {
	Asks
	Resource *portal.Resource[Ledger]
}

// New opens the desk of ledgers.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Ledgers, error) {
	m := &Ledgers{Asks: asks}
	d, err := portal.NewResource(ctx, h, m.table())
	if err != nil {
		return nil, err
	}
	m.Resource = d
	d.Columns, d.Detail, d.Above, d.Redact = m.columns(), m.detail, m.above, m.redact
	d.Filters = map[string]string{"kind": "kind", "in_use": "in_use"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Ledger) web.Values{"request": m.startRequest, "consult": m.startConsult}
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
	err = m.Resource.Engine.Cases().Each(ctx, where, func(l *Ledger) error {
		n, year = n+1, year+l.yearly()
		return nil
	})
	return n, monthly(year), fault.Wrap(err, "read the ledgers of %s", community)
}

// InUse counts the ledgers in use, community by community.
func (m *Ledgers) InUse(ctx context.Context) (map[string]int64, error) {
	out := map[string]int64{}
	err := m.Resource.Engine.Cases().Each(ctx, []store.Cond{{Field: "in_use", Op: store.Eq, Value: "yes"}}, func(l *Ledger) error {
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
	ls, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "registered"}}, Sort: "-id", Limit: most})
	if err != nil {
		return nil, fault.Wrap(err, "list ledgers in use")
	}
	out := make([]web.Option, len(ls))
	for i, l := range ls {
		out[i] = web.Option{Value: l.ID, Text: l.No + " " + l.Name, Group: m.Resource.Names.Department(v.Lang, l.Department)}
	}
	return out, nil
}

// redact: the office and the auditor see who said what; everybody else does not.
func (m *Ledgers) redact(v portal.Visitor, l *Ledger) {
	if !m.Resource.Holds(v.Actor, "office_staff", "auditor") {
		l.nameless(l.Settings.Int("eval.min_committees"))
	}
}

func (m *Ledgers) startRequest(_ context.Context, v portal.Visitor, _ *Ledger) web.Values {
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		return web.Values{"department": {own[0].Value}}
	}
	return web.Values{}
}

func (m *Ledgers) startConsult(_ context.Context, v portal.Visitor, _ *Ledger) web.Values {
	if own := m.Resource.OwnPlaces(v, "committee_head"); len(own) == 1 {
		return web.Values{"community": {own[0].Value}}
	}
	return web.Values{}
}

func (m *Ledgers) columns() []portal.Column[Ledger] {
	return []portal.Column[Ledger]{
		{Key: "case.department", Cell: func(v portal.Visitor, l *Ledger) template.HTML {
			return portal.Text(v.Lang, m.Resource.Names.Department(v.Lang, l.Department))
		}},
		{Key: "ledger.frequency", Cell: func(v portal.Visitor, l *Ledger) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("ledger.frequency."+l.Frequency))
		}},
		{Key: "ledger.month", Num: true, Cell: func(v portal.Visitor, l *Ledger) template.HTML {
			return portal.Text(v.Lang, portal.Count(monthly(l.yearly())))
		}},
	}
}

// above tells a committee what its ledgers cost it a month.
func (m *Ledgers) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	var fs []web.Figure
	for _, place := range m.Resource.OwnPlaces(v, "committee_staff") {
		n, minutes, err := m.load(ctx, place.Value)
		if err != nil {
			return "", err
		}
		fs = append(fs, web.Figure{Value: v.Lang.T("ledger.cost", "n", n, "minutes", minutes), LabelKey: "ledger.cost_label", Href: "/ledgers?in_use=yes&place=" + place.Value})
	}
	if len(fs) == 0 {
		return "", nil
	}
	return web.Figures(v.Lang, fs), nil
}

func (m *Ledgers) detail(ctx context.Context, v portal.Visitor, l *Ledger) (template.HTML, error) {
	la := v.Lang
	ps := portal.Filled(
		portal.Pair(la, "ledger.kind", la.T("ledger.kind."+l.Kind)),
		portal.Pair(la, "case.department", m.Resource.Names.Department(la, l.Department)),
		portal.Pair(la, "ledger.communities", m.Resource.PlaceNames(la, l.Communities)),
		portal.Pair(la, "ledger.fields", l.Filled),
		portal.Pair(la, "ledger.frequency", la.T("ledger.frequency."+l.Frequency)),
		portal.Pair(la, "ledger.minutes", portal.Count(l.Minutes)),
		portal.Pair(la, "ledger.month", portal.Count(monthly(l.yearly()))),
		portal.Pair(la, "ledger.medium", la.T("ledger.medium."+l.Medium)))
	if l.Item != "" {
		_, title, _, _, err := m.Brief(ctx, l.Item)
		if err != nil {
			return "", fault.Wrap(err, "read item %s", l.Item)
		}
		ps = append(ps, web.Pair{Key: "ledger.item", Value: web.Link("/items/"+l.Item, title)})
	}
	if l.Into != "" {
		ps = append(ps, web.Pair{Key: "ledger.into", Value: web.Link("/ledgers/"+l.Into, la.T("ledger.see_into"))})
	}
	return web.Join(web.Summary(la, ps...), m.answers(la, l)), nil
}

// answers shows what the committees said side by side; after redact without names.
func (m *Ledgers) answers(la web.Lang, l *Ledger) template.HTML {
	if l.Heard == 0 && l.State != "asking" {
		return ""
	}
	return web.Section(la, "ledger.answers", portal.In(la, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("ledger.heard", "n", l.Heard, "of", len(l.Communities))
		h.Raw(`</p>`)
		if len(l.Answers) == 0 {
			return
		}
		t := web.Table{CaptionKey: "ledger.answers", Head: []web.Col{{Key: "ledger.say"}, {Key: "ledger.note"}, {Key: "case.community"}}}
		for _, a := range l.Answers {
			who := web.Translated(la, "ledger.a_committee")
			if a.Community != "" {
				who = portal.Text(la, m.Resource.Names.Place(la, a.Community))
			}
			t.Rows = append(t.Rows, []web.Cell{{HTML: web.Translated(la, "ledger.say."+a.Say)}, {HTML: portal.Text(la, a.Note)}, {HTML: who}})
		}
		h.Add(t.HTML(la))
	}))
}
