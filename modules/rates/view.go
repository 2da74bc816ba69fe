package rates

import (
	"context"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules"
	"gatehouse/server/fault"
	"gatehouse/web"
)

func (m *Rates) dress() {
	b, x := m.Bulletins, m.Improvements
	b.Unplaced, x.Unplaced = true, true
	b.Filters = map[string]string{"month": "month"}
	b.Columns = []modules.Column[Bulletin]{
		{Key: "bulletin.units", Num: true, Cell: func(v modules.Visitor, b *Bulletin) template.HTML {
			return modules.Text(v.Lang, strconv.Itoa(len(b.Rows)))
		}},
		{Key: "bulletin.below", Num: true, Cell: func(v modules.Visitor, b *Bulletin) template.HTML {
			return modules.Text(v.Lang, strconv.Itoa(len(b.named())))
		}},
	}
	b.Detail = m.detail
	b.Letters = map[string]func(context.Context, modules.Visitor, *Bulletin) (*modules.Letter, error){"circular": m.circular}
	x.Filters = map[string]string{"bulletin": "bulletin"}
	x.Columns = []modules.Column[Improvement]{
		{Key: "bulletin.unit", Cell: func(v modules.Visitor, x *Improvement) template.HTML {
			return modules.Text(v.Lang, m.unit(v.Lang, x.Unit))
		}},
		{Key: "bulletin.below", Cell: func(v modules.Visitor, x *Improvement) template.HTML {
			return modules.Text(v.Lang, below(v.Lang, x.Below))
		}},
	}
	x.Detail = m.improvement
}

// named are the units below a floor.
func (b *Bulletin) named() (out []Row) {
	for _, r := range b.Rows {
		if len(r.Below) > 0 {
			out = append(out, r)
		}
	}
	return out
}

func (m *Rates) unit(l web.Lang, id string) string {
	if m.h.Names.Known("department", id) {
		return m.h.Names.Department(l, id)
	}
	return m.h.Names.Place(l, id)
}

func below(l web.Lang, floors []string) string {
	var out []string
	for _, f := range floors {
		out = append(out, l.T("bulletin.floor."+f))
	}
	return strings.Join(out, "、")
}

// pct words a rate, a dash where there was nothing to count.
func pct(bp int64) string {
	if bp < 0 {
		return "—"
	}
	return fmt.Sprintf("%d.%02d%%", bp/100, bp%100)
}

func count(n int64) web.Cell { return web.Cell{HTML: web.Text(strconv.FormatInt(n, 10))} }

// behind tells where the orders behind a unit's figures are, for those who may
// read them; "" for the others.
func (m *Rates) behind(v modules.Visitor, b *Bulletin, r Row) string {
	if !m.h.Holds(v.Actor, "hotline_head", "dispatcher", "callback", "review_panel", "auditor") && !m.own(v, r) {
		return ""
	}
	return "/orders?unit=" + r.Unit + "&due_month=" + b.Month
}

func (m *Rates) own(v modules.Visitor, r Row) bool {
	from := m.h.OwnDepartments(v, "dept_clerk")
	if r.Street {
		from = m.h.OwnPlaces(v, "street_cadre")
	}
	for _, o := range from {
		if o.Value == r.Unit {
			return true
		}
	}
	return false
}

