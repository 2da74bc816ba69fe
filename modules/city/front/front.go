// Package front is what one meets first: the start page, the tasks that wait
// for oneself, the check of a letter's code, the lifecycles as pictures of
// the tables that run them, and the rules with where they are enforced.
package front

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/city/directory"
	"gatehouse/modules/city/people"
	"gatehouse/modules/gate/catalogue"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/web"
)

// Front is the module.
type Front struct {
	portal    *portal.Portal
	directory *directory.Directory
	people    *people.People
	catalogue *catalogue.Catalogue
}

// New puts the front pages into the portal.
func New(h *portal.Portal, d *directory.Directory, p *people.People, c *catalogue.Catalogue) *Front {
	f := &Front{h, d, p, c}
	h.Add(portal.Module{Name: "front", Routes: f.Routes})
	h.Menu(portal.MenuEntry{Href: "/tasks", LabelKey: "tasks.title", Order: 5, Show: portal.Visitor.SignedIn})
	h.Menu(portal.MenuEntry{Href: "/rules", LabelKey: "rules.title", Order: 96})
	return f
}

// Routes registers the pages.
func (f *Front) Routes(r fiber.Router) {
	r.Get("/", f.home)
	r.Get("/tasks", f.tasks)
	r.Get("/api/v1/tasks", f.tasks)
	r.Get("/verify", f.verify)
	r.Get("/api/v1/verify", f.verify)
	r.Get("/lifecycles", f.lifecycles)
	r.Get("/api/v1/lifecycles", f.lifecycles)
	r.Get("/rules", f.rules)
	r.Get("/api/v1/rules", f.rules)
	r.Get("/security", f.statement("security", security))
	r.Get("/accessibility", f.statement("accessibility", accessibility))
	r.Get("/.well-known/security.txt", f.securityTxt)
}

// door is one of the big links of the start page.
type door struct{ href, key string }

func (f *Front) home(c *fiber.Ctx) error {
	v := portal.Who(c)
	if v.SignedIn() {
		return c.Redirect("/tasks", fiber.StatusSeeOther)
	}
	parts, err := f.parts(c, v)
	if err != nil {
		return err
	}
	doors := []door{{"/items", "front.items"}, {"/gate", "front.gate"}, {"/check", "front.check"}, {"/verify", "front.verify"}, {"/signin", "front.sign_in"}}
	body := portal.In(v.Lang, func(h *web.H) {
		h.Raw(`<p class="hero">`)
		h.T("front.lead")
		h.Raw(`</p><ul class="doors">`)
		for _, d := range doors {
			h.Raw(`<li><a href="`)
			h.Href(d.href)
			h.Raw(`"><b>`)
			h.T(d.key)
			h.Raw(`</b><span>`)
			h.T(d.key + "_why")
			h.Raw(`</span></a></li>`)
		}
		h.Raw(`</ul>`)
		h.Add(parts)
		h.Add(web.Section(v.Lang, "front.how", portal.In(v.Lang, func(h *web.H) {
			h.Raw(`<ol class="how">`)
			for _, k := range []string{"apply", "fund", "rate", "rectify", "withdraw"} {
				h.Raw(`<li><b>`)
				h.T("front.how_" + k)
				h.Raw(`</b> `)
				h.T("front.how_" + k + "_text")
				h.Raw(`</li>`)
			}
			h.Raw(`</ol>`)
		})))
	})
	return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("front.title"), Body: body})
}

// mostTasks bounds how many tasks of one kind are shown; for more there is the list.
const mostTasks = 50

func (f *Front) tasks(c *fiber.Ctx) error {
	v := portal.Who(c)
	if !v.SignedIn() {
		return fault.New(fault.Unauthenticated, "unauthenticated")
	}
	var all []portal.Task
	var more []string // kinds of case that have more of them than are shown
	for _, d := range f.portal.Resources() {
		ts, err := d.Tasks(c.UserContext(), v, mostTasks+1)
		if err != nil {
			return err
		}
		if len(ts) > mostTasks {
			ts, more = ts[:mostTasks], append(more, d.Plural())
		}
		all = append(all, ts...)
	}
	slices.SortStableFunc(all, byDeadline)
	if portal.IsAPI(c) {
		return c.JSON(Tasks{taskJSON(all), moreJSON(more)})
	}
	late := 0
	rows := make([]web.TaskRow, len(all))
	for i, t := range all {
		due, tone := f.portal.Due(v.Lang, t.Deadline)
		if tone == web.Bad {
			late++
		}
		sub := t.No
		if t.Deadline.Name != "" {
			sub += " · " + v.Lang.T("deadline."+t.Deadline.Name)
		}
		rows[i] = web.TaskRow{Href: t.Href, Title: t.Title, Sub: sub, Due: due, Tone: web.Tone(t.Tone), TagKey: "state." + t.Noun + "." + t.State}
	}
	parts, err := f.parts(c, v)
	if err != nil {
		return err
	}
	waiting := strconv.Itoa(len(all))
	if len(more) > 0 {
		waiting += "+"
	}
	body := portal.In(v.Lang, func(h *web.H) {
		h.Add(f.firstSteps(v))
		h.Add(web.Figures(v.Lang, []web.Figure{{Value: waiting, LabelKey: "tasks.waiting"}, {Value: strconv.Itoa(late), LabelKey: "tasks.late", Tone: lateTone(late)}}))
		h.Add(web.Columns(web.Join(web.Tasks(v.Lang, rows), moreTasks(v.Lang, more)), parts))
	})
	return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("tasks.title"), Lead: portal.Text(v.Lang, v.Lang.T("tasks.lead")), Body: body})
}

