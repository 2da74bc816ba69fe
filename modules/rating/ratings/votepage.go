package ratings

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// codePage answers GET /vote: where a household types its code.
func (m *Ratings) codePage(c *fiber.Ctx) error {
	if code := c.Query("code"); code != "" {
		if _, _, err := m.find(c.UserContext(), code); err != nil {
			return m.askCode(c, code, err)
		}
		return c.Redirect("/r/"+digits(code), fiber.StatusSeeOther)
	}
	return m.askCode(c, "", nil)
}

func (m *Ratings) askCode(c *fiber.Ctx, typed string, wrong error) error {
	l, status := portal.Who(c).Lang, fiber.StatusOK
	body := portal.In(l, func(h *web.H) {
		if wrong != nil {
			e := fault.As(wrong)
			status = portal.Status(e.Kind)
			h.Add(refusal(l, e))
		}
		h.Raw(`<p class="intro">`)
		h.T("vote.lead")
		h.Raw(`</p>`)
		h.Add(web.Filters(l, web.FilterSpec{Action: "/vote", Fields: []web.FilterField{{Name: "code", LabelKey: "vote.code", Value: typed}}}))
		h.Raw(`<p>`)
		h.T("vote.secret")
		h.Raw(`</p>`)
	})
	return m.Rounds.Show(c, status, web.Page{Title: l.T("vote.title"), Body: body})
}

// refusal shows what is wrong with one field as plainly as a refused act.
func refusal(l web.Lang, e *fault.Error) template.HTML {
	if len(e.Fields) == 0 {
		return web.Refusal(l, e)
	}
	f := e.Fields[0]
	return web.Panel(l, web.Bad, "vote.not_counted", portal.In(l, func(h *web.H) {
		h.Raw(`<p role="alert">`)
		h.Text(l.Args(f.Code, f.Args))
		h.Raw(`</p>`)
		if web.Known(f.Code + ".remedy") {
			h.Raw(`<p>`)
			h.T(f.Code + ".remedy")
			h.Raw(`</p>`)
		}
	}))
}

// votePage answers GET /r/:code. It spends nothing: a phone may load it twice.
// Whoever holds a code that was used learns that it counted, also when the
// round is long over.
func (m *Ratings) votePage(c *fiber.Ctx) error {
	channel := "link"
	if c.Query("via") == "qr" {
		channel = "qr"
	}
	p, err := m.openPaper(c.UserContext(), portal.Who(c), c.Params("code"), channel)
	switch {
	case err != nil && p.box != nil && p.box.spent(p.n):
		return m.counted(c, p)
	case err != nil:
		return m.askCode(c, "", err)
	}
	return m.showPaper(c, p, channel, nil, nil)
}

// counted tells a household that its answer is in, and nobody what it was: that
// is kept nowhere.
func (m *Ratings) counted(c *fiber.Ctx, p paper) error {
	v := portal.Who(c)
	l := v.Lang
	return m.Rounds.Show(c, fiber.StatusOK, web.Page{Title: l.T("vote.title"), Body: portal.In(l, func(h *web.H) {
		h.Add(web.Panel(l, web.Good, "vote.counted", portal.In(l, func(h *web.H) {
			h.Raw(`<p>`)
			h.T("vote.counted_text", "round", p.round.Title)
			h.Raw(`</p><p>`)
			h.T("vote.counted_how")
			h.Raw(`</p>`)
			if m.Rounds.Engine.Sees(c.UserContext(), v.Actor, p.round) {
				h.Add(web.Link(m.Rounds.Href(p.round), l.T("vote.counted_results")))
			}
		})))
	})})
}

// votePost answers POST /r/:code.
func (m *Ratings) votePost(c *fiber.Ctx) error {
	values := web.Values{}
	for k, x := range c.Request().PostArgs().All() {
		if name := string(k); name[0] != '_' {
			values[name] = append(values[name], string(x))
		}
	}
	values["code"] = []string{c.Params("code")}
	x, err := voteType.Form(values)
	if err != nil {
		return m.askCode(c, "", err)
	}
	in := x.(*voteForm)
	v := portal.Who(c)
	if p, err := m.vote(c.UserContext(), v, in); err != nil {
		if e := fault.As(err); p.round != nil && e.Kind == fault.Invalid {
			return m.showPaper(c, p, in.Channel, in, e)
		}
		return m.askCode(c, "", err)
	}
	return c.Redirect("/vote?done=act.round.vote", fiber.StatusSeeOther)
}

