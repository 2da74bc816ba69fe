package dispatch

import (
	"html/template"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

// Answer is what the rules say about a category in a community now.
type Answer struct {
	Category  string `json:"category"`
	Community string `json:"community"`
	Unit      string `json:"unit,omitempty"`
	Rule      string `json:"rule,omitempty"` // its number
	RuleID    string `json:"rule_id,omitempty"`
	Reason    string `json:"reason,omitempty"`
}

// ask reads ?category= and ?community=; both are public, and so is the answer.
func (m *Dispatch) ask(c *fiber.Ctx, at time.Time) (*Answer, error) {
	a := &Answer{Category: c.Query("category"), Community: c.Query("community")}
	f := fault.New(fault.Invalid, "invalid")
	switch _, ok := portal.CategoryOf(a.Category); {
	case a.Category == "":
		f.Wrong("category", "schema.required")
	case !ok:
		f.Wrong("category", "schema.not_an_option")
	}
	switch {
	case a.Community == "":
		f.Wrong("community", "schema.required")
	case !m.Names.Known("place", a.Community):
		f.Wrong("community", "schema.not_an_option")
	}
	if len(f.Fields) > 0 {
		return a, f
	}
	if x := m.memory.narrowest(a.Category, m.Places.Chain(a.Community), at, nil); x != nil {
		a.Unit, a.Rule, a.RuleID, a.Reason = x.unit, x.no, x.id, x.reason
	}
	return a, nil
}

func (m *Dispatch) lookupAPI(c *fiber.Ctx) error {
	a, err := m.ask(c, m.Engine.Now())
	if err != nil {
		return err
	}
	return c.JSON(a)
}

func (m *Dispatch) lookupPage(c *fiber.Ctx) error {
	v := portal.Who(c)
	l, status, result := v.Lang, fiber.StatusOK, template.HTML("")
	if c.Query("category") != "" || c.Query("community") != "" {
		a, err := m.ask(c, m.Engine.Now())
		if err != nil {
			f := fault.As(err).Fields[0]
			status = portal.Status(fault.Invalid)
			result = web.Panel(l, web.Warn, "dispatch_rule."+f.Name, web.Text(l.Args(f.Code, f.Args)))
		} else {
			result = m.answer(l, a)
		}
	}
	os, err := m.Options(c.UserContext(), v, "communities")
	if err != nil {
		return err
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(web.Filters(l, web.FilterSpec{Action: "/dispatch_rules/lookup", Fields: []web.FilterField{
			{Name: "category", LabelKey: "dispatch_rule.category", Value: c.Query("category"), Options: categories(l)},
			{Name: "community", LabelKey: "case.community", Value: c.Query("community"), Options: os["communities"]}}}))
		h.Add(result)
	})
	return m.Show(c, status, web.Page{Title: l.T("dispatch_rule.lookup"), Lead: portal.Text(l, l.T("dispatch_rule.lookup_lead")), Body: body,
		Crumbs: []web.Crumb{{Href: "/dispatch_rules", Text: l.T("dispatch_rules.title")}, {Text: l.T("dispatch_rule.lookup")}}, Invalid: status != fiber.StatusOK})
}

func (m *Dispatch) answer(l web.Lang, a *Answer) template.HTML {
	if a.Unit == "" {
		return web.Panel(l, web.Warn, "dispatch_rule.no_unit", web.Translated(l, "dispatch_rule.no_unit_text"))
	}
	return web.Panel(l, web.Good, "dispatch_rule.unit", web.Summary(l, portal.Filled(portal.Pair(l, "dispatch_rule.unit", m.unit(l, a.Unit)),
		web.Pair{Key: "dispatch_rule.by_rule", Value: web.Link("/dispatch_rules/"+a.RuleID, a.Rule)}, portal.Pair(l, "dispatch_rule.reason", a.Reason))...))
}
