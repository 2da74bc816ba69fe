package orders

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// publicInput is what a resident is asked: words are enough, everything else helps.
type publicInput struct {
	Words        string        `json:"words" form:"longtext,required,max=4000"`
	Place        string        `json:"place" form:"text,max=200"`
	Community    string        `json:"community" form:"choice,from=communities"`
	Phone        string        `json:"phone" form:"text,max=20"`
	Name         string        `json:"name" form:"text,max=40"`
	Needs        []string      `json:"needs" form:"choices,of=cantonese dialect english sight hearing elder"`
	Confidential bool          `json:"confidential" form:"check"`
	Files        []schema.File `json:"files,omitempty" form:"files,max=4"`
}

var publicType = schema.Of[publicInput]("order")

// publicForm answers GET /hotline: anybody may ask, without account (R51).
func (m *Orders) publicForm(c *fiber.Ctx) error {
	return m.showPublic(c, fiber.StatusOK, web.Values{}, nil)
}

// filePublicly files what a resident writes; what cannot be taken comes back with
// everything that was typed.
func (m *Orders) filePublicly(c *fiber.Ctx) error {
	row, _ := m.Engine.Table.Act("file")
	v := portal.Who(c)
	in, err := m.Read(c, row.Do.Input)
	if err == nil {
		var x *Order
		if x, _, err = m.open(c.UserContext(), v.Actor, "file", in, FileOpts{Key: c.FormValue("_key"), From: c.IP()}); err == nil {
			return m.thanks(c, v, x)
		}
	}
	e := fault.As(err)
	if e.Kind == fault.Internal {
		return err
	}
	values := web.Values{}
	for _, f := range publicType.Fields {
		if f.Kind == schema.Files {
			continue
		}
		values[f.Name] = append(values[f.Name], posted(c, f.Name)...)
	}
	values["category"] = posted(c, "category")
	return m.showPublic(c, portal.Status(e.Kind), values, e)
}

// posted gives what was typed in a field.
func posted(c *fiber.Ctx, name string) []string {
	if form, err := c.MultipartForm(); err == nil {
		return form.Value[name]
	}
	var out []string
	for _, b := range c.Request().PostArgs().PeekMulti(name) {
		out = append(out, string(b))
	}
	return out
}

func (m *Orders) showPublic(c *fiber.Ctx, status int, values web.Values, wrong *fault.Error) error {
	v := portal.Who(c)
	l := v.Lang
	communities, err := m.Options(c.UserContext(), v, "communities")
	if err != nil {
		return err
	}
	spec := web.FormSpec{ID: "hotline", Action: "/orders/new/file", Type: publicType, Values: values, SubmitKey: "hotline.send", CSRF: m.CSRF(v), OpKey: portal.NewKey(),
		Options: communities, Accept: files.Accept, Extra: pick(l, values)}
	if wrong != nil {
		spec.Errors = wrong.Fields
	}
	body := portal.In(l, func(h *web.H) {
		if wrong != nil && len(wrong.Fields) == 0 {
			h.Add(web.Refusal(l, wrong))
		}
		h.Add(web.Panel(l, web.Bad, "hotline.danger", portal.Text(l, l.T("hotline.danger_text"))))
		h.Raw(`<p class="intro">`)
		h.T("hotline.lead")
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
		h.Add(web.Details(l, "hotline.who_sees", portal.In(l, func(h *web.H) {
			h.Raw(`<ul>`)
			for _, k := range []string{"hotline.sees_words", "hotline.sees_phone", "hotline.sees_name", "hotline.sees_public", "hotline.sees_forgotten"} {
				h.Raw(`<li>`)
				h.T(k, "n", m.Settings().Int("privacy.contact_days"))
				h.Raw(`</li>`)
			}
			h.Raw(`</ul>`)
		})))
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "track.title", Href: "/track"}, {LabelKey: "order.counts", Href: "/hotline/counts"}}))
	})
	return m.Show(c, status, web.Page{Title: l.T("hotline.title"), Body: body, Invalid: wrong != nil})
}