// tables of one group of peers: the three rates with their ranks, and what was done.
func (m *Rates) tables(v modules.Visitor, b *Bulletin, street bool) template.HTML {
	l := v.Lang
	ranks := web.Table{CaptionKey: "bulletin.ranks", Head: []web.Col{{Key: "bulletin.unit"}, {Key: "bulletin.rank", Num: true}, {Key: "bulletin.score", Num: true}, {Key: "bulletin.response", Num: true},
		{Key: "bulletin.solve", Num: true}, {Key: "bulletin.satisfy", Num: true}, {Key: "bulletin.counted", Num: true}}}
	work := web.Table{CaptionKey: "bulletin.work", Head: []web.Col{{Key: "bulletin.unit"}, {Key: "bulletin.dispatched", Num: true}, {Key: "bulletin.taken_out", Num: true}, {Key: "bulletin.on_time", Num: true},
		{Key: "bulletin.late", Num: true}, {Key: "bulletin.open", Num: true}, {Key: "bulletin.closure", Num: true}, {Key: "bulletin.on_time_rate", Num: true}, {Key: "bulletin.dissatisfied", Num: true}}}
	for _, r := range b.Rows {
		if r.Street != street {
			continue
		}
		name, at := web.Cell{HTML: web.Text(m.unit(l, r.Unit))}, m.behind(v, b, r)
		rank := l.T("bulletin.unranked")
		if r.Rank > 0 {
			rank = strconv.FormatInt(r.Rank, 10)
		}
		counted := count(r.Counted)
		counted.Href = at
		ranks.Rows = append(ranks.Rows, []web.Cell{name, {HTML: web.Text(rank)}, {HTML: web.Text(strings.TrimSuffix(pct(r.Score), "%"))}, {HTML: web.Text(pct(r.Response))}, {HTML: web.Text(pct(r.Solve))}, {HTML: web.Text(pct(r.Satisfy))}, counted})
		work.Rows = append(work.Rows, []web.Cell{name, count(r.Dispatched), count(r.Returned + r.Excluded), count(r.OnTime), count(r.Late), count(r.Open), {HTML: web.Text(pct(r.Closure))},
			{HTML: web.Text(pct(r.OnTimeRate))}, {HTML: web.Text(strconv.FormatInt(r.Dissatisfied, 10) + " · " + pct(share(r.Dissatisfied, r.Graded)))}})
	}
	if ranks.Rows == nil {
		return ""
	}
	return web.Join(ranks.HTML(l), work.HTML(l))
}

// body is what a bulletin says, on the page and on paper.
func (m *Rates) body(v modules.Visitor, b *Bulletin) template.HTML {
	l := v.Lang
	s := b.Settings
	var parts []template.HTML
	for _, f := range b.Fixes {
		parts = append(parts, web.Panel(l, web.Warn, "bulletin.corrected", modules.Text(l, l.Date(f.At)+" "+f.Why)))
	}
	if named := b.named(); len(named) > 0 {
		parts = append(parts, web.Section(l, "bulletin.below", modules.In(l, func(h *web.H) {
			h.Raw(`<ul>`)
			for _, r := range named {
				h.Raw(`<li>`)
				h.T("bulletin.named", "unit", m.unit(l, r.Unit), "below", below(l, r.Below), "reply", pct(r.OnTimeRate), "satisfy", pct(r.Satisfy))
				h.Raw(`</li>`)
			}
			h.Raw(`</ul><p>`)
			h.T("bulletin.demand", "n", s.Int("hot.improve_wd"))
			h.Raw(`</p>`)
		})))
	}
	for _, g := range []struct {
		street bool
		key    string
	}{{true, "bulletin.streets"}, {false, "bulletin.departments"}} {
		if t := m.tables(v, b, g.street); t != "" {
			parts = append(parts, web.Section(l, g.key, t))
		}
	}
	parts = append(parts, web.Section(l, "bulletin.how", modules.In(l, func(h *web.H) {
		for _, k := range []string{"bulletin.how_v", "bulletin.how_response", "bulletin.how_solve", "bulletin.how_satisfy", "bulletin.how_score", "bulletin.how_floor"} {
			h.Raw(`<p>`)
			h.T(k, "r", s.Int("hot.w_response"), "s", s.Int("hot.w_solve"), "g", s.Int("hot.w_satisfy"), "n", s.Int("hot.rank_min_n"), "reply", s.Int("hot.floor_reply_pct"), "satisfy", s.Int("hot.floor_satisfy_pct"))
			h.Raw(`</p>`)
		}
	})))
	return web.Join(parts...)
}

func (m *Rates) detail(_ context.Context, v modules.Visitor, b *Bulletin) (template.HTML, error) {
	l := v.Lang
	return web.Join(modules.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("bulletin.lead", "month", b.Month, "at", l.Time(b.Counted), "n", b.Edition)
		h.Raw(`</p><p>`)
		h.Add(web.Link("/bulletins/"+b.ID+"/rates.xlsx", l.T("bulletin.excel")))
		h.Raw(`</p>`)
	}), m.body(v, b)), nil
}

