package orders

import (
	"context"
	"crypto/subtle"
	"html/template"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/files"
	"gatehouse/server/lifecycle"
	"gatehouse/server/schema"
	"gatehouse/web"
)

// trackIn is what a caller holds: the number and the PIN.
type trackIn struct {
	No  string `json:"no" form:"text,required,max=40"`
	PIN string `json:"pin" form:"text,required,max=12"`
}

var trackType = schema.Of[trackIn]("track")

func (m *Orders) trackForm(c *fiber.Ctx) error {
	return m.askPIN(c, fiber.StatusOK, web.Values{"no": {c.Query("no")}}, nil)
}

func (m *Orders) askPIN(c *fiber.Ctx, status int, values web.Values, wrong *fault.Error) error {
	v := portal.Who(c)
	l := v.Lang
	spec := web.FormSpec{Action: "/track", Type: trackType, Values: values, SubmitKey: "track.show", CSRF: m.CSRF(v)}
	if wrong != nil {
		spec.Errors = wrong.Fields
	}
	body := portal.In(l, func(h *web.H) {
		if wrong != nil && len(wrong.Fields) == 0 {
			h.Add(web.Refusal(l, wrong))
		}
		h.Raw(`<p class="intro">`)
		h.T("track.lead")
		h.Raw(`</p>`)
		h.Add(web.Form(l, spec))
	})
	return m.Show(c, status, web.Page{Title: l.T("track.title"), Body: body, Invalid: wrong != nil})
}

// track shows an order to its caller.
func (m *Orders) track(c *fiber.Ctx) error {
	o, in, err := m.identify(c)
	if err != nil {
		return m.again404(c, in, err)
	}
	return m.showTrack(c, fiber.StatusOK, o, in, "", nil)
}

// again404 asks once more; a program gets the fault.
func (m *Orders) again404(c *fiber.Ctx, in *trackIn, err error) error {
	e := fault.As(err)
	if portal.IsAPI(c) || e.Kind == fault.Internal {
		return err
	}
	values := web.Values{}
	if in != nil {
		values["no"] = []string{in.No}
	}
	return m.askPIN(c, portal.Status(e.Kind), values, e)
}

// identify finds the order that number and PIN stand for. Wrong is wrong in one
// way only: nobody learns whether a number exists.
func (m *Orders) identify(c *fiber.Ctx) (*Order, *trackIn, error) {
	var x any
	var err error
	if portal.IsAPI(c) {
		x, err = trackType.JSON(c.Body())
	} else {
		x, err = trackType.Form(map[string][]string{"no": posted(c, "no"), "pin": posted(c, "pin")})
	}
	if err != nil {
		return nil, nil, err
	}
	in := x.(*trackIn)
	o, err := m.prove(c.UserContext(), in, c.IP())
	return o, in, err
}

func (m *Orders) prove(ctx context.Context, in *trackIn, address string) (*Order, error) {
	no := plainNo(in.No)
	if !m.tries.take(ctx, no, address) {
		return nil, fault.New(fault.Conflict, "track.too_often")
	}
	o, err := m.byNo(ctx, no)
	if err != nil {
		return nil, err
	}
	id := "no such order"
	if o != nil {
		id = o.ID
	}
	pin := strings.ReplaceAll(strings.TrimSpace(in.PIN), " ", "")
	if subtle.ConstantTimeCompare([]byte(m.PIN(id)), []byte(pin)) != 1 || o == nil {
		return nil, fault.New(fault.NotFound, "track.wrong")
	}
	m.tries.right(no, address)
	return o, nil
}

// plainNo reads a number however it was typed: gd 2026 00012 is GD-2026-00012.
func plainNo(typed string) string {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		}
		return -1
	}, typed)
	if len(digits) < 5 {
		return "GD-" + digits
	}
	return "GD-" + digits[:4] + "-" + digits[4:]
}

// ownActs are what a caller may do, in the order of the page.
var ownActs = []string{"rate", "not_solved", "escalate", "add"}

// trackAct does an act of the caller's.
func (m *Orders) trackAct(c *fiber.Ctx) error {
	act := c.Params("act", "add")
	row, ok := m.Resource.Engine.Table.Act(act)
	if !ok || !slices.Contains(ownActs, act) {
		return fault.Missing("page")
	}
	o, in, err := m.identify(c)
	if err != nil {
		return m.again404(c, in, err)
	}
	ctx, v := prove(c.UserContext(), o.ID), portal.Who(c)
	input, err := m.Read(c, row.Do.Input)
	if err == nil {
		var done *Order
		if done, err = m.Resource.Engine.Act(ctx, v.Actor, o.ID, act, input, lifecycle.Opts{}); err == nil {
			return m.showTrack(c, fiber.StatusOK, done, in, act, nil)
		}
	}
	e := fault.As(err)
	if e.Kind == fault.Internal {
		return err
	}
	return m.showTrack(c, portal.Status(e.Kind), o, in, act, e)
}

// Tracked is how far an order is, for whoever holds its number and PIN.
type Tracked struct {
	No      string `json:"no"`
	State   string `json:"state"`
	Means   string `json:"means"`
	Answer  string `json:"answer"`
	Receipt string `json:"receipt"` // it stands for the order in public lists
}

