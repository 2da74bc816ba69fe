package settings

import (
	"html/template"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

func address(key, value string) string {
	return "/settings/rehearsal?key=" + url.QueryEscape(key) + "&value=" + url.QueryEscape(value)
}

func (m *Settings) rehearsalAPI(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.mayRehearse(v); err != nil {
		return err
	}
	r, err := m.Rehearse(c.UserContext(), v, c.Query("key"), c.Query("value"))
	if err != nil {
		return err
	}
	return c.JSON(r)
}

func (m *Settings) rehearsalPage(c *fiber.Ctx) error {
	v := portal.Who(c)
	if err := m.mayRehearse(v); err != nil {
		return err
	}
	l, status, result := v.Lang, fiber.StatusOK, template.HTML("")
	if key := c.Query("key"); key != "" {
		r, err := m.Rehearse(c.UserContext(), v, key, c.Query("value"))
		switch {
		case fault.Is(err, fault.Invalid):
			f := fault.As(err).Fields[0]
			status, result = portal.Status(fault.Invalid), web.Panel(l, web.Warn, "settings.not_allowed", web.Text(l.Args(f.Code, f.Args)))
		case err != nil:
			return err
		default:
			result = m.outcome(v, r)
		}
	}
	options, err := m.options(c.UserContext(), v)
	if err != nil {
		return err
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(web.Filters(l, web.FilterSpec{Action: "/settings/rehearsal", Fields: []web.FilterField{
			{Name: "key", LabelKey: "settings.name", Value: c.Query("key"), Options: options}, {Name: "value", LabelKey: "rehearsal.value", Value: c.Query("value")}}}))
		h.Add(result)
	})
	return m.Show(c, status, web.Page{Title: l.T("rehearsal.title"), Body: body, Lead: portal.Text(l, l.T("rehearsal.lead", "most", MostCases)),
		Crumbs: []web.Crumb{{Href: "/settings", Text: l.T("settings.title")}, {Text: l.T("rehearsal.title")}}})
}

func (m *Settings) outcome(v portal.Visitor, r *Rehearsal) template.HTML {
	l := v.Lang
	s, _ := find(r.Key)
	return portal.In(l, func(h *web.H) {
		h.Add(web.Summary(l, portal.Pair(l, "settings.name", name(l, r.Key)), portal.Pair(l, "settings.value", words(l, r.Key, r.Now)),
			portal.Pair(l, "rehearsal.value", words(l, r.Key, r.Value)), portal.Pair(l, "settings.range", span(l, s))))
		if r.Unfit != "" {
			h.Add(web.Panel(l, web.Warn, "rehearsal.unfit", web.Text(l.Args(r.unfit.Code, r.unfit.Args))))
		}
		if !r.All {
			h.Add(web.Panel(l, web.Warn, "rehearsal.more", web.Translated(l, "rehearsal.more_text", "most", MostCases)))
		}
		h.Add(m.figures(l, r))
		if r.Nothing() {
			h.Raw(`<p class="empty">`)
			h.T("rehearsal.nothing")
			h.Raw(`</p>`)
		}
		h.Add(m.moved(l, r))
		h.Add(m.rated(l, r))
		h.Raw(`<p class="hint">`)
		h.T("settings.cases_keep")
		h.Raw(`</p>`)
	})
}

func (m *Settings) figures(l web.Lang, r *Rehearsal) template.HTML {
	before, after := 0, 0
	for _, d := range r.Moved {
		if d.Late {
			before++
		}
		if d.WillLate {
			after++
		}
	}
	fs := []web.Figure{{Value: strconv.Itoa(r.Looked), LabelKey: "rehearsal.looked"}}
	if len(r.Moved) > 0 {
		fs = append(fs, web.Figure{Value: strconv.Itoa(len(r.Moved)), LabelKey: "rehearsal.moved"},
			web.Figure{Value: strconv.Itoa(before), LabelKey: "rehearsal.late_before"}, web.Figure{Value: strconv.Itoa(after), LabelKey: "rehearsal.late_after", Tone: worse(after > before)})
	}
	if r.Kept > 0 {
		fs = append(fs, web.Figure{Value: strconv.Itoa(r.Kept), LabelKey: "rehearsal.kept"})
	}
	if r.Judged > 0 {
		fs = append(fs, web.Figure{Value: strconv.Itoa(r.Judged), LabelKey: "rehearsal.judged"}, web.Figure{Value: strconv.Itoa(len(r.Rated)), LabelKey: "rehearsal.rated"})
	}
	return web.Figures(l, fs)
}

func worse(is bool) web.Tone {
	if is {
		return web.Bad
	}
	return web.Neutral
}

func (m *Settings) moved(l web.Lang, r *Rehearsal) template.HTML {
	if len(r.Moved) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "rehearsal.moved", Head: []web.Col{{Key: "rehearsal.case"}, {Key: "rehearsal.deadline"}, {Key: "rehearsal.due"}, {Key: "rehearsal.new_due"}, {Key: "rehearsal.effect"}}}
	for _, d := range r.Moved {
		what := web.Cell{HTML: web.Translated(l, "rehearsal.hidden"), Href: d.Href}
		if d.No != "" {
			what.HTML = web.Text(d.No + " " + d.Title)
		}
		effect, tone := "rehearsal.same", web.Neutral
		switch {
		case d.WillLate && !d.Late:
			effect, tone = "rehearsal.becomes_late", web.Bad
		case d.Late && !d.WillLate:
			effect, tone = "rehearsal.no_longer_late", web.Good
		case d.NewDue.Before(d.Due):
			effect, tone = "rehearsal.earlier", web.Warn
		case d.NewDue.After(d.Due):
			effect, tone = "rehearsal.later", web.Info
		}
		t.Rows = append(t.Rows, []web.Cell{what, {HTML: web.Translated(l, "deadline."+d.Name)}, {HTML: web.Text(l.Date(d.Due))}, {HTML: web.Text(l.Date(d.NewDue))}, {HTML: web.Tag(l, tone, effect)}})
	}
	return t.HTML(l)
}

func (m *Settings) rated(l web.Lang, r *Rehearsal) template.HTML {
	if len(r.Rated) == 0 {
		return ""
	}
	t := web.Table{CaptionKey: "rehearsal.rated", Head: []web.Col{{Key: "rehearsal.round"}, {Key: "rehearsal.item"}, {Key: "settings.before"}, {Key: "settings.after"}}}
	for _, x := range r.Rated {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(x.RoundNo), Href: "/rounds/" + x.Round}, {HTML: web.Text(x.Title)},
			{HTML: web.Text(verdict(l, x.Before, x.Warned))}, {HTML: web.Text(verdict(l, x.After, x.Warns))}})
	}
	return t.HTML(l)
}

// verdict says what a result leads to.
func verdict(l web.Lang, grounds []string, warned bool) string {
	switch {
	case len(grounds) > 0:
		return l.T("rehearsal.triggers", "grounds", portal.Choices(l, "round.trigger.", grounds))
	case warned:
		return l.T("rehearsal.warned")
	}
	return l.T("rehearsal.fine")
}
