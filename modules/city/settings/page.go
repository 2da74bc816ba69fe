package settings

import (
	"html/template"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/web"
)

// page answers GET /settings for people: the whole table as it is now or on a
// day, or one setting with its history. Who asks for a state asks the list.
func (m *Settings) page(c *fiber.Ctx) error {
	for _, q := range []string{"state", "after", "place", "department"} {
		if c.Query(q) != "" {
			return c.Next()
		}
	}
	if key := c.Query("key"); key != "" {
		return m.one(c, key)
	}
	at, err := m.asked(c)
	if err != nil {
		return err
	}
	v := portal.Who(c)
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(web.Filters(l, web.FilterSpec{Action: "/settings", Fields: []web.FilterField{{Name: "at", LabelKey: "settings.at", Value: c.Query("at")}}}))
		h.Add(m.waiting(v))
		for _, g := range groups() {
			h.Add(web.Section(l, "settings.group."+g, m.part(v, g, at)))
		}
	})
	return m.Show(c, fiber.StatusOK, web.Page{Title: l.T("settings.title"), Body: body, Aside: m.doors(v),
		Lead: portal.Text(l, l.T("settings.lead", "day", l.Date(at)))})
}

// asked reads the day that a page is about; without one it is now.
func (m *Settings) asked(c *fiber.Ctx) (time.Time, error) {
	day := schema.Date(c.Query("at"))
	if day == "" {
		return m.now(), nil
	}
	at := day.Time(calendar.City)
	if at.IsZero() {
		return at, fault.InvalidField("at", "schema.bad_date")
	}
	return at.AddDate(0, 0, 1).Add(-time.Microsecond), nil // as the day ends
}

// groups are the parts of the table in their order.
func groups() []string {
	var out []string
	for _, s := range setting.All() {
		if g := group(s.Key); !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

func (m *Settings) part(v portal.Visitor, part string, at time.Time) template.HTML {
	l := v.Lang
	t := web.Table{CaptionKey: "settings.group." + part}
	for _, k := range []string{"name", "value", "default", "unit", "range", "basis", "since", "document", "pending"} {
		t.Head = append(t.Head, web.Col{Key: "settings." + k})
	}
	values, by := standing(m.memory.all(), at)
	for _, s := range setting.All() {
		if group(s.Key) != part {
			continue
		}
		since, document := web.Cell{HTML: web.Translated(l, "settings.from_start")}, web.Cell{HTML: web.Translated(l, "none")}
		if c := by[s.Key]; c != nil {
			since.HTML, document = web.Text(l.Date(*c.EffectiveAt)), web.Cell{HTML: web.Text(c.Document), Href: m.Href(c)}
		}
		value := web.Text(words(l, s.Key, values[s.Key]))
		if values[s.Key] != s.Default {
			value = portal.In(l, func(h *web.H) { h.Raw(`<b>`); h.Add(value); h.Raw(`</b>`) })
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(name(l, s.Key)), Href: "/settings?key=" + s.Key}, {HTML: value}, {HTML: web.Text(words(l, s.Key, s.Default))},
			{HTML: web.Text(unit(l, s))}, {HTML: web.Text(span(l, s))}, {HTML: web.Text(basis(l, s))}, since, document, {HTML: m.coming(v, s.Key)}})
	}
	return t.HTML(l)
}

// coming names the pending changes of a setting that the visitor may see.
func (m *Settings) coming(v portal.Visitor, key string) template.HTML {
	var out []template.HTML
	for _, c := range m.pending(v) {
		for _, p := range c.pairs() {
			if p.Key == key {
				out = append(out, portal.In(v.Lang, func(h *web.H) {
					h.Raw(`<div>`)
					h.Add(web.Link(m.Href(c), words(v.Lang, key, p.Value)+" · "+v.Lang.Day(c.From)))
					h.Raw(`</div>`)
				}))
			}
		}
	}
	return web.Join(out...)
}

func (m *Settings) pending(v portal.Visitor) []*Change {
	return slices.DeleteFunc(m.memory.pending(), func(c *Change) bool { return !m.sees(v, c) })
}

// sees asks the gate about a change in memory: its see-lines look at the shelf alone.
func (m *Settings) sees(v portal.Visitor, c *Change) bool {
	shelf := lifecycle.Filed
	facts := []string{string(shelf)}
	if c.counts() {
		facts = append(facts, string(lifecycle.Public))
	}
	return m.May(v, "change.see", m.Engine.Table.Scope(c), facts...) == nil
}

