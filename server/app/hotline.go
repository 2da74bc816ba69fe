package app

import (
	"context"

	"gatehouse/modules/hotline/open311"
	"gatehouse/modules/hotline/orders"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

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
