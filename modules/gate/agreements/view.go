package agreements

import (
	"context"
	"html/template"
	"strconv"
	"time"

	"gatehouse/modules/portal"
	"gatehouse/server/schema"
	"gatehouse/web"
)

func (m *Agreements) dress() {
	d := m.Resource
	d.Filters = map[string]string{"year": "year"}
	d.Columns = []portal.Column[Agreement]{
		{Key: "case.community", Cell: func(v portal.Visitor, a *Agreement) template.HTML {
			return portal.Text(v.Lang, d.Names.Place(v.Lang, a.Community))
		}},
		{Key: "agreement.government", Cell: func(v portal.Visitor, a *Agreement) template.HTML {
			return portal.Text(v.Lang, m.government(v.Lang, a))
		}},
		{Key: "agreement.money", Num: true, Cell: func(v portal.Visitor, a *Agreement) template.HTML { return portal.Text(v.Lang, web.Yuan(a.sum())) }},
	}
	d.Detail = m.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Agreement) web.Values{"draft": m.startDraft, "draft_street": m.startStreet, "offer": startOffer}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Agreement) (*portal.Letter, error){"paper": m.paper}
}

// government names the side that gives money and powers.
func (m *Agreements) government(l web.Lang, a *Agreement) string {
	if a.Side == byStreet {
		return m.Resource.Names.Place(l, a.Street)
	}
	return m.Resource.Names.Department(l, a.Department)
}

func (m *Agreements) detail(_ context.Context, v portal.Visitor, a *Agreement) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		if a.Overdue && a.State != "signed" && a.State != "ended" {
			h.Add(web.Panel(l, web.Bad, "agreement.late", portal.Text(l, l.T("agreement.late_text", "year", strconv.FormatInt(a.Year, 10)))))
		}
		h.Add(web.Section(l, "agreement.part_sides", web.Summary(l, portal.Filled(
			portal.Pair(l, "agreement.year", strconv.FormatInt(a.Year, 10)), portal.Pair(l, "agreement.government", m.government(l, a)),
			portal.Pair(l, "agreement.committee", l.T("note.committee_of", "place", m.Resource.Names.Place(l, a.Community))),
			portal.Pair(l, "agreement.wish", a.Wish), portal.Pair(l, "agreement.dropped", a.Dropped), portal.Pair(l, "case.rule", portal.Rule(l, "R32")))...)))
		if len(a.Terms) > 0 {
			h.Add(web.Section(l, "agreement.part_terms", terms(l, a)))
		}
		if w := wanted(l, a); w != "" {
			h.Add(web.Section(l, "agreement.part_wanted", w))
		}
	}), nil
}

// terms are the entries with the money and the powers of each.
func terms(l web.Lang, a *Agreement) template.HTML {
	t := web.Table{CaptionKey: "agreement.part_terms", Head: []web.Col{{Key: "agreement.entry"}, {Key: "agreement.money", Num: true}, {Key: "agreement.paid"}, {Key: "agreement.powers"}}}
	for _, x := range a.Terms {
		t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, x.Title), Href: "/catalogue/" + x.Entry}, {HTML: portal.Text(l, web.Yuan(x.Money))},
			{HTML: portal.Text(l, l.T("agreement.paid."+x.Paid))}, {HTML: portal.Text(l, x.Powers)}})
	}
	return t.HTML(l)
}

// wanted are the entries that are called on and not in the terms.
func wanted(l web.Lang, a *Agreement) template.HTML {
	any := false
	list := portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, w := range a.Wanted {
			if a.lists(w.Entry) {
				continue
			}
			any = true
			h.Raw(`<li>`)
			h.Add(web.Link("/catalogue/"+w.Entry, w.Title))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})
	if !any {
		return ""
	}
	return list
}

func (m *Agreements) startDraft(_ context.Context, v portal.Visitor, _ *Agreement) web.Values {
	out := web.Values{"year": {strconv.FormatInt(yearOf(m.Resource.Engine.Now()), 10)}}
	if own := m.Resource.OwnDepartments(v, "dept_clerk"); len(own) == 1 {
		out["department"] = []string{own[0].Value}
	}
	return out
}

func (m *Agreements) startStreet(context.Context, portal.Visitor, *Agreement) web.Values {
	return web.Values{"year": {strconv.FormatInt(yearOf(m.Resource.Engine.Now()), 10)}}
}

// startOffer gives what was offered before, else a line for everything wanted.
func startOffer(_ context.Context, _ portal.Visitor, a *Agreement) web.Values {
	in := &offerForm{}
	for _, t := range a.Terms {
		in.Lines = append(in.Lines, t.Line)
	}
	for _, w := range a.Wanted {
		if !a.lists(w.Entry) {
			in.Lines = append(in.Lines, Line{Entry: w.Entry})
		}
	}
	return schema.Of[offerForm]("agreement").Values(in)
}

// paper is the agreement to be printed, with the days of both signatures.
func (m *Agreements) paper(_ context.Context, v portal.Visitor, a *Agreement) (*portal.Letter, error) {
	signed, ok := a.Last("sign")
	agreed, both := a.Last("agree")
	if !ok || !both {
		return nil, nil
	}
	l := v.Lang
	place, year := m.Resource.Names.Place(l, a.Community), strconv.FormatInt(a.Year, 10)
	committee := l.T("note.committee_of", "place", place)
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("agreement.paper_text", "government", m.government(l, a), "committee", committee, "year", year)
		h.Raw(`</p>`)
		h.Add(terms(l, a))
		h.Raw(`<p>`)
		h.T("agreement.paper_sum", "sum", a.sum())
		h.Raw(`</p>`)
		h.Add(web.Summary(l, portal.Pair(l, "agreement.signed_committee", committee+" "+l.Date(agreed.At)),
			portal.Pair(l, "agreement.signed_government", m.government(l, a)+" "+l.Date(signed.At)), portal.Pair(l, "case.rule", portal.Rule(l, "R32"))))
	})
	return &portal.Letter{TitleKey: "agreement.paper", Office: m.government(l, a), To: committee, Body: body, From: m.government(l, a), Date: signed.At, Code: m.Resource.Code(a, signed)}, nil
}

// Agreed tells how far the year's agreement on an entry is in a community;
// no ID where there is not even a case.
type Agreed struct {
	Entry, Community, ID, No, State string
	Late                            bool // not signed by its deadline
}

// Agreed tells of those of the entries that are on the assistance list; the
// others need no agreement.
func (m *Agreements) Agreed(ctx context.Context, entries, communities []string, at time.Time) ([]Agreed, error) {
	var out []Agreed
	var covers []string
	for _, e := range entries {
		if e == "" || !m.Listed(e, "assistance", at) {
			continue
		}
		for _, c := range communities {
			out = append(out, Agreed{Entry: e, Community: c})
			covers = append(covers, key(c, yearOf(at), e))
		}
	}
	as, err := m.about(ctx, covers, running)
	for i := range out {
		for _, a := range as {
			x := &out[i]
			if a.Community == x.Community && (a.lists(x.Entry) || a.wants(x.Entry)) && further(a.State, x.State) {
				x.ID, x.No, x.State, x.Late = a.ID, a.No, a.State, a.Overdue && a.State != "signed"
			}
		}
	}
	return out, err
}

// further tells whether one state is nearer to the signature than another.
func further(state, than string) bool {
	order := map[string]int{"": 0, "due": 1, "sent_back": 2, "offered": 3, "agreed": 4, "signed": 5}
	return order[state] > order[than]
}
