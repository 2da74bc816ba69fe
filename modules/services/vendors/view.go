package vendors

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// offer gives the choices of the forms.
func (m *Vendors) offer() {
	m.h.Offer("service_classes", func(_ context.Context, v portal.Visitor) (out []web.Option, err error) {
		for _, c := range classes() {
			out = append(out, web.Option{Value: c.Code, Text: v.Lang.T("category." + c.Code)})
		}
		return out, nil
	})
	m.h.Offer("vendors", func(ctx context.Context, _ portal.Visitor) (out []web.Option, err error) {
		vs, err := m.Resource.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: append([]string{"suspended", "applied"}, working...)}}, Sort: "id", Limit: store.MaxLimit})
		for _, x := range vs {
			out = append(out, web.Option{Value: x.ID, Text: x.Firm.Name})
		}
		return out, fault.Wrap(err, "list the vendors")
	})
}

func (m *Vendors) dress() {
	d, s, b := m.Resource, m.Scores, m.Standards
	d.Unplaced, s.Unplaced, b.Unplaced = true, true, true
	d.Columns = []portal.Column[Vendor]{
		{Key: "vendor.classes", Cell: func(v portal.Visitor, x *Vendor) template.HTML {
			return portal.Text(v.Lang, portal.Choices(v.Lang, "category.", x.Classes))
		}},
		{Key: "vendor.score", Num: true, Cell: func(v portal.Visitor, x *Vendor) template.HTML {
			return portal.Text(v.Lang, strconv.FormatInt(x.Score, 10))
		}},
		{Key: "vendor.phone", Cell: func(v portal.Visitor, x *Vendor) template.HTML { return portal.Text(v.Lang, x.Phone) }},
	}
	d.Detail = m.detail
	d.Redact = func(v portal.Visitor, x *Vendor) {
		if m.Resource.May(v, "vendor.trace", d.Engine.Table.Scope(x)) != nil { // a customer
			x.Files, x.Filed, x.Marks, x.Vetted, x.Proposed = nil, nil, nil, "", ""
		}
	}
	// What the vendor has filed stands in the manager's form already.
	start := func(act string, of func(x *Vendor) any) func(context.Context, portal.Visitor, *Vendor) web.Values {
		return func(_ context.Context, _ portal.Visitor, x *Vendor) web.Values {
			row, _ := d.Engine.Table.Act(act)
			return row.Do.Input.Values(of(x))
		}
	}
	firm := func(x *Vendor) any {
		f := x.Firm
		if x.Filed != nil {
			f.Papers = *x.Filed
		}
		return &f
	}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Vendor) web.Values{"renew": start("renew", firm), "reinstate": start("reinstate", firm),
		"file_papers": start("file_papers", func(x *Vendor) any { p := x.Papers; p.Files = nil; return &p })}
	s.Filters = map[string]string{"vendor": "vendor"}
	s.Columns = []portal.Column[Score]{
		{Key: "score_entry.ground", Cell: func(v portal.Visitor, x *Score) template.HTML {
			return portal.Text(v.Lang, portal.Choice(v.Lang, "score_entry.ground.", x.Ground))
		}},
		{Key: "score_entry.points", Num: true, Cell: func(v portal.Visitor, x *Score) template.HTML {
			return portal.Text(v.Lang, x.signed())
		}},
	}
	s.Detail = func(_ context.Context, v portal.Visitor, x *Score) (template.HTML, error) {
		l := v.Lang
		return web.Section(l, "score_entry.part", web.Summary(l, portal.Filled(portal.Pair(l, "score_entry.vendor", m.h.Names.Department(l, x.Vendor)), portal.Pair(l, "score_entry.points", x.signed()),
			portal.Pair(l, "score_entry.ground", portal.Choice(l, "score_entry.ground.", x.Ground)), portal.Pair(l, "score_entry.text", x.Text), portal.Pair(l, "score_entry.job", x.Job),
			portal.Pair(l, "score_entry.appeal", x.Appeal), portal.Pair(l, "score_entry.finding", x.Finding), portal.Pair(l, "case.rule", portal.Rule(l, "R71")))...)), nil
	}
	b.Filters = map[string]string{"class": "class"}
	b.Columns = []portal.Column[Standard]{
		{Key: "service_standard.class", Cell: func(v portal.Visitor, x *Standard) template.HTML {
			return portal.Text(v.Lang, v.Lang.T("category."+x.Class))
		}},
		{Key: "service_standard.warranty", Num: true, Cell: func(v portal.Visitor, x *Standard) template.HTML {
			return portal.Text(v.Lang, strconv.FormatInt(x.Warranty, 10))
		}},
	}
	b.Detail = func(_ context.Context, v portal.Visitor, x *Standard) (template.HTML, error) {
		l := v.Lang
		return web.Join(web.Section(l, "service_standard.part", web.Summary(l, portal.Filled(portal.Pair(l, "service_standard.class", l.T("category."+x.Class)),
			portal.Pair(l, "service_standard.warranty", strconv.FormatInt(x.Warranty, 10)), portal.Pair(l, "case.rule", portal.Rule(l, "R72")))...)),
			web.Section(l, "service_standard.text", web.Paragraphs(x.Text))), nil
	}
	b.Initial = map[string]func(context.Context, portal.Visitor, *Standard) web.Values{"amend": func(_ context.Context, _ portal.Visitor, x *Standard) web.Values {
		row, _ := b.Engine.Table.Act("amend")
		return row.Do.Input.Values(&x.Promise)
	}}
}

