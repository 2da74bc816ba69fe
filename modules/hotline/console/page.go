package console

import (
	"context"
	"html/template"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/calls"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// page answers GET /console; ?draft= names the draft that is open.
func (m *Console) page(c *fiber.Ctx) error {
	v, err := m.may(c, "see")
	if err != nil {
		return err
	}
	d, err := m.open(c.UserContext(), v, c.Query("draft"))
	if err != nil {
		return err
	}
	return m.show(c, fiber.StatusOK, d, nil)
}

// open gives the draft a page is about: the named one, else the newest; nil
// when there is none.
func (m *Console) open(ctx context.Context, v portal.Visitor, id string) (*Draft, error) {
	if id != "" {
		return m.draft(ctx, v.Actor, id)
	}
	own, err := m.own(ctx, v.Actor)
	if err != nil || len(own) == 0 {
		return nil, err
	}
	return own[len(own)-1], nil
}

// show draws the whole console; wrong is why a filing was refused.
func (m *Console) show(c *fiber.Ctx, status int, d *Draft, wrong *fault.Error) error {
	v, ctx := portal.Who(c), c.UserContext()
	l := v.Lang
	types := m.h.May(v, "console.type", lifecycle.Anywhere) == nil
	parts := map[string]template.HTML{}
	var err error
	for name, draw := range map[string]func(context.Context, portal.Visitor) (template.HTML, error){"ringing": m.ringing, "queue": m.queue, "seats": m.seatsPart, "handovers": m.unread} {
		if parts[name], err = draw(ctx, v); err != nil {
			return err
		}
	}
	tabs, form := template.HTML(""), template.HTML("")
	if types {
		if tabs, err = m.tabs(ctx, v, d); err != nil {
			return err
		}
		if form, err = m.form(ctx, v, d, wrong); err != nil {
			return err
		}
	}
	done, err := m.receipt(ctx, v, c.Query("filed"))
	if err != nil {
		return err
	}
	body := portal.In(l, func(h *web.H) {
		h.Add(done)
		h.Add(parts["ringing"])
		h.Add(tabs)
		h.Add(form)
		h.Raw(`<div class="console-foot"><div>`)
		h.Add(parts["queue"])
		h.Raw(`</div><div>`)
		h.Add(parts["seats"])
		h.Add(parts["handovers"])
		h.Add(keysList(l, m.h.CSRF(v), c.Cookies("letters") == "0"))
		h.Raw(`</div></div>`)
	})
	p := web.Page{Title: l.T("console.title"), Body: body, Keys: true, NoLetters: c.Cookies("letters") == "0", Live: true, Wide: true, Invalid: wrong != nil}
	p.Notice = passedNotice(l, c.Query("passed"), c.Query("no"))
	return m.h.Show(c, status, p)
}

// receipt is what the caller is told before hanging up: the number and the PIN
// of the order just filed.
func (m *Console) receipt(ctx context.Context, v portal.Visitor, id string) (template.HTML, error) {
	if id == "" {
		return "", nil
	}
	x, ok, err := m.orders.Receipt(ctx, v.Actor, id)
	if err != nil || !ok {
		return "", err
	}
	l := v.Lang
	return web.Panel(l, web.Good, "console.filed", portal.In(l, func(h *web.H) {
		h.Add(web.Figures(l, []web.Figure{{Value: x.No, LabelKey: "hotline.number", Href: "/orders/" + id, Tone: web.Good}, {Value: x.PIN, LabelKey: "hotline.pin", Tone: web.Good}}))
		h.Raw(`<p class="hint">`)
		h.T("console.tell")
		h.Raw(`</p>`)
	})), nil
}

func passedNotice(l web.Lang, line, no string) *web.Notice {
	if line == "" {
		return nil
	}
	return &web.Notice{Tone: web.Warn, Text: l.T("console.passed", "line", line, "no", no)}
}

// tabs are one's drafts: a second call never loses the first.
func (m *Console) tabs(ctx context.Context, v portal.Visitor, open *Draft) (template.HTML, error) {
	own, err := m.own(ctx, v.Actor)
	if err != nil {
		return "", err
	}
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<nav class="console-tabs" aria-label="`)
		h.T("console.drafts")
		h.Raw(`"><ul>`)
		for i, d := range own {
			h.Raw(`<li><a href="/console?draft=`)
			h.Text(d.ID)
			h.Raw(`"`)
			if open != nil && open.ID == d.ID {
				h.Raw(` aria-current="page"`)
			}
			h.Raw(`>`)
			h.Text(m.label(l, d, i+1))
			h.Raw(`</a></li>`)
		}
		h.Raw(`</ul><form method="post" action="/console/drafts"><input type="hidden" name="_csrf" value="`)
		h.Text(m.h.CSRF(v))
		h.Raw(`"><button class="button button-quiet" data-key="alt+n">`)
		h.T("console.new")
		h.Raw(` <kbd>Alt+N</kbd></button></form></nav>`)
	}), nil
}