// enters tells whether the visitor may enter what came by phone or on paper.
func (m *Ratings) enters(v portal.Visitor, community string) bool {
	return v.SignedIn() && m.Rounds.May(v, "round.enter", lifecycle.Scope{Places: []string{community}}) == nil
}

func (m *Ratings) showPaper(c *fiber.Ctx, p paper, channel string, in *voteForm, wrong *fault.Error) error {
	v := portal.Who(c)
	l, status := v.Lang, fiber.StatusOK
	if wrong != nil {
		status = portal.Status(wrong.Kind)
	}
	body := portal.In(l, func(h *web.H) {
		if wrong != nil {
			h.Add(refusal(l, wrong))
		}
		h.Raw(`<p class="intro">`)
		h.T("vote.intro", "until", l.Day(p.round.Closes))
		h.Raw(`</p><form class="form vote" method="post" action="/r/`)
		h.Text(digits(c.Params("code")))
		h.Raw(`"><input type="hidden" name="_csrf" value="`)
		h.Text(m.Rounds.CSRF(v))
		h.Raw(`">`)
		if m.enters(v, p.box.Community) {
			radios(h, l.T("vote.channel"), "channel", "phone", []web.Option{{Value: "phone", Text: l.T("vote.channel.phone")}, {Value: "paper", Text: l.T("vote.channel.paper")}})
		} else {
			h.Raw(`<input type="hidden" name="channel" value="`)
			h.Text(channel)
			h.Raw(`">`)
		}
		options := append(grades(l, p.round.Settings), web.Option{Text: l.T("vote.do_not_know")})
		for n, i := range p.items {
			name := "answers." + strconv.Itoa(n)
			h.Raw(`<input type="hidden" name="`)
			h.Text(name + ".item")
			h.Raw(`" value="`)
			h.Text(i.Item)
			h.Raw(`">`)
			radios(h, i.Title+" · "+m.Rounds.Names.Department(l, i.Department), name+".grade", in.given(i.Item), options)
		}
		h.Raw(`<div class="buttons">`)
		h.Add(web.Button(l, web.ButtonSpec{LabelKey: "act.round.vote", Primary: true}))
		h.Raw(`</div><p>`)
		h.T("vote.secret")
		h.Raw(`</p></form>`)
	})
	return m.Rounds.Show(c, status, web.Page{Title: l.T("vote.of", "title", p.round.Title, "community", m.Rounds.Names.Place(l, p.box.Community)), Body: body, Invalid: wrong != nil})
}

// given is the grade that an answer gave an item.
func (in *voteForm) given(item string) string {
	if in == nil {
		return ""
	}
	i := slices.IndexFunc(in.Answers, func(a answerRow) bool { return a.Item == item })
	if i < 0 {
		return ""
	}
	return in.Answers[i].Grade
}

func radios(h *web.H, legend, name, chosen string, options []web.Option) {
	h.Raw(`<fieldset class="field"><legend>`)
	h.Text(legend)
	h.Raw(`</legend><div class="ticks">`)
	for i, o := range options {
		id := name + "-" + strconv.Itoa(i)
		h.Raw(`<div class="tick"><input type="radio" id="`)
		h.Text(id)
		h.Raw(`" name="`)
		h.Text(name)
		h.Raw(`" value="`)
		h.Text(o.Value)
		h.Raw(`"`)
		if o.Value == chosen {
			h.Raw(` checked`)
		}
		h.Raw(`><label for="`)
		h.Text(id)
		h.Raw(`">`)
		h.Text(o.Text)
		h.Raw(`</label></div>`)
	}
	h.Raw(`</div></fieldset>`)
}
