package catalogue

import (
	"context"
	"html/template"
	"strconv"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

var listTone = map[string]web.Tone{Statutory: web.Good, Assistance: web.Good, Admission: web.Info, Negative: web.Bad, TakenBack: web.Bad}

func (c *Catalogue) dress() {
	d := c.Resource
	d.Columns = []portal.Column[Entry]{
		{Key: "entry.list", Cell: func(v portal.Visitor, e *Entry) template.HTML { return listTag(v.Lang, e.List) }},
		{Key: "entry.edition", Num: true, Cell: func(v portal.Visitor, e *Entry) template.HTML {
			return portal.Text(v.Lang, portal.Count(e.Edition))
		}},
	}
	d.Filters = map[string]string{"list": "list", "code": "code", "category": "category"}
	d.Detail = c.detail
	d.Initial = map[string]func(context.Context, portal.Visitor, *Entry) web.Values{
		"draft":   func(context.Context, portal.Visitor, *Entry) web.Values { return web.Values{"role": {"assist"}} },
		"propose": c.startProposal, "amend": startAmend, "publish": c.startPublish,
	}
}

func listTag(l web.Lang, list string) template.HTML {
	return web.Tag(l, listTone[list], "entry.list."+list)
}

// callOn leads clerks who may call on an entry to the form that cites it.
func (c *Catalogue) callOn(v portal.Visitor, e *Entry) template.HTML {
	if !c.calls(v, e) {
		return ""
	}
	return web.Actions(v.Lang, []web.ActionItem{{LabelKey: "act.item.call_duty", Href: "/items/new/call_duty?entry=" + e.ID, Primary: true}})
}

func (c *Catalogue) startProposal(_ context.Context, v portal.Visitor, _ *Entry) web.Values {
	vs := web.Values{"list": {Assistance}, "role": {"assist"}}
	if own := c.house.OwnDepartments(v, "dept_clerk"); len(own) > 0 {
		vs["department"] = []string{own[0].Value}
	}
	return vs
}

func startAmend(_ context.Context, _ portal.Visitor, e *Entry) web.Values {
	vs := web.Values{"list": {e.List}, "code": {e.Code}, "title": {e.Title}, "title_hant": {e.TitleHant}, "title_en": {e.TitleEn},
		"keywords": {e.Keywords}, "basis": {e.Basis}, "basis_no": {e.BasisNo}, "category": {e.Category}, "department": {e.Department},
		"role": {e.Role}, "usual_months": e.Months, "valid_from": {string(e.ValidFrom)}, "valid_until": {string(e.ValidUntil)}, "replaces": {e.Replaces}}
	if e.Unverified {
		vs["unverified"] = []string{"true"}
	}
	return vs
}

func (c *Catalogue) startPublish(context.Context, portal.Visitor, *Entry) web.Values {
	return web.Values{"edition": {strconv.Itoa(yearOf(c.Resource.Engine.Now()))}}
}

// detail says what the list means, then what the entry says.
func (c *Catalogue) detail(_ context.Context, v portal.Visitor, e *Entry) (template.HTML, error) {
	l, call := v.Lang, template.HTML("")
	if e.inForce(c.Resource.Engine.Now()) {
		call = c.callOn(v, e)
	}
	return web.Join(
		web.Panel(l, listTone[e.List], "entry.list."+e.List, portal.Text(l, portal.Rule(l, ruleOf[e.List]))), call,
		web.Section(l, "entry.what", web.Summary(l, portal.Filled(
			portal.Pair(l, "entry.code", e.Code),
			portal.Pair(l, "entry.title", e.Name(l)),
			web.Pair{Key: "entry.basis", Value: basis(l, e)},
			portal.Pair(l, "entry.category", portal.Choice(l, "entry.category.", e.Category)),
			portal.Pair(l, "entry.department", c.department(l, e)),
			portal.Pair(l, "entry.role", portal.Choice(l, "entry.role.", e.Role)),
			portal.Pair(l, "entry.usual_months", months(l, e.Months)),
			portal.Pair(l, "entry.keywords", e.Keywords),
		)...)),
		web.Section(l, "entry.when", web.Summary(l, portal.Filled(
			portal.Pair(l, "entry.valid_from", portal.Day(l, e.ValidFrom)),
			portal.Pair(l, "entry.valid_until", portal.Day(l, e.ValidUntil)),
			portal.Pair(l, "entry.comment_until", portal.Day(l, e.CommentUntil)),
			web.Pair{Key: "entry.edition", Value: editionLink(e.Edition)},
			portal.Pair(l, "entry.document", e.Document),
			web.Pair{Key: "entry.replaces", Value: c.link(l, e.Replaces)},
			web.Pair{Key: "entry.successor", Value: c.link(l, e.Successor)},
			portal.Pair(l, "entry.end_document", e.EndDocument),
		)...)),
	), nil
}

func basis(l web.Lang, e *Entry) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Text(e.Basis)
		if e.BasisNo != "" {
			h.Text(" " + e.BasisNo)
		}
		if e.Unverified {
			h.Text(" ")
			h.Add(web.Tag(l, web.Warn, "entry.unverified.tag"))
		}
	})
}