// label names a draft by the words it begins with.
func (m *Console) label(l web.Lang, d *Draft, n int) string {
	if rs := []rune(d.Fields["words"]); len(rs) > 0 {
		return string(rs[:min(len(rs), 12)])
	}
	return l.T("console.draft", "n", n, "at", l.Clock(d.Begun))
}

// ringing are the calls that ring, to be taken with one key.
func (m *Console) ringing(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	var rings []*calls.Call
	if m.h.May(v, "console.type", lifecycle.Anywhere) == nil {
		var err error
		if rings, err = m.calls.Ringing(ctx, v.Actor, 5); err != nil {
			return "", err
		}
	}
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<div id="ringing" class="ringing" role="status">`)
		for i, r := range rings {
			h.Raw(`<form method="post" action="/console/calls/`)
			h.Text(r.ID)
			h.Raw(`/take"><input type="hidden" name="_csrf" value="`)
			h.Text(m.h.CSRF(v))
			h.Raw(`"><p><b>`)
			h.T("console.ringing", "number", masked(l, r.Masked), "line", r.Line, "at", l.Clock(r.Rang))
			h.Raw(`</b></p>`)
			if i == 0 {
				h.Raw(`<button class="button" data-key="alt+a">`)
				h.T("console.take")
				h.Raw(` <kbd>Alt+A</kbd></button>`)
			} else {
				h.Raw(`<button class="button button-quiet">`)
				h.T("console.take")
				h.Raw(`</button>`)
			}
			h.Raw(`</form>`)
		}
		h.Raw(`</div>`)
	}), nil
}

func masked(l web.Lang, number string) string {
	if number == "" {
		return l.T("console.withheld")
	}
	return number
}

const queueShown = 20

// queue are the orders that wait for the centre. What is new is said in one
// line; nothing moves until it is asked for.
func (m *Console) queue(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	os, err := m.orders.Waiting(ctx, v.Actor, queueShown)
	if err != nil {
		return "", err
	}
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<section id="queue" class="section"><h2>`)
		h.T("console.queue")
		h.Raw(`</h2><p class="queue-hint" role="status" data-new="`)
		h.Text(l.T("console.new_orders", "n", "{n}"))
		h.Raw(`"></p><p><a href="/console/queue" data-swap="#queue" data-key="r">`)
		h.T("console.refresh")
		h.Raw(` <kbd>R</kbd></a></p><form class="console-search" method="get" action="/orders" role="search"><label for="console-q">`)
		h.T("console.search")
		h.Raw(` <kbd>/</kbd></label><input type="search" id="console-q" name="q" maxlength="80"></form>`)
		h.Add(m.table(l, os, "console.queue_empty"))
		h.Raw(`</section>`)
	}), nil
}

func (m *Console) table(l web.Lang, os []orders.Brief, empty string) template.HTML {
	t := web.Table{EmptyKey: empty, Head: []web.Col{{Key: "case.no"}, {Key: "case.title"}, {Key: "case.community"}, {Key: "case.state"}, {Key: "console.since"}}}
	for _, o := range os {
		t.Rows = append(t.Rows, []web.Cell{{HTML: web.Text(o.No), Href: "/orders/" + o.ID}, {HTML: web.Text(o.Title)}, {HTML: web.Text(m.h.Names.Place(l, o.Community))},
			{HTML: web.Text(l.T("state.order." + o.State))}, {HTML: web.Text(l.Time(o.Opened))}})
	}
	return t.HTML(l)
}

func (m *Console) ringingPart(c *fiber.Ctx) error { return m.part(c, m.ringing) }
func (m *Console) queuePart(c *fiber.Ctx) error   { return m.part(c, m.queue) }

// part answers with one part of the console; without a script, with all of it.
func (m *Console) part(c *fiber.Ctx, draw func(context.Context, portal.Visitor) (template.HTML, error)) error {
	v, err := m.may(c, "see")
	if err != nil {
		return err
	}
	if c.Get("X-Fragment") == "" {
		return c.Redirect("/console", fiber.StatusSeeOther)
	}
	x, err := draw(c.UserContext(), v)
	if err != nil {
		return err
	}
	return fragment(c, x)
}

