package vendors

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// offer gives the choices of the forms.
func (m *Vendors) offer() {
	m.h.Offer("service_classes", func(_ context.Context, v modules.Visitor) (out []web.Option, err error) {
		for _, c := range classes() {
			out = append(out, web.Option{Value: c.Code, Text: v.Lang.T("category." + c.Code)})
		}
		return out, nil
	})
	m.h.Offer("vendors", func(ctx context.Context, _ modules.Visitor) (out []web.Option, err error) {
		vs, err := m.Desk.Engine.Cases().Find(ctx, store.Query{Where: []store.Cond{{Field: "state", Op: store.In, Value: append([]string{"suspended", "applied"}, working...)}}, Sort: "id", Limit: store.MaxLimit})
		for _, x := range vs {
			out = append(out, web.Option{Value: x.ID, Text: x.Firm.Name})
		}
		return out, fault.Wrap(err, "list the vendors")
	})
}

func (m *Vendors) dress() {
	d, s, b := m.Desk, m.Scores, m.Standards
	d.Unplaced, s.Unplaced, b.Unplaced = true, true, true
	d.Columns = []modules.Column[Vendor]{
		{Key: "vendor.classes", Cell: func(v modules.Visitor, x *Vendor) template.HTML {
			return modules.Text(v.Lang, modules.Choices(v.Lang, "category.", x.Classes))
		}},
		{Key: "vendor.score", Num: true, Cell: func(v modules.Visitor, x *Vendor) template.HTML {
			return modules.Text(v.Lang, strconv.FormatInt(x.Score, 10))
		}},
		{Key: "vendor.phone", Cell: func(v modules.Visitor, x *Vendor) template.HTML { return modules.Text(v.Lang, x.Phone) }},
	}
	d.Detail = m.detail
	d.Redact = func(v modules.Visitor, x *Vendor) {
		if m.Desk.May(v, "vendor.trace", d.Engine.Table.Scope(x)) != nil { // a customer
			x.Files, x.Filed, x.Marks, x.Vetted, x.Proposed = nil, nil, nil, "", ""
		}
	}
	// What the vendor has filed stands in the manager's form already.
	start := func(act string, of func(x *Vendor) any) func(context.Context, modules.Visitor, *Vendor) web.Values {
		return func(_ context.Context, _ modules.Visitor, x *Vendor) web.Values {
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
	d.Starts = map[string]func(context.Context, modules.Visitor, *Vendor) web.Values{"renew": start("renew", firm), "reinstate": start("reinstate", firm),
		"file_papers": start("file_papers", func(x *Vendor) any { p := x.Papers; p.Files = nil; return &p })}
	s.Filters = map[string]string{"vendor": "vendor"}
	s.Columns = []modules.Column[Score]{
		{Key: "score_entry.ground", Cell: func(v modules.Visitor, x *Score) template.HTML {
			return modules.Text(v.Lang, modules.Choice(v.Lang, "score_entry.ground.", x.Ground))
		}},
		{Key: "score_entry.points", Num: true, Cell: func(v modules.Visitor, x *Score) template.HTML {
			return modules.Text(v.Lang, x.signed())
		}},
	}
	s.Detail = func(_ context.Context, v modules.Visitor, x *Score) (template.HTML, error) {
		l := v.Lang
		return web.Section(l, "score_entry.part", web.Summary(l, modules.Filled(modules.Pair(l, "score_entry.vendor", m.h.Names.Department(l, x.Vendor)), modules.Pair(l, "score_entry.points", x.signed()),
			modules.Pair(l, "score_entry.ground", modules.Choice(l, "score_entry.ground.", x.Ground)), modules.Pair(l, "score_entry.text", x.Text), modules.Pair(l, "score_entry.job", x.Job),
			modules.Pair(l, "score_entry.appeal", x.Appeal), modules.Pair(l, "score_entry.finding", x.Finding), modules.Pair(l, "case.rule", modules.Rule(l, "R71")))...)), nil
	}
	b.Filters = map[string]string{"class": "class"}
	b.Columns = []modules.Column[Standard]{
		{Key: "service_standard.class", Cell: func(v modules.Visitor, x *Standard) template.HTML {
			return modules.Text(v.Lang, v.Lang.T("category."+x.Class))
		}},
		{Key: "service_standard.warranty", Num: true, Cell: func(v modules.Visitor, x *Standard) template.HTML {
			return modules.Text(v.Lang, strconv.FormatInt(x.Warranty, 10))
		}},
	}
	b.Detail = func(_ context.Context, v modules.Visitor, x *Standard) (template.HTML, error) {
		l := v.Lang
		return web.Join(web.Section(l, "service_standard.part", web.Summary(l, modules.Filled(modules.Pair(l, "service_standard.class", l.T("category."+x.Class)),
			modules.Pair(l, "service_standard.warranty", strconv.FormatInt(x.Warranty, 10)), modules.Pair(l, "case.rule", modules.Rule(l, "R72")))...)),
			web.Section(l, "service_standard.text", web.Paragraphs(x.Text))), nil
	}
	b.Starts = map[string]func(context.Context, modules.Visitor, *Standard) web.Values{"amend": func(_ context.Context, _ modules.Visitor, x *Standard) web.Values {
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
func (m *Vendors) detail(ctx context.Context, v modules.Visitor, x *Vendor) (template.HTML, error) {
	l := v.Lang
	parts := []template.HTML{}
	if x.lapsed(m.h.Clock()) {
		parts = append(parts, web.Panel(l, web.Bad, "vendor.lapsed", modules.Text(l, l.T("vendor.lapsed_text"))))
	}
	if x.Filed != nil {
		parts = append(parts, web.Panel(l, web.Warn, "vendor.filed", modules.Text(l, l.T("vendor.filed_text", "licence", l.Date(x.Filed.LicenceEnd.Time(zone)), "insurance", l.Date(x.Filed.InsuranceTo.Time(zone))))))
	}
	ps := []web.Pair{modules.Pair(l, "vendor.score", strconv.FormatInt(x.Score, 10)), modules.Pair(l, "vendor.classes", modules.Choices(l, "category.", x.Classes)),
		modules.Pair(l, "vendor.communities", m.h.PlaceNames(l, x.Communities)), modules.Pair(l, "vendor.phone", x.Phone), modules.Pair(l, "vendor.licence", x.Licence), modules.Pair(l, "vendor.licence_end", l.Date(x.LicenceEnd.Time(zone))),
		modules.Pair(l, "vendor.insurance", x.Insurance), modules.Pair(l, "vendor.insurance_end", l.Date(x.InsuranceTo.Time(zone))), modules.Pair(l, "vendor.ground", modules.Choice(l, "vendor.ground.", x.Ground)), modules.Pair(l, "vendor.reason", x.Reason)}
	if x.Until != nil {
		ps = append(ps, modules.Pair(l, "vendor.until", l.Date(*x.Until)))
	}
	parts = append(parts, web.Section(l, "vendor.part", web.Summary(l, modules.Filled(ps...)...)), web.Section(l, "vendor.prices", web.Paragraphs(x.Prices)))
	entries, err := m.Scores.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: x.ID}}, Limit: 20})
	if err != nil {
		return "", err
	}
	if len(entries.Cases) > 0 {
		t := web.Table{CaptionKey: "score_entries.title", Head: []web.Col{{Key: "case.no"}, {Key: "score_entry.points", Num: true}, {Key: "score_entry.ground"}, {Key: "case.state"}}}
		for _, s := range entries.Cases {
			t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(s.No), Href: m.Scores.Href(s)}, {HTML: web.Text(s.signed())},
				{HTML: web.Text(modules.Choice(l, "score_entry.ground.", s.Ground))}, {HTML: m.Scores.StateTag(l, s)}})
		}
		parts = append(parts, web.Section(l, "score_entries.title", t.HTML(l)))
	}
	return web.Join(parts...), nil
}
