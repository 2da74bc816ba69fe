package front

import (
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

type htmlOf = template.HTML

// lifecycles shows every lifecycle from the table that runs it, with the roles
// from the policy lines that decide it: nothing here is written by hand.
func (f *Front) lifecycles(c *fiber.Ctx) error {
	v := portal.Who(c)
	var plans []portal.Plan
	for _, d := range f.portal.Resources() {
		plans = append(plans, d.Plan())
	}
	if portal.IsAPI(c) {
		return c.JSON(portal.ListOf[portal.Plan]{Items: plans})
	}
	body := portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("lifecycles.lead")
		h.Raw(`</p>`)
		for _, p := range plans {
			h.Add(web.Section(v.Lang, p.Plural+".title", f.plan(v.Lang, p)))
		}
	})
	return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("lifecycles.title"), Body: body})
}

func (f *Front) plan(l web.Lang, p portal.Plan) htmlOf {
	t := web.Table{CaptionKey: p.Plural + ".title", Head: []web.Col{{Key: "lifecycles.act"}, {Key: "lifecycles.from"}, {Key: "lifecycles.to"}, {Key: "lifecycles.who"}, {Key: "lifecycles.rule"}, {Key: "lifecycles.deadline"}}}
	states := func(names []string) string {
		out := make([]string, len(names))
		for i, n := range names {
			out[i] = l.T("state." + p.Noun + "." + n)
		}
		return strings.Join(out, l.T("list.comma"))
	}
	for _, a := range p.Acts {
		var due []string
		for _, s := range a.Timers {
			due = append(due, l.T("deadline."+s.Name)+" ("+l.T("setting."+s.Setting)+")")
		}
		if a.On != "" {
			due = append(due, l.T("lifecycles.on", "deadline", "t:deadline."+a.On))
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(l.T("act." + p.Noun + "." + a.Name))}, {HTML: web.Text(states(a.From))}, {HTML: web.Text(states(a.To))},
			{HTML: web.Text(f.who(l, p.Noun+"."+a.Name))}, {HTML: web.Text(a.Rule)}, {HTML: web.Text(strings.Join(due, "; "))}})
	}
	return t.HTML(l)
}

// who names the roles that some line allows the act.
func (f *Front) who(l web.Lang, act string) string {
	var out []string
	for _, line := range f.portal.Policy.Set().Lines(act) {
		if name := l.T("role." + line.Who); !line.Deny && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return strings.Join(out, l.T("list.comma"))
}
