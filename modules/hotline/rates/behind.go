package rates

import (
	"html/template"
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// mostEntries on one page.
const mostEntries = 100

// Behind are the entries behind a figure of a unit, those of its orders that
// the figure counts or is worked out from.
type Behind struct {
	Bulletin string  `json:"bulletin"`
	Unit     string  `json:"unit"`
	Figure   string  `json:"figure"`
	Value    string  `json:"value"`
	Digest   string  `json:"digest"` // SHA-256 of the unit's whole list, figure dispatched
	Entries  []Entry `json:"entries"`
	Next     string  `json:"next"`
}

// formula words how a figure is worked out, with the settings of the month.
func formula(l web.Lang, b *Bulletin, how string) string {
	s := b.Settings
	return l.T("bulletin."+how, "r", s.Int("hot.w_response"), "s", s.Int("hot.w_solve"), "g", s.Int("hot.w_satisfy"), "n", s.Int("hot.rank_min_n"), "reply", s.Int("hot.floor_reply_pct"), "satisfy", s.Int("hot.floor_satisfy_pct"))
}

// at leads to the entries behind a figure; "" where none were kept.
func at(b *Bulletin, r Row, figure string) string {
	if r.Entries == "" {
		return ""
	}
	return "/bulletins/" + b.ID + "/entries?" + url.Values{"unit": {r.Unit}, "figure": {figure}}.Encode()
}

// behindPage answers GET /bulletins/:id/entries?unit=&figure=&after=: whoever
// may read the bulletin may count it again.
func (m *Rates) behindPage(c *fiber.Ctx) error {
	v, ctx, key := portal.Who(c), c.UserContext(), c.Query("figure", "dispatched")
	b, err := m.Bulletins.Engine.Get(ctx, v.Actor, c.Params("id"))
	if err != nil {
		return err
	}
	i := slices.IndexFunc(b.Rows, func(r Row) bool { return r.Unit == c.Query("unit") })
	if i < 0 {
		return fault.InvalidField("unit", "schema.not_an_option")
	}
	r := b.Rows[i]
	if r.Entries == "" {
		return fault.Missing("entries")
	}
	f, ok := figureOf(key)
	if !ok {
		return fault.InvalidField("figure", "schema.not_an_option")
	}
	es, err := m.entries(ctx, b, r)
	if err != nil {
		return err
	}
	es = slices.DeleteFunc(es, func(e Entry) bool { return !f.has(e) })
	from, err := strconv.Atoi(c.Query("after", "0"))
	if err != nil || from < 0 || from > len(es) {
		return fault.InvalidField("after", "schema.bad_cursor")
	}
	page, next := es[from:], ""
	if len(page) > mostEntries {
		page, next = page[:mostEntries], strconv.Itoa(from+mostEntries)
	}
	if portal.IsAPI(c) {
		return c.JSON(Behind{b.No, r.Unit, key, f.text(r), r.Entries, append([]Entry{}, page...), next})
	}
	l, lead, more := v.Lang, "", ""
	if f.how != "" {
		lead = formula(l, b, f.how)
	}
	if next != "" {
		more = at(b, r, key) + "&after=" + next
	}
	title := l.T("bulletin.behind", "unit", m.h.Names.Unit(l, r.Unit), "figure", l.T("bulletin."+key), "value", f.text(r))
	return m.Bulletins.Show(c, fiber.StatusOK, web.Page{Title: title, Lead: portal.Text(l, lead),
		Crumbs: []web.Crumb{{Href: "/bulletins", Text: l.T("bulletins.title")}, {Href: "/bulletins/" + b.ID, Text: b.No}, {Text: l.T("bulletin." + key)}},
		Body:   web.Join(m.listed(v, b, r, page), web.Pager(l, "", more, len(page)), m.others(v, b, r))})
}

// listed are entries as a table; each leads whoever may read it to the order.
func (m *Rates) listed(v portal.Visitor, b *Bulletin, r Row, es []Entry) template.HTML {
	l, reads := v.Lang, m.reads(v, r)
	t := web.Table{CaptionKey: "bulletin.entries", EmptyKey: "bulletin.no_entries", Head: []web.Col{{Key: "bulletin.receipt"}, {Key: "bulletin.in_time"}, {Key: "bulletin.noted"}, {Key: "bulletin.answer"}, {Key: "bulletin.grade", Num: true}}}
	for _, e := range es {
		grade := ""
		if e.Graded {
			grade = strconv.Itoa(e.Grade)
		}
		receipt := web.Cell{HTML: web.Text(e.Receipt)}
		if reads {
			receipt.Href = "/orders?receipt=" + url.QueryEscape(e.Receipt)
		}
		t.Rows = append(t.Rows, []web.Cell{receipt,
			{HTML: web.Text(words(l, mark{"signed", e.Signed}, mark{"contacted", e.Contacted}, mark{"on_time", e.Closed}))},
			{HTML: web.Text(words(l, mark{"returned", e.Returned}, mark{"excluded", e.Excluded}, mark{"late", e.Late}, mark{"open", e.Open}, mark{"policy", e.Policy}))},
			{HTML: web.Text(words(l, mark{e.Solved, e.Solved != ""}))}, {HTML: web.Text(grade)}})
	}
	return t.HTML(l)
}

type mark struct {
	key string
	set bool
}

// words lists the marks that are set.
func words(l web.Lang, ms ...mark) string {
	var set []string
	for _, m := range ms {
		if m.set {
			set = append(set, m.key)
		}
	}
	return portal.Choices(l, "bulletin.", set)
}

// others are all the unit's figures, each with the way to its entries, and what
// the list is sealed with.
func (m *Rates) others(v portal.Visitor, b *Bulletin, r Row) template.HTML {
	l := v.Lang
	var ps []web.Pair
	for _, f := range figures {
		ps = append(ps, web.Pair{Key: "bulletin." + f.key, Value: web.Link(at(b, r, f.key), f.text(r))})
	}
	ps = append(ps, portal.Pair(l, "bulletin.digest", r.Entries))
	return web.Section(l, "bulletin.figures", web.Join(web.Summary(l, ps...), portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("bulletin.digest_how")
		h.Raw(`</p>`)
		if m.reads(v, r) {
			h.Raw(`<p>`)
			h.Add(web.Link("/orders?"+url.Values{"unit": {r.Unit}, "due_month": {b.Month}}.Encode(), l.T("bulletin.now")))
			h.Raw(`</p>`)
		}
	})))
}

// reads tells whether the visitor reads the unit's orders.
func (m *Rates) reads(v portal.Visitor, r Row) bool {
	if m.h.Holds(v.Actor, "hotline_head", "dispatcher", "callback", "review_panel", "auditor") {
		return true
	}
	from := m.h.OwnDepartments(v, "dept_clerk")
	if r.Street {
		from = m.h.OwnPlaces(v, "street_cadre")
	}
	return slices.ContainsFunc(from, func(o web.Option) bool { return o.Value == r.Unit })
}
