package catalogue

import (
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// A new city has no lists. The office loads the built-in ones as drafts that
// are open to comment; the conference puts them into force with the number of
// its document. Both are the ordinary acts, one for each entry (R33).

var approvalType = schema.Of[Approval]("entry")

// first offers the next step towards the first lists, as long as there are none.
func (c *Catalogue) first(f *fiber.Ctx, typed web.Values, wrong *fault.Error) (template.HTML, error) {
	v := portal.Who(f)
	l := v.Lang
	waiting, err := c.loaded(f.UserContext())
	if err != nil {
		return "", err
	}
	spec := web.FormSpec{ID: "builtin", Action: "/catalogue/builtin", SubmitKey: "catalogue.load", CSRF: c.house.CSRF(v)}
	text := "catalogue.load_text"
	switch {
	case len(waiting) > 0 && c.house.Holds(v.Actor, "conference"):
		spec.Action, spec.Type, spec.SubmitKey, spec.Values, text = "/catalogue/builtin/publish", approvalType, "catalogue.publish_loaded", typed, "catalogue.publish_text"
		if wrong != nil {
			spec.Errors = wrong.Fields
		}
	case len(waiting) > 0:
		return web.Panel(l, web.Info, "catalogue.waiting", portal.Text(l, l.T("catalogue.waiting_text", "n", len(waiting)))), nil
	case !c.Resource.Engine.MayOpen(v.Actor, "draft"):
		return web.Panel(l, web.Info, "catalogue.none", portal.Text(l, l.T("catalogue.none_text"))), nil
	}
	return web.Panel(l, web.Info, spec.SubmitKey, portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T(text, "n", max(len(waiting), len(seedLines())))
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})), nil
}

// loadBuiltin answers POST /catalogue/builtin.
func (c *Catalogue) loadBuiltin(f *fiber.Ctx) error {
	v := portal.Who(f)
	if e := c.house.May(v, "entry.draft", lifecycle.Anywhere); e != nil {
		return e
	}
	if err := c.load(f.UserContext(), v.Actor, yearOf(c.Resource.Engine.Now())); err != nil {
		return err
	}
	return f.Redirect("/catalogue?done=catalogue.load", fiber.StatusSeeOther)
}

// publishBuiltin answers POST /catalogue/builtin/publish.
func (c *Catalogue) publishBuiltin(f *fiber.Ctx) error {
	v := portal.Who(f)
	if e := c.house.May(v, "entry.publish", lifecycle.Anywhere); e != nil {
		return e
	}
	typed := web.Values{"document": {f.FormValue("document")}, "edition": {f.FormValue("edition")}}
	in, err := approvalType.Form(typed)
	if err == nil {
		err = c.publishLoaded(f.UserContext(), v.Actor, *in.(*Approval))
	}
	if e := fault.As(err); e != nil && len(e.Fields) > 0 {
		return c.showLists(f, portal.Status(e.Kind), typed, e)
	}
	if err != nil {
		return err
	}
	return f.Redirect("/catalogue?done=catalogue.publish_loaded", fiber.StatusSeeOther)
}
