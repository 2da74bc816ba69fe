package orders

import (
	"context"
	"html/template"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
	"gatehouse/web"
)

// Asks is what an order needs of other modules, in plain types. What is nil is
// not asked.
type Asks struct {
	// District lists the districts of the city.
	District func() []string
	// Suggest gives the unit that a dispatch rule names, and the rule.
	Suggest func(ctx context.Context, category, community string) (unit, rule string, ok bool)
	// Items gives the admitted items in force in a community: ids and titles.
	Items func(ctx context.Context, community string) (ids, titles []string, err error)
	// Articles gives knowledge articles that may answer some words: ids and titles.
	Articles func(ctx context.Context, words, category string) (ids, titles []string, err error)
	// Disaster tells whether a declared emergency covers a community, or, for
	// "", any place of the city (R73).
	Disaster func(community string, at time.Time) bool
}

// Orders is the module.
type Orders struct {
	*portal.Portal
	Asks
	Resource *portal.Resource[Order]
	cards    *store.Collection[card]
	tries    *tries
}

// New opens the desk of orders.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Orders, error) {
	m := &Orders{Portal: h, Asks: asks, tries: newTries(h.Clock)}
	var err error
	if m.cards, err = openCards(ctx, h.Store); err != nil {
		return nil, err
	}
	if m.Resource, err = portal.NewResource(ctx, h, m.table()); err != nil {
		return nil, err
	}
	m.dress()
	h.Offer("order_categories", m.categories)
	h.Offer("order_units", m.units)
	h.Offer("order_articles", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	h.Offer("order_items", func(context.Context, portal.Visitor) ([]web.Option, error) { return nil, nil })
	for _, ev := range []string{"order.reviewed", "order.answered", "order.declined", "order.closed"} {
		h.Bus.On(ev, m.lead)
	}
	h.Bus.On("order.merged", m.join)
	h.Bus.On("order.closed", m.date)
	h.Bus.On("order.answered", m.date)
	h.Bus.On("order.declined", m.date)
	h.Bus.On("order.redone", m.date)
	h.Bus.On("order.forgotten", m.forgotten)
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/hotline", LabelKey: "hotline.menu", Order: 2})
	h.Menu(portal.MenuEntry{Href: "/orders", LabelKey: "orders.title", Order: 30, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "callback", "review_panel", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}

// dress gives the desk its pages.
func (m *Orders) dress() {
	d := m.Resource
	d.Unplaced = true
	d.Opens, d.Opened = m.opens, m.opened
	d.Columns, d.Detail, d.Lead, d.Redact, d.Above = m.columns(), m.detail, m.leading, m.redact, m.above
	d.Filters = map[string]string{"category": "category", "community": "community", "channel": "channel", "queue": "queue", "unit": "unit", "item": "item", "due_month": "due_month", "receipt": "receipt"}
	d.Initial = map[string]func(context.Context, portal.Visitor, *Order) web.Values{"triage": startTriage, "dispatch": m.startDispatch, "file_for": m.startFileFor}
	d.Aside = map[string]func(context.Context, portal.Visitor, *Order) (template.HTML, error){"dispatch": m.besideDispatch, "triage": m.besideTriage}
	d.Choices = map[string]func(context.Context, portal.Visitor, *Order) ([]web.Option, error){"triage.item": m.itemsHere, "answer.article": m.articlesFor}
	d.Letters = map[string]func(context.Context, portal.Visitor, *Order) (*portal.Letter, error){"reminder": m.reminder, "criticism": m.criticism}
}

// Module gives the residents' pages, which stand before the desk's own.
func (m *Orders) Module() portal.Module {
	return portal.Module{Name: "orders", Routes: m.Routes, Load: m.load, PublicUploads: []string{"/orders/track/add"}}
}

// Routes registers what stands beside the desk.
func (m *Orders) Routes(r fiber.Router) {
	r.Get("/hotline", m.door)
	r.Get("/hotline/counts", m.countsPage)
	r.Get("/api/v1/hotline/counts", m.countsPage)
	r.Get("/hotline/counts/orders", m.countedPage)
	r.Get("/api/v1/hotline/counts/orders", m.countedPage)
	r.Get("/track", m.trackForm)
	r.Post("/track", m.track)
	r.Get("/track/files/:id/:hash", m.trackFile)
	r.Post("/track/:act", m.trackAct)
	r.Post("/orders/track/add", m.trackAct)
	r.Post("/api/v1/track", m.track)
	for _, at := range []string{"", "/api/v1"} {
		p := at + "/orders"
		r.Post(p, m.note)
		r.Post(p+"/new/:act", m.note)
		r.Get(p+"/callers", m.callersPage)
		r.Post(p+"/callers/data", m.ownData)
		r.Post(p+"/:id/reveal", m.revealed)
	}
	r.Post("/orders/new/file", m.doorPost)
}

// note remembers from where somebody without an account files.
func (m *Orders) note(c *fiber.Ctx) error {
	c.SetUserContext(context.WithValue(c.UserContext(), addressKey{}, c.IP()))
	return c.Next()
}

// sweepEvery is how often contacts whose time is over are deleted.
const sweepEvery = time.Hour

func (m *Orders) load(ctx context.Context) error {
	_, err := m.Forget(ctx)
	go func() {
		t := time.NewTicker(sweepEvery)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				_, _ = m.Forget(ctx) // what fails now is tried again with the next
			}
		}
	}()
	return err
}

// lead lets the duplicates of an order follow it to the call-back.
func (m *Orders) lead(ctx context.Context, ev lifecycle.Event) error {
	o, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return err
	}
	in := &followForm{Unit: o.Unit, Text: o.told()}
	where := []store.Cond{{Field: "main", Op: store.Eq, Value: o.ID}, {Field: "state", Op: store.Eq, Value: "merged"}}
	return m.Resource.Engine.Cases().Each(ctx, where, func(d *Order) error {
		_, err := m.Resource.Engine.Act(ctx, lifecycle.System, d.ID, "follow", in, lifecycle.Opts{Key: ev.ID})
		return err
	})
}

// join lets a duplicate follow at once when its main order was faster.
func (m *Orders) join(ctx context.Context, ev lifecycle.Event) error {
	o, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil || o.State != "merged" {
		return err
	}
	main, err := m.Resource.Engine.Cases().Get(ctx, o.Main)
	if err != nil || !slices.Contains([]string{"callback", "evaluated", "closed", "answered", "not_accepted"}, main.State) {
		return err
	}
	return m.lead(ctx, lifecycle.Event{ID: ev.ID, Case: main.ID})
}

// date says until when the contact of an order that ended is kept, and that it
// is kept on when the order goes on.
func (m *Orders) date(ctx context.Context, ev lifecycle.Event) error {
	o, err := m.Resource.Engine.Cases().Get(ctx, ev.Case)
	if err != nil {
		return err
	}
	day := ""
	if o.ClosedAt != nil {
		day = o.ClosedAt.In(zone).AddDate(0, 0, o.Settings.Int("privacy.contact_days")).Format(time.DateOnly)
	}
	return m.keepUntil(ctx, o.Contact, day)
}

// told is the answer that stands.
func (o *Order) told() string {
	switch {
	case len(o.Replies) > 0:
		return o.Replies[len(o.Replies)-1].Text
	case o.Answer != "":
		return o.Answer
	}
	return o.WhereToGo
}
