package vendors

import (
	"context"
	"html/template"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/store"
	"gatehouse/web"
)

var firmType = schema.Of[Firm]("vendor")

// firm is what stands in the manager's form: what the vendor has filed already.
func firm(_ context.Context, _ portal.Visitor, x *Vendor) web.Values {
	f := x.Firm
	if x.Filed != nil {
		f.Papers = *x.Filed
	}
	return firmType.Values(&f)
}

// toLookAt is what a vendor says of its new papers.
func toLookAt(_ context.Context, v portal.Visitor, x *Vendor) (template.HTML, error) {
	l := v.Lang
	return web.Panel(l, web.Warn, "vendor.filed", web.Translated(l, "vendor.filed_text", "licence", l.Date(x.Filed.LicenceEnd.Time(zone)), "insurance", l.Date(x.Filed.InsuranceTo.Time(zone)))), nil
}

// entries are the changes of a vendor's score, for those who may see them.
func (m *Vendors) entries(ctx context.Context, v portal.Visitor, x *Vendor) (template.HTML, error) {
	l := v.Lang
	p, err := m.Scores.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "vendor", Op: store.Eq, Value: x.ID}}, Limit: 20})
	if err != nil || len(p.Cases) == 0 {
		return "", err
	}
	t := web.Table{CaptionKey: "score_entries.title", Head: []web.Col{{Key: "case.no"}, {Key: "score_entry.points", Num: true}, {Key: "score_entry.ground"}, {Key: "case.state"}}}
	for _, s := range p.Cases {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(s.No), Href: m.Scores.Href(s)}, s.signed().Cell(), m.Scores.Value(v, s, "ground").Cell(), {HTML: m.Scores.StateTag(l, s)}})
	}
	return web.Section(l, "score_entries.title", t.HTML(l)), nil
}