func fragment(c *fiber.Ctx, x template.HTML) error {
	c.Type("html", "utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.SendString(string(x))
}

// seatsPart shows who takes calls, and lets one say so.
func (m *Console) seatsPart(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	ss, err := m.taken(ctx)
	if err != nil {
		return "", err
	}
	l := v.Lang
	return portal.In(l, func(h *web.H) {
		h.Raw(`<section class="section"><h2>`)
		h.T("console.seats")
		h.Raw(`</h2>`)
		if m.h.May(v, "console.type", lifecycle.Anywhere) == nil {
			h.Raw(`<form method="post" action="/console/seat" class="buttons"><input type="hidden" name="_csrf" value="`)
			h.Text(m.h.CSRF(v))
			h.Raw(`"><button class="button button-quiet" name="state" value="ready">`)
			h.T("console.ready")
			h.Raw(`</button><button class="button button-quiet" name="state" value="break">`)
			h.T("console.break")
			h.Raw(`</button></form>`)
		}
		h.Raw(`<ul class="seats">`)
		for _, s := range ss {
			h.Raw(`<li>`)
			tone, key := web.Warn, "console.on_break"
			if s.Ready {
				tone, key = web.Good, "console.is_ready"
			}
			h.Add(web.Tag(l, tone, key))
			h.Text(" " + m.h.Names.Person(l, s.ID) + " · " + l.Clock(s.Since))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul></section>`)
	}), nil
}

// unread leads to the notes that the shift before has left.
func (m *Console) unread(ctx context.Context, v portal.Visitor) (template.HTML, error) {
	p, err := m.Handovers.Engine.List(ctx, v.Actor, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.Eq, Value: "written"}}, Limit: 3})
	if err != nil {
		return "", err
	}
	l := v.Lang
	return web.Section(l, "console.handovers", portal.In(l, func(h *web.H) {
		h.Raw(`<ul>`)
		for _, x := range p.Cases {
			h.Raw(`<li>`)
			h.Add(web.Link("/handovers/"+x.ID, l.T("handover.shift."+x.Shift)+" · "+m.Handovers.Engine.Table.Title(x)))
			h.Raw(`</li>`)
		}
		h.Raw(`</ul><p>`)
		h.Add(web.Link("/handovers/new/write", l.T("act.handover.write")))
		h.Raw(`</p>`)
	})), nil
}

var keys = [][2]string{{"Alt+A", "take"}, {"Alt+N", "new"}, {"Ctrl+Enter", "file"}, {"Alt+S", "answer"}, {"F6 F7 F8 F9", "pass"}, {"Alt+1 … 3", "category"}, {"Alt+4 … 6", "place"}, {"Alt+0", "use"},
	{"/", "search"}, {"j k", "rows"}, {"R", "refresh"}, {"?", "list"}}

// keysList opens with "?".
func keysList(l web.Lang, csrf string, off bool) template.HTML {
	return portal.In(l, func(h *web.H) {
		h.Raw(`<details class="more" id="keys"><summary data-key="?">`)
		h.T("console.keys")
		h.Raw(` <kbd>?</kbd></summary><div class="more-body"><dl class="summary">`)
		for _, k := range keys {
			h.Raw(`<div><dt><kbd>`)
			h.Text(k[0])
			h.Raw(`</kbd></dt><dd>`)
			h.T("console.key." + k[1])
			h.Raw(`</dd></div>`)
		}
		h.Raw(`</dl><p class="hint">`)
		h.T("console.letters_hint")
		h.Raw(`</p><form method="post" action="/preferences"><input type="hidden" name="next" value="/console"><input type="hidden" name="_csrf" value="`)
		h.Text(csrf)
		if off {
			h.Raw(`"><button class="button button-quiet" name="letters" value="1">`)
			h.T("console.letters_on")
		} else {
			h.Raw(`"><button class="button button-quiet" name="letters" value="0">`)
			h.T("console.letters_off")
		}
		h.Raw(`</button></form></div></details>`)
	})
}

// number shows a caller's number by itself, for this once.
func (m *Console) number(c *fiber.Ctx, v portal.Visitor, d *Draft, phone string) error {
	l := v.Lang
	c.Set(fiber.HeaderCacheControl, "no-store")
	return m.h.Show(c, fiber.StatusOK, web.Page{Title: l.T("console.number"), Body: portal.In(l, func(h *web.H) {
		h.Add(web.Figures(l, []web.Figure{{Value: phone, LabelKey: "console.number", Tone: web.Info}}))
		h.Raw(`<p class="hint">`)
		h.T("console.reveal_hint")
		h.Raw(`</p><p>`)
		h.Add(web.Button(l, web.ButtonSpec{LabelKey: "console.back", Href: "/console?draft=" + d.ID, Primary: true}))
		h.Raw(`</p>`)
	})})
}
