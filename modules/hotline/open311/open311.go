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
	"time"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/limit"
)

// Asks is what the standard needs of other modules, in plain types.
type Asks struct {
	// File files a request; from and key make the same request sent again the
	// same order.
	File func(ctx context.Context, f Filing, from, key string) (Filed, error)
	// Find gives orders that the public may read, newest first; One gives any
	// order by its number or its id.
	Find func(ctx context.Context, q Query) ([]Order, error)
	One  func(ctx context.Context, idOrNo string) (Order, bool, error)
	// Near and Locate find the community of a spot or of a text; Landmark what
	// is known of a landmark by its number.
	Near     func(lat, long int64) (community string, ok bool)
	Locate   func(text string) (community string, ok bool)
	Landmark func(ctx context.Context, no string) (Landmark, bool, error)
	// City is the id of the city, which is the jurisdiction.
	City func() string
}

// Filing is a request as a program files it.
type Filing struct {
	Words, Category, Community, Place, Phone, Name string
	Lat, Long                                      int64 // micro-degrees
}

// Filed is what became of it.
type Filed struct {
	ID, No, PIN string
	Again       bool // it was there already
}

// Query says which orders a program asks for.
type Query struct {
	Nos, Categories, States []string
	From, Until             time.Time // opened
	ChangedFrom             time.Time
	ChangedUntil            time.Time
	Limit                   int
}

// Order is what the standard shows of one.
type Order struct {
	ID, No, State, Words, Place, Channel string
	Category, Community, Unit, Told      string
	Lat, Long                            int64
	Opened, Changed, Due, Closed         time.Time
	Public                               bool // anybody may read its words
}

// Landmark is a place with a number.
type Landmark struct {
	Community, Place string
	Lat, Long        int64
}

// Open311 is the module.
type Open311 struct {
	Keys  *portal.Resource[Key]
	h     *portal.Portal
	asks  Asks
	asked *limit.Limiter // by network
	lists *lists
}

// New opens the desk of keys.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Open311, error) {
	m := &Open311{h: h, asks: asks, asked: limit.New(mostAsked, h.Clock), lists: newLists()}
	var err error
	if m.Keys, err = portal.NewResource(ctx, h, table()); err != nil {
		return nil, fault.Wrap(err, "open the keys of programs")
	}
	m.Keys.Unplaced, m.Keys.Detail = true, m.detail
	h.Menu(portal.MenuEntry{Href: root, LabelKey: "open311.title", Order: 97})
	h.Menu(portal.MenuEntry{Href: "/api_keys", LabelKey: "api_keys.title", Order: 96, Show: func(v portal.Visitor) bool { return h.Holds(v.Actor, "admin") }})
	return m, nil
}

const root = "/open311"

// Module gives what the house serves: the pages for people who write programs,
// and the calls of the standard in both its formats.
func (m *Open311) Module() portal.Module {
	return portal.Module{Name: "open311", Under: root + "/", Fault: m.fault, Routes: func(r fiber.Router) {
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
	}}
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
	if id != "" && id != m.asks.City() {
		return fault.New(fault.NotFound, "open311.jurisdiction", "id", m.asks.City())
	}
	return nil
}