// waiting is where all that waits for oneself of one kind is listed.
func waiting(plural string) string { return "/" + plural + "?waiting=me" }

func moreJSON(plurals []string) []string {
	out := []string{}
	for _, p := range plurals {
		out = append(out, "/api/v1"+waiting(p))
	}
	return out
}

// moreTasks says which lists go on behind what is shown here.
func moreTasks(l web.Lang, plurals []string) htmlOf {
	if len(plurals) == 0 {
		return ""
	}
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p class="hint">`)
		h.T("tasks.more", "n", mostTasks)
		h.Raw(`</p><ul>`)
		for _, p := range plurals {
			h.Raw(`<li>`)
			h.Add(web.Link(waiting(p), l.T(p+".title")))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul>`)
	})
}

// parts are what other modules put onto the start page.
func (f *Front) parts(c *fiber.Ctx, v portal.Visitor) (htmlOf, error) {
	var all []htmlOf
	for _, part := range f.portal.Homes() {
		x, err := part(c.UserContext(), v)
		if err != nil {
			return "", err
		}
		all = append(all, x)
	}
	return web.Join(all...), nil
}

func byDeadline(a, b portal.Task) int {
	switch {
	case a.Deadline.Due.IsZero() != b.Deadline.Due.IsZero():
		if a.Deadline.Due.IsZero() {
			return 1
		}
		return -1
	}
	return a.Deadline.Due.Compare(b.Deadline.Due)
}

func lateTone(n int) web.Tone {
	if n > 0 {
		return web.Bad
	}
	return web.Good
}

// Tasks is what waits for somebody, for programs; More are the lists that go on
// behind what is shown here.
type Tasks struct {
	Items []Task   `json:"items"`
	More  []string `json:"more"`
}

// Task is a case that waits.
type Task struct {
	Noun     string              `json:"noun"`
	No       string              `json:"no"`
	Title    string              `json:"title"`
	State    string              `json:"state"`
	Href     string              `json:"href"`
	Deadline *lifecycle.Deadline `json:"deadline,omitempty"`
}

func taskJSON(ts []portal.Task) []Task {
	out := make([]Task, len(ts))
	for i, t := range ts {
		out[i] = Task{Noun: t.Noun, No: t.No, Title: t.Title, State: t.State, Href: "/api/v1" + t.Href}
		if t.Deadline.Name != "" {
			out[i].Deadline = &t.Deadline
		}
	}
	return out
}

// Verified is what a letter's code stands for.
type Verified struct {
	No    string    `json:"no"`
	Title string    `json:"title"`
	Act   string    `json:"act"`
	At    time.Time `json:"at"`
	State string    `json:"state"`
}

// typed reads a code as people type it: with spaces, in full-width signs, with
// the letter O for a nought in its last part.
func typed(code string) string {
	code = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return -1
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '—' || r == '–' || r == '－':
			return '-'
		}
		return unicode.ToUpper(r)
	}, code)
	if cut := strings.LastIndexByte(code, '-'); cut > 0 {
		code = code[:cut] + strings.NewReplacer("O", "0", "I", "1", "L", "1").Replace(code[cut:])
	}
	return code
}

// bare tells whether only the number of a letter was typed, without its code.
func bare(code string) bool {
	parts := strings.Split(code, "-")
	return len(parts) == 3 && len(parts[1]) == 4
}

// verify says what a letter's code stands for, to anybody who holds the letter.
func (f *Front) verify(c *fiber.Ctx) error {
	v, code := portal.Who(c), typed(c.Query("code"))
	var proof portal.Proof
	found := false
	if cut := strings.LastIndexByte(code, '-'); cut > 0 && len(code) < 60 {
		no, hash := code[:cut], code[cut+1:]
		for _, d := range f.portal.Resources() {
			if !strings.HasPrefix(no, d.Prefix()+"-") || len(hash) != 10 {
				continue
			}
			var err error
			if proof, found, err = d.Verify(c.UserContext(), v, no, hash); err != nil {
				return err
			}
		}
	}
	if portal.IsAPI(c) {
		if !found {
			return fault.New(fault.NotFound, "front.no_such_code")
		}
		return c.JSON(Verified{proof.No, proof.Title, proof.Act, proof.At, proof.State})
	}
	return f.portal.Show(c, fiber.StatusOK, web.Page{Title: v.Lang.T("verify.title"), Body: f.verifyBody(v.Lang, code, proof, found)})
}

func (f *Front) verifyBody(l web.Lang, code string, p portal.Proof, found bool) htmlOf {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("verify.lead")
		h.Raw(`</p>`)
		h.Add(web.Filters(l, web.FilterSpec{Action: "/verify", Fields: []web.FilterField{{Name: "code", LabelKey: "verify.code", Value: code}}}))
		switch {
		case found:
			h.Add(web.Panel(l, web.Good, "verify.genuine", web.Summary(l, portal.Filled(portal.Pair(l, "case.no", p.No), portal.Pair(l, "case.title", p.Title),
				portal.Pair(l, "case.department", f.portal.Names.Department(l, p.Department)), portal.Pair(l, "case.community", f.portal.PlaceNames(l, p.Places)),
				portal.Pair(l, "verify.act", l.T("act."+p.Noun+"."+p.Act)+" · "+l.Date(p.At)), portal.Pair(l, "verify.now", l.T("state."+p.Noun+"."+p.State)))...)))
		case bare(code):
			h.Add(web.Panel(l, web.Warn, "verify.bare", portal.Text(l, l.T("verify.bare_text"))))
		case code != "":
			h.Add(web.Panel(l, web.Bad, "verify.unknown", portal.Text(l, l.T("verify.unknown_text"))))
		}
	})
}
