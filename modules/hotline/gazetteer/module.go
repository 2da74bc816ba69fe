package gazetteer

import (
	"context"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"gatehouse/modules/portal"
	"gatehouse/server/fault"
	"gatehouse/server/lifecycle"
)

// Asks is what the gazetteer needs of other portal.
type Asks struct {
	// Communities lists the communities below a place, District the places that stand for a district.
	Communities func(under string) []string
	District    func() []string
}

func (a Asks) communities() (out []string) {
	for _, d := range a.District() {
		out = append(out, a.Communities(d)...)
	}
	return out
}

// Gazetteer is the module.
type Gazetteer struct {
	Resource *portal.Resource[Landmark]
	asks     Asks
	index    *index
}

// New opens the desk of landmarks.
func New(ctx context.Context, h *portal.Portal, asks Asks) (*Gazetteer, error) {
	g := &Gazetteer{asks: asks, index: newIndex()}
	d, err := portal.NewResource(ctx, h, table())
	if err != nil {
		return nil, fault.Wrap(err, "open the landmarks")
	}
	g.Resource = d
	d.Engine.Cases().OnSave(g.index.put)
	d.Filters = map[string]string{"community": "community"}
	g.dress()
	h.Menu(portal.MenuEntry{Href: "/landmarks", LabelKey: "landmarks.title", Order: 66, Show: func(v portal.Visitor) bool {
		return h.Holds(v.Actor, "operator", "dispatcher", "hotline_head")
	}})
	return g, nil
}

// Module gives what the house serves and starts. Its route stands before the
// desk's, which would take "search" for a landmark.
func (g *Gazetteer) Module() portal.Module {
	return portal.Module{Name: "gazetteer", Load: g.Load, Routes: func(r fiber.Router) { r.Get("/api/v1/landmarks/search", g.searchAPI) }}
}

const poll = 2 * time.Second

// Load reads the landmarks and then follows what other processes change until
// ctx ends.
func (g *Gazetteer) Load(ctx context.Context) error {
	go g.Resource.Engine.Cases().Follow(ctx, poll, g.index.put)
	err := g.Resource.Engine.Cases().Each(ctx, nil, func(m *Landmark) error { g.index.put(m); return nil })
	return fault.Wrap(err, "read the landmarks")
}

// longestAsked is how many letters a program may ask for.
const longestAsked = 80

func (g *Gazetteer) searchAPI(c *fiber.Ctx) error {
	if e := g.Resource.May(portal.Who(c), "landmark.see", lifecycle.Anywhere, string(lifecycle.Filed), string(lifecycle.Public)); e != nil {
		return e
	}
	limit := mostFound
	if s := c.Query("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > mostFound {
			return fault.InvalidField("limit", "schema.too_big", "max", mostFound)
		}
		limit = n
	}
	q := c.Query("q")
	if q == "" {
		return fault.InvalidField("q", "schema.required")
	}
	if utf8.RuneCountInString(q) > longestAsked {
		return fault.InvalidField("q", "schema.too_long", "max", longestAsked)
	}
	found := g.Search(c.UserContext(), q, limit)
	return c.JSON(portal.ListOf[Found]{Items: append([]Found{}, found...)})
}