// showTrack is the caller's page of an order: how far it is, in plain words,
// and what the caller can do.
func (m *Orders) showTrack(c *fiber.Ctx, status int, o *Order, in *trackIn, act string, wrong *fault.Error) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	v := portal.Who(c)
	l := v.Lang
	if portal.IsAPI(c) {
		return c.JSON(Tracked{o.No, o.State, l.T("order.means." + o.State), o.told(), o.PublicReceipt()})
	}
	ctx := prove(c.UserContext(), o.ID)
	page := web.Page{Title: o.No, Heading: l.T("track.of", "no", o.No), Invalid: wrong != nil}
	if act != "" && wrong == nil {
		page.Notice = &web.Notice{Tone: web.Good, Text: l.T("track.done_" + act)}
	}
	page.Body = portal.In(l, func(h *web.H) {
		h.Add(m.stands(l, o))
		if wrong != nil && len(wrong.Fields) == 0 {
			h.Add(web.Refusal(l, wrong))
		}
		if o.Job != "" {
			h.Add(web.Panel(l, web.Info, "track.visit", web.Link("/visits?no="+o.No, l.T("track.visit_link"))))
		}
		h.Add(web.Section(l, "track.your_words", web.Paragraphs(o.Words)))
		if t := o.told(); t != "" {
			h.Add(web.Section(l, "track.answer", web.Paragraphs(t)))
		}
		h.Add(m.photos(l, o))
		h.Add(web.Section(l, "track.so_far", m.plainCourse(l, o)))
		h.Add(m.ownForms(ctx, v, o, in, act, wrong))
		h.Raw(`<p class="hint">`)
		h.T("track.receipt", "receipt", o.PublicReceipt())
		h.Raw(`</p>`)
	})
	return m.Show(c, status, page)
}

// stands says in one sentence how far an order is, and by when something happens.
func (m *Orders) stands(l web.Lang, o *Order) template.HTML {
	return web.Panel(l, web.Info, "state.order."+o.State, portal.In(l, func(h *web.H) {
		h.Raw(`<p>`)
		h.T("order.means."+o.State, "unit", m.unitName(l, o.Unit), "no", o.MainNo)
		h.Raw(`</p>`)
		if d, ok := o.Open("handle"); ok && partyOf(o.State) == "unit" {
			h.Raw(`<p>`)
			switch {
			case d.Paused():
				h.T("track.paused", "why", "t:"+d.Pauses[len(d.Pauses)-1].Why)
			default:
				h.T("track.by", "due", l.Time(d.Due))
			}
			h.Raw(`</p>`)
		}
		if o.Late && o.RepliedAt == nil {
			h.Raw(`<p>`)
			h.T("track.late")
			h.Raw(`</p>`)
		}
		for _, e := range o.Extensions {
			if e.Decided == "granted" {
				h.Raw(`<p>`)
				h.T("track.extended", "reason", e.Reason)
				h.Raw(`</p>`)
			}
		}
		if o.WhereToGo != "" {
			h.Raw(`<p>`)
			h.Text(o.WhereToGo)
			h.Raw(`</p>`)
		}
	}))
}

// plainCourse is the history in words for everybody: what happened and when,
// never who did it.
func (m *Orders) plainCourse(l web.Lang, o *Order) template.HTML {
	var es []web.Event
	for _, e := range o.History {
		if key := "track.did." + e.Act; web.Known(key) {
			es = append(es, web.Event{When: e.At, TitleText: l.T(key, "unit", m.unitName(l, o.unitAt(e.At)))})
		}
	}
	return web.Timeline(l, m.Clock(), es)
}

// ownForms are the forms of what the caller may do now.
func (m *Orders) ownForms(ctx context.Context, v portal.Visitor, o *Order, in *trackIn, act string, wrong *fault.Error) template.HTML {
	l := v.Lang
	var out []template.HTML
	for _, offer := range m.Resource.Engine.Offers(ctx, v.Actor, o) {
		if !slices.Contains(ownActs, offer.Act) || offer.Refused != nil {
			continue
		}
		row, _ := m.Resource.Engine.Table.Act(offer.Act)
		action := "/track/" + offer.Act
		if row.Do.Input.HasFiles() {
			action = "/orders/track/" + offer.Act
		}
		spec := web.FormSpec{ID: "own-" + offer.Act, Action: action, Type: row.Do.Input, SubmitKey: "track.act_" + offer.Act, CSRF: m.CSRF(v), Accept: files.Accept,
			Hidden: map[string]string{"no": in.No, "pin": in.PIN}}
		if act == offer.Act && wrong != nil {
			spec.Errors = wrong.Fields
		}
		if act == offer.Act && wrong != nil || offer.Act == "rate" && o.State == "callback" {
			out = append(out, web.Section(l, "track.act_"+offer.Act, web.Form(l, spec)))
			continue
		}
		out = append(out, web.Details(l, "track.act_"+offer.Act, web.Form(l, spec)))
	}
	return web.Join(out...)
}

// TrackAPI describes what a caller proves, for the document of the API.
func TrackAPI() map[string]any { return trackType.OpenAPI() }