// pick lets a resident say what it is about, by plain choices, or not at all.
func pick(l web.Lang, values web.Values) template.HTML {
	chosen := ""
	if vs := values["category"]; len(vs) > 0 {
		chosen = vs[0]
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<fieldset class="field"><legend>`)
		h.T("hotline.about")
		h.Raw(`</legend><p class="hint">`)
		h.T("hotline.about_hint")
		h.Raw(`</p>`)
		tick(h, "", l.T("hotline.about_none"), chosen)
		group := ""
		for _, c := range portal.Categories {
			if c.Group != group {
				if group != "" {
					h.Raw(`</div></details>`)
				}
				group = c.Group
				h.Raw(`<details class="fold"`)
				if x, ok := portal.CategoryOf(chosen); ok && x.Group == group {
					h.Raw(` open`)
				}
				h.Raw(`><summary>`)
				h.T("category_group." + group)
				h.Raw(`</summary><div class="ticks">`)
			}
			tick(h, c.Code, l.T("category."+c.Code), chosen)
		}
		h.Raw(`</div></details></fieldset>`)
	})
}

func tick(h *web.H, code, text, chosen string) {
	h.Raw(`<div class="tick"><input type="radio" name="category" id="about-`)
	h.Text(code)
	h.Raw(`" value="`)
	h.Text(code)
	h.Raw(`"`)
	if code == chosen {
		h.Raw(` checked`)
	}
	h.Raw(`><label for="about-`)
	h.Text(code)
	h.Raw(`">`)
	h.Text(text)
	h.Raw(`</label></div>`)
}

// opened answers whoever opened an order.
func (m *Orders) opened(c *fiber.Ctx, v portal.Visitor, act string, x *Order) (bool, error) {
	if act == "pass_on" {
		return false, nil
	}
	return true, m.thanks(c, v, x)
}

// Received is what a caller keeps of an order.
type Received struct {
	ID    string `json:"id"`
	No    string `json:"no"`
	State string `json:"state"`
	PIN   string `json:"pin"`
}

// thanks gives the number and the PIN, and says what happens next and by when.
func (m *Orders) thanks(c *fiber.Ctx, v portal.Visitor, x *Order) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	if portal.IsAPI(c) {
		return c.Status(fiber.StatusCreated).JSON(Received{x.ID, x.No, x.State, m.PIN(x.ID)})
	}
	l := v.Lang
	body := portal.In(l, func(h *web.H) {
		h.Raw(`<p class="intro">`)
		h.T("hotline.thanks_text")
		h.Raw(`</p>`)
		h.Add(web.Figures(l, []web.Figure{{Value: x.No, LabelKey: "hotline.number", Tone: web.Good}, {Value: m.PIN(x.ID), LabelKey: "hotline.pin", Tone: web.Good}}))
		h.Raw(`<p>`)
		h.T("hotline.keep")
		h.Raw(`</p>`)
		h.Add(web.Section(l, "hotline.next", m.next(l, x)))
		links := []web.ActionItem{{LabelKey: "track.title", Href: "/track?no=" + x.No, Primary: true}, {LabelKey: "hotline.another", Href: "/hotline"}}
		if m.Engine.Sees(c.UserContext(), v.Actor, x) {
			links = append(links, web.ActionItem{LabelKey: "order.open_case", Href: m.Href(x)})
		}
		h.Add(web.Actions(l, links))
		h.Add(web.QR(l, m.Public+"/track?no="+x.No))
	})
	return m.Show(c, fiber.StatusCreated, web.Page{Title: l.T("hotline.thanks"), Body: body})
}

// next says in plain words what happens, and by when.
func (m *Orders) next(l web.Lang, x *Order) template.HTML {
	lim := x.closing(x.Settings)
	steps := []string{"", l.T("hotline.next_unit", "n", lim.text(l, x.Settings)), l.T("hotline.next_call", "n", x.Settings.Int("hot.callback_wd")), l.T("hotline.next_not")}
	steps[0] = l.T("hotline.next_read", "n", l.T("order.n_min", "n", x.Settings.Int("hot.triage_min")))
	return portal.In(l, func(h *web.H) {
		h.Raw(`<ol>`)
		for _, s := range steps {
			h.Raw(`<li>`)
			h.Text(s)
			h.Raw(`</li>`)
		}
		h.Raw(`</ol>`)
	})
}

// home is the way in for residents.
func (m *Orders) home(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	if v.SignedIn() {
		return "", nil
	}
	l := v.Lang
	return web.Section(l, "hotline.home", portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("hotline.home_text")
		h.Raw(`</p>`)
		h.Add(web.Actions(l, []web.ActionItem{{LabelKey: "hotline.title", Href: "/hotline", Primary: true}, {LabelKey: "track.title", Href: "/track"}}))
	})), nil
}
