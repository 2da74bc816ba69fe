package rates

import (
	"context"
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// named are the units below a floor.
func (b *Bulletin) named() (out []Row) {
	for _, r := range b.Rows {
		if len(r.Below) > 0 {
			out = append(out, r)
		}
	}
	return out
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

// What the two tables of a bulletin show of a unit.
var (
	inRanks = []string{"score", "response", "solve", "satisfy", "counted"}
	inWork  = []string{"dispatched", "on_time", "late", "open", "closure", "on_time_rate", "dissatisfied", "dissatisfied_rate"}
)

// tables of one group of peers: the three rates with their ranks, and what was
// done. On a page each figure leads to its entries, on paper nothing does.
func (m *Rates) tables(v portal.Visitor, b *Bulletin, street, paper bool) template.HTML {
	l := v.Lang
	cells := func(r Row, keys []string, first ...web.Cell) []web.Cell {
		for _, key := range keys {
			f, _ := figureOf(key)
			c := web.Cell{HTML: web.Text(f.text(r))}
			if !paper {
				c.Href = at(b, r, key)
			}
			first = append(first, c)
		}
		return first
	}
	ranks := web.Table{CaptionKey: "bulletin.ranks", Head: columns(inRanks, web.Col{Key: "bulletin.unit"}, web.Col{Key: "bulletin.rank", Num: true})}
	work := web.Table{CaptionKey: "bulletin.work", Head: columns(inWork, web.Col{Key: "bulletin.unit"})}
	for _, r := range b.Rows {
		if r.Street != street {
			continue
		}
		name, rank := web.Cell{HTML: web.Text(m.h.Names.Unit(l, r.Unit))}, l.T("bulletin.unranked")
		if r.Rank > 0 {
			rank = strconv.FormatInt(r.Rank, 10)
		}
		ranks.Rows = append(ranks.Rows, cells(r, inRanks, name, web.Cell{HTML: web.Text(rank)}))
		work.Rows = append(work.Rows, cells(r, inWork, name))
	}
	if ranks.Rows == nil {
		return ""
	}
	return web.Join(ranks.HTML(l), work.HTML(l))
}

func columns(keys []string, first ...web.Col) []web.Col {
	for _, key := range keys {
		first = append(first, web.Col{Key: "bulletin." + key, Num: true})
	}
	return first
}

// body is what a bulletin says, on the page and on paper.
func (m *Rates) body(v portal.Visitor, b *Bulletin, paper bool) template.HTML {
	l := v.Lang
	var parts []template.HTML
	for _, f := range b.Fixes {
		parts = append(parts, web.Panel(l, web.Warn, "bulletin.corrected", portal.Text(l, l.Date(f.At)+" "+f.Why)))
	}
	if named := b.named(); len(named) > 0 {
		parts = append(parts, web.Section(l, "bulletin.below", portal.In(l, func(h *web.H) {
			h.Raw(`<ul>`)
			for _, r := range named {
				h.Raw(`<li>`)
				said := l.T("bulletin.named", "unit", m.h.Names.Unit(l, r.Unit), "below", below(l, r.Below), "reply", pct(r.OnTimeRate), "satisfy", pct(r.Satisfy))
				if href := at(b, r, "counted"); href != "" && !paper {
					h.Add(web.Link(href, said))
				} else {
					h.Text(said)
				}
				h.Raw(`</li>`)
			}
			h.Raw(`</ul><p>`)
			h.T("bulletin.demand", "n", b.Settings.Int("hot.improve_wd"))
			h.Raw(`</p>`)
		})))
	}
	for _, g := range []struct {
		street bool
		key    string
	}{{true, "bulletin.streets"}, {false, "bulletin.departments"}} {
		if t := m.tables(v, b, g.street, paper); t != "" {
			parts = append(parts, web.Section(l, g.key, t))
		}
	}
	parts = append(parts, web.Section(l, "bulletin.how", portal.In(l, func(h *web.H) {
		for _, how := range []string{"how_v", "how_response", "how_solve", "how_satisfy", "how_score", "how_floor"} {
			h.Raw(`<p>`)
			h.Text(formula(l, b, how))
			h.Raw(`</p>`)
		}
	})))
	return web.Join(parts...)
}

func (m *Rates) detail(_ context.Context, v portal.Visitor, b *Bulletin) (template.HTML, error) {
	l := v.Lang
	return web.Join(portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("bulletin.lead", "month", b.Month, "at", l.Time(b.Counted), "n", b.Edition)
		h.Raw(`</p><p>`)
		h.Add(web.Link("/bulletins/"+b.ID+"/rates.xlsx", l.T("bulletin.excel")))
		h.Raw(`</p>`)
	}), m.body(v, b, false)), nil
}

// circular is the bulletin on paper.
func (m *Rates) circular(_ context.Context, v portal.Visitor, b *Bulletin) (*portal.Letter, error) {
	e, ok := b.Last("publish")
	if b.Out == nil || !ok {
		return nil, nil
	}
	l := v.Lang
	return &portal.Letter{TitleKey: "bulletin.circular", Office: l.T("order.office"), To: l.T("bulletin.to"), Body: m.body(v, b, true), From: l.T("order.office"), Date: e.At, Code: m.Bulletins.Code(b, e)}, nil
}

// workbook answers GET /bulletins/:id/rates.xlsx: every figure of every unit.
func (m *Rates) workbook(c *fiber.Ctx) error {
	v := portal.Who(c)
	b, err := m.Bulletins.Engine.Get(c.UserContext(), v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	l := v.Lang
	var head []string
	var rows [][]any
	for _, r := range b.Rows {
		group := "bulletin.departments"
		if r.Street {
			group = "bulletin.streets"
		}
		row := []any{m.h.Names.Unit(l, r.Unit), l.T(group), r.Rank}
		head = []string{l.T("bulletin.unit"), l.T("bulletin.group"), l.T("bulletin.rank")}
		for _, f := range figures {
			head, row = append(head, l.T("bulletin."+f.key)), append(row, f.text(r))
		}
		head, row = append(head, l.T("bulletin.below")), append(row, below(l, r.Below))
		rows = append(rows, row)
	}
	if rows == nil {
		return fault.New(fault.Conflict, "bulletin.empty")
	}
	title := l.T("bulletin.circular") + " " + b.Month
	if b.Out != nil && !v.SignedIn() { // what is published is anybody's
		return portal.SendTable(c, "xlsx", title, head, rows)
	}
	return m.h.Take(c, "xlsx", "bulletins", "month="+b.Month, title, head, rows)
}

// toBulletin leads from an improvement to the bulletin that it follows from.
func toBulletin(_ context.Context, v portal.Visitor, x *Improvement) (template.HTML, error) {
	return portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p>`)
		h.Add(web.Link("/bulletins/"+x.Bulletin, v.Lang.T("improvement.bulletin", "no", x.From)))
		h.Raw(`</p>`)
	}), nil
}
