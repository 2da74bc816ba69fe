package settings

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/calendar"
	"gatehouse/server/schema"
	"gatehouse/server/setting"
	"gatehouse/web"
)

// values shows before and after; before is what holds now until it is confirmed.
func (m *Settings) values(_ context.Context, v portal.Visitor, c *Change) (template.HTML, error) {
	l := v.Lang
	before := m.Values(m.now())
	for _, p := range c.Was {
		before[p.Key] = p.Value
	}
	t := web.Table{CaptionKey: "settings.change", Head: []web.Col{{Key: "settings.name"}, {Key: "settings.before"}, {Key: "settings.after"}, {Key: "settings.default"}, {Key: "settings.range"}}}
	rehearse := m.mayRehearse(v) == nil && !c.counts()
	if rehearse {
		t.Head = append(t.Head, web.Col{Key: "rehearsal.title"})
	}
	for _, p := range c.pairs() {
		s, ok := find(p.Key)
		if !ok {
			continue
		}
		row := []web.Cell{{HTML: web.Text(name(l, p.Key)), Href: "/settings?key=" + p.Key}, {HTML: web.Text(words(l, p.Key, before[p.Key]))},
			{HTML: web.Text(words(l, p.Key, p.Value))}, {HTML: web.Text(words(l, p.Key, s.Default))}, {HTML: web.Text(span(l, s))}}
		if rehearse {
			row = append(row, web.Cell{HTML: web.Translated(l, "rehearsal.run"), Href: address(p.Key, p.Value)})
		}
		t.Rows = append(t.Rows, row)
	}
	return portal.In(l, func(h *web.H) {
		h.Add(t.HTML(l))
		h.Raw(`<p class="hint">`)
		h.T("settings.cases_keep")
		h.Raw(`</p>`)
	}), nil
}

// tomorrow is the first day that a change can be announced for.
func (m *Settings) tomorrow(context.Context, portal.Visitor, *Change) web.Values {
	return web.Values{"effective_from": {string(schema.DateOf(m.now().AddDate(0, 0, 1), calendar.City))}}
}

// ranges stand under the form: what is known of the chosen setting, filled in
// while one chooses, and the options of those that have some.
func (m *Settings) ranges(_ context.Context, v portal.Visitor, _ *Change) (template.HTML, error) {
	l := v.Lang
	t := web.Table{CaptionKey: "settings.range", Head: []web.Col{{Key: "settings.name"}, {Key: "settings.value"}, {Key: "settings.range"}}}
	values := m.Values(m.now())
	for _, s := range setting.All() {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(name(l, s.Key))}, {HTML: web.Text(words(l, s.Key, values[s.Key]))}, {HTML: web.Text(span(l, s))}})
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="about" aria-live="polite"></div>`)
		h.Add(web.Details(l, "settings.all", t.HTML(l)))
	}), nil
}

// about answers what check.js asks while somebody chooses a setting.
func (m *Settings) about(c *fiber.Ctx) error {
	c.Type("html", "utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	s, ok := find(c.Query("key"))
	if !ok {
		return c.SendString("")
	}
	l := portal.Who(c).Lang
	out := m.known(l, s)
	if value := option(s.Key, c.Query("value")); value != "" {
		if f := wrong(s.Key, value); f != nil {
			out = web.Join(out, web.Panel(l, web.Warn, "settings.not_allowed", web.Text(l.Args(f.Code, f.Args))))
		}
	}
	return c.SendString(string(out))
}
