// Package console is the desk of the hotline's operators, worked from the
// keyboard alone: who is calling, the order being written, and what helps to
// write it.
//
// Words: a draft is an order somebody is typing. It is saved at every pause, so
// that neither a second call nor a crash loses it, and it is gone once it is
// filed. A seat says whether an operator takes calls or has a break. A handover
// note is what one shift tells the next.
package console

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// Asks is what the console needs of other modules, in plain types.
type Asks struct {
	// File opens an order for a call; key makes it safe to send twice.
	File func(ctx context.Context, by lifecycle.Actor, f Filing, key string) (id, no string, err error)
	// Receipt gives what a caller needs to follow an order, to whoever filed it.
	Receipt func(ctx context.Context, by lifecycle.Actor, id string) (no, pin string, ok bool, err error)
	// Answer closes an order that was answered in the call.
	Answer func(ctx context.Context, by lifecycle.Actor, order, text, article string) error
	// PassOn records that a caller was put through to 110, 119, 120 or 122 (R134).
	PassOn func(ctx context.Context, by lifecycle.Actor, line, words, place, key string) (no string, err error)
	// Earlier are the latest orders of a phone, Like the open ones about the
	// same thing, Queue those that wait for the centre.
	Earlier func(ctx context.Context, by lifecycle.Actor, phone string) ([]Order, error)
	Like    func(ctx context.Context, by lifecycle.Actor, category, community, words string) ([]Order, error)
	Queue   func(ctx context.Context, by lifecycle.Actor, limit int) ([]Order, error)
	// Articles finds what the hotline knows.
	Articles func(ctx context.Context, words, category string, limit int) ([]Article, error)
	// Unit suggests who handles a category at a place, by which rule and why.
	Unit func(category, community string) (unit, rule, reason string, ok bool)
	// Places finds landmarks; Locate the community that a text speaks of.
	Places func(ctx context.Context, typed string, limit int) []Place
	Locate func(text string) (community string, ok bool)

	// Ringing are the calls that ring. Take gives one to an operator, Number
	// tells its number to the portal, Reveal shows it and writes that down,
	// Settle says what came of it.
	Ringing func(ctx context.Context, by lifecycle.Actor, limit int) ([]Ring, error)
	Take    func(ctx context.Context, by lifecycle.Actor, call string) error
	Number  func(ctx context.Context, by lifecycle.Actor, call string) (phone, masked string, err error)
	Reveal  func(ctx context.Context, by lifecycle.Actor, call string) (phone string, err error)
	Settle  func(ctx context.Context, by lifecycle.Actor, call, outcome, order string) error
}

// Filing is an order as it is filed from the console.
type Filing struct {
	Words, Type, Category, Community, Place, Phone, Name string
	Confidential                                         bool
	Lat, Long                                            int64 // micro-degrees, 0 when not known
}

// Order is what the console shows of one.
type Order struct {
	ID, No, Title, State, Community string
	Opened                          time.Time
}

// Article is an answer the hotline knows.
type Article struct {
	ID, No, Title, Answer string
	Stale                 bool // its review date has passed
}

// Place is a landmark.
type Place struct {
	ID, Name, Community, Place string
	Lat, Long                  int64
}

// Ring is a call that rings.
type Ring struct {
	ID, Masked, Line string
	Rang             time.Time
}

// Topic is what the console's pages hear of beside calls.
const Topic = "orders"

// Console is the module.
type Console struct {
	Handovers *portal.Resource[Handover]
	h         *portal.Portal
	asks      Asks
	drafts    *store.Collection[Draft]
	seats     *store.Collection[Seat]
}

// New opens the console.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Console, error) {
	m := &Console{h: h, asks: asks}
	var err error
	if m.drafts, err = store.Open(ctx, h.Store, draftSpec, func(d *Draft) map[string]any {
		return map[string]any{"owner": d.Owner, "touched": store.Stamp(d.Changed)}
	}); err != nil {
		return nil, fault.Wrap(err, "open the drafts")
	}
	if m.seats, err = store.Open(ctx, h.Store, store.Spec{Name: "seats", Fields: []store.Field{{Name: "since"}}, Indexes: []store.Index{{Name: "since", Fields: []string{"since"}}}},
		func(s *Seat) map[string]any { return map[string]any{"since": store.Stamp(s.Since)} }); err != nil {
		return nil, fault.Wrap(err, "open the seats")
	}
	if m.Handovers, err = portal.NewResource(ctx, h, m.table()); err != nil {
		return nil, fault.Wrap(err, "open the handover notes")
	}
	m.Handovers.Unplaced, m.Handovers.Detail = true, m.handover
	h.Topic(Topic, "console.see")
	for _, e := range []portal.MenuEntry{{Href: "/console", LabelKey: "console.title", Order: 5}, {Href: "/handovers", LabelKey: "handovers.title", Order: 68}} {
		e.Show = func(v portal.Visitor) bool { return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head") }
		h.Menu(e)
	}
	return m, nil
}

// Module gives what the house serves and starts.
func (m *Console) Module() portal.Module {
	return portal.Module{Name: "console", Load: m.load, Routes: func(r fiber.Router) {
		r.Get("/console", m.page)
		r.Get("/console/ringing", m.ringingPart)
		r.Get("/console/queue", m.queuePart)
		r.Post("/console/drafts", m.begin)
		r.Post("/console/drafts/:id", m.save)
		r.Post("/console/calls/:id/take", m.take)
		r.Post("/console/seat", m.sit)
	}}
}

func (m *Console) load(ctx context.Context) error {
	go func() {
		tick := time.NewTicker(time.Hour)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				m.sweep(ctx) // what fails is done an hour later
			}
		}
	}()
	return nil
}

// may asks the gate: see to look, type to take calls.
func (m *Console) may(c *fiber.Ctx, act string) (portal.Visitor, error) {
	v := portal.Who(c)
	if e := m.h.May(v, "console."+act, lifecycle.Anywhere); e != nil {
		return v, e
	}
	return v, nil
}