func (c *Catalogue) department(l web.Lang, e *Entry) string {
	if e.Department == "" {
		return ""
	}
	return c.house.Names.Department(l, e.Department)
}

func months(l web.Lang, ms []string) string {
	if len(ms) == 12 {
		return l.T("entry.all_year")
	}
	return portal.Choices(l, "entry.usual_months.", ms)
}

func (c *Catalogue) link(l web.Lang, id string) template.HTML {
	if x, ok := c.index.get(id); ok {
		return web.Link("/catalogue/"+id, x.Cite(l))
	}
	return ""
}

func editionLink(year int64) template.HTML {
	if year == 0 {
		return ""
	}
	y := strconv.FormatInt(year, 10)
	return web.Link("/catalogue/editions/"+y, y)
}

// acts offers what opens an entry to those who may.
func (c *Catalogue) acts(v portal.Visitor) template.HTML {
	var as []web.ActionItem
	for _, act := range []string{"draft", "propose"} {
		if c.Resource.Engine.MayOpen(v.Actor, act) {
			as = append(as, web.ActionItem{LabelKey: "act.entry." + act, Href: "/catalogue/new/" + act, Primary: len(as) == 0})
		}
	}
	if c.house.Holds(v.Actor, "office_staff", "conference", "auditor") || len(c.house.OwnDepartments(v, "dept_clerk")) > 0 {
		as = append(as, web.ActionItem{LabelKey: "catalogue.drafts", Href: "/catalogue?state=draft"})
	}
	as = append(as, web.ActionItem{LabelKey: "catalogue.comments", Href: "/catalogue?state=comment"},
		web.ActionItem{LabelKey: "catalogue.edition", Href: "/catalogue/editions/" + strconv.Itoa(yearOf(c.Resource.Engine.Now()))})
	return web.Actions(v.Lang, as)
}

// byList draws the given entries, one table for each list.
func (c *Catalogue) byList(l web.Lang, es []*Entry, note func(*Entry) template.HTML) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, list := range Lists {
			open := false
			t := web.Table{Head: []web.Col{{Key: "entry.code"}, {Key: "entry.title"}, {Key: "entry.basis"}, {Key: "entry.usual_months"}}}
			for _, e := range es {
				if e.List != list {
					continue
				}
				title := portal.In(l, func(h *web.H) { h.Text(e.Name(l)); h.Add(note(e)) })
				t.Rows = append(t.Rows, []web.Cell{{HTML: portal.Text(l, e.Code), Href: c.Resource.Href(e)}, {HTML: title},
					{HTML: starred(l, e)}, {HTML: portal.Text(l, months(l, e.Months))}})
				open = open || e.Unverified
			}
			if len(t.Rows) > 0 {
				h.Add(web.Section(l, "entry.list."+list, web.Join(rule(l, list, open), t.HTML(l))))
			}
		}
	})
}

// starred marks a basis to be verified; the note under the list's rule says so.
func starred(l web.Lang, e *Entry) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Text(e.Basis)
		if e.BasisNo != "" {
			h.Text(" " + e.BasisNo)
		}
		if e.Unverified {
			h.Text(" *")
		}
	})
}

func rule(l web.Lang, list string, starred bool) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.Text(portal.Rule(l, ruleOf[list]))
		if starred {
			h.Raw(`<br>`)
			h.T("entry.unverified.star")
		}
		h.Raw(`</p>`)
	})
}
