package catalogue

import (
	"context"
	"html/template"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/web"
)

var verdictTone = map[string]web.Tone{Never: web.Bad, MustAssist: web.Good, Routine: web.Good, NeedsAdmission: web.Warn, Unclear: web.Info}

// question is what a request asks the checker.
type question struct {
	title      string
	kinds      []string
	department string
	applying   bool // it is asked from an application's form
}

func ask(f *fiber.Ctx) (question, error) {
	q := question{title: strings.TrimSpace(f.Query("title")), department: f.Query("department"), applying: f.Query("applying") != ""}
	for _, b := range f.Context().QueryArgs().PeekMulti("kinds") {
		for _, k := range strings.Split(string(b), ",") {
			if k != "" && !slices.Contains(Kinds, k) {
				return q, fault.InvalidField("kinds", "schema.not_an_option")
			}
			if k != "" && !slices.Contains(q.kinds, k) {
				q.kinds = append(q.kinds, k)
			}
		}
	}
	if !utf8.ValidString(q.title) {
		return q, fault.InvalidField("title", "schema.bad_text")
	}
	if utf8.RuneCountInString(q.title) > MaxTitle {
		return q, fault.InvalidField("title", "schema.too_long", "max", MaxTitle)
	}
	return q, nil
}

func (c *Catalogue) answer(q question) Verdict {
	return c.Check(q.title, q.kinds, q.department, c.Resource.Engine.Now())
}

// Checked is a verdict in words, for programs.
type Checked struct {
	Verdict  string         `json:"verdict"`
	Rule     string         `json:"rule"`
	RuleText string         `json:"rule_text"`
	Sentence string         `json:"sentence"`
	Entry    string         `json:"entry,omitempty"` // that it cites
	Matches  []Similar      `json:"matches"`
	Standing []portal.Found `json:"standing"` // what is under way by that title already
}

// Similar is an entry that a title resembles.
type Similar struct {
	ID    string `json:"id"`
	No    string `json:"no"`
	List  string `json:"list"`
	Code  string `json:"code"`
	Title string `json:"title"`
	Basis string `json:"basis"`
	Score int    `json:"score"`
	Href  string `json:"href"`
}

func (c *Catalogue) checkAPI(f *fiber.Ctx) error {
	q, err := ask(f)
	if err == nil && q.title == "" {
		err = fault.InvalidField("title", "schema.required")
	}
	if err != nil {
		return err
	}
	standing, err := c.alike(f, q)
	if err != nil {
		return err
	}
	l, v := portal.Who(f).Lang, c.answer(q)
	out := Checked{Verdict: v.Verdict, Rule: v.Rule, RuleText: l.T("rule." + v.Rule), Sentence: v.Sentence(l), Matches: make([]Similar, len(v.Matches)), Standing: append([]portal.Found{}, standing...)}
	for i, m := range v.Matches {
		e := m.Entry
		out.Matches[i] = Similar{m.ID, e.No, e.List, e.Code, e.Name(l), e.Basis, m.Score, "/api/v1" + c.Resource.Href(e)}
	}
	if v.Cited != nil {
		out.Entry = v.Cited.ID
	}
	return f.JSON(out)
}

// checkFragment answers what check.js asks while somebody types: the box alone.
func (c *Catalogue) checkFragment(f *fiber.Ctx) error {
	q, err := ask(f)
	v := portal.Who(f)
	f.Type("html", "utf-8")
	f.Set(fiber.HeaderCacheControl, "no-store")
	switch {
	case err != nil:
		return f.SendString(string(wrongTitle(v.Lang, fault.As(err))))
	case utf8.RuneCountInString(q.title) < 2:
		return f.SendString("")
	}
	standing, err := c.alike(f, q)
	if err != nil {
		return err
	}
	return f.SendString(string(c.box(v, q, standing)))
}

