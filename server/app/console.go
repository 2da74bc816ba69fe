package app

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/console"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// forConsole hands the operators' console what it needs of the others.
func (m *Modules) forConsole() console.Asks {
	return console.Asks{
		File: func(ctx context.Context, by lifecycle.Actor, f console.Filing, key string) (id, no string, err error) {
			x, err := m.Orders.File(ctx, by, orders.Filing{Words: f.Words, Type: f.Type, Category: f.Category, Community: f.Community, Place: f.Place, Phone: f.Phone, Name: f.Name,
				Confidential: f.Confidential, Known: orders.Known{Channel: "phone", Lat: f.Lat, Long: f.Long}}, orders.FileOpts{Key: key})
			return x.ID, x.No, err
		},
		Answer: func(ctx context.Context, by lifecycle.Actor, order, text, article string) error {
			_, err := m.act(ctx, by, order, "answer", map[string]string{"answer": text, "article": article}, "")
			return err
		},
		PassOn: func(ctx context.Context, by lifecycle.Actor, line, words, place, key string) (string, error) {
			done, err := m.act(ctx, by, "", "pass_on", map[string]string{"line": line, "words": words, "place": place}, key)
			return done.No, err
		},
		Earlier: func(ctx context.Context, by lifecycle.Actor, phone string) ([]console.Order, error) {
			return shown(m.Orders.Earlier(ctx, by, phone))
		},
		Like: func(ctx context.Context, by lifecycle.Actor, category, community, words string) ([]console.Order, error) {
			return shown(m.Orders.Like(ctx, by, category, community, words, ""))
		},
		Receipt: m.Orders.Receipt,
		Queue:   m.waitingOrders,
		Articles: func(ctx context.Context, words, category string, limit int) ([]console.Article, error) {
			found, err := m.Knowledge.Search(ctx, words, category, limit)
			out := make([]console.Article, len(found))
			for i, f := range found {
				out[i] = console.Article{ID: f.ID, No: f.No, Title: f.Title, Answer: f.Answer, Stale: f.Stale}
			}
			return out, err
		},
		Unit: func(category, community string) (unit, rule, reason string, ok bool) {
			s, ok := m.Dispatch.Suggest(category, community, m.Orders.Clock())
			return s.Unit, s.Rule, s.Reason, ok
		},
		Places: func(ctx context.Context, typed string, limit int) (out []console.Place) {
			for _, f := range m.Gazetteer.Search(ctx, typed, limit) {
				out = append(out, console.Place{ID: f.ID, Name: f.Name, Community: f.Community, Place: f.Place, Lat: f.Lat, Long: f.Long})
			}
			return out
		},
		Locate: m.Gazetteer.Locate,
		Ringing: func(ctx context.Context, by lifecycle.Actor, limit int) ([]console.Ring, error) {
			cs, err := m.Calls.Ringing(ctx, by, limit)
			out := make([]console.Ring, len(cs))
			for i, c := range cs {
				out[i] = console.Ring{ID: c.ID, Masked: c.Masked, Line: c.Line, Rang: c.Rang}
			}
			return out, err
		},
		Take: func(ctx context.Context, by lifecycle.Actor, call string) error {
			_, err := m.Calls.Take(ctx, by, call)
			return err
		},
		Number: m.Calls.Number, Reveal: m.Calls.Reveal, Settle: m.Calls.Settle,
	}
}

// act does an act on the orders with its input in plain words.
func (m *Modules) act(ctx context.Context, by lifecycle.Actor, order, act string, in map[string]string, key string) (portal.Done, error) {
	b, err := json.Marshal(in)
	if err != nil {
		return portal.Done{}, err
	}
	return m.Orders.Resource.Perform(ctx, by, order, act, b, lifecycle.Opts{Key: key})
}

func shown(bs []orders.Brief, err error) ([]console.Order, error) {
	out := make([]console.Order, len(bs))
	for i, b := range bs {
		out[i] = console.Order{ID: b.ID, No: b.No, Title: b.Title, State: b.State, Community: b.Community, Opened: b.Opened}
	}
	return out, err
}

// waitingOrders are those the centre has to look at, the most urgent first.
func (m *Modules) waitingOrders(ctx context.Context, by lifecycle.Actor, limit int) ([]console.Order, error) {
	p, err := m.Orders.Resource.Engine.List(ctx, by, lifecycle.Find{Where: []store.Cond{{Field: "state", Op: store.In, Value: []string{"new", "triaged"}}}, Sort: "due", Limit: limit})
	out := make([]console.Order, len(p.Cases))
	for i, o := range p.Cases {
		out[i] = console.Order{ID: o.ID, No: o.No, Title: m.Orders.Resource.Engine.Table.Title(o), State: o.State, Community: o.Community, Opened: o.OpenedAt}
	}
	return out, err
}

// tellOrders lets open pages hear of orders that this process or another one saves.
func (m *Modules) tellOrders(h *portal.Portal) portal.Module {
	tell := func(o *orders.Order) {
		fresh := 0
		if o.Revision == 1 {
			fresh = 1
		}
		var places []string
		if o.Community != "" {
			places = []string{o.Community}
		}
		h.Live.Tell(console.Topic, fresh, places...)
	}
	m.Orders.Resource.Engine.Cases().OnSave(tell)
	return portal.Module{Name: "hints", Routes: func(fiber.Router) {}, Load: func(ctx context.Context) error {
		go m.Orders.Resource.Engine.Cases().Follow(ctx, 2*time.Second, tell)
		return nil
	}}
}
