package intake

import (
	"context"
	"html/template"
	"reflect"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

func (m *Intake) above(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("batches.lead")
		h.Raw(`</p>`)
		if m.Engine.MayOpen(v.Actor, "bring") {
			h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "act.batch.bring", Href: "/batches/new/bring", Primary: true}, {LabelKey: "batch.template", Href: "/batches/template.xlsx"}}))
		}
	}), nil
}

func figures(_ context.Context, v portal.Visitor, b *Batch) (template.HTML, error) {
	fs := []web.Figure{{Value: strconv.Itoa(b.Rows), LabelKey: "batch.rows"}}
	switch r := b.Report; {
	case b.State == imported:
		fs = append(fs, web.Figure{Value: strconv.Itoa(b.Made), LabelKey: "batch.made", Tone: web.Good}, web.Figure{Value: strconv.Itoa(b.Again), LabelKey: "batch.again"},
			web.Figure{Value: strconv.Itoa(r.Bad), LabelKey: "batch.left_out"})
	case r != nil:
		tone := web.Good
		if r.Bad > 0 {
			tone = web.Bad
		}
		fs = append(fs, web.Figure{Value: strconv.Itoa(r.Good), LabelKey: "batch.good", Tone: web.Good}, web.Figure{Value: strconv.Itoa(r.Again), LabelKey: "batch.again"},
			web.Figure{Value: strconv.Itoa(r.Bad), LabelKey: "batch.bad", Tone: tone})
	}
	return web.Figures(v.Lang, fs), nil
}

// keptHint says how long the table lies there.
func keptHint(_ context.Context, v portal.Visitor, _ *Batch) (template.HTML, error) {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("batch.kept")
		h.Raw(`</p>`)
	}), nil
}

func mapped(_ context.Context, v portal.Visitor, b *Batch) (template.HTML, error) {
	var ps []web.Pair
	in := reflect.ValueOf(b.Mapping)
	for _, f := range mappingType.Fields {
		if column := valueOf(in, f.Name); column != "" {
			ps = append(ps, portal.Pair(v.Lang, "batch."+f.Name, column))
		}
	}
	return web.Summary(v.Lang, ps...), nil
}

// mostShown is how many wrong cells a page lists; the workbook has them all.
const mostShown = 50

// report is what the dry run found, for those who may see the rows.
func (m *Intake) report(ctx context.Context, v portal.Visitor, b *Batch) (template.HTML, error) {
	l := v.Lang
	if m.maySeeRows(v, b) != nil {
		return "", nil
	}
	if b.Report == nil || b.Report.Bad == 0 {
		return web.Panel(l, web.Good, "batch.all_good", web.Translated(l, "batch.all_good_text")), nil
	}
	r, err := m.again(ctx, b)
	if err != nil {
		return "", err
	}
	t := web.Table{CaptionKey: "batch.wrongs", Head: []web.Col{{Key: "batch.line", Num: true}, {Key: "batch.column"}, {Key: "batch.value"}, {Key: "batch.problem"}}}
	for _, w := range r.wrong[:min(len(r.wrong), mostShown)] {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(strconv.Itoa(w.Row))}, {HTML: web.Text(w.Column)}, {HTML: web.Text(w.Value)}, {HTML: web.Text(l.Args(w.Code, w.Args))}})
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("batch.wrongs_lead", "n", len(r.wrong), "shown", len(t.Rows))
		h.Raw(` `)
		h.Add(web.Link(m.Href(b)+"/report.xlsx", l.T("batch.report")))
		h.Raw(`</p>`)
		h.Add(t.HTML(l))
	}), nil
}

// again reads the rows of a batch once more.
func (m *Intake) again(ctx context.Context, b *Batch) (*reader, error) {
	t, err := m.tables.read(ctx, b.Table)
	if err != nil {
		return nil, err
	}
	names, err := m.book(ctx)
	if err != nil {
		return nil, err
	}
	return names.read(t, b.Mapping), nil
}
