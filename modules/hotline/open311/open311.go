// Package open311 opens the hotline to other programs: Open311 GeoReport v2
// (ADR 0017). Programs read what the public may know of orders, and file
// new ones with a key.
//
// Words: a service is a category of the hotline that is not about persons. A
// key (接口密钥) stands for a program that may file. A token stands for a
// request of a service whose number is given out only after somebody has read
// it.
package open311

import (
	"context"
	"strings"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/hotline/gazetteer"
	"gatehouse/modules/hotline/orders"
	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

// Open311 is the module.
type Open311 struct {
	Keys      *portal.Resource[Key]
	h         *portal.Portal
	orders    *orders.Orders
	gazetteer *gazetteer.Gazetteer
	find      func(context.Context, orders.Query) ([]orders.Brief, error) // orders.Find, which a test counts
	asked     *limit.Limiter                                              // by network
	lists     *lists
}

// New opens the keys of programs.
func New(ctx context.Context, h *portal.Portal, o *orders.Orders, g *gazetteer.Gazetteer) (m *Open311, err error) {
	m = &Open311{h: h, orders: o, gazetteer: g, find: o.Find, asked: limit.New(mostAsked, h.Clock), lists: newLists()}
	if m.Keys, err = portal.Declare(ctx, h, m.kind()); err != nil {
		return nil, fault.Wrap(err, "open the keys of programs")
	}
	h.Add(portal.Module{Name: "open311", Under: root + "/", Fault: m.fault, Routes: m.routes})
	h.Menu(portal.MenuEntry{Href: root, LabelKey: "open311.title", Order: 97})
	h.Menu(portal.MenuEntry{Href: "/api_keys", LabelKey: "api_keys.title", Order: 96, Show: func(v portal.Visitor) bool { return h.Holds(v.Actor, "admin") }})
	return m, nil
}

const root = "/open311"

// routes are the page for people who write programs, and the calls of the
// standard in both its formats.
func (m *Open311) routes(r fiber.Router) {
	r.Get(root, m.page)
	r.Use(root+"/", m.calm())
	keyed := m.calmKeys()
	for _, f := range []string{".xml", ".json"} {
		r.Get(root+"/discovery"+f, m.discovery)
		r.Get(root+"/v2/discovery"+f, m.discovery)
		r.Get(root+"/v2/services"+f, m.services)
		r.Get(root+"/v2/requests"+f, m.list)
		r.Post(root+"/v2/requests"+f, m.keyed, keyed, m.submit)
	}
	r.Get(root+"/v2/services/:code", m.definition)
	r.Get(root+"/v2/requests/:id", m.one)
	r.Get(root+"/v2/tokens/:token", m.token)
}

// named is the last part of a path without its format; a path without one of
// the two formats names nothing.
func named(c *fiber.Ctx) (string, error) {
	last := c.Path()[strings.LastIndexByte(c.Path(), '/')+1:]
	for _, f := range []string{".xml", ".json"} {
		if name, ok := strings.CutSuffix(last, f); ok && name != "" {
			return name, nil
		}
	}
	return "", fault.New(fault.NotFound, "open311.format")
}

// jurisdiction refuses a request for another city; a request that names none is
// for this one.
func (m *Open311) jurisdiction(id string) error {
	if id != "" && id != m.h.City.Top() {
		return fault.New(fault.NotFound, "open311.jurisdiction", "id", m.h.City.Top())
	}
	return nil
}
