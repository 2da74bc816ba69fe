package orders

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/gate/emergencies"
	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Orders is the module.
type Orders struct {
	*portal.Resource[Order]
	dispatch    *dispatch.Dispatch
	knowledge   *knowledge.Knowledge
	emergencies *emergencies.Emergencies
	items       *items.Items
	track       portal.Door[Order]
	counted     portal.Counted[Order]
	cards       *store.Collection[card]
	tries       *tries
}

// New opens the orders.
func New(ctx context.Context, h *portal.Portal, d *dispatch.Dispatch, k *knowledge.Knowledge, e *emergencies.Emergencies, its *items.Items) (m *Orders, err error) {
	m = &Orders{dispatch: d, knowledge: k, emergencies: e, items: its, tries: newTries(h.Clock)}
	if m.cards, err = openCards(ctx, h.Store); err != nil {
		return nil, err
	}
	if m.Resource, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, err
	}
	m.track, m.counted = m.door(), m.behind()
	m.listen()
	d.Past.Fill(m.past)
	k.Answer.Fill(m.answerTo)
	forget := func(ctx context.Context) error { _, err := m.Forget(ctx); return err }
	h.OnLoad(forget)
	h.Every(time.Hour, "forget contacts whose time is over", forget)
	h.Add(portal.Module{Name: "orders", Routes: m.routes, PublicUploads: m.track.Uploads()})
	h.Home(m.home)
	h.Menu(portal.MenuEntry{Href: "/hotline", LabelKey: "hotline.menu", Order: 2})
	h.Menu(portal.MenuEntry{Href: "/orders", LabelKey: "orders.title", Order: 30, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head", "callback", "review_panel", "dept_clerk", "street_cadre", "auditor")
	}})
	return m, nil
}

// listen hears the orders' own events: duplicates follow, contacts are dated,
// rules and articles learn.
func (m *Orders) listen() {
	type event = *lifecycle.Event[Order, struct{}]
	for _, e := range []event{Reviewed, Answered, Declined, Closed} {
		e.On(m.Bus, m.followed)
	}
	for _, e := range []event{Closed, Answered, Declined, Redone} {
		e.On(m.Bus, m.date)
	}
	Merged.On(m.Bus, m.join)
	Forgotten.On(m.Bus, m.forgotten)
	Answered.On(m.Bus, m.teach)
	Ruled.On(m.Bus, m.dispatch.Learn)
}

// routes stand before the resource's own.
func (m *Orders) routes(r fiber.Router) {
	r.Get("/hotline", m.publicForm)
	r.Get("/hotline/counts", m.countsPage)
	r.Get("/api/v1/hotline/counts", m.countsPage)
	m.counted.Routes(r)
	r.Get("/track/files/:id/:hash", m.trackFile)
	m.track.Routes(r)
	for _, at := range []string{"", "/api/v1"} {
		p := at + "/orders"
		r.Post(p, m.note)
		r.Post(p+"/new/:act", m.note)
		r.Get(p+"/callers", m.callersPage)
		r.Post(p+"/callers/data", m.ownData)
		r.Post(p+"/:id/reveal", m.revealed)
	}
	r.Post("/orders/new/file", m.filePublicly)
}

// note remembers from where somebody without an account files.
func (m *Orders) note(c *fiber.Ctx) error {
	c.SetUserContext(context.WithValue(c.UserContext(), addressKey{}, c.IP()))
	return c.Next()
}

// teach lets the articles learn from what was answered at once (R64).
func (m *Orders) teach(ctx context.Context, n lifecycle.News, _ struct{}) error {
	o, err := m.Engine.Get(ctx, lifecycle.System, n.Case)
	if err != nil {
		return err
	}
	s, _ := m.dispatch.Suggest(o.Category, o.Community, m.Clock())
	return m.knowledge.Learn(ctx, n, knowledge.Answered{No: o.No, Article: o.Article, Category: o.Category, Unit: s.Unit, Answer: o.Answer})
}