// circular is the bulletin on paper.
func (m *Rates) circular(_ context.Context, v modules.Visitor, b *Bulletin) (*modules.Letter, error) {
	e, ok := b.Last("publish")
	if b.Out == nil || !ok {
		return nil, nil
	}
	l := v.Lang
	return &modules.Letter{TitleKey: "bulletin.circular", Office: l.T("order.office"), To: l.T("bulletin.to"), Body: m.body(modules.Visitor{Lang: l}, b), From: l.T("order.office"), Date: e.At, Code: m.Bulletins.Code(b, e)}, nil
}

// workbook answers GET /bulletins/:id/rates.xlsx: every figure of every unit.
func (m *Rates) workbook(c *fiber.Ctx) error {
	v := modules.Who(c)
	b, err := m.Bulletins.Engine.Get(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	l := v.Lang
	var head []string
	var rows [][]string
	for _, r := range b.Rows {
		group := "bulletin.departments"
		if r.Street {
			group = "bulletin.streets"
		}
		row := []string{m.unit(l, r.Unit), l.T(group)}
		head = []string{l.T("bulletin.unit"), l.T("bulletin.group")}
		for _, x := range []struct {
			key string
			n   int64
		}{{"rank", r.Rank}, {"dispatched", r.Dispatched}, {"returned", r.Returned}, {"excluded", r.Excluded}, {"counted", r.Counted}, {"signed", r.Signed}, {"contacted", r.Contacted}, {"on_time", r.OnTime},
			{"late", r.Late}, {"open", r.Open}, {"solved", r.Solved}, {"partly", r.Partly}, {"not", r.Not}, {"unreached", r.Unreached}, {"graded", r.Graded}, {"dissatisfied", r.Dissatisfied}, {"policy", r.Policy}} {
			head, row = append(head, l.T("bulletin."+x.key)), append(row, strconv.FormatInt(x.n, 10))
		}
		for _, x := range []struct {
			key string
			bp  int64
		}{{"closure", r.Closure}, {"on_time_rate", r.OnTimeRate}, {"response", r.Response}, {"solve", r.Solve}, {"satisfy", r.Satisfy}, {"score", r.Score}} {
			head, row = append(head, l.T("bulletin."+x.key)), append(row, pct(x.bp))
		}
		head, row = append(head, l.T("bulletin.below")), append(row, below(l, r.Below))
		rows = append(rows, row)
	}
	if rows == nil {
		return fault.New(fault.Conflict, "bulletin.empty")
	}
	title := l.T("bulletin.circular") + " " + b.Month
	if b.Out != nil && !v.SignedIn() { // what is published is anybody's
		return modules.SendTable(c, "xlsx", title, head, rows)
	}
	return m.h.Take(c, "xlsx", "bulletins", "month="+b.Month, title, head, rows)
}

func (m *Rates) improvement(_ context.Context, v modules.Visitor, x *Improvement) (template.HTML, error) {
	l := v.Lang
	return web.Join(web.Section(l, "improvement.part", web.Summary(l, modules.Filled(
		modules.Pair(l, "bulletin.unit", m.unit(l, x.Unit)), modules.Pair(l, "bulletin.month", x.Month), modules.Pair(l, "bulletin.below", below(l, x.Below)),
		modules.Pair(l, "bulletin.on_time_rate", pct(x.Reply)), modules.Pair(l, "bulletin.satisfy", pct(x.Satisfy)),
		modules.Pair(l, "improvement.answer", x.Answer), modules.Pair(l, "improvement.remark", x.Remark), modules.Pair(l, "case.rule", modules.Rule(l, "R66")))...)),
		modules.In(l, func(h *web.H) {
			h.Raw(`<p>`)
			h.Add(web.Link("/bulletins/"+x.Bulletin, l.T("improvement.bulletin", "no", x.From)))
			h.Raw(`</p>`)
		})), nil
}