func (c *Catalogue) checkPage(f *fiber.Ctx) error {
	q, err := ask(f)
	v := portal.Who(f)
	l := v.Lang
	status, result := fiber.StatusOK, template.HTML("")
	switch {
	case err != nil:
		status, result = portal.Status(fault.As(err).Kind), wrongTitle(l, fault.As(err))
	case q.title != "":
		standing, err := c.alike(f, q)
		if err != nil {
			return err
		}
		result = c.box(v, q, standing)
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(checkForm(l, q, true))
		h.Raw(`<div id="check-answer" aria-live="polite">`)
		h.Add(result)
		h.Raw(`</div>`)
		h.Add(web.Details(l, "check.how", meanings(l)))
	})
	return c.house.Show(f, status, web.Page{Title: l.T("check.title"), Lead: portal.Text(l, l.T("check.lead")), Body: body, Invalid: err != nil})
}

// checkForm works without scripts; with them the answer comes while typing.
func checkForm(l web.Lang, q question, kinds bool) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<form class="form" method="get" action="/check"><div class="field"><label for="check-title">`)
		h.T("check.what")
		h.Raw(`</label><p class="hint" id="check-title-hint">`)
		h.T("check.what.hint")
		h.Raw(`</p><input type="text" id="check-title" name="title" autocomplete="off" aria-describedby="check-title-hint" data-check-url="/check/fragment" data-check-target="#check-answer" value="`)
		h.Text(q.title)
		h.Raw(`"></div><div class="buttons"><button class="button">`)
		h.T("check.submit")
		h.Raw(`</button></div>`)
		if kinds {
			h.Add(kindTicks(l, q.kinds))
		}
		h.Raw(`</form>`)
	})
}

// kindTicks stay folded until one is ticked, so that on a phone the answer
// stands close to the question.
func kindTicks(l web.Lang, on []string) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<details class="more"`)
		if len(on) > 0 {
			h.Raw(` open`)
		}
		h.Raw(`><summary>`)
		h.T("check.kinds")
		h.Raw(`</summary><div class="more-body"><fieldset class="field"><legend class="hidden">`)
		h.T("check.kinds")
		h.Raw(`</legend><div class="ticks ticks-many">`)
		for _, k := range Kinds {
			kindTick(h, k, slices.Contains(on, k))
		}
		h.Raw(`</div></fieldset></div></details>`)
	})
}

func kindTick(h *web.H, kind string, on bool) {
	h.Raw(`<div class="tick"><input type="checkbox" name="kinds" id="check-kind-`)
	h.Text(kind)
	h.Raw(`" value="`)
	h.Text(kind)
	h.Raw(`"`)
	if on {
		h.Raw(` checked`)
	}
	h.Raw(`><label for="check-kind-`)
	h.Text(kind)
	h.Raw(`">`)
	h.T("check.kind." + kind)
	h.Raw(`</label></div>`)
}

// box is the verdict: the word in its colour, the sentence, the rule, the
// cited entry and what else is similar.
func (c *Catalogue) box(v portal.Visitor, q question, standing []portal.Found) template.HTML {
	l, a := v.Lang, c.answer(q)
	return portal.In(l, func(h *web.H) {
		h.Raw(`<section class="panel panel-`)
		h.Text(string(verdictTone[a.Verdict]))
		h.Raw(` notice-`)
		h.Text(string(verdictTone[a.Verdict]))
		h.Raw(`"><h2>`)
		h.Add(web.Tag(l, verdictTone[a.Verdict], "check.verdict."+a.Verdict))
		h.Raw(`</h2><p><strong>`)
		h.Text(a.Sentence(l))
		h.Raw(`</strong></p><p class="hint">`)
		h.Text(portal.Rule(l, a.Rule))
		h.Raw(`</p>`)
		if a.Cited != nil {
			h.Add(c.cited(l, a.Cited))
		}
		h.Add(c.similar(l, a))
		h.Add(alike(l, standing))
		if a.Verdict == MustAssist || a.Verdict == Routine {
			h.Add(c.callOn(v, a.Cited.Entry))
		}
		if (a.Verdict == NeedsAdmission || a.Verdict == Unclear) && !q.applying && len(c.house.OwnDepartments(v, "dept_clerk")) > 0 {
			h.Raw(`<p>`)
			h.Add(web.Button(l, web.ButtonSpec{LabelKey: "check.apply", Href: "/applications/new?title=" + url.QueryEscape(q.title)}))
			h.Raw(`</p>`)
		}
		h.Raw(`</section>`)
	})
}