// signed are the points as they count.
func (s *Score) signed() string {
	if s.up() {
		return "+" + strconv.FormatInt(s.Points, 10)
	}
	return "−" + strconv.FormatInt(s.Points, 10)
}

// detail: who it is, what it costs, and each change of its score for those who
// may see it.
func (m *Vendors) detail(ctx context.Context, v portal.Visitor, x *Vendor) (template.HTML, error) {
	l := v.Lang
	parts := []template.HTML{}
	if x.lapsed(m.h.Clock()) {
		parts = append(parts, web.Panel(l, web.Bad, "vendor.lapsed", portal.Text(l, l.T("vendor.lapsed_text"))))
	}
	if x.Filed != nil {
		parts = append(parts, web.Panel(l, web.Warn, "vendor.filed", portal.Text(l, l.T("vendor.filed_text", "licence", l.Date(x.Filed.LicenceEnd.Time(zone)), "insurance", l.Date(x.Filed.InsuranceTo.Time(zone))))))
	}
	ps := []web.Pair{portal.Pair(l, "vendor.score", strconv.FormatInt(x.Score, 10)), portal.Pair(l, "vendor.classes", portal.Choices(l, "category.", x.Classes)),
		portal.Pair(l, "vendor.communities", m.h.PlaceNames(l, x.Communities)), portal.Pair(l, "vendor.phone", x.Phone), portal.Pair(l, "vendor.licence", x.Licence), portal.Pair(l, "vendor.licence_end", l.Date(x.LicenceEnd.Time(zone))),
		portal.Pair(l, "vendor.insurance", x.Insurance), portal.Pair(l, "vendor.insurance_end", l.Date(x.InsuranceTo.Time(zone))), portal.Pair(l, "vendor.ground", portal.Choice(l, "vendor.ground.", x.Ground)), portal.Pair(l, "vendor.reason", x.Reason)}
	if x.Until != nil {
		ps = append(ps, portal.Pair(l, "vendor.until", l.Date(*x.Until)))
	}
	parts = append(parts, web.Section(l, "vendor.part", web.Summary(l, portal.Filled(ps...)...)), web.Section(l, "vendor.prices", web.Paragraphs(x.Prices)))
	entries, err := m.Scores.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: x.ID}}, Limit: 20})
	if err != nil {
		return "", err
	}
	if len(entries.Cases) > 0 {
		t := web.Table{CaptionKey: "score_entries.title", Head: []web.Col{{Key: "case.no"}, {Key: "score_entry.points", Num: true}, {Key: "score_entry.ground"}, {Key: "case.state"}}}
		for _, s := range entries.Cases {
			t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(s.No), Href: m.Scores.Href(s)}, {HTML: web.Text(s.signed())},
				{HTML: web.Text(portal.Choice(l, "score_entry.ground.", s.Ground))}, {HTML: m.Scores.StateTag(l, s)}})
		}
		parts = append(parts, web.Section(l, "score_entries.title", t.HTML(l)))
	}
	return web.Join(parts...), nil
}