// waiting says above the table what will change.
func (m *Settings) waiting(v portal.Visitor) template.HTML {
	cs := m.pending(v)
	if len(cs) == 0 {
		return ""
	}
	return web.Section(v.Lang, "settings.waiting", m.listing(v, cs))
}

// listing is a table of changes.
func (m *Settings) listing(v portal.Visitor, cs []*Change) template.HTML {
	l := v.Lang
	t := web.Table{Head: []web.Col{{Key: "case.no"}, {Key: "settings.change"}, {Key: "case.state"}, {Key: "change.effective_from"}, {Key: "change.document"}, {Key: "change.reason"}}}
	for _, c := range cs {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(c.No), Href: m.Href(c)}, said(l, c).Cell(), {HTML: m.StateTag(l, c)},
			{HTML: web.Text(l.Day(c.From))}, {HTML: web.Text(c.Document)}, {HTML: web.Text(c.Reason)}})
	}
	return t.HTML(l)
}

// said puts a change into words: what it sets to what.
func said(l web.Lang, c *Change) web.Value {
	lines := make([]string, 0, 1+len(c.Also))
	for _, p := range c.pairs() {
		lines = append(lines, l.T("settings.sets", "name", name(l, p.Key), "value", words(l, p.Key, p.Value)))
	}
	return web.Value{Text: strings.Join(lines, " "), HTML: portal.In(l, func(h *web.H) {
		for _, line := range lines {
			h.Raw(`<div>`)
			h.Text(line)
			h.Raw(`</div>`)
		}
	})}
}

// doors are what one can do from the table.
func (m *Settings) doors(v portal.Visitor) template.HTML {
	var as []web.ActionItem
	if m.Engine.MayOpen(v.Actor, "propose") {
		as = append(as, web.ActionItem{LabelKey: "act.change.propose", Href: "/settings/new/propose", Primary: true})
	}
	if m.mayRehearse(v) == nil {
		as = append(as, web.ActionItem{LabelKey: "rehearsal.title", Href: "/settings/rehearsal"})
	}
	return web.Actions(v.Lang, as)
}

// one shows a setting by itself, with all its changes.
func (m *Settings) one(c *fiber.Ctx, key string) error {
	s, ok := find(key)
	if !ok {
		return fault.InvalidField("key", "setting.unknown", "key", key)
	}
	v := portal.Who(c)
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Add(m.known(l, s))
		h.Add(web.Section(l, "settings.history", m.listing(v, m.history(v, key))))
	})
	var as []web.ActionItem
	if m.Engine.MayOpen(v.Actor, "propose") {
		as = append(as, web.ActionItem{LabelKey: "act.change.propose", Href: "/settings/new/propose?key=" + key, Primary: true})
	}
	if m.mayRehearse(v) == nil {
		as = append(as, web.ActionItem{LabelKey: "rehearsal.title", Href: "/settings/rehearsal?key=" + key})
	}
	return m.Show(c, fiber.StatusOK, web.Page{Title: name(l, key), Body: body, Aside: web.Actions(l, as),
		Crumbs: []web.Crumb{{Href: "/settings", Text: l.T("settings.title")}, {Text: key}}})
}

// known lists what there is to know about a setting.
func (m *Settings) known(l web.Lang, s setting.Setting) template.HTML {
	values, by := standing(m.memory.all(), m.now())
	ps := []web.Pair{portal.Pair(l, "settings.key", s.Key), portal.Pair(l, "settings.value", words(l, s.Key, values[s.Key])),
		portal.Pair(l, "settings.default", words(l, s.Key, s.Default)), portal.Pair(l, "settings.range", span(l, s)), portal.Pair(l, "settings.basis", basis(l, s))}
	if c := by[s.Key]; c != nil {
		ps = append(ps, portal.Pair(l, "settings.since", l.Date(*c.EffectiveAt)), web.Pair{Key: "settings.document", Value: web.Link(m.Href(c), c.Document)})
	}
	return web.Summary(l, ps...)
}

// history gives the changes of a setting that the visitor may see, the newest first.
func (m *Settings) history(v portal.Visitor, key string) []*Change {
	m.memory.RLock()
	var out []*Change
	for _, c := range m.memory.known {
		if c.touches(key) {
			out = append(out, c)
		}
	}
	m.memory.RUnlock()
	out = slices.DeleteFunc(out, func(c *Change) bool { return !m.sees(v, c) })
	slices.SortFunc(out, func(a, b *Change) int { return b.OpenedAt.Compare(a.OpenedAt) })
	return out
}
