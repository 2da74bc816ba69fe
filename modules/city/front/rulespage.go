package front

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/web"
)

// rules answers GET /rules: every rule, where it is enforced and what proves it.
func (f *Front) rules(c *fiber.Ctx) error {
	v := portal.Who(c)
	all := newBook(f.portal.Policy.Set(), f.portal.Resources(), proofs).inOrder()
	for _, r := range all {
		r.Text = v.Lang.T("rule." + r.Rule)
	}
	if portal.IsAPI(c) {
		return c.JSON(portal.ListOf[*Rule]{Items: all})
	}
	words := vocabulary{v.Lang, map[string]string{}}
	for _, d := range f.portal.Resources() {
		words.plural[d.Noun()] = d.Plural()
	}
	body := portal.In(v.Lang, func(h *web.H) {
		for _, r := range all {
			h.Add(words.rule(r))
		}
	})
	return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("rules.title"), Lead: portal.Text(v.Lang, v.Lang.T("rules.lead")), Body: body})
}

// vocabulary words acts: an act alone ("Confirm") does not say of what.
type vocabulary struct {
	web.Lang
	plural map[string]string // by noun
}

func (w vocabulary) act(act string) string {
	noun, verb, _ := strings.Cut(act, ".")
	word := verb
	for _, key := range []string{"act." + act, "rules.act_" + verb} {
		if web.Known(key) {
			word = w.T(key)
			break
		}
	}
	if of := w.plural[noun]; of != "" {
		return w.T(of+".title") + " · " + word
	}
	return word
}

func (w vocabulary) rule(r *Rule) htmlOf {
	return portal.In(w.Lang, func(h *web.H) {
		h.Raw(`<section class="section" id="`)
		h.Text(r.Rule)
		h.Raw(`"><h2>`)
		h.Text(r.Rule)
		h.Raw(`</h2><p>`)
		h.Text(r.Text)
		h.Raw(`</p><p class="hint">`)
		if len(r.Lines)+len(r.Acts)+len(r.Deadlines) == 0 {
			h.T("rules.nothing", "tests", len(r.Tests))
		} else {
			h.T("rules.count", "lines", len(r.Lines), "acts", len(r.Acts), "deadlines", len(r.Deadlines), "tests", len(r.Tests))
		}
		h.Raw(`</p>`)
		if len(r.Lines) > 0 {
			h.Add(web.Details(w.Lang, "rules.lines", w.lines(r)))
		}
		if len(r.Acts)+len(r.Deadlines) > 0 {
			h.Add(web.Details(w.Lang, "rules.acts", w.acts(r)))
		}
		if len(r.Tests) > 0 {
			h.Add(web.Details(w.Lang, "rules.tests", w.tests(r)))
		}
		h.Raw(`</section>`)
	})
}

func (w vocabulary) lines(r *Rule) htmlOf {
	t := web.Table{Head: []web.Col{{Key: "rules.line"}, {Key: "rules.file"}, {Key: "rules.who"}, {Key: "rules.act"}, {Key: "rules.effect"}}}
	for _, x := range r.Lines {
		acts := make([]string, len(x.Acts))
		for i, a := range x.Acts {
			acts[i] = w.act(a)
		}
		tone := web.Good
		if x.Effect == "deny" {
			tone = web.Bad
		}
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(x.ID)}, {HTML: web.Text(x.File)}, {HTML: web.Translated(w.Lang, "role."+x.Who)},
			{HTML: web.Text(strings.Join(acts, w.T("list.comma")))}, {HTML: web.Tag(w.Lang, tone, "rules."+x.Effect)}})
	}
	return t.HTML(w.Lang)
}

func (w vocabulary) acts(r *Rule) htmlOf {
	t := web.Table{Head: []web.Col{{Key: "rules.act"}, {Key: "rules.deadline"}, {Key: "rules.setting"}}}
	for _, a := range r.Acts {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(w.act(a.Noun + "." + a.Act))}, {}, {}})
	}
	for _, d := range r.Deadlines {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(w.act(d.Noun + "." + d.Act))}, {HTML: web.Translated(w.Lang, "deadline."+d.Deadline)},
			{HTML: web.Translated(w.Lang, "setting."+d.Setting), Href: "/settings?key=" + d.Setting}})
	}
	return t.HTML(w.Lang)
}

func (w vocabulary) tests(r *Rule) htmlOf {
	t := web.Table{Head: []web.Col{{Key: "rules.test"}, {Key: "rules.folder"}}}
	for _, x := range r.Tests {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(x.Test)}, {HTML: web.Text(x.Folder)}})
	}
	return t.HTML(w.Lang)
}
