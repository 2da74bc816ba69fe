package app

import (
	"context"
	"slices"
	"time"

	"gatehouse/modules/gate/items"
	"gatehouse/modules/hotline/dispatch"
	"gatehouse/modules/hotline/intake"
	"gatehouse/modules/hotline/knowledge"
	"gatehouse/modules/hotline/open311"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/hotline/rates"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
	"gatehouse/server/store"
)

// forOrders hands the hotline what it needs of the others.
func (m *Modules) forOrders() orders.Asks {
	return orders.Asks{District: m.Directory.Districts, Disaster: m.Emergencies.Declared, Items: m.itemsThere,
		Suggest: func(_ context.Context, category, community string) (unit, rule string, ok bool) {
			unit, rule, _, ok = m.Dispatch.Suggest(category, community, m.Orders.Clock())
			return unit, rule, ok
		},
		Articles: func(ctx context.Context, words, category string) (ids, titles []string, err error) {
			found, err := m.Knowledge.Search(ctx, words, category, 8)
			for _, f := range found {
				ids, titles = append(ids, f.ID), append(titles, f.Title)
			}
			return ids, titles, err
		}}
}

// itemsThere are the items at work in a community, of which an order may tell.
func (m *Modules) itemsThere(ctx context.Context, community string) (ids, titles []string, err error) {
	q := store.Query{Where: []store.Cond{{Field: "scope", Op: store.Has, Value: []string{community}}}, Sort: "-id", Limit: 100}
	its, err := m.Items.Resource.Engine.Cases().Find(ctx, q)
	if err != nil {
		return nil, nil, err
	}
	for _, it := range its {
		there := func(p items.Part) bool {
			return p.Community == community && p.State != "pending" && p.State != "withdrawn"
		}
		if slices.ContainsFunc(it.Parts, there) {
			ids, titles = append(ids, it.ID), append(titles, it.No+" "+it.Title)
		}
	}
	return ids, titles, nil
}

// forOpen311 lets other programs read and file orders.
func (m *Modules) forOpen311() open311.Asks {
	show := func(b orders.Brief) open311.Order {
		return open311.Order{ID: b.ID, No: b.No, State: b.State, Words: b.Words, Place: b.Place, Channel: b.Channel, Category: b.Category, Community: b.Community, Unit: b.Unit, Told: b.Told,
			Lat: b.Lat, Long: b.Long, Opened: b.Opened, Changed: b.Changed, Due: b.Due, Closed: b.Closed, Public: b.Public()}
	}
	return open311.Asks{
		File: func(ctx context.Context, f open311.Filing, from, key string) (open311.Filed, error) {
			x, err := m.Orders.File(ctx, lifecycle.System, orders.Filing{Words: f.Words, Category: f.Category, Community: f.Community, Place: f.Place, Phone: f.Phone, Name: f.Name,
				Known: orders.Known{Channel: "open311", Lat: f.Lat, Long: f.Long}}, orders.FileOpts{Key: key, From: from})
			return open311.Filed(x), err
		},
		Find: func(ctx context.Context, q open311.Query) ([]open311.Order, error) {
			bs, err := m.Orders.Find(ctx, orders.Query{Nos: q.Nos, Categories: q.Categories, States: q.States, From: q.From, Until: q.Until, ChangedFrom: q.ChangedFrom, ChangedUntil: q.ChangedUntil, Limit: q.Limit})
			out := make([]open311.Order, len(bs))
			for i, b := range bs {
				out[i] = show(b)
			}
			return out, err
		},
		One: func(ctx context.Context, idOrNo string) (open311.Order, bool, error) {
			id, ok, err := m.Orders.ByNo(ctx, idOrNo)
			if err != nil {
				return open311.Order{}, false, err
			}
			if !ok {
				id = idOrNo
			}
			b, err := m.Orders.Brief(ctx, id)
			if fault.Is(err, fault.NotFound) {
				return open311.Order{}, false, nil
			}
			return show(b), err == nil, err
		},
		Landmark: func(ctx context.Context, no string) (open311.Landmark, bool, error) {
			x, ok, err := m.Gazetteer.ByNo(ctx, no)
			return open311.Landmark(x), ok, err
		},
		Near: m.Gazetteer.Near, Locate: m.Gazetteer.Locate, City: m.Directory.Top}
}

// measures streams what a month's orders say of their units.
func (m *Modules) measures(ctx context.Context, month string, f func(rates.Measure) error) error {
	return m.Orders.Measures(ctx, month, func(x orders.Measure) error {
		return f(rates.Measure{Receipt: x.Receipt, Unit: x.Unit, ReturnedBy: x.ReturnedBy, Excluded: x.Excluded, Signed: x.Signed, Contacted: x.Contacted, Closed: x.Closed, Open: x.Open, Late: x.Late,
			Solved: x.Solved, Graded: x.Graded, Grade: x.Grade, Policy: x.PolicyFlag})
	})
}

// forDispatch lets the dispatch rules learn from orders.
func (m *Modules) forDispatch() dispatch.Asks {
	return dispatch.Asks{
		Past: func(ctx context.Context, category, place string, since time.Time, most int) (out []dispatch.Past, more bool, err error) {
			past, more, err := m.Orders.Past(ctx, category, place, since, most)
			for _, b := range past {
				out = append(out, dispatch.Past{No: b.No, Community: b.Community, Unit: b.Unit})
			}
			return out, more, err
		},
		Ruling: func(ctx context.Context, order string) (dispatch.Ruling, bool, error) {
			b, reason, by, ok, err := m.Orders.Ruling(ctx, order)
			return dispatch.Ruling{No: b.No, Category: b.Category, Community: b.Community, Unit: b.Unit, Reason: reason, By: by}, ok, err
		}}
}

// forKnowledge lets the articles learn from what was answered.
func (m *Modules) forKnowledge() knowledge.Asks {
	return knowledge.Asks{District: m.Directory.Districts,
		Answered: func(ctx context.Context, order string) (knowledge.Answered, bool, error) {
			b, article, answer, ok, err := m.Orders.Answered(ctx, order)
			unit, _, _, _ := m.Dispatch.Suggest(b.Category, b.Community, m.Orders.Clock())
			return knowledge.Answered{No: b.No, Article: article, Category: b.Category, Unit: unit, Answer: answer}, ok, err
		}}
}

// forIntake lets a confirmed table become closed orders.
func (m *Modules) forIntake() intake.Asks {
	return intake.Asks{District: m.Directory.Districts,
		Known: func(ctx context.Context, keys []string) ([]string, error) { return m.Orders.Imported(ctx, keys) },
		Take: func(ctx context.Context, past []intake.Past) (int, error) {
			out := make([]orders.Past, len(past))
			for i, p := range past {
				out[i] = orders.Past(p)
			}
			return m.Orders.Import(ctx, out)
		}}
}