func (c *Catalogue) cited(l web.Lang, m *Match) template.HTML {
	e := m.Entry
	return web.Summary(l, portal.Filled(
		web.Pair{Key: "check.entry", Value: web.Join(listTag(l, e.List), portal.Text(l, " "), web.Link(c.Resource.Href(e), e.Cite(l)))},
		web.Pair{Key: "entry.basis", Value: basis(l, e)},
		portal.Pair(l, "entry.document", e.Document))...)
}

func (c *Catalogue) similar(l web.Lang, v Verdict) template.HTML {
	var rest []Match
	for _, m := range v.Matches {
		if v.Cited == nil || m.ID != v.Cited.ID {
			rest = append(rest, m)
		}
	}
	if len(rest) == 0 {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<h3>`)
		h.T("check.similar")
		h.Raw(`</h3><ul>`)
		for _, m := range rest {
			h.Raw(`<li>`)
			h.Add(listTag(l, m.Entry.List))
			h.Text(" ")
			h.Add(web.Link(c.Resource.Href(m.Entry), m.Entry.Cite(l)))
			h.Raw(` <small>`)
			h.T("check.score", "n", m.Score)
			h.Raw(`</small></li>`)
		}
		h.Raw(`</ul>`)
	})
}

// alike finds what is under way by that title already.
func (c *Catalogue) alike(f *fiber.Ctx, q question) ([]portal.Found, error) {
	if c.asks.Alike == nil || utf8.RuneCountInString(q.title) < shortestAlike {
		return nil, nil
	}
	return c.asks.Alike(f.UserContext(), portal.Who(f), q.title)
}

// shortestAlike is the shortest title that is worth comparing.
const shortestAlike = 4

func alike(l web.Lang, found []portal.Found) template.HTML {
	if len(found) == 0 {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<h3>`)
		h.T("check.standing")
		h.Raw(`</h3><ul>`)
		for _, x := range found {
			h.Raw(`<li>`)
			h.Add(x.Tag)
			h.Text(" ")
			h.Add(web.Link(x.Href, x.No+" "+x.Title))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})
}

func wrongTitle(l web.Lang, e *fault.Error) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, x := range e.Fields {
			h.Raw(`<p class="error">`)
			h.Text(l.Args(x.Code, x.Args))
			h.Raw(`</p>`)
		}
	})
}

// meanings explains the five verdicts with their rules.
func meanings(l web.Lang) template.HTML {
	return portal.In(l, func(h *web.H) {
		for _, x := range []struct {
			verdict string
			rules   []string
		}{{Never, []string{"R21", "R142"}}, {MustAssist, []string{"R2"}}, {Routine, []string{"R20"}}, {NeedsAdmission, []string{"R3"}}, {Unclear, nil}} {
			h.Raw(`<p>`)
			h.Add(web.Tag(l, verdictTone[x.verdict], "check.verdict."+x.verdict))
			h.Raw(`<br>`)
			if x.rules == nil {
				h.T("check.sentence.unclear")
			}
			for i, r := range x.rules {
				if i > 0 {
					h.Raw(`<br>`)
				}
				h.Text(portal.Rule(l, r))
			}
			h.Raw(`</p>`)
		}
	})
}

// home puts the question onto the start page.
func (c *Catalogue) home(_ context.Context, v portal.Visitor) (template.HTML, error) {
	return web.Section(v.Lang, "check.title", portal.In(v.Lang, func(h *web.H) {
		h.Add(checkForm(v.Lang, question{}, false))
		h.Raw(`<div id="check-answer" aria-live="polite"></div>`)
	})), nil
}
